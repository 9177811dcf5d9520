"""The app as a process that speaks as fast as it can, as a month played in a minute needs it."""

from __future__ import annotations

from bot import cli
from handlers import pace
from tests.stories.town import UNPACED

if __name__ == "__main__":
    for name, value in UNPACED.items():
        setattr(pace, name, value)
    cli.main()
