"""Lists, terms and themes in memory, for rules that only ask whether somebody has any: nobody has."""

from __future__ import annotations

from uuid import UUID

from peersupport.addresses import Address
from peersupport.theme import Accepted, Listed, Theme, ThemeWords


class NoList:
    """Nobody is on a list."""

    async def add(self, id: UUID, programme: str, listed: Listed) -> bool:
        return False

    async def has(self, programme: str, who: Address) -> bool:
        return False

    async def of(self, who: Address) -> list[tuple[UUID, str]]:
        return []

    async def all(self, programme: str) -> list[tuple[UUID, Listed]]:
        return []

    async def erase(self, id: UUID) -> None:
        return None


class NoTerms:
    """Nobody accepted any."""

    async def add(self, id: UUID, programme: str, version: str, who: Address) -> bool:
        return False

    async def of(self, who: Address) -> list[Accepted]:
        return []

    async def erase(self, id: UUID) -> None:
        return None


class NoThemes:
    """Nobody sent any."""

    async def add(self, theme: Theme, words: ThemeWords) -> bool:
        return False

    async def of(self, who: Address) -> list[Theme]:
        return []

    async def words(self, id: UUID) -> ThemeWords | None:
        return None

    async def of_date(self, date: UUID) -> list[tuple[Theme, ThemeWords]]:
        return []

    async def dates(self, programme: str) -> list[UUID]:
        return []

    async def erase(self, id: UUID) -> None:
        return None
