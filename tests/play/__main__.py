"""Plays the journey in both languages; the last line says how many steps there were and how many were wrong."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import ModuleType

from bot.zones import use_packaged_zones
from tests import postgres
from tests.play import english, french, gathering, informally, inviting, meeting, otherwise, outside, referring
from tests.play.kills import Kills
from tests.play.stage import App, StageFailed, staged
from tests.play.telling import AppDied, Telling

MODULES: tuple[ModuleType, ...] = (
    english,
    otherwise,
    french,
    referring,
    outside,
    inviting,
    gathering,
    meeting,
    informally,
)


def _tell(line: str) -> None:
    print(line, flush=True)


async def _play(folder: Path) -> Telling:
    replicas = int(os.environ.get("REPLICAS") or 1)
    async with staged(folder, replicas) as (simulator, app):
        telling = Telling(simulator, app, _tell)
        try:
            await english.prepares(telling)
            await app.start()
            if os.environ.get("KILLS"):
                app.kills = Kills(app, Random(int(os.environ.get("SEED") or secrets.randbelow(10_000))))
            for module in _chosen():
                for title, scene in module.SCENES:
                    await telling.scene(title, scene)
            await _ends(telling, app)
        except AppDied:
            _tell(f"The app said:\n{app.log}")
        return telling


def _chosen() -> tuple[ModuleType, ...]:
    """Return what is played: everything, or the modules that PLAYED names."""
    named = os.environ.get("PLAYED", "").split()
    return tuple(each for each in MODULES if not named or each.__name__.rpartition(".")[2] in named)


async def _ends(telling: Telling, app: App) -> None:
    telling.tell("\n--- In the end")
    telling.check("The app's own log names nobody", *telling.told_nothing(app.log))
    troubles = [line for line in app.log.splitlines() if "Traceback" in line or '"level": "error"' in line]
    telling.check("The app's own log tells of no error", *troubles[:3])
    code = await app.stop()
    telling.check("The app stops when it is told to", *([] if code == 0 else [f"it ended with {code}"]))


async def _until_told(folder: Path) -> Telling | None:
    """Play, and let Ctrl-C and SIGTERM end it in order."""
    playing = asyncio.create_task(_play(folder))
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, playing.cancel)
    try:
        return await playing
    except asyncio.CancelledError:
        return None


def main() -> int:
    """Play everything; returns 0 only when every step was right."""
    if os.environ.get("KILLS") and int(os.environ.get("REPLICAS") or 1) < 2:
        print("KILLS needs REPLICAS=2 or more: whoever presses is answered by those that are left.", file=sys.stderr)
        return 2
    use_packaged_zones()
    if int(os.environ.get("REPLICAS") or 1) > 1 and not os.environ.get("DATABASE_URL"):
        # Several processes need PostgreSQL.
        with _postgresql() as url:
            os.environ["DATABASE_URL"] = url
            return _told()
    return _told()


@contextmanager
def _postgresql() -> Iterator[str]:
    """Start a PostgreSQL of our own until the block ends."""
    server = postgres.start()
    try:
        yield server.base
    finally:
        server.stop()


def _told() -> int:
    """Play everything and say how it went."""
    kind = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    _tell(f"The journey on {kind}, with a simulated workspace in which everybody is invented.")
    with tempfile.TemporaryDirectory(prefix="peersupport-play-") as folder:
        try:
            telling = asyncio.run(_until_told(Path(folder)))
        except StageFailed as failure:
            print(failure, file=sys.stderr)
            return 2
    if telling is None:
        return 130
    if telling.app.kills:
        _tell(f"\n{telling.app.kills.number} processes were ended on the way")
    _tell(f"\nplayed {telling.steps} steps, {telling.wrong} wrong")
    return 1 if telling.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
