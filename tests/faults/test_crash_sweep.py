"""T40: the app ended at the n-th message of a journey: nothing acknowledged is lost, and next to nothing said twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.ground import Ground
from tests.faults.sweep import SIDES, Sweep, spread

pytestmark = [pytest.mark.faults, pytest.mark.threat("T40", "T42")]

SAMPLE = 40
FULL = bool(os.environ.get("FULL"))


@pytest.fixture(params=SIDES)
def sweep(request: pytest.FixtureRequest, tmp_path: Path) -> Sweep:
    """Give a sweep of each side in turn, on the database that it needs."""
    name = "postgres_ground" if request.param == "postgresql" else "sqlite_ground"
    ground: Ground = request.getfixturevalue(name)
    return Sweep(request.param, ground, tmp_path / "towns")


@pytest.mark.timeout(50_000 if FULL else 900)
async def test_crash_sweep(sweep: Sweep) -> None:
    points = await sweep.measured()
    chosen = points if FULL else spread(points, SAMPLE)
    result = await sweep.goes(chosen)
    assert result.points == len(chosen)
    # A process that has just begun asks Slack more than one that knows everybody, so that the last may not come.
    assert result.kills >= len(chosen) // 2, result
    assert result.acknowledged, result
    assert result.again, result
