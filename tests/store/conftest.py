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
async def postgres_template(postgres: Server, master_file: Path) -> str:
    url = await postgres.create_database("template_main")
    keyring_url = await postgres.create_database("template_keyring")
    await _prepare(url, keyring_url, master_file)
    return "template"


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest, tmp_path: Path, master_file: Path, sqlite_template: Path
) -> AsyncIterator[Places]:
    """A migrated database with its keyring, copied from a template."""
    master = tmp_path / "master.key"
    shutil.copy2(master_file, master)
    if request.param == "sqlite":
        for name in ("main.db", "keyring.db"):
            shutil.copy2(sqlite_template / name, tmp_path / name)
        yield Places(f"sqlite:///{tmp_path}/main.db", f"sqlite:///{tmp_path}/keyring.db", master, tmp_path)
        return
    server, template = await _postgres(request)
    names = [f"{kind}_{next(_numbers)}" for kind in ("main", "keyring")]
    urls = [await server.create_database(name, f"{template}_{name.split('_')[0]}") for name in names]
    yield Places(urls[0], urls[1], master, tmp_path)
    for name in names:
        await server.drop_database(name)


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/empty.db"
        return
    server: Server = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    yield await server.create_database(name)
    await server.drop_database(name)


async def _postgres(request: pytest.FixtureRequest) -> tuple[Server, str]:
    # Asked for here, so that the SQLite half of the tests runs where there is no PostgreSQL.
    return request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")


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
