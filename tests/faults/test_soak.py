"""T65: the hour of `bench/soak.py`, made short: nothing lost, no limit exceeded; and what it reads off is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.soak import soak
from bench.soak_meter import SHARE, Histogram, Memory, Weather
from simulator.rates import Rates

pytestmark = pytest.mark.threat("T65")
POST = ("chat.postMessage", "post", "C1")


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_in_half_a_minute_nothing_is_lost_and_no_limit_exceeded(tmp_path: Path) -> None:
    lines, results = await soak(tmp_path, minutes=0.5, seed=2)
    for result in results:
        assert result.lost == [], "\n".join(lines)
        assert result.kept == len(result.people.stories) > 0
        assert result.people.done["close"] + result.people.done["withdraw"] > 0
        assert result.town.wire.all.number > 50
        assert all(each.samples for each in result.town.memory)


def test_a_percentile_is_right_to_one_in_a_hundred() -> None:
    measured = Histogram()
    for milliseconds in range(1, 1001):
        measured.add(float(milliseconds))
    assert measured.percentile(0.5) == pytest.approx(500, rel=0.01)
    assert measured.percentile(0.99) == pytest.approx(990, rel=0.01)
    assert measured.percentile(1.0) == measured.most == 1000
    assert Histogram().percentile(0.99) == 0


def test_the_slope_is_that_of_the_second_half() -> None:
    rising = Memory("process", 0, [(minute, 100.0 + max(0, minute - 30)) for minute in range(61)])
    assert rising.slope == pytest.approx(60)
    assert rising.quarter(0) == 100
    assert rising.quarter(3) == pytest.approx(123)
    assert Memory("process", 0, [(minute, 100.0 - minute % 2) for minute in range(61)]).slope == pytest.approx(
        0, abs=0.5
    )


def test_faults_are_drawn_from_the_seed_and_of_every_kind() -> None:
    weather, same = Weather("1"), Weather("1")
    drawn = [weather("chat.update") for _ in range(20_000)]
    assert drawn == [same("chat.update") for _ in range(20_000)]
    assert len(weather.drawn) == 10
    assert weather.drawn.total() == pytest.approx(20_000 * SHARE, rel=0.25)
    weather.holds = False
    assert not any(weather("chat.update") for _ in range(2_000))


def test_what_goes_beyond_a_limit_is_noted() -> None:
    rates = Rates(grace=1.0)
    for _ in range(6):
        rates.watch(*POST, 0.0)
        rates.wait(*POST, 0.0)
    assert rates.refused == ["chat.postMessage"]
    assert rates.hurried == 5
    rates.watch(*POST, 0.5)
    assert rates.broken == [], "it was on its way already"
    rates.ask(*POST, 30.0, 0.5)
    rates.watch(*POST, 2.0)
    assert rates.broken == ["chat.postMessage"]
