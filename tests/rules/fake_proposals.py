"""Offers to present in memory, for rules that only ask whether somebody made any: nobody did."""

from __future__ import annotations

from uuid import UUID

from peersupport.addresses import Address
from peersupport.proposal import Presenter, Proposal


class NoProposals:
    """Nobody offered to present."""

    async def add(self, proposal: Proposal, presenter: Presenter) -> bool:
        return False

    async def get(self, id: UUID, *, lock: bool = False) -> Proposal | None:
        return None

    async def presenter(self, id: UUID) -> Presenter | None:
        return None

    async def of(self, who: Address) -> list[Proposal]:
        return []

    async def of_series(self, series: UUID) -> list[tuple[Proposal, Presenter]]:
        return []

    async def of_programme(self, programme: str) -> list[Proposal]:
        return []

    async def save(self, proposal: Proposal) -> None:
        return None

    async def erase(self, id: UUID) -> None:
        return None
