"""Starts and ends the servers: the floors, and the product with all it needs; each on the servers' core."""

from __future__ import annotations

import asyncio
import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.client import Connection
from bench.payloads import ADMINS, CHANNEL, LEAD, PROGRAMME, SIGNING_SECRET, TOKEN
from store.master import FileMasterKey

REPO = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
STOP_SECONDS = 20.0
_ON_PARENTS_DEATH = 1
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONHASHSEED")


class Failed(Exception):
    """Something did not start or did not answer as it should; the message says what."""


@dataclass
class Server:
    """One process that listens on a port."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.process.pid

    def stop(self) -> float:
        """Ask it to end, and return how many seconds that took."""
        begun = time.perf_counter()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(STOP_SECONDS)
        return time.perf_counter() - begun


def _end_with_us() -> None:
    """Ask Linux to end this process when the bench is killed, so that no floor goes on holding its core."""
    ctypes.CDLL(None).prctl(_ON_PARENTS_DEATH, signal.SIGKILL)


def free_port() -> int:
    """Return a port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(name: str, command: list[str], port: int, folder: Path, core: int, more: Mapping[str, str]) -> Server:
    """Start a process on its core, with nothing of our own surroundings but what it needs."""
    surroundings = {key: os.environ[key] for key in _KEPT if key in os.environ}
    log = folder / f"{name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env={**surroundings, "PYTHONPATH": str(REPO), **more},
            stdout=output,
            stderr=output,
            preexec_fn=_end_with_us,  # noqa: PLW1509 - the bench has no threads when it starts them
        )
    os.sched_setaffinity(process.pid, {core})
    return Server(name, port, process, log)


async def answers(server: Server, path: bytes, wanted: int) -> float:
    """Wait until an address gives the wanted status; returns when that was."""
    request = b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n\r\n"
    until = time.perf_counter() + START_SECONDS
    while time.perf_counter() < until:
        if server.process.poll() is not None:
            break
        try:
            line = await Connection.to(server.port)
            status, _ = await line.send(request)
            line.close()
            if status == wanted:
                return time.perf_counter()
        except (OSError, EOFError, ConnectionError):
            pass
        await asyncio.sleep(0.005)
    raise Failed(f"{server.name} did not come up:\n{server.log.read_text(errors='replace')[-2000:]}")


async def floor(kind: str, api_url: str, folder: Path, core: int) -> Server:
    """Start one of the floors."""
    port = free_port()
    server = launch(kind, ["-m", "bench.floors", kind, str(port), api_url], port, folder, core, {})
    await answers(server, b"/", 404)
    return server


@dataclass
class Installation:
    """The product's files and settings in a folder of their own, and its database."""

    name: str
    folder: Path
    database_url: str
    api_url: str
    core: int
    started: list[float] = field(default_factory=list)
    """How many seconds each start took until ready."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        FileMasterKey.create(self.folder / "master.key")
        (self.folder / "people.yml").write_text(_people())
        (self.folder / "keyring").mkdir()

    @property
    def keyring_url(self) -> str:
        """The keyring's address: always a file of its own."""
        return f"sqlite:///{self.folder}/keyring/keyring.db"

    def settings(self, port: int) -> dict[str, str]:
        """Return the environment of a product's process."""
        return {
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_MODE": "http",
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": self.api_url,
            "DATABASE_URL": self.database_url,
            "KEYRING_URL": self.keyring_url,
            "MASTER_KEY_FILE": str(self.folder / "master.key"),
            "PROGRAMMES_DIR": str(REPO / "programmes"),
            "PROGRAMMES": PROGRAMME,
            "PEOPLE_FILE": str(self.folder / "people.yml"),
            "PORT": str(port),
        }

    async def make(self) -> None:
        """Make the database and the keyring, as an installation does once, in a process of its own."""
        made = launch(f"{self.name}-migrate", ["-m", "bot", "migrate"], 0, self.folder, self.core, self.settings(0))
        if await asyncio.to_thread(made.process.wait, START_SECONDS):
            raise Failed(f"The database of {self.name} could not be made:\n{made.log.read_text(errors='replace')}")

    async def start(self, name: str = "", module: str = "bot") -> Server:
        """Start the product, and note how long it took until it was ready."""
        port, begun = free_port(), time.perf_counter()
        server = launch(name or self.name, ["-m", module, "run"], port, self.folder, self.core, self.settings(port))
        self.started.append(await answers(server, b"/readyz", 200) - begun)
        return server

    async def by_hand(self) -> Server:
        """Start the hand-written floor on this installation's tables."""
        port, name = free_port(), f"{self.name}-floor"
        command = ["-m", "bench.by_hand", str(port), self.api_url, self.database_url]
        server = launch(name, command, port, self.folder, self.core, self.settings(port))
        await answers(server, b"/", 404)
        return server

    def worker(self, name: str, module: str, core: int) -> Server:
        """Start a process that only delivers, on a core of its own."""
        return launch(name, ["-m", module, "worker"], 0, self.folder, core, self.settings(0))


def _people() -> str:
    example = (REPO / "programmes" / "people.example.yml").read_text("utf-8")
    words = {f"ADMIN-{place}": user for place, user in enumerate(ADMINS, 1)}
    words |= {"LEAD-1": LEAD, "PRIVACY-CONTACT": ADMINS[0], "PRIVATE-CHANNEL": CHANNEL}
    for placeholder, value in words.items():
        example = example.replace(f'"{placeholder}"', f'"{value}"')
    example = example.replace('email: "EMAIL"', 'email: "office@example.org"')
    return re.sub(r'phone: "PHONE"', 'phone: "604-555-0123"', example)
