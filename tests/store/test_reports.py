"""What reports are counted from, and that a published one stands, on both kinds of database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.offers import OfferState
from peersupport.requests import Outcome, State
from store.store import Store
from tests.store.records import PROGRAMME, START, an_offer, open_request, register_supporter

pytestmark = pytest.mark.req("G20", "U54")

SINCE, UNTIL = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
NOTHING = {"received": 0, "matched": 0, "conversations": 0, "finished": 0, "withdrawn": 0, "closed_otherwise": 0}


async def counted(store: Store, programme: str = PROGRAMME) -> dict[str, int]:
    async with store.work() as work:
        return await work.reports.counted(programme, SINCE, UNTIL)


def somebody(number: int) -> Address:
    return Address("T0NORTH", f"U0SOMEBODY{number}")


async def closed(store: Store, number: int, outcome: Outcome, at: datetime, **more: Any) -> None:
    request = await open_request(store, somebody(number), **more)
    async with store.work() as work:
        assert await work.requests.save(replace(request, state=State.CLOSED, outcome=outcome, closed_at=at))
        await work.requests.erase(request.id)


async def test_requests_count_in_the_period_in_which_they_come_and_go_also_once_erased(store: Store) -> None:
    async with store.work() as work:
        assert await work.reports.first(PROGRAMME) is None
    assert await counted(store) == NOTHING
    early = {"created_at": SINCE - timedelta(microseconds=1)}
    await closed(store, 1, Outcome.DONE, SINCE, **early)
    await closed(store, 2, Outcome.WITHDRAWN, UNTIL - timedelta(microseconds=1), created_at=SINCE)
    await closed(store, 3, Outcome.UNREACHABLE, START)
    await closed(store, 4, Outcome.HANDED_OVER, START)
    await closed(store, 5, Outcome.DONE, UNTIL)
    await open_request(store, somebody(6), created_at=UNTIL)
    await open_request(store, somebody(7), programme="south")
    expected = {"received": 4, "received.self": 4, "finished": 1, "withdrawn": 1, "closed_otherwise": 2}
    assert await counted(store) == NOTHING | expected
    assert await counted(store, "south") == NOTHING | {"received": 1, "received.self": 1}
    async with store.work() as work:
        assert await work.reports.first(PROGRAMME) == early["created_at"]


async def test_waits_are_those_of_first_contacts_in_the_period(store: Store) -> None:
    for number, (asked, hours) in enumerate([(START, 30), (START, 50), (SINCE - timedelta(hours=2), 1), (START, None)]):
        request = await open_request(store, somebody(number), created_at=asked)
        if hours is not None:
            async with store.work() as work:
                at = asked + timedelta(hours=hours)
                assert await work.requests.save(replace(request, state=State.CONTACTED, contacted_at=at))
    async with store.work() as work:
        waits = await work.reports.waits(PROGRAMME, SINCE, UNTIL)
        assert sorted(waits) == [timedelta(hours=30), timedelta(hours=50)]
        assert await work.reports.waits("south", SINCE, UNTIL) == []


async def test_matches_and_talks_come_from_the_ledger(store: Store) -> None:
    request, supporter = await open_request(store), await register_supporter(store)
    offer = an_offer(request.id, supporter.id, state=OfferState.ACCEPTED)
    async with store.work() as work:
        await work.offers.add([offer])
        for at in (SINCE - timedelta(days=1), START, START + timedelta(days=1), UNTIL):
            await work.audit.write(Entry(Event.TALKED, at, ActorKind.SUPPORTER, supporter.id, request.id))
        await work.audit.write(Entry(Event.OFFER_ACCEPTED, START, ActorKind.SUPPORTER, supporter.id, offer.id))
    assert await counted(store) == NOTHING | {"received": 1, "received.self": 1, "matched": 1, "conversations": 2}
    assert await counted(store, "south") == NOTHING


async def test_what_was_published_stands(store: Store, second_store: Store) -> None:
    async def publish(which: Store, said: str) -> None:
        async with which.work() as work:
            await work.reports.publish(PROGRAMME, "2026-Q4", {"received": said, "closed": said})

    await asyncio.gather(publish(store, "<5"), publish(second_store, "15"))
    async with store.work() as work:
        first = await work.reports.published(PROGRAMME)
        assert await work.reports.published("south") == {}
    assert first["2026-Q4"] in ({"received": "<5", "closed": "<5"}, {"received": "15", "closed": "15"})
    await publish(store, "20")
    async with second_store.work() as work:
        assert await work.reports.published(PROGRAMME) == first
