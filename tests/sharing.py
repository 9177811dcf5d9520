"""How two processes share the tests: what plays the same long day stays together, long ones begin first.

pytest-xdist groups by a mark that it writes into an item's id. pytest 9 no longer reads what it writes: each test went
where there was room, and every shared set-up was made in every process.
"""

from __future__ import annotations

from typing import Protocol

from xdist.scheduler import LoadScopeScheduling

THREATS = "tests/threats/"
DAY = frozenset(
    f"{THREATS}test_{name}.py"
    for name in (
        "canaries", "canaries_doors", "errors", "forged", "mutations", "over_http", "stored", "strangers",
        "support_bundle",
    )
)  # fmt: skip
"""The files with tests about the day that is played once."""
APART = ("tests/faults/", "tests/stories/", "tests/browser_journey/", "tests/simulator_web/", f"{THREATS}test_rough.py")
"""Where each test makes all that it needs: they go one by one."""
FIRST = (
    "tests/faults/test_crash_sweep.py",
    "tests/faults/test_races.py",
    "tests/faults/test_database_faults.py",
    "tests/faults/test_replicas.py",
    "tests/faults/test_played.py",
    "tests/faults/",
    "tests/browser_journey/",
    "tests/stories/",
)
"""What takes long, in this order. The day is not among it: its town changes its process until the end."""


class Timed(Protocol):
    """What is known of a test before it runs."""

    @property
    def nodeid(self) -> str:
        """Return the test's file and name."""


def rank(item: Timed) -> int:
    """Return a place for sorting: small for what begins first."""
    return next((place for place, path in enumerate(FIRST) if item.nodeid.startswith(path)), len(FIRST))


def group_of(nodeid: str) -> str:
    """Return what a test has to stay together with: its file, the day, or nothing but itself."""
    path = nodeid.partition("::")[0]
    if path in DAY:
        return "day"
    return nodeid if path.startswith(APART) else path


class Sharing(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each process a group at a time, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
