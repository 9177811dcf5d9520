"""Themes ahead of a meeting: one guarded line each, read by whoever leads it, erased when it ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from peersupport import guard, schedule, terms
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.guard import Finding
from peersupport.list_members import may_enter
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_sessions import Themes
from peersupport.schedule import Meeting
from peersupport.series import DateState, MeetingDate, RegistrationState, Series, SeriesState
from peersupport.theme import Line, Theme, ThemeWords

AHEAD = 3
"""So many coming dates are shown."""
LINE_DAYS = 90
"""So long a line for the department waits before it is erased unread."""
NAME = 60
_CAME = frozenset({RegistrationState.IN, RegistrationState.ENDED})


@dataclass(frozen=True, slots=True)
class NotOnList:
    """The meetings are for members of a list, and this person is not on it."""


@dataclass(frozen=True, slots=True)
class TermsAsked:
    """The terms come first."""


@dataclass(frozen=True, slots=True)
class TooLate:
    """Themes of this date are closed, or there is no such date."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """The line seems to hold detail of a patient; nothing of it was kept. Empty where there was no line at all."""

    findings: frozenset[Finding]


@dataclass(frozen=True, slots=True)
class Coming:
    """A coming date, and one's own theme for it."""

    series: Series
    meeting: Meeting
    closes: datetime
    is_open: bool
    own: ThemeWords | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """The last meeting that one had a place in: for one's own records, and to say in one tap how it was."""

    series: Series
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class Page:
    """What a member sees."""

    coming: tuple[Coming, ...]
    past: Past | None


async def page(
    work: UnitOfWork, programme: Programme, who: Address, *, now: datetime
) -> Page | NotOnList | TermsAsked | Refused:
    """Return the coming dates with one's own themes, once list and terms are passed."""
    shut = await _shut(work, programme, who, now)
    if shut is not None:
        return shut
    own = {theme.date_id: await work.themes.words(theme.id) for theme in await work.themes.of(who)}
    found = [
        Coming(series, meeting, closes, now < closes, own.get(meeting.id))
        for series, meeting, closes in await _coming(work, programme, now)
    ]
    return Page(tuple(found), await _past(work, programme, who, now))


async def send(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    date: UUID,
    text: str,
    *,
    name: str = "",
    now: datetime,
    ids: Ids,
) -> ThemeWords | Guarded | TooLate | NotOnList | TermsAsked | Refused:
    """Keep one's theme of a date in place of the one before; a refused line leaves that one as it is."""
    shut = await _shut(work, programme, who, now)
    if shut is not None:
        return shut
    kept = programme.themes
    words = " ".join(text.split())[: kept.longest if kept else 0]
    found = guard.findings(words)
    if found or not words:
        return Guarded(found)
    place = await _open_date(work, programme, date, now)
    if place is None:
        return TooLate()
    series, meeting = place
    if await work.meeting_dates.get(date) is None:
        await work.meeting_dates.add(MeetingDate(date, series.id, programme.id, meeting.on))
    await _erase_own(work, who, date)
    sent = ThemeWords(who, words, " ".join(name.split())[:NAME])
    await work.themes.add(Theme(ids.new(), programme.id, date), sent)
    return sent


async def take_back(
    work: UnitOfWork, programme: Programme, who: Address, date: UUID, *, now: datetime
) -> bool | NotOnList | TermsAsked | Refused:
    """Erase one's own theme of a date, at any time before the meeting ends; False where there is none."""
    shut = await _shut(work, programme, who, now)
    return await _erase_own(work, who, date) if shut is None else shut


async def of_date(work: UnitOfWork, date: UUID) -> list[Line]:
    """Return the themes of a date for its run-sheet, without authors unless they added their name."""
    return [Line(words.text, words.name or None) for _, words in await work.themes.of_date(date)]


async def erase_of(work: UnitOfWork, date: UUID) -> int:
    """Erase every theme of a date. Safe to repeat."""
    found = await work.themes.of_date(date)
    for theme, _ in found:
        await work.themes.erase(theme.id)
    return len(found)


async def sweep(work: UnitOfWork, programme: Programme, now: datetime) -> int:
    """Erase themes of dates that are over or off, whatever else failed to, and lines whose time is over."""
    gone = 0
    for date in await work.themes.dates(programme.id):
        row = await work.meeting_dates.get(date)
        series = await work.series.get(row.series_id) if row is not None else None
        if row is None or series is None or row.state is not DateState.PLANNED or _is_over(series, row, now):
            gone += await erase_of(work, date)
    for line in await work.department_lines.past(programme.id, now):
        await work.department_lines.erase(line)
        gone += 1
    return gone


async def hand_over(
    work: UnitOfWork, programme: Programme, who: Address, text: str, *, now: datetime, ids: Ids
) -> bool | Guarded | NotOnList | TermsAsked | Refused:
    """Hand one line about the system to the department; nothing is kept of who wrote it, nor when."""
    shut = await _shut(work, programme, who, now)
    if shut is not None:
        return shut
    rules = _rules(programme)
    words = " ".join(text.split())[: rules.longest]
    found = guard.findings(words)
    if found or not words:
        return Guarded(found)
    # The same day for all of one month, so that it tells nothing of when the line came.
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    await work.department_lines.add(ids.new(), programme.id, words, month + timedelta(days=LINE_DAYS))
    return True


async def handed_over(
    work: UnitOfWork, programme: Programme, who: Address, *, now: datetime
) -> list[tuple[UUID, str]] | Refused:
    """Return the lines that wait for the department, for those who organise its meetings."""
    if await entitled(work, programme, who, Duty.ORGANISE) is None:
        return await refuse(work, now)
    return await work.department_lines.all(programme.id)


async def taken_up(
    work: UnitOfWork, programme: Programme, who: Address, line: UUID, *, now: datetime
) -> bool | Refused:
    """Erase a line that the department has taken up; False where it is gone already."""
    member = await entitled(work, programme, who, Duty.ORGANISE)
    if member is None:
        return await refuse(work, now)
    if line not in {id for id, _ in await work.department_lines.all(programme.id)}:
        return False
    await work.department_lines.erase(line)
    await work.audit.write(Entry(Event.LINE_TAKEN_UP, now, ActorKind.ADMIN, member, line))
    return True


async def say_how(
    work: UnitOfWork, programme: Programme, who: Address, date: UUID, answer: str, *, now: datetime
) -> bool | Refused | None:
    """Count one tap about the last meeting, once a person; nothing says whose. False where they were counted.

    None where they had no place at it, or it is long ago.
    """
    if programme.themes is None or answer not in ANSWERS or not await may_enter(work, programme, who):
        return await refuse(work, now)
    past = await _past(work, programme, who, now)
    if past is None or past.meeting.id != date:
        return None
    spoken = hashlib.sha256(f"pulse:{date.hex}:{who.team}:{who.user}".encode()).hexdigest()
    if not await work.receipts.keep(spoken):
        return False
    await work.tallies.add(programme.id, f"pulse_{answer}", now)
    return True


ANSWERS = ("yes", "partly", "no")
"""What one tap can say: whether the hour was worth it."""


async def how_it_was(work: UnitOfWork, programme: Programme, who: Address) -> dict[str, int | None] | None:
    """Return what the taps say in all, in whole steps of the smallest count shown; None for fewer than that.

    Steps, and no periods, so that no single answer shows as a difference. Only whoever leads the meetings is told;
    nobody else gets anything.
    """
    if await entitled(work, programme, who, Duty.FACILITATE) is None:
        return None
    counted = await work.tallies.read(programme.id)
    least = programme.reports.min_cell
    totals = {each: sum(n for (_, what), n in counted.items() if what == f"pulse_{each}") for each in ANSWERS}
    return {each: (total // least * least) or None for each, total in totals.items()}


async def _shut(
    work: UnitOfWork, programme: Programme, who: Address, now: datetime
) -> NotOnList | TermsAsked | Refused | None:
    if programme.themes is None or not programme.doors.case_discussion:
        return await refuse(work, now)
    if not await may_enter(work, programme, who):
        return NotOnList()
    return None if await terms.accepted(work, programme, who) else TermsAsked()


def _rules(programme: Programme) -> Themes:
    if programme.themes is None:
        raise LookupError("this programme takes no themes")
    return programme.themes


async def _meetings(
    work: UnitOfWork, programme: Programme, *states: SeriesState
) -> list[tuple[Series, list[MeetingDate]]]:
    return [
        (series, await work.meeting_dates.of_series(series.id))
        for series in await work.series.of_programme(programme.id)
        if series.kind == "small_group" and series.state in states
    ]


async def _coming(work: UnitOfWork, programme: Programme, now: datetime) -> list[tuple[Series, Meeting, datetime]]:
    rules = _rules(programme)
    found = [
        (series, meeting, schedule.before(series, meeting, rules.closes_before))
        for series, rows in await _meetings(work, programme, SeriesState.OPEN)
        for meeting in schedule.coming(series, rows, now, limit=AHEAD)
    ]
    return sorted(found, key=lambda each: each[2])[:AHEAD]


async def _open_date(
    work: UnitOfWork, programme: Programme, date: UUID, now: datetime
) -> tuple[Series, Meeting] | None:
    coming = await _coming(work, programme, now)
    return next(((series, meeting) for series, meeting, closes in coming if meeting.id == date and now < closes), None)


async def _past(work: UnitOfWork, programme: Programme, who: Address, now: datetime) -> Past | None:
    places = [each for each in await work.registrations.of(who) if each.state in _CAME]
    mine = {each.date_id or each.series_id for each in places if each.programme == programme.id}
    found = []
    # A series is over with its last date, which is spoken of like any other.
    for series, rows in await _meetings(work, programme, SeriesState.OPEN, SeriesState.ENDED):
        meeting = schedule.latest(series, rows, now)
        if meeting is not None and mine & {series.id, meeting.id} and _is_over(series, meeting, now):
            found.append(Past(series, meeting))
    return max(found, key=lambda past: schedule.instant(past.series, past.meeting), default=None)


def _is_over(series: Series, date: Meeting | MeetingDate, now: datetime) -> bool:
    return schedule.after(series, date, series.minutes) <= now


async def _erase_own(work: UnitOfWork, who: Address, date: UUID) -> bool:
    mine = [theme for theme in await work.themes.of(who) if theme.date_id == date]
    for theme in mine:
        await work.themes.erase(theme.id)
    return bool(mine)
