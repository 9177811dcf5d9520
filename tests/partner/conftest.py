"""The partner's page and endpoint over HTTP, on both kinds of database, with a store of its own for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from handlers.web import partner as page
from store.store import Store
from tests.browser import browser as browser
from tests.front.web_stage import site
from tests.partner.desk import PROGRAMMES, Desk
from tests.store import conftest as stores
from tests.store.records import MovableClock

database, clock, keyring, store = stores.database, stores.clock, stores.keyring, stores.store
server, pair, postgres_pair = stores.server, stores.pair, stores.postgres_pair
master_file, sqlite_template = stores.master_file, stores.sqlite_template


@pytest_asyncio.fixture
async def desk(
    store: Store, clock: MovableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """A partner's key and person, and pages that are up."""
    monkeypatch.setattr(page, "SLOWEST_SECONDS", 0.0)
    folder = tmp_path / "site"
    folder.mkdir()
    async with site(folder, store.work, clock, programmes=PROGRAMMES) as up:
        yield await Desk.opened(up, store, clock)
