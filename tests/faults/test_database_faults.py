"""T51 and T52 with a process of the app on a real database that does not do as it should, and then does again."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from peersupport.requests import State
from simulator.people import Actor
from store.connections import Connections
from tests.faults import process
from tests.faults.ground import Ground, Outskirts, outskirts
from tests.faults.process import Bot
from tests.postgres import Server, _asyncpg_arguments
from tests.stories.town import CHANNEL, fill_form, reference_on

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900), pytest.mark.threat("T51", "T52"), pytest.mark.req("G29")]

NOT_SENT = "Your form was not sent; what you wrote is still here."
HELP_LINES = ("9-8-8", "9-1-1", "1-800-663-6729")
PATIENCE = 45.0
ROWS = "FOR EACH ROW EXECUTE FUNCTION refuse()"
REFUSALS = {
    "a deadlock": "40P01",
    "a serialisation failure": "40001",
    "a full disk": "53100",
    "no memory": "53200",
    "an input or output error": "58030",
    "a statement that took too long": "57014",
    "a shutdown": "57P01",
}
UNDOING = ("a deadlock", "a serialisation failure")
"""Once, these are met by the app alone: it does everything again; time after time they are told like the others."""
ON_APP = "pid <> pg_backend_pid() AND application_name = 'peersupport'"


class Trouble:
    """What can be done to one PostgreSQL database, through a connection of the test's own."""

    def __init__(
        self,
        own: asyncpg.Connection,
        other: asyncpg.Connection,
        beside: asyncpg.Connection,
        name: str,
        postmaster: int | None,
    ) -> None:
        """`beside` is connected to another database of the same server."""
        self._own, self._other, self._beside, self._name, self._postmaster = own, other, beside, name, postmaster

    async def _ends_connections(self) -> None:
        await self._own.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ON_APP}")

    @asynccontextmanager
    async def refuses(self, code: str, times: int = 1_000_000) -> AsyncIterator[None]:
        """Let every new request end with this error, or so many of them."""
        await self._own.execute("CREATE SEQUENCE refusals")
        await self._own.execute(
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF nextval('refusals') <= {times} THEN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END IF; "
            "RETURN NEW; END $$"
        )
        await self._own.execute(f"CREATE TRIGGER refuse BEFORE INSERT ON requests {ROWS}")
        try:
            yield
        finally:
            await self._own.execute("DROP TRIGGER refuse ON requests")
            await self._own.execute("DROP SEQUENCE refusals")

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Hold a table that every request needs."""
        async with self._other.transaction():
            await self._other.execute("LOCK TABLE requests IN ACCESS EXCLUSIVE MODE")
            yield

    @asynccontextmanager
    async def dropped(self) -> AsyncIterator[None]:
        """Hold the table, and end the connection of whoever waits for it in the middle of a transaction."""

        async def ends() -> None:
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND " + ON_APP
            while not await self._own.fetchval(waits):  # noqa: ASYNC110 - nothing tells when somebody waits
                await asyncio.sleep(0.01)
            await self._ends_connections()

        async with self.locked():
            ending = asyncio.create_task(ends())
            yield
            await asyncio.wait_for(ending, PATIENCE)

    @asynccontextmanager
    async def read_only(self) -> AsyncIterator[None]:
        """Let nobody write, as on a server that only follows another."""
        await self._own.execute(f'ALTER DATABASE "{self._name}" SET default_transaction_read_only = on')
        await self._ends_connections()
        try:
            yield
        finally:
            await self._own.execute("SET default_transaction_read_only = off")
            await self._own.execute(f'ALTER DATABASE "{self._name}" RESET default_transaction_read_only')
            await self._ends_connections()

    @asynccontextmanager
    async def shut(self) -> AsyncIterator[None]:
        """End every connection and refuse new ones."""
        await self._beside.execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false')
        await self._ends_connections()
        try:
            yield
        finally:
            await self._beside.execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true')

    @asynccontextmanager
    async def frozen(self) -> AsyncIterator[None]:
        """Let the server fall silent: it neither answers nor refuses."""
        assert self._postmaster is not None
        pids = [row[0] for row in await self._own.fetch(f"SELECT pid FROM pg_stat_activity WHERE {ON_APP}")]
        for pid in (self._postmaster, *pids):
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in (self._postmaster, *pids):
                os.kill(pid, signal.SIGCONT)


@asynccontextmanager
async def trouble_for(server: Server, url: str) -> AsyncIterator[Trouble]:
    """Connect to a database beside the app."""
    own, other, beside = [await asyncpg.connect(**_asyncpg_arguments(each)) for each in (url, url, server.base)]
    postmaster = None
    if server.folder is not None:
        postmaster = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    try:
        yield Trouble(own, other, beside, url.partition("?")[0].rpartition("/")[2], postmaster)
    finally:
        for each in (own, other, beside):
            await each.close()


async def _opens_form(who: Actor) -> None:
    await who.types("/peersupport")
    await who.presses(action_id="ask")
    await fill_form(who)


async def _sends(who: Actor) -> str:
    """Press Send until it is taken, as somebody does who is asked to try again; returns the reference."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await who.submits()
            if NOT_SENT not in who.screen("modal"):
                return reference_on(who.screen("modal"))
            await asyncio.sleep(0.5)


async def _goes_through(town: Outskirts, key: str, fault: Callable[[], AbstractAsyncContextManager[None]]) -> str:
    """Send a form while the fault is there, be told so, and send it again when it has gone."""
    who = town.person(key)
    who.patience = PATIENCE
    await _opens_form(who)
    async with fault():
        await who.submits()
        await who.sees(NOT_SENT, where="modal")
        # The first of the help lines stands beside it, the others on the form.
        assert all(line in who.screen("modal") for line in HELP_LINES)
    reference = await _sends(who)
    await who.closes(everything=True)
    return reference


async def _goes_at_once(town: Outskirts, key: str, fault: AbstractAsyncContextManager[None]) -> str:
    """Send a form while a fault is there that passes by itself: nobody is told."""
    who = town.person(key)
    who.patience = PATIENCE
    await _opens_form(who)
    async with fault:
        await who.submits()
    reference = reference_on(who.screen("modal"))
    await who.closes(everything=True)
    return reference


async def _all_there(town: Outskirts, references: dict[str, str], bot: Bot) -> None:
    """See that there is exactly one request of everybody, each with its card, and no restart was needed."""
    await bot.ready()
    farah = town.person("farah")
    farah.patience = PATIENCE
    await farah.sees(*references.values(), where=CHANNEL)
    await town.at_rest()
    for key, reference in references.items():
        async with town.house.store.work() as work:
            found = await work.requests.of(town.address(key), open_only=False)
        assert [(each.reference, each.state) for each in found] == [(reference, State.RECEIVED)]
    assert len(farah.messages(CHANNEL)) == len(references)
    assert "Traceback" not in bot.said
    assert await bot.stop() == 0


async def test_postgresql_that_does_not_do_as_it_should(postgres_ground: Ground, tmp_path: Path) -> None:
    server = postgres_ground.postgres
    assert server is not None
    places = await postgres_ground.places(tmp_path)
    async with outskirts(places) as town, trouble_for(server, places.url) as trouble:
        faults: list[Callable[[], AbstractAsyncContextManager[None]]] = [
            *(lambda code=code: trouble.refuses(code) for code in REFUSALS.values()),
            trouble.locked,
            trouble.dropped,
            trouble.read_only,
            trouble.shut,
        ]
        if server.folder is not None:
            faults.append(trouble.frozen)
        async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            await bot.ready()
            keys = town.newcomers(len(faults))
            references = {key: await _goes_through(town, key, fault) for key, fault in zip(keys, faults, strict=True)}
            for key, code in zip(town.newcomers(len(UNDOING)), UNDOING, strict=True):
                references[key] = await _goes_at_once(town, key, trouble.refuses(REFUSALS[code], times=1))
            await _all_there(town, references, bot)


async def test_more_people_than_connections_are_told_in_time(postgres_ground: Ground, tmp_path: Path) -> None:
    server = postgres_ground.postgres
    assert server is not None
    places = await postgres_ground.places(tmp_path)
    async with (
        outskirts(places) as town,
        trouble_for(server, places.url) as trouble,
        process.running(town.settings, tmp_path, port=town.ports[0]) as bot,
    ):
        await bot.ready()
        people = [town.person(key) for key in town.newcomers(15)]
        for who in people:
            who.patience = PATIENCE
            await _opens_form(who)
        async with trouble.locked():
            await asyncio.gather(*(who.submits() for who in people))
            for who in people:
                await who.sees(NOT_SENT, where="modal")
        references = {who.profile.key: await _sends(who) for who in people}
        await _all_there(town, references, bot)


@asynccontextmanager
async def _held(file: Path) -> AsyncIterator[None]:
    """Hold an SQLite file for writing, from another process's point of view."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@asynccontextmanager
async def _full(bot: Bot) -> AsyncIterator[None]:
    """Let no file of the app's process grow, its log included."""
    before = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        yield
    finally:
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, before)


async def test_sqlite_that_does_not_do_as_it_should(sqlite_ground: Ground, tmp_path: Path) -> None:
    async with (
        outskirts(await sqlite_ground.places(tmp_path)) as town,
        process.running(town.settings, tmp_path, port=town.ports[0]) as bot,
    ):
        await bot.ready()
        faults: list[Callable[[], AbstractAsyncContextManager[None]]] = [
            lambda: _held(tmp_path / "main.db"),
            lambda: _full(bot),
        ]
        keys = town.newcomers(len(faults))
        references = {key: await _goes_through(town, key, fault) for key, fault in zip(keys, faults, strict=True)}
        await _all_there(town, references, bot)


async def test_a_stricter_default_of_the_server_changes_nothing(postgres_ground: Ground, tmp_path: Path) -> None:
    places = await postgres_ground.places(tmp_path)
    connection = await asyncpg.connect(**_asyncpg_arguments(places.url))
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'serializable'")
    await connection.close()
    connections = Connections(places.url)
    async with connections.begin() as transaction:
        [found] = await transaction.link.fetch("SHOW transaction_isolation", ())
    connections.close()
    assert found[0] == "read committed"
