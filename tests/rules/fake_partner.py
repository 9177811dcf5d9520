"""Partners' notices and people, in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from peersupport.notice import Notice, PartnerIdentity, PartnerPerson, Told
from peersupport.people import Address
from peersupport.requests import OPEN_STATES, Contact

if TYPE_CHECKING:
    from tests.rules.fakes import Unit


class Notices:
    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add(self, notice: Notice, told: Told) -> None:
        self._unit.tables.notices[notice.id] = notice
        self._unit.tables.told[notice.id] = told

    async def get(self, id: UUID, *, lock: bool = False) -> Notice | None:
        return self._unit.tables.notices.get(id)

    async def hold(self, programme: str) -> None:
        """One unit at a time."""

    async def of_request(self, request: UUID, *, lock: bool = False) -> Notice | None:
        return next((each for each in self._unit.tables.notices.values() if each.request_id == request), None)

    async def told(self, id: UUID) -> Told | None:
        return self._unit.tables.told.get(id)

    async def save(self, notice: Notice) -> bool:
        stored = self._unit.tables.notices.get(notice.id)
        if stored is None or stored.version != notice.version:
            return False
        self._unit.tables.notices[notice.id] = replace(notice, version=notice.version + 1)
        return True

    async def erase(self, id: UUID) -> None:
        self._unit.tables.told.pop(id, None)

    async def drop(self, id: UUID) -> None:
        self._unit.tables.told.pop(id, None)
        self._unit.tables.notices.pop(id, None)

    async def reaches(self, programme: str) -> list[tuple[UUID, Contact]]:
        tables = self._unit.tables
        stand = [each for each in tables.requests.values() if each.state in OPEN_STATES]
        return [
            (each.id, tables.contacts[each.id])
            for each in stand
            if each.programme == programme and each.id in tables.contacts
        ]


class PartnerPeople:
    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add(self, person: PartnerPerson, identity: PartnerIdentity) -> bool:
        if await self.find(person.programme, identity.address) is not None:
            return False
        self._unit.tables.partner_people[person.id] = (person, identity)
        return True

    async def get(self, id: UUID, *, lock: bool = False) -> PartnerPerson | None:
        found = self._unit.tables.partner_people.get(id)
        return found[0] if found else None

    async def identity(self, id: UUID) -> PartnerIdentity | None:
        found = self._unit.tables.partner_people.get(id)
        return found[1] if found else None

    async def of(self, who: Address) -> list[PartnerPerson]:
        rows = self._unit.tables.partner_people.values()
        return [person for person, identity in rows if identity.address == who and person.active]

    async def find(self, programme: str, who: Address) -> PartnerPerson | None:
        rows = self._unit.tables.partner_people.values()
        return next((p for p, identity in rows if identity.address == who and p.programme == programme), None)

    async def all(self, programme: str) -> list[tuple[PartnerPerson, PartnerIdentity]]:
        rows = self._unit.tables.partner_people.values()
        return [each for each in rows if each[0].programme == programme and each[0].active]

    async def save(self, person: PartnerPerson) -> None:
        self._unit.tables.partner_people[person.id] = (person, self._unit.tables.partner_people[person.id][1])

    async def reseal(self, id: UUID, identity: PartnerIdentity) -> None:
        self._unit.tables.partner_people[id] = (self._unit.tables.partner_people[id][0], identity)

    async def erase(self, id: UUID) -> None:
        self._unit.tables.partner_people.pop(id, None)
