"""A town on each kind of database."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from store import migrations
from store.keyring import Keyring
from store.master import FileMasterKey
from tests.postgres import Server
from tests.store.conftest import empty
from tests.stories.town import MovedClock, Places, Town, open_town


@pytest.fixture(scope="session")
def story_master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a master key for the whole session."""
    path = tmp_path_factory.mktemp("story_master") / "key"
    FileMasterKey.create(path)
    return path


async def _prepare(url: str, keyring_url: str, master: Path) -> None:
    await migrations.upgrade(url)
    keyring = Keyring(keyring_url, FileMasterKey(master), MovedClock.on_a_tuesday(), spares=1)
    await keyring.create()
    await keyring.close()


@pytest_asyncio.fixture(scope="session")
async def story_sqlite(tmp_path_factory: pytest.TempPathFactory, story_master: Path) -> Path:
    """Give a folder with a migrated SQLite database and its keyring, to copy from."""
    folder = tmp_path_factory.mktemp("story_template")
    await _prepare(f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keyring.db", story_master)
    return folder


@pytest_asyncio.fixture(scope="session")
async def story_pair(postgres: Server, story_master: Path) -> tuple[str, str]:
    """Give two PostgreSQL databases for the whole session: emptying them is far quicker than cloning them."""
    pair = await postgres.create_database("story_main"), await postgres.create_database("story_keyring")
    await _prepare(*pair, story_master)
    return pair


@pytest.fixture(params=["sqlite", "postgresql"])
def story_urls(request: pytest.FixtureRequest) -> tuple[str, str] | None:
    """Give the PostgreSQL databases to use, or None for SQLite."""
    if request.param == "sqlite":
        return None
    found: tuple[str, str] = request.getfixturevalue("story_pair")
    return found


@pytest.fixture
def language(request: pytest.FixtureRequest) -> str:
    """Give the language of the story."""
    found: str = request.param
    return found


@pytest_asyncio.fixture
async def places(
    story_urls: tuple[str, str] | None, tmp_path: Path, story_master: Path, story_sqlite: Path
) -> AsyncIterator[Places]:
    """Give a migrated database with its keyring, with nothing in them."""
    master = tmp_path / "master.key"
    shutil.copy2(story_master, master)
    if story_urls is None:
        for name in ("main.db", "keyring.db"):
            shutil.copy2(story_sqlite / name, tmp_path / name)
        yield Places(f"sqlite:///{tmp_path}/main.db", f"sqlite:///{tmp_path}/keyring.db", master, tmp_path)
        return
    await empty(*story_urls)
    yield Places(*story_urls, master, tmp_path)


@pytest_asyncio.fixture
async def town(places: Places) -> AsyncIterator[Town]:
    """Give the simulated workspace and the app in it, over HTTP."""
    async with open_town(places) as opened:
        yield opened
