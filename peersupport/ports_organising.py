"""Protocol of the offers to present a session."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from peersupport.addresses import Address
from peersupport.proposal import Presenter, Proposal


class Proposals(Protocol):
    """Offers to present; who made one, and its words, are sealed under a key of its own."""

    async def add(self, proposal: Proposal, presenter: Presenter) -> bool:
        """Store a new one; False where this person has one for the series."""

    async def get(self, id: UUID, *, lock: bool = False) -> Proposal | None:
        """Return one; `lock` holds the row until the transaction ends."""

    async def presenter(self, id: UUID) -> Presenter | None:
        """Unseal who made an offer, and its words; None once erased."""

    async def of(self, who: Address) -> list[Proposal]:
        """Return somebody's own offers in every programme."""

    async def of_series(self, series: UUID) -> list[tuple[Proposal, Presenter]]:
        """Return the offers for a series with who made them, the oldest first."""

    async def of_programme(self, programme: str) -> list[Proposal]:
        """Return every offer of a programme."""

    async def save(self, proposal: Proposal) -> None:
        """Write the plain columns of one whose row is held."""

    async def erase(self, id: UUID) -> None:
        """Destroy its data key, then drop the row. Safe to repeat."""
