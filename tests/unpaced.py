"""The app as a process that speaks as fast as it can, and by the play's clock: a month is played in a minute."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from bot import cli
from bot.machine import SystemClock
from handlers import pace
from peersupport import digest
from tests.play.clock import VARIABLE, FileClock
from tests.stories.town import UNPACED


def _follow(clock: FileClock) -> None:
    """Let the whole process go by that clock, and no morning's digest come between two steps."""

    def now(_: SystemClock) -> datetime:
        return clock.now()

    for owner, name, put in ((SystemClock, "now", now), (digest, "is_morning", lambda *_: False)):
        setattr(owner, name, put)


if __name__ == "__main__":
    for name, value in UNPACED.items():
        setattr(pace, name, value)
    if os.environ.get(VARIABLE):
        _follow(FileClock(Path(os.environ[VARIABLE])))
    cli.main()
