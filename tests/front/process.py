"""The app as a process of its own beside a simulated workspace, in a folder that a test may spoil."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
import pytest
import yaml

from bot.app import House
from bot.refusals import StartRefused
from bot.settings import Settings, load_settings
from simulator import Simulator
from store.master import FileMasterKey
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PROGRAMME = "vancouver-peer-support"
PEOPLE = {
    "admins": ["U0FARAHME1", "U0GWENSOR1"],
    "backup_admins": ["U0HUGOCED1"],
    "safety_leads": [{"id": "U0NORASTO1", "phone": "604-555-0100"}],
    "privacy_contact": "U0GWENSOR1",
    "admin_channel": "C0PSADMIN1",
    "office": {"phone": "604-555-0101", "email": "office@example.org"},
}


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class Install:
    """An installation in a folder: its settings, and commands to run with them."""

    folder: Path
    settings: dict[str, str]
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    @classmethod
    def make(cls, folder: Path, slack: Simulator | None = None, *, mode: str = "socket") -> Install:
        """Write secrets and people, as docs/running.md has a volunteer do it."""
        secrets = (
            slack.credentials if slack else {"bot_token": "xoxb-1", "app_token": "xapp-1", "signing_secret": "0" * 32}
        )
        (folder / "secrets").mkdir(mode=0o700)
        for name, value in secrets.items():
            (folder / "secrets" / name).write_text(value)
        FileMasterKey.create(folder / "secrets" / "master.key")
        (folder / "people.yml").write_text(yaml.safe_dump({PROGRAMME: PEOPLE}))
        port = free_port()
        if slack is not None and mode == "http":
            slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        return cls(
            folder,
            {
                "SLACK_MODE": mode,
                "SLACK_API_URL": slack.api_url if slack else f"http://127.0.0.1:{free_port()}/api/",
                "SLACK_BOT_TOKEN_FILE": str(folder / "secrets" / "bot_token"),
                "SLACK_APP_TOKEN_FILE": str(folder / "secrets" / "app_token"),
                "SLACK_SIGNING_SECRET_FILE": str(folder / "secrets" / "signing_secret"),
                "MASTER_KEY_FILE": str(folder / "secrets" / "master.key"),
                "DATABASE_URL": f"sqlite:///{folder}/data/peersupport.db",
                "KEYRING_URL": f"sqlite:///{folder}/keyring/keyring.db",
                "PROGRAMMES_DIR": str(ROOT / "programmes"),
                "PROGRAMMES": PROGRAMME,
                "PEOPLE_FILE": str(folder / "people.yml"),
                "PORT": str(port),
            },
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings['PORT']}"

    async def start(self, *arguments: str, **changes: str) -> asyncio.subprocess.Process:
        """Start a command; an empty value takes a setting away."""
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self.settings, **changes}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=self.folder,
            env={name: value for name, value in environment.items() if value},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self.processes.append(process)
        return process

    async def command(self, *arguments: str, **changes: str) -> Ended:
        """Run a command to its end."""
        return await ended(await self.start(*arguments, **changes))

    def read_settings(self, **changes: str) -> Settings:
        """Read the settings as the process would; an empty value takes one away."""
        environment = {name: value for name, value in {**self.settings, **changes}.items() if value}
        return load_settings(environment, self.folder)

    @asynccontextmanager
    async def up(self, *, serve: bool = True, work: bool = True, **changes: str) -> AsyncIterator[House]:
        """Run the app in this process, without a second of starting; ends it at the end of the block."""
        stop = asyncio.Event()
        house = House(self.read_settings(**changes), serve=serve, work=work)
        running = asyncio.create_task(house.run(stop=stop))
        try:
            yield house
        finally:
            stop.set()
            await asyncio.wait_for(running, 15)

    async def refused(self, **changes: str) -> str:
        """Start in this process and return the sentences with which it refuses."""
        with pytest.raises(StartRefused) as refusal:
            async with asyncio.timeout(20):
                await House(self.read_settings(**changes)).run(stop=asyncio.Event())
        return "\n".join(refusal.value.sentences)

    async def until(self, status: int, *reasons: str, seconds: float = 20.0) -> list[str]:
        """Wait until /readyz answers so and return its reasons; raises AssertionError."""
        limit = monotonic() + seconds
        seen: Any = None
        async with aiohttp.ClientSession() as session:
            while monotonic() < limit:
                try:
                    async with session.get(self.url + "/readyz") as answer:
                        seen = answer.status, json.loads(await answer.text())["reasons"]
                except aiohttp.ClientError:
                    seen = None
                if seen is not None and seen[0] == status and set(reasons) <= set(seen[1]):
                    return list(seen[1])
                await asyncio.sleep(0.05)
        raise AssertionError(f"/readyz did not come to {status} {reasons}; it says {seen}")

    async def stop(self) -> None:
        for process in self.processes:
            if process.returncode is None:
                process.kill()
                await process.communicate()


async def ended(process: asyncio.subprocess.Process) -> Ended:
    out, err = await asyncio.wait_for(process.communicate(), 40)
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def installed(
    folder: Path, *, mode: str = "socket", workspace: Mapping[str, Any] | None = None
) -> AsyncIterator[tuple[Simulator, Install]]:
    """A simulated workspace and an installation that belongs to it, until the block ends."""
    async with await Simulator.start(manifest=ROOT / "manifest.yml", rate_scale=0) as slack:
        install = Install.make(folder, slack, mode=mode)
        try:
            yield slack, install
        finally:
            await install.stop()
