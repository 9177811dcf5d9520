"""Outages (T51, T52): said in plain words and in time, nothing half done, gone when the trouble is gone."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from peersupport import ports
from peersupport.notifications import Delivered
from peersupport.requests import SupportRequest
from store.connections import Connections
from store.database import Database
from store.engine import MAIN
from store.errors import StoreUnavailable
from store.keyring import Keyring
from store.master import FileMasterKey
from store.store import Store
from tests.postgres import Server, _asyncpg_arguments
from tests.store.conftest import Places
from tests.store.records import AVERY, ROBIN, MovableClock, open_request
from tests.store.test_outbox import a_message, put


async def test_locked_sqlite_answers_in_time(tmp_path: Path, sqlite_template: Path, master_file: Path) -> None:
    """T52: a lock held by somebody else is an outage in plain words, not a wait without end."""
    for name in ("main.db", "keyring.db"):
        shutil.copy2(sqlite_template / name, tmp_path / name)
    clock = MovableClock()
    store = Store(
        f"sqlite:///{tmp_path}/main.db",
        Keyring(f"sqlite:///{tmp_path}/keyring.db", FileMasterKey(master_file), clock),
        clock,
    )
    await store.ready()
    other = Database(f"sqlite:///{tmp_path}/main.db")
    async with other.begin() as connection:
        await connection.execute(text("SELECT 1"))
        with pytest.raises(StoreUnavailable):
            await open_request(store)
    await other.close()
    await open_request(store)
    await store.close()


@pytest.fixture
async def other(database: Places) -> Database:
    """Somebody else at the same database."""
    return Database(database.url)


async def _end_connections(server: Server) -> None:
    connection = await asyncpg.connect(**_asyncpg_arguments(server.base))
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'peersupport'"
    )
    await connection.close()


@pytest.mark.threat("T51")
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
async def test_connection_lost_in_the_middle(store: Store, server: Server) -> None:
    with pytest.raises(ports.StoreUnavailable):
        await _lose_it(store, server)
    async with store.work() as work:
        assert await work.preferences.language(AVERY) is None
        await work.preferences.choose_language(AVERY, "en")
    async with store.work() as work:
        assert await work.preferences.language(AVERY) == "en"


async def _lose_it(store: Store, server: Server) -> None:
    async with store.work() as work:
        await work.preferences.choose_language(AVERY, "fr")
        await _end_connections(server)
        await work.preferences.choose_language(ROBIN, "fr")


@pytest.mark.threat("T51")
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
async def test_idle_connections_lost(store: Store, server: Server) -> None:
    """A restarted server costs nobody an answer, once the lost connections were noticed."""
    await open_request(store)
    await _end_connections(server)
    await asyncio.sleep(0.1)
    async with store.work() as work:
        (request,) = await work.requests.of(AVERY)
        assert await work.requests.needs(request.id) is not None


@pytest.mark.threat("T52")
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
async def test_row_held_by_somebody_else(store: Store, other: Database) -> None:
    request = await open_request(store)
    async with other.begin() as connection:
        await connection.execute(text("SELECT 1 FROM requests FOR UPDATE"))
        with pytest.raises(ports.StoreUnavailable):
            await _lock(store, request)
    await other.close()
    await _lock(store, request)


async def _lock(store: Store, request: SupportRequest) -> None:
    async with store.work() as work:
        assert await work.requests.get(request.id, lock=True) == request


@pytest.mark.threat("T52")
async def test_busy_pool_is_said_in_time(database: Places) -> None:
    connections = Connections(database.url, replace(MAIN, pool_size=2, pool_timeout=0.05))
    taken = [await connections.open() for _ in range(2)]
    with pytest.raises(StoreUnavailable, match="busy"):
        await connections.open()
    for transaction in taken:
        await connections.release(transaction)
    async with connections.begin():
        pass
    connections.close()


async def test_cancelled_work_leaves_the_connection_clean(store: Store) -> None:
    """More units of work than there are connections are cancelled at every point; all connections come back."""

    async def work_on(pauses: int) -> None:
        async with store.work() as work:
            await work.preferences.choose_language(AVERY, "fr")
            for _ in range(pauses):
                await asyncio.sleep(0)
            await work.preferences.choose_language(ROBIN, "fr")
            raise asyncio.CancelledError

    for pauses in range(40):
        task = asyncio.create_task(work_on(pauses))
        for _ in range(pauses):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
    async with store.work() as work:
        assert await work.preferences.language(AVERY) is None
    await open_request(store)


@pytest.mark.threat("T52")
async def test_read_only_database_is_an_outage(store: Store, other: Database, database: Places) -> None:
    if database.is_sqlite:
        writer = store._connections._writer
        assert writer is not None
        await (await writer.begin()).fetch("PRAGMA query_only = ON", ())
        await writer.rollback()
    else:
        for connection in [await store._connections.open() for _ in range(2)]:
            await connection.link.run("SET default_transaction_read_only = on", ())
            await store._connections.release(connection)
    with pytest.raises(ports.StoreUnavailable):
        await open_request(store)
    await other.close()


@pytest.mark.threat("T52")
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
async def test_of_two_that_wait_for_each_other_one_may_try_again(store: Store, second_store: Store) -> None:
    first, second = await open_request(store), await open_request(store, ROBIN)
    both = asyncio.Barrier(2)

    async def locks(where: Store, *requests: SupportRequest) -> str:
        try:
            async with where.work() as work:
                await work.requests.get(requests[0].id, lock=True)
                await both.wait()
                await work.requests.get(requests[1].id, lock=True)
        except ports.Undone:
            return "undone"
        return "done"

    found = await asyncio.gather(locks(store, first, second), locks(second_store, second, first))
    assert sorted(found) == ["done", "undone"]
    await _lock(store, first)


@pytest.mark.threat("T52")
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
async def test_what_was_delivered_is_settled_though_the_database_undid_it(
    store: Store, other: Database, clock: MovableClock
) -> None:
    """Once only: a row that is not settled would be delivered again."""
    await put(store, a_message("card:1"))
    [claim] = await store.queue.claim()
    async with other.begin() as connection:
        await connection.execute(text("CREATE SEQUENCE times"))
        await connection.execute(
            text(
                "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('times') <= 2 THEN "
                "RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$"
            )
        )
        await connection.execute(
            text("CREATE TRIGGER undo BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION undo()")
        )
    try:
        assert await store.queue.settle(claim, Delivered())
    finally:
        async with other.begin() as connection:
            for statement in ("TRIGGER undo ON outbox", "FUNCTION undo()", "SEQUENCE times"):
                await connection.execute(text(f"DROP {statement}"))
        await other.close()
    clock.move(minutes=5)
    assert await store.queue.claim() == []
