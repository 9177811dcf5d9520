"""What is kept of colleagues among themselves, and protocols of where: who is listed, two who may talk, reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from peersupport.addresses import Address


@dataclass(frozen=True, slots=True)
class Listing:
    """The plain part of a listing: nobody is named in it."""

    id: UUID
    programme: str
    weekly_limit: int
    review_at: datetime
    """When it is asked next whether it stays."""
    paused: bool = False
    week_from: datetime | None = None
    week_count: int = 0
    """How often they were asked in the week that began then."""
    asked_at: datetime | None = None
    """When it was asked whether it stays, while no answer has come."""


@dataclass(frozen=True, slots=True, repr=False)
class Listed:
    """Who is listed, in their own words; sealed."""

    address: Address
    name: str
    reach: str
    """How to reach them: shown to nobody but who asked them and got a yes."""
    community: str = ""
    times: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Listed(...)"


class Meeting(StrEnum):
    """Where an introduction stands."""

    ASKED = "asked"
    DECLINED = "declined"
    """The one who was asked said "not now", and is not in it any more; the other hears of it only at its end."""
    YES = "yes"
    OVER = "over"
    """It ended without a yes: only the one who asked is in it, until they were told."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """The plain part of an introduction: nobody is named in it."""

    id: UUID
    programme: str
    state: Meeting
    made_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Side:
    """One of the two: a name of their own choosing, and how to reach them."""

    address: Address
    name: str = ""
    reach: str = ""

    def __repr__(self) -> str:
        return "Side(...)"


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """Who asked, and who was asked; sealed together."""

    asker: Side
    peer: Side | None
    """None once they said no, or it ended."""
    asked_for: str = ""
    """The name of the one who was asked, as the other saw it, while the question stands for them."""
    asked_of: UUID | None = None
    """The listing that was asked, for as long."""

    def __repr__(self) -> str:
        return "Pair(...)"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The plain part of a reminder to check in with somebody, who is not named anywhere."""

    id: UUID
    programme: str
    due_at: datetime
    again_at: datetime | None = None
    """When the second reminder comes, where one was wanted."""


class Listings(Protocol):
    """Who is glad to be asked, at most one listing a person and programme."""

    async def add(self, listing: Listing, listed: Listed) -> bool:
        """Store a new one; False where this person is listed already."""

    async def get(self, id: UUID, *, lock: bool = False) -> Listing | None:
        """Return one; ``lock`` holds the row until the transaction ends."""

    async def listed(self, id: UUID) -> Listed | None:
        """Unseal who is listed; None once erased."""

    async def find(self, programme: str, who: Address) -> Listing | None:
        """Return somebody's own in a programme."""

    async def of(self, who: Address) -> list[Listing]:
        """Return somebody's own in every programme."""

    async def all(self, programme: str) -> list[tuple[Listing, Listed]]:
        """Return every one of a programme that can still be read."""

    async def count(self, programme: str) -> int:
        """Return how many people are listed."""

    async def save(self, listing: Listing) -> None:
        """Write the plain part of one whose row is held."""

    async def reseal(self, id: UUID, listed: Listed) -> None:
        """Seal anew what somebody says of themselves; the address must be the same."""

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""


class Introductions(Protocol):
    """Two who may talk to each other; each is gone a day after it was made or answered."""

    async def add(self, introduction: Introduction, pair: Pair) -> None:
        """Store a new one."""

    async def get(self, id: UUID, *, lock: bool = False) -> Introduction | None:
        """Return one; ``lock`` holds the row until the transaction ends."""

    async def pair(self, id: UUID) -> Pair | None:
        """Unseal who the two are; None once it is gone."""

    async def of(self, who: Address) -> list[tuple[Introduction, Pair]]:
        """Return those that somebody is in, the earliest first."""

    async def save(self, introduction: Introduction, pair: Pair) -> None:
        """Write one whose row is held, sealed under a new data key, and destroy the old one."""

    async def drop(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""


class CheckIns(Protocol):
    """Reminders to check in with a colleague, whom nobody names."""

    async def add(self, check_in: CheckIn, who: Address) -> None:
        """Store a new one for whoever wants to be reminded."""

    async def get(self, id: UUID, *, lock: bool = False) -> CheckIn | None:
        """Return one; ``lock`` holds the row until the transaction ends."""

    async def who(self, id: UUID) -> Address | None:
        """Unseal who is to be reminded; None once erased."""

    async def of(self, who: Address) -> list[CheckIn]:
        """Return somebody's own, the earliest first."""

    async def save(self, check_in: CheckIn) -> None:
        """Write the plain part of one whose row is held."""

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
