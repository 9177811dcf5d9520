"""An offer to present a session: where it stands, and what of it is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport.addresses import Address


class ProposalState(StrEnum):
    """Where an offer to present stands."""

    NEW = "new"
    ASKED = "asked"
    """An organiser asked for one date; the presenter has not said yes."""
    AGREED = "agreed"
    """The presenter has said yes to that date, and their name is shown with it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The plain part of an offer to present."""

    id: UUID
    programme: str
    series_id: UUID
    made_at: datetime
    state: ProposalState = ProposalState.NEW
    on: datetime | None = None
    """The wall time that names the date for which they are asked."""
    asked: int = 0
    """How many times they were asked; each is told once."""


@dataclass(frozen=True, slots=True, repr=False)
class Presenter:
    """The sealed part: who offers, the name that would be shown, the topic, and when they can."""

    address: Address
    name: str
    topic: str
    when: str = ""

    def __repr__(self) -> str:
        return "Presenter(...)"
