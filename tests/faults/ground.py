"""What tests with processes and hostile input stand on: databases to copy, and towns whose app runs elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from bot.app import House
from bot.settings import load_settings
from bot.zones import use_packaged_zones
from simulator.simulator import Simulator
from simulator.workspace import Person
from store import migrations
from store.keyring import Keyring
from store.master import FileMasterKey
from tests.faults.relay import Target, relay
from tests.ports import free_port
from tests.postgres import Server
from tests.stories.town import ROOT, TEAM, MovedClock, Places, Town, settings_for

_numbers = count()


async def prepare(url: str, keyring_url: str, master: Path) -> None:
    """Make a database with its keyring."""
    await migrations.upgrade(url)
    keyring = Keyring(keyring_url, FileMasterKey(master), MovedClock(), spares=1)
    await keyring.create()
    await keyring.close()


@dataclass(frozen=True)
class Ground:
    """Where new places come from; each call gives a migrated database with its keyring of its own."""

    master: Path
    sqlite: Path
    postgres: Server | None = None
    names: tuple[str, str] = ("", "")

    async def places(self, folder: Path) -> Places:
        """Return places in this folder, on PostgreSQL where there is one."""
        master = folder / "master.key"
        shutil.copy2(self.master, master)
        if self.postgres is None:
            for name in ("main.db", "keyring.db"):
                shutil.copy2(self.sqlite / name, folder / name)
            return Places(f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keyring.db", master, folder)
        number = next(_numbers)
        url = await self.postgres.create_database(f"ground_main_{number}", self.names[0])
        keyring_url = await self.postgres.create_database(f"ground_keys_{number}", self.names[1])
        return Places(url, keyring_url, master, folder)


@pytest_asyncio.fixture(scope="session")
async def sqlite_ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Give SQLite databases."""
    folder = tmp_path_factory.mktemp("ground")
    master = folder / "key"
    FileMasterKey.create(master)
    await prepare(f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keyring.db", master)
    return Ground(master, folder)


@pytest_asyncio.fixture(scope="session")
async def postgres_ground(postgres: Server, sqlite_ground: Ground) -> Ground:
    """Give PostgreSQL databases."""
    return await on_server(postgres, sqlite_ground)


async def on_server(server: Server, sqlite_ground: Ground) -> Ground:
    """Make templates on this server, under the same master key."""
    number = next(_numbers)
    names = (f"ground_template_{number}", f"ground_template_keys_{number}")
    urls = [await server.create_database(name) for name in names]
    await prepare(urls[0], urls[1], sqlite_ground.master)
    return Ground(sqlite_ground.master, sqlite_ground.sqlite, server, names)


@pytest.fixture(params=["sqlite", "postgresql"])
def ground(request: pytest.FixtureRequest) -> Ground:
    """Give databases of each kind in turn."""
    found: Ground = request.getfixturevalue("sqlite_ground" if request.param == "sqlite" else "postgres_ground")
    return found


@dataclass
class Outskirts(Town):
    """A town whose app runs elsewhere: `house` only gives the test its own look into the same database."""

    ports: Sequence[int] = ()

    def newcomers(self, number: int) -> list[str]:
        """Add so many members to the workspace and return their handles."""
        known = sum(key.startswith("member") for key in (each.key for each in self.sim.workspace.people.values()))
        keys = [f"member{known + each:02}" for each in range(number)]
        for key in keys:
            person_id = f"U0{key.upper()}X"
            words = key.capitalize()
            self.sim.workspace.people[person_id] = Person(key, person_id, key, words, words, team_id=TEAM)
        return keys


@asynccontextmanager
async def outskirts(places: Places, *, processes: int = 1, **more: str) -> AsyncIterator[Outskirts]:
    """Open a workspace that sends to as many ports in turn; whoever is to listen there is started by the test."""
    use_packaged_zones()
    ports = [free_port() for _ in range(processes)]
    async with (
        relay(*ports) as spread,
        await Simulator.start(
            manifest=ROOT / "manifest.yml", request_url=f"http://127.0.0.1:{spread.port}/slack/events", rate_scale=0
        ) as sim,
    ):
        sim.dispatcher.deadline = 10
        settings = settings_for(sim, places, ports[0], **more)
        house = House(load_settings(settings, places.folder))
        try:
            yield Outskirts(sim, house, MovedClock(), places, settings, ports=ports)
        finally:
            await house.store.close()


def server_behind(url: str) -> Target:
    """Return the socket or port of the server behind an address."""
    parts = urlsplit(url)
    folder = parse_qs(parts.query).get("host")
    return f"{folder[0]}/.s.PGSQL.5432" if folder else int(parts.port or 5432)
