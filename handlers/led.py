"""What a view of an organiser is about: a series, a date of it, and the mark of what was shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from handlers import ids
from handlers.hear import Hear
from peersupport.programme import Programme
from peersupport.programme_parts import Doorway

MEETS = (Doorway.SESSIONS, Doorway.COURSES, Doorway.CASE_DISCUSSION)
"""The doors of a programme that has sessions to organise."""


@dataclass(frozen=True, slots=True)
class At:
    """What a view of an organiser is about: a series by its handle, and a date of it where it names one."""

    programme: Programme
    series: UUID
    handle: str
    on: datetime | None = None
    seen: str = ""


def organised(programme: Programme | None) -> Programme | None:
    """Return a programme where it has sessions to organise, else None."""
    return programme if programme is not None and set(MEETS) & set(programme.doors_enabled()) else None


def at(hear: Hear) -> At | None:
    """Read which series and date a view is about; None for any doubt."""
    programme, handle = organised(hear.programme), hear.meta.get("h", "")
    series = hear.record(ids.LED_SERIES, handle)
    if programme is None or series is None:
        return None
    return At(programme, series, handle, wall_time(hear.meta.get("o", "")), hear.meta.get("v", ""))


def wall_time(text: str) -> datetime | None:
    """Read a naive wall time; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None else None
