"""The store as a whole: it refuses what does not belong together, and trouble passes without a restart."""

import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from peersupport import ports
from store.database import Database
from store.engine import async_url
from store.errors import (
    Conflict,
    KeyringSealed,
    KeyringUnavailable,
    SchemaMismatch,
    StoreError,
)
from store.keyring import Keyring
from store.master import FileMasterKey
from store.store import Store
from store.tables import metadata
from tests.store.conftest import Places
from tests.store.records import (
    AVERY,
    PROGRAMME,
    ROBIN,
    START,
    MovableClock,
    a_member,
    open_request,
    register_supporter,
    some_needs,
)


async def test_another_keyring_is_refused(store: Store, database: Places, tmp_path: Path, clock: MovableClock) -> None:
    other = Keyring(f"sqlite:///{tmp_path}/other/keyring.db", FileMasterKey(database.master), clock)
    await other.create()
    wrong = Store(database.url, other, clock)
    with pytest.raises(KeyringSealed, match="another database"):
        await wrong.ready()
    with pytest.raises(ports.StoreUnavailable):
        async with wrong.work():
            pass
    await wrong.close()


async def test_handles_wait_for_the_keyring(database: Places, keyring: Keyring, clock: MovableClock) -> None:
    store = Store(database.url, keyring, clock)
    record, ends = uuid4(), START + timedelta(days=1)
    with pytest.raises(KeyringUnavailable):
        store.handles.make("offer", record, "T1 U1", ends)
    async with store.work():
        token = store.handles.make("offer", record, "T1 U1", ends)
    assert store.handles.open(token, "offer", "T1 U1", START) == record
    await store.close()


@pytest.mark.req("G29")
async def test_wrong_master_key_closes_the_store_until_it_is_mended(
    database: Places, clock: MovableClock, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.key"
    FileMasterKey.create(path)
    store = Store(database.url, Keyring(database.keyring_url, FileMasterKey(path), clock), clock)
    for _ in range(2):
        with pytest.raises(ports.StoreUnavailable):
            async with store.work():
                pass
    shutil.copy(database.master, path)
    await open_request(store)
    await store.close()


@pytest.mark.req("G32")
async def test_sqlite_out_of_reach_and_back(tmp_path: Path, sqlite_template: Path, master_file: Path) -> None:
    shutil.copytree(sqlite_template, tmp_path / "data")
    clock = MovableClock()
    keyring = Keyring(f"sqlite:///{tmp_path}/data/keyring.db", FileMasterKey(master_file), clock)
    store = Store(f"sqlite:///{tmp_path}/data/main.db", keyring, clock)
    await open_request(store)
    (tmp_path / "data").rename(tmp_path / "away")
    with pytest.raises(SchemaMismatch, match="no tables yet"):
        await store.ready()
    with pytest.raises(ports.StoreUnavailable):
        async with store.work():
            pass
    (tmp_path / "away").rename(tmp_path / "data")
    await store.ready()
    async with store.work() as work:
        assert len(await work.requests.of(AVERY)) == 1
    await store.close()


async def test_exception_inside_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        await _fail_midway(store)
    async with store.work() as work:
        assert await work.preferences.language(AVERY) is None


async def _fail_midway(store: Store) -> None:
    async with store.work() as work:
        await work.preferences.choose_language(AVERY, "fr")
        raise ZeroDivisionError


async def test_rollback_leaves_nothing_and_work_goes_on(store: Store) -> None:
    async with store.work() as work:
        await work.preferences.choose_language(AVERY, "fr")
        await work.rollback()
        assert await work.preferences.language(AVERY) is None
        await work.preferences.choose_language(ROBIN, "fr")
    async with store.work() as work:
        assert await work.preferences.language(ROBIN) == "fr"


@pytest.mark.threat("T24", "T25")
@pytest.mark.req("G12", "G13")
async def test_nothing_stored_names_anybody(store: Store, database: Places) -> None:
    """Every value of every table, as the database's owner sees them."""
    await open_request(store)
    await register_supporter(store)
    async with store.work() as work:
        await work.members.seed(PROGRAMME, [a_member()])
        await work.preferences.choose_language(AVERY, "fr")
        await work.receipts.keep(f"{AVERY.team} {AVERY.user}")
    opened = Database(database.url)
    seen = b""
    async with opened.begin() as connection:
        for table in metadata.sorted_tables:
            for row in await connection.execute(text(f"SELECT * FROM {table.name}")):
                seen += b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    await opened.close()
    if database.is_sqlite:
        seen += b"".join(file.read_bytes() for file in database.folder.glob("*.db*"))
    words = ["Avery", "Robin", "Sorrel", "604 555", "T0NORTH", "U0AVERY", "U0ROBIN", "W0HOLLY", "burnout", "Lighthouse"]
    assert [word for word in words if word.encode() in seen or word.encode("utf-16-le") in seen] == []
    assert len(seen) > 1000


@pytest.mark.req("G13")
async def test_errors_hold_no_value(store: Store, database: Places) -> None:
    opened = Database(database.url)
    with pytest.raises(Conflict) as trouble:
        await _insert_twice(opened)
    await opened.close()
    assert "Quill" not in str(trouble.value)
    assert trouble.value.__suppress_context__


async def _insert_twice(opened: Database) -> None:
    statement = text("INSERT INTO preferences (person_hash, language) VALUES (:who, :words)")
    async with opened.begin() as connection:
        for _ in range(2):
            await connection.execute(statement, {"who": b"same", "words": "Avery Quill"})


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("postgres://quill@db.example/peer", "postgresql+asyncpg"),
        ("postgresql://quill@db.example/peer?sslmode=require", "postgresql+asyncpg"),
        ("postgresql+asyncpg://quill@db.example/peer", "postgresql+asyncpg"),
        ("sqlite:///data/main.db", "sqlite+aiosqlite"),
    ],
)
def test_addresses_as_people_write_them(written: str, driver: str) -> None:
    url = async_url(written)
    assert url.drivername == driver
    assert "sslmode" not in url.query


@pytest.mark.parametrize("written", ["mysql://quill:pass@db", "quill.db", "sqlite://", "sqlite:///:memory:"])
def test_other_addresses_are_refused_without_being_repeated(written: str) -> None:
    with pytest.raises(StoreError) as trouble:
        Database(written)
    assert "quill" not in str(trouble.value)
    assert ":memory:" not in str(trouble.value)


async def test_unknown_fields_of_a_newer_program_are_left_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    real = some_needs()
    monkeypatch.setattr(
        "store.repositories.requests.needs_to_json",
        lambda needs: {
            "newer": 1,
            "requester": ["T0NORTH", "U0AVERYQUILL"],
            "name": "Avery Quill",
            "language": "fr",
            "role": "physician",
            "modalities": ["phone"],
        },
    )
    request = await open_request(store)
    async with store.work() as work:
        needs = await work.requests.needs(request.id)
    assert needs is not None
    assert (needs.name, needs.modalities, needs.wishes) == (real.name, ("phone",), {})
