"""T22, T24, T25: what is written down anywhere, by the app or its database, holds no canary in any spelling."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from simulator.people import Actor
from store.database import Database
from tests import postgres as launcher
from tests.faults import process
from tests.faults.ground import Ground, Outskirts, on_server, outskirts
from tests.threats.canaries import CANARIES, found_in
from tests.threats.day import Day
from tests.threats.everything import everybody_uses_everything

EVERYTHING_LOGGED = {
    "log_statement": "all", "log_min_duration_statement": "0", "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1", "log_error_verbosity": "verbose", "wal_level": "logical",
    "max_wal_size": "4GB", "autovacuum": "off", "log_connections": "on", "log_min_error_statement": "debug5",
}  # fmt: skip
SLACK_ID = re.compile(r"(?<![A-Z0-9])[UWD](?=[A-Z0-9]*\d)[A-Z0-9]{8,}(?![A-Z0-9])")
"""The id of a person or of a direct channel, as Slack makes them."""
PEOPLE = ("U0FARAHME1", "U0IRISWIN1", "U0MINATHI1")
"""An administrator, a supporter and somebody to be kept out: their ids are sealed as well."""


def sought(actor: Actor) -> dict[str, str]:
    """Return the canaries, with the id of their owner's direct channel and other people's ids."""
    direct = actor.workspace.dm(actor.id, create=False)
    assert direct is not None
    return CANARIES | {"direct channel": direct.id} | {person: person for person in PEOPLE}


def holes(files: Iterator[Path], wanted: dict[str, str]) -> list[str]:
    """Name each file with a canary in it."""
    found = []
    seen: set[bytes] = set()
    for file in files:
        # What was never written, and what was copied from a page searched before, need not be searched.
        data = _unseen(file.read_bytes(), seen).replace(b"\0" * 64, b"")
        found += [f"{file.name}: {what}" for what in found_in(data, **wanted)]
    return found


PAGE = 8192
"""PostgreSQL's; no row lies across two. The write-ahead log has pages of this size too, across which records run on."""


def _unseen(data: bytes, seen: set[bytes]) -> bytes:
    """Return the bytes without whole pages that were there before; where one is new, its neighbours stay with it."""
    pages = [data[place : place + PAGE] for place in range(0, len(data), PAGE)]
    new = [page not in seen for page in pages]
    seen.update(pages)
    kept = [any(new[max(0, place - 1) : place + 2]) for place in range(len(pages))]
    return b"".join(page for page, keep in zip(pages, kept, strict=True) if keep)


@pytest.mark.threat("T24", "T25")
async def test_embedded_files_hold_no_canary(day: Day) -> None:
    folder = day.town.places.folder
    files = sorted(path for path in folder.iterdir() if path.suffix != ".yml")
    assert {"main.db", "main.db-wal", "keyring.db"} <= {path.name for path in files}
    wanted = sought(day.town.person("canary"))
    assert holes(iter(files), wanted) == []
    # The search would find it: the same words stand in the simulator's log of what was shown.
    assert found_in(repr(day.log).encode(), **wanted)


class Played:
    """The day as it was played by a process on a server that writes down everything."""

    def __init__(self, town: Outskirts, bot: process.Bot, server: launcher.Server, url: str, began: float) -> None:
        self.town, self.bot, self.server, self.url, self.began = town, bot, server, url, began


@pytest_asyncio.fixture(scope="module")
async def played(sqlite_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    """Play the day on a PostgreSQL that logs every statement with its parameters."""
    folder = tmp_path_factory.mktemp("played")
    async with launcher.start(settings=EVERYTHING_LOGGED) as server:
        ground = await on_server(server, sqlite_ground)
        places = await ground.places(folder)
        assert server.folder is not None
        began = (server.folder / "server.log").stat().st_mtime - 1
        async with outskirts(places) as town:
            async with process.running(town.settings, folder, port=town.ports[0]) as bot:
                await bot.ready()
                await everybody_uses_everything(town)
                await town.sim.settled()
                assert await bot.stop() == 0
            await server._run("CHECKPOINT")  # until then the rows are only in memory and in the write-ahead log
            yield Played(town, bot, server, places.url, began)


@pytest.mark.threat("T24", "T25")
async def test_a_server_that_logs_everything_holds_no_canary(played: Played) -> None:
    wanted = sought(played.town.person("canary"))
    assert played.server.folder is not None
    log = (played.server.folder / "server.log").read_bytes()
    assert log.count(b"INSERT INTO requests") > 3  # it does write down the statements
    assert found_in(log, **wanted) == []


@pytest.mark.threat("T24", "T25")
async def test_data_files_and_write_ahead_log_hold_no_canary(played: Played) -> None:
    wanted = sought(played.town.person("canary"))
    assert played.server.folder is not None
    data = played.server.folder / "data"
    written = [path for path in sorted(data.rglob("*")) if path.is_file() and path.stat().st_mtime >= played.began]
    assert any("pg_wal" in path.parts for path in written)
    assert any("base" in path.parts for path in written)
    assert holes(iter(written), wanted) == []


@pytest.mark.threat("T24", "T25")
async def test_a_dump_holds_no_canary(played: Played) -> None:
    assert played.server.binaries is not None
    program = played.server.binaries / "pg_dump"
    if not os.access(program, os.X_OK):
        pytest.fail("this PostgreSQL comes without pg_dump")
    database = played.url.partition("?")[0].rpartition("/")[2]
    dumping = await asyncio.create_subprocess_exec(
        program, "-h", str(played.server.folder), "-U", "postgres", "--inserts", database,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    dump, _ = await dumping.communicate()
    assert dumping.returncode == 0
    assert b"INSERT INTO public.requests" in dump
    assert found_in(dump, **sought(played.town.person("canary"))) == []


@pytest.mark.threat("T22")
async def test_what_the_process_says_at_level_debug_holds_no_canary(played: Played) -> None:
    wanted = sought(played.town.person("canary"))
    assert process.lines_of(played.bot.said)
    assert found_in(played.bot.said.encode(), **wanted) == []
    assert "Traceback" not in played.bot.said
    assert [line for line in process.lines_of(played.bot.said) if line["level"] == "error"] == []


@pytest.mark.threat("T22")
async def test_the_folder_of_the_process_holds_no_canary(played: Played) -> None:
    files = [path for path in sorted(played.town.places.folder.rglob("*")) if path.is_file() and path.suffix != ".yml"]
    assert holes(iter(files), sought(played.town.person("canary"))) == []


@pytest.mark.threat("T24", "T25")
async def test_what_the_server_remembers_of_statements_holds_no_canary(played: Played) -> None:
    wanted = sought(played.town.person("canary"))
    views = ["pg_stat_activity", "pg_stat_database", "pg_stats", "pg_prepared_statements", "pg_locks"]
    at_hand = await _rows(played, "SELECT name FROM pg_available_extensions WHERE name = 'pg_stat_statements'")
    loaded = await _rows(played, "SHOW shared_preload_libraries")
    if "pg_stat_statements" in at_hand and "pg_stat_statements" in loaded:
        await _rows(played, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        views.append("pg_stat_statements")
    for view in views:
        assert found_in((await _rows(played, f"SELECT t::text FROM {view} t")).encode(), **wanted) == [], view
    # What pg_stats keeps of the commonest values of a column is of plain columns only.
    await _rows(played, "ANALYZE")
    kept = await _rows(played, "SELECT t::text FROM pg_stats t WHERE schemaname = 'public'")
    assert "vancouver-peer-support" in kept
    assert found_in(kept.encode(), **wanted) == []


@pytest.mark.threat("T25")
async def test_nothing_in_any_plain_column_has_the_shape_of_a_slack_id(played: Played) -> None:
    columns = await _rows(
        played,
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')",
    )
    names = [tuple(line.split(".")) for line in columns.split("\n")]
    assert ("requests", "reference") in names
    for table, column in names:
        held = await _rows(played, f'SELECT "{column}" FROM "{table}"')
        assert not SLACK_ID.search(held), f"{table}.{column}"
    assert SLACK_ID.search("sent to U0KANARY77")
    assert SLACK_ID.search("D0123ABCD4:17")


@pytest.mark.threat("T25")
async def test_nothing_that_the_process_says_has_the_shape_of_a_slack_id(played: Played) -> None:
    assert not SLACK_ID.search(played.bot.said)


async def _rows(played: Played, statement: str) -> str:
    """Ask the server and return what it says, one row a line."""
    database = Database(played.url)
    try:
        async with database.begin() as connection:
            found = await connection.exec_driver_sql(statement)
            return "\n".join(" ".join(map(str, row)) for row in found) if found.returns_rows else ""
    finally:
        await database.close()
