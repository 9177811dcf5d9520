"""What the play needs around it: fresh databases, a simulated workspace, and the app as a process of its own."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

import aiohttp
import asyncpg

from simulator.simulator import Simulator
from tests.faults.relay import Relay
from tests.play.clock import VARIABLE, FileClock
from tests.play.kills import Kills
from tests.ports import free_port
from tests.postgres import Server
from tests.stories.town import PROGRAMME, ROOT, STALL_SECONDS, people_file

START_SECONDS = 60.0
STOP_SECONDS = 15.0
PUBLIC = "https://support.example.org"
"""The address that the links of the pages begin with; what stands there is the app."""
QUIET_SECONDS = 0.5
# All that the app's process gets of the surroundings it was started in.
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


Role = tuple[str, int]
"""A command of the app and a number: the second bot is ("run", 1)."""


class StageFailed(Exception):
    """The play cannot begin or go on; the text says why in a sentence."""


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    code: int
    words: str


class App:
    """The app in one folder: commands, and the server as a process that may be watched and stopped."""

    def __init__(
        self, folder: Path, simulator: Simulator, clock: FileClock, urls: tuple[str, str], replicas: int = 1
    ) -> None:
        """With several replicas there are as many bots and as many workers, each a process of its own."""
        self.folder = folder
        self.clock = clock
        self.replicas = replicas
        self.kills: Kills | None = None
        self._running: dict[Role, asyncio.subprocess.Process] = {}
        self._started: list[asyncio.Future[asyncio.subprocess.Process]] = []
        self._ports = [free_port() for _ in range(replicas)]
        self._relay = Relay(self._ports)
        self._logs: list[Path] = []
        self._simulator = simulator
        (folder / "secrets").mkdir(mode=0o700)
        for name, value in simulator.credentials.items():
            (folder / "secrets" / name).write_text(value)
        self._settings = {
            "SLACK_MODE": "http",
            "SLACK_API_URL": simulator.api_url,
            "SLACK_BOT_TOKEN_FILE": str(folder / "secrets" / "bot_token"),
            "SLACK_SIGNING_SECRET_FILE": str(folder / "secrets" / "signing_secret"),
            "MASTER_KEY_FILE": str(folder / "secrets" / "master.key"),
            "DATABASE_URL": urls[0],
            "KEYRING_URL": urls[1],
            "PROGRAMMES_DIR": str(ROOT / "programmes"),
            "PROGRAMMES": PROGRAMME,
            "PUBLIC_URL": PUBLIC,
            "PEOPLE_FILE": str(people_file(folder, simulator)),
            "LOG_LEVEL": "debug",
            VARIABLE: str(clock.file),
        }

    @property
    def log(self) -> str:
        """What the server's processes have written so far, one after the other."""
        return "".join(log.read_text("utf-8", "replace") for log in self._logs)

    @property
    def died(self) -> bool:
        """Whether a process of the server has ended by itself."""
        return any(process.returncode is not None for process in self._running.values())

    @property
    def roles(self) -> tuple[Role, ...]:
        """What the processes of the server are: one that does both, or several of each."""
        if self.replicas == 1:
            return (("run", 0),)
        return tuple((what, number) for what in ("run", "worker") for number in range(self.replicas))

    async def command(self, *arguments: str) -> Ended:
        """Run one command of the app to its end."""
        process = await self._spawn(asyncio.subprocess.PIPE, *arguments)
        out, _ = await asyncio.wait_for(process.communicate(), START_SECONDS)
        return Ended(process.returncode or 0, out.decode("utf-8", "replace").strip())

    async def must(self, *arguments: str) -> None:
        """Run one command that cannot fail; raises StageFailed."""
        ended = await self.command(*arguments)
        if ended.code:
            raise StageFailed(f"The step {arguments[0]} failed: {ended.words}")

    async def start(self) -> None:
        """Start the server and wait until it is ready; raises StageFailed."""
        await self._relay.start()
        self._simulator.request_url = f"http://127.0.0.1:{self._relay.port}/slack/events"
        await asyncio.gather(*(self.begin(role) for role in self.roles))

    async def runs(self, programmes: str) -> int:
        """Stop, and start again with these programmes; returns how the processes ended."""
        code = await self.stop()
        self._settings["PROGRAMMES"] = programmes
        people_file(self.folder, self._simulator, programmes)
        await asyncio.gather(*(self.begin(role) for role in self.roles))
        return code or 0

    @property
    def programmes(self) -> tuple[str, ...]:
        """Which programmes run."""
        return tuple(self._settings["PROGRAMMES"].split(","))

    async def passes(self, **time: float) -> None:
        """Move time on, once nothing is on its way any more."""
        await self._simulator.settled(QUIET_SECONDS)
        self.clock.passes(**time)

    async def comes(self, moment: datetime) -> None:
        """Move time on to a moment, once nothing is on its way any more."""
        await self._simulator.settled(QUIET_SECONDS)
        self.clock.passes(seconds=(moment - self.clock.now()).total_seconds())

    @property
    def database(self) -> str:
        """The address of the app's database."""
        return self._settings["DATABASE_URL"]

    @property
    def port(self) -> int:
        """Where the app listens, whichever of its processes answers."""
        return self._relay.port

    async def begin(self, role: Role) -> None:
        """Start one process of the server and wait until it is ready; raises StageFailed."""
        what, number = role
        arguments = ["--no-worker"] if what == "run" and self.replicas > 1 else []
        path = self.folder / f"app-{len(self._logs)}.log"
        self._logs.append(path)
        with path.open("ab") as log:
            self._running[role] = await self._spawn(log.fileno(), what, *arguments, port=self._ports[number])
        limit = monotonic() + START_SECONDS
        async with aiohttp.ClientSession() as session:
            while not await self._ready(session, self._ports[number] if what == "run" else 0, path):
                if self.died or monotonic() > limit:
                    raise StageFailed(f"The app did not start:\n{self.log}")
                await asyncio.sleep(0.05)

    async def kill(self, role: Role) -> None:
        """End one process as a power cut would."""
        process = self._running.pop(role)
        process.kill()
        await process.wait()

    async def stop(self) -> int | None:
        """Ask every process to end; returns the server's exit code, or the worst of several."""
        if self.kills is not None:
            await self.kills.stop()
        for starting in self._started:
            process = await starting
            if process.returncode is None:
                process.terminate()
        for starting in self._started:
            process = await starting
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        codes = [process.returncode or 0 for process in self._running.values()]
        self._started.clear()
        self._running.clear()
        return max(codes, key=abs) if codes else None

    async def close(self) -> None:
        """End everything."""
        await self.stop()
        await self._relay.stop()

    async def _ready(self, session: aiohttp.ClientSession, port: int, log: Path) -> bool:
        if not port:  # A worker listens nowhere.
            return _says_started(log)
        try:
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def _spawn(self, out: int, *arguments: str, port: int = 0) -> asyncio.subprocess.Process:
        surroundings = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.unpaced",
                *arguments,
                cwd=self.folder,
                env={**surroundings, "PYTHONPATH": str(ROOT), **self._settings, "PORT": str(port or 3000)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=asyncio.subprocess.STDOUT,
                # Ctrl-C reaches a whole process group; the server is stopped by us, in order.
                start_new_session=True,
            )
        )
        # Kept whole, so that what was starting when we were told to stop is stopped too.
        self._started.append(starting)
        return await asyncio.shield(starting)


def _says_started(log: Path) -> bool:
    return '"app.started"' in log.read_text("utf-8", "replace")


@asynccontextmanager
async def databases(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """Give the addresses of an empty database and an empty keyring.

    Without DATABASE_URL: files in the folder. With one of PostgreSQL: two databases of the play's own on that server,
    dropped in the end. With KEYRING_URL as well, or a SQLite file: just those, which must be empty.
    """
    given, keyring = os.environ.get("DATABASE_URL", ""), os.environ.get("KEYRING_URL", "")
    if given.startswith("postgres") and not keyring:
        base = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+asyncpg://", given)
        async with Server(base, prefix=f"play_{secrets.token_hex(4)}_") as server:
            try:
                urls = await server.create_database("main"), await server.create_database("keyring")
            except (asyncpg.PostgresError, OSError) as error:
                kind = type(error).__name__
                raise StageFailed(f"No database can be made beside the one in DATABASE_URL ({kind}).") from None
            yield urls
    else:
        yield given or f"sqlite:///{folder}/main/peersupport.db", keyring or f"sqlite:///{folder}/keyring/keyring.db"


@asynccontextmanager
async def staged(folder: Path, replicas: int = 1) -> AsyncIterator[tuple[Simulator, App]]:
    """Give a simulated workspace and an app that belongs to it, migrated and not yet started; ends both."""
    clock = FileClock.on_a_tuesday(folder / "moved")
    async with (
        databases(folder) as urls,
        await Simulator.start(manifest=ROOT / "manifest.yml", rate_scale=0, clock=clock.time) as simulator,
    ):
        app = App(folder, simulator, clock, urls, replicas)
        simulator.dispatcher.deadline = simulator.workspace.trigger_seconds = 1.2 * STALL_SECONDS
        try:
            await app.must("new-master-key", str(folder / "secrets" / "master.key"))
            await app.must("migrate")
            yield simulator, app
        finally:
            await app.close()
