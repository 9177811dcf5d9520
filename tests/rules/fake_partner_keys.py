"""The keys of partners' systems in the store in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from peersupport.partner_keys import HOUR, QUOTA, PartnerKey
from tests.rules.fake_tables import Tables


class _Unit(Protocol):
    tables: Tables


class PartnerKeys:
    def __init__(self, unit: _Unit) -> None:
        self._unit = unit

    async def add(self, key: PartnerKey, secret: bytes) -> None:
        self._unit.tables.partner_keys[key.id] = key, secret

    async def secret(self, id: UUID) -> tuple[PartnerKey, bytes] | None:
        found = self._unit.tables.partner_keys.get(id)
        return found if found and found[0].ended_at is None else None

    async def all(self, programme: str) -> list[PartnerKey]:
        return [key for key, _ in self._unit.tables.partner_keys.values() if key.programme == programme]

    async def take(self, id: UUID, now: datetime, quota: int = QUOTA) -> PartnerKey | None:
        key, _ = self._unit.tables.partner_keys.get(id, (None, b""))
        if key is None or key.ended_at is not None:
            return None
        since, count = self._unit.tables.partner_hours.get(id, (now, 0))
        if since <= now - HOUR:
            since, count = now, 0
        if count >= quota:
            return None
        self._unit.tables.partner_hours[id] = since, count + 1
        return key

    async def end(self, id: UUID, now: datetime) -> PartnerKey | None:
        key, _ = self._unit.tables.partner_keys.get(id, (None, b""))
        if key is None or key.ended_at is not None:
            return None
        self._unit.tables.partner_keys[id] = replace(key, ended_at=now), b""
        return key
