"""T55: one process answers and another carries, on one PostgreSQL; they know of each other only by the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from bot import worker
from bot.app import House
from bot.settings import load_settings
from tests.stories.town import CHANNEL, Places, Town, open_town

pytestmark = [
    pytest.mark.parametrize("story_urls", ["postgresql"], indirect=True),
    pytest.mark.threat("T55"),
    pytest.mark.req("G32"),
]


@asynccontextmanager
async def beside(town: Town) -> AsyncIterator[House]:
    """Run a worker more, with a connection pool, a pace and a memory of its own."""
    house = House(load_settings(town.settings, town.places.folder), serve=False, clock=town.clock)
    stop = asyncio.Event()
    running = asyncio.create_task(house.run(stop=stop))
    try:
        async with asyncio.timeout(20):
            while not house.ready or not house.store.ears.open:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.02)
        yield house
    finally:
        stop.set()
        await running


async def test_a_worker_that_never_looks_by_itself_hears_of_what_another_put_down(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_town(places, work=False) as town:
        monkeypatch.setattr(worker, "POLL_SECONDS", 3600.0)
        async with beside(town):
            reference = await town.asks("ava")
            await town.person("farah").sees(reference, where=CHANNEL)


HELD = 6


async def _posted(town: Town, count: int) -> list[float]:
    """Wait until so many cards stand in the channel, and return when each came."""
    place = town.sim.workspace.channel(CHANNEL).id
    async with asyncio.timeout(60):
        while True:
            calls = [each for each in town.sim.calls("chat.postMessage") if each.request["channel"] == place]
            done = [each.at for each in calls if each.status == 200]
            if len(done) >= count:
                return done
            await town.sim.workspace.wait_for_change(town.sim.workspace.version, 0.2)


@pytest.mark.req("U46")
@pytest.mark.threat("T45")
async def test_two_workers_speak_no_faster_than_one(places: Places) -> None:
    async with open_town(places, paced=True) as town, beside(town):
        people = ("ava", "bruno", "chloe")
        town.sim.faults.add(method="chat.postMessage", kind="ratelimited", retry_after=HELD)
        for each in people:
            await town.asks(each)
            await town.person(each).closes(everything=True)
        times = await _posted(town, len(people))
        limited = [each for each in town.sim.calls("chat.postMessage") if each.status == "fault: ratelimited"]
        assert len(limited) == 1, "who did not hear it waited too"
        assert times[0] - limited[0].at >= HELD
        assert all(later - earlier >= 0.99 for earlier, later in pairwise(times))
        assert (town.sim.rates.hurried, town.sim.rates.broken) == (0, [])
