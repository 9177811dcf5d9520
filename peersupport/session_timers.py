"""The timers of sessions: reminders, what becomes of a date or a course with too few people, and the end of a date.

A timer's row is bound to the instant that the zone data gave when it was put down. When it fires, the instant is worked
out anew: what is early is put down again, and what another row did is marked on the date and done no second time.
docs/decisions/0032-reminders-survive-changes-of-zone-data.md says why.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from peersupport import announcements, schedule, session_rows, themes
from peersupport.notifications import Due, Kind
from peersupport.people import Duty, comes_first, may_in_programme
from peersupport.ports import Member, UnitOfWork
from peersupport.programme import Programme
from peersupport.series import DateState, MeetingDate, Registration, RegistrationState, Series, SeriesState

KINDS = frozenset({Kind.REMIND_DATE, Kind.DECIDE_DATE, Kind.DECIDE_SERIES, Kind.END_DATE})
"""The outbox kinds that this file carries out; what they say to people goes into rows of its own."""
AHEAD = timedelta(days=40)
"""So far ahead of its first reminder a date gets its timers."""
BEHIND = timedelta(days=7)
"""So far back dates are looked at: one that nothing has ended yet still is."""
HELD = "sessions_held"
"""What the tallies call a date that took place."""
COURSE, OUTSIDE = "course", "external_registration"


async def plan(work: UnitOfWork, programme: Programme, now: datetime) -> None:
    """See that every date to come of a programme has its timers, by the zone data of now. Safe to repeat."""
    for each in await work.series.of_programme(programme.id):
        # Held like everywhere: nobody changes a date while its row is made.
        series = await work.series.get(each.id, lock=True)
        if series is not None:
            await plan_series(work, programme, series, now)


async def plan_series(work: UnitOfWork, programme: Programme, series: Series, now: datetime) -> None:
    """See that every date to come of a series has its row and its timers. Safe to repeat."""
    if series.state is not SeriesState.OPEN or series.kind == OUTSIDE:
        return
    rows = {row.id: row for row in await work.meeting_dates.of_series(series.id)}
    today = schedule.local(series, now).date()
    until = today + AHEAD + max(programme.session_timers.reminders_before)
    for meeting in schedule.dates(series, rows.values(), today - BEHIND, until):
        row = rows.get(meeting.id)
        if row is None and schedule.instant(series, meeting) > now:
            row = new_date(series, meeting.on)
            row = replace(row, reminded=gone_by(programme, series, row, now))
            await work.meeting_dates.add(row)
        if row is not None:
            await plan_date(work, programme, series, row, now)
    if series.enrol_closes is not None and series.minimum is not None:
        closes = schedule.instant_of(series.enrol_closes, series.zone)
        if closes > now:
            await work.outbox.put(session_rows.close(series, closes))


async def plan_date(work: UnitOfWork, programme: Programme, series: Series, date: MeetingDate, now: datetime) -> None:
    """Put down the timers of a date that stands; those that stand already are the same rows."""
    if date.state is not DateState.PLANNED:
        return
    ends = schedule.after(series, date, series.minutes)
    timers = [session_rows.end(date, ends)]
    if schedule.instant(series, date) > now:
        timers += [session_rows.remind(date, at) for _, at in session_rows.reminders(programme, series, date)]
    decides = schedule.before(series, date, programme.session_timers.decide_before)
    if series.minimum is not None and series.kind != COURSE and decides > now:
        timers.append(session_rows.decide(date, decides))
    await work.outbox.put(*timers)


def new_date(series: Series, on: datetime) -> MeetingDate:
    """Return the row of a date of which nothing is kept yet."""
    return MeetingDate(schedule.date_id(series.id, on), series.id, series.programme, on)


def gone_by(programme: Programme, series: Series, date: MeetingDate, now: datetime) -> str:
    """Return the reminders whose time has passed when a date is set: whoever comes hears of it by the setting."""
    fresh = replace(date, reminded="")
    return "".join(str(which) for which, at in session_rows.reminders(programme, series, fresh) if at <= now)


async def carry_out(work: UnitOfWork, programme: Programme, due: Due, now: datetime) -> None:
    """Do what a timer is for, where what it is about still asks for it. Safe to repeat."""
    if due.kind is Kind.DECIDE_SERIES:
        await _decide_series(work, programme, due.subject, now)
        return
    found = await work.meeting_dates.get(due.subject)
    # The series before its date, as everywhere: two who hold one each would wait for each other.
    series = await work.series.get(found.series_id, lock=True) if found else None
    date = await work.meeting_dates.get(due.subject, lock=True)
    if series is None or date is None or series.state is not SeriesState.OPEN or date.state is not DateState.PLANNED:
        return
    if due.kind is Kind.REMIND_DATE:
        await _remind(work, programme, series, date, now)
    elif due.kind is Kind.DECIDE_DATE:
        await _decide_date(work, programme, series, date, now)
    else:
        await _end(work, programme, series, date, now)


async def _remind(work: UnitOfWork, programme: Programme, series: Series, date: MeetingDate, now: datetime) -> None:
    """Send the nearest of the reminders that are due, and let those before it go.

    After a stop of days nobody gets what is long past: nothing once it has begun, and no more than one reminder.
    """
    waiting = list(session_rows.reminders(programme, series, date))
    due = [which for which, at in waiting if at <= now]
    await work.outbox.put(*(session_rows.remind(date, at) for _, at in waiting if at > now))
    if not due:
        return
    await work.meeting_dates.save(replace(date, reminded=date.reminded + "".join(map(str, due))))
    if schedule.instant(series, date) > now:
        wanted = [each for each in await coming_to(work, series, date) if str(due[-1]) in each.reminders]
        await work.outbox.put(*session_rows.in_turns(session_rows.reminded(wanted, date, due[-1]), now))


async def _decide_date(
    work: UnitOfWork, programme: Programme, series: Series, date: MeetingDate, now: datetime
) -> None:
    at = schedule.before(series, date, programme.session_timers.decide_before)
    if at > now:
        await work.outbox.put(session_rows.decide(date, at))
        return
    if series.minimum is None or date.decided or schedule.instant(series, date) <= now:
        return
    if len(await coming_to(work, series, date)) < series.minimum:
        about = f"decide:{schedule.wall(date).isoformat()}"
        members = await leaders(work, programme)
        await work.outbox.put(*session_rows.ask_leaders(date.id, programme.id, members, about))


async def _decide_series(work: UnitOfWork, programme: Programme, id_: UUID, now: datetime) -> None:
    series = await work.series.get(id_, lock=True)
    if series is None or series.state is not SeriesState.OPEN or series.enrol_closes is None or not series.minimum:
        return
    closes = schedule.instant_of(series.enrol_closes, series.zone)
    if closes > now:
        await work.outbox.put(session_rows.close(series, closes))
        return
    if series.decided == "run":
        return
    if len(await enrolled(work, series)) < series.minimum:
        about = f"decide:{series.enrol_closes.isoformat()}"
        members = await leaders(work, programme)
        await work.outbox.put(*session_rows.ask_leaders(series.id, programme.id, members, about))


async def _end(work: UnitOfWork, programme: Programme, series: Series, date: MeetingDate, now: datetime) -> None:
    """End a date: of what was said beforehand its topic alone is kept, and whoever led it is asked for a number."""
    ends = schedule.after(series, date, series.minutes)
    if ends > now:
        await work.outbox.put(session_rows.end(date, ends))
        return
    held = replace(date, state=DateState.HELD, presenter="", presenter_ok=False)
    await work.meeting_dates.save(held)
    await announcements.over(work, programme.id, series.id, date.on)
    if programme.themes is not None:
        await themes.erase_of(work, date.id)
    await work.tallies.add(programme.id, HELD, schedule.instant(series, date))
    members = await leaders(work, programme)
    await work.outbox.put(*session_rows.ask_leaders(date.id, programme.id, members, "count"))
    rows = [held if row.id == held.id else row for row in await work.meeting_dates.of_series(series.id)]
    if schedule.ends(series) and schedule.next_date(series, rows, now) is None:
        await work.series.save(replace(series, state=SeriesState.ENDED))


async def coming_to(work: UnitOfWork, series: Series, date: MeetingDate) -> list[Registration]:
    """Return the registrations with a place at a date: for it alone, or for all."""
    return [each for each in await enrolled(work, series) if each.date_id in (None, date.id)]


async def enrolled(work: UnitOfWork, series: Series) -> list[Registration]:
    """Return the registrations with a place in a series, whichever date they are for."""
    return [each for each in await work.registrations.of_series(series.id) if each.state is RegistrationState.IN]


async def leaders(work: UnitOfWork, programme: Programme) -> list[Member]:
    """Return who is asked about a session: the facilitators; without any the administrators."""
    members = await work.members.all(programme.id)
    leading = [each for each in members if may_in_programme(Duty.FACILITATE, each.roles)]
    return leading or [each for each in members if comes_first(each.roles)]
