"""Changes that wait for the commit: written together, in time for whatever reads them, and never lost unseen."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Executable

from peersupport.audit import ActorKind, Entry, Event
from peersupport.offers import OfferState
from store.errors import StoreError
from store.store import Store
from store.tables import requests
from store.transaction import Transaction
from tests.store.records import START, an_offer, open_request, register_supporter


async def test_a_row_can_change_twice_in_one_unit(store: Store) -> None:
    request = await open_request(store)
    async with store.work() as work:
        held = await work.requests.get(request.id, lock=True)
        assert held is not None
        assert await work.requests.save(replace(held, talks=1))
        assert await work.requests.save(replace(held, talks=2, version=held.version + 1))
    async with store.work() as work:
        found = await work.requests.get(request.id)
        assert found is not None
        assert (found.talks, found.version) == (2, request.version + 2)


async def test_what_waits_is_seen_by_the_next_statement(store: Store) -> None:
    request, supporter = await open_request(store), await register_supporter(store)
    offer = an_offer(request.id, supporter.id, state=OfferState.OPEN)
    async with store.work() as work:
        await work.offers.add([offer])
    async with store.work() as work:
        found = await work.offers.with_request(offer.id, lock=True)
        assert found is not None
        assert await work.offers.save(replace(offer, state=OfferState.DECLINED), was=OfferState.OPEN)
        assert await work.requests.save(replace(found[1], talks=1))
        assert (await work.offers.get(offer.id)) == replace(offer, state=OfferState.DECLINED)


async def test_an_old_version_is_refused_also_where_the_row_is_held(store: Store) -> None:
    request = await open_request(store)
    async with store.work() as work:
        held = await work.requests.get(request.id, lock=True)
        assert held is not None
        assert await work.requests.save(replace(held, talks=1))
        assert not await work.requests.save(replace(held, talks=2))


async def test_what_waits_is_undone_with_the_rest(store: Store) -> None:
    request = await open_request(store)
    async with store.work() as work:
        held = await work.requests.get(request.id, lock=True)
        assert held is not None
        assert await work.requests.save(replace(held, talks=1))
        await work.audit.write(Entry(Event.TALKED, START, ActorKind.SYSTEM, None, request.id))
        await work.rollback()
    async with store.work() as work:
        assert await work.requests.get(request.id) == request
        assert await work.audit.of(request.id, Event.TALKED) == []


async def test_a_change_that_did_not_happen_is_an_error(store: Store) -> None:
    nowhere = uuid4()
    gone = requests.update().where(requests.c.id == nowhere).values(talks=1)
    other = requests.update().where(requests.c.id == nowhere).values(attempts=1)
    transaction = await store._connections.open()
    try:
        with pytest.raises(StoreError, match="did not happen"):
            await _both(transaction, [(gone, nowhere), (other, uuid4())])
    finally:
        await store._connections.release(transaction)


async def _both(transaction: Transaction, changes: list[tuple[Executable, UUID]]) -> None:
    for change, row in changes:
        await transaction.later(change, {}, row)
    await transaction.commit()
