"""The files are cleared of what was erased once nobody reads from them; whoever reads or writes is served meanwhile."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from peersupport import retention
from peersupport.notifications import Due, Kind
from peersupport.requests import State
from store.database import Database
from store.engine import async_url
from store.links import PostgresLink
from store.store import Store
from store.tidying import _TUNING
from tests.store.conftest import Places
from tests.store.records import PROGRAMME, MovableClock, open_request


async def erase_one(store: Store, clock: MovableClock) -> None:
    request = await open_request(store, state=State.CLOSED, closed_at=clock.now())
    async with store.work() as work:
        await retention.carry_out(work, Due(request.id, Kind.ERASE, request.id, PROGRAMME), clock.now())


@pytest.mark.threat("T62")
async def test_who_reads_for_long_puts_it_off_and_the_night_makes_up_for_it(
    store: Store, database: Places, clock: MovableClock
) -> None:
    await open_request(store)
    if database.is_sqlite:
        with closing(sqlite3.connect(database.folder / "main.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM requests").fetchone()
            await erase_one(store, clock)
            assert not await store.tidy()
            assert (database.folder / "main.db-wal").stat().st_size > 0
        assert await store.tidy()
        assert (database.folder / "main.db-wal").stat().st_size == 0
        return
    reader_of_all = Database(database.url)
    async with reader_of_all.begin() as connection:
        await connection.exec_driver_sql("SELECT count(*) FROM requests")
        await erase_one(store, clock)
        assert not await store.tidy()
    await reader_of_all.close()
    assert await store.tidy()


@pytest.mark.threat("T62")
async def test_people_are_served_while_the_files_are_cleared(store: Store, clock: MovableClock) -> None:
    async def serve() -> None:
        for _ in range(5):
            await open_request(store, state=State.CLOSED)

    await asyncio.gather(store.tidy(), serve(), erase_one(store, clock), store.tidy(), serve())
    assert await store.tidy()
    async with store.work() as work:
        assert len(await work.requests.in_states(PROGRAMME, frozenset({State.CLOSED}), limit=50)) == 11


async def test_a_large_table_is_not_written_anew(
    store: Store, database: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_request(store)
    monkeypatch.setattr("store.tidying.SMALL", 0)
    if database.is_sqlite:
        assert await store.tidy()
        return
    link = await PostgresLink.open(async_url(database.url), _TUNING)
    where = "SELECT pg_relation_filepath('requests')"
    before = await link.fetch(where, ())
    assert await store.tidy()
    assert await link.fetch(where, ()) == before
    monkeypatch.undo()
    assert await store.tidy()
    assert await link.fetch(where, ()) != before
    link.close()
