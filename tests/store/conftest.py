"""A migrated database and a keyring of its own for every test, on both kinds of database."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from store import migrations
from store.keyring import Keyring
from store.master import FileMasterKey
from store.store import Store
from tests.postgres import Server
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
async def postgres_template(postgres: Server, master_file: Path) -> None:
    url = await postgres.create_database("template_main")
    keyring_url = await postgres.create_database("template_keyring")
    await _prepare(url, keyring_url, master_file)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Server | None:
    """The PostgreSQL to use, or None for SQLite, whose half of the tests runs also where there is no PostgreSQL."""
    if request.param == "sqlite":
        return None
    request.getfixturevalue("postgres_template")
    found: Server = request.getfixturevalue("postgres")
    return found


@pytest_asyncio.fixture
async def database(
    server: Server | None, tmp_path: Path, master_file: Path, sqlite_template: Path
) -> AsyncIterator[Places]:
    """A migrated database with its keyring, copied from a template."""
    master = tmp_path / "master.key"
    shutil.copy2(master_file, master)
    if server is None:
        for name in ("main.db", "keyring.db"):
            shutil.copy2(sqlite_template / name, tmp_path / name)
        yield Places(f"sqlite:///{tmp_path}/main.db", f"sqlite:///{tmp_path}/keyring.db", master, tmp_path)
        return
    number = next(_numbers)
    url = await server.create_database(f"main_{number}", "template_main")
    keyring_url = await server.create_database(f"keyring_{number}", "template_keyring")
    yield Places(url, keyring_url, master, tmp_path)
    await server.drop_database(f"main_{number}")
    await server.drop_database(f"keyring_{number}")


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
