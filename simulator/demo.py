"""`make demo`: the simulator and the app beside it, on this machine alone, until Ctrl-C.

The app runs as a process of its own, exactly as it would against Slack; nothing of it is imported here.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import yaml

from simulator import Simulator
from simulator.demo_deeds import BEFORE
from simulator.demo_files import write
from simulator.demo_guide import CHOICES, guides, lines
from simulator.demo_people import IMPACT, OUTSIDER, PARTNER, SUPPORTERS, VANCOUVER, roles, supporters

ROOT = Path(__file__).resolve().parent.parent
USUAL_PORT = 8200
PAGES_PORT = 8201
"""Where the pages for people outside Slack are, if it is free."""
START_SECONDS = 60.0
STOP_SECONDS = 12.0
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


class DemoFailed(Exception):
    """The demo cannot go on; the text says why in one sentence."""


class Demo:
    """One running demonstration in one folder."""

    def __init__(self, folder: Path, programmes: Sequence[str]) -> None:
        self.folder = folder
        self.programmes = programmes
        self.pages_port = free_port(PAGES_PORT)
        self.stopping = asyncio.Event()
        self.app: asyncio.subprocess.Process | None = None

    async def run(self, port: int) -> None:
        """Start everything, say where it is, and stop everything when told to."""
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, self.stopping.set)
        simulator = await self._simulator(port)
        try:
            await self._set_up(simulator)
            if not self.stopping.is_set():
                await self._start_app(simulator)
                await self._deeds(simulator)
                self._advise(simulator)
                await self._until_stopped()
        finally:
            await self._stop_app()
            await simulator.stop()

    async def _simulator(self, port: int) -> Simulator:
        manifest, state = ROOT / "manifest.yml", self.folder / "slack.json"
        if not _is_free(port):
            port = 0
        return await Simulator.start(manifest=_manifest(manifest), port=port, state=state)

    # What the app needs once

    async def _set_up(self, simulator: Simulator) -> None:
        """Write secrets, people and supporters; each step is made once and found again at the next start."""
        for name, value in simulator.credentials.items():
            _write_secret(self.folder / "secrets" / name, value)
        write(self.programmes, ROOT / "programmes", self.folder / "programmes", datetime.now(UTC))
        people = {each: roles(simulator.workspace, each) for each in self.programmes}
        (self.folder / "people.yml").write_text(yaml.safe_dump(people), "utf-8")
        if not (self.folder / "secrets" / "master.key").exists():
            await self._command("new-master-key", str(self.folder / "secrets" / "master.key"), simulator=simulator)
        missing = [each for each in self.programmes if not self._seeded(each).exists()]
        if missing and not self.stopping.is_set():
            await self._command("migrate", simulator=simulator)
        await asyncio.gather(*(self._seed(programme, simulator) for programme in missing))

    def _seeded(self, programme: str) -> Path:
        return self.folder / ("seeded" if programme == VANCOUVER else f"seeded-{programme}")

    async def _seed(self, programme: str, simulator: Simulator) -> None:
        """Put a programme's supporters into the register, and the partner's person who is not on Slack."""
        if programme in SUPPORTERS and not self.stopping.is_set():
            table = self.folder / f"supporters-{programme}.csv"
            table.write_text(supporters(simulator.workspace, programme), "utf-8")
            await self._command("import-supporters", str(table), "--programme", programme, simulator=simulator)
        if programme == IMPACT and not self.stopping.is_set():
            words = await self._command(
                "partner", "add-user", "--programme", IMPACT, "--partner", PARTNER, "--name", OUTSIDER,
                simulator=simulator,
            )  # fmt: skip
            _write_secret(
                self.folder / "secrets" / "authenticator", words.partition("by hand:")[2].split("\n")[0].strip()
            )
        if not self.stopping.is_set():
            self._seeded(programme).touch()

    async def _deeds(self, simulator: Simulator) -> None:
        """Let people do what a newcomer finds done, each on their own screen."""
        for programme in self.programmes:
            done, deed = self.folder / f"done-{programme}", BEFORE.get(programme)
            if deed is None or done.exists() or self.stopping.is_set():
                continue
            try:
                await deed(simulator)
            except AssertionError:
                raise DemoFailed(f"{programme} could not be set up; {self.folder / 'app.log'} may say why.") from None
            done.touch()

    async def _command(self, *arguments: str, simulator: Simulator) -> str:
        """Run one command of the app; returns what it said."""
        with self._log() as log:
            process = await self._spawn(simulator, log, *arguments, out=asyncio.subprocess.PIPE)
            stopped = asyncio.create_task(self.stopping.wait())
            ended = asyncio.create_task(process.communicate())
            await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if not ended.done():
                process.terminate()
            words, _ = await ended
            if process.returncode and not self.stopping.is_set():
                raise DemoFailed(f"The step {arguments[0]} failed; {log.name} says why.")
        return words.decode("utf-8", "replace")

    # The app's process

    async def _start_app(self, simulator: Simulator) -> None:
        with self._log() as log:
            self.app = await self._spawn(simulator, log, "run")
        ended = asyncio.create_task(self.app.wait())
        up = asyncio.create_task(simulator.connected(seconds=START_SECONDS))
        stopped = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({ended, up, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if self.stopping.is_set():
            up.cancel()
            return
        if not up.done() or up.exception() is not None:
            up.cancel()
            raise DemoFailed(f"The app did not start; {self.folder / 'app.log'} says why.")
        ended.cancel()

    async def _spawn(
        self, simulator: Simulator, log: IO[bytes], *arguments: str, out: int | None = None
    ) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=self.folder,
            env=self._environment(simulator),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log if out is None else out,
            stderr=log,
            # Ctrl-C reaches every process of a terminal's group; the app is stopped by us, in order.
            start_new_session=True,
        )

    def _environment(self, simulator: Simulator) -> dict[str, str]:
        """Return the app's whole environment: nothing of the person's own settings, and secrets by file only."""
        secrets, data = self.folder / "secrets", self.folder / "data"
        return {
            **{name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            "PYTHONPATH": str(ROOT),
            "SLACK_MODE": "socket",
            "SLACK_API_URL": simulator.api_url,
            "SLACK_BOT_TOKEN_FILE": str(secrets / "bot_token"),
            "SLACK_APP_TOKEN_FILE": str(secrets / "app_token"),
            "MASTER_KEY_FILE": str(secrets / "master.key"),
            "DATABASE_URL": f"sqlite:///{data / 'peersupport.db'}",
            "KEYRING_URL": f"sqlite:///{self.folder / 'keyring' / 'keyring.db'}",
            "PROGRAMMES_DIR": str(self.folder / "programmes"),
            "PROGRAMMES": ",".join(self.programmes),
            "PEOPLE_FILE": str(self.folder / "people.yml"),
            "PORT": str(self.pages_port),
            "PUBLIC_URL": self.pages_url,
        }

    def _log(self) -> IO[bytes]:
        return (self.folder / "app.log").open("ab")

    async def _until_stopped(self) -> None:
        assert self.app is not None
        ended = asyncio.create_task(self.app.wait())
        stopped = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if ended.done() and not self.stopping.is_set():
            raise DemoFailed(f"The app ended by itself; {self.folder / 'app.log'} says why.")
        ended.cancel()

    async def _stop_app(self) -> None:
        if self.app is None or self.app.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self.app.terminate()
        try:
            await asyncio.wait_for(self.app.wait(), STOP_SECONDS)
        except TimeoutError:
            self.app.kill()
            await self.app.wait()

    def _advise(self, simulator: Simulator) -> None:
        if self.stopping.is_set():
            return
        secret = self.folder / "secrets" / "authenticator"
        partner = (OUTSIDER, secret.read_text("ascii")) if secret.exists() else None
        simulator.guides = guides(simulator.workspace, self.programmes, self.pages_url, partner)
        simulator.workspace.has_guide = True
        simulator.workspace.touch()
        print(f"The demo is at {simulator.url}/", flush=True)
        for line in lines(self.programmes, self.pages_url):
            print(line, flush=True)

    @property
    def pages_url(self) -> str:
        """The address of the pages for people outside Slack."""
        return f"http://127.0.0.1:{self.pages_port}"


def _manifest(path: Path) -> Path:
    if not path.exists():
        path = ROOT / "bot" / "installed" / "manifest.yml"
    return path


def _write_secret(path: Path, value: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "w", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(value)


def free_port(wanted: int) -> int:
    """Return this port where it is free, else another one that is."""
    if _is_free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wanted_programmes(text: str) -> Sequence[str]:
    """Return the programmes that PROGRAMME names, all without it; raises DemoFailed where there is none of a name."""
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if not set(names) <= set(CHOICES):
        raise DemoFailed(f"PROGRAMME must be one of {', '.join(CHOICES)}, or several with commas between.")
    return [programme for name, programme in CHOICES.items() if name in names or not names]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _alone(folder: Path) -> IO[str]:
    """Hold the folder; raises DemoFailed where another demo has it."""
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise DemoFailed(f"Another demo runs in {folder}; stop it first, or set DEMO_DIR to another folder.") from None
    return lock


def wanted_port(text: str) -> int:
    """Return the port that PORT asks for; raises DemoFailed where it is none."""
    if not text:
        return USUAL_PORT
    if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535:
        return int(text)
    raise DemoFailed("PORT must be a number from 0 to 65535.")


def main() -> None:
    """Run the demo; RESET=1 starts afresh, PROGRAMME chooses what runs, PORT and DEMO_DIR choose another place."""
    try:
        port = wanted_port(os.environ.get("PORT", ""))
        programmes = wanted_programmes(os.environ.get("PROGRAMME", ""))
    except DemoFailed as failure:
        sys.exit(str(failure))
    folder = Path(os.environ.get("DEMO_DIR") or ROOT / ".demo").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with _alone(folder):
            if os.environ.get("RESET") == "1":
                _empty(folder)
            asyncio.run(Demo(folder, programmes).run(port))
    except DemoFailed as failure:
        sys.exit(str(failure))


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


if __name__ == "__main__":
    main()
