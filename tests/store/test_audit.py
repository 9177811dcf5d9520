"""The ledger of deeds: written with the deed, append-only, and a change anywhere shows where (T63)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from peersupport.audit import ActorKind, Entry, Event
from store.audit import Broken
from store.database import Database
from store.errors import Conflict
from store.store import Store
from tests.store.conftest import Places
from tests.store.records import START

OPENED = Entry(Event.REQUEST_OPENED, START, ActorKind.REQUESTER, None, uuid4())


async def write(store: Store, *entries: Entry) -> None:
    async with store.work() as work:
        await work.audit.write(*entries)


async def tamper(places: Places, *statements: str) -> None:
    """Change the ledger behind its back, as whoever owns the database can."""
    opened = Database(places.url)
    async with opened.begin() as connection:
        if places.is_sqlite:
            await connection.execute(text("DROP TRIGGER audit_no_update"))
            await connection.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            await connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        for statement in statements:
            await connection.execute(text(statement))
    await opened.close()


@pytest.mark.req("G11")
async def test_entries_come_back_in_order(store: Store) -> None:
    subject = uuid4()
    entries = [
        Entry(Event.REQUEST_OPENED, START, ActorKind.REQUESTER, None, subject),
        Entry(Event.IDENTITY_OPENED, START + timedelta(microseconds=1), ActorKind.ADMIN, uuid4(), subject),
        Entry(Event.IDENTITY_OPENED, START, ActorKind.ADMIN, uuid4(), subject),
    ]
    await write(store, *entries[:2])
    await write(store, OPENED, Entry(Event.REFUSED, START, ActorKind.UNKNOWN), entries[2])
    async with store.work() as work:
        assert await work.audit.of(subject) == entries
        assert await work.audit.of(subject, Event.IDENTITY_OPENED) == entries[1:]
        assert await work.audit.of(uuid4()) == []
    assert await store.verify_audit() is None


async def test_own_entries_are_read_before_the_commit(store: Store) -> None:
    async with store.work() as work:
        await work.audit.write(OPENED)
        assert OPENED.subject is not None
        assert await work.audit.of(OPENED.subject) == [OPENED]
        await work.rollback()
    async with store.work() as work:
        assert await work.audit.of(OPENED.subject) == []
    assert await store.verify_audit() is None


async def test_empty_ledger_is_whole(store: Store) -> None:
    assert await store.verify_audit() is None


async def test_concurrent_writers_make_one_chain(store: Store, second_store: Store) -> None:
    await asyncio.gather(*(write(which, *[OPENED] * lines) for which in (store, second_store) * 8 for lines in (1, 2)))
    async with store.work() as work:
        assert OPENED.subject is not None
        assert len(await work.audit.of(OPENED.subject)) == 48
    assert await store.verify_audit() is None


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = NULL", "DELETE FROM audit"])
async def test_database_refuses_changes(store: Store, database: Places, statement: str) -> None:
    await write(store, OPENED)
    opened = Database(database.url)
    with pytest.raises(Conflict):
        async with opened.begin() as connection:
            await connection.execute(text(statement))
    await opened.close()
    assert await store.verify_audit() is None


@pytest.mark.threat("T63")
@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["UPDATE audit SET event = 'refused' WHERE seq = 3"], Broken(3, "a line was changed")),
        (["UPDATE audit SET subject = actor WHERE seq = 1"], Broken(1, "a line was changed")),
        (["UPDATE audit SET reason = 'safety' WHERE seq = 3"], Broken(3, "a line was changed")),
        (["UPDATE audit SET reason = NULL WHERE seq = 4"], Broken(4, "a line was changed")),
        (["UPDATE audit SET reason = 'safety' WHERE seq = 5"], Broken(5, "a line was changed")),
        (["DELETE FROM audit WHERE seq = 2"], Broken(2, "a line is missing")),
        (["DELETE FROM audit WHERE seq = 1"], Broken(1, "a line is missing")),
        (["DELETE FROM audit WHERE seq = 5"], Broken(5, "the end of the ledger was cut off")),
        (["DELETE FROM audit"], Broken(1, "the end of the ledger was cut off")),
        (
            [f"UPDATE audit SET seq = {new} WHERE seq = {old}" for old, new in ((2, 99), (3, 2), (99, 3))],
            Broken(2, "a line does not follow from the one before"),
        ),
        (["UPDATE audit SET prev_hash = hash WHERE seq = 4"], Broken(4, "a line does not follow from the one before")),
    ],
)
async def test_tampering_is_named(store: Store, database: Places, statements: list[str], expected: Broken) -> None:
    for number in range(5):
        reason = None if number == 4 else "find_supporter"
        await write(store, replace(OPENED, at=START + timedelta(seconds=number), reason=reason))
    assert await store.verify_audit() is None
    await tamper(database, *statements)
    assert await store.verify_audit() == expected


async def test_long_ledger_is_walked_to_its_end(store: Store, database: Places) -> None:
    await write(store, *[OPENED] * 2100)
    assert await store.verify_audit() is None
    await tamper(database, "UPDATE audit SET kind = 'admin' WHERE seq = 2050")
    assert await store.verify_audit() == Broken(2050, "a line was changed")
