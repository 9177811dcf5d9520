"""T22, T24, T25: what a process and its server write down of the doors that somebody else opens holds no canary."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests import postgres as launcher
from tests.faults import process
from tests.faults.ground import Ground, Outskirts, on_server, outskirts
from tests.threats.canaries import CANARIES, found_in
from tests.threats.door_words import GIVEN, KEYS, doors_settings
from tests.threats.other_doors import Doors, other_doors_used
from tests.threats.test_stored import EVERYTHING_LOGGED, holes

pytestmark = pytest.mark.long


@dataclass
class Played:
    """The other doors as they were used at a process of its own, on a server that writes down everything."""

    town: Outskirts
    bot: process.Bot
    server: launcher.Server
    doors: Doors
    began: float

    def sought(self) -> dict[str, str]:
        """Return every word that somebody gave, and whose account it was."""
        people = {f"id of {key}": self.town.address(key).user for key in ("canary", "dara", "emil", "quinn")}
        tokens = {key: word for key, word in self.doors.secrets.items() if key.startswith("token")}
        return CANARIES | GIVEN | KEYS | people | tokens


@pytest_asyncio.fixture(scope="module")
async def used(sqlite_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    """Use every door once, on a PostgreSQL that logs each statement with its parameters."""
    async with launcher.start(settings=EVERYTHING_LOGGED) as server:
        places = await (await on_server(server, sqlite_ground)).places(tmp_path_factory.mktemp("used"))
        assert server.folder is not None
        began = (server.folder / "server.log").stat().st_mtime - 1
        more: dict[str, Any] = {**doors_settings(places.folder)}
        async with outskirts(places, SLACK_APP_ID="A0PEERSUP1", **more) as town:
            async with process.running(town.settings, places.folder, port=town.ports[0]) as bot:
                await bot.ready()
                doors = await other_doors_used(town)
                await town.sim.settled()
                assert await bot.stop() == 0
            await server._run("CHECKPOINT")
            yield Played(town, bot, server, doors, began)


@pytest.mark.threat("T22", "T23")
async def test_what_the_process_says_at_level_debug_holds_none(used: Played) -> None:
    said = used.bot.said
    assert process.lines_of(said)
    assert found_in(said.encode(), **used.sought()) == []
    assert "Traceback" not in said
    assert [line for line in process.lines_of(said) if line["level"] == "error"] == []


@pytest.mark.threat("T24", "T25")
async def test_the_server_s_log_and_files_hold_none(used: Played) -> None:
    assert used.server.folder is not None
    log = (used.server.folder / "server.log").read_bytes()
    for table in (b"referrals", b"notices", b"consent_links"):
        assert b"INSERT INTO " + table in log, "it does write down the statements"
    assert found_in(log, **used.sought()) == []
    data = sorted((used.server.folder / "data").rglob("*"))
    written = [path for path in data if path.is_file() and path.stat().st_mtime >= used.began]
    assert any("pg_wal" in path.parts for path in written)
    assert holes(iter(written), used.sought()) == []
