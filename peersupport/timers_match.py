"""The timers of an offer and of what follows it: lapsing, a nudge to make contact, silence, nobody reached."""

from __future__ import annotations

from datetime import datetime

from peersupport import clocks, notes, timer_rows
from peersupport.actors import Held, by_itself
from peersupport.asking import end, go_on
from peersupport.audit import Event
from peersupport.clocks import quiet_until
from peersupport.conversations import name_shown_from
from peersupport.endings import close
from peersupport.notes import Note
from peersupport.notifications import Due, Kind
from peersupport.offers import OfferState
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Outcome, State, SupportRequest
from peersupport.timers_promise import is_early, zone_of


async def lapse(work: UnitOfWork, programme: Programme, due: Due, now: datetime) -> None:
    """End an offer that ran out; the next on the list is asked, or the request goes back to the administrators."""
    found = await work.offers.with_request(due.subject, lock=True)
    if found is None:
        return
    offer, request = found
    if offer.state is not OfferState.OPEN or offer.expires_at is None or now < offer.expires_at:
        return
    held = by_itself(work, programme, request, now)
    if await end(held, offer, OfferState.LAPSED):
        await go_on(held, tells=not await _is_told_of_the_promise(work, programme, request, now))


async def _is_told_of_the_promise(
    work: UnitOfWork, programme: Programme, request: SupportRequest, now: datetime
) -> bool:
    """Say whether all who look after a request are about to hear that its promise is at risk or missed.

    After hours in which nothing ran, an offer and a rung of the promise run out in one moment; one message is enough.
    """
    if request.contacted_at is not None or request.unreached_at is not None or request.missed_at is not None:
        return False
    if now < clocks.rung_at(Kind.ALERT_RISK, programme, request):
        return False
    rung = Kind.ALERT_RISK if now < request.due_at else Kind.ASK_REQUESTER
    return rung in await work.outbox.waiting(request.id)


async def nudge(held: Held, due: Due) -> None:
    """Remind the supporter, once, of a request they accepted and have not yet tried."""
    request, now, at = held.request, held.now, clocks.nudge_at(held.programme, held.request)
    waits = request.state is State.ACCEPTED and (request.attempts == 0 or request.unasked)
    if not waits or due.audience is None or request.supporter != due.audience or at is None:
        return
    if await is_early(held, due, at):
        return
    shown = name_shown_from(held.programme, request)
    entry = await held.work.supporters.get(due.audience)
    if entry is None:
        return
    rests = quiet_until(held.programme.quiet_hours, zone_of(held, entry[1].zone), now)
    waits_until = max((each for each in (shown, clocks.second_try_at(held.programme, request)) if each), default=now)
    later = waits_until if waits_until > now else rests
    if later is not None:
        await held.tell(timer_rows.again(due, later))
    else:
        await held.tell(timer_rows.tell_supporter(request, due.audience, Kind.NUDGE_SUPPORTER, request.accepted_at))


async def ask_going_on(held: Held, due: Due) -> None:
    """Ask one side, after their quiet hours, whether the talks go on; the other is asked by themselves."""
    request, side = held.request, due.audience
    at = clocks.idle_at(held.programme, request, supporter=side is not None)
    if at is None:
        return
    if held.now < at:
        # The row for that instant is there where a talk or an answer moved it, and is not where the programme did.
        rows = timer_rows.going_on(held.programme, request, requester=side is None, supporter=side == request.supporter)
        await held.tell(*rows)
        return
    if side is None:
        note = timer_rows.note(request, Note.IDLE, notes.since(Note.IDLE, request))
        await held.tell(timer_rows.home_requester(request, Note.IDLE, at), note)
        return
    entry = await held.work.supporters.get(side)
    if request.supporter != side or entry is None:
        return
    rests = quiet_until(held.programme.quiet_hours, zone_of(held, entry[1].zone), held.now)
    told = timer_rows.tell_supporter(request, side, Kind.ASK_GOING_ON, at)
    await held.tell(timer_rows.again(due, rests) if rests else told)


async def close_unreached(held: Held, due: Due) -> None:
    """Close and erase a request whose requester could not be reached in the days that were left."""
    at = clocks.given_up_at(held.programme, held.request)
    if at is not None and not await is_early(held, due, at):
        await close(held, Outcome.UNREACHABLE, Event.REQUEST_CLOSED)
