"""How a request ends, and how it leaves a supporter: offers, messages and erasure in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from peersupport import messages, timer_rows
from peersupport.actors import Held, by_itself
from peersupport.asking import end, end_accepted, end_pending, go_on
from peersupport.audit import ActorKind, Event
from peersupport.notifications import Message
from peersupport.offers import OfferState
from peersupport.outcomes import Done, Stale
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Door, Move, Outcome, State, SupportRequest, after

_AT_ONCE = frozenset({Outcome.WITHDRAWN, Outcome.UNREACHABLE, Outcome.ANSWERED})


def goes_at_once(request: SupportRequest) -> bool:
    """Say whether nothing that names the person is kept for any time once it is closed.

    That is so wherever a partner told of somebody and no talk came of it.
    """
    return request.outcome in _AT_ONCE or (request.door is Door.PARTNER and request.outcome is not Outcome.DONE)


async def close(held: Held, outcome: Outcome, event: Event) -> Done | Stale:
    """Close the held request: every offer ends, every message is edited down, and erasure is set."""
    request, was_with = held.request, held.request.supporter
    state = after(request.state, Move.CLOSE)
    if state is None:
        return Stale(request.state)
    closed = replace(request, state=state, outcome=outcome, closed_at=held.now)
    saved = await held.save(closed, event)
    if isinstance(saved, Stale):
        return saved
    await end_pending(saved)
    await end_accepted(saved, OfferState.ENDED)
    await held.work.put_off.forget(request.id)
    await saved.tell(messages.close_request_messages(saved.request))
    if was_with is not None:
        by_supporter = outcome in (Outcome.DONE, Outcome.ANSWERED) and held.kind is ActorKind.SUPPORTER
        await saved.tell(_last_word(saved.request, was_with, asks=not by_supporter))
    if outcome is not Outcome.WITHDRAWN:
        if not request.unasked:
            await saved.tell(messages.tell_requester(saved.request))
        await held.work.tallies.add(held.programme.id, "closed", held.now)
    await _forget(saved)
    return Done(saved.request)


def _last_word(request: SupportRequest, supporter: UUID, *, asks: bool) -> Message:
    """Ask a supporter who is no longer needed to delete what they noted; who left by themselves is left alone."""
    tell = messages.tell_supporter if asks else messages.close_supporter_messages
    return tell(request, supporter)


async def _forget(held: Held) -> None:
    if goes_at_once(held.request):
        await held.tell(messages.erase(held.request, held.now))
        return
    kept = held.programme.retention
    contact = held.now + timedelta(days=kept.contact_days_after_close)
    identity = held.now + timedelta(days=kept.identity_days_after_close)
    await held.tell(messages.erase_contact(held.request, contact), messages.erase(held.request, identity))


async def release(held: Held, why: OfferState) -> Held | Stale:
    """Take the held request from its supporter, whose entitlement ends now, and look for somebody else."""
    request = held.request
    state = after(request.state, Move.RELEASE)
    if state is None or request.supporter is None:
        return Stale(request.state)
    saved = await held.save(_without_supporter(held, request, state), Event.MATCH_RELEASED)
    if isinstance(saved, Stale):
        return saved
    await end_accepted(saved, why)
    await saved.tell(messages.tell_requester(saved.request))
    if saved.request.due_at != request.due_at:
        await saved.tell(*timer_rows.of_promise(held.programme, saved.request))
    await saved.tell(_last_word(saved.request, request.supporter, asks=why is OfferState.ENDED))
    await saved.tell_administrators()
    return saved


def _without_supporter(held: Held, request: SupportRequest, state: State) -> SupportRequest:
    """Return the request free again; where contact had been made, a new promise starts now."""
    if request.unasked:
        # What was tried counts for whoever comes next: nobody who did not ask is tried more often than that.
        return replace(request, state=state, supporter=None, accepted_at=None, not_yet_at=None)
    free = replace(
        request,
        state=state,
        supporter=None,
        accepted_at=None,
        contacted_at=None,
        not_yet_at=None,
        name_agreed_at=None,
        unreached_at=None,
        quiet_since=None,
        going_on_at=None,
        supporter_going_on_at=None,
        waits_at=None,
        attempts=0,
    )
    return promised_anew(held.programme, free, held.now) if request.contacted_at else free


def promised_anew(programme: Programme, request: SupportRequest, now: datetime) -> SupportRequest:
    """Return the request with a promise whose clock starts now."""
    due = programme.due_at(now)
    return replace(request, promised_at=now, due_at=due, missed_at=None, none_told_at=None, waits_at=None)


async def give_back_offers(work: UnitOfWork, programme: Programme, supporter: UUID, now: datetime) -> None:
    """Withdraw the offers open with a supporter who leaves or pauses; for each, the next on the list is asked."""
    for offer in sorted(await work.offers.open_of_supporter(supporter), key=lambda each: each.request_id.hex):
        found = await work.offers.with_request(offer.id, lock=True)
        if found is None or found[0].state is not OfferState.OPEN:
            continue
        held = by_itself(work, programme, found[1], now)
        if await end(held, found[0], OfferState.WITHDRAWN):
            await go_on(held)


async def give_back_requests(
    work: UnitOfWork, programme: Programme, supporter: UUID, now: datetime, why: OfferState = OfferState.ENDED
) -> None:
    """Take the requests from a supporter who leaves, and look for somebody else for each.

    `why` is HANDED_BACK for those who leave by their own deed.
    """
    for each in sorted(await work.requests.of_supporter(supporter), key=lambda request: request.id.hex):
        request = await work.requests.get(each.id, lock=True)
        if request is not None and request.supporter == supporter:
            await release(by_itself(work, programme, request, now), why)
