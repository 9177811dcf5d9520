"""The prepared town as fixtures: made once, put back after every test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.faults.ground import Ground as Databases
from tests.threats.scenes import Ground, open_ground


@pytest.fixture
def prepared(prepared_once: Ground) -> Iterator[Ground]:
    """Give the town as it was prepared."""
    yield prepared_once
    prepared_once.put_back()


@pytest_asyncio.fixture(scope="session")
async def prepared_once(sqlite_ground: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    """Prepare the town once."""
    places = await sqlite_ground.places(tmp_path_factory.mktemp("matrix"))
    async with open_ground(places) as opened:
        opened.keep()
        yield opened
