"""Notices between processes: what one puts down wakes the others, what is lost comes back, and silence is noticed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from store import ears
from store.ears import CHANNEL, Ears
from store.queue import Queue
from store.store import Store
from tests.faults.ground import server_behind
from tests.faults.wires import Fuse, PostgresWire, _message, listening
from tests.postgres import _asyncpg_arguments
from tests.store.conftest import Places
from tests.store.records import MovableClock
from tests.store.test_outbox import a_message, put

pytestmark = [
    pytest.mark.parametrize("server", ["postgresql"], indirect=True),
    pytest.mark.threat("T55"),
    pytest.mark.req("G32"),
]

PATIENCE = 30.0
FOR_EVER = 3600.0
LISTENERS = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"


class Notes:
    """What the ears said, in order."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, word: str) -> None:
        self.said.append(word)
        self._more.set()

    async def until(self, *words: str) -> None:
        """Wait until exactly this was said."""
        async with asyncio.timeout(PATIENCE):
            while self.said != list(words):
                await self._more.wait()
                self._more.clear()


@asynccontextmanager
async def kept(heard: Ears) -> AsyncIterator[Notes]:
    """Let them listen until the block ends, which must not be held up."""
    notes = Notes()
    task = asyncio.create_task(heard.keep(notes))
    try:
        yield notes
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, PATIENCE)
        assert task.cancelled()


async def at_rest(queue: Queue) -> None:
    """Take what was stirred so far."""
    await queue.wait(0.0)


async def wakes(queue: Queue) -> None:
    """See that something stirs a worker that would not look by itself for an hour."""
    async with asyncio.timeout(PATIENCE):
        await queue.wait(FOR_EVER)


async def test_what_one_puts_down_wakes_the_other(store: Store, second_store: Store) -> None:
    async with kept(store.ears) as notes:
        await notes.until("listening")
        await at_rest(store.queue)
        await put(second_store, a_message("card:1"))
        await wakes(store.queue)
        [claim] = await store.queue.claim()
        assert claim.due.kind == "card"


async def test_an_own_row_stirs_once(store: Store) -> None:
    async with kept(store.ears) as notes:
        await notes.until("listening")
        await at_rest(store.queue)
        stirred = []
        store.ears._stir = lambda: stirred.append(True)
        heard = store.ears._heard
        heard.clear()
        await put(store, a_message("card:1"))
        async with asyncio.timeout(PATIENCE):
            await heard.wait()
        assert not stirred


async def test_a_lost_connection_comes_back(store: Store, second_store: Store, database: Places) -> None:
    other = await asyncpg.connect(**_asyncpg_arguments(database.url))
    try:
        async with kept(store.ears) as notes:
            await notes.until("listening")
            await at_rest(store.queue)
            assert await other.fetchval(f"SELECT count(pg_terminate_backend(pid)) {LISTENERS}") == 1
            await notes.until("listening", "lost", "listening")
            # Something may have been put down in between.
            await wakes(store.queue)
            await put(second_store, a_message("card:1"))
            await wakes(store.queue)
    finally:
        await other.close()


async def test_a_notice_carries_nothing_and_comes_with_the_commit(store: Store, database: Places) -> None:
    heard: asyncio.Queue[object] = asyncio.Queue()
    other = await asyncpg.connect(**_asyncpg_arguments(database.url))
    try:
        await other.add_listener(CHANNEL, lambda _connection, _sender, *told: heard.put_nowait(told))
        async with store.work() as work:
            await work.outbox.put(a_message("card:1"))
            await work.rollback()
        async with store.work() as work:
            await work.outbox.put(a_message("card:2"), a_message("card:3"))
        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == (CHANNEL, "")
        # However many rows there were; and none for what was undone.
        await other.execute("SELECT 1")
        assert heard.empty()
    finally:
        await other.close()


class _Silent(PostgresWire):
    """Brings everything but notices, as some poolers do."""

    async def _from_server(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while message := await _message(reader):
                if message[:1] != b"A":
                    writer.write(message)
                    await writer.drain()


class _Refusing(PostgresWire):
    """Passes no LISTEN on that PostgreSQL understands, as other poolers do."""

    async def _from_app(
        self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            start = await reader.readexactly(4)
            writer.write(start + await reader.readexactly(int.from_bytes(start) - 4))
            while message := await _message(reader):
                writer.write(message.replace(b"LISTEN ", b"LUSTEN "))
                await writer.drain()


def _through(url: str, port: int) -> str:
    """Return the address of the same database behind a port of this machine."""
    parts = urlsplit(url)
    who = parts.netloc.rpartition("@")[0] or "postgres"
    return urlunsplit(("postgresql", f"{who.rstrip('@')}@127.0.0.1:{port}", parts.path, "ssl=disable", ""))


@pytest.mark.parametrize("kind", [_Silent, _Refusing])
async def test_where_no_notices_come_it_is_said_once(
    kind: type[PostgresWire], store: Store, database: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ears, "TRIAL_SECONDS", 0.2)
    monkeypatch.setattr(ears, "DEAF_SECONDS", 0.05)
    wire = kind(server_behind(database.url), Fuse(lambda: None))
    async with listening(wire):
        url = _through(database.url, wire.port)
        tries = 0

        class Counted(Ears):
            async def _listen(self, note: object) -> None:
                nonlocal tries
                tries += 1
                await super()._listen(note)  # type: ignore[arg-type]

        stirred = asyncio.Event()
        heard = Counted(url, store._connections, stirred.set)
        async with kept(heard) as notes:
            async with asyncio.timeout(PATIENCE):
                while tries < 3:  # noqa: ASYNC110 - nothing tells when it tries again
                    await asyncio.sleep(0.01)
            assert notes.said == ["deaf"]
            assert not heard.open


async def test_nothing_waits_for_a_server_that_is_not_there(store: Store, clock: MovableClock) -> None:
    heard = Ears("postgresql://nobody@127.0.0.1:1/none", store._connections, store.queue.stir)
    async with kept(heard) as notes:
        await put(store, a_message("card:1"))
        await wakes(store.queue)
        assert notes.said == []
