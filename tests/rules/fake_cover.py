"""Choices about the monthly note in the store in memory."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID, uuid4

from peersupport.addresses import Address
from peersupport.ports_beside import CoverChoice
from tests.rules.fake_tables import Tables


class _Unit(Protocol):
    tables: Tables


class CoverChoices:
    def __init__(self, unit: _Unit) -> None:
        self._unit = unit

    async def wanted(self, who: Address) -> bool | None:
        held = self._unit.tables.cover.get(who)
        return held.wanted if held else None

    async def get(self, id: UUID) -> CoverChoice | None:
        return next((each for each in self._unit.tables.cover.values() if each.id == id), None)

    async def all(self) -> list[CoverChoice]:
        return list(self._unit.tables.cover.values())

    async def choose(self, who: Address, *, wanted: bool) -> None:
        held = self._unit.tables.cover.get(who)
        self._unit.tables.cover[who] = CoverChoice(held.id if held else uuid4(), who, wanted)

    async def forget(self, who: Address) -> None:
        self._unit.tables.cover.pop(who, None)
