"""T62: after an erasure the databases' own files, and a copy taken before it, give nothing away.

Looked for are the words themselves, what was sealed, the hash that led to the person, and the wrapped data keys. What
PostgreSQL still holds until a nightly job or until its write-ahead log is recycled is told apart, as docs/privacy.md
tells it.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import select

from peersupport import retention
from peersupport.addresses import Address
from peersupport.notifications import Due, Kind
from peersupport.requests import Contact, Needs, Outcome, State
from store import change_over, index_keys
from store.change_over import Stage
from store.database import Database
from store.engine import KEYRING, sqlite_file
from store.keyring import Keyring
from store.keyring_tables import INDEX, data_keys, named_keys
from store.master import FileMasterKey
from store.store import Store
from store.tables import metadata, requests
from tests.faults.ground import Ground, prepare
from tests.postgres import Server, Unavailable, start
from tests.postgres import _asyncpg_arguments as arguments
from tests.store.records import a_request
from tests.stories.town import TEAM, MovedClock, Places
from tests.threats.canaries import AVOID, EMAIL, NAME, PHONE, USER, found_in

MANY = 24
"""Enough requests that erased and kept ones share pages."""
WHO = Address(TEAM, USER)
SWITCHES = 2
"""So many segments of the write-ahead log later nothing of an erasure is in it."""


def canary_needs(who: Address, name: str = NAME) -> Needs:
    return Needs(who, name, "en", "physician", ("phone",), department=NAME, avoid_names=(AVOID,), notify=True)


@dataclass
class Erased:
    """What stood in the rows of a request before it was erased."""

    id: UUID
    needles: dict[str, bytes]


@asynccontextmanager
async def opened(places: Places, clock: MovedClock) -> AsyncIterator[Store]:
    """Open a store as a process does."""
    keyring = Keyring(places.keyring_url, FileMasterKey(places.master), clock, spares=8)
    store = Store(places.url, keyring, clock)
    await store.ready()
    yield store
    await store.close()
    await keyring.close()


async def filled(store: Store, clock: MovedClock) -> list[UUID]:
    """Put down withdrawn requests, the canary's first."""
    ids = []
    for number in range(MANY):
        who = WHO if number == 0 else Address(TEAM, f"U0MEMBER{number}")
        request = a_request(state=State.CLOSED, outcome=Outcome.WITHDRAWN, closed_at=clock.now())
        async with store.work() as work:
            reach = f"{PHONE} {EMAIL}" if number == 0 else f"604-555-01{number:02}"
            name = NAME if number == 0 else f"Somebody {number}"
            assert await work.requests.add(request, canary_needs(who, name), Contact(reach))
            if number == 0:
                await work.preferences.choose_discreet(who, discreet=True)
        ids.append(request.id)
    return ids


async def needles(places: Places, ids: list[UUID]) -> list[Erased]:
    """Read what is to be looked for."""
    found = []
    main, ring = Database(places.url), Database(places.keyring_url, KEYRING)
    columns = requests.c
    try:
        async with main.begin() as rows, ring.begin() as keys:
            for id in ids:
                row = (await rows.execute(select(requests).where(columns.id == id))).one()
                wanted = {"needs": row.needs[13:], "contact": row.contact[13:], "hash": row.requester_hash}
                for name in ("identity_key", "contact_key"):
                    key = data_keys.c.key_id == getattr(row, name)
                    wrapped: bytes = (await keys.execute(select(data_keys.c.wrapped).where(key))).scalar_one()
                    wanted[name] = wrapped[13:]
                found.append(Erased(id, wanted))
    finally:
        await main.close()
        await ring.close()
    return found


async def erase(store: Store, clock: MovedClock, ids: list[UUID]) -> None:
    for id in ids:
        async with store.work() as work:
            await retention.carry_out(work, Due(uuid4(), Kind.ERASE, id, "north"), clock.now())
    async with store.work() as work:
        await work.preferences.forget(WHO)


def files(*folders: Path) -> Iterator[Path]:
    """Give every file."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def traces(erased: list[Erased], *folders: Path) -> set[str]:
    """Name what of the erased requests stands in files, raw."""
    found = set()
    for path in files(*folders):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue  # A server removes files as it goes.
        found |= {name for each in erased for name, needle in each.needles.items() if needle in data}
    return found


async def readable(places: Places, clock: MovedClock, ids: list[UUID]) -> int:
    """Count what can be read of these requests by somebody who has a database, its keyring and the master key."""
    count = 0
    async with opened(places, clock) as store, store.work() as work:
        for id in ids:
            assert await work.requests.get(id) is not None
            count += await work.requests.needs(id) is not None
            count += await work.requests.contact(id) is not None
    return count


async def told_of(places: Places, clock: MovedClock) -> int:
    """Count the rows that tell of somebody, by name, to whoever has a database, a keyring and the master key."""
    ring = Keyring(places.keyring_url, FileMasterKey(places.master), clock, spares=1)
    sought = {index.member(WHO.team, WHO.user) for index in (await index_keys.read(ring)).known}
    await ring.close()
    rows, count = Database(places.url), 0
    async with rows.begin() as connection:
        for table in metadata.sorted_tables:
            for column in (each for each in table.columns if each.info["kind"] == "hash"):
                count += len([row for row in await connection.execute(select(column)) if row[0] in sought])
    await rows.close()
    return count


async def lookup_key(places: Places) -> bytes:
    """Return the key that people are looked up by, as it is wrapped."""
    ring = Database(places.keyring_url, KEYRING)
    async with ring.begin() as connection:
        wrapped: bytes = (
            await connection.execute(select(named_keys.c.wrapped).where(named_keys.c.name == INDEX))
        ).scalar_one()
    await ring.close()
    return wrapped[13:]


async def lives_on(store: Store, clock: MovedClock) -> None:
    """Let as many nights pass as a look-up key lives, as the daily job does."""
    clock.move(days=change_over.LIFE.days)
    for stage in (Stage.ANNOUNCED, Stage.DONE):
        assert await store.renew_index() is stage
        clock.move(days=1)


@pytest.mark.req("G12", "G16", "G19")
@pytest.mark.threat("T62")
async def test_sqlite_files_hold_nothing_of_an_erasure_and_a_copy_from_before_opens_no_more(
    sqlite_ground: Ground, tmp_path: Path
) -> None:
    clock, live = MovedClock(), tmp_path / "live"
    live.mkdir()
    places = await sqlite_ground.places(live)
    async with opened(places, clock) as store:
        ids = await filled(store, clock)
        gone, kept = ids[::2], ids[1::2]
        sought = await needles(places, gone)
        # A copy of the files as they lie there, log and all.
        before = tmp_path / "before"
        before.mkdir()
        for path in live.glob("main.db*"):
            shutil.copy2(path, before / path.name)
        assert traces(sought, live) == {"needs", "contact", "hash", "identity_key", "contact_key"}
        assert traces(sought, before) == {"needs", "contact", "hash"}
        copy = Places(f"sqlite:///{before}/main.db", places.keyring_url, places.master, before)
        assert await readable(copy, clock, gone) == 2 * len(gone)

        await erase(store, clock, gone)
        assert traces(sought, live) == set(), "while the app runs, without anything else done"
        for path in files(live):
            assert found_in(path.read_bytes()) == []
        assert (await told_of(places, clock), await told_of(copy, clock)) == (0, 2), "a request, and what they chose"
        assert await readable(places, clock, kept) == 2 * len(kept)
        assert await readable(copy, clock, gone) == 0
        assert await readable(copy, clock, kept) == 2 * len(kept)
        ring = tmp_path / "before" / "ring.db"
        shutil.copy2(sqlite_file(places.keyring_url) or "", ring)
        key = await lookup_key(places)
        assert any(key in path.read_bytes() for path in files(live))
        await lives_on(store, clock)
        assert [path.name for path in files(live) if key in path.read_bytes()] == []
        assert await told_of(copy, clock) == 0, "the horizon that docs/privacy.md tells of"
        assert await readable(places, clock, kept) == 2 * len(kept)
        assert await store.tidy()
    # What the horizon of the keyring's own backups is then: with one from before, the copy tells of them still.
    assert await told_of(replace(copy, keyring_url=f"sqlite:///{ring}"), clock) == 2
    ring.unlink()
    # Put to use, the copy finds those who are there and nobody else.
    async with opened(copy, clock) as store, store.work() as work:
        assert await work.requests.of(WHO, open_only=False) == []
        assert len(await work.requests.of(Address(TEAM, "U0MEMBER1"), open_only=False)) == 1
    for path in files(before):
        assert found_in(path.read_bytes()) == []


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A PostgreSQL whose files can be read, with nobody tidying up behind the test."""
    try:
        server = start(settings={"autovacuum": "off", "wal_recycle": "off"})
    except Unavailable as reason:
        pytest.fail(str(reason))
    yield server
    server.stop()


async def say(server: Server, *statements: str) -> list[Any]:
    """Tell the server something as its administrator; returns the last answer's first column."""
    connection = await asyncpg.connect(**arguments(server.base))
    try:
        answers = [await connection.fetch(statement) for statement in statements]
        return [row[0] for row in answers[-1]]
    finally:
        await connection.close()


async def tables_of(url: str, data: Path) -> list[Path]:
    """Return the files of the main database's own tables, with what is kept beside them."""
    connection = await asyncpg.connect(**arguments(url))
    try:
        named = [f"'{name}'::regclass" for name in metadata.tables]
        paths = [await connection.fetchval(f"SELECT pg_relation_filepath({name})") for name in named]
        aside = [await connection.fetchval(f"SELECT reltoastrelid FROM pg_class WHERE oid = {name}") for name in named]
        paths += [await connection.fetchval("SELECT pg_relation_filepath($1::oid)", oid) for oid in aside if oid]
    finally:
        await connection.close()
    return [data / path for path in paths if (data / path).exists()]


@pytest.mark.req("G12", "G16", "G19")
@pytest.mark.threat("T62")
@pytest.mark.long
async def test_postgresql_forgets_at_night_and_a_copy_from_before_opens_no_more(
    own_server: Server, tmp_path: Path
) -> None:
    assert own_server.folder is not None
    clock, master = MovedClock(), tmp_path / "master.key"
    FileMasterKey.create(master)
    url, keyring_url = [await own_server.create_database(name) for name in ("main", "ring")]
    places = Places(url, keyring_url, master, tmp_path)
    await prepare(url, keyring_url, master)
    data = own_server.folder / "data"
    async with opened(places, clock) as store:
        ids = await filled(store, clock)
    gone, kept = ids[::2], ids[1::2]
    sought = await needles(places, gone)
    # A copy of the database's own files, by the server itself.
    copy_url = await own_server.create_database("before", template="main")
    copy = Places(copy_url, keyring_url, master, tmp_path)
    await say(own_server, "CHECKPOINT")
    assert traces(sought, data / "base") == {"needs", "contact", "hash", "identity_key", "contact_key"}
    assert await readable(copy, clock, gone) == 2 * len(gone)

    async with opened(places, clock) as store:
        await erase(store, clock, gone)
        assert await readable(copy, clock, gone) == 0, "at once, whatever the files still hold"
        assert await readable(copy, clock, kept) == 2 * len(kept)
        assert await told_of(copy, clock) == 2
        key = await lookup_key(places)
        await lives_on(store, clock)
        assert await told_of(copy, clock) == 0, "nobody is known by a key that is gone"
        await own_server.drop_database("before")
        assert await store.tidy()
        assert await readable(places, clock, kept) == 2 * len(kept)
    sought.append(Erased(uuid4(), {"lookup key": key}))
    assert traces(sought, data) == set(), "after the nightly job, that may have the log recycled"
    for path in await tables_of(url, data):
        assert found_in(path.read_bytes()) == []


@pytest.mark.threat("T62")
@pytest.mark.long
async def test_where_the_app_may_not_have_the_log_recycled_it_holds_the_keys_until_it_is(
    own_server: Server, tmp_path: Path
) -> None:
    assert own_server.folder is not None
    clock, master = MovedClock(), tmp_path / "master.key"
    FileMasterKey.create(master)
    await say(own_server, "CREATE ROLE app LOGIN")
    urls = []
    for name in ("plain_main", "plain_ring"):
        urls.append((await own_server.create_database(name)).replace("postgres@", "app@"))
        await say(own_server, f"ALTER DATABASE {name} OWNER TO app")
    places = Places(urls[0], urls[1], master, tmp_path)
    await prepare(urls[0], urls[1], master)
    data = own_server.folder / "data"
    await say(own_server, "SELECT pg_switch_wal()")  # All that follows has room in one segment.
    async with opened(places, clock) as store:
        gone = (await filled(store, clock))[::2]
        sought = await needles(places, gone)
        await erase(store, clock, gone)
        assert await store.tidy()
    await say(own_server, "CHECKPOINT")
    assert traces(sought, data / "base") == set()
    assert traces(sought, data / "pg_wal") >= {"identity_key", "contact_key"}, "the horizon that is measured here"
    for _ in range(SWITCHES):
        await say(own_server, "SELECT pg_switch_wal()", "CHECKPOINT")
    assert traces(sought, data) == set()
