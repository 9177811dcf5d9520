"""What administrators do with a request: claim, offer, hand over, take back, close.

Reading stands in `sheets`, opening who asked in `reveals`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from peersupport import messages
from peersupport.actors import Held, administrators, hold, refuse
from peersupport.addresses import Address
from peersupport.asking import PENDING, end, end_pending, look_ahead, move_on, ranking, send
from peersupport.audit import Event
from peersupport.endings import close, release
from peersupport.matching import Ranking, candidate, is_excluded
from peersupport.offers import Offer, OfferState
from peersupport.outcomes import Already, Done, Refused, Stale
from peersupport.people import Deed
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Move, Outcome, State, SupportRequest, after
from peersupport.reveals import Identity as Identity
from peersupport.reveals import open_identity as open_identity
from peersupport.sheets import Asked as Asked
from peersupport.sheets import Sheet as Sheet
from peersupport.sheets import sheet as sheet

CLOSINGS = frozenset({Outcome.UNREACHABLE, Outcome.NONE_AVAILABLE, Outcome.HANDED_OVER})
"""The ways in which an administrator can close."""

BEST = 25
"""How many of those who could be asked an administrator is shown."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Who could be asked about a request."""

    request: SupportRequest
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Offered:
    """The list is kept; these were asked now, the others wait."""

    request: SupportRequest
    sent: tuple[Offer, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class CannotAsk:
    """Somebody on the list cannot be asked now; nobody was."""


@dataclass(frozen=True, slots=True)
class NobodyWaits:
    """No further supporter on the list can be asked."""


async def claim(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Refused | Stale:
    """Claim a request, which confirms it; the second to press learns who was first from the record."""
    held = await hold(work, programme, who, request, Deed.CLAIM, now)
    if not isinstance(held, Held):
        return held
    if held.request.claimed_by is not None:
        return Already(held.request)
    state = after(held.request.state, Move.CLAIM) or held.request.state
    changed = replace(held.request, state=state, claimed_by=held.actor.member, claimed_at=now)
    saved = await held.save(changed, Event.REQUEST_CLAIMED)
    if isinstance(saved, Stale):
        return saved
    if held.request.state is State.RECEIVED:
        await saved.tell(messages.tell_requester(saved.request))
    return Done(saved.request)


async def take_over(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Refused | Stale:
    """Take a request over from another administrator, who is told."""
    held = await hold(work, programme, who, request, Deed.CLAIM, now)
    if not isinstance(held, Held):
        return held
    if held.request.claimed_by == held.actor.member:
        return Already(held.request)
    return await _seat(held, held.actor.member)


async def hand_over(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, member: UUID, *, now: datetime
) -> Done | Already | Refused | Stale:
    """Hand a request to another administrator, who is told."""
    held = await hold(work, programme, who, request, Deed.REASSIGN, now)
    if not isinstance(held, Held):
        return held
    if member not in {each.id for each in await administrators(work, held.request)}:
        return await refuse(work, now, held.request.id, held.actor)
    if held.request.claimed_by == member:
        return Already(held.request)
    return await _seat(held, member)


async def _seat(held: Held, member: UUID | None) -> Done | Stale:
    before = held.request.claimed_by
    state = after(held.request.state, Move.CLAIM) or held.request.state
    changed = replace(held.request, state=state, claimed_by=member, claimed_at=held.now)
    saved = await held.save(changed, Event.REQUEST_REASSIGNED if before else Event.REQUEST_CLAIMED)
    if isinstance(saved, Stale):
        return saved
    concerned = {each.id for each in await administrators(held.work, saved.request)} & {before, member}
    told = sorted(concerned - {held.actor.member}, key=lambda each: each.hex)
    await saved.tell(*(messages.tell_member(saved.request, each) for each in told))
    return Done(saved.request)


async def suggest(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Suggestions | Refused | Stale:
    """Rank the supporters who could be asked."""
    held = await hold(work, programme, who, request, Deed.OFFER, now)
    if not isinstance(held, Held):
        return held
    needs = await work.requests.needs(request)
    if needs is None:
        return Stale(held.request.state)
    pending = {each.supporter_id for each in await work.offers.of_request(request) if each.state in PENDING}
    found = await ranking(held, needs)
    fresh = list(islice((each.id for each in found.best if each.id not in pending), BEST))
    # Only the names that are shown are opened; what they say themselves has the last word.
    opened = [each for each in await work.supporters.some(fresh) if not is_excluded(needs, *each)]
    candidates = tuple(candidate(needs, *each, programme) for each in opened)
    return Suggestions(held.request, Ranking(candidates, found.excluded, found.away))


async def offer(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    request: UUID,
    supporters: Sequence[UUID],
    *,
    now: datetime,
    ids: Ids,
) -> Offered | CannotAsk | Refused | Stale:
    """Ask one supporter, the first of an ordered list, or all together, as the programme has it."""
    held = await hold(work, programme, who, request, Deed.OFFER, now)
    if not isinstance(held, Held):
        return held
    state, needs = after(held.request.state, Move.OFFER), await work.requests.needs(request)
    if state is None or needs is None:
        return Stale(held.request.state)
    wanted = tuple(dict.fromkeys(supporters))
    able = {each.id for each in (await ranking(held, needs)).best}.intersection(wanted)
    opened = [each for each in await work.supporters.some(wanted) if each[0].id in able]
    zones = {entry.id: profile.zone for entry, profile in opened if not is_excluded(needs, entry, profile)}
    if not wanted or len(zones) < len(wanted):
        return CannotAsk()
    saved = await held.save(replace(held.request, state=state, none_left=False), None)
    if isinstance(saved, Stale):
        return saved
    await end_pending(saved)
    start = max((each.position for each in await work.offers.of_request(request)), default=0)
    made = [
        Offer(ids.new(), request, supporter, start + place, OfferState.QUEUED, now)
        for place, supporter in enumerate(wanted, start=1)
    ]
    await work.offers.add(made)
    at_once = made if programme.match.offer_mode == "together" else made[:1]
    sent = [await send(saved, each, zones[each.supporter_id]) for each in at_once]
    return Offered(saved.request, tuple(each for each in sent if each), len(made) - len(at_once))


async def withdraw_offer(
    work: UnitOfWork, programme: Programme, who: Address, offer_id: UUID, *, now: datetime
) -> Done | Already | Refused | Stale:
    """Withdraw an unanswered offer; the list behind it waits until the next is sent by hand."""
    found = await work.offers.with_request(offer_id, lock=True)
    if found is None:
        return await refuse(work, now)
    held = await hold(work, programme, who, found[1].id, Deed.OFFER, now)
    if not isinstance(held, Held):
        return held
    if found[0].state not in PENDING:
        return Already(held.request)
    await end(held, found[0], OfferState.WITHDRAWN)
    await work.audit.write(held.entry(Event.OFFER_WITHDRAWN, offer_id))
    state = after(held.request.state, Move.OFFERS_ENDED)
    if state is None or any(each.state is OfferState.OPEN for each in await work.offers.of_request(found[1].id)):
        return Done(held.request)
    saved = await held.save(replace(held.request, state=state), None)
    return saved if isinstance(saved, Stale) else Done(saved.request)


async def send_next(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Offered | NobodyWaits | Refused | Stale:
    """Ask the next supporter on the list now, beside whoever is being asked."""
    held = await hold(work, programme, who, request, Deed.OFFER, now)
    if not isinstance(held, Held):
        return held
    state = State.OFFERED if held.request.state is State.OFFERED else after(held.request.state, Move.OFFER)
    if state is None:
        return Stale(held.request.state)
    offers, needs = await work.offers.of_request(request), await work.requests.needs(request)
    ahead = await look_ahead(held, offers, needs)
    if ahead.next is None:
        await move_on(held, ahead)
        return NobodyWaits()
    saved = await held.save(replace(held.request, state=state, none_left=False), None)
    if isinstance(saved, Stale):
        return saved
    sent = await move_on(saved, ahead)
    waiting = sum(each.state is OfferState.QUEUED for each in await work.offers.of_request(request))
    return Offered(saved.request, (sent,) if sent else (), waiting)


async def reassign(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Refused | Stale:
    """Take the request from its supporter, whose access ends at once; somebody else is looked for."""
    held = await hold(work, programme, who, request, Deed.REASSIGN, now)
    if not isinstance(held, Held):
        return held
    released = await release(held, OfferState.ENDED)
    return released if isinstance(released, Stale) else Done(released.request)


async def close_request(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, outcome: Outcome, *, now: datetime
) -> Done | Refused | Stale:
    """Close a request that cannot go on: nobody could be reached or found, or other help has taken over."""
    held = await hold(work, programme, who, request, Deed.CLOSE, now)
    if not isinstance(held, Held):
        return held
    if outcome not in CLOSINGS:
        return await refuse(work, now, held.request.id, held.actor)
    return await close(held, outcome, Event.REQUEST_CLOSED)


async def agree_fourth(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Refused | Stale:
    """Say yes to one talk more than the programme's number."""
    held = await hold(work, programme, who, request, Deed.OFFER, now)
    if not isinstance(held, Held):
        return held
    if held.request.fourth_agreed:
        return Already(held.request)
    if held.request.state is not State.TALKING or held.request.supporter is None:
        return Stale(held.request.state)
    saved = await held.save(replace(held.request, fourth_agreed=True), Event.FOURTH_AGREED)
    if isinstance(saved, Stale):
        return saved
    await saved.tell(messages.tell_supporter(saved.request, held.request.supporter))
    return Done(saved.request)
