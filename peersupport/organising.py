"""What whoever organises sees and does: the series of a programme, their dates, and how many have registered.

Who registered is nobody's to see here: there are counts, and no names. Each deed is bound to what the organiser had
before them (`seen`), so that of two who change the same thing the second is told instead of undoing the first.
docs/decisions/0034-organisers-change-what-they-have-seen.md says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

from peersupport import announcements, schedule, series_form, session_timers, waiting_list
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.schedule import Meeting
from peersupport.series import MeetingDate, Series, SeriesState
from peersupport.series_form import OUTSIDE, SMALL_GROUP, Draft, Fault, Part

MOST_SERIES = 40
"""So many are listed, those that meet first."""
AHEAD = 10
"""So many dates to come are listed, and `BACK` that are over."""
BACK = 3
LONGEST_LINK = 500
_ORDER = {SeriesState.OPEN: 0, SeriesState.PLANNED: 1, SeriesState.ENDED: 2, SeriesState.CANCELLED: 3}
_LISTED_BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many have a place, are offered one, and wait for one."""

    places: int = 0
    offered: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A series with its next date, and how many come to that."""

    series: Series
    next: Meeting | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Day:
    """One date of a series. `row` is what is kept of it, a fresh one where nothing is."""

    series: Series
    meeting: Meeting
    row: MeetingDate
    counts: Counts = Counts()
    holiday: str = ""
    """The English name of the public holiday that it falls on, while nobody has decided about it."""

    @property
    def seen(self) -> str:
        """Return the mark of all that an organiser sees of it, which changes with each of these."""
        return mark(self.series, self.row)


@dataclass(frozen=True, slots=True)
class Page:
    """A series with its dates. `has_link` says that people would find a link to join."""

    series: Series
    days: tuple[Day, ...]
    counts: Counts
    has_link: bool
    over: bool
    """True where no date is to come."""

    @property
    def seen(self) -> str:
        """Return the mark of the series."""
        return mark(self.series)


@dataclass(frozen=True, slots=True)
class Faster:
    """Somebody else has changed it since it was looked at; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Unsound:
    """The form cannot be taken as it is; nothing was changed."""

    faults: tuple[tuple[Part, Fault], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """It is done; this is the series now."""

    series: Series


def mark(series: Series, row: MeetingDate | None = None) -> str:
    """Return a short mark of everything an organiser is shown of a series or of one date, for hidden view data."""
    if row is None:
        shown: tuple[object, ...] = (series.version,)
    else:
        topic = (row.topic_en, row.topic_fr, row.presenter, row.presenter_ok, row.format)
        shown = (series.state, row.on, row.moved_to, row.state, row.attended, row.decided, *topic)
    return sha256(repr(shown).encode()).hexdigest()[:12]


async def desk(work: UnitOfWork, programme: Programme, who: Address, *, now: datetime) -> tuple[Listed, ...] | Refused:
    """Return the series of a programme, for whoever organises them: those that meet, planned ones, then the rest."""
    if await entitled(work, programme, who, Duty.ORGANISE) is None:
        return await refuse(work, now)
    every = sorted(await work.series.of_programme(programme.id), key=lambda each: (_ORDER[each.state], each.title_en))
    return tuple([await _listed(work, series, now) for series in every[:MOST_SERIES]])


async def _listed(work: UnitOfWork, series: Series, now: datetime) -> Listed:
    if series.state is not SeriesState.OPEN:
        return Listed(series, None, Counts())
    following = schedule.next_date(series, await work.meeting_dates.of_series(series.id), now)
    return Listed(series, following, await _counts(work, series, following.id if following else None))


async def page(work: UnitOfWork, programme: Programme, who: Address, series: UUID, *, now: datetime) -> Page | Refused:
    """Return a series with its dates, for whoever organises it."""
    found = await organised(work, programme, who, series)
    if found is None:
        return await refuse(work, now)
    rows = await work.meeting_dates.of_series(found.id)
    coming = schedule.coming(found, rows, now, limit=AHEAD)
    today = schedule.local(found, now).date()
    until = coming[-1].at.date() if coming else today + _LISTED_BACK
    every = schedule.dates(found, rows, today - _LISTED_BACK, until)
    begun = [each for each in every if schedule.instant(found, each) <= now][-BACK:]
    ahead = [each for each in every if schedule.instant(found, each) > now]
    holidays = dict(schedule.on_holidays(found, rows, today, until))
    days = tuple(
        [
            await _day(work, found, meeting, {row.on: row for row in rows}, holidays)
            for meeting in (*begun, *ahead[: AHEAD + BACK])
        ]
    )
    has_link = bool(await work.series.link(found.id))
    return Page(found, days, await _counts(work, found, None), has_link, over=not ahead)


async def day(
    work: UnitOfWork, programme: Programme, who: Address, series: UUID, on: datetime, *, now: datetime
) -> Day | Refused:
    """Return one date, for whoever organises it."""
    if await entitled(work, programme, who, Duty.ORGANISE) is None:
        return await refuse(work, now)
    return await day_of(work, programme, series, on) or await refuse(work, now)


async def day_of(work: UnitOfWork, programme: Programme, series: UUID, on: datetime) -> Day | None:
    """Return one date by the wall time that its rule gave it, or None; whoever calls has seen to who may."""
    found = await work.series.get(series)
    if found is None or found.programme != programme.id:
        return None
    rows = await work.meeting_dates.of_series(found.id)
    kept = {row.on: row for row in rows}
    on_day = (kept[on].moved_to or on).date() if on in kept else on.date()
    meeting = next((each for each in schedule.dates(found, rows, on_day, on_day) if each.on == on), None)
    if meeting is None:
        return None
    return await _day(work, found, meeting, kept, dict(schedule.on_holidays(found, rows, on_day, on_day)))


async def _day(
    work: UnitOfWork,
    series: Series,
    meeting: Meeting,
    rows: Mapping[datetime, MeetingDate],
    holidays: Mapping[Meeting, str],
) -> Day:
    row = rows.get(meeting.on) or session_timers.new_date(series, meeting.on)
    return Day(series, meeting, row, await _counts(work, series, row.id), holidays.get(meeting, ""))


async def _counts(work: UnitOfWork, series: Series, date: UUID | None) -> Counts:
    """Count those of one date where people register for each by itself, else those of the series."""
    alone = date if series.kind == SMALL_GROUP else None
    if series.kind == OUTSIDE or (series.kind == SMALL_GROUP and alone is None):
        return Counts()
    return Counts(*await work.registrations.counts(series.id, alone))


async def _most_held(work: UnitOfWork, series: Series, now: datetime) -> int:
    """Return how many places are taken or offered: of the fullest date to come, where each is registered for."""
    spots: list[UUID | None] = [None]
    if series.kind == SMALL_GROUP:
        rows = await work.meeting_dates.of_series(series.id)
        spots = [row.id for row in rows if schedule.instant(series, row) > now]
    held = [await work.registrations.counts(series.id, each) for each in spots]
    return max((places + offered for places, offered, _ in held), default=0)


async def organised(
    work: UnitOfWork, programme: Programme, who: Address, series: UUID, *, lock: bool = False
) -> Series | None:
    """Return a series where this person organises it, else None."""
    if await entitled(work, programme, who, Duty.ORGANISE) is None:
        return None
    found = await work.series.get(series, lock=lock)
    return found if found is not None and found.programme == programme.id else None


async def create(
    work: UnitOfWork, programme: Programme, who: Address, draft: Draft, *, key: str, now: datetime, ids: Ids
) -> Kept | Unsound | Refused:
    """Make a new series; `key` tells a repeat of the same submission, which makes no second one."""
    member = await entitled(work, programme, who, Duty.ORGANISE)
    if member is None:
        return await refuse(work, now)
    faults = series_form.check(programme, draft, now)
    if faults:
        return Unsound(faults)
    series = series_form.made_of(programme, draft, ids.new())
    if not await work.receipts.keep(key):
        await work.rollback()
        return Kept(series)
    await work.series.add(series)
    await session_timers.plan_series(work, programme, series, now)
    await work.audit.write(Entry(Event.SESSION_CHANGED, now, ActorKind.ADMIN, member, series.id))
    return Kept(series)


async def check_edit(
    work: UnitOfWork, programme: Programme, who: Address, series: UUID, draft: Draft, seen: str, *, now: datetime
) -> Kept | Unsound | Faster | Refused:
    """Return the series as the form would make it; nothing is written."""
    return await _edited(work, programme, who, series, draft, seen, now)


async def edit(
    work: UnitOfWork, programme: Programme, who: Address, series: UUID, draft: Draft, seen: str, *, now: datetime
) -> Kept | Unsound | Faster | Refused:
    """Change everything of a series but its times; nobody is told but who is offered a place that comes by it."""
    made = await _edited(work, programme, who, series, draft, seen, now, lock=True)
    if not isinstance(made, Kept):
        return made
    await work.series.save(made.series)
    await announcements.follow(work, programme.id, made.series.id)
    await session_timers.plan_series(work, programme, made.series, now)
    await waiting_list.refill_all(work, programme, made.series, now)
    member = await entitled(work, programme, who, Duty.ORGANISE)
    await work.audit.write(Entry(Event.SESSION_CHANGED, now, ActorKind.ADMIN, member, made.series.id))
    return made


async def _edited(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    id: UUID,
    draft: Draft,
    seen: str,
    now: datetime,
    *,
    lock: bool = False,
) -> Kept | Unsound | Faster | Refused:
    series = await organised(work, programme, who, id, lock=lock)
    if series is None:
        return await refuse(work, now)
    if mark(series) != seen:
        return Faster()
    if series.state not in (SeriesState.OPEN, SeriesState.PLANNED):
        return Faster()
    draft = replace(draft, kind=series.kind)
    faults = series_form.check(programme, draft, now, before=series, held=await _most_held(work, series, now))
    if faults:
        return Unsound(faults)
    made = series_form.with_words(series, draft)
    if series.starts is None and draft.first is not None and not draft.planned:
        made = series_form.made_of(programme, draft, series.id)
        made = replace(made, slug=series.slug, version=series.version)
    return Kept(made)


def is_link(text: str) -> bool:
    """Say whether this is an address that people can follow to a meeting."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.isprintable() and not any(each in text for each in " <>|")
    return plain and parts.scheme == "https" and "." in (parts.hostname or "") and len(text) <= LONGEST_LINK


async def link(work: UnitOfWork, programme: Programme, who: Address, series: UUID, *, now: datetime) -> str | Refused:
    """Return the link to join, for whoever organises the series; empty where there is none."""
    found = await organised(work, programme, who, series)
    return await refuse(work, now) if found is None else await work.series.link(found.id)


async def keep_link(
    work: UnitOfWork, programme: Programme, who: Address, series: UUID, text: str, *, now: datetime
) -> Kept | Refused:
    """Keep the link to join, sealed; an empty one takes it away. Whoever calls it has checked it by `is_link`."""
    found = await organised(work, programme, who, series, lock=True)
    if found is None:
        return await refuse(work, now)
    await work.series.set_link(found.id, text)
    member = await entitled(work, programme, who, Duty.ORGANISE)
    await work.audit.write(Entry(Event.SESSION_CHANGED, now, ActorKind.ADMIN, member, found.id))
    return Kept(found)
