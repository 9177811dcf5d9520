"""Protocols of what is kept of partners: their notices, and the people who may send one."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from peersupport.addresses import Address
from peersupport.notice import Notice, PartnerIdentity, PartnerPerson, Told
from peersupport.requests import Contact


class Notices(Protocol):
    """Partners' notices, each sealed under a data key of its own; at most one stands beside a request."""

    async def add(self, notice: Notice, told: Told) -> None:
        """Store a new one under a new data key."""

    async def get(self, id: UUID, *, lock: bool = False) -> Notice | None:
        """Return one; `lock` holds the row until the transaction ends."""

    async def hold(self, programme: str) -> None:
        """Let no other transaction look at a notice of this programme until this one ends: two may tell of one."""

    async def of_request(self, request: UUID, *, lock: bool = False) -> Notice | None:
        """Return the one beside a request, or None."""

    async def told(self, id: UUID) -> Told | None:
        """Unseal what was told; None once erased."""

    async def save(self, notice: Notice) -> bool:
        """Write the plain columns where the stored version still is `notice.version` and raise it; else False."""

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then blank what was told; the plain columns stay. Safe to repeat."""

    async def drop(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""

    async def reaches(self, programme: str) -> list[tuple[UUID, Contact]]:
        """Return every open request of a programme with its contact, as long as it can be read."""


class PartnerPeople(Protocol):
    """Who may notify for a partner; who they are is sealed, each under a data key of its own."""

    async def add(self, person: PartnerPerson, identity: PartnerIdentity) -> bool:
        """Store a new one; False where this person, or this name to sign in by, is there already in the programme."""

    async def get(self, id: UUID, *, lock: bool = False) -> PartnerPerson | None:
        """Return one, also one who is not active any more; `lock` holds the row until the transaction ends."""

    async def identity(self, id: UUID) -> PartnerIdentity | None:
        """Unseal who somebody is; None once erased."""

    async def of(self, who: Address) -> list[PartnerPerson]:
        """Return somebody's own rows in every programme, active ones only, by keyed hash."""

    async def find(self, programme: str, who: Address) -> PartnerPerson | None:
        """Return somebody's own row in a programme, active or not."""

    async def all(self, programme: str) -> list[tuple[PartnerPerson, PartnerIdentity]]:
        """Return the active people of a programme's partners."""

    async def save(self, person: PartnerPerson) -> None:
        """Write the plain columns of one whose row is held."""

    async def reseal(self, id: UUID, identity: PartnerIdentity) -> None:
        """Seal anew who somebody is; the address must be the same."""

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
