"""The menu: there at once, help lines first, whatever the database does; what is typed goes nowhere."""

from __future__ import annotations

import json

import pytest

from handlers import ids
from peersupport.programme import Programme
from tests.front.screen import every_element, words
from tests.front.stage import Stage
from tests.rules.world import VANCOUVER, address, ask, vancouver

SECRET = "I cannot cope, call me at 604-555-0177"
GUEST = {"is_restricted": True}


def other_programme() -> Programme:
    return vancouver(id="island", name={"en": "Island support", "fr": "Soutien de l'île"})


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.mark.req("G2", "G4")
async def test_the_menu_opens_before_anything_is_looked_up(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types()
    assert stage.client.calls[0] == "views.open"
    first, *rest = (block["block_id"] for block in robin.top.view["blocks"])
    assert first == "not_watched"
    assert rest.index("numbers") < rest.index(f"door.{VANCOUVER.id}")
    for number in ("9-1-1", "9-8-8", "1-800-663-6729", "around the clock"):
        assert number in robin.sees


async def test_a_menu_with_nothing_to_add_is_sent_once(stage: Stage) -> None:
    await stage.person("U0ROBIN").types()
    assert stage.client.calls == ["views.open", "users.info"]


@pytest.mark.req("G2")
async def test_only_doors_that_are_built_and_enabled_show() -> None:
    closed = vancouver(id="closed", doors={"colleague_referral": True, "sessions": True})
    stage = Stage(programmes={each.id: each for each in (VANCOUVER, other_programme(), closed)})
    robin = stage.person("U0ROBIN")
    await robin.types()
    doors = [each["value"] for each in every_element(robin.top.view) if each.get("action_id") == ids.ASK]
    assert doors == [VANCOUVER.id, "island"]
    assert "Island support" in robin.sees


@pytest.mark.req("G3")
@pytest.mark.parametrize("text", [SECRET, "help me please", "help\x00", "aide-moi"])
async def test_what_is_typed_is_neither_shown_nor_kept(stage: Stage, text: str) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types(text)
    assert "We did not keep what you typed." in robin.sees
    assert text not in robin.sees
    assert text not in json.dumps(robin.top.view)
    assert text not in repr(stage.world.memory.tables)
    assert text not in repr(stage.notes)


@pytest.mark.req("G3")
@pytest.mark.parametrize("text", ["", "help", " Aide ", "status", "STATUT"])
async def test_a_known_word_opens_the_menu(stage: Stage, text: str) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types(text)
    assert "not keep" not in robin.sees
    assert "Ask for support" in robin.sees


@pytest.mark.parametrize("text", ["sessions", "rencontres"])
async def test_the_word_for_sessions_opens_the_menu_where_there_are_none(text: str) -> None:
    stage = Stage(programmes={VANCOUVER.id: vancouver(doors={"self_request": True})})
    robin = stage.person("U0ROBIN")
    await robin.types(text)
    assert "not keep" not in robin.sees
    assert "Ask for support" in robin.sees


@pytest.mark.parametrize("text", ["request", "demande"])
async def test_the_word_for_asking_leads_to_the_form(stage: Stage, text: str) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types(text)
    assert robin.top.view["callback_id"] == ids.VIEW_REQUEST
    assert stage.world.memory.tables.requests == {}


async def test_the_word_for_status_leads_to_the_open_request(stage: Stage) -> None:
    request = await stage.world.opens()
    robin = stage.person("U0ROBIN")
    await robin.types("statut")
    assert robin.top.view["callback_id"] == ids.VIEW_MINE
    assert request.reference in robin.sees


async def test_the_shortcut_opens_the_same_menu(stage: Stage) -> None:
    robin, alex = stage.person("U0ROBIN"), stage.person("U0ALEX")
    await robin.types()
    await alex.shortcut()
    assert robin.top.view == alex.top.view


async def test_an_open_request_is_in_the_menu(stage: Stage) -> None:
    request = await stage.world.opens()
    robin = stage.person("U0ROBIN")
    await robin.types()
    assert f"Your request {request.reference} is open." in robin.sees
    await robin.presses(ids.MINE)
    assert len(robin.modals) == 2
    assert "Received" in robin.sees


@pytest.mark.req("G32")
async def test_without_a_database_the_menu_gives_the_help_lines(stage: Stage) -> None:
    stage.store.down = True
    robin = stage.person("U0ROBIN")
    await robin.types(SECRET)
    assert "1-800-663-6729" in robin.sees
    assert "cannot reach its records" in robin.sees
    await robin.presses(ids.HELP_NOW)
    assert "9-8-8" in robin.sees


async def test_where_no_view_opens_the_help_lines_come_privately(stage: Stage) -> None:
    stage.client.refuses["views.open"] = "expired_trigger_id"
    robin = stage.person("U0ROBIN")
    await robin.types(SECRET)
    (answer,) = stage.answers
    assert answer["response_type"] == "ephemeral"
    assert "1-800-663-6729" in answer["text"]
    assert SECRET not in answer["text"]
    await robin.shortcut()
    assert len(stage.answers) == 1


@pytest.mark.req("U51")
async def test_a_guest_gets_help_lines_and_public_information_only(stage: Stage) -> None:
    guest = stage.person("U0GUEST", **GUEST)
    await guest.types("request")
    buttons = {each.get("action_id") for each in every_element(guest.top.view)}
    assert buttons == {ids.HELP_NOW, ids.WHO_SEES, ids.QUESTIONS, ids.ELSEWHERE, ids.LANGUAGE}
    await guest.presses(ids.HELP_NOW)
    assert ids.ASK not in {each.get("action_id") for each in every_element(guest.top.view)}


@pytest.mark.req("U51")
async def test_a_guest_who_presses_a_door_all_the_same_stays_outside(stage: Stage) -> None:
    guest = stage.person("U0GUEST", **GUEST)
    stage.client.refuses["views.update"] = "internal_error"
    await guest.types()
    await guest.presses(ids.ASK)
    assert guest.top.view["callback_id"] == ids.VIEW_PAGE
    assert "full members" in guest.sees


@pytest.mark.req("G18", "V28")
async def test_who_sees_what_is_said_before_anything_is_asked(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types()
    await robin.presses(ids.WHO_SEES)
    assert "programme administrators" in robin.sees
    assert "Nobody writes down what you say" in robin.sees
    assert "There are limits" in robin.sees
    assert "30 days after it closes" in robin.sees
    assert "2026-11" in robin.sees
    assert not any(word in robin.sees.lower() for word in ("always", "completely"))


@pytest.mark.req("V27")
async def test_every_question_is_answered(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types()
    await robin.presses(ids.QUESTIONS)
    assert len(VANCOUVER.faq) == 11
    for question in VANCOUVER.faq:
        assert question.question.en in robin.sees
        assert question.answer.en in robin.sees


@pytest.mark.req("V27")
async def test_each_programme_has_its_own_questions() -> None:
    other = other_programme()
    changed = other.model_copy(update={"faq": other.faq[:1]})
    stage = Stage(programmes={VANCOUVER.id: VANCOUVER, "island": changed})
    robin = stage.person("U0ROBIN")
    await robin.types()
    await robin.presses(ids.QUESTIONS)
    await robin.chooses("programme", "island")
    assert VANCOUVER.faq[0].question.en in robin.sees
    assert VANCOUVER.faq[1].question.en not in robin.sees


@pytest.mark.req("U22")
async def test_help_now_fills_the_screen_and_keeps_the_door_open(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types()
    looked_up = stage.store.opened
    await robin.presses(ids.HELP_NOW)
    assert stage.store.opened == looked_up
    headers = [block["text"]["text"] for block in robin.top.view["blocks"] if block["type"] == "header"]
    assert headers[:3] == ["9-1-1", "Call or text 9-8-8", "1-800-663-6729"]
    assert "604-555-0101" in robin.sees
    await robin.presses(ids.ASK)
    assert robin.top.view["callback_id"] == ids.VIEW_REQUEST
    assert "This is urgent" in robin.sees
    assert len(robin.modals) == 2
    await robin.presses(ids.WHO_SEES)
    assert len(robin.modals) == 3


async def test_other_services_are_listed_with_their_addresses(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types()
    await robin.presses(ids.ELSEWHERE)
    links = [each["url"] for each in every_element(robin.top.view) if each.get("url")]
    assert "https://www.physicianhealth.com/local-peer-support-programs/" in links
    before = list(stage.client.calls)
    await robin.presses(ids.LINK)
    assert stage.client.calls == before


@pytest.mark.req("G30")
async def test_the_chosen_language_is_spoken_and_remembered(stage: Stage) -> None:
    robin = stage.person("U0ROBIN", locale="en-CA")
    await robin.types(SECRET)
    await robin.chooses("links.en", "fr")
    assert "Demander du soutien" in robin.sees
    assert "Nous n'avons pas gardé" in robin.sees
    assert stage.world.memory.tables.languages == {address("U0ROBIN"): "fr"}
    await robin.types()
    assert "Demander du soutien" in robin.sees
    again = Stage(stage.world)
    await again.person("U0ROBIN", locale="en-CA").types()
    assert "Demander du soutien" in again.person("U0ROBIN").sees


@pytest.mark.req("G30")
async def test_slack_tells_the_language_where_none_was_chosen(stage: Stage) -> None:
    robin = stage.person("U0ROBIN", locale="fr-FR")
    await robin.types()
    assert "Pas besoin d'être en crise" in robin.sees


async def test_a_language_is_spoken_also_where_it_cannot_be_stored(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.types()
    stage.store.down = True
    await robin.chooses("links.en", "fr")
    assert "Demander du soutien" in robin.sees
    assert "language.not_stored" in stage.notes


@pytest.mark.req("G42")
async def test_views_hide_nothing_but_language_and_references(stage: Stage) -> None:
    await stage.world.opens(asked=ask(name="Robin Roy"))
    robin = stage.person("U0ROBIN", profile={"real_name": "Robin Roy"})
    await robin.types(SECRET)
    for action in (ids.WHO_SEES, ids.HELP_NOW, ids.MINE):
        await robin.presses(action)
        hidden = json.loads(robin.modals.pop().view["private_metadata"])
        assert set(hidden) <= {"l", "p", "h"}
        assert not {"Robin Roy", "U0ROBIN"} & set(hidden.values())


async def test_words_reads_every_text() -> None:
    assert words({"blocks": [{"text": {"text": "a"}, "accessory": {"text": {"text": "b"}}}]}) == "a\nb"
