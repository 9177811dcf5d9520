"""Time that the play moves on, for itself and for every process of the app: they read one file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.stories.town import TUESDAY, ZONE

VARIABLE = "PLAY_CLOCK"
"""The variable that tells a process of the app which file it is."""
MORNING = 10


class FileClock:
    """Tells real time, moved on by the seconds that stand in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @classmethod
    def on_a_tuesday(cls, file: Path) -> FileClock:
        """Begin at ten of the next Tuesday, so that the play is the same on every day and at every hour."""
        now = datetime.now(UTC).astimezone(ZoneInfo(ZONE))
        then = now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        then += timedelta(days=(TUESDAY - now.weekday()) % 7)
        clock = cls(file)
        clock._moved_by(then - now if then > now else then - now + timedelta(days=7))
        return clock

    def now(self) -> datetime:
        """Return the moved instant, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=float(self.file.read_text("ascii")))

    def time(self) -> float:
        """Return the moved instant as a number of seconds."""
        return self.now().timestamp()

    def passes(self, **time: float) -> None:
        """Move time on, for everybody at once."""
        self._moved_by(self.now() - datetime.now(UTC) + timedelta(**time))

    def _moved_by(self, by: timedelta) -> None:
        # Put in place whole: another process may be reading.
        new = self.file.with_suffix(".new")
        new.write_text(f"{by.total_seconds():.3f}", "ascii")
        new.replace(self.file)
