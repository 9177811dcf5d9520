"""A journey on which every step is first tried while something is broken, then once more when it is mended."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from handlers import ids
from peersupport.ports import StoreUnavailable
from peersupport.requests import State, SupportRequest
from simulator.people import Actor
from store.links import SqliteLink
from tests.faults.ground import Ground
from tests.stories.town import CHANNEL, Town, open_town, opens_identity, reference_on
from tests.threats import canaries
from tests.threats.everything import accepts, fill_canary

WORDS = " ".join(canaries.CANARIES.values())
BRIEF, LONG = 0.3, 20.0

Break = Callable[[Town], contextlib.AbstractContextManager[None]]


# What Slack does wrong


def slack(kind: str, **options: Any) -> Break:
    """Return a fault of every call to Slack."""

    @contextmanager
    def broken(town: Town) -> Iterator[None]:
        town.sim.faults.add(method="*", kind=kind, count=10_000, **options)  # type: ignore[arg-type]
        try:
            yield
        finally:
            town.sim.faults.clear()

    return broken


SLACK: dict[str, Break] = {
    "429": slack("ratelimited", retry_after=1),
    "500": slack("status", status=500),
    "503": slack("status", status=503),
    "a page": slack("html"),
    "nothing": slack("empty"),
    "half an answer": slack("truncated"),
    "reset": slack("reset"),
    "silence": slack("timeout", seconds=0.4),
    "cut after it was done": slack("dropped"),
    "late": slack("slow", seconds=0.4),
    "our own words": slack("error", error=WORDS),
    "invalid_arguments": slack("error", error="invalid_arguments"),
    "ekm_access_denied": slack("error", error="ekm_access_denied"),
}


# What the databases do wrong


def database(code: int, *, keyring: bool, writes_only: bool = False) -> Break:
    """Return a fault of one of the two databases, whose text repeats everything that somebody said."""

    @contextmanager
    def broken(town: Town) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patiently, run, write = SqliteLink._patiently, SqliteLink.run, SqliteLink._write

            def check(link: SqliteLink, *, change: bool) -> None:
                file = link._connection.execute("PRAGMA database_list").fetchone()[2]
                if file.endswith("keyring.db") == keyring and (change or not writes_only):
                    error = sqlite3.OperationalError(WORDS)
                    error.sqlite_errorcode = code
                    raise error

            async def broken_read(link: SqliteLink, deed: Callable[[], Any]) -> Any:
                check(link, change=False)
                return await patiently(link, deed)

            async def broken_run(link: SqliteLink, sql: str, values: Any) -> int:
                check(link, change=True)
                return await run(link, sql, values)

            async def broken_write(link: SqliteLink) -> None:
                check(link, change=True)
                await write(link)

            patch.setattr(SqliteLink, "_patiently", broken_read)
            patch.setattr(SqliteLink, "run", broken_run)
            patch.setattr(SqliteLink, "_write", broken_write)
            yield

    return broken


DATABASE: dict[str, Break] = {
    "database away": database(14, keyring=False),
    "database read-only": database(8, keyring=False, writes_only=True),
    "disk full": database(13, keyring=False, writes_only=True),
    "database damaged": database(11, keyring=False),
    "input or output": database(10, keyring=False),
    "a rule broken": database(19, keyring=False, writes_only=True),
    "an unknown error": database(1, keyring=False),
    "keyring away": database(14, keyring=True),
    "keyring damaged": database(26, keyring=True),
}


# The journey


@dataclass
class Rough:
    """A town that is about to have a hard day, and how long everybody there waits for what they want to see."""

    town: Town
    patience: float = LONG
    reference: str = ""

    def __post_init__(self) -> None:
        patient = self.town.sim.person

        def person(key: str) -> Actor:
            found = patient(key)
            found.patience = self.patience
            return found

        self.town.person = person  # type: ignore[method-assign]

    async def request(self) -> SupportRequest | None:
        """Return what has become of the canary's request."""
        async with self.town.house.store.work() as work:
            found = await work.requests.of(self.town.address("canary"), open_only=False)
        return found[0] if found else None

    async def mended(self) -> None:
        """Let the app find that all is well again, and the time for another try has come."""
        self.town.clock.move(minutes=3)
        self.town.house.store.queue.stir()
        for key in ("canary", "farah", "iris"):
            who = self.town.person(key)
            if who.modal is not None:
                await who.closes(everything=True)


async def asks(rough: Rough) -> None:
    """Ask, with everything that may never be seen outside."""
    canary = rough.town.person("canary")
    await canary.types("/peersupport")
    await canary.presses(action_id=ids.ASK)
    await fill_canary(canary)
    await canary.submits()
    reference_on(canary.screen("modal"))


async def changes(rough: Rough) -> None:
    """Look at the request and send it once more."""
    canary = rough.town.person("canary")
    await canary.opens_home()
    await canary.presses(action_id=ids.CHANGE, where="home")
    await canary.submits()


async def claims(rough: Rough) -> None:
    """Claim from the card."""
    await rough.town.claims("farah", rough.reference)


async def opens(rough: Rough) -> None:
    """Open name and contact."""
    farah = rough.town.person("farah")
    await farah.presses(action_id=ids.OPEN_SHEET, near=rough.reference, where=CHANNEL)
    await opens_identity(farah)
    await farah.sees(canaries.NAME, canaries.PHONE)


async def offers(rough: Rough) -> None:
    """Ask a supporter."""
    await rough.town.offers("farah", rough.reference, "Iris Wintergreen")


async def says_yes(rough: Rough) -> None:
    """Accept."""
    await accepts(rough.town.person("iris"), rough.reference)


async def agrees(rough: Rough) -> None:
    """Let the supporter see the name."""
    canary = rough.town.person("canary")
    await canary.opens_home()
    await canary.presses(action_id=ids.AGREE_NAME, where="home")


async def reaches(rough: Rough) -> None:
    """Open name and contact as a supporter, and say that contact is made."""
    iris = rough.town.person("iris")
    await iris.opens_home()
    await iris.presses(action_id=ids.OPEN_MATCH, where="home")
    await iris.presses(action_id=ids.SHOW_CONTACT)
    await iris.sees(canaries.NAME, canaries.PHONE)
    await iris.closes()
    await iris.presses(action_id=ids.REACHED)


async def withdraws(rough: Rough) -> None:
    """Withdraw in two taps."""
    canary = rough.town.person("canary")
    await canary.opens_home()
    await canary.presses(action_id=ids.WITHDRAW, where="home", confirm="accept")


Done = Callable[[SupportRequest | None], bool]
STEPS: tuple[tuple[Callable[[Rough], Awaitable[None]], Done], ...] = (
    (asks, lambda request: request is not None),
    (changes, lambda request: False),
    (claims, lambda request: request is not None and request.claimed_by is not None),
    (opens, lambda request: False),
    (offers, lambda request: request is not None and request.state is State.OFFERED),
    (says_yes, lambda request: request is not None and request.state is State.ACCEPTED),
    (agrees, lambda request: request is not None and request.name_agreed_at is not None),
    (reaches, lambda request: request is not None and request.contacted_at is not None),
    # What is withdrawn is erased within a minute, and then is nobody's.
    (withdraws, lambda request: request is None or request.state is State.CLOSED),
)


async def goes_through(rough: Rough, breaks: list[Break]) -> int:
    """Take each step under its fault, and then as it should be; returns how many failed at first."""
    failed = 0
    for (step, done), broken in zip(STEPS, breaks, strict=True):
        with broken(rough.town):
            rough.patience = BRIEF
            try:
                await step(rough)
            except (AssertionError, StoreUnavailable):
                failed += 1
            await rough.town.sim.settled(0.05)
        await rough.mended()
        await _until_done(rough, step, done)
        request = await rough.request()
        assert request is not None or step is withdraws
        rough.reference = request.reference if request else ""
    return failed


async def _until_done(rough: Rough, step: Callable[[Rough], Awaitable[None]], done: Done) -> None:
    """Take the step as often as the app needs to find that all is well again."""
    for patience in (2.0, 2.0, 5.0, LONG):
        rough.patience = patience
        if done(await rough.request()):
            return
        try:
            await step(rough)
        except AssertionError:
            if patience == LONG:
                raise
        else:
            return
        finally:
            await rough.mended()


@asynccontextmanager
async def rough_town(ground: Ground, folder: Any, **settings: Any) -> AsyncIterator[Rough]:
    """Open a town with the canary and a supporter in it."""
    async with open_town(await ground.places(folder), leases_end=True, **settings) as town:
        canaries.settle(town.sim.workspace)
        await town.register("iris")
        yield Rough(town)
