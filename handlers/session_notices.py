"""Whom the rows of sessions are for, looked up when they go out: what has changed since is not said any more."""

from __future__ import annotations

from uuid import UUID

from handlers.hear import Front
from peersupport import schedule
from peersupport.addresses import Address
from peersupport.notifications import Due
from peersupport.ports import UnitOfWork
from peersupport.series import DateState, Registration, RegistrationState, SeriesState


async def reminded(front: Front, due: Due) -> Address | None:
    """Return who is reminded of a date: somebody with a place, while the date stands and is to come."""
    async with front.work() as work:
        registration = await work.registrations.get(due.subject)
        if registration is None or registration.state is not RegistrationState.IN or due.audience is None:
            return None
        series, date = await work.series.get(registration.series_id), await work.meeting_dates.get(due.audience)
        if series is None or date is None or series.state is not SeriesState.OPEN:
            return None
        if date.state is not DateState.PLANNED or schedule.instant(series, date) <= front.clock.now():
            return None
        return await _who(work, registration)


async def changed(front: Front, due: Due) -> Address | None:
    """Return who is told that a date or a series has changed, while they are registered still."""
    async with front.work() as work:
        registration = await work.registrations.get(due.subject)
        return await _who(work, registration) if registration is not None and registration.is_live else None


async def placed(front: Front, due: Due) -> Address | None:
    """Return who is told that a place is kept for them, while it is."""
    async with front.work() as work:
        registration = await work.registrations.get(due.subject)
        if registration is None or registration.state is not RegistrationState.OFFERED:
            return None
        return await _who(work, registration)


async def organiser(front: Front, due: Due) -> Address | None:
    """Return who leads what a row is about, while they have a role still."""
    async with front.work() as work:
        members = await work.members.all(due.programme)
    return next((each.address for each in members if each.id == due.audience), None)


async def presenter(front: Front, due: Due) -> Address | None:
    """Return who offered to present, while their offer stands."""
    async with front.work() as work:
        found = await work.proposals.presenter(due.subject)
    return found.address if found is not None else None


async def is_date(front: Front, subject: UUID) -> bool:
    """Say whether an organiser's row is about one date rather than a series."""
    async with front.work() as work:
        return await work.meeting_dates.get(subject) is not None


async def _who(work: UnitOfWork, registration: Registration) -> Address | None:
    registrant = await work.registrations.registrant(registration.id)
    return registrant.address if registrant is not None else None
