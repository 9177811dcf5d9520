"""Starts processes of the app in a fraction of the time that a new interpreter takes, and hears when they end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

from tests.faults.child import Board
from tests.faults.process import ROOT, Bot, surroundings

_numbers = count()


class Forked:
    """A process of the app, with what `process.Bot` asks of one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    def ended(self, code: int) -> None:
        """Take note that it ended."""
        self.returncode = code
        self._ended.set()

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def wait(self) -> int:
        """Wait until it has ended and return its exit code."""
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode


class Nursery:
    """One process that has loaded the app, and those that were forked from it."""

    def __init__(self, process: asyncio.subprocess.Process, board: Board) -> None:
        """See `nursery`."""
        self.board = board
        self._process = process
        self._began: asyncio.Queue[Forked] = asyncio.Queue()
        self._children: dict[int, Forked] = {}
        self._hearing = asyncio.create_task(self._hear())
        self._one = asyncio.Lock()

    async def _hear(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            match line.decode().split():
                case ["began", pid]:
                    child = self._children[int(pid)] = Forked(int(pid))
                    self._began.put_nowait(child)
                case ["ended", pid, code]:
                    self._children[int(pid)].ended(int(code))

    async def start(
        self, settings: Mapping[str, str], folder: Path, *, port: int, serve: bool = True, work: bool = True
    ) -> Bot:
        """Start a process of the app on a port; its words go to a file in the folder."""
        log = folder / f"forked-{next(_numbers)}.log"
        log.touch()
        order = {
            "settings": surroundings({**settings, "PORT": str(port)}),
            "folder": str(folder),
            "log": str(log),
            "serve": serve,
            "work": work,
        }
        assert self._process.stdin is not None
        async with self._one:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            async with asyncio.timeout(40):
                child = await self._began.get()
        return Bot(child, port, log)

    async def close(self) -> None:
        """End every process that is left."""
        for child in self._children.values():
            child.send_signal(signal.SIGKILL)
        self._process.kill()
        await self._process.wait()
        await self._hearing


@asynccontextmanager
async def nursery(folder: Path, *, counts_statements: bool = False) -> AsyncIterator[Nursery]:
    """Load the app once, and fork processes from it until the block ends."""
    board = Board(folder / "board")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.child", str(folder / "board"),
        *(["--count"] if counts_statements else []),
        cwd=ROOT, env=surroundings({}), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    running = Nursery(process, board)
    try:
        yield running
    finally:
        await running.close()
