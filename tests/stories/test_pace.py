"""T45, T48: Slack asks for slowness, or a button comes too late. Everybody is answered, and nothing is made twice."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from handlers import ids
from peersupport.notifications import Kind, Message
from peersupport.upkeep import subject_of
from tests.stories.town import ADMINS, CHANNEL, PROGRAMME, Places, Town, open_town

pytestmark = pytest.mark.long

HELD = 6
THERE = "There is something for you in the app."


async def _posted(town: Town, count: int) -> list[float]:
    """Wait until so many cards stand in the channel, and return when each came."""
    place = town.sim.workspace.channel(CHANNEL).id
    async with asyncio.timeout(40):
        while True:
            calls = [each for each in town.sim.calls("chat.postMessage") if each.request["channel"] == place]
            done = [each.at for each in calls if each.status == 200]
            if len(done) >= count:
                return done
            await town.sim.workspace.wait_for_change(town.sim.workspace.version, 0.2)


@pytest.mark.req("U46")
@pytest.mark.threat("T45")
async def test_cards_that_waited_for_slack_go_a_second_apart_and_others_go_meanwhile(places: Places) -> None:
    async with open_town(places, paced=True) as town:
        place = town.sim.workspace.channel(CHANNEL).id
        town.sim.faults.add(method="chat.postMessage", kind="ratelimited", retry_after=HELD)
        for each in ("ava", "bruno", "chloe"):
            await town.asks(each)
            await town.person(each).closes(everything=True)
        async with town.house.store.work() as work:
            members = await work.members.all(PROGRAMME)
            subject = subject_of(PROGRAMME)
            tell = [Message(Kind.TELL_SELF_AUDIT, subject, f"t:{m.id}", PROGRAMME, audience=m.id) for m in members]
            await work.outbox.put(*tell)
        town.house.store.queue.stir()
        for admin in ADMINS:
            await town.person(admin).sees(THERE, where="messages")
        times = await _posted(town, 3)
        assert all(later - earlier >= 0.99 for earlier, later in pairwise(times))
        limited = [each for each in town.sim.calls("chat.postMessage") if each.status == "fault: ratelimited"]
        assert [each.request["channel"] for each in limited] == [place]
        assert times[0] - limited[0].at >= HELD
        assert (town.sim.rates.hurried, town.sim.rates.broken) == (0, [])


@pytest.mark.req("U46")
@pytest.mark.threat("T45")
async def test_while_no_view_may_open_everybody_is_answered_in_words(town: Town) -> None:
    ava, bruno = town.person("ava"), town.person("bruno")
    await ava.opens_home()
    await bruno.opens_home()
    town.sim.faults.add(method="views.open", kind="ratelimited", retry_after=3000)
    for who in (ava, bruno):
        await who.types("/peersupport")
        await who.sees("9-8-8", "/peersupport")
    await bruno.presses(action_id=ids.WHO_SEES, where="home")
    await bruno.sees("did not open just now", where="home")
    assert len(town.sim.calls("views.open")) == 1
    assert town.sim.rates.broken == []


@pytest.mark.req("U46")
@pytest.mark.threat("T48")
@pytest.mark.parametrize("code", ["expired_trigger_id", "exchanged_trigger_id"])
async def test_a_view_that_comes_too_late_asks_to_press_again_and_makes_nothing(town: Town, code: str) -> None:
    reference = await town.asks("ava")
    farah = town.person("farah")
    await farah.sees(reference, where=CHANNEL)
    for method in ("views.open", "views.push"):
        town.sim.faults.add(method=method, kind="error", error=code, count=3)
    async with town.house.store.work() as work:
        before = [request.version for request in await work.requests.of(town.address("ava"))]
    ava = town.person("ava")
    await ava.closes(everything=True)
    await ava.types("/peersupport")
    await ava.sees("9-8-8", "/peersupport")
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await farah.sees("did not open just now", where=CHANNEL)
    assert (farah.modal, ava.modal) == (None, None)
    async with town.house.store.work() as work:
        assert [request.version for request in await work.requests.of(town.address("ava"))] == before
    town.sim.faults.clear()
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await farah.sees(reference, where="modal")
