"""A migrated database and a keyring of its own for every test, on both kinds of database."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from store import migrations
from store.database import Database
from store.keyring import Keyring
from store.master import FileMasterKey
from store.store import Store
from store.tables import audit_head, metadata
from tests.postgres import Server
from tests.store.lookup_town import Town, settled
from tests.store.machines import Machines
from tests.store.records import MovableClock

_numbers = count()


@dataclass(frozen=True)
class Places:
    """Where one test's data lives."""

    url: str
    keyring_url: str
    master: Path
    folder: Path

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")


@pytest.fixture(scope="session")
def master_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("master") / "key"
    FileMasterKey.create(path)
    return path


async def _prepare(url: str, keyring_url: str, master: Path) -> None:
    await migrations.upgrade(url)
    keyring = Keyring(keyring_url, FileMasterKey(master), MovableClock(), spares=1)
    await keyring.create()
    await keyring.close()


@pytest_asyncio.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory, master_file: Path) -> Path:
    folder = tmp_path_factory.mktemp("template")
    await _prepare(f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keyring.db", master_file)
    return folder


@pytest_asyncio.fixture(scope="session")
async def postgres_pair(postgres: Server, master_file: Path) -> tuple[str, str]:
    """Two databases for the whole session: emptying them takes a hundredth of the time that cloning takes."""
    number = next(_numbers)  # Other folders use these fixtures too, each with two of its own.
    url = await postgres.create_database(f"store_main_{number}")
    keyring_url = await postgres.create_database(f"store_keyring_{number}")
    await _prepare(url, keyring_url, master_file)
    return url, keyring_url


async def empty(url: str, keyring_url: str) -> None:
    """Empty both databases, but for what a new installation has."""
    tables = [table.name for table in reversed(metadata.sorted_tables) if table is not audit_head]
    statements = [f"DELETE FROM {name}" for name in tables]
    statements.append(f"UPDATE audit_head SET seq = 0, hash = '\\x{bytes(32).hex()}'")
    statements.append(f"UPDATE alembic_version SET version_num = '{migrations.head()}'")
    disabled = ["ALTER TABLE audit DISABLE TRIGGER USER", *statements, "ALTER TABLE audit ENABLE TRIGGER USER"]
    day = MovableClock().now().date().isoformat()
    keys = [
        "DELETE FROM data_keys",
        "DELETE FROM named_keys WHERE name = 'index-next' OR name LIKE 'ledger-mark:%'",
        f"UPDATE named_keys SET created_at = '{day}'",
    ]
    for where, todo in ((url, disabled), (keyring_url, keys)):
        opened = Database(where)
        async with opened.begin() as connection:
            for statement in todo:
                await connection.exec_driver_sql(statement)
        await opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Server | None:
    """The PostgreSQL to use, or None for SQLite, whose half of the tests runs also where there is no PostgreSQL."""
    if request.param == "sqlite":
        return None
    found: Server = request.getfixturevalue("postgres")
    return found


@pytest.fixture
def pair(server: Server | None, request: pytest.FixtureRequest) -> tuple[str, str] | None:
    """The PostgreSQL databases to use, or None for SQLite."""
    found: tuple[str, str] | None = request.getfixturevalue("postgres_pair") if server else None
    return found


@pytest_asyncio.fixture
async def database(
    pair: tuple[str, str] | None, tmp_path: Path, master_file: Path, sqlite_template: Path
) -> AsyncIterator[Places]:
    """A migrated database with nothing in it, and its keyring."""
    master = tmp_path / "master.key"
    shutil.copy2(master_file, master)
    if pair is None:
        for name in ("main.db", "keyring.db"):
            shutil.copy2(sqlite_template / name, tmp_path / name)
        yield Places(f"sqlite:///{tmp_path}/main.db", f"sqlite:///{tmp_path}/keyring.db", master, tmp_path)
        return
    yield Places(*pair, master, tmp_path)
    await empty(*pair)


@pytest_asyncio.fixture
async def empty_url(server: Server | None, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database with nothing in it."""
    if server is None:
        yield f"sqlite:///{tmp_path}/new/empty.db"
        return
    name = f"empty_{next(_numbers)}"
    yield await server.create_database(name)
    await server.drop_database(name)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest_asyncio.fixture
async def keyring(database: Places, clock: MovableClock) -> AsyncIterator[Keyring]:
    opened = Keyring(database.keyring_url, FileMasterKey(database.master), clock, spares=8)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def store(database: Places, keyring: Keyring, clock: MovableClock) -> AsyncIterator[Store]:
    opened = Store(database.url, keyring, clock)
    await opened.ready()
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def second_store(database: Places, clock: MovableClock) -> AsyncIterator[Store]:
    """The same data through connections of its own, as a second replica has them."""
    keyring = Keyring(database.keyring_url, FileMasterKey(database.master), clock, spares=8)
    opened = Store(database.url, keyring, clock)
    await opened.ready()
    yield opened
    await opened.close()


@pytest.fixture
def machines(store: Store, database: Places, server: Server | None, clock: MovableClock, tmp_path: Path) -> Machines:
    """A machine with its data, and how to come by another one."""
    return Machines(store, database, server, clock, tmp_path)


@pytest_asyncio.fixture
async def town(store: Store, database: Places, clock: MovableClock) -> Town:
    """Somebody in each table that is found by a person's hash."""
    return await settled(store, database, clock)
