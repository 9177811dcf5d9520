"""A town on each kind of database."""

import shutil
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from store import migrations
from store.keyring import Keyring
from store.master import FileMasterKey
from tests.postgres import Server
from tests.stories.town import MovedClock, Places, Town, open_town

_numbers = count()


@pytest.fixture(scope="session")
def story_master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a master key for the whole session."""
    path = tmp_path_factory.mktemp("story_master") / "key"
    FileMasterKey.create(path)
    return path


async def _prepare(url: str, keyring_url: str, master: Path) -> None:
    await migrations.upgrade(url)
    keyring = Keyring(keyring_url, FileMasterKey(master), MovedClock(), spares=1)
    await keyring.create()
    await keyring.close()


@pytest_asyncio.fixture(scope="session")
async def story_sqlite(tmp_path_factory: pytest.TempPathFactory, story_master: Path) -> Path:
    """Give a folder with a migrated SQLite database and its keyring, to copy from."""
    folder = tmp_path_factory.mktemp("story_template")
    await _prepare(f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keyring.db", story_master)
    return folder


@pytest_asyncio.fixture(scope="session")
async def story_postgres(postgres: Server, story_master: Path) -> Server:
    """Give a PostgreSQL with a migrated template and its keyring."""
    url = await postgres.create_database("story_main")
    await _prepare(url, await postgres.create_database("story_keyring"), story_master)
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def story_server(request: pytest.FixtureRequest) -> Server | None:
    """Give the PostgreSQL to use, or None for SQLite."""
    if request.param == "sqlite":
        return None
    found: Server = request.getfixturevalue("story_postgres")
    return found


@pytest_asyncio.fixture
async def places(
    story_server: Server | None, tmp_path: Path, story_master: Path, story_sqlite: Path
) -> AsyncIterator[Places]:
    """Give a migrated database with its keyring, of this test's own."""
    master = tmp_path / "master.key"
    shutil.copy2(story_master, master)
    if story_server is None:
        for name in ("main.db", "keyring.db"):
            shutil.copy2(story_sqlite / name, tmp_path / name)
        yield Places(f"sqlite:///{tmp_path}/main.db", f"sqlite:///{tmp_path}/keyring.db", master, tmp_path)
        return
    names = [f"{kind}_{next(_numbers)}" for kind in ("story", "keys")]
    url = await story_server.create_database(names[0], "story_main")
    keyring_url = await story_server.create_database(names[1], "story_keyring")
    yield Places(url, keyring_url, master, tmp_path)
    for name in names:
        await story_server.drop_database(name)


@pytest_asyncio.fixture
async def town(places: Places) -> AsyncIterator[Town]:
    """Give the simulated workspace and the app in it, over HTTP."""
    async with open_town(places) as opened:
        yield opened
