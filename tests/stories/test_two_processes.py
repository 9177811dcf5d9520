"""T55: one process answers and another carries, on one PostgreSQL; they know of each other only by the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
