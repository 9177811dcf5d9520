"""A Home for shared screens: covered until shown, at every way in which it is published."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from handlers import home, ids
from handlers.screens import Screens
from peersupport.people import Address
from tests.front.screen import TEAM, every_element, words
from tests.front.stage import Person, Stage
from tests.rules.world import ADA, ask

ROBIN = Address(TEAM, "U0ROBIN")


@pytest.fixture
def stage() -> Stage:
    return Stage()


def actions(person: Person) -> set[str]:
    return {each["action_id"] for each in every_element(person.home)}


async def discreet(stage: Stage, user: str = "U0ROBIN") -> Person:
    person = stage.person(user)
    await person.opens_home()
    await person.presses(ids.DISCREET, on_home=True)
    return person


@pytest.mark.req("U52")
async def test_a_discreet_home_shows_one_item_until_it_is_shown(stage: Stage) -> None:
    request = await stage.world.opens(asked=ask(name="Robin Roy"))
    robin = await discreet(stage)
    assert request.reference in words(robin.home), "the choice itself covers nothing yet"
    await robin.opens_home()
    assert request.reference not in words(robin.home)
    assert "1 item" in words(robin.home)
    assert "9-8-8" in words(robin.home)
    assert actions(robin) >= {ids.SHOW_HOME, ids.ASK, ids.HELP_NOW}
    assert not actions(robin) & {ids.WITHDRAW, ids.MY_DATA, ids.DISCREET}
    await robin.presses(ids.SHOW_HOME, on_home=True)
    assert request.reference in words(robin.home)
    await robin.opens_home()
    assert request.reference not in words(robin.home)


@pytest.mark.req("U52")
async def test_whatever_publishes_it_a_discreet_home_stays_covered(stage: Stage) -> None:
    request = await stage.world.opens()
    robin = await discreet(stage)
    view = await home.build(stage.front, ROBIN, "en")
    assert request.reference not in words(view)
    assert view == await home.build(stage.front, ROBIN, "en", home.As.OPENED)
    await robin.chooses("links.en", "fr", on_home=True)
    assert request.reference not in words(robin.home)
    assert "1 élément" in words(robin.home)


@pytest.mark.req("U52")
async def test_a_covered_home_is_the_same_for_everybody(stage: Stage) -> None:
    await stage.world.opens()
    seen = []
    for user in ("U0ROBIN", "U0NOTHING", ADA.user):
        person = await discreet(stage, user)
        await person.opens_home()
        seen.append(person.home)
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.req("U52")
async def test_hide_now_covers_at_once_and_until_it_is_opened_again(stage: Stage) -> None:
    request = await stage.world.opens()
    robin = stage.person("U0ROBIN")
    await robin.opens_home()
    await robin.presses(ids.HIDE_HOME, on_home=True)
    assert request.reference not in words(robin.home)
    assert request.reference not in words(await home.build(stage.front, ROBIN, "en"))
    await robin.opens_home()
    assert request.reference in words(robin.home)
    assert request.reference in words(await home.build(stage.front, ROBIN, "en"))


async def test_turned_off_it_is_as_before(stage: Stage) -> None:
    request = await stage.world.opens()
    robin = await discreet(stage)
    await robin.presses(ids.DISCREET, on_home=True)
    await robin.opens_home()
    assert request.reference in words(robin.home)
    await robin.presses(ids.DISCREET, on_home=True, value="maybe")
    assert words(await home.build(stage.front, ROBIN, "en")) == words(robin.home)


@pytest.mark.req("U51")
async def test_a_guests_home_is_never_a_members(stage: Stage) -> None:
    await discreet(stage, "U0GUEST")
    guest = stage.person("U0GUEST", is_restricted=True)
    stage.world.later(minutes=6)
    for press in (ids.SHOW_HOME, ids.HIDE_HOME, ids.DISCREET, ids.MY_DATA):
        view = guest.home
        guest.modals = []
        if press in actions(guest):
            await guest.presses(press, on_home=True)
            assert guest.home == view
            assert "full members" in guest.sees.lower()
    await guest.opens_home()
    assert actions(guest) == {ids.HELP_NOW, ids.WHO_SEES, ids.QUESTIONS, ids.ELSEWHERE, ids.LANGUAGE}


@pytest.mark.req("G32")
async def test_without_a_database_hiding_still_clears_the_screen(stage: Stage) -> None:
    request = await stage.world.opens()
    robin = stage.person("U0ROBIN")
    await robin.opens_home()
    stage.store.down = True
    await robin.presses(ids.HIDE_HOME, on_home=True)
    assert request.reference not in words(robin.home)


@pytest.mark.req("U52")
async def test_what_is_pressed_right_after_opening_is_published_after_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await stage.world.opens()
    robin = await discreet(stage)
    await robin.opens_home()
    publish, reached, go_on = Screens.home, asyncio.Event(), asyncio.Event()

    async def slowly(self: Screens, user: str, view: dict[str, Any]) -> bool:
        if not reached.is_set():
            reached.set()
            await go_on.wait()
        return await publish(self, user, view)

    monkeypatch.setattr(Screens, "home", slowly)
    opening = asyncio.create_task(robin.opens_home())
    await reached.wait()
    pressing = asyncio.create_task(robin.presses(ids.SHOW_HOME, on_home=True))
    for _ in range(50):
        await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(opening, pressing)
    assert request.reference in words(robin.home), "the covered one was put together first"


@pytest.mark.req("U52")
async def test_what_was_hidden_is_not_shown_again_by_an_earlier_press(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await stage.world.opens()
    stage.world.supporter("U0ROBIN", "Robin")
    robin = stage.person("U0ROBIN")
    await robin.opens_home()
    facts, reached, go_on = stage.front.directory.facts, asyncio.Event(), asyncio.Event()

    async def slowly(who: Address, **more: Any) -> Any:
        if not reached.is_set():
            reached.set()
            await go_on.wait()
        return await facts(who, **more)

    monkeypatch.setattr(stage.front.directory, "facts", slowly)
    pressing = asyncio.create_task(robin.presses(ids.PAUSE, on_home=True))
    await reached.wait()
    await robin.presses(ids.HIDE_HOME, on_home=True)
    assert request.reference not in words(robin.home)
    go_on.set()
    await pressing
    assert request.reference not in words(robin.home)
    assert await stage.world.read(lambda work: work.preferences.cover(ROBIN)) == (False, True)


@pytest.mark.req("U52")
async def test_a_press_takes_the_place_of_an_opening_that_still_waits(stage: Stage) -> None:
    request = await stage.world.opens()
    robin = await discreet(stage)
    await robin.opens_home()
    assert stage.front.homes.join(ROBIN)
    await robin.presses(ids.SHOW_HOME, on_home=True)
    async with stage.front.homes.turn(ROBIN) as still:
        assert not still
    assert request.reference in words(robin.home)
