"""Repositories of what people share, where nothing is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from peersupport.addresses import Address


class Nothing:
    """What a rule may look for, and never finds."""

    async def of(self, who: Address) -> list[Any]:
        return []

    async def get(self, id: UUID, *, lock: bool = False) -> Any:
        return None

    async def all(self, programme: str) -> list[Any]:
        return []
