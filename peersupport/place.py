"""What a place at a session is: for a series or for one date, and who holds it, waits for it, or is offered it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from peersupport import schedule
from peersupport.addresses import Address
from peersupport.notifications import Kind
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.series import MeetingDate, Registration, RegistrationState, Series, SeriesState

SAID = frozenset({Kind.OFFER_PLACE_ENDS, Kind.TELL_PLACE, Kind.TELL_REMINDER, Kind.TELL_CHANGED})
"""What waits to be said of a registration."""
OUTSIDE, EACH_DATE, COURSE = "external_registration", "small_group", "course"
UNDO = timedelta(minutes=10)
LAST_DAY = timedelta(days=1)
CLASSES_OPEN = 2
"""After so many classes of a course nobody joins it any more."""
LONGEST_ALIAS = 40
REGISTERED, IN_A_COURSE = "series_registrations", "course_participants"
"""What the tallies call them."""


@dataclass(frozen=True, slots=True, repr=False)
class Joining:
    """What somebody chose when they registered."""

    alias: str = ""
    reminders: str = "01"
    """By their place in the programme's list, one digit each."""
    named: bool = False
    commits: bool = False
    role: str = ""

    def __repr__(self) -> str:
        return "Joining(...)"


@dataclass(frozen=True, slots=True)
class Joined:
    """They have a place."""

    registration: Registration


@dataclass(frozen=True, slots=True)
class Waiting:
    """They wait; their own place in line counts from one, and says nothing of others."""

    registration: Registration
    position: int


@dataclass(frozen=True, slots=True)
class Already:
    """They registered before; nothing has changed."""

    registration: Registration


@dataclass(frozen=True, slots=True)
class Left:
    """They have left, and can take that back until an instant."""

    registration: Registration
    undo_until: datetime


class Not(StrEnum):
    """Why nothing came of it."""

    FULL = "full"
    """Every place is taken, and it has no line."""
    CLOSED = "closed"
    """It is not open for this now: not yet, no more, or not at all."""
    NOT_SERVED = "not_served"
    """It is for other roles."""
    NOT_LISTED = "not_listed"
    """It is for those on a list."""
    NEEDS_TERMS = "needs_terms"
    """It has terms, to which they have not said yes as they stand."""
    NOT_COMMITTED = "not_committed"
    """It asks for a yes to every date."""
    GONE = "gone"
    """There is nothing of theirs to do this with."""
    LATE = "late"
    """The place was kept until a moment that has passed."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A series, and the date of it where people register for each by itself."""

    series: Series
    date: MeetingDate | None = None

    @property
    def held_for(self) -> UUID:
        """Return what a place is held for."""
        return self.date.id if self.date else self.series.id

    @property
    def date_id(self) -> UUID | None:
        """Return the date, where it is for one."""
        return self.date.id if self.date else None


async def is_open(work: UnitOfWork, spot: Spot, now: datetime) -> bool:
    """Say whether somebody can register now, or wait."""
    series = spot.series
    opens, closes = window(series)
    if series.state is not SeriesState.OPEN or (opens and now < opens) or (closes and now >= closes):
        return False
    if spot.date is not None:
        return spot.date.state == schedule.PLANNED and schedule.instant(series, spot.date) > now
    rows = await work.meeting_dates.of_series(series.id)
    return schedule.next_date(series, rows, now) is not None and not under_way(series, rows, now)


def window(series: Series) -> tuple[datetime | None, datetime | None]:
    """Return when enrolment opens and closes, where it does, as instants."""
    opens, closes = series.enrol_opens, series.enrol_closes
    return (
        schedule.instant_of(opens, series.zone) if opens else None,
        schedule.instant_of(closes, series.zone) if closes else None,
    )


def under_way(series: Series, rows: Iterable[MeetingDate], now: datetime) -> bool:
    """Say whether a course is too far on for somebody new."""
    if series.kind != COURSE:
        return False
    begun = [each for each in schedule.whole(series, rows) if each.stands and schedule.instant(series, each) <= now]
    return len(begun) >= CLASSES_OPEN


async def count(work: UnitOfWork, spot: Spot, now: datetime) -> None:
    """Count one more who has a place, for the report."""
    await work.tallies.add(spot.series.programme, IN_A_COURSE if spot.series.kind == COURSE else REGISTERED, now)


async def position(work: UnitOfWork, registration: Registration) -> int:
    """Return somebody's own place in line, from one; 0 where they do not wait."""
    if registration.state is not RegistrationState.WAITING:
        return 0
    line = await work.registrations.of_series(registration.series_id, registration.date_id)
    ahead = [each for each in line if each.state is RegistrationState.WAITING and each.date_id == registration.date_id]
    return 1 + sum(each.number < registration.number for each in ahead)


async def held_by(
    work: UnitOfWork, programme: Programme, id: UUID, who: Address | None
) -> tuple[Spot, Registration] | None:
    """Hold the series of a registration, then read it; None where it is not theirs (a timer's: None)."""
    found = await work.registrations.get(id)
    if found is None or found.programme != programme.id:
        return None
    if who is not None:
        registrant = await work.registrations.registrant(id)
        if registrant is None or registrant.address != who:
            return None
    series = await work.series.get(found.series_id, lock=True)
    held = await work.registrations.get(id, lock=True)
    if series is None or held is None:
        return None
    date = await work.meeting_dates.get(held.date_id) if held.date_id else None
    return Spot(series, date), held


async def save(work: UnitOfWork, registration: Registration) -> None:
    """Write one that is held, and let what waited to be said of it go."""
    await work.registrations.save(registration)
    await work.outbox.forget(registration.id, SAID)
