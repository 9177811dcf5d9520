"""What a unit of work has of meetings with a list, terms and themes."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from peersupport.addresses import Address
from peersupport.theme import Accepted, Listed, Theme, ThemeWords


class ListMembers(Protocol):
    """Who is on a programme's list; who they are is sealed."""

    async def add(self, id: UUID, programme: str, listed: Listed) -> bool:
        """Put somebody on the list; False where they are on it already."""

    async def has(self, programme: str, who: Address) -> bool:
        """Say whether somebody is on a programme's list."""

    async def of(self, who: Address) -> list[tuple[UUID, str]]:
        """Return somebody's own rows, each with its programme."""

    async def all(self, programme: str) -> list[tuple[UUID, Listed]]:
        """Return a programme's whole list."""

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""


class TermsAccepted(Protocol):
    """Which version of a programme's terms somebody said yes to last."""

    async def add(self, id: UUID, programme: str, version: str, who: Address) -> bool:
        """Keep a yes; False where one of this person is kept for the programme."""

    async def of(self, who: Address) -> list[Accepted]:
        """Return somebody's own."""

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""


class Themes(Protocol):
    """Themes of coming dates, one a person and date; the words and who wrote them are sealed."""

    async def add(self, theme: Theme, words: ThemeWords) -> bool:
        """Store a new one; False where this person has one for the date."""

    async def of(self, who: Address) -> list[Theme]:
        """Return somebody's own, of every date."""

    async def words(self, id: UUID) -> ThemeWords | None:
        """Unseal one; None once erased."""

    async def of_date(self, date: UUID) -> list[tuple[Theme, ThemeWords]]:
        """Return those of one date, in an order that tells nothing of when they came."""

    async def dates(self, programme: str) -> list[UUID]:
        """Return the dates of a programme for which there are any."""

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""


class DepartmentLines(Protocol):
    """Lines handed to a department; nothing is kept of who wrote one."""

    async def add(self, id: UUID, programme: str, line: str, expires: datetime) -> None:
        """Store a new one under a new data key."""

    async def all(self, programme: str) -> list[tuple[UUID, str]]:
        """Return a programme's lines, in an order that tells nothing of when they came."""

    async def past(self, programme: str, now: datetime) -> list[UUID]:
        """Return those whose time is over."""

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
