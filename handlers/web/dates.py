"""Dates for one's own calendar, as a file: an address opens for whoever has it, and says only when something is."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from handlers import calendar, ids
from handlers.views.sessions import title
from handlers.web import plain
from handlers.web.request import Page, Route, WebFront, WebRequest
from peersupport import schedule
from peersupport.ports import UnitOfWork
from peersupport.series import MeetingDate, Series, SeriesState

AHEAD = timedelta(days=400)
MOST = 60
"""So many dates are in a file at most."""
_HEADERS = {"Content-Disposition": 'attachment; filename="meeting.ics"'}


async def answer(front: WebFront, request: WebRequest) -> Page:
    """Answer with the file; whatever is wrong with the address, the page is the same."""
    now = front.clock.now()
    found = _opened(front, request, now)
    if found is None:
        return plain.short(front, request, 404)
    record, named = found
    async with front.work() as work:
        held = await _held(work, record)
        rows = await work.meeting_dates.of_series(held[0].id) if held else []
    if held is None or held[0].programme not in front.programmes:
        return plain.short(front, request, 404)
    series, date = held
    t = request.t(front)
    words = title(series, t) if named else t("sessions.calendar_neutral")
    text = calendar.file(words, _dates(series, rows, date, now), now)
    return Page(text, content_type=calendar.TYPE, headers=_HEADERS)


def _opened(front: WebFront, request: WebRequest, now: datetime) -> tuple[UUID, bool] | None:
    if len(request.path) != 1:
        return None
    for purpose in (ids.CALENDAR, ids.CALENDAR_NAMED):
        record = front.handles.open(request.path[0], purpose, calendar.ANYBODY, now)
        if record is not None:
            return record, purpose == ids.CALENDAR_NAMED
    return None


async def _held(work: UnitOfWork, record: UUID) -> tuple[Series, MeetingDate | None] | None:
    series = await work.series.get(record)
    if series is not None:
        return series, None
    date = await work.meeting_dates.get(record)
    series = await work.series.get(date.series_id) if date else None
    return (series, date) if series else None


def _dates(
    series: Series, rows: list[MeetingDate], date: MeetingDate | None, now: datetime
) -> list[calendar.Appointment]:
    """Return the dates of the file: one, or those from yesterday on; what is off as well, to go from a calendar."""
    if date is not None:
        days = (date.on.date(), (date.moved_to or date.on).date())
        since, until = min(days), max(days)
    else:
        since, until = (
            schedule.local(series, now - timedelta(days=1)).date(),
            schedule.local(series, now + AHEAD).date(),
        )
    found = schedule.dates(series, rows, since, until)
    dates = [calendar.appointment(series, each) for each in found if date is None or each.on == date.on][:MOST]
    ended = series.state is SeriesState.CANCELLED
    return [calendar.Appointment(each.id, each.starts, each.minutes, each.off or ended) for each in dates]


ROUTE = Route(answer, methods=frozenset({"GET"}))
