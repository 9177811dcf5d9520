"""What every test folder shares: a PostgreSQL of its own for each test process, started when first asked for."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.zones import use_packaged_zones
from tests import postgres as launcher

use_packaged_zones()


def in_ci() -> bool:
    """Say whether nothing may be left out here."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@pytest_asyncio.fixture(scope="session")
async def postgres() -> AsyncIterator[launcher.Server]:
    """A running PostgreSQL: `await postgres.create_database("name", template=...)`, `postgres.url("name")`."""
    try:
        server = launcher.start()
    except launcher.Unavailable as refusal:
        if in_ci():
            pytest.fail(f"CI must test on PostgreSQL: {refusal}")
        pytest.skip(str(refusal))
    async with server:
        yield server
