"""Places at sessions: exactly as many as there are, a line in the order of arrival, and offers that end in time.

Whoever changes who has a place holds the row of the series first, so that two who want the last one come one after the
other (docs/decisions/0031-places-under-concurrency.md).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from peersupport import access, schedule
from peersupport.addresses import Address
from peersupport.place import (
    EACH_DATE,
    LONGEST_ALIAS,
    OUTSIDE,
    UNDO,
    Already,
    Joined,
    Joining,
    Left,
    Not,
    Spot,
    Waiting,
    count,
    held_by,
    is_open,
    position,
    save,
)
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.series import MeetingDate, Registrant, Registration, RegistrationState, SeriesState
from peersupport.waiting_list import refill


async def register(
    work: UnitOfWork,
    programme: Programme,
    series: UUID,
    on: datetime | None,
    who: Address,
    form: Joining,
    *,
    now: datetime,
    ids: Ids,
) -> Joined | Waiting | Already | Not:
    """Give somebody a place, or one in line; `on` names a date by the wall time of its rule, where each is by itself.

    Its list of members and its terms come first (`access.barrier`).
    """
    shut = await access.barrier(work, programme, who)
    if shut is not None:
        return shut
    spot = await _hold(work, programme, series, on)
    if spot is None:
        return Not.CLOSED
    mine = await _own(work, spot, who)
    if mine is not None and mine.is_live:
        return Already(mine)
    amiss = await _amiss(work, spot, form, now)
    if amiss is not None:
        return amiss
    free = await _is_free(work, spot)
    if not free and not spot.series.waitlist:
        return Not.FULL
    kept = await _keep(work, spot, who, form, mine, free=free, now=now, ids=ids)
    if kept is None:
        found = await _own(work, spot, who)
        return Already(found) if found else Not.CLOSED
    if free:
        await count(work, spot, now)
        return Joined(kept)
    return Waiting(kept, await position(work, kept))


async def _hold(work: UnitOfWork, programme: Programme, id: UUID, on: datetime | None) -> Spot | None:
    """Hold a series, and make the row of the date that is meant; None where there is no such place to be had."""
    series = await work.series.get(id, lock=True)
    if series is None or series.programme != programme.id or series.state is not SeriesState.OPEN:
        return None
    if series.kind == OUTSIDE or (series.kind == EACH_DATE) != (on is not None):
        return None
    if on is None:
        return Spot(series)
    rows = await work.meeting_dates.of_series(id)
    meeting = next((each for each in schedule.dates(series, rows, on.date(), on.date()) if each.on == on), None)
    kept = next((row for row in rows if row.on == on), None)
    if meeting is None and kept is None:
        return None
    if kept is None:
        kept = MeetingDate(schedule.date_id(id, on), id, programme.id, on)
        await work.meeting_dates.add(kept)
    return Spot(series, kept)


async def _own(work: UnitOfWork, spot: Spot, who: Address) -> Registration | None:
    held = await work.registrations.of(who)
    return next((each for each in held if (each.date_id or each.series_id) == spot.held_for), None)


async def _amiss(work: UnitOfWork, spot: Spot, form: Joining, now: datetime) -> Not | None:
    series, served = spot.series, spot.series.roles
    if served and form.role not in served:
        return Not.NOT_SERVED
    if not await is_open(work, spot, now):
        return Not.CLOSED
    return Not.NOT_COMMITTED if series.all_dates and not form.commits else None


async def _is_free(work: UnitOfWork, spot: Spot) -> bool:
    """Say whether there is a place for somebody new: nobody passes those who wait."""
    if spot.series.capacity is None:
        return True
    held, offered, waiting = await work.registrations.counts(spot.series.id, spot.date_id)
    return held + offered < spot.series.capacity and not waiting


async def _keep(
    work: UnitOfWork,
    spot: Spot,
    who: Address,
    form: Joining,
    mine: Registration | None,
    *,
    free: bool,
    now: datetime,
    ids: Ids,
) -> Registration | None:
    """Write somebody's registration; None where another press of theirs was faster."""
    state = RegistrationState.IN if free else RegistrationState.WAITING
    number = await work.registrations.last_number(spot.held_for) + 1
    registrant = Registrant(who, " ".join(form.alias.split())[:LONGEST_ALIAS] if spot.series.alias else "")
    fresh = mine or Registration(ids.new(), spot.series.id, spot.series.programme, spot.date_id)
    fresh = replace(fresh, state=state, number=number, made_at=now, offered_until=None, undo_until=None)
    fresh = replace(fresh, reminders=form.reminders, named=form.named)
    if mine is None:
        return fresh if await work.registrations.add(fresh, registrant) else None
    if not await work.registrations.save(fresh):
        return None
    await work.registrations.reseal(fresh.id, registrant)
    return replace(fresh, version=fresh.version + 1)


async def leave(work: UnitOfWork, programme: Programme, id: UUID, who: Address, *, now: datetime) -> Left | Not:
    """Give up one's place, or one's place in line, without a reason; the next in line is offered it at once."""
    found = await held_by(work, programme, id, who)
    if found is None:
        return Not.GONE
    spot, held = found
    if held.state is RegistrationState.LEFT and held.undo_until is not None and now < held.undo_until:
        return Left(held, held.undo_until)
    if not held.is_live:
        return Not.GONE
    left = replace(held, state=RegistrationState.LEFT, undo_until=now + UNDO, offered_until=None)
    await save(work, left)
    await refill(work, programme, spot, now)
    return Left(left, now + UNDO)


async def take_back(
    work: UnitOfWork, programme: Programme, id: UUID, who: Address, *, now: datetime
) -> Joined | Waiting | Not:
    """Undo having left, within ten minutes: the place where it is still free, else the first one in line."""
    found = await held_by(work, programme, id, who)
    if found is None:
        return Not.GONE
    spot, held = found
    if held.state is RegistrationState.IN:
        return Joined(held)
    if held.state is RegistrationState.WAITING:
        return Waiting(held, await position(work, held))
    if held.state is not RegistrationState.LEFT or held.undo_until is None:
        return Not.GONE
    if now >= held.undo_until:
        return Not.LATE
    free = await _is_free(work, spot)
    # Their number is as it was, and so lower than that of whoever came later.
    back = replace(held, state=RegistrationState.IN if free else RegistrationState.WAITING, undo_until=None)
    await work.registrations.save(back)
    return Joined(back) if free else Waiting(back, await position(work, back))


async def choose(work: UnitOfWork, programme: Programme, id: UUID, who: Address, form: Joining) -> Registration | Not:
    """Change which reminders somebody wants, the name they go by, and what may show the real title."""
    found = await held_by(work, programme, id, who)
    if found is None or not found[1].is_live:
        return Not.GONE
    spot, held = found
    chosen = replace(held, reminders=form.reminders, named=form.named)
    await work.registrations.save(chosen)
    if spot.series.alias:
        await work.registrations.reseal(id, Registrant(who, " ".join(form.alias.split())[:LONGEST_ALIAS]))
    return chosen
