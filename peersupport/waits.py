"""How long people waited for the first contact, in steps so wide and of so many that nobody's own wait shows.

A percentile is shown where the requests on either side of it are at least as many as the smallest count that is shown,
and as the step of hours that holds it (docs/decisions/0039-waits-in-steps.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from peersupport.disclosure import WITHHELD, Row, Shown, between, is_small

STEPS = (4, 8, 12, 24, 36, 48, 72, 96, 120, 168)
"""Hours; a longer wait is said to be beyond the last."""
BEYOND = f">{STEPS[-1]}"


class Fact(StrEnum):
    """A line of the report that counts nobody."""

    MEDIAN = "first_contact_median"
    NINETIETH = "first_contact_ninetieth"
    SHARE = "share_in_time"
    """Worked out from what is published, and so kept nowhere."""
    HELD = "sessions_held"
    """Dates that took place, which were announced: their number is shown as it is."""


_TENTHS: Mapping[Fact, int] = {Fact.MEDIAN: 5, Fact.NINETIETH: 9}


AT_LEAST = ">="
_FIVE = 5


def share(shown: Shown, least: int) -> str:
    """Return how many in a hundred first contacts were in time, from what is published: "80", ">=80" or withheld."""
    in_time, late = shown[Row.IN_TIME], shown[Row.LATE]
    if not in_time.isdigit() or late == WITHHELD or (in_time, late) == ("0", "0"):
        return WITHHELD
    if is_small(late):
        fewest, most = between(in_time, least)[0], between(late, least)[1]
        return f"{AT_LEAST}{100 * fewest // (fewest + most) // _FIVE * _FIVE}" if fewest else WITHHELD
    return str(round(100 * int(in_time) / (int(in_time) + int(late)) / _FIVE) * _FIVE)


def waited(waits: Sequence[timedelta], least: int) -> dict[Fact, str]:
    """Return each percentile as the hours of its step, or as withheld; `least` is the smallest count that is shown."""
    inorder = sorted(waits)
    return {fact: _one(inorder, tenths, least) for fact, tenths in _TENTHS.items()}


def _one(inorder: Sequence[timedelta], tenths: int, least: int) -> str:
    if len(inorder) * (10 - tenths) < least * 10:
        return WITHHELD
    # The nearest rank: the first wait that so many tenths of all are no longer than.
    wait = inorder[-(-len(inorder) * tenths // 10) - 1]
    return next((str(step) for step in STEPS if wait <= timedelta(hours=step)), BEYOND)
