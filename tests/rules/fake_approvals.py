"""Deeds for two in the store in memory."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from peersupport.exceptional import Approval
from tests.rules.fake_tables import Tables


class _Unit(Protocol):
    tables: Tables


class Approvals:
    def __init__(self, unit: _Unit) -> None:
        self._unit = unit

    @property
    def _now(self) -> Tables:
        return self._unit.tables

    async def add(self, approval: Approval) -> None:
        self._now.approvals[approval.id] = approval

    async def get(self, id: UUID, *, lock: bool = False) -> Approval | None:
        return self._now.approvals.get(id)

    async def live(self, programme: str, now: datetime) -> list[Approval]:
        return [
            each
            for each in self._now.approvals.values()
            if each.programme == programme and not each.used_at and not each.ended_at and each.expires_at > now
        ]

    async def save(self, approval: Approval) -> None:
        self._now.approvals[approval.id] = approval
