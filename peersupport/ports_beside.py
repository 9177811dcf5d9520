"""Protocols of what is kept beside requests and people: receipts, preferences, totals and published reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from peersupport.concerns import Concern
from peersupport.people import Address


class Receipts(Protocol):
    """Which submissions and presses were carried out already."""

    async def find(self, key: str) -> tuple[bool, UUID | None]:
        """Say whether the key was used, and what record came of it."""

    async def keep(self, key: str, result: UUID | None = None) -> bool:
        """Keep the key with its result; False where it was kept already (also by a transaction that just won)."""


class Preferences(Protocol):
    """What a person chose for the app itself, by keyed hash."""

    async def language(self, who: Address) -> str | None:
        """Return the chosen language, or None."""

    async def choose_language(self, who: Address, language: str) -> None:
        """Remember a language."""

    async def discreet(self, who: Address) -> bool:
        """Say whether their Home shows nothing of theirs until they press a button."""

    async def choose_discreet(self, who: Address, *, discreet: bool) -> None:
        """Remember that choice."""

    async def cover(self, who: Address) -> tuple[bool, bool]:
        """Say whether their Home is discreet, and whether they hid what it shows until they open it again."""

    async def hide(self, who: Address, *, hidden: bool) -> None:
        """Remember that they hid it, or that they opened it again."""

    async def forget(self, who: Address) -> None:
        """Drop everything that this person chose."""


@dataclass(frozen=True, slots=True, repr=False)
class CoverChoice:
    """Somebody's own word on the monthly note: on, or off although they would get it otherwise."""

    id: UUID
    who: Address
    wanted: bool

    def __repr__(self) -> str:
        return "CoverChoice(...)"


class CoverChoices(Protocol):
    """Who switched the monthly note on or off for themselves; each is sealed under a data key of its own."""

    async def wanted(self, who: Address) -> bool | None:
        """Return a person's own word, or None."""

    async def get(self, id: UUID) -> CoverChoice | None:
        """Return one."""

    async def all(self) -> list[CoverChoice]:
        """Return every one that can still be read."""

    async def choose(self, who: Address, *, wanted: bool) -> None:
        """Keep a person's word, in place of the one before."""

    async def forget(self, who: Address) -> None:
        """Destroy the data key of what a person chose, then drop it, with where the notes stand. Safe to repeat."""


class Concerns(Protocol):
    """Safety concerns, at most one open of a request."""

    async def add(self, concern: Concern) -> bool:
        """Store a new one; False where the request has an open one."""

    async def get(self, id: UUID) -> Concern | None:
        """Return one."""

    async def open_of(self, request: UUID) -> Concern | None:
        """Return the open one of a request."""

    async def of_request(self, request: UUID) -> list[Concern]:
        """Return every one of a request, the earliest first."""

    async def of_supporter(self, supporter: UUID) -> list[Concern]:
        """Return every one that a supporter raised, the earliest first."""

    async def open_in(self, programme: str) -> list[Concern]:
        """Return the open ones of a programme, the earliest first."""

    async def save(self, concern: Concern) -> None:
        """Write what became of one whose request's row is held."""


class Tallies(Protocol):
    """Counts that name nobody."""

    async def add(self, programme: str, what: str, now: datetime) -> None:
        """Add one to a count of this month."""

    async def read(self, programme: str) -> dict[tuple[str, str], int]:
        """Return every count by month (YYYY-MM) and name."""


class Reports(Protocol):
    """What was published of each period, and what a period that is over is counted from."""

    async def first(self, programme: str) -> datetime | None:
        """Return when the programme's first request came in."""

    async def counted(self, programme: str, since: datetime, until: datetime) -> dict[str, int]:
        """Return what happened from `since` until before `until`, by the report's name for it; tallies come on top."""

    async def waits(self, programme: str, since: datetime, until: datetime) -> list[timedelta]:
        """Return how long each request waited whose first contact was from `since` until before `until`."""

    async def published(self, programme: str) -> dict[str, dict[str, str]]:
        """Return what was published, by period and line."""

    async def publish(self, programme: str, period: str, shown: Mapping[str, str]) -> None:
        """Keep what a period's report says; what was published before stands."""


@dataclass(frozen=True, slots=True)
class PutOff:
    """A request that administrators put off, as long as its version stays as it was."""

    request: UUID
    programme: str
    version: int
    until: datetime


class PutOffs(Protocol):
    """Which requests administrators put off, and until when."""

    async def keep(self, put_off: PutOff, now: datetime) -> None:
        """Remember it in place of what was kept for this request, and drop what is over."""

    async def of(self, programme: str) -> list[PutOff]:
        """Return what is kept of a programme."""

    async def forget(self, request: UUID) -> None:
        """Drop what is kept of a request, which is closed."""


class Paces(Protocol):
    """When places may be written to next, as all processes know it. Every call raises StoreUnavailable."""

    async def take(self, place: str, whole: str, seconds: float) -> float:
        """Take a place for so long at most; return how long to wait where it or the whole is not free, else 0."""

    async def free(self, place: str, seconds: float) -> None:
        """Let a place that was taken be free in so many seconds."""

    async def hold(self, place: str, seconds: float) -> None:
        """Leave a place alone for so long at least, because Slack asked for it."""

    async def wait(self, place: str) -> float:
        """Return for how many seconds a place is to be left alone."""
