"""A session, course or meeting as its organisers keep it, its dates, and who has registered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport.addresses import Address


class SeriesState(StrEnum):
    """Whether a series meets."""

    OPEN = "open"
    PLANNED = "planned"
    """Only thought of: it has no dates, and people can say that they would come."""
    CANCELLED = "cancelled"
    ENDED = "ended"


class DateState(StrEnum):
    """What becomes of one date."""

    PLANNED = "planned"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    HELD = "held"


class RegistrationState(StrEnum):
    """Where somebody who registered stands."""

    IN = "in"
    WAITING = "waiting"
    OFFERED = "offered"
    """A place is kept for them for a while."""
    LEFT = "left"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Series:
    """A session, course or meeting: public words and wall times of its own zone, no people."""

    id: UUID
    programme: str
    slug: str | None
    """Its id in the programme file; None where an organiser made it."""
    kind: str
    """A `SessionKind`."""
    state: SeriesState
    title_en: str
    title_fr: str
    about_en: str
    about_fr: str
    starts: datetime | None
    """Naive wall time of the first date."""
    zone: str
    repeats: str | None = None
    also_on: tuple[datetime, ...] = ()
    not_on: tuple[datetime, ...] = ()
    kept_on: tuple[datetime, ...] = ()
    holidays: str | None = None
    minutes: int = 60
    capacity: int | None = None
    minimum: int | None = None
    waitlist: bool = True
    place: str = "virtual"
    alias: bool = False
    presenters: bool = False
    all_dates: bool = False
    formats: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    host: str = ""
    register_at: str | None = None
    enrol_opens: datetime | None = None
    enrol_closes: datetime | None = None
    decided: str = ""
    """What its host chose when too few had enrolled: run, extended or cancelled."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class MeetingDate:
    """What is kept of one date of a series, once there is something to keep."""

    id: UUID
    series_id: UUID
    programme: str
    on: datetime
    """The naive wall time that the rule gave it, which names it for ever."""
    moved_to: datetime | None = None
    was: datetime | None = None
    """The wall time of before the last change, which those registered are told beside the new one."""
    state: DateState = DateState.PLANNED
    topic_en: str = ""
    topic_fr: str = ""
    presenter: str = field(default="", repr=False)
    """Shown only where `presenter_ok`."""
    presenter_ok: bool = False
    format: str = ""
    attended: int | None = None
    decided: str = ""
    """What was chosen when too few had registered: run, moved or cancelled."""
    reminded: str = ""
    """Which reminders went out, by their place in the programme's list, one digit each."""
    told: int = 0
    """How many changes people were told of."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Registration:
    """One person's place, or place in line, for a series or for one date of it; who it is lies sealed."""

    id: UUID
    series_id: UUID
    programme: str
    date_id: UUID | None = None
    """None: every date of the series."""
    state: RegistrationState = RegistrationState.IN
    number: int = 0
    """Its place in the order of arrival."""
    offered_until: datetime | None = None
    reminders: str = "01"
    """Which reminders are wanted, by their place in the programme's list, one digit each."""
    named: bool = False
    """Whether calendar and reminders may show the real title."""
    undo_until: datetime | None = None
    made_at: datetime | None = None
    version: int = 1

    @property
    def is_live(self) -> bool:
        """Say whether it holds a place or waits for one."""
        return self.state in (RegistrationState.IN, RegistrationState.WAITING, RegistrationState.OFFERED)


@dataclass(frozen=True, slots=True, repr=False)
class Registrant:
    """Who registered: an address, and the name they chose to be called by."""

    address: Address
    alias: str = ""

    def __repr__(self) -> str:
        return "Registrant(...)"
