"""Following one's own request: what is shown when, and everything one can do about it, from Home and from modals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from handlers import ids
from handlers.payloads import NOTIFY, URGENT, VOICEMAIL
from peersupport import conversations, triage
from peersupport.notifications import Kind
from peersupport.requests import Contact, State, SupportRequest
from peersupport.reveals import Reason
from tests.front.screen import every_element, words
from tests.front.stage import Person, Stage
from tests.rules.world import ADA, ROBIN, World, address, ask

SUNE = address("U0SUNE")


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def robin(stage: Stage) -> Person:
    return stage.person("U0ROBIN", profile={"real_name": "Robin Roy"}, tz="America/Vancouver")


async def received(world: World) -> SupportRequest:
    return await world.opens()


async def confirmed(world: World) -> SupportRequest:
    return await world.confirmed()


async def matching(world: World) -> SupportRequest:
    request = await accepted(world)
    await world.do(triage.reassign, ADA, request.id)
    return world.request(request.id)


async def offered(world: World) -> SupportRequest:
    return await world.offered(world.supporter("U0SUNE", "Sune Holm"))


async def accepted(world: World) -> SupportRequest:
    world.supporter("U0SUNE", "Sune Holm")
    return await world.accepted()


async def contacted(world: World) -> SupportRequest:
    request = await accepted(world)
    await world.do(conversations.contact_made, SUNE, request.id)
    return world.request(request.id)


async def talking(world: World) -> SupportRequest:
    request = await contacted(world)
    await world.do(conversations.talked, SUNE, request.id, 1)
    return world.request(request.id)


Way = Callable[[World], Awaitable[SupportRequest]]
WAYS = [received, confirmed, matching, offered, accepted, contacted, talking]


def buttons(view: dict[str, Any]) -> set[str]:
    return {each["action_id"] for each in every_element(view) if each["type"] == "button"}


@pytest.mark.req("U14", "G16")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("on_home", [True, False])
async def test_two_taps_withdraw_at_every_state(stage: Stage, robin: Person, way: Way, *, on_home: bool) -> None:
    request = await way(stage.world)
    assert request.state.value == way.__name__
    await robin.opens_home()
    if not on_home:
        await robin.types()
        await robin.presses(ids.MINE)
    view = robin.home if on_home else robin.top.view
    button = next(each for each in every_element(view) if each["action_id"] == ids.WITHDRAW)
    assert button["confirm"]["deny"]["text"] == "Keep my request"
    await robin.presses(ids.WITHDRAW, on_home=on_home)
    assert stage.world.request(request.id).state is State.CLOSED
    assert stage.world.memory.told(Kind.ERASE, request.id)
    assert "Withdrawn. You can ask again whenever you like." in robin.sees
    assert request.reference not in words(robin.home)
    assert "Nothing open. The door stays here." in words(robin.home)


@pytest.mark.req("U48")
async def test_buttons_of_a_request_that_is_closed_answer_kindly(stage: Stage, robin: Person) -> None:
    request = await accepted(stage.world)
    await robin.opens_home()
    before = robin.home
    await robin.presses(ids.WITHDRAW, on_home=True)
    closed = stage.world.request(request.id)
    for action in (ids.WITHDRAW, ids.SOMEONE_ELSE, ids.CHANGE):
        robin.home = before
        await robin.presses(action, on_home=True)
        assert "closed" in robin.sees
        assert stage.world.request(request.id) == closed


@pytest.mark.req("U48")
async def test_a_button_that_no_longer_fits_shows_how_it_stands(stage: Stage, robin: Person) -> None:
    request = await accepted(stage.world)
    await robin.opens_home()
    before = robin.home
    await robin.presses(ids.SOMEONE_ELSE, on_home=True)
    moved = stage.world.request(request.id)
    robin.home = before
    await robin.presses(ids.SOMEONE_ELSE, on_home=True)
    assert "Something has changed in the meantime" in robin.sees
    assert stage.world.request(request.id) == moved


def robin_handle(view: dict[str, Any]) -> str:
    return str(next(each["value"] for each in every_element(view) if each["action_id"] == ids.WITHDRAW))


@pytest.mark.req("G1", "U48")
async def test_a_handle_is_good_for_one_person_only(stage: Stage, robin: Person) -> None:
    request = await received(stage.world)
    await robin.opens_home()
    stranger = stage.person("U0ALEX")
    await stranger.types()
    for action in (ids.MINE, ids.CHANGE, ids.WITHDRAW, ids.SOMEONE_ELSE, ids.AGREE_NAME, ids.NOT_YET, ids.RESTART):
        stranger.modals[0].view["blocks"].append(
            {"block_id": "forged", "type": "actions", "elements": [{"type": "button", "action_id": action}]}
        )
        await stranger.presses(action, value=robin_handle(robin.home))
        assert "nothing here for you now" in stranger.sees
        assert request.reference not in stranger.sees
        stranger.modals.pop()
    assert stage.world.request(request.id) == request


@pytest.mark.req("V13")
async def test_the_requester_sees_who_accepted(stage: Stage, robin: Person) -> None:
    await offered(stage.world)
    await robin.opens_home()
    assert "Sune Holm" not in words(robin.home)
    assert "Being matched" in words(robin.home)
    assert ids.SOMEONE_ELSE not in buttons(robin.home)
    stage = Stage()
    robin = stage.person("U0ROBIN")
    await accepted(stage.world)
    await robin.opens_home()
    assert "Sune Holm" in words(robin.home)
    assert "A supporter has said yes" in words(robin.home)
    assert "15 to 45 minutes" in words(robin.home)


@pytest.mark.req("V13", "U18")
@pytest.mark.parametrize("way", [accepted, contacted, talking])
async def test_someone_else_takes_one_tap_and_no_reason(stage: Stage, robin: Person, way: Way) -> None:
    request = await way(stage.world)
    await robin.opens_home()
    await robin.presses(ids.SOMEONE_ELSE, on_home=True)
    assert stage.world.request(request.id).state is State.MATCHING
    assert "We are finding someone else." in robin.sees
    assert "Sune Holm" not in words(robin.home)


@pytest.mark.req("G11")
async def test_openings_show_by_role_and_time(stage: Stage, robin: Person) -> None:
    request = await accepted(stage.world)
    await robin.opens_home()
    assert "Nobody has opened your name and contact yet." in words(robin.home)
    await stage.world.do(triage.open_identity, ADA, request.id, Reason.FIND_SUPPORTER)
    stage.world.later(hours=1)
    await stage.world.do(conversations.open_person, SUNE, request.id)
    await robin.opens_home()
    administrator = "by an administrator, Friday 20 November, 15:00 Vancouver time, UTC\u221207:00 (to find a"
    supporter = "by your supporter, Friday 20 November, 16:00 Vancouver time, UTC\u221207:00 (to make contact with you)"
    assert words(robin.home).index(supporter) < words(robin.home).index(administrator)


@pytest.mark.req("V12")
async def test_whoever_wants_to_be_asked_first_is_asked(stage: Stage, robin: Person) -> None:
    stage.world.supporter("U0SUNE", "Sune Holm")
    request = await stage.world.accepted(asked=ask(ask_first=True))
    await robin.opens_home()
    assert "it is shown from Saturday 21 November, 03:00 Vancouver time" in words(robin.home)
    await robin.presses(ids.AGREE_NAME, on_home=True)
    assert stage.world.request(request.id).name_agreed_at == stage.world.now
    assert "can see your name now" in robin.sees
    assert ids.AGREE_NAME not in buttons(robin.home)


@pytest.mark.req("V12")
async def test_silence_counts_as_a_yes_after_a_while(stage: Stage, robin: Person) -> None:
    stage.world.supporter("U0SUNE", "Sune Holm")
    await stage.world.accepted(asked=ask(ask_first=True))
    stage.world.later(hours=13)
    await robin.opens_home()
    assert ids.AGREE_NAME not in buttons(robin.home)


@pytest.mark.req("V14")
async def test_not_yet_reaches_the_administrator(stage: Stage, robin: Person) -> None:
    request = await accepted(stage.world)
    await robin.opens_home()
    assert ids.NOT_YET not in buttons(robin.home)
    stage.world.later(hours=37)
    await robin.opens_home()
    before = len(stage.world.memory.told(Kind.TELL_MEMBER, request.id))
    await robin.presses(ids.NOT_YET, on_home=True)
    assert "administrators know now" in robin.sees
    assert len(stage.world.memory.told(Kind.TELL_MEMBER, request.id)) == before + 1


@pytest.mark.req("U20")
async def test_a_supporter_who_asks_can_pause_their_own_offers(stage: Stage, robin: Person) -> None:
    stage.world.supporter("U0ROBIN", "Robin Roy")
    await received(stage.world)
    await robin.opens_home()
    await robin.presses(ids.PAUSE_MY_OFFERS, on_home=True)
    assert "no more offers" in robin.sees
    ((listed, _),) = stage.world.memory.tables.supporters.values()
    assert listed.paused_until is not None
    assert ids.PAUSE_MY_OFFERS not in buttons(robin.home)


async def test_only_supporters_are_offered_that_pause(stage: Stage, robin: Person) -> None:
    await received(stage.world)
    await robin.opens_home()
    assert ids.PAUSE_MY_OFFERS not in buttons(robin.home)


async def test_what_was_sent_stands_in_the_form_and_can_be_changed(stage: Stage, robin: Person) -> None:
    request = await stage.world.opens(asked=ask(name="Rob", reasons=("change_at_work",), avoid_names=("Lou North",)))
    await robin.opens_home()
    await robin.presses(ids.CHANGE, on_home=True)
    assert robin.top.view["callback_id"] == ids.VIEW_CHANGE
    held = robin.top.state
    assert held[ids.IN_REACH][ids.IN_REACH]["value"] == "604-555-0142"
    assert held[ids.IN_NAMES][ids.IN_NAMES]["value"] == "Lou North"
    assert [each["value"] for each in held[ids.IN_REASONS][ids.IN_REASONS]["selected_options"]] == ["change_at_work"]
    assert ids.IN_ROLE not in held
    await robin.chooses(ids.IN_MODALITIES, "zoom")
    await robin.submits()
    assert list(robin.errors) == [ids.IN_REACH]
    robin.fills(ids.IN_REACH, "rob@example.org")
    await robin.chooses(ids.IN_NOTES, VOICEMAIL)
    await robin.chooses(ids.IN_CHOICES, URGENT, NOTIFY)
    await robin.submits()
    assert "Your changes are saved." in robin.sees
    tables = stage.world.memory.tables
    assert tables.contacts[request.id] == Contact("rob@example.org", voicemail=True)
    assert tables.needs[request.id].role == "physician"
    assert stage.world.request(request.id).urgent
    assert len(tables.requests) == 1


@pytest.mark.req("U48")
async def test_a_changed_form_for_a_closed_request_changes_nothing(stage: Stage, robin: Person) -> None:
    request = await received(stage.world)
    await robin.opens_home()
    await robin.presses(ids.CHANGE, on_home=True)
    await stage.world.do(triage.close_request, ADA, request.id, "handed_over")
    await robin.submits()
    assert "nothing here for you now" in robin.sees


async def test_the_message_leads_to_the_request(stage: Stage, robin: Person) -> None:
    request = await received(stage.world)
    handle = stage.handles.make(ids.OWN, request.id, "T0CLINIC:U0ROBIN", stage.world.now.replace(year=2027))
    robin.home = {"blocks": [{"block_id": "b", "type": "actions", "elements": [{"type": "button", "action_id": "x"}]}]}
    robin.home["blocks"][0]["elements"][0]["action_id"] = ids.OPEN_MESSAGE
    await robin.presses(ids.OPEN_MESSAGE, value=f"r.{handle}", on_home=True)
    assert request.reference in robin.sees


@pytest.mark.req("G18", "V13")
async def test_it_all_speaks_french(stage: Stage) -> None:
    robin = stage.person("U0ROBIN", locale="fr-CA")
    await accepted(stage.world)
    await robin.opens_home()
    assert "Une ou un collègue de soutien a accepté" in words(robin.home)
    await robin.presses(ids.SOMEONE_ELSE, on_home=True)
    assert "Nous cherchons quelqu'un d'autre." in robin.sees


async def test_the_address_of_the_requester_is_their_own(stage: Stage) -> None:
    request = await received(stage.world)
    assert stage.world.memory.tables.requesters[request.id] == ROBIN


@pytest.mark.req("V14", "G30")
@pytest.mark.parametrize(
    ("locale", "asks", "known"),
    [
        ("en-US", "Has anyone reached you?", "The administrators know that nobody has contacted you yet."),
        ("fr-CA", "Quelqu'un vous a-t-il joint?", "L'administration sait que personne ne vous a encore joint."),
    ],
)
async def test_home_asks_at_the_promised_time_and_says_once_that_it_is_known(
    stage: Stage, locale: str, asks: str, known: str
) -> None:
    robin = stage.person("U0ROBIN", locale=locale)
    request = await accepted(stage.world)
    await robin.opens_home()
    assert asks not in words(robin.home)
    stage.world.now = request.due_at
    await robin.opens_home()
    assert asks in words(robin.home)
    await robin.presses(ids.NOT_YET, on_home=True)
    await robin.opens_home()
    assert known in words(robin.home)
    assert asks not in words(robin.home)
    assert ids.NOT_YET not in buttons(robin.home)
