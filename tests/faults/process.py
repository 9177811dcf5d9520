"""The bot as a process of its own: started, watched through its health page, stopped or killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import aiohttp

ROOT = Path(__file__).parents[2]
START_SECONDS = 40.0
STOP_SECONDS = 15.0
_numbers = count()


def surroundings(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of a process: what it needs to run, and the settings."""
    return {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"} | dict(settings)


class Process(Protocol):
    """What is needed of a process."""

    @property
    def pid(self) -> int:
        """Its number."""

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""

    def send_signal(self, signal: int, /) -> None:
        """Send it a signal."""

    async def wait(self) -> int:
        """Wait until it has ended and return its exit code."""


@dataclass
class Bot:
    """One running process of the app."""

    process: Process
    port: int
    log: Path

    @property
    def said(self) -> str:
        """Everything that it wrote to standard output and error."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    async def health(self) -> tuple[int, dict[str, Any]]:
        """Return the status and body of its readiness page; (0, {}) where it does not answer."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.port}/readyz", timeout=aiohttp.ClientTimeout(total=5)) as answer,
            ):
                return answer.status, await answer.json()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0, {}

    async def ready(self) -> None:
        """Wait until everything is in its reach."""
        await self.until(lambda status, reasons: status == 200)

    async def troubled(self, *reasons: str) -> None:
        """Wait until exactly these troubles are named, with status 503."""
        await self.until(lambda status, found: status == 503 and found == list(reasons))

    async def until(self, wanted: Any) -> None:
        """Wait until the readiness page is as wanted; fails with what it said instead."""
        found: tuple[int, dict[str, Any]] = (0, {})
        try:
            async with asyncio.timeout(START_SECONDS):
                while True:
                    found = await self.health()
                    if wanted(found[0], found[1].get("reasons")):
                        return
                    assert self.process.returncode is None, self.said
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"still {found}\n{self.said}") from None

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        """Ask it to end and return its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_SECONDS):
            return await self.process.wait()


async def start(
    settings: Mapping[str, str], folder: Path, *arguments: str, port: int, entry: str = "tests.unpaced"
) -> Bot:
    """Start `peersupport run` on a port, unpaced unless `entry` is "bot"; its words go to a file in the folder."""
    log = folder / f"bot-{next(_numbers)}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", entry, "run", *arguments,
            cwd=folder, env=surroundings({**settings, "PORT": str(port)}), stdout=output, stderr=output,
        )  # fmt: skip
    return Bot(process, port, log)


@asynccontextmanager
async def running(settings: Mapping[str, str], folder: Path, *arguments: str, port: int) -> AsyncIterator[Bot]:
    """Run the app until the block ends, whatever happens in it."""
    bot = await start(settings, folder, *arguments, port=port)
    try:
        yield bot
    finally:
        if bot.process.returncode is None:
            await bot.kill()


async def command(
    settings: Mapping[str, str], folder: Path, *arguments: str, entry: tuple[str, ...] = ("-m", "bot")
) -> tuple[int, str, str]:
    """Run one command to its end and return exit code, standard output and standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *entry, *arguments,
        cwd=folder, env=surroundings(settings), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(START_SECONDS):
            output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


def lines_of(said: str) -> list[dict[str, Any]]:
    """Return the lines of a log as objects."""
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]
