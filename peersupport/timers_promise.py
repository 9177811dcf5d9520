"""The timers of a promise: reminders to administrators, the promise at risk, missed, and nobody left to ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from peersupport import clocks, notes, phone_tasks, timer_rows
from peersupport.actors import Held, administrators, first_asked
from peersupport.asking import PENDING, end_what_ran_out, ranking, send
from peersupport.clocks import BEFORE_CONTACT, quiet_until
from peersupport.matching import is_excluded
from peersupport.notes import Note
from peersupport.notifications import Due, Kind, Message
from peersupport.offers import Offer, OfferState
from peersupport.outcomes import Stale
from peersupport.ports import Ids
from peersupport.requests import Move, Needs, State, after
from peersupport.supporters import Profile, Supporter

MISSED = "promise_missed"
"""What the tallies call a promised time that passed without contact."""
_UNTOUCHED = frozenset({State.RECEIVED, State.CONFIRMED})
_SOUGHT = frozenset({State.RECEIVED, State.CONFIRMED, State.MATCHING})


async def remind(held: Held, due: Due) -> None:
    """Remind of a request that nobody has claimed: the administrators after their quiet hours, then all at once."""
    request, now = held.request, held.now
    if request.state is not State.RECEIVED or await _is_silent(held, due):
        return
    rests = quiet_until(held.programme.quiet_hours, held.programme.clock.tz, now)
    if due.kind is Kind.REMIND_ADMINS and rests is not None and not request.urgent:
        await held.tell(timer_rows.again(due, rests))
        return
    concerned = await administrators(held.work, request)
    told = concerned if due.kind is Kind.REMIND_BACKUPS else first_asked(concerned)
    await held.tell(*(timer_rows.tell_member(request, member.id, due.kind) for member in told))


async def at_risk(held: Held, due: Due) -> None:
    """Tell administrators and backups that the promise is at risk; where nobody can be asked, tell the requester."""
    if not _waits_for_contact(held) or await _is_silent(held, due):
        return
    held = await end_what_ran_out(held)
    await _tell_everybody(held, due.kind)
    await nobody_left(held, due)


async def promise_due(held: Held, due: Due) -> None:
    """Say in Home, to the minute, that the promised time has passed; count it, and tell everybody who can help."""
    request = held.request
    if not _waits_for_contact(held) or request.missed_at is not None or held.now < request.due_at:
        return
    saved = await held.save(replace(request, missed_at=held.now), None)
    if isinstance(saved, Stale):
        return
    await held.work.tallies.add(held.programme.id, MISSED, held.now)
    saved = await end_what_ran_out(saved)
    await _tell_everybody(saved, due.kind)
    await saved.tell(timer_rows.note(saved.request, "promise", request.due_at))


async def nobody_left(held: Held, due: Due) -> None:  # noqa: ARG001
    """Where nobody is being asked and nobody could be, say so to the requester while there is time."""
    request = held.request
    if request.state not in _SOUGHT or held.now >= request.due_at or (request.none_left and request.none_told_at):
        return
    needs = await held.work.requests.needs(request.id)
    if needs is None or await _is_asking(held) or await _first(held, needs) is not None:
        return
    saved = await held.save(replace(request, none_left=True, none_told_at=held.now), None)
    if not isinstance(saved, Stale):
        await saved.tell(timer_rows.note(saved.request, Note.NONE_AVAILABLE, held.now))


async def offer_unasked(held: Held, due: Due, ids: Ids) -> None:
    """Where no administrator has acted, ask the best-ranked supporter, without a name, as an administrator would."""
    request, at = held.request, clocks.unasked_at(held.programme, held.request)
    if at is None or request.state not in _UNTOUCHED or await is_early(held, due, at):
        return
    needs = await held.work.requests.needs(request.id)
    first = await _first(held, needs) if needs else None
    state = after(after(request.state, Move.CLAIM) or request.state, Move.OFFER)
    if first is None or state is None or await _is_asking(held):
        return
    saved = await held.save(replace(request, state=state, none_left=False), None)
    if isinstance(saved, Stale):
        return
    entry, profile = first
    place = max((each.position for each in await held.work.offers.of_request(request.id)), default=0) + 1
    offer = Offer(ids.new(), request.id, entry.id, place, OfferState.QUEUED, held.now)
    await held.work.offers.add([offer])
    await send(saved, offer, profile.zone)


async def write_of_note(held: Held, due: Due) -> None:
    """Write to the requester, after their quiet hours, of a note that still stands and waits for their choice."""
    request, needs = held.request, await held.work.requests.needs(held.request.id)
    note = notes.note_of(request, held.programme, held.now)
    if needs is None or note is None or notes.is_answered(note, request):
        return
    if not needs.notify and request.off_slack_at is None:
        return
    rests = quiet_until(held.programme.quiet_hours, zone_of(held, needs.zone), held.now)
    if rests is not None:
        await held.tell(timer_rows.again(due, rests))
    elif request.off_slack_at is not None:
        await phone_tasks.ask_to_phone(held.work, request, _written(held, note).dedupe)
    else:
        await held.tell(_written(held, note))


def zone_of(held: Held, zone: str) -> str:
    """Return somebody's own zone; the programme's for those of whom none is known."""
    return held.programme.clock.tz if zone == "UTC" else zone


def _written(held: Held, note: Note) -> Message:
    about = "promise" if note in (Note.ASKED, Note.MISSED) else note.value
    return timer_rows.write_of_note(held.request, about, notes.since(note, held.request))


async def _is_silent(held: Held, due: Due) -> bool:
    """Say whether this rung has nothing to say: its time is not now, or the next one's has come."""
    if clocks.is_superseded(due.kind, held.programme, held.request, held.now):
        return True
    return await is_early(held, due, clocks.rung_at(due.kind, held.programme, held.request))


async def is_early(held: Held, due: Due, at: datetime) -> bool:
    """Say whether a timer's time is yet to come, and put it off until then.

    The times of the programme, the holidays or the zone data can have changed since its row was written.
    """
    if held.now >= at:
        return False
    await held.tell(timer_rows.again(due, at))
    return True


def _waits_for_contact(held: Held) -> bool:
    """Say whether no contact is known, and nobody has tried in vain as often as is asked of them."""
    request = held.request
    return request.state in BEFORE_CONTACT and request.contacted_at is None and request.unreached_at is None


async def _tell_everybody(held: Held, rung: Kind) -> None:
    concerned = await administrators(held.work, held.request)
    await held.tell(*(timer_rows.tell_member(held.request, member.id, rung) for member in concerned))


async def _is_asking(held: Held) -> bool:
    return any(each.state in PENDING for each in await held.work.offers.of_request(held.request.id))


async def _first(held: Held, needs: Needs) -> tuple[Supporter, Profile] | None:
    """Return the best-ranked supporter who could be asked; what they say themselves has the last word."""
    for each in (await ranking(held, needs)).best:
        entry = await held.work.supporters.get(each.id)
        if entry is not None and not is_excluded(needs, *entry):
            return entry
    return None
