"""The app as a process that speaks as fast as it can, and by the play's clock: a month is played in a minute."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from bot import cli
from bot.machine import SystemClock
from handlers import directory, middleware, pace, screens
from peersupport import digest
from tests.play.clock import VARIABLE, FileClock
from tests.stories.town import STALL_SECONDS, UNPACED


def _follow(clock: FileClock) -> None:
    """Let the process go by that clock, send no morning's digest, and be as patient as a busy machine asks for."""

    def now(_: SystemClock) -> datetime:
        return clock.now()

    changes: tuple[tuple[object, str, object], ...] = (
        (SystemClock, "now", now),
        (digest, "is_morning", lambda *_: False),
        (middleware, "DEADLINE", STALL_SECONDS),
        (screens, "PATIENCE", STALL_SECONDS),
        (directory, "PATIENCE", STALL_SECONDS),
    )
    for owner, name, put in changes:
        setattr(owner, name, put)


if __name__ == "__main__":
    for name, value in UNPACED.items():
        setattr(pace, name, value)
    if os.environ.get(VARIABLE):
        _follow(FileClock(Path(os.environ[VARIABLE])))
    cli.main()
