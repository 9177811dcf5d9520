"""The list of supporters who are asked about one request: who is next, and how asking ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from peersupport import messages, timer_rows
from peersupport.actors import Held
from peersupport.audit import Event
from peersupport.matching import Order, is_apart, is_available, is_excluded, order
from peersupport.notifications import Message
from peersupport.offers import Offer, OfferState
from peersupport.outcomes import Stale
from peersupport.programme import Programme
from peersupport.requests import Move, Needs, after
from peersupport.supporters import Profile, Supporter, outline_of

PENDING = frozenset({OfferState.QUEUED, OfferState.OPEN})
"""Offers that nobody has answered yet."""

SAID_NO = frozenset(
    {OfferState.DECLINED, OfferState.NOT_ME, OfferState.HANDED_BACK, OfferState.ENDED, OfferState.ACCEPTED}
)
"""Offers whose supporter is not asked about the same request again."""


def said_no(offers: Iterable[Offer]) -> set[UUID]:
    """Return the supporters who are not asked about this request again."""
    return {offer.supporter_id for offer in offers if offer.state in SAID_NO}


def lapses_at(programme: Programme, zone: str, now: datetime) -> datetime:
    """Return when an offer sent now runs out: its time to live, but not before the morning hour of the supporter."""
    ends = now + programme.timing.offer_ttl
    local = ends.astimezone(ZoneInfo(zone))
    morning = datetime.combine(local.date(), programme.timing.offer_not_before, local.tzinfo)
    return max(ends, morning.astimezone(now.tzinfo))


async def ranking(held: Held, needs: Needs) -> Order:
    """Return who could be asked about the held request now, best first."""
    supporters, programme = held.work.supporters, held.programme
    if needs.avoid_names:
        # A name that was typed must be compared with every name itself.
        entries = await supporters.all(programme.id)
        register = [(entry, outline_of(profile), is_apart(needs, profile)) for entry, profile in entries]
    else:
        register = await supporters.outlines(programme.id, needs.requester, needs.apart)
    asked = await held.work.offers.of_request(held.request.id)
    return order(needs, register, programme, held.now, said_no(asked))


@dataclass(frozen=True, slots=True)
class Queue:
    """What becomes of the offers that wait: the one to open, if any, and those that cannot be sent any more."""

    next: Offer | None
    zone: str
    skipped: tuple[Offer, ...]


async def look_ahead(held: Held, offers: Sequence[Offer], needs: Needs | None) -> Queue:
    """Find the first waiting offer whose supporter can still be asked."""
    skipped: list[Offer] = []
    for offer in sorted(offers, key=lambda each: each.position):
        if offer.state is not OfferState.QUEUED:
            continue
        entry = await held.work.supporters.get(offer.supporter_id)
        if entry and needs and _askable(held, needs, *entry, offers):
            return Queue(offer, entry[1].zone, tuple(skipped))
        skipped.append(offer)
    return Queue(None, held.programme.clock.tz, tuple(skipped))


def _askable(held: Held, needs: Needs, supporter: Supporter, profile: Profile, offers: Sequence[Offer]) -> bool:
    return is_available(supporter, profile, held.programme, held.now) and not is_excluded(
        needs, supporter, profile, said_no(offers)
    )


async def move_on(held: Held, queue: Queue) -> Offer | None:
    """Carry out what looking ahead has found; return the offer that was sent."""
    for offer in queue.skipped:
        await end(held, offer, OfferState.WITHDRAWN)
    if queue.next is None:
        return None
    return await send(held, queue.next, queue.zone)


async def send(held: Held, offer: Offer, zone: str) -> Offer | None:
    """Open a waiting offer and tell its supporter."""
    opened = replace(
        offer, state=OfferState.OPEN, sent_at=held.now, expires_at=lapses_at(held.programme, zone, held.now)
    )
    if not await held.work.offers.save(opened, was=OfferState.QUEUED):
        return None
    await held.work.audit.write(held.entry(Event.OFFER_SENT, opened.id))
    lapses = timer_rows.lapse(held.request, opened)
    await held.tell(messages.tell_offer(held.request, opened), _home(held, opened), lapses)
    return opened


async def end(held: Held, offer: Offer, state: OfferState) -> bool:
    """End one offer; its supporter's message is edited down, and nobody is told why."""
    ended = replace(offer, state=state, decided_at=held.now)
    if not await held.work.offers.save(ended, was=offer.state):
        return False
    if offer.state is not OfferState.QUEUED:
        await held.tell(messages.close_offer_messages(held.request, ended), _home(held, ended))
    return True


def _home(held: Held, offer: Offer) -> Message:
    return messages.home_supporter(held.request, offer.supporter_id, f":{offer.id}:{offer.state}")


async def go_on(held: Held, needs: Needs | None = None, *, tells: bool = True) -> Held | Stale:
    """Where nobody is being asked any more, ask the next on the list, or give the request back.

    `tells` is False where administrators hear of the same request at this moment anyhow.
    """
    request = held.request
    offers = await held.work.offers.of_request(request.id)
    state = after(request.state, Move.OFFERS_ENDED)
    if state is None or any(each.state is OfferState.OPEN for each in offers):
        return held
    needs = needs or await held.work.requests.needs(request.id)
    if await move_on(held, await look_ahead(held, offers, needs)) is not None:
        return held
    left = needs is not None and (await ranking(held, needs)).best
    saved = await held.save(replace(request, state=state, none_left=not left), None)
    if isinstance(saved, Held):
        if tells:
            await saved.tell_administrators(needs=needs)
        if saved.request.none_left:
            await saved.tell(timer_rows.none_left(held.programme, saved.request, held.now))
    return saved


async def end_what_ran_out(held: Held) -> Held:
    """End an open offer whose time is over, without a word to the administrators, who hear of the request anyhow."""
    for offer in await held.work.offers.of_request(held.request.id):
        over = offer.state is OfferState.OPEN and offer.expires_at is not None and held.now >= offer.expires_at
        if over and await end(held, offer, OfferState.LAPSED):
            gone_on = await go_on(held, tells=False)
            return gone_on if isinstance(gone_on, Held) else held
    return held


async def end_pending(held: Held, *, but: UUID | None = None) -> None:
    """Withdraw every unanswered offer of the request, except one."""
    for offer in await held.work.offers.of_request(held.request.id):
        if offer.state in PENDING and offer.id != but:
            await end(held, offer, OfferState.WITHDRAWN)


async def end_accepted(held: Held, state: OfferState) -> Offer | None:
    """End the accepted offer of the request, if there is one."""
    for offer in await held.work.offers.of_request(held.request.id):
        if offer.state is OfferState.ACCEPTED:
            await end(held, offer, state)
            return offer
    return None
