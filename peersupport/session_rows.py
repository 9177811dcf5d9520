"""The outbox rows of sessions: timers bound to an instant, and what is said, once, about one state of a date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from peersupport import schedule
from peersupport.notifications import Kind, Message
from peersupport.ports import Member
from peersupport.programme import Programme
from peersupport.series import MeetingDate, Registration, Series

AT_ONCE = 20
"""So many people are written to together."""
APART = timedelta(seconds=15)
"""And the next so many this much later: eighty a minute, where Slack tells of a hundred members and takes more."""


def in_turns(rows: Iterable[Message], now: datetime) -> Iterator[Message]:
    """Let the first rows go at once and those after them by and by, however many there are."""
    for place, row in enumerate(rows):
        yield replace(row, run_at=now + place // AT_ONCE * APART) if place >= AT_ONCE else row


def reminders(programme: Programme, series: Series, date: MeetingDate) -> Iterator[tuple[int, datetime]]:
    """Yield each reminder of a date that has not gone out, by its place in the programme's list, with its instant."""
    for which, span in enumerate(programme.session_timers.reminders_before):
        if str(which) not in date.reminded:
            yield which, schedule.before(series, date, span)


def remind(date: MeetingDate, at: datetime) -> Message:
    """Look at the reminders of a date at an instant; what is due then is judged anew."""
    return _timer(Kind.REMIND_DATE, date.id, date.programme, at)


def decide(date: MeetingDate, at: datetime) -> Message:
    """Ask what becomes of a date, if too few have registered by then."""
    return _timer(Kind.DECIDE_DATE, date.id, date.programme, at)


def end(date: MeetingDate, at: datetime) -> Message:
    """End a date."""
    return _timer(Kind.END_DATE, date.id, date.programme, at)


def close(series: Series, at: datetime) -> Message:
    """Ask what becomes of a course, if too few have enrolled by then."""
    return _timer(Kind.DECIDE_SERIES, series.id, series.programme, at)


def reminded(registrations: Iterable[Registration], date: MeetingDate, which: int) -> Iterator[Message]:
    """Yield one reminder of a date for each of these registrations, once wherever the date stands now."""
    for each in registrations:
        key = f"{Kind.TELL_REMINDER}:{each.id}:{date.id}:{which}:{schedule.wall(date).isoformat()}"
        yield Message(Kind.TELL_REMINDER, each.id, key, date.programme, audience=date.id)


def changed(registrations: Iterable[Registration], date: MeetingDate) -> Iterator[Message]:
    """Yield one notice for each of these registrations, once for each change of the date."""
    for each in registrations:
        key = f"{Kind.TELL_CHANGED}:{each.id}:{date.id}:{date.told}"
        yield Message(Kind.TELL_CHANGED, each.id, key, date.programme, audience=date.id)


def series_changed(registrations: Iterable[Registration], series: Series) -> Iterator[Message]:
    """Yield one notice for each of these registrations, once for each decision about the whole series."""
    for each in registrations:
        key = f"{Kind.TELL_CHANGED}:{each.id}:{series.id}:{series.version}"
        yield Message(Kind.TELL_CHANGED, each.id, key, series.programme)


def ask_leaders(subject: UUID, programme: str, members: Iterable[Member], about: str) -> Iterator[Message]:
    """Yield one message for each who leads it, once for what it is `about`."""
    for each in members:
        key = f"{Kind.TELL_ORGANISER}:{subject}:{about}:{each.id}"
        yield Message(Kind.TELL_ORGANISER, subject, key, programme, audience=each.id)


def stamp(at: datetime) -> int:
    """Return whole milliseconds."""
    return round(at.timestamp() * 1000)


def _timer(kind: Kind, subject: UUID, programme: str, at: datetime) -> Message:
    # Bound to its instant: under other zone data it is another row, and the one before finds nothing to do.
    return Message(kind, subject, f"{kind}:{subject}:{stamp(at)}", programme, run_at=at)
