"""What holds after a backup was put back: who was erased since it was taken stays erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from peersupport import messages, retention
from peersupport.asking import PENDING
from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Message
from peersupport.offers import OfferState
from peersupport.ports import UnitOfWork
from peersupport.requests import OPEN_STATES, Outcome, State, SupportRequest


async def forget(work: UnitOfWork, request: UUID, now: datetime) -> None:
    """Close and erase a request whose key is gone, as if it had been withdrawn; nobody is told a second time."""
    found = await work.requests.get(request, lock=True)
    if found is None:
        return
    if found.state in OPEN_STATES:
        found = await _closed(work, found, now)
    await retention.erase(work, found, now)
    await work.outbox.put(messages.card(found), messages.close_request_messages(found))


async def _closed(work: UnitOfWork, request: SupportRequest, now: datetime) -> SupportRequest:
    closed = replace(request, state=State.CLOSED, outcome=Outcome.WITHDRAWN, closed_at=now)
    await work.requests.save(closed)
    closed = replace(closed, version=closed.version + 1)
    await work.audit.write(Entry(Event.REQUEST_CLOSED, now, ActorKind.SYSTEM, None, request.id))
    await _end_offers(work, closed, now)
    homes: list[Message] = []
    if request.claimed_by is not None:
        homes.append(messages.home_member(closed, request.claimed_by))
    if request.supporter is not None:
        homes.append(messages.home_supporter(closed, request.supporter))
        homes.append(messages.close_supporter_messages(closed, request.supporter))
    await work.outbox.put(*homes)
    return closed


async def _end_offers(work: UnitOfWork, request: SupportRequest, now: datetime) -> None:
    for offer in await work.offers.of_request(request.id):
        if offer.state in PENDING or offer.state is OfferState.ACCEPTED:
            state = OfferState.WITHDRAWN if offer.state in PENDING else OfferState.ENDED
            await work.offers.save(replace(offer, state=state, decided_at=now), was=offer.state)
            await work.outbox.put(messages.close_offer_messages(request, offer))
