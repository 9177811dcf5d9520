"""The few ways in which an organiser lets a series repeat, as recurrence rules (RFC 5545) and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LAST = -1
"""The place of a weekday in its month that some months do not have as a fifth."""
MOST_DATES = 60
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Rhythm(StrEnum):
    """How often a series meets."""

    ONCE = "once"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    """On the same weekday of each month, as its first date stands in its own: the third Thursday."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """What a rule says, as far as it is one of these."""

    rhythm: Rhythm
    weekday: int
    """Monday is 0."""
    place: int = 0
    """Of a monthly one: the how manieth of its month, or `LAST`."""
    times: int | None = None
    """How many dates there are in all; None where it goes on."""


def place_of(starts: datetime) -> int:
    """Return the how manieth of its weekdays a day is in its month; of a fifth, that it is the last."""
    place = (starts.day - 1) // 7 + 1
    return place if place < 5 else LAST


def rule(rhythm: Rhythm, starts: datetime, times: int | None = None) -> str | None:
    """Return the recurrence rule of a series that first meets then; None where it meets once."""
    if rhythm is Rhythm.ONCE:
        return None
    day = _DAYS[starts.weekday()]
    parts = {
        Rhythm.WEEKLY: f"FREQ=WEEKLY;BYDAY={day}",
        Rhythm.FORTNIGHTLY: f"FREQ=WEEKLY;INTERVAL=2;BYDAY={day}",
        Rhythm.MONTHLY: f"FREQ=MONTHLY;BYDAY={place_of(starts)}{day}",
    }
    return parts[rhythm] if times is None else f"{parts[rhythm]};COUNT={times}"


def read(repeats: str | None, starts: datetime) -> Repeats | None:
    """Return what a rule says; None where it says more than these can."""
    if repeats is None:
        return Repeats(Rhythm.ONCE, starts.weekday())
    parts = dict(part.split("=", 1) for part in repeats.split(";") if "=" in part)
    count = parts.pop("COUNT", None)
    times = int(count) if count is not None and count.isdigit() else None
    found = {each: rule(each, starts) for each in Rhythm}
    plain = ";".join(f"{name}={parts[name]}" for name in ("FREQ", "INTERVAL", "BYDAY") if name in parts)
    if len(parts) > plain.count("=") or (count is not None and times is None):
        return None
    for rhythm, text in found.items():
        if text == plain or (text is not None and text.replace(f";BYDAY={_DAYS[starts.weekday()]}", "") == plain):
            place = place_of(starts) if rhythm is Rhythm.MONTHLY else 0
            return Repeats(rhythm, starts.weekday(), place, times)
    return None
