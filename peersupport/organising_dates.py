"""What an organiser does to one date of a series: change when it is, say what it is about, count who came, decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport import announcements, presenting, schedule, series_form, session_changes
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.organising import Day, Faster, Page, day_of, mark, organised
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.series import DateState, MeetingDate, SeriesState
from peersupport.session_changes import Change, Step, Unfit

LONGEST_TOPIC = 150
LONGEST_NAME = 80
MOST_PRESENT = 999
ATTENDANCES = "attendances"
"""What the tallies call somebody who came."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The number that came is written down, and for good: it goes into the report."""

    number: int


async def preview(
    work: UnitOfWork, programme: Programme, who: Address, series: UUID, step: Step, seen: str, *, now: datetime
) -> Change | Unfit | Faster | Refused:
    """Return what a change would make of a series and how many would be told; nothing is written."""
    if await organised(work, programme, who, series) is None:
        return await refuse(work, now)
    if await _is_other(work, programme, series, step, seen):
        return Faster()
    return await session_changes.preview(work, programme, who, series, step, now=now)


async def change(
    work: UnitOfWork, programme: Programme, who: Address, series: UUID, step: Step, seen: str, *, now: datetime
) -> Change | Unfit | Faster | Refused:
    """Make a change where nobody else has changed the same since it was looked at; everybody concerned is told once."""
    if await organised(work, programme, who, series, lock=True) is None:
        return await refuse(work, now)
    if await _is_other(work, programme, series, step, seen):
        return Faster()
    outcome = await session_changes.apply(work, programme, who, series, step, now=now)
    if isinstance(outcome, Change) and isinstance(step, session_changes.Move):
        await presenting.ask_again(work, programme, series, step.on)
    return outcome


async def _is_other(work: UnitOfWork, programme: Programme, series: UUID, step: Step, seen: str) -> bool:
    """Say whether what a step is about looks otherwise than it did."""
    on = getattr(step, "on", None)
    if on is None:
        found = await work.series.get(series)
        return found is not None and found.programme == programme.id and mark(found) != seen
    known = await day_of(work, programme, series, on)
    return known is not None and known.seen != seen


@dataclass(frozen=True, slots=True)
class Details:
    """What an organiser writes about one date: its topic, who presents it, and whether in small groups."""

    topic_en: str = ""
    topic_fr: str = ""
    presenter: str = ""
    presenter_ok: bool = False
    """True where whoever presents has said yes to this date: only then is the name shown to others."""
    format: str = ""


async def describe(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    series: UUID,
    on: datetime,
    details: Details,
    seen: str,
    *,
    now: datetime,
) -> Day | Faster | Refused:
    """Write down what is said about one date; nobody is written to."""
    if await organised(work, programme, who, series, lock=True) is None:
        return await refuse(work, now)
    known = await day_of(work, programme, series, on)
    if known is None:
        return await refuse(work, now)
    if known.seen != seen or known.row.state is not DateState.PLANNED:
        return Faster()
    topic_en, topic_fr = details.topic_en.strip(), details.topic_fr.strip()
    row = replace(
        known.row,
        topic_en=topic_en or topic_fr,
        topic_fr=topic_fr or topic_en,
        presenter=details.presenter.strip(),
        presenter_ok=details.presenter_ok and bool(details.presenter.strip()),
        format=details.format,
    )
    await _put(work, row)
    await announcements.follow(work, programme.id, series)
    member = await entitled(work, programme, who, Duty.ORGANISE)
    await work.audit.write(Entry(Event.SESSION_CHANGED, now, ActorKind.ADMIN, member, row.id))
    return replace(known, row=row)


async def count(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    series: UUID,
    on: datetime,
    number: int,
    *,
    now: datetime,
) -> Counted | Faster | Refused:
    """Write down how many came to a date that has begun: a number, once, and no names."""
    found = await organised(work, programme, who, series, lock=True)
    known = await day_of(work, programme, series, on) if found else None
    if known is None or not 0 <= number <= MOST_PRESENT:
        return await refuse(work, now)
    if not can_be_counted(known, now):
        return Faster()
    await _put(work, replace(known.row, attended=number))
    for _ in range(number):
        await work.tallies.add(programme.id, ATTENDANCES, schedule.instant(known.series, known.row))
    return Counted(number)


def can_be_counted(day: Day, now: datetime) -> bool:
    """Say whether the number that came can be written down: it has begun, and nobody has yet."""
    stands = day.row.state in (DateState.PLANNED, DateState.HELD) and day.row.attended is None
    return stands and schedule.instant(day.series, day.row) <= now


def needs_decision(day: Day, programme: Programme, now: datetime) -> bool:
    """Say whether somebody has to decide about a date: too few have registered, and it is near."""
    series, row = day.series, day.row
    if series.minimum is None or row.decided or row.state is not DateState.PLANNED:
        return False
    near = schedule.before(series, row, programme.session_timers.decide_before) <= now < schedule.instant(series, row)
    return near and series.kind != series_form.COURSE and day.counts.places < series.minimum


def course_needs_decision(page: Page, now: datetime) -> bool:
    """Say whether somebody has to decide about a course: enrolment is over, and too few came."""
    series = page.series
    if series.minimum is None or series.enrol_closes is None or series.decided == "run":
        return False
    closed = schedule.instant_of(series.enrol_closes, series.zone) <= now
    return series.state is SeriesState.OPEN and closed and page.counts.places < series.minimum


async def _put(work: UnitOfWork, row: MeetingDate) -> None:
    """Keep what is said of a date, whether or not something was kept of it; the series' row is held."""
    if await work.meeting_dates.get(row.id, lock=True) is None:
        await work.meeting_dates.add(row)
    else:
        await work.meeting_dates.save(row)
