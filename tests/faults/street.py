"""A town whose app can be ended at any message, and started again at once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from bot.app import House
from bot.settings import load_settings
from bot.zones import use_packaged_zones
from peersupport.requests import SupportRequest
from simulator.people import Actor
from simulator.simulator import Simulator
from tests.faults.ground import Ground, Outskirts, server_behind
from tests.faults.nursery import Nursery, nursery
from tests.faults.process import Bot
from tests.faults.wires import Fuse, HttpWire, PostgresWire, listening
from tests.ports import free_port
from tests.stories.town import ROOT, settings_for

LEASE_SECONDS = 40
"""After so long what a dead worker held is free again; the clock is moved, nobody waits."""
REST_SECONDS = 60.0


class Counts(Protocol):
    """What counts the messages of one side."""

    @property
    def seen(self) -> int:
        """How many so far."""

    @property
    def blown(self) -> bool:
        """Whether the app was ended since it was armed."""

    def arm(self, left: int) -> None:
        """End the app at so many from now; never, where that is 0."""


@dataclass
class Story:
    """One person's request, from asking to its end."""

    number: int
    key: str
    reference: str = ""


@dataclass
class Street(Outskirts):
    """A town whose app can be ended at any message."""

    nursery: Nursery = field(kw_only=True)
    counts: Counts = field(kw_only=True)
    bot: Bot | None = None

    async def starts(self) -> None:
        """Start the app, once what a dead worker held is free again."""
        self.nursery.board.move(seconds=LEASE_SECONDS)
        self.bot = await self.nursery.start(self.settings, self.places.folder, port=self.ports[0])
        await self.bot.ready()

    @property
    def alive(self) -> Bot:
        """The app that runs, or ran last."""
        assert self.bot is not None
        return self.bot

    def newcomer(self, number: int) -> Story:
        """Add a member to the workspace, who will ask."""
        return Story(number, *self.newcomers(1))

    async def request(self, story: Story) -> SupportRequest | None:
        """Return what the database says of somebody's request."""
        async with self.house.store.work() as work:
            found = await work.requests.of(self.address(story.key), open_only=False)
        if found:
            story.reference = found[0].reference
        return found[0] if found else None

    async def rests(self) -> None:
        """Wait until nothing is on its way and nothing is due."""
        async with asyncio.timeout(REST_SECONDS):
            while True:
                await self.sim.settled(0.03, REST_SECONDS)
                backlog = await self.house.store.queue.backlog()
                assert backlog.parked == 0, self.alive.said
                if backlog.oldest is None or (backlog.oldest - self.clock.now()).total_seconds() > 5:
                    return

    async def tidy(self, story: Story) -> None:
        """Let everybody close what stands open."""
        for key in (story.key, "farah", "iris"):
            desk = self.sim.workspace.desk(self.sim.workspace.person(key).id)
            desk.modals.clear()
            desk.notices.clear()

    def patient(self, key: str) -> Actor:
        """Return somebody who waits as long as a busy machine needs."""
        found = self.sim.person(key)
        found.patience = 30.0
        return found


@asynccontextmanager
async def street_on(side: str, ground: Ground, folder: Path) -> AsyncIterator[Street]:
    """Open a town with the counting wires of one side, and an app in it."""
    use_packaged_zones()
    places = await ground.places(folder)
    port = free_port()
    streets: list[Street] = []
    fuse = Fuse(lambda: os.kill(streets[0].alive.process.pid, signal.SIGKILL))
    async with (
        nursery(folder, counts_statements=side == "sqlite") as cradle,
        await Simulator.start(
            manifest=ROOT / "manifest.yml", rate_scale=0, clock=lambda: cradle.board.now().timestamp()
        ) as sim,
    ):
        sim.dispatcher.deadline = sim.workspace.trigger_seconds = 20
        settings = settings_for(sim, places, port, METRICS_PORT="0")
        there = f"http://127.0.0.1:{port}"
        wires: list[HttpWire | PostgresWire] = []
        if side == "slack":
            wires = [
                HttpWire(sim.url, fuse, brings_last_answer=False),
                HttpWire(there, fuse, brings_last_answer=True),
            ]
        if side == "postgresql":
            wires = [PostgresWire(server_behind(places.url), fuse)]
        async with listening(*wires):
            sim.request_url = f"{there}/slack/events"
            if side == "slack":
                settings["SLACK_API_URL"] = f"http://127.0.0.1:{wires[0].port}/api/"
                sim.request_url = f"http://127.0.0.1:{wires[1].port}/slack/events"
            if side == "postgresql":
                settings["DATABASE_URL"] = _through(places.url, wires[0].port)
                settings["KEYRING_URL"] = _through(places.keyring_url, wires[0].port)
            house = House(load_settings(settings_for(sim, places, port), folder), clock=cradle.board)
            counts: Counts = cradle.board if side == "sqlite" else fuse
            street = Street(sim, house, cradle.board, places, settings, ports=[port], nursery=cradle, counts=counts)  # type: ignore[arg-type]
            streets.append(street)
            try:
                await street.starts()
                await house.store.ready()
                await street.register("iris", limit=99)
                await street.rests()
                yield street
            finally:
                await house.store.close()
                if street.bot is not None:
                    await street.bot.kill()


def _through(url: str, port: int) -> str:
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    return urlunsplit((parts.scheme, f"{user}@127.0.0.1:{port}", parts.path, "", ""))
