"""What is put off in the store in memory."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from peersupport.ports_beside import PutOff
from tests.rules.fake_tables import Tables


class _Unit(Protocol):
    tables: Tables


class PutOffs:
    def __init__(self, unit: _Unit) -> None:
        self._unit = unit

    async def keep(self, put_off: PutOff, now: datetime) -> None:
        kept = self._unit.tables.put_off | {put_off.request: put_off}
        self._unit.tables.put_off = {id: each for id, each in kept.items() if each.until > now}

    async def of(self, programme: str) -> list[PutOff]:
        return [each for each in self._unit.tables.put_off.values() if each.programme == programme]

    async def forget(self, request: UUID) -> None:
        self._unit.tables.put_off = {id: each for id, each in self._unit.tables.put_off.items() if id != request}
