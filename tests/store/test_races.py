"""Races at the level of the store (T34-T36): one winner, one record, a legal end, whatever the order."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Kind, Message
from peersupport.offers import Offer, OfferState
from peersupport.ports import UnitOfWork
from peersupport.requests import Move, Outcome, State, after
from store.store import Store
from tests.store.records import (
    AVERY,
    PROGRAMME,
    START,
    a_contact,
    a_member,
    a_profile,
    a_request,
    a_supporter,
    an_offer,
    open_request,
    some_needs,
)

SUPPORTERS = 20


@pytest.fixture
async def offered(store: Store) -> tuple[UUID, list[Offer]]:
    """A request that is offered to twenty supporters at once."""
    request = await open_request(store, state=State.OFFERED)
    offers = []
    async with store.work() as work:
        for number in range(SUPPORTERS):
            supporter = a_supporter()
            await work.supporters.add(supporter, a_profile(replace(AVERY, user=f"U0S{number}")))
            offers.append(an_offer(request.id, supporter.id, position=number))
        await work.offers.add(offers)
    return request.id, offers


async def accept(store: Store, offer: Offer) -> bool:
    async with store.work() as work:
        pair = await work.offers.with_request(offer.id, lock=True)
        assert pair is not None
        stored, request = pair
        target = after(request.state, Move.ACCEPT)
        if target is None or stored.state is not OfferState.OPEN:
            return False
        accepted = replace(stored, state=OfferState.ACCEPTED, decided_at=START)
        assert await work.offers.save(accepted, was=OfferState.OPEN)
        assert await work.requests.save(replace(request, state=target, supporter=offer.supporter_id))
        await work.outbox.put(Message(Kind.CARD, request.id, f"card:{request.id}:{request.version}", PROGRAMME))
        await work.audit.write(Entry(Event.OFFER_ACCEPTED, START, ActorKind.SUPPORTER, offer.supporter_id, request.id))
    return True


@pytest.mark.threat("T34")
@pytest.mark.req("G26")
async def test_one_of_many_accepts_wins(store: Store, second_store: Store, offered: tuple[UUID, list[Offer]]) -> None:
    request_id, offers = offered
    stores = (store, second_store)
    answers = await asyncio.gather(*(accept(stores[number % 2], offer) for number, offer in enumerate(offers)))
    assert sum(answers) == 1
    winner = offers[answers.index(True)]
    async with store.work() as work:
        request = await work.requests.get(request_id)
        assert request is not None
        assert (request.state, request.supporter, request.version) == (State.ACCEPTED, winner.supporter_id, 2)
        states = [offer.state for offer in await work.offers.of_request(request_id)]
        assert states.count(OfferState.ACCEPTED) == 1
        assert len(await work.audit.of(request_id, Event.OFFER_ACCEPTED)) == 1
    assert (await store.queue.backlog()).due == 1
    assert await store.verify_audit() is None


@pytest.mark.threat("T34")
async def test_one_accepted_offer_even_without_the_lock(
    store: Store, second_store: Store, offered: tuple[UUID, list[Offer]]
) -> None:
    """The database itself refuses a second accepted offer, and the loser may go on in the same unit of work."""
    request_id, offers = offered

    async def careless(which: Store, offer: Offer) -> bool:
        async with which.work() as work:
            won = await work.offers.save(replace(offer, state=OfferState.ACCEPTED), was=OfferState.OPEN)
            assert await work.requests.get(request_id) is not None
            return won

    stores = (store, second_store)
    answers = await asyncio.gather(*(careless(stores[number % 2], offer) for number, offer in enumerate(offers)))
    assert sum(answers) == 1


@pytest.mark.threat("T35")
@pytest.mark.req("G26")
async def test_same_submission_many_times_makes_one_record(store: Store, second_store: Store) -> None:
    async def submit(which: Store) -> UUID | None:
        async with which.work() as work:
            used, known = await work.receipts.find("view:V1")
            if used:
                return known
            request = a_request()
            if not await work.receipts.keep("view:V1", request.id):
                await work.rollback()
                return (await work.receipts.find("view:V1"))[1]
            assert await work.requests.add(request, some_needs(), a_contact())
            await work.audit.write(Entry(Event.REQUEST_OPENED, START, ActorKind.REQUESTER, None, request.id))
            await work.outbox.put(Message(Kind.CARD, request.id, f"card:{request.id}", PROGRAMME))
            return request.id

    results = await asyncio.gather(*(submit(which) for which in (store, second_store) * 5))
    assert None not in results
    assert len(set(results)) == 1
    async with store.work() as work:
        assert [request.id for request in await work.requests.of(AVERY)] == [results[0]]
    assert (await store.queue.backlog()).due == 1


async def test_two_different_submissions_of_one_person_make_one_record(store: Store, second_store: Store) -> None:
    async def submit(which: Store) -> bool:
        async with which.work() as work:
            return await work.requests.add(a_request(), some_needs(), a_contact())

    results = await asyncio.gather(*(submit(which) for which in (store, second_store) * 5))
    assert sum(results) == 1


async def test_one_of_two_claims_wins(store: Store, second_store: Store) -> None:
    request = await open_request(store)
    members = [a_member(), a_member(AVERY)]
    async with store.work() as work:
        assert await work.members.seed(PROGRAMME, members)

    async def claim(which: Store, member: UUID) -> bool:
        async with which.work() as work:
            current = await work.requests.get(request.id, lock=True)
            assert current is not None
            if after(current.state, Move.CLAIM) is None:
                return False
            return await work.requests.save(replace(current, state=State.CONFIRMED, claimed_by=member))

    results = await asyncio.gather(claim(store, members[0].id), claim(second_store, members[1].id))
    assert sum(results) == 1


@pytest.mark.threat("T36")
async def test_accept_withdraw_reassign_and_close_end_legally(
    store: Store, second_store: Store, offered: tuple[UUID, list[Offer]]
) -> None:
    request_id, offers = offered

    async def withdraw(which: Store) -> bool:
        async with which.work() as work:
            return await _close(work, request_id, Outcome.WITHDRAWN)

    async def finish(which: Store) -> bool:
        async with which.work() as work:
            return await _close(work, request_id, Outcome.NONE_AVAILABLE)

    async def take_back(which: Store) -> bool:
        async with which.work() as work:
            request = await work.requests.get(request_id, lock=True)
            assert request is not None
            if (target := after(request.state, Move.OFFERS_ENDED)) is None:
                return False
            await _end_offers(work, request_id, OfferState.WITHDRAWN)
            return await work.requests.save(replace(request, state=target))

    deeds: list[Callable[[Store], Awaitable[bool]]] = [withdraw, finish, take_back]
    deeds += [partial(accept, offer=offer) for offer in offers[:6]]
    stores = (store, second_store)
    answers = await asyncio.gather(*(deed(stores[number % 2]) for number, deed in enumerate(deeds)))
    assert sum(answers[:2]) == 1
    assert sum(answers[3:]) <= 1
    async with store.work() as work:
        request = await work.requests.get(request_id)
        assert request is not None
        assert request.state is State.CLOSED
        states = {offer.state for offer in await work.offers.of_request(request_id)}
        assert not states & {OfferState.OPEN, OfferState.QUEUED, OfferState.ACCEPTED}
    assert await store.verify_audit() is None


async def _close(work: UnitOfWork, request_id: UUID, outcome: Outcome) -> bool:
    request = await work.requests.get(request_id, lock=True)
    assert request is not None
    if after(request.state, Move.CLOSE) is None:
        return False
    await _end_offers(work, request_id, OfferState.ENDED)
    await work.audit.write(Entry(Event.REQUEST_CLOSED, START, ActorKind.ADMIN, None, request_id))
    return await work.requests.save(
        replace(request, state=State.CLOSED, outcome=outcome, closed_at=START + timedelta(hours=1))
    )


async def _end_offers(work: UnitOfWork, request_id: UUID, state: OfferState) -> None:
    for offer in await work.offers.of_request(request_id):
        if offer.state in {OfferState.OPEN, OfferState.QUEUED, OfferState.ACCEPTED}:
            assert await work.offers.save(replace(offer, state=state), was=offer.state)


async def test_offer_that_changed_while_waiting_is_read_anew(store: Store, second_store: Store) -> None:
    """Whoever waits for the request's row sees the offer as it is after the wait, not before."""
    request = await open_request(store, state=State.OFFERED)
    supporter = a_supporter()
    offer = an_offer(request.id, supporter.id)
    async with store.work() as work:
        await work.supporters.add(supporter, a_profile())
        await work.offers.add([offer])

    async def look() -> OfferState:
        async with second_store.work() as work:
            pair = await work.offers.with_request(offer.id, lock=True)
            assert pair is not None
            return pair[0].state

    async with store.work() as work:
        await work.requests.get(request.id, lock=True)
        looking = asyncio.create_task(look())
        await asyncio.sleep(0.2)
        assert await work.offers.save(replace(offer, state=OfferState.WITHDRAWN), was=OfferState.OPEN)
    assert await looking is OfferState.WITHDRAWN


class TestOffers:
    async def test_everything_comes_back(self, store: Store) -> None:
        request = await open_request(store, state=State.OFFERED)
        supporters = [a_supporter(), a_supporter()]
        first = an_offer(request.id, supporters[0].id, position=2, expires_at=START + timedelta(days=1))
        second = an_offer(request.id, supporters[1].id, state=OfferState.QUEUED, sent_at=None)
        async with store.work() as work:
            await work.supporters.add(supporters[0], a_profile())
            await work.supporters.add(supporters[1], a_profile(AVERY))
            await work.offers.add([first, second])
            await work.offers.add([])
        async with store.work() as work:
            assert await work.offers.get(first.id) == first
            assert await work.offers.get(uuid4()) is None
            assert await work.offers.of_request(request.id) == [second, first]
            assert await work.offers.open_of_supporter(supporters[0].id) == [first]
            assert await work.offers.open_of_supporter(supporters[1].id) == []
            assert await work.offers.with_request(first.id) == (first, request)
            assert await work.offers.with_request(second.id, lock=True) == (second, request)
            assert await work.offers.with_request(uuid4(), lock=True) is None

    async def test_save_only_from_the_state_it_was_in(self, store: Store) -> None:
        request, supporter = await open_request(store, state=State.OFFERED), a_supporter()
        offer = an_offer(request.id, supporter.id)
        declined = replace(offer, state=OfferState.DECLINED, decided_at=START)
        async with store.work() as work:
            await work.supporters.add(supporter, a_profile())
            await work.offers.add([offer])
            assert await work.offers.save(declined, was=OfferState.OPEN)
            assert not await work.offers.save(offer, was=OfferState.OPEN)
            assert await work.offers.get(offer.id) == declined
