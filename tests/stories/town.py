"""A whole small town for stories: the simulated workspace, the app in it, its database, and a clock to move."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import House
from bot.settings import load_settings
from bot.zones import use_packaged_zones
from handlers import directory, middleware, pace, screens
from peersupport import digest
from peersupport.addresses import Address
from peersupport.supporters import Profile, Supporter
from simulator.people import Actor
from simulator.simulator import Simulator
from store.queue import LEASE, Queue
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PROGRAMME = "vancouver-peer-support"
ZONE, TUESDAY = "America/Vancouver", 1
PHONE = "604-555-0142"
EMAIL = "someone@clinic.example"
TEAM = "T0HARBOUR1"
ADMINS, BACKUP, LEAD = ("farah", "gwen"), "hugo", "nora"
FACILITATOR = "tess"
CHANNEL = "#peer-support-admin"


@dataclass(frozen=True)
class Places:
    """Where one story's data lives."""

    url: str
    keyring_url: str
    master: Path
    folder: Path


class MovedClock:
    """Tells real time, moved forward by as much as the story says."""

    def __init__(self) -> None:
        self._moved = timedelta(0)

    @classmethod
    def on_a_tuesday(cls) -> MovedClock:
        """Begin at ten of the next Tuesday: whether it is night now, or a weekend, changes no story."""
        clock = cls()
        clock.move_to(hour=10)
        clock.move(days=(TUESDAY - clock.now().astimezone(ZoneInfo(ZONE)).weekday()) % 7)
        return clock

    def now(self) -> datetime:
        """Return the moved instant."""
        return datetime.now(UTC) + self._moved

    def move(self, **time: float) -> None:
        """Move time forward."""
        self._moved += timedelta(**time)

    def move_to(self, hour: int, zone: str = ZONE) -> None:
        """Move time forward to the next time that it is this hour somewhere, whatever the time of the test is."""
        now = self.now()
        local = now.astimezone(ZoneInfo(zone))
        then = local.replace(hour=hour, minute=0, second=0, microsecond=0)
        self._moved += then - local if then > local else then + timedelta(days=1) - local


@dataclass
class Town:
    """The workspace and the app in it."""

    sim: Simulator
    house: House
    clock: MovedClock
    places: Places
    settings: dict[str, str]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    running: asyncio.Task[None] | None = None

    async def starts(self) -> None:
        """Start the app, and wait until it is ready."""
        self.running = asyncio.create_task(self.house.run(migrate=True, stop=self.stop))
        await _until_ready(self.house, self.running)

    async def stops(self) -> None:
        """End the app as an operator does."""
        self.stop.set()
        if self.running is not None:
            await self.running

    async def restarts(self, **changes: str) -> None:
        """End the app and start it again with other settings."""
        await self.stops()
        self.settings.update(changes)
        self.stop = asyncio.Event()
        self.house = House(load_settings(self.settings, self.places.folder), clock=self.clock)
        await self.starts()

    def person(self, key: str) -> Actor:
        """Return somebody of the workspace, with verbs and the patience that a busy machine asks for."""
        found = self.sim.person(key)
        found.patience = 20.0
        return found

    def address(self, key: str) -> Address:
        """Return somebody's address as the app knows it."""
        return Address(TEAM, self.sim.workspace.person(key).id)

    async def register(self, *keys: str, **changes: Any) -> None:
        """Put people into the register as trained supporters who take everything."""
        async with self.house.store.work() as work:
            for key in keys:
                person = self.sim.workspace.person(key)
                supporter = Supporter(
                    self.house.ids.new(), PROGRAMME, 1, date(2026, 3, 1), date(2026, 3, 2), changes.get("limit", 2)
                )
                profile = Profile(
                    Address(TEAM, person.id),
                    person.real_name,
                    languages=changes.get("languages", ("en", "fr")),
                    modalities=changes.get("modalities", ("phone", "zoom", "in_person")),
                    department=changes.get("department", ""),
                )
                assert await work.supporters.add(supporter, profile)

    async def at_rest(self) -> None:
        """Wait until nothing is on its way and the worker has nothing left to carry within the next minute.

        Where a row waits longer than a few seconds for its next try, time moves on to it.
        """
        loop = asyncio.get_running_loop()
        patience = loop.time() + 3.0
        async with asyncio.timeout(100):
            while True:
                await self.sim.settled(seconds=60)
                waiting, now = (await self.house.store.queue.backlog()).oldest, self.clock.now()
                if waiting is None or waiting > now + timedelta(minutes=1):
                    return
                if loop.time() > patience:
                    # What is overdue and not carried is leased to a delivery that could not be settled.
                    ahead = max((waiting - now).total_seconds(), 0.0)
                    await self.passes(seconds=ahead or LEASE.total_seconds())
                    patience = loop.time() + 3.0

    async def passes(self, **time: float) -> None:
        """Move time on between two things that the worker does: what it settles belongs to the time before."""
        async with asyncio.timeout(30):
            while self.house._worker is not None and self.house._worker._carrying:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
        self.clock.move(**time)
        self.house.store.queue.stir()

    def said(self) -> str:
        """Return everything that the app ever sent to a message method, for searches."""
        return "\n".join(
            json.dumps([entry.request, entry.response], ensure_ascii=False, default=str)
            for method in ("chat.postMessage", "chat.update", "chat.postEphemeral")
            for entry in self.sim.calls(method)
        )

    # Short ways through what other stories show in full

    async def asks(self, key: str, **fields: Any) -> str:
        """Let somebody send the request form; returns the reference."""
        who = self.person(key)
        await who.types("/peersupport")
        await who.presses(action_id="ask")
        await fill_form(who, **fields)
        await who.submits()
        return reference_on(who.screen("modal"))

    async def claims(self, key: str, reference: str) -> None:
        """Let an administrator claim a request from its card."""
        who = self.person(key)
        await who.sees(reference, where=CHANNEL)
        await who.presses(action_id="claim", near=reference, where=CHANNEL)
        await who.sees("Find a supporter", where=CHANNEL)

    async def offers(self, key: str, reference: str, *names: str) -> None:
        """Let an administrator offer a request to supporters, by name, in order."""
        who = self.person(key)
        await who.presses(action_id="find", near=reference, where=CHANNEL)
        for place, name in zip(("first", "second", "third"), names, strict=False):
            await who.chooses(place, name)
        await who.submits()
        await who.closes(everything=True)

    async def accepts(self, key: str, reference: str) -> None:
        """Let a supporter accept the newest offer from their message."""
        who = self.person(key)
        await who.sees("There is something for you in the app.", where="messages")
        await press_newest(who)
        await who.sees(reference)
        await who.presses(action_id="accept")
        await who.sees("It is with you now.")

    async def matched(self, asker: str = "ava", supporter: str = "iris", **fields: Any) -> str:
        """Go from the form to a supporter who has accepted; returns the reference."""
        await self.register(supporter)
        reference = await self.asks(asker, **fields)
        await self.person(asker).closes(everything=True)
        await self.claims("farah", reference)
        await self.offers("farah", reference, self.sim.workspace.person(supporter).real_name)
        await self.accepts(supporter, reference)
        return reference


async def fill_form(who: Actor, **fields: Any) -> None:
    """Fill the three required fields of the request form, or what is given instead."""
    await who.chooses("role", fields.get("role", "Physician in active practice in Vancouver"))
    await who.chooses("modalities", fields.get("modality", ["By phone"]))
    await who.fills("reach", fields.get("contact", PHONE))
    for name in ("choices", "reasons", "times", "avoid_people"):
        if name in fields:
            await who.chooses(name, fields[name])


async def opens_identity(who: Actor, reason: str = "To find a supporter") -> None:
    """Press the sheet's button for name and contact, and say why."""
    await who.presses(action_id="show_identity")
    await who.chooses("opening_why", reason)
    await who.submits()


def reference_on(screen: str) -> str:
    """Return the reference that a screen shows."""
    found = re.search(r"\b[A-Z][0-9]-[0-9A-Z]{4}\b", screen)
    assert found, screen
    return found.group(0)


async def press_newest(who: Actor) -> None:
    """Press the button of the newest message in the app's Messages tab that still has one."""
    await who.presses("Open", where="messages")


def people_file(folder: Path, sim: Simulator, programmes: str = PROGRAMME) -> Path:
    """Write who looks after these programmes in this workspace."""
    ids = {key: sim.workspace.person(key).id for key in (*ADMINS, BACKUP, LEAD, FACILITATOR)}
    channel = next(each.id for each in sim.workspace.channels.values() if each.name == CHANNEL[1:])
    people = {
        "admins": [ids[key] for key in ADMINS],
        "backup_admins": [ids[BACKUP]],
        "safety_leads": [{"id": ids[LEAD], "phone": "604-555-0100"}],
        "facilitators": [ids[FACILITATOR]],
        "privacy_contact": ids[LEAD],
        "admin_channel": channel,
        "office": {"phone": "604-555-0101", "email": "office@programme.example"},
    }
    path = folder / "people.yml"
    path.write_text(json.dumps(dict.fromkeys(programmes.split(","), people)))
    return path


def settings_for(sim: Simulator, places: Places, port: int, **more: str) -> dict[str, str]:
    """Return the environment of an app in this workspace."""
    credentials = sim.credentials
    return {
        "SLACK_BOT_TOKEN": credentials["bot_token"],
        "SLACK_SIGNING_SECRET": credentials["signing_secret"],
        "SLACK_MODE": "http",
        "SLACK_API_URL": sim.api_url,
        "DATABASE_URL": places.url,
        "KEYRING_URL": places.keyring_url,
        "MASTER_KEY_FILE": str(places.master),
        "PEOPLE_FILE": str(people_file(places.folder, sim, more.get("PROGRAMMES", PROGRAMME))),
        "PROGRAMMES": PROGRAMME,
        "PORT": str(port),
        "LOG_LEVEL": "debug",
    } | more


@asynccontextmanager
async def open_town(
    places: Places,
    *,
    paced: bool = False,
    mornings: bool = False,
    work: bool = True,
    leases_end: bool = False,
    **more: str,
) -> AsyncIterator[Town]:
    """Start everything and, at the end, stop it; `paced` posts as slowly as Slack wants it, without `work` nothing is.

    Without `mornings` no digest is sent, so that a story that moves its clock is the same on every day of the week.
    Without `leases_end` a worker is never taken for lost, however far the clock jumps while it carries something.
    """
    use_packaged_zones()
    port = free_port()
    clock = MovedClock.on_a_tuesday()
    with pytest.MonkeyPatch.context() as patch:
        for module in (middleware, screens, directory):
            patch.setattr(module, "DEADLINE" if module is middleware else "PATIENCE", STALL_SECONDS)
        if not paced:
            for name, value in UNPACED.items():
                patch.setattr(pace, name, value)
        if not leases_end:
            patch.setattr("store.store.Queue", partial(Queue, lease=FOREVER))
        if not mornings:
            patch.setattr(digest, "is_morning", lambda *_: False)
        async with _open(places, port, clock, more, work=work) as town:
            yield town


FOREVER = timedelta(days=36_500)
UNPACED = {"CHANNEL_SECONDS": 0.0, "EDITS_A_MINUTE": 10_000, "HOMES_A_MINUTE": 10_000}
"""A story need not wait for a second between two messages: the pace has tests of its own."""
STALL_SECONDS = 15.0
"""How long a busy machine may stand still without changing a story: the real limits have tests of their own."""


@asynccontextmanager
async def _open(
    places: Places, port: int, clock: MovedClock, more: dict[str, str], *, work: bool = True
) -> AsyncIterator[Town]:
    async with await Simulator.start(
        manifest=ROOT / "manifest.yml",
        request_url=f"http://127.0.0.1:{port}/slack/events",
        rate_scale=0,
        clock=lambda: clock.now().timestamp(),
    ) as sim:
        sim.dispatcher.deadline = sim.workspace.trigger_seconds = 1.2 * STALL_SECONDS
        settings = settings_for(sim, places, port, **more)
        house = House(load_settings(settings, places.folder), work=work, clock=clock)
        town = Town(sim, house, clock, places, settings)
        try:
            await town.starts()
            yield town
        finally:
            # What is still on its way to the app would be waited for by its server, for seconds.
            with suppress(TimeoutError):
                await sim.settled(0.01, 2.0)
            await town.stops()


async def _until_ready(house: House, running: asyncio.Task[None]) -> None:
    async with asyncio.timeout(20):
        while not house.ready:
            if running.done():
                await running
            await asyncio.sleep(0.02)
