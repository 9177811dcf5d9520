"""T46: every way in which Slack's answers go wrong, for every method, while somebody asks and is heard."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any, cast

import pytest

from peersupport.notifications import Kind
from simulator.faults import FaultKind
from tests.faults.ground import Ground
from tests.stories.town import CHANNEL, Town, open_town

pytestmark = [pytest.mark.faults, pytest.mark.threat("T46"), pytest.mark.req("U46"), pytest.mark.timeout(300)]

WAYS: dict[str, dict[str, Any]] = {
    "500": {"kind": "status", "status": 500},
    "503": {"kind": "status", "status": 503},
    "html": {"kind": "html"},
    "empty": {"kind": "empty"},
    "truncated": {"kind": "truncated"},
    "reset": {"kind": "reset"},
    "dropped": {"kind": "dropped"},
    "timeout": {"kind": "timeout", "seconds": 1.5},
    "slow": {"kind": "slow", "seconds": 1.5},
    "429": {"kind": "ratelimited", "retry_after": 1},
}
CALL_SECONDS = 0.8
CARRIED_OUT = {"truncated", "dropped", "slow"}
"""Ways in which the message stands there although no answer came."""


def cards(town: Town) -> int:
    return len([each for each in town.sim.workspace.channel(CHANNEL).messages if each.bot_id])


async def _until_carried(town: Town, way: str) -> None:
    """Let time go by, between calls only, until nothing waits any more but what was given up."""
    quiet = 2 * CALL_SECONDS if way in ("slow", "timeout") else 0.3
    async with asyncio.timeout(120):
        while True:
            town.clock.move(minutes=1)
            town.house.store.queue.stir()
            await town.sim.settled(quiet, seconds=60)
            oldest = (await town.house.store.queue.backlog()).oldest
            if oldest is None or (oldest - town.clock.now()).total_seconds() > 120:
                return


# Once and five times by turns; FULL=1 tries each way both times.
ONCE_OR_OFTEN = [(way, times) for way in WAYS for times in (1, 5)]


@pytest.mark.threat("T42")
@pytest.mark.parametrize(
    ("way", "times"), ONCE_OR_OFTEN if os.environ.get("FULL") else ONCE_OR_OFTEN[::4] + ONCE_OR_OFTEN[3::4]
)
async def test_a_card_stands_once_or_was_counted_twice(
    sqlite_ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, times: int
) -> None:
    monkeypatch.setattr("bot.slack.CALL_SECONDS", CALL_SECONDS)
    fault = dict(WAYS[way])
    async with open_town(await sqlite_ground.places(tmp_path)) as town:
        town.sim.faults.add("chat.postMessage", cast("FaultKind", fault.pop("kind")), count=times, **fault)
        reference = await town.asks("ava")
        await _until_carried(town, way)
        stood = cards(town)
        assert stood <= 2, "at most one repeat"
        assert way in CARRIED_OUT or stood <= 1, "what was not carried out stands once"
        parked = await town.house.store.queue.parked_kinds()
        farah = town.person("farah")
        if parked.get(Kind.CARD):
            assert times > 1
            await farah.opens_home()
            await farah.sees(reference, where="home")
            town.sim.faults.clear()
            assert await town.house.store.queue.revive_all()
            await _until_carried(town, way)
        await farah.sees(reference, where=CHANNEL)
        assert (await town.house.store.queue.backlog()).parked == 0


METHODS = ("chat.update", "views.publish", "conversations.info")
PAIRS = [(way, method) for way in WAYS for method in METHODS]


@pytest.mark.parametrize(("way", "method"), PAIRS if os.environ.get("FULL") else PAIRS[:: len(METHODS) + 1])
async def test_what_can_be_repeated_is_until_it_works(
    sqlite_ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, method: str
) -> None:
    monkeypatch.setattr("bot.slack.CALL_SECONDS", CALL_SECONDS)
    fault = dict(WAYS[way])
    async with open_town(await sqlite_ground.places(tmp_path)) as town:
        first = await town.asks("ava")
        farah = town.person("farah")
        await farah.sees(first, where=CHANNEL)
        town.sim.faults.add(method, cast("FaultKind", fault.pop("kind")), count=3, **fault)
        await farah.presses(action_id="claim", near=first, where=CHANNEL)
        await _until_carried(town, way)
        await farah.sees("Find a supporter", where=CHANNEL)
        assert cards(town) == 1
        assert (await town.house.store.queue.backlog()).parked == 0
