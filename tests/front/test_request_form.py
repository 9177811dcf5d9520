"""Asking for oneself: one modal, three needed answers, nothing kept before Send, and everything after it in one go."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handlers import ids
from handlers.payloads import APART, ASK_FIRST, NOTIFY, PRIVATE, URGENT, VOICEMAIL
from peersupport.notifications import Kind
from tests.front.screen import every_element
from tests.front.stage import Person, Stage
from tests.rules.fakes import Tables
from tests.rules.world import ADA, BEN, CLEO, ROBIN, VANCOUVER, address, vancouver

PHONE = "604-555-0142"


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def robin(stage: Stage) -> Person:
    """Somebody who has just opened the form."""
    person = stage.person("U0ROBIN", profile={"real_name": "Robin Roy"}, tz="America/Vancouver")
    await person.types()
    await person.presses(ids.ASK)
    return person


async def answer(person: Person, *ways: str, reach: str = PHONE) -> None:
    """Give the three answers that are needed."""
    await person.chooses(ids.IN_ROLE, "physician")
    await person.chooses(ids.IN_MODALITIES, *(ways or ("phone",)))
    person.fills(ids.IN_REACH, reach)


def kept(stage: Stage) -> Tables:
    return stage.world.memory.tables


def block(person: Person, block_id: str) -> dict[str, Any]:
    return next(each for each in person.top.view["blocks"] if each["block_id"] == block_id)


@pytest.mark.req("G37", "V1")
async def test_three_answers_are_needed_and_no_box_of_consent(robin: Person) -> None:
    inputs = [each for each in robin.top.view["blocks"] if each["type"] == "input"]
    needed = [each["block_id"] for each in inputs if not each.get("optional")]
    assert needed == [ids.IN_ROLE, ids.IN_MODALITIES, ids.IN_REACH]
    assert "consent" not in robin.sees.lower()


@pytest.mark.req("G4", "G18", "V28")
async def test_help_lines_stand_above_any_field_and_the_panel_above_send(robin: Person) -> None:
    kinds = [each["type"] for each in robin.top.view["blocks"]]
    names = [each["block_id"] for each in robin.top.view["blocks"]]
    assert names[0] == "crisis"
    before = json.dumps(robin.top.view["blocks"][: kinds.index("input")])
    assert "9-8-8" in before
    assert "only to match you and to reach you" in before
    assert "30 days" in before
    last_input = len(kinds) - 1 - kinds[::-1].index("input")
    assert names.index("panel") > last_input
    assert names[-1] == "version"


@pytest.mark.req("G14")
async def test_no_field_asks_for_a_story(robin: Person) -> None:
    typed = [each for each in every_element(robin.top.view) if each["type"] == "plain_text_input"]
    assert [each["action_id"] for each in typed] == [ids.IN_REACH, ids.IN_NAME, ids.IN_NAMES]
    assert not any(each.get("multiline") for each in typed)


@pytest.mark.req("G31")
async def test_nothing_is_kept_before_send(stage: Stage, robin: Person) -> None:
    await answer(robin)
    await robin.chooses(ids.IN_REASONS, "burnout_or_moral_injury")
    assert kept(stage) == Tables(members=kept(stage).members)


@pytest.mark.req("V1", "U26", "G31")
@pytest.mark.parametrize("role", [each.id for each in VANCOUVER.eligibility.roles if not each.eligible])
async def test_another_role_is_shown_its_own_place(stage: Stage, robin: Person, role: str) -> None:
    await robin.chooses(ids.IN_ROLE, role)
    assert len(robin.modals) == 2
    assert "submit" not in robin.top.view
    chosen = VANCOUVER.role(role)
    assert chosen is not None
    assert chosen.note is not None
    assert chosen.note.en in robin.sees
    for service in chosen.to:
        assert stage.front.resources[service].label.en in robin.sees
    assert "We kept nothing about you." in robin.sees
    assert list(kept(stage).tallies.values()) == [1]
    assert kept(stage) == Tables(members=kept(stage).members, tallies=kept(stage).tallies)
    await robin.presses(ids.FORM_AGAIN)
    assert robin.top.view["callback_id"] == ids.VIEW_REQUEST


@pytest.mark.req("U26")
async def test_another_role_is_shown_its_place_without_a_database(stage: Stage, robin: Person) -> None:
    stage.store.down = True
    await robin.chooses(ids.IN_ROLE, "resident")
    assert "UBC" in robin.sees
    assert stage.notes == ["redirect.not_counted"]


@pytest.mark.req("V1")
async def test_another_role_that_is_sent_is_redirected_too(stage: Stage, robin: Person) -> None:
    await answer(robin)
    stage.client.refuses["views.update"] = "internal_error"
    await robin.chooses(ids.IN_ROLE, "resident")
    assert robin.top.view["callback_id"] == ids.VIEW_REQUEST
    await robin.submits()
    assert "UBC" in robin.sees
    assert kept(stage).requests == {}


@pytest.mark.req("V3")
@pytest.mark.parametrize(
    ("ways", "label"),
    [
        (("phone",), "Your phone number"),
        (("zoom",), "Your e-mail address"),
        (("in_person",), "How can your supporter reach you?"),
        (("phone", "zoom"), "Your phone number and your e-mail address"),
        (("in_person", "phone"), "Your phone number"),
    ],
)
async def test_the_contact_follows_the_way_to_talk(robin: Person, ways: tuple[str, ...], label: str) -> None:
    robin.fills(ids.IN_REACH, PHONE)
    robin.fills(ids.IN_NAME, "Rob")
    await robin.chooses(ids.IN_MODALITIES, *ways)
    assert block(robin, ids.IN_REACH)["label"]["text"] == label
    assert robin.top.state[ids.IN_REACH][ids.IN_REACH]["value"] == PHONE
    assert robin.top.state[ids.IN_NAME][ids.IN_NAME]["value"] == "Rob"


@pytest.mark.req("V3", "G37")
@pytest.mark.parametrize(
    ("ways", "reach", "says"),
    [
        (("phone",), "robin@example.org", "needs a phone number"),
        (("zoom",), PHONE, "needs an e-mail address"),
        (("in_person",), "the blue door", "phone number or an e-mail address"),
        (("phone", "zoom"), PHONE, "needs an e-mail address"),
        (("phone",), " \u200b ", "one way to reach you"),
    ],
)
async def test_an_error_stands_at_the_field_and_keeps_what_was_typed(
    stage: Stage, robin: Person, ways: tuple[str, ...], reach: str, says: str
) -> None:
    await answer(robin, *ways, reach=reach)
    before = dict(robin.top.state)
    await robin.submits()
    assert list(robin.errors) == [ids.IN_REACH]
    assert says in robin.errors[ids.IN_REACH]
    assert robin.top.state == before
    assert kept(stage).requests == {}
    robin.fills(ids.IN_REACH, f"{PHONE}, robin@example.org")
    await robin.submits()
    assert len(kept(stage).requests) == 1


@pytest.mark.req("V7", "U50", "V17", "G15")
async def test_the_thanks_say_what_follows(stage: Stage, robin: Person) -> None:
    await answer(robin)
    await robin.submits()
    (request,) = kept(stage).requests.values()
    assert robin.top.view["clear_on_close"]
    for said in (
        request.reference,
        "Monday 23 November, 15:00 Vancouver time, UTC\u221207:00",
        "1. An administrator",
        "2. A supporter is asked, without your name",
        "3. Your supporter contacts you",
        "15 to 45 minutes",
        "1 to 3",
        "passes on no messages",
        "1-800-663-6729",
        "Withdraw my request",
    ):
        assert said in robin.sees
    assert [each.kind for each in kept(stage).outbox.values()] == [
        Kind.CARD,
        Kind.TELL_REQUESTER,
        Kind.HOME_REQUESTER,
        Kind.REMIND_ADMINS,
        Kind.REMIND_BACKUPS,
        Kind.ALERT_RISK,
        Kind.ASK_REQUESTER,
    ]


@pytest.mark.req("G18")
async def test_the_version_of_the_notice_is_kept_with_the_request(stage: Stage, robin: Person) -> None:
    await answer(robin)
    await robin.submits()
    (request,) = kept(stage).requests.values()
    assert request.notice_version == VANCOUVER.consent.notice_version


@pytest.mark.req("G26")
async def test_the_same_form_twice_makes_one_request_and_gets_one_answer(stage: Stage, robin: Person) -> None:
    await answer(robin)
    form = robin.top
    sent = dict(form.view), dict(form.state)
    await robin.submits()
    thanks = robin.top.view
    form.view, form.state = sent
    again = await robin.again(form)
    assert len(kept(stage).requests) == 1
    assert again is not None
    assert again["response_action"] == "update"
    assert [each["text"] for each in again["view"]["blocks"] if each["type"] == "header"] == [
        each["text"] for each in thanks["blocks"] if each["type"] == "header"
    ]


@pytest.mark.req("V2", "V4", "V5", "V6")
async def test_everything_that_may_be_said_is_kept(stage: Stage, robin: Person) -> None:
    await answer(robin, "in_person", "phone")
    await robin.chooses(ids.IN_NOTES, VOICEMAIL, PRIVATE)
    await robin.chooses(ids.IN_CHOICES, URGENT, NOTIFY, ASK_FIRST)
    await robin.chooses(ids.IN_REASONS, "acute_life_stressor", "change_at_work")
    await robin.chooses(ids.IN_TIMES, "weekday_evenings")
    await robin.chooses(f"{ids.IN_WISH}.gender", "woman")
    await robin.chooses(ids.IN_PEOPLE, "U0SAM", "U0ROBIN")
    robin.fills(ids.IN_NAME, "  Rob\nRoy ")
    robin.fills(ids.IN_NAMES, "Dr. Kim Vale; Lou North,, ")
    await robin.chooses(ids.IN_DEPARTMENT, "surgery")
    await robin.chooses(ids.IN_APART, APART)
    await robin.submits()
    ((id, request),) = kept(stage).requests.items()
    needs, contact = kept(stage).needs[id], kept(stage).contacts[id]
    assert (needs.requester, needs.name, needs.language, needs.role) == (ROBIN, "Rob Roy", "en", "physician")
    assert (needs.modalities, needs.times) == (("in_person", "phone"), ("weekday_evenings",))
    assert needs.reasons == ("acute_life_stressor", "change_at_work")
    assert (needs.wishes, needs.zone, needs.notify) == ({"gender": "woman"}, "America/Vancouver", True)
    assert (needs.avoid_members, needs.avoid_names) == ((address("U0SAM"),), ("Dr. Kim Vale", "Lou North"))
    assert (needs.department, needs.not_my_department) == ("surgery", True)
    assert (contact.reach, contact.voicemail, contact.private) == (PHONE, True, True)
    assert (request.urgent, request.ask_first) == (True, True)


@pytest.mark.req("U22")
async def test_urgent_is_never_ticked_beforehand(stage: Stage, robin: Person) -> None:
    assert "initial_options" not in block(robin, ids.IN_CHOICES)["element"]
    await answer(robin)
    await robin.submits()
    (request,) = kept(stage).requests.values()
    assert not request.urgent


async def test_slacks_name_stands_where_none_is_given(stage: Stage, robin: Person) -> None:
    assert robin.top.state[ids.IN_NAME][ids.IN_NAME]["value"] == "Robin Roy"
    await answer(robin)
    robin.fills(ids.IN_NAME, "")
    await robin.submits()
    (needs,) = kept(stage).needs.values()
    assert needs.name == "Robin Roy"


@pytest.mark.req("V5")
async def test_a_department_to_keep_out_has_to_be_named(robin: Person) -> None:
    await answer(robin)
    await robin.chooses(ids.IN_APART, APART)
    await robin.submits()
    assert list(robin.errors) == [ids.IN_DEPARTMENT]


@pytest.mark.req("U49")
async def test_with_an_open_request_the_door_leads_to_that_one(stage: Stage) -> None:
    first = await stage.world.opens()
    robin = stage.person("U0ROBIN")
    await robin.types()
    await robin.presses(ids.ASK)
    assert "You have an open request already" in robin.sees
    assert first.reference in robin.sees
    await robin.presses(ids.RESTART)
    assert robin.top.view["callback_id"] == ids.VIEW_REQUEST
    assert kept(stage).requests[first.id].outcome == "withdrawn"
    await answer(robin)
    await robin.submits()
    assert sum(each.closed_at is None for each in kept(stage).requests.values()) == 1


@pytest.mark.req("U49")
async def test_a_second_form_that_is_sent_leads_to_the_open_request(stage: Stage, robin: Person) -> None:
    await answer(robin)
    first = await stage.world.opens()
    await robin.submits()
    assert first.reference in robin.sees
    assert "nothing new was sent" in robin.sees
    assert len(kept(stage).requests) == 1


@pytest.mark.req("G27")
async def test_with_nobody_left_to_look_after_it_nothing_is_sent() -> None:
    other = vancouver(id="island", name={"en": "Island support", "fr": "Soutien de l'île"})
    stage = Stage(programmes={VANCOUVER.id: VANCOUVER, "island": other})
    robin = stage.person("U0ROBIN")
    await robin.types()
    await robin.presses(ids.ASK, value=VANCOUVER.id)
    await answer(robin)
    await robin.chooses(ids.IN_PEOPLE, *(each.user for each in (ADA, BEN, CLEO)))
    await robin.submits()
    assert "Nothing was sent." in robin.sees
    assert "Island support" in robin.sees
    assert kept(stage).requests == {}
    robin.modals.pop()
    assert robin.top.state[ids.IN_REACH][ids.IN_REACH]["value"] == PHONE


@pytest.mark.req("G32", "U47")
async def test_a_database_that_is_down_says_so_and_keeps_the_form(stage: Stage, robin: Person) -> None:
    await answer(robin)
    stage.store.down = True
    await robin.submits()
    (words,) = robin.errors.values()
    assert "was not sent" in words
    assert "1-800-663-6729" in words
    stage.store.down = False
    await robin.submits()
    assert len(kept(stage).requests) == 1


@pytest.mark.req("G32", "U47")
async def test_the_door_without_a_database_gives_the_help_lines(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types()
    stage.store.down = True
    await robin.presses(ids.ASK)
    assert "Nothing was sent" in robin.sees
    assert "9-8-8" in robin.sees


@pytest.mark.req("U48")
async def test_a_door_that_is_closed_answers_kindly(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types()
    await robin.presses(ids.ASK, value="gone")
    assert "nothing here for you now" in robin.sees


@pytest.mark.req("G42")
async def test_the_form_hides_no_identity(robin: Person) -> None:
    await answer(robin)
    await robin.submits()
    hidden = json.loads(robin.top.view["private_metadata"])
    assert set(hidden) <= {"l", "p", "h"}
    values = [each.get("value", "") for each in every_element(robin.top.view)]
    assert not any(word in value for value in (*values, *hidden.values()) for word in ("Robin", "U0ROBIN", PHONE))


@pytest.mark.req("G30")
async def test_the_form_and_the_thanks_speak_french(stage: Stage) -> None:
    robin = stage.person("U0ROBIN", locale="fr-CA")
    await robin.types("demande")
    assert "Envoyer ma demande" in robin.sees
    await answer(robin, "zoom", reach=PHONE)
    await robin.submits()
    assert "adresse courriel" in robin.errors[ids.IN_REACH]
    robin.fills(ids.IN_REACH, "robin@example.org")
    await robin.submits()
    assert "au plus tard le lundi 23 novembre, 15 h 00 heure de Vancouver, UTC\u221207:00" in robin.sees
    (needs,) = kept(stage).needs.values()
    assert needs.language == "fr"
