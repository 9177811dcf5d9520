"""The towns of the soak: a workspace with Slack's own limits, and the app as one process or two on a database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.soak_meter import Memory, Weather, Wire
from bot.app import House
from bot.settings import load_settings
from peersupport.programme import Programme
from peersupport.requests import SupportRequest
from simulator.simulator import Simulator
from simulator.workspace import Person
from store import migrations
from store.keyring import Keyring
from store.master import FileMasterKey
from tests.faults import process
from tests.faults.relay import relay
from tests.ports import free_port
from tests.stories.town import PROGRAMME, ROOT, TEAM, MovedClock, Places, Town, settings_for

GRACE_SECONDS = 1.0
"""So long a busy machine may need to read that it is to wait."""


@dataclass(kw_only=True)
class SoakTown(Town):
    """A town whose app runs in processes of its own, at Slack's own pace."""

    name: str
    bots: list[process.Bot]
    wire: Wire
    weather: Weather
    memory: list[Memory]

    @property
    def programme(self) -> Programme:
        """The one programme."""
        return self.house._files.programmes[PROGRAMME]

    @property
    def now(self) -> datetime:
        """This instant."""
        return self.clock.now()

    def newcomer(self, key: str, *, french: bool = False) -> str:
        """Add a member to the workspace and return their handle."""
        words, locale = key.capitalize(), "fr-CA" if french else "en-US"
        id = f"U0{key.upper()}X"
        self.sim.workspace.people[id] = Person(key, id, key, words, words, team_id=TEAM, locale=locale)
        return key

    async def request_of(self, key: str) -> SupportRequest | None:
        """Return what the database holds of somebody's request."""
        async with self.house.store.work() as work:
            found = await work.requests.of(self.address(key), open_only=False)
        return found[0] if found else None

    async def request(self, reference: str) -> SupportRequest | None:
        """Return what the database holds under a reference, whoever asked."""
        async with self.house.store.work() as work:
            return await work.requests.by_reference(PROGRAMME, reference)


@asynccontextmanager
async def soak_town(
    name: str, urls: tuple[str, str], folder: Path, processes: int, seed: str
) -> AsyncIterator[SoakTown]:
    """Open a workspace that keeps Slack's limits, with the app on this database; both end with the block."""
    places = await _places(urls, folder)
    ports = [free_port() for _ in range(processes)]
    async with AsyncExitStack() as rooms:
        spread = await rooms.enter_async_context(relay(*ports))
        sim = await rooms.enter_async_context(
            await Simulator.start(
                manifest=ROOT / "manifest.yml", request_url=f"http://127.0.0.1:{spread.port}/slack/events"
            )
        )
        settings = settings_for(sim, places, ports[0], LOG_LEVEL="info")
        house = House(load_settings(settings, folder))
        rooms.push_async_callback(house.store.close)
        bots = []
        for port in ports:
            bot = await process.start(settings, folder, port=port, entry="bot")
            rooms.push_async_callback(_end, bot)
            await bot.ready()
            bots.append(bot)
        await house.store.ready()
        sim.rates.grace = GRACE_SECONDS
        weather = Weather(seed)
        memory = [Memory(f"process {number}", bot.process.pid) for number, bot in enumerate(bots, start=1)]
        yield SoakTown(
            sim, house, MovedClock(), places, settings,
            name=name, bots=bots, wire=Wire(sim), weather=weather, memory=memory,
        )  # fmt: skip


async def _end(bot: process.Bot) -> None:
    if bot.process.returncode is None:
        await bot.kill()


async def _places(urls: tuple[str, str], folder: Path) -> Places:
    """Make a database and its keyring."""
    master = folder / "master.key"
    FileMasterKey.create(master)
    await migrations.upgrade(urls[0])
    keyring = Keyring(urls[1], FileMasterKey(master), MovedClock())
    await keyring.create()
    await keyring.close()
    return Places(urls[0], urls[1], master, folder)
