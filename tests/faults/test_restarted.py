"""A PostgreSQL that is stopped and started again, and Slack out of reach at the start: the app recovers by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests import postgres as launcher
from tests.faults import process
from tests.faults.ground import Ground, on_server, outskirts
from tests.stories.town import CHANNEL, fill_form, reference_on

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]


class Restartable:
    """A PostgreSQL of our own that can be stopped, with its files left, and started again."""

    def __init__(self, server: launcher.Server) -> None:
        self.server = server

    async def _control(self, *arguments: str) -> None:
        folder, binaries = self.server.folder, self.server.binaries
        assert folder is not None
        assert binaries is not None
        command = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w", "-l", str(folder / "again.log")]
        done = await asyncio.create_subprocess_exec(
            *command, *arguments, cwd=folder, stdout=asyncio.subprocess.DEVNULL, **launcher._account()
        )
        assert await done.wait() == 0

    async def stop(self) -> None:
        await self._control("stop", "-m", "immediate")

    async def start(self) -> None:
        await self._control("start", "-o", f"-k {self.server.folder} -c listen_addresses='' -c fsync=off")


@asynccontextmanager
async def restartable() -> AsyncIterator[Restartable]:
    """Start a PostgreSQL, and end it in whatever state the test leaves it."""
    async with launcher.start(settings={"log_statement": "none"}) as server:
        own = Restartable(server)
        try:
            yield own
        finally:
            await own.stop()


async def test_a_stopped_and_started_postgresql_needs_no_restart_of_ours(sqlite_ground: Ground, tmp_path: Path) -> None:
    async with restartable() as database:
        places = await (await on_server(database.server, sqlite_ground)).places(tmp_path)
        async with outskirts(places) as town, process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            ava, farah = town.person("ava"), town.person("farah")
            await bot.ready()
            first = await town.asks("dara")
            await farah.sees(first, where=CHANNEL, within=20)
            await ava.types("/peersupport")
            await ava.presses(action_id="ask")
            await fill_form(ava)
            await database.stop()
            await bot.troubled("database_out_of_reach")
            await ava.submits()
            await ava.sees("Your form was not sent; what you wrote is still here.", where="modal")
            await database.start()
            await bot.ready()
            await ava.submits()
            await farah.sees(reference_on(ava.screen("modal")), first, where=CHANNEL, within=20)
            assert "Traceback" not in bot.said


async def test_slack_out_of_reach_at_the_start_is_waited_for(sqlite_ground: Ground, tmp_path: Path) -> None:
    async with outskirts(await sqlite_ground.places(tmp_path)) as town:
        town.sim.faults.add("auth.test", "reset", count=2)
        async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            await bot.troubled("starting", "slack_out_of_reach")
            ava = town.person("ava")
            await ava.types("/peersupport")
            await ava.sees("9-8-8", "9-1-1", within=10)
            await bot.ready()
            reference = await town.asks("ava")
            await town.person("farah").sees(reference, where=CHANNEL, within=20)
