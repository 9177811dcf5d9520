"""T40: the app ended at the n-th message of a journey: nothing acknowledged is lost, and next to nothing said twice."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.faults.ground import Ground
from tests.faults.sweep import SIDES, Result, Sweep, spread
from tests.stories.town import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.threat("T40", "T42")]

SAMPLE = 28
FULL = bool(os.environ.get("FULL"))
PART, PARTS = map(int, (os.environ.get("PART") or "1/1").split("/"))
"""Which part of all points a full run takes, so that several can go side by side: PART=2/3 is the second of three."""
RESULTS = ROOT / ".pytest_cache" / "crash-sweep"
"""Where a full run keeps, side by side, how far it is: the figures of docs/faults.md."""


@pytest.fixture(params=SIDES)
def sweep(request: pytest.FixtureRequest, tmp_path: Path) -> Sweep:
    """Give a sweep of each side in turn, on the database that it needs."""
    name = "postgres_ground" if request.param == "postgresql" else "sqlite_ground"
    ground: Ground = request.getfixturevalue(name)
    return Sweep(request.param, ground, tmp_path / "towns")


@pytest.mark.timeout(50_000 if FULL else 900)
async def test_crash_sweep(sweep: Sweep) -> None:
    points = await sweep.measured()
    chosen = points[PART - 1 :: PARTS] if FULL else spread(points, SAMPLE)
    result = await sweep.goes(chosen, _keep if FULL else lambda _: None, again=FULL)
    # The points of a story that was told once more count twice.
    assert result.points >= len(chosen)
    assert len(result.doubts) <= len(chosen) // 200, result.doubts
    # A process that has just begun asks Slack more than one that knows everybody, so that the last may not come.
    assert result.kills >= len(chosen) // 2, result
    assert result.acknowledged, result
    assert result.again, result


def _keep(result: Result) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{result.side}-{PART}.json").write_text(json.dumps(vars(result), indent=1))
