"""What every test folder shares: a PostgreSQL of its own for each test process, started when first asked for."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.zones import use_packaged_zones
from store import engine
from tests import postgres as launcher
from tests import sharing

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


LONG = frozenset(
    {
        "test_backup.py",
        "test_backup_keyring.py",
        "test_canaries.py",
        "test_channel.py",
        "test_demo.py",
        "test_doctor.py",
        "test_erasure.py",
        "test_errors.py",
        "test_forged.py",
        "test_keys_commands.py",
        "test_killed.py",
        "test_moved.py",
        "test_mutations.py",
        "test_only_asking.py",
        "test_outbox_commands.py",
        "test_over_http.py",
        "test_places_processes.py",
        "test_probe.py",
        "test_process.py",
        "test_refusals.py",
        "test_restored.py",
        "test_rotated.py",
        "test_rough.py",
        "test_slack_away.py",
        "test_start.py",
        "test_stored.py",
        "test_strangers.py",
        "test_support_command.py",
        "test_token.py",
        "test_workflow_races.py",
    }
)
"""Files that start many processes, play a whole day for one look, or try one thing hundreds of times: like what drives
a browser, they run under `make faults`."""

ON_BOTH_AT_ONCE = frozenset({"test_asking.py", "test_journey.py"})
"""The stories that every run tells on PostgreSQL too; the others are told there under `make faults`."""

BY_TURNS = frozenset({"test_slack_away.py", "test_channel.py", "test_moved.py", "test_outages.py", "test_fuzz.py"})
"""Where what goes wrong differs from case to case and not from database to database: each case is tried on one of the
two by turns, and with FULL=1 on both."""

STALL_SECONDS = 8.0
"""For so long a busy machine may keep a connection waiting; the app itself is less patient."""

for _tuning in (engine.MAIN, engine.KEYRING):
    object.__setattr__(_tuning, "connect_timeout", STALL_SECONDS)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long, and let it begin first."""
    for item in items:
        name = item.path.name
        told_later = item.path.parent.name == "stories" and name not in ON_BOTH_AT_ONCE and "postgresql" in item.name
        if name in LONG or told_later or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.long)
        if "day" in getattr(item, "fixturenames", ()) and sharing.group_of(item.nodeid) != "day":
            raise pytest.UsageError(f"{item.path.name} belongs to DAY in tests/sharing.py")
    if not os.environ.get("FULL"):
        others = _on_the_other_database(items)
        items[:] = [item for item in items if item.nodeid not in others]
    items.sort(key=sharing.rank)


def _on_the_other_database(items: list[pytest.Item]) -> set[str]:
    """Return the cases whose turn it is on the other database only."""
    found: dict[str, dict[str, list[str]]] = {}
    for item in items:
        name, _, case = item.nodeid.partition("[")
        rest = case.partition("-")[2]
        if item.path.name in BY_TURNS and rest:
            found.setdefault(name, {}).setdefault(rest, []).append(item.nodeid)
    pairs = ((turn, pair) for cases in found.values() for turn, pair in enumerate(cases.values()) if len(pair) == 2)
    return {pair[turn % 2] for turn, pair in pairs}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> sharing.Sharing:
    """Share the tests as `sharing` says."""
    config.option.loadscopereorder = False
    return sharing.Sharing(config, log)
