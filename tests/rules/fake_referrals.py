"""Referrals and refusals in the store in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from peersupport.addresses import Address
from peersupport.referral import Colleague, Passed, Referral, Scope, Silence
from tests.rules.fake_tables import Tables


class _Unit(Protocol):
    tables: Tables


class Referrals:
    def __init__(self, unit: _Unit) -> None:
        self._unit = unit

    async def add(self, referral: Referral, colleague: Colleague | None, referrer: Address) -> bool:
        now = self._unit.tables
        taken = {each.reference for each in now.referrals.values()}
        asked = colleague and any(
            each.programme == referral.programme for each in await self.open_of(colleague.address)
        )
        if referral.reference in taken or asked:
            return False
        now.referrals[referral.id], now.referrers[referral.id] = referral, referrer
        now.counted[referral.id] = referrer
        if colleague is not None:
            now.colleagues[referral.id] = colleague
        return True

    async def get(self, id: UUID, *, lock: bool = False) -> Referral | None:
        return self._unit.tables.referrals.get(id)

    async def colleague(self, id: UUID) -> Colleague | None:
        return self._unit.tables.colleagues.get(id)

    async def referrer(self, id: UUID) -> Address | None:
        return self._unit.tables.referrers.get(id)

    async def is_colleague(self, id: UUID, who: Address) -> bool:
        found = self._unit.tables.colleagues.get(id)
        return found is not None and found.address == who

    async def is_referrer(self, id: UUID, who: Address) -> bool:
        return self._unit.tables.counted.get(id) == who

    async def open_of(self, who: Address) -> list[Referral]:
        now = self._unit.tables
        found = [now.referrals[id] for id, each in now.colleagues.items() if each.address == who]
        return sorted((each for each in found if each.is_open), key=lambda each: each.created_at, reverse=True)

    async def passed_on(self, referrer: Address) -> list[Passed]:
        now = self._unit.tables
        found = [now.referrals[id] for id, who in now.referrers.items() if who == referrer]
        found.sort(key=lambda each: each.created_at, reverse=True)
        return [Passed(each.id, each.programme, each.created_at) for each in found]

    async def hold(self, referrer: Address) -> None:
        """One unit at a time."""

    async def count_since(self, referrer: Address, since: datetime) -> int:
        now = self._unit.tables
        return sum(now.referrals[id].created_at >= since for id, who in now.counted.items() if who == referrer)

    async def in_programme(
        self, programme: str, *, open_only: bool = True, limit: int = 100, after: UUID | None = None
    ) -> list[Referral]:
        found = [each for each in self._unit.tables.referrals.values() if each.programme == programme]
        found = [each for each in found if each.is_open or not open_only]
        found.sort(key=lambda each: (each.created_at, each.id))
        if after is not None:
            last = self._unit.tables.referrals[after]
            found = [each for each in found if (each.created_at, each.id) > (last.created_at, last.id)]
        return found[:limit]

    async def concerning(self, programme: str, who: Address) -> frozenset[UUID]:
        found = await self.in_programme(programme, limit=1000)
        mine = [
            each.id for each in found if await self.is_colleague(each.id, who) or await self.is_referrer(each.id, who)
        ]
        return frozenset(mine)

    async def save(self, referral: Referral) -> bool:
        stored = self._unit.tables.referrals.get(referral.id)
        if stored is None or stored.version != referral.version:
            return False
        self._unit.tables.referrals[referral.id] = replace(referral, version=referral.version + 1)
        return True

    async def erase(self, id: UUID) -> None:
        self._unit.tables.colleagues.pop(id, None)

    async def forget_referrer(self, id: UUID) -> None:
        self._unit.tables.referrers.pop(id, None)

    async def drop_count(self, id: UUID) -> None:
        if id not in self._unit.tables.referrers:
            self._unit.tables.counted.pop(id, None)


class Silences:
    def __init__(self, unit: _Unit) -> None:
        self._unit = unit

    async def keep(
        self, programme: str, scope: Scope, who: Address, *, from_who: Address | None = None, now: datetime
    ) -> None:
        self._unit.tables.silences.setdefault((programme, scope, who, from_who), now)

    async def has(self, programme: str, scope: Scope, who: Address, *, from_who: Address | None = None) -> bool:
        kept = self._unit.tables.silences
        if from_who is not None:
            return (programme, scope, who, from_who) in kept
        return any(key[:3] == (programme, scope, who) for key in kept)

    async def of(self, who: Address) -> list[Silence]:
        kept = self._unit.tables.silences.items()
        found = [Silence(of, scope, since) for (of, scope, whose, _), since in kept if whose == who]
        return sorted((each for each in found if each.scope is not Scope.DISTRUST), key=lambda each: each.since)

    async def lift(self, programme: str, scope: Scope, who: Address) -> None:
        kept = self._unit.tables.silences
        self._unit.tables.silences = {key: since for key, since in kept.items() if key[:3] != (programme, scope, who)}
