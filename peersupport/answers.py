"""What a supporter answers to an offer: yes with exactly one winner, not this time, or not me."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport import messages, phone_tasks, timer_rows
from peersupport.actors import Held, actor, refuse
from peersupport.addresses import Address
from peersupport.asking import end, end_pending, go_on
from peersupport.audit import ActorKind, Event
from peersupport.conversations import name_shown_from
from peersupport.matching import room
from peersupport.offers import Offer, OfferState
from peersupport.outcomes import Already, Over, Refused, Stale
from peersupport.people import Deed, may
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, Move, State, SupportRequest, after


@dataclass(frozen=True, slots=True)
class Glance:
    """What an offer shows: nothing about the person."""

    offer: Offer
    request: SupportRequest
    modalities: tuple[str, ...]
    times: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The request is with this supporter now; the name shows from that instant."""

    request: SupportRequest
    name_shown_at: datetime


@dataclass(frozen=True, slots=True)
class Declined:
    """The no is kept; no reason is asked."""


@dataclass(frozen=True, slots=True)
class AtLimit:
    """The supporter is with as many people as they or the programme allow; the offer stays."""

    limit: int


async def look(
    work: UnitOfWork, programme: Programme, who: Address, offer_id: UUID, *, now: datetime
) -> Glance | Already | Over | Refused:
    """Return what an offer shows; already where this supporter has accepted it."""
    held = await _hold(work, programme, who, offer_id, now)
    if not isinstance(held, tuple):
        return held
    scene, offer = held
    if offer.state is OfferState.ACCEPTED:
        return Already(scene.request)
    needs = await work.requests.needs(scene.request.id)
    if offer.state is not OfferState.OPEN or needs is None:
        return Over()
    return Glance(offer, scene.request, needs.modalities, needs.times, needs.language)


async def accept(
    work: UnitOfWork, programme: Programme, who: Address, offer_id: UUID, *, now: datetime, presume: bool = False
) -> Accepted | Already | AtLimit | Over | Refused:
    """Take the request, if nobody else has; every other offer of it ends.

    `presume` goes by nobody else answering at the same moment, in far fewer trips to the database; where somebody did,
    the unit of work ends in Presumed, and the same without `presume` says what became of it.
    """
    if presume:
        work.presume()
    held = await _hold(work, programme, who, offer_id, now)
    if not isinstance(held, tuple):
        return held
    scene, offer = held
    if offer.state is OfferState.ACCEPTED:
        return Already(scene.request)
    state = after(scene.request.state, Move.ACCEPT)
    if offer.state is not OfferState.OPEN or state is None:
        return Over()
    supporter = await work.supporters.held(offer.supporter_id)
    if supporter is None or not supporter.active:
        return Over()
    if supporter.load >= room(supporter, programme):
        return AtLimit(room(supporter, programme))
    return await _win(scene, offer, state)


async def _win(held: Held, offer: Offer, state: State) -> Accepted | Over:
    taken = replace(held.request, state=state, supporter=offer.supporter_id, accepted_at=held.now, name_agreed_at=None)
    saved = await held.save(taken, None)
    if isinstance(saved, Stale):
        return Over()
    accepted = replace(offer, state=OfferState.ACCEPTED, decided_at=held.now)
    if not await held.work.offers.save(accepted, was=OfferState.OPEN):
        await held.work.rollback()
        return Over()
    await held.work.audit.write(saved.entry(Event.OFFER_ACCEPTED, offer.id))
    await end_pending(saved, but=offer.id)
    await saved.tell(messages.tell_requester(saved.request), timer_rows.nudge(held.programme, saved.request))
    shown = name_shown_from(held.programme, saved.request) or held.now
    if shown > held.now:
        await saved.tell(messages.home_supporter(saved.request, offer.supporter_id, ":shown", run_at=shown))
    if saved.request.off_slack_at is not None and saved.request.ask_first:
        await phone_tasks.ask_to_phone(held.work, saved.request, f"name:{offer.id}")
    return Accepted(saved.request, shown)


async def decline(
    work: UnitOfWork, programme: Programme, who: Address, offer_id: UUID, *, now: datetime
) -> Declined | Over | Refused:
    """Say "not this time"; the next on the list is asked."""
    return await _say_no(work, programme, who, offer_id, OfferState.DECLINED, now)


async def not_me(
    work: UnitOfWork, programme: Programme, who: Address, offer_id: UUID, *, now: datetime
) -> Declined | Over | Refused:
    """Say "not me", before accepting; no reason is kept, and the next on the list is asked."""
    return await _say_no(work, programme, who, offer_id, OfferState.NOT_ME, now)


async def _say_no(
    work: UnitOfWork, programme: Programme, who: Address, offer_id: UUID, state: OfferState, now: datetime
) -> Declined | Over | Refused:
    held = await _hold(work, programme, who, offer_id, now)
    if not isinstance(held, tuple):
        return held
    scene, offer = held
    if offer.state in {OfferState.DECLINED, OfferState.NOT_ME}:
        return Declined()
    if offer.state is not OfferState.OPEN or not await end(scene, offer, state):
        return Over()
    await work.audit.write(scene.entry(Event.OFFER_DECLINED, offer.id))
    return Over() if isinstance(await go_on(scene), Stale) else Declined()


async def _hold(
    work: UnitOfWork, programme: Programme, who: Address, offer_id: UUID, now: datetime
) -> tuple[Held, Offer] | Over | Refused:
    """Hold the request of an offer for the supporter whom it asks."""
    found = await work.offers.with_request(offer_id, lock=True, who=who)
    if found is None or found[1].programme != programme.id:
        return await refuse(work, now)
    offer, request = found
    caller = await actor(work, who, request)
    caller = replace(caller, asked=caller.supporter == offer.supporter_id)
    if not may(Deed.ANSWER_OFFER, caller, request):
        return await refuse(work, now, request.id, caller)
    if request.state not in OPEN_STATES or offer.state is OfferState.QUEUED:
        return Over()
    return Held(work, programme, request, caller, ActorKind.SUPPORTER, now), offer
