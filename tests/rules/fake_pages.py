"""Readers, offers to write and announcements in memory: there are none; workflows with some use the real SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from peersupport.addresses import Address
from peersupport.ports_pages import Announcement, Idea, Pitch, Reader


class NoReaders:
    """Nobody gets a monthly note."""

    async def add(self, reader: Reader) -> bool:
        raise AssertionError("kept in real databases only")

    async def get(self, id: UUID) -> Reader | None:
        return None

    async def all(self, programme: str, what: str) -> list[Reader]:
        return []

    async def of(self, who: Address) -> list[tuple[str, str]]:
        return []

    async def drop(self, programme: str, what: str, who: Address) -> None:
        return None


class NoPitches:
    """Nobody offered to write."""

    async def add(self, pitch: Pitch, idea: Idea) -> None:
        raise AssertionError("kept in real databases only")

    async def get(self, id: UUID) -> Pitch | None:
        return None

    async def idea(self, id: UUID) -> Idea | None:
        return None

    async def all(self, programme: str) -> list[Pitch]:
        return []

    async def of(self, who: Address) -> list[Pitch]:
        return []

    async def made_before(self, before: datetime) -> list[UUID]:
        return []

    async def erase(self, id: UUID) -> None:
        return None


class NoInterests:
    """Nobody said that they would come."""

    async def has(self, item: UUID, who: Address) -> bool:
        return False

    async def add(self, programme: str, item: UUID, who: Address) -> None:
        raise AssertionError("kept in real databases only")

    async def drop(self, item: UUID, who: Address) -> None:
        return None

    async def counts(self, programme: str) -> Mapping[UUID, int]:
        return {}

    async def of(self, who: Address) -> list[tuple[str, UUID]]:
        return []


class NoAnnouncements:
    """Nothing was made public."""

    async def add(self, announcement: Announcement) -> None:
        raise AssertionError("kept in real databases only")

    async def get(self, id: UUID, *, lock: bool = False) -> Announcement | None:
        return None

    async def all(self, programme: str) -> list[Announcement]:
        return []

    async def save(self, announcement: Announcement) -> None:
        raise AssertionError("kept in real databases only")

    async def drop(self, id: UUID) -> None:
        return None
