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
from contextlib import suppress
from pathlib import Path
from typing import IO

import yaml

from simulator import Simulator
from simulator.demo_people import roles, supporters

ROOT = Path(__file__).resolve().parent.parent
PROGRAMME = "vancouver-peer-support"
USUAL_PORT = 8200
START_SECONDS = 60.0
STOP_SECONDS = 12.0
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


class DemoFailed(Exception):
    """The demo cannot go on; the text says why in one sentence."""


class Demo:
    """One running demonstration in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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
        (self.folder / "people.yml").write_text(yaml.safe_dump({PROGRAMME: roles(simulator.workspace)}), "utf-8")
        if not (self.folder / "secrets" / "master.key").exists():
            await self._command("new-master-key", str(self.folder / "secrets" / "master.key"), simulator=simulator)
        seeded = self.folder / "seeded"
        if seeded.exists() or self.stopping.is_set():
            return
        table = self.folder / "supporters.csv"
        table.write_text(supporters(simulator.workspace), "utf-8")
        await self._command("migrate", simulator=simulator)
        await self._command("import-supporters", str(table), "--programme", PROGRAMME, simulator=simulator)
        seeded.touch()

    async def _command(self, *arguments: str, simulator: Simulator) -> None:
        with self._log() as log:
            process = await self._spawn(simulator, log, *arguments)
            stopped = asyncio.create_task(self.stopping.wait())
            ended = asyncio.create_task(process.wait())
            await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if not ended.done():
                process.terminate()
            if await ended and not self.stopping.is_set():
                raise DemoFailed(f"The step {arguments[0]} failed; {log.name} says why.")

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

    async def _spawn(self, simulator: Simulator, log: IO[bytes], *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=self.folder,
            env=self._environment(simulator),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
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
            "PROGRAMMES_DIR": str(ROOT / "programmes"),
            "PROGRAMMES": PROGRAMME,
            "PEOPLE_FILE": str(self.folder / "people.yml"),
            "PORT": "0",
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
        print(f"The demo is at {simulator.url}/", flush=True)
        print("1. Act as Ava Larkspur: type /peersupport in #general and ask for support.", flush=True)
        print(
            "2. Act as Farah Meadowrue: claim it in #peer-support-admin, find a supporter, send the offer.", flush=True
        )
        print("3. Act as that supporter: open the message and accept. Ctrl-C stops; RESET=1 starts afresh.", flush=True)


def _manifest(path: Path) -> Path:
    if not path.exists():
        path = ROOT / "bot" / "installed" / "manifest.yml"
    return path


def _write_secret(path: Path, value: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "w", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(value)


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
    """Run the demo; RESET=1 starts afresh, PORT and DEMO_DIR choose another place."""
    try:
        port = wanted_port(os.environ.get("PORT", ""))
    except DemoFailed as failure:
        sys.exit(str(failure))
    folder = Path(os.environ.get("DEMO_DIR") or ROOT / ".demo").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with _alone(folder):
            if os.environ.get("RESET") == "1":
                _empty(folder)
            asyncio.run(Demo(folder).run(port))
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
