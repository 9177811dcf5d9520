"""A safety concern that a supporter raised: times, ids and codes from fixed lists; there is no place for words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Told(StrEnum):
    """Whether the colleague was told first and, where not, why not: the whole list."""

    FIRST = "first"
    NOT_SAFE = "not_safe"
    """Telling them could have made it more dangerous."""
    OUT_OF_REACH = "out_of_reach"
    """They could not be reached any more."""
    NO_TIME = "no_time"
    """Help had to come first."""
    NEXT = "next"
    """They are told next."""


class Route(StrEnum):
    """Who is asked for help first: the whole list. The safety lead is paged whichever is chosen."""

    EMERGENCY = "emergency"
    PHYSICIAN_PROGRAM = "physician_program"
    LEAD = "lead"


class Ending(StrEnum):
    """What came of a concern: the whole list."""

    SAFE_NOW = "safe_now"
    EMERGENCY = "emergency"
    PHYSICIAN_PROGRAM = "physician_program"
    OTHER_HELP = "other_help"
    NOT_REACHED = "not_reached"
    LAPSED = "lapsed"
    """Nobody closed it before the erasure that it held back had to go on."""


CLOSINGS = tuple(ending for ending in Ending if ending is not Ending.LAPSED)
"""The ways in which a lead can close a concern."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One concern about one request. Times are aware, in UTC; who raised and who took it are internal ids."""

    id: UUID
    programme: str
    request_id: UUID
    supporter_id: UUID
    raised_at: datetime
    hold_until: datetime
    """Until then, while it is open, nothing of the request is erased."""
    told: Told
    joint_plan: bool
    route: Route
    pages: int = 0
    """How often somebody was paged."""
    paged: tuple[UUID, ...] = ()
    """The leads who were paged in their turn, in that order, one at each page until everybody is paged."""
    next_page_at: datetime | None = None
    taken_by: UUID | None = None
    taken_at: datetime | None = None
    closed_by: UUID | None = None
    closed_at: datetime | None = None
    ending: Ending | None = None

    @property
    def is_open(self) -> bool:
        """Say whether nobody has closed it yet."""
        return self.closed_at is None

    @property
    def is_wide(self) -> bool:
        """Say whether everybody was paged; from then on nobody has a turn of their own."""
        return self.pages > len(self.paged)

    @property
    def waits(self) -> bool:
        """Say whether nobody has it yet."""
        return self.is_open and self.taken_at is None
