"""Protocols of what is kept of readers, ideas for the column, interest, announcements and the list of services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from peersupport.addresses import Address


@dataclass(frozen=True, slots=True, repr=False)
class Reader:
    """Somebody who gets one private note a month; `what` says about what."""

    id: UUID
    programme: str
    what: str
    who: Address

    def __repr__(self) -> str:
        return "Reader(...)"


class Readers(Protocol):
    """Who gets a monthly note, each sealed under a data key of their own; nothing counts them."""

    async def add(self, reader: Reader) -> bool:
        """Store a new one; False where this person is one already."""

    async def get(self, id: UUID) -> Reader | None:
        """Return one."""

    async def all(self, programme: str, what: str) -> list[Reader]:
        """Return everybody whom a programme writes to about this, for the monthly job alone."""

    async def of(self, who: Address) -> list[tuple[str, str]]:
        """Return what somebody reads: the programme, and about what."""

    async def drop(self, programme: str, what: str, who: Address) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""


@dataclass(frozen=True, slots=True)
class Pitch:
    """The plain part of an idea for the column: nothing in it says whose it is."""

    id: UUID
    programme: str
    made_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Idea:
    """The sealed part: who offers to write, how they are reached, and about what."""

    who: Address
    name: str
    reach: str
    words: str

    def __repr__(self) -> str:
        return "Idea(...)"


class Pitches(Protocol):
    """Ideas for the column, each sealed under a data key of its own."""

    async def add(self, pitch: Pitch, idea: Idea) -> None:
        """Store a new one under a new data key."""

    async def get(self, id: UUID) -> Pitch | None:
        """Return one."""

    async def idea(self, id: UUID) -> Idea | None:
        """Unseal one; None once erased."""

    async def all(self, programme: str) -> list[Pitch]:
        """Return those that wait for an answer, the earliest first."""

    async def of(self, who: Address) -> list[Pitch]:
        """Return somebody's own, by keyed hash."""

    async def made_before(self, before: datetime) -> list[UUID]:
        """Return those of every programme that were made before."""

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""


class Interests(Protocol):
    """Who would come to what is only thought of: keyed hashes and nothing beside them."""

    async def has(self, item: UUID, who: Address) -> bool:
        """Say whether somebody said so."""

    async def add(self, programme: str, item: UUID, who: Address) -> None:
        """Keep that somebody said so. Safe to repeat: nobody counts twice."""

    async def drop(self, item: UUID, who: Address) -> None:
        """Take it back. Safe to repeat."""

    async def counts(self, programme: str) -> Mapping[UUID, int]:
        """Return how many said so, for each item."""

    async def of(self, who: Address) -> list[tuple[str, UUID]]:
        """Return what somebody said that they would come to: the programme and the item."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One message in one public channel. `about` is the front door, or a date of a series."""

    id: UUID
    programme: str
    about: str
    channel: str
    item: UUID | None = None
    """The series."""
    wall: str | None = None
    """The wall time by which its date is known, in ISO form."""
    state: str = "live"
    """live, or removed: to be taken down."""
    trouble: str = ""
    """Why it does not stand there, as a fixed word."""
    version: int = 1
    posted_at: datetime | None = None


class Announcements(Protocol):
    """What was made public, one row a channel."""

    async def add(self, announcement: Announcement) -> None:
        """Store a new one."""

    async def get(self, id: UUID, *, lock: bool = False) -> Announcement | None:
        """Return one; `lock` holds the row until the transaction ends."""

    async def all(self, programme: str) -> list[Announcement]:
        """Return a programme's, those too that are to be taken down."""

    async def save(self, announcement: Announcement) -> None:
        """Write what can change of one."""

    async def drop(self, id: UUID) -> None:
        """Drop one. Safe to repeat."""


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A line of the list of other services that administrators keep; all of it is public."""

    id: UUID
    programme: str
    place: int
    name: str | None = None
    """Its name in the library of the files; none where it was added here."""
    hidden: bool = False
    label_en: str = ""
    label_fr: str = ""
    contact_en: str = ""
    contact_fr: str = ""
    hours_en: str = ""
    hours_fr: str = ""
    url: str = ""
    version: int = 1


class ServiceEntries(Protocol):
    """The lists of other services, as far as they are kept in the app."""

    async def all(self, programme: str) -> list[ServiceEntry]:
        """Return a programme's, in order, hidden ones too; none where the file's list stands."""

    async def add(self, entry: ServiceEntry) -> None:
        """Store a new one."""

    async def save(self, entry: ServiceEntry) -> None:
        """Write all of one."""

    async def drop(self, id: UUID) -> None:
        """Drop one. Safe to repeat."""
