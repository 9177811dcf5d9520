"""Kills between acknowledgement and posting: what was acknowledged is carried out after the restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from peersupport.audit import Event
from tests.faults import process
from tests.faults.ground import Ground, Outskirts, outskirts
from tests.stories.town import CHANNEL

LEASE = 45.0
"""Seconds until what a dead worker held is free again, and some more for a busy machine."""


async def _one_card(town: Outskirts, reference: str) -> None:
    """See that there is one card, and one request that was opened once."""
    farah = town.person("farah")
    await farah.sees(reference, where=CHANNEL, within=LEASE)
    await town.sim.settled()
    assert len(farah.messages(CHANNEL)) == 1
    async with town.house.store.work() as work:
        [request] = await work.requests.of(town.address("ava"))
        assert request.reference == reference
        assert len(await work.audit.of(request.id, Event.REQUEST_OPENED)) == 1


async def test_what_was_acknowledged_is_posted_after_a_kill(ground: Ground, tmp_path: Path) -> None:
    async with outskirts(await ground.places(tmp_path)) as town:
        # Nothing is delivered in this process, so the kill comes between the two for certain.
        async with process.running(town.settings, tmp_path, "--no-worker", port=town.ports[0]) as bot:
            await bot.ready()
            reference = await town.asks("ava")
            await bot.kill()
        assert town.person("farah").messages(CHANNEL) == []
        async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            await _one_card(town, reference)
            await bot.ready()
            assert await bot.stop() == 0


@pytest.mark.faults
@pytest.mark.timeout(180)
async def test_a_kill_while_slack_keeps_the_post_waiting_loses_nothing(ground: Ground, tmp_path: Path) -> None:
    async with outskirts(await ground.places(tmp_path)) as town:
        town.sim.faults.add("chat.postMessage", "timeout", seconds=9)
        async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            await bot.ready()
            reference = await town.asks("ava")
            await _called(town, "chat.postMessage")
            await bot.kill()
        assert town.person("farah").messages(CHANNEL) == []
        async with process.running(town.settings, tmp_path, port=town.ports[0]):
            await _one_card(town, reference)


@pytest.mark.faults
@pytest.mark.timeout(300)
async def test_kills_all_along_the_journey_lose_nothing(ground: Ground, tmp_path: Path) -> None:
    """A new process for every step, and the one before it killed as soon as it had acknowledged."""
    async with outskirts(await ground.places(tmp_path)) as town:
        ava, farah, iris = (town.person(key) for key in ("ava", "farah", "iris"))
        for person in (ava, farah, iris):
            person.patience = LEASE
        await town.register("iris")
        reference = ""
        for step in range(4):
            async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
                await bot.ready()
                match step:
                    case 0:
                        reference = await town.asks("ava")
                        await ava.closes(everything=True)
                    case 1:
                        await farah.sees(reference, where=CHANNEL)
                        await farah.presses(action_id="claim", near=reference, where=CHANNEL)
                    case 2:
                        await farah.sees("Find a supporter", where=CHANNEL)
                        await town.offers("farah", reference, "Iris Wintergreen")
                    case 3:
                        await town.accepts("iris", reference)
                await bot.kill()
        async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            await farah.sees("A supporter has said yes", where=CHANNEL)
            await ava.opens_home()
            await ava.sees("A supporter has said yes", "Iris Wintergreen", where="home")
            assert await bot.stop() == 0
        assert await town.house.store.verify_audit() is None
        assert len(farah.messages(CHANNEL)) == 1


async def _called(town: Outskirts, method: str) -> None:
    async with asyncio.timeout(20):
        while not town.sim.calls(method):
            await town.sim.workspace.wait_for_change(town.sim.workspace.version, 0.1)
