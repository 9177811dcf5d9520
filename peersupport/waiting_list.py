"""The line for places: a place that comes free is offered in the order of arrival, and kept for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from peersupport import schedule
from peersupport.addresses import Address
from peersupport.notifications import Due, Kind, Message
from peersupport.place import EACH_DATE, LAST_DAY, Joined, Left, Not, Spot, count, held_by, save, under_way, window
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.series import Registration, RegistrationState, Series, SeriesState

KINDS = frozenset({Kind.OFFER_PLACE_ENDS})
"""The outbox kinds that this file carries out."""
_HOLDS = frozenset({RegistrationState.IN, RegistrationState.OFFERED})


async def answer_place(
    work: UnitOfWork, programme: Programme, id: UUID, who: Address, *, yes: bool, now: datetime
) -> Joined | Left | Not:
    """Take an offered place, or leave it to the next."""
    found = await held_by(work, programme, id, who)
    if found is None:
        return Not.GONE
    spot, held = found
    if held.state is RegistrationState.IN and yes:
        return Joined(held)
    if held.state is not RegistrationState.OFFERED:
        return Not.LATE if held.state is RegistrationState.LEFT and yes else Not.GONE
    if held.offered_until is not None and now >= held.offered_until:
        await _pass_on(work, programme, spot, held, now)
        return Not.LATE
    if not yes:
        return await _pass_on(work, programme, spot, held, now)
    taken = replace(held, state=RegistrationState.IN, offered_until=None)
    await save(work, taken)
    await count(work, spot, now)
    return Joined(taken)


async def _pass_on(work: UnitOfWork, programme: Programme, spot: Spot, held: Registration, now: datetime) -> Left:
    left = replace(held, state=RegistrationState.LEFT, offered_until=None, undo_until=now)
    await save(work, left)
    await refill(work, programme, spot, now)
    return Left(left, now)


async def refill(work: UnitOfWork, programme: Programme, spot: Spot, now: datetime) -> int:
    """Offer what places are free to those who wait, in order; the series is held. Returns how many were offered."""
    series = spot.series
    if not await is_open_to_line(work, spot, now):
        return 0
    line = await work.registrations.of_series(series.id, spot.date_id)
    line = [each for each in line if each.date_id == spot.date_id]
    waiting = [each for each in line if each.state is RegistrationState.WAITING]
    taken = sum(each.state in _HOLDS for each in line)
    free = len(waiting) if series.capacity is None else max(0, series.capacity - taken)
    until = await _kept_until(work, programme, spot, now)
    for each in waiting[:free]:
        offered = replace(each, state=RegistrationState.OFFERED, offered_until=until)
        await work.registrations.save(offered)
        await work.outbox.put(_row(Kind.TELL_PLACE, offered), _row(Kind.OFFER_PLACE_ENDS, offered, until))
    return min(free, len(waiting))


async def refill_all(work: UnitOfWork, programme: Programme, series: Series, now: datetime) -> int:
    """Offer every place that a change of a series has made free, in order; it is held. Returns how many were offered.

    Where people register for each date by itself, each date has a line of its own.
    """
    if series.kind != EACH_DATE:
        return await refill(work, programme, Spot(series), now)
    rows = await work.meeting_dates.of_series(series.id)
    return sum([await refill(work, programme, Spot(series, row), now) for row in rows])


async def is_open_to_line(work: UnitOfWork, spot: Spot, now: datetime) -> bool:
    """Say whether a freed place is of use to somebody: the enrolment may be over, the course not too far on."""
    series = spot.series
    if series.state is not SeriesState.OPEN:
        return False
    if spot.date is not None:
        return spot.date.state == schedule.PLANNED and schedule.instant(series, spot.date) > now
    rows = await work.meeting_dates.of_series(series.id)
    return schedule.next_date(series, rows, now) is not None and not under_way(series, rows, now)


async def _kept_until(work: UnitOfWork, programme: Programme, spot: Spot, now: datetime) -> datetime:
    """Return until when a place is kept for somebody: shorter on the last day, and never beyond the start."""
    timers, series = programme.session_timers, spot.series
    rows = await work.meeting_dates.of_series(series.id)
    meeting = spot.date or schedule.next_date(series, rows, now)
    starts = schedule.instant(series, meeting) if meeting else None
    _, closes = window(series)
    ends = closes if closes and closes > now else starts
    kept = timers.place_kept_last_day if ends and ends - now <= LAST_DAY else timers.place_kept
    return min(now + kept, starts) if starts else now + kept


async def carry_out(work: UnitOfWork, programme: Programme, due: Due, now: datetime) -> None:
    """End the offer of a place that was not taken in time, and offer it to the next. Safe to repeat."""
    found = await held_by(work, programme, due.subject, None)
    if found is None:
        return
    spot, held = found
    if held.state is not RegistrationState.OFFERED or held.offered_until is None or now < held.offered_until:
        return
    left = replace(held, state=RegistrationState.LEFT, offered_until=None, undo_until=now)
    await work.registrations.save(left)
    await refill(work, programme, spot, now)


def _row(kind: Kind, registration: Registration, at: datetime | None = None) -> Message:
    mark = round(registration.offered_until.timestamp() * 1000) if registration.offered_until else 0
    return Message(kind, registration.id, f"{kind}:{registration.id}:{mark}", registration.programme, run_at=at)
