"""The app's process for tests that start it often: forked from one that has loaded everything, with a clock to move.

It also counts the statements to SQLite, and ends itself as a power cut would at the one it was told.
"""

from __future__ import annotations

import asyncio
import json
import mmap
import os
import select
import signal
import struct
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import logs
from bot.app import House, _watched
from bot.memory import no_core_dumps
from bot.settings import load_settings
from bot.zones import use_packaged_zones
from handlers import directory, middleware, pace, screens
from store.engine import KEYRING, MAIN
from store.links import SqliteLink

_MOVED, _ENDS, _SEEN = 0, 8, 16
COUNTED = ("begin", "commit", "fetch", "run", "run_many")
LOOK_SECONDS = 0.02
STALL_SECONDS = 15.0
"""How long a busy machine may stand still without changing a story: the real limits have tests of their own."""

BRIEF = {"CHANNEL_SECONDS": 0.02, "TAKEN_SECONDS": 0.5, "EDITS_A_MINUTE": 2000, "HOMES_A_MINUTE": 2000}
"""The pace is there to be met by a kill; what an ended process had taken, or a full minute, is not waited for."""


class Board:
    """Three numbers that the test and the app's process both see: how far time was moved, and the count of steps."""

    def __init__(self, path: Path) -> None:
        """Open a file, making it where there is none."""
        if not path.exists():
            path.write_bytes(bytes(24))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 24)

    def now(self) -> datetime:
        """Return the moved instant, as a clock does."""
        (moved,) = struct.unpack_from("<d", self._map, _MOVED)
        return datetime.now(UTC) + timedelta(seconds=moved)

    def move(self, **time: float) -> None:
        """Move time forward for everybody who looks at this board."""
        (moved,) = struct.unpack_from("<d", self._map, _MOVED)
        struct.pack_into("<d", self._map, _MOVED, moved + timedelta(**time).total_seconds())

    @property
    def seen(self) -> int:
        """How many steps were taken so far; only the app's process counts them."""
        return self._number(_SEEN)

    @property
    def blown(self) -> bool:
        """Whether the process ended at the step for which it was armed."""
        return 0 < self._number(_ENDS) <= self.seen

    def arm(self, left: int) -> None:
        """End the process at so many steps from now; never, where that is 0. Only the test says so."""
        struct.pack_into("<q", self._map, _ENDS, self.seen + left if left else 0)

    def step(self) -> bool:
        """Count one step, and say whether the process ends at it."""
        struct.pack_into("<q", self._map, _SEEN, self.seen + 1)
        return self.blown

    def _number(self, place: int) -> int:
        return int(struct.unpack_from("<q", self._map, place)[0])


def _counted(deed: Callable[..., Awaitable[Any]], board: Board) -> Callable[..., Awaitable[Any]]:
    def step() -> None:
        if board.step():
            os.kill(os.getpid(), signal.SIGKILL)

    async def run(*args: Any) -> Any:
        step()
        found = await deed(*args)
        if deed.__name__ == "commit":  # Between the commit and whatever is said of it.
            step()
        return found

    return run


def _serve(order: dict[str, Any], clock: Board) -> None:
    """Be the app, until told to stop."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ.clear()
    os.environ.update(order["settings"])
    os.chdir(order["folder"])
    no_core_dumps()
    settings = load_settings()
    logs.set_up_logs(settings.log_level)
    use_packaged_zones()
    asyncio.run(_watched(House(settings, serve=order["serve"], work=order["work"], clock=clock), migrate=False))


def _say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def main() -> None:
    """Fork a process for every line that comes in, and say which one began and which one ended."""
    board = Board(Path(sys.argv[1]))
    if sys.argv[2:] == ["--count"]:
        for name in COUNTED:
            setattr(SqliteLink, name, _counted(getattr(SqliteLink, name), board))
    for module, name in ((middleware, "DEADLINE"), (screens, "PATIENCE"), (directory, "PATIENCE")):
        setattr(module, name, STALL_SECONDS)
    for name, value in BRIEF.items():
        setattr(pace, name, value)
    for tuning in (MAIN, KEYRING):
        for name in ("connect_timeout", "pool_timeout", "statement_timeout", "lock_timeout", "busy_timeout"):
            object.__setattr__(tuning, name, STALL_SECONDS)
    _say("ready")
    waiting = b""
    while True:
        if select.select([0], [], [], LOOK_SECONDS)[0]:
            got = os.read(0, 65536)
            if not got:
                return
            *lines, waiting = (waiting + got).split(b"\n")
            for line in lines:
                pid = os.fork()
                if not pid:
                    try:
                        _serve(json.loads(line), board)
                    except BaseException as error:  # noqa: BLE001 - a forked process must not go on with the loop
                        os.write(2, f"failed: {error!r}\n".encode())
                        os._exit(1)
                    os._exit(0)
                _say("began", pid)
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            continue
        if ended:
            _say("ended", ended, os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
