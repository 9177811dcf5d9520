"""What a unit of work has of sessions: series, their dates, and who has registered."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from peersupport.addresses import Address
from peersupport.series import MeetingDate, Registrant, Registration, Series


class AllSeries(Protocol):
    """Sessions, courses and meetings as their organisers keep them."""

    async def add(self, series: Series) -> bool:
        """Store a new one; False where the programme has one under its slug already."""

    async def get(self, id: UUID, *, lock: bool = False) -> Series | None:
        """Return one; ``lock`` holds the row until the transaction ends."""

    async def of_programme(self, programme: str) -> list[Series]:
        """Return every one of a programme, in one order always."""

    async def save(self, series: Series) -> bool:
        """Write it where the stored version is unchanged, and add one to that; else False."""

    async def link(self, id: UUID) -> str:
        """Unseal the link to join; empty where there is none."""

    async def set_link(self, id: UUID, link: str) -> None:
        """Seal another link to join; an empty one takes it away."""


class MeetingDates(Protocol):
    """What is kept of single dates."""

    async def add(self, date: MeetingDate) -> bool:
        """Store a new one; False where it is kept already."""

    async def get(self, id: UUID, *, lock: bool = False) -> MeetingDate | None:
        """Return one; ``lock`` holds the row until the transaction ends."""

    async def of_series(self, series: UUID) -> list[MeetingDate]:
        """Return every one of a series, the earliest first."""

    async def of_programme(self, programme: str) -> list[MeetingDate]:
        """Return every one of a programme, the earliest first."""

    async def save(self, date: MeetingDate) -> bool:
        """Write it where the stored version is unchanged, and add one to that; else False."""


class Registrations(Protocol):
    """Who has a place, waits for one, or had one; one a person and series, or date where each stands by itself."""

    async def add(self, registration: Registration, registrant: Registrant) -> bool:
        """Store a new one; False where this person has one for the same."""

    async def get(self, id: UUID, *, lock: bool = False) -> Registration | None:
        """Return one; ``lock`` holds the row until the transaction ends."""

    async def registrant(self, id: UUID) -> Registrant | None:
        """Unseal who it is; None once erased."""

    async def reseal(self, id: UUID, registrant: Registrant) -> None:
        """Seal anew what somebody says of themselves; the address must be the same."""

    async def of_series(self, series: UUID, date: UUID | None = None) -> list[Registration]:
        """Return every one of a series, or of one date alone, in the order of arrival."""

    async def roster(self, series: UUID, date: UUID | None = None) -> list[tuple[Registration, Registrant]]:
        """Return the same with who they are, as far as that can be read."""

    async def of(self, who: Address) -> list[Registration]:
        """Return somebody's own, in every programme, the earliest first."""

    async def of_programme(self, programme: str) -> list[Registration]:
        """Return every one of a programme."""

    async def counts(self, series: UUID, date: UUID | None = None) -> tuple[int, int, int]:
        """Count places taken, places kept for somebody, and who waits: for all dates, or for one date alone."""

    async def last_number(self, held_for: UUID) -> int:
        """Return the highest number that was given for a series or a date; 0 where none was."""

    async def save(self, registration: Registration) -> bool:
        """Write the plain part where the stored version is unchanged, and add one to that; else False."""

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
