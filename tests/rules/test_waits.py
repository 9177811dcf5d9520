"""G20, U54: how long people waited, in steps that tell nobody's own wait and no small count of the same report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport.disclosure import WITHHELD
from peersupport.waits import BEYOND, STEPS, Fact, waited

pytestmark = [pytest.mark.req("G20", "U54"), pytest.mark.threat("T27")]

PROMISES = (24, 48, 72)


def hours(*waits: float) -> list[timedelta]:
    return [timedelta(hours=each) for each in waits]


def test_the_middle_and_nine_of_ten_are_said_in_steps() -> None:
    assert waited(hours(*range(1, 101)), 5) == {Fact.MEDIAN: "72", Fact.NINETIETH: "96"}
    assert waited(hours(*[3] * 50), 5) == {Fact.MEDIAN: "4", Fact.NINETIETH: "4"}
    assert waited(hours(*[4] * 25, *[300] * 25), 5) == {Fact.MEDIAN: "4", Fact.NINETIETH: BEYOND}


def test_a_step_holds_its_own_end() -> None:
    assert waited(hours(*[48] * 10), 5)[Fact.MEDIAN] == "48"
    assert waited([timedelta(hours=48, seconds=1)] * 10, 5)[Fact.MEDIAN] == "72"


@pytest.mark.parametrize(("number", "median", "ninetieth"), [(0, 0, 0), (9, 0, 0), (10, 1, 0), (49, 1, 0), (50, 1, 1)])
def test_each_is_withheld_until_enough_are_on_both_sides(number: int, median: int, ninetieth: int) -> None:
    shown = waited(hours(*[20] * number), 5)
    assert [shown[fact] == WITHHELD for fact in (Fact.MEDIAN, Fact.NINETIETH)] == [not median, not ninetieth]


def test_a_programme_may_draw_the_line_higher() -> None:
    assert waited(hours(*[20] * 19), 10)[Fact.MEDIAN] == WITHHELD
    assert waited(hours(*[20] * 20), 10)[Fact.MEDIAN] == "24"


def possible(shown: str, tenths: int, number: int, promise: int) -> set[int]:
    """Return every count of late contacts among so many that a published percentile leaves possible."""
    rank = -(-number * tenths // 10)
    if shown == WITHHELD:
        return set(range(number + 1))
    step = next((each for each in STEPS if str(each) == shown), 10_000)
    if step <= promise:
        return set(range(number - rank + 1))
    # Somebody at this rank waited longer than the step before; with a promise at its end that is late.
    before = max((each for each in STEPS if each < step), default=0)
    return set(range(number - rank + 1, number + 1)) if before >= promise else set(range(number + 1))


@given(st.lists(st.integers(1, 200), max_size=80), st.sampled_from(PROMISES))
def test_a_small_count_of_late_ones_is_no_smaller_for_it(waits: Sequence[int], promise: int) -> None:
    shown = waited(hours(*waits), 5)
    late = sum(wait > promise for wait in waits)
    left = set(range(len(waits) + 1))
    for fact, tenths in ((Fact.MEDIAN, 5), (Fact.NINETIETH, 9)):
        left &= possible(shown[fact], tenths, len(waits), promise)
    assert late in left
    if 0 < late < 5 and len(waits) >= 5:
        assert {1, 2, 3, 4} <= left, "one to four are all alike still"
