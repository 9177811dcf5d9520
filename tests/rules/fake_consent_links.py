"""Links to the consent page in the store in memory."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from peersupport.consent_link import ConsentLink
from tests.rules.fake_tables import Tables


class _Unit(Protocol):
    tables: Tables


class ConsentLinks:
    def __init__(self, unit: _Unit) -> None:
        self._unit = unit

    async def add(self, link: ConsentLink, token: str, code: str) -> None:
        await self.end(link.subject)
        self._unit.tables.consent_links[link.id] = (link, token, code)

    async def hold(self, token: str) -> ConsentLink | None:
        return next((link for link, held, _ in self._unit.tables.consent_links.values() if held == token), None)

    async def fits(self, id: UUID, code: str) -> bool:
        found = self._unit.tables.consent_links.get(id)
        return found is not None and found[2] == code

    async def save(self, link: ConsentLink) -> None:
        _, token, code = self._unit.tables.consent_links[link.id]
        self._unit.tables.consent_links[link.id] = (link, token, code)

    async def end(self, subject: UUID) -> None:
        held = self._unit.tables.consent_links
        for id in [link.id for link, _, _ in held.values() if link.subject == subject]:
            del held[id]
