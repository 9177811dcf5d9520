"""The register of supporters in the store in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from peersupport.people import Address
from peersupport.requests import MATCHED
from peersupport.supporters import Outline, Profile, Supporter, outline_of
from tests.rules.fake_tables import Tables


class _Unit(Protocol):
    tables: Tables


class Supporters:
    def __init__(self, unit: _Unit) -> None:
        self._unit = unit

    @property
    def _now(self) -> Tables:
        return self._unit.tables

    def _counted(self, entry: tuple[Supporter, Profile]) -> tuple[Supporter, Profile]:
        held = self._now.requests.values()
        load = sum(each.supporter == entry[0].id and each.state in MATCHED for each in held)
        return replace(entry[0], load=load), entry[1]

    async def add(self, supporter: Supporter, profile: Profile) -> bool:
        if await self.find(supporter.programme, profile.address) is not None:
            return False
        self._now.supporters[supporter.id] = (supporter, profile)
        return True

    async def get(self, id: UUID) -> tuple[Supporter, Profile] | None:
        found = self._now.supporters.get(id)
        return self._counted(found) if found else None

    async def held(self, id: UUID) -> Supporter | None:
        found = await self.get(id)
        return found[0] if found else None

    async def some(self, ids: Sequence[UUID]) -> list[tuple[Supporter, Profile]]:
        return [self._counted(found) for id in ids if (found := self._now.supporters.get(id)) is not None]

    async def outlines(
        self, programme: str, requester: Address, avoided: Collection[Address]
    ) -> list[tuple[Supporter, Outline, bool]]:
        entries = [each for each in await self.all(programme) if each[0].active]
        apart = {requester, *avoided}
        return [
            (entry, outline_of(profile), profile.address in apart or requester in profile.avoid_members)
            for entry, profile in entries
        ]

    async def all(self, programme: str) -> list[tuple[Supporter, Profile]]:
        return [self._counted(each) for each in self._now.supporters.values() if each[0].programme == programme]

    async def find(self, programme: str, who: Address) -> tuple[Supporter, Profile] | None:
        return next((each for each in await self.all(programme) if each[1].address == who), None)

    async def of(self, who: Address) -> list[tuple[Supporter, Profile]]:
        found = [self._counted(each) for each in self._now.supporters.values() if each[1].address == who]
        return sorted(found, key=lambda each: each[0].programme)

    async def save(self, supporter: Supporter, profile: Profile | None = None) -> bool:
        stored = self._now.supporters.get(supporter.id)
        if stored is None or stored[0].version != supporter.version:
            return False
        kept = replace(supporter, version=supporter.version + 1)
        self._now.supporters[supporter.id] = (kept, profile or stored[1])
        return True

    async def erase(self, id: UUID) -> None:
        self._now.supporters.pop(id, None)
