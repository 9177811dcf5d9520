"""Dates are moved, skipped, called off or added, and a whole series called off: everybody registered is told once.

What changes and what is said commit together. A notice is bound to the state of the date that it tells of, so that the
same press twice tells nobody twice, and every timer of the time before finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport import announcements, schedule, session_rows, session_timers, themes, waiting_list
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.series import DateState, MeetingDate, Registration, Series, SeriesState


@dataclass(frozen=True, slots=True)
class Move:
    """One date meets at another wall time; `on` is the one that the rule gave it."""

    on: datetime
    to: datetime


@dataclass(frozen=True, slots=True)
class Skip:
    """One date is left out."""

    on: datetime


@dataclass(frozen=True, slots=True)
class Cancel:
    """One date is called off."""

    on: datetime


@dataclass(frozen=True, slots=True)
class Restore:
    """A date that was left out or called off takes place after all."""

    on: datetime


@dataclass(frozen=True, slots=True)
class Keep:
    """A date on a public holiday takes place all the same; nobody is written to about it."""

    on: datetime


@dataclass(frozen=True, slots=True)
class Add:
    """The series meets once more."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Topic:
    """One date gets another topic; nobody is written to about it."""

    on: datetime
    en: str
    fr: str


@dataclass(frozen=True, slots=True)
class Run:
    """A date with too few people takes place; nothing changes for those who come."""

    on: datetime


@dataclass(frozen=True, slots=True)
class RunSeries:
    """A course with too few people takes place."""


@dataclass(frozen=True, slots=True)
class Extend:
    """One can enrol in a course until later."""

    closes: datetime


@dataclass(frozen=True, slots=True)
class CallOff:
    """The whole series is called off."""


Step = Move | Skip | Cancel | Restore | Keep | Add | Topic | Run | RunSeries | Extend | CallOff
_QUIET = (Keep, Topic, Run)
"""What nobody is written to about."""
_OF_SERIES = (RunSeries, Extend, CallOff)
"""What is said of the whole series."""


class Unfit(StrEnum):
    """Why a change does not fit; nothing was changed."""

    GONE = "gone"
    """There is no such date to come, it stands as it is wanted already, or the series is called off."""
    PAST = "past"
    """The new time has gone by."""
    TAKEN = "taken"
    """The series meets then already."""
    LATE = "late"
    """Enrolment in a course would end after it has begun."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a change makes of a series and, where it is about one, of a date, and how many are told.

    How many is for organisers alone.
    """

    series: Series
    date: MeetingDate | None
    told: int = 0


async def apply(
    work: UnitOfWork, programme: Programme, who: Address, series_id: UUID, step: Step, *, now: datetime
) -> Change | Unfit | Refused:
    """Make a change, and put down what everybody concerned is told; all in this unit."""
    member = await entitled(work, programme, who, Duty.ORGANISE)
    series = await work.series.get(series_id, lock=True) if member else None
    if series is None or series.programme != programme.id:
        return await refuse(work, now)
    rows = await work.meeting_dates.of_series(series.id)
    made = outcome(programme, series, rows, step, now)
    if isinstance(made, Unfit):
        return made
    known = {row.id for row in rows}
    if made.series != series:
        await work.series.save(made.series)
        made = replace(made, series=replace(made.series, version=series.version + 1))
    if made.date is not None and made.date.id in known:
        await work.meeting_dates.save(made.date)
    elif made.date is not None:
        await work.meeting_dates.add(made.date)
    told = await concerned(work, made, step)
    if made.date is None:
        news = session_rows.series_changed(told, made.series)
    else:
        news = session_rows.changed(told, made.date)
    await work.outbox.put(*session_rows.in_turns(news, now))
    await announcements.follow(work, programme.id, series.id)
    if programme.themes is not None:
        await _erase_themes(work, made, step, known)
    # A date that takes place after all, or one more of them, may have room for those who wait.
    await waiting_list.refill_all(work, programme, made.series, now)
    # Also a date of which nothing was kept, and a course that is decided about later, get their timers now.
    await session_timers.plan_series(work, programme, made.series, now)
    subject = made.date.id if made.date else series.id
    await work.audit.write(Entry(Event.SESSION_CHANGED, now, ActorKind.ADMIN, member, subject))
    return replace(made, told=len(told))


async def _erase_themes(work: UnitOfWork, made: Change, step: Step, dates: Collection[UUID]) -> None:
    """Erase the themes of what does not take place: nobody will speak about them there."""
    if isinstance(step, Skip | Cancel) and made.date is not None:
        await themes.erase_of(work, made.date.id)
    elif isinstance(step, CallOff):
        for date in dates:
            await themes.erase_of(work, date)


async def preview(
    work: UnitOfWork, programme: Programme, who: Address, series_id: UUID, step: Step, *, now: datetime
) -> Change | Unfit | Refused:
    """Return what a change would make of it and how many would be told; nothing is written."""
    member = await entitled(work, programme, who, Duty.ORGANISE)
    series = await work.series.get(series_id) if member else None
    if series is None or series.programme != programme.id:
        return await refuse(work, now)
    made = outcome(programme, series, await work.meeting_dates.of_series(series.id), step, now)
    return made if isinstance(made, Unfit) else replace(made, told=len(await concerned(work, made, step)))


async def concerned(work: UnitOfWork, made: Change, step: Step) -> list[Registration]:
    """Return the registrations that are told of a change: with a place, offered one, or waiting for one."""
    if isinstance(step, _QUIET):
        return []
    every = [each for each in await work.registrations.of_series(made.series.id) if each.is_live]
    return [each for each in every if made.date is None or each.date_id in (None, made.date.id)]


def outcome(
    programme: Programme, series: Series, rows: Collection[MeetingDate], step: Step, now: datetime
) -> Change | Unfit:
    """Work out what a change makes of a series and its dates."""
    if series.state is not SeriesState.OPEN:
        return Unfit.GONE
    if isinstance(step, _OF_SERIES):
        return _of_series(series, step, now)
    if isinstance(step, Add):
        return _added(programme, series, rows, step.at, now)
    date = _standing(series, rows, step, now)
    if date is None:
        return Unfit.GONE
    match step:
        case Move(to=to):
            return _moved(programme, series, rows, date, to, now)
        case Skip() | Cancel():
            state = DateState.SKIPPED if isinstance(step, Skip) else DateState.CANCELLED
            decided = "cancelled" if date.decided == "" and isinstance(step, Cancel) else date.decided
            return Change(series, replace(date, state=state, was=None, decided=decided, told=date.told + 1))
        case Restore():
            again = replace(date, state=DateState.PLANNED, was=None, decided="", told=date.told + 1)
            return Change(series, replace(again, reminded=session_timers.gone_by(programme, series, again, now)))
        case Keep():
            kept = tuple(sorted({*series.kept_on, schedule.wall(date)}))
            return Change(replace(series, kept_on=kept), date)
        case Topic(en=en, fr=fr):
            return Change(series, replace(date, topic_en=en, topic_fr=fr))
        case Run():
            return Change(series, replace(date, decided="run"))


def _of_series(series: Series, step: Step, now: datetime) -> Change | Unfit:
    match step:
        case Extend(closes=closes):
            if schedule.instant_of(closes, series.zone) <= now:
                return Unfit.PAST
            if series.starts is not None and closes > series.starts:
                return Unfit.LATE
            return Change(replace(series, enrol_closes=closes, decided="extended"), None)
        case RunSeries():
            return Change(replace(series, decided="run"), None)
        case _:
            closed = schedule.local(series, now).replace(microsecond=0)
            off = replace(series, state=SeriesState.CANCELLED, decided="cancelled", enrol_closes=closed)
            return Change(off, None)


def _standing(
    series: Series,
    rows: Collection[MeetingDate],
    step: Move | Skip | Cancel | Restore | Keep | Topic | Run,
    now: datetime,
) -> MeetingDate | None:
    """Return the date that a step is about, where it is to come and stands as the step needs it."""
    kept = next((row for row in rows if row.on == step.on), None)
    day = (kept.moved_to or kept.on).date() if kept else step.on.date()
    found = next((each for each in schedule.dates(series, rows, day, day) if each.on == step.on), None)
    if found is None or schedule.instant(series, found) <= now:
        return None
    off = found.state in (DateState.SKIPPED, DateState.CANCELLED)
    if off is not isinstance(step, Restore):
        return None
    return kept or session_timers.new_date(series, step.on)


def _moved(
    programme: Programme,
    series: Series,
    rows: Collection[MeetingDate],
    date: MeetingDate,
    to: datetime,
    now: datetime,
) -> Change | Unfit:
    was = schedule.wall(date)
    if schedule.instant_of(to, series.zone) <= now:
        return Unfit.PAST
    if to == was or _is_taken(series, rows, to):
        return Unfit.TAKEN
    moved = replace(date, moved_to=None if to == date.on else to, was=was, decided="", told=date.told + 1)
    return Change(series, replace(moved, reminded=session_timers.gone_by(programme, series, moved, now)))


def _added(
    programme: Programme, series: Series, rows: Collection[MeetingDate], at: datetime, now: datetime
) -> Change | Unfit:
    if schedule.instant_of(at, series.zone) <= now:
        return Unfit.PAST
    if _is_taken(series, rows, at) or any(row.on == at for row in rows):
        return Unfit.TAKEN
    added = replace(session_timers.new_date(series, at), told=1)
    more = replace(series, also_on=tuple(sorted({*series.also_on, at})), not_on=_without(series.not_on, at))
    return Change(more, replace(added, reminded=session_timers.gone_by(programme, more, added, now)))


def _without(moments: tuple[datetime, ...], moment: datetime) -> tuple[datetime, ...]:
    return tuple(each for each in moments if each != moment)


def _is_taken(series: Series, rows: Collection[MeetingDate], at: datetime) -> bool:
    """Say whether the series meets at a wall time already."""
    return any(each.at == at and each.stands for each in schedule.dates(series, rows, at.date(), at.date()))
