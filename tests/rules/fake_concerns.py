"""Safety concerns in the store in memory."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from peersupport.concerns import Concern
from tests.rules.fake_tables import Tables


class _Unit(Protocol):
    tables: Tables


class Concerns:
    def __init__(self, unit: _Unit) -> None:
        self._unit = unit

    def _all(self) -> list[Concern]:
        return list(self._unit.tables.concerns.values())

    async def add(self, concern: Concern) -> bool:
        if await self.open_of(concern.request_id) is not None:
            return False
        self._unit.tables.concerns[concern.id] = concern
        return True

    async def get(self, id: UUID) -> Concern | None:
        return self._unit.tables.concerns.get(id)

    async def open_of(self, request: UUID) -> Concern | None:
        return next((each for each in self._all() if each.request_id == request and each.is_open), None)

    async def of_request(self, request: UUID) -> list[Concern]:
        return [each for each in self._all() if each.request_id == request]

    async def of_supporter(self, supporter: UUID) -> list[Concern]:
        return [each for each in self._all() if each.supporter_id == supporter]

    async def open_in(self, programme: str) -> list[Concern]:
        return [each for each in self._all() if each.programme == programme and each.is_open]

    async def save(self, concern: Concern) -> None:
        self._unit.tables.concerns[concern.id] = concern
