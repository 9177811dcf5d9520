"""Who had registered is forgotten so many days after the event as the programme's file says; who left, a day later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from peersupport import schedule
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.series import MeetingDate, Registration, RegistrationState, Series, SeriesState

LEFT_FOR = timedelta(days=1)
"""How long a place that was given back or missed is remembered, so that its button can still say so."""


async def sweep(work: UnitOfWork, programme: Programme, now: datetime) -> int:
    """Erase the registrations whose time is over, and return how many. Safe to repeat."""
    before = now - timedelta(days=programme.retention.registration_days_after_event)
    gone = 0
    for series in await work.series.of_programme(programme.id):
        rows = {row.id: row for row in await work.meeting_dates.of_series(series.id)}
        for each in await work.registrations.of_series(series.id):
            if _has_left(each, now) or _is_over(series, rows, each, before):
                await work.registrations.erase(each.id)
                gone += 1
    return gone


def _has_left(registration: Registration, now: datetime) -> bool:
    if registration.state is not RegistrationState.LEFT:
        return False
    return registration.undo_until is None or registration.undo_until <= now - LEFT_FOR


def _is_over(series: Series, rows: Mapping[UUID, MeetingDate], registration: Registration, before: datetime) -> bool:
    """Say whether what somebody registered for ended before an instant."""
    if series.state is SeriesState.CANCELLED:
        # Called off, its enrolment closed that moment.
        closed = series.enrol_closes
        return closed is not None and schedule.instant_of(closed, series.zone) <= before
    if registration.date_id is not None:
        row = rows.get(registration.date_id)
        return row is not None and schedule.after(series, row, series.minutes) <= before
    if series.state is not SeriesState.ENDED:
        return False
    last = schedule.last_date(series, rows.values())
    return last is None or schedule.after(series, last, series.minutes) <= before
