"""The administrators' queue as they see it, within Slack's limits, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from handlers import ids
from handlers.i18n import LANGUAGES, Translator
from handlers.views import kit, queue
from peersupport.queue import PAGE, Listing, Section, Until
from peersupport.requests import State
from simulator.block_kit import check_blocks, check_view
from tests.front.screen import every_element, words
from tests.front.stage import Stage
from tests.front.test_view_limits import HANDLE, NOW, TEXTS, request
from tests.rules.test_safety import fires, raised
from tests.rules.world import ADA, VANCOUVER, address, ask

pytestmark = pytest.mark.req("V8")


@pytest.fixture(params=LANGUAGES)
def t(request: pytest.FixtureRequest) -> Translator:
    return TEXTS.in_language(request.param)


@pytest.mark.parametrize("count", [0, 1, PAGE])
@pytest.mark.parametrize("section", Section)
def test_every_part_fits(t: Translator, section: Section, count: int) -> None:
    shown = [request(id=UUID(int=n), urgent=True, due_at=NOW, closed_at=NOW) for n in range(count)]
    if section is Section.FINISHED:
        shown = [replace(each, state=State.CLOSED) for each in shown]
    off = {each.id: NOW + timedelta(hours=4) for each in shown}
    held = Listing(section, tuple(shown), dict.fromkeys(Section, 999), 1, 3, off)
    handles = {each.id: HANDLE for each in shown}
    assert check_view(queue.queue(held, handles, VANCOUVER, t, NOW), "modal") == []
    assert check_blocks(kit.message(queue.home_part(held, handles, VANCOUVER, t, NOW)), "home") == []
    choices = {until: NOW + timedelta(hours=4) for until in Until}
    assert check_blocks(kit.message([kit.actions(queue.put_off_choice(choices, VANCOUVER, t), "x")]), "modal") == []
    assert queue.put_off_choice({}, VANCOUVER, t) == []


@pytest.mark.req("G41")
async def test_it_is_read_part_by_part_and_page_by_page() -> None:
    stage = Stage()
    requests = [await stage.world.opens(address(f"U0P{n}"), ask(requester=address(f"U0P{n}"))) for n in range(PAGE + 1)]
    ada = stage.person(ADA.user)
    await ada.opens_home()
    assert requests[0].reference in words(ada.home)
    assert requests[-1].reference not in words(ada.home)
    assert f"Need somebody now: {PAGE + 1}" in words(ada.home)
    await ada.presses(ids.QUEUE, on_home=True)
    assert (requests[0].reference in ada.sees, requests[-1].reference in ada.sees) == (True, False)
    await ada.presses(ids.QUEUE_ON)
    assert (requests[0].reference in ada.sees, requests[-1].reference in ada.sees) == (False, True)
    assert "Page 2 of 2" in ada.sees
    await ada.presses(ids.QUEUE_BACK)
    assert requests[0].reference in ada.sees
    await ada.chooses("part", "in_contact.all.0")
    assert "Nobody is in contact now." in ada.sees
    assert "Robin" not in ada.sees


@pytest.mark.req("G41")
async def test_a_filter_stays_from_page_to_page_and_from_part_to_part() -> None:
    stage = Stage()
    for n in range(PAGE + 2):
        await stage.world.opens(address(f"U0P{n}"), ask(requester=address(f"U0P{n}"), urgent=n == 0))
    ada = stage.person(ADA.user)
    await ada.opens_home()
    await ada.presses(ids.QUEUE, on_home=True)
    await ada.chooses("filter", "needs.unclaimed.0")
    assert f"Need somebody now ({PAGE + 2})" in ada.sees
    await ada.presses(ids.QUEUE_ON)
    assert "Page 2 of 2" in ada.sees
    await ada.chooses("filter", "needs.soon.0")
    assert "Page" not in ada.sees
    assert "Urgent" in ada.sees
    await ada.chooses("filter", "needs.mine.0")
    assert "Nothing in this part is like that." in ada.sees
    await ada.chooses("part", "waiting.mine.0")
    held = [each for each in every_element(ada.top.view) if each.get("action_id") == ids.QUEUE_FILTER]
    assert [each["initial_option"]["value"] for each in held] == ["waiting.mine.0"]
    assert "mine" not in ada.top.view["private_metadata"]


@pytest.mark.req("U42", "G1")
async def test_an_open_safety_concern_stands_first_and_opens_from_there() -> None:
    stage = Stage()
    world = stage.world
    request = await world.accepted()
    other = await world.opens(address("U0OTHER"), ask(requester=address("U0OTHER")))
    concern = await raised(world, request)
    ada = stage.person(ADA.user)
    await ada.opens_home()
    await ada.presses(ids.QUEUE, on_home=True)
    assert "Safety concern" not in ada.sees, "the leads are asked first"
    for _ in range(2):
        await fires(world, concern)
    await ada.opens_home()
    await ada.presses(ids.QUEUE, on_home=True)
    assert f"Safety concern about {request.reference}: nobody has it yet." in ada.sees
    assert ada.sees.index(request.reference) < ada.sees.index(other.reference)
    assert "Robin" not in ada.sees
    await ada.chooses("filter", "needs.mine.0")
    assert "Safety concern" in ada.sees, "no filter leaves it out"
    await ada.presses(ids.OPEN_CONCERN)
    assert request.reference in ada.sees


async def test_a_request_is_put_off_from_its_details_and_brought_back() -> None:
    stage = Stage()
    opened = await stage.world.opens()
    ada = stage.person(ADA.user)
    await ada.opens_home()
    await ada.presses(ids.QUEUE, on_home=True)
    await ada.presses(ids.OPEN_SHEET)
    await ada.chooses("picks", "hours")
    assert "Every clock of this request goes on" in ada.sees
    assert "Nothing needs you now." in words(ada.home)
    await ada.chooses("picks", "now")
    assert "It stands in the queue again." in ada.sees
    assert opened.reference in words(ada.home)
    stage.world.later(days=3)
    await ada.opens_home()
    assert "Overdue" in words(ada.home)
    await ada.presses(ids.OPEN_SHEET, on_home=True)
    assert not [each for each in every_element(ada.top.view) if each.get("action_id") == ids.PUT_OFF]
