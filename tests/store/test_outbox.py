"""The outbox: with the deed or not at all, in order, once while a worker lives, never lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import pytest

from peersupport.notifications import Delivered, Kind, Later, Message, Parked
from store.outbox import ATTEMPTS, Claim
from store.queue import LEASE, back_off
from store.store import Store
from tests.store.records import PROGRAMME, MovableClock


def a_message(dedupe: str = "", subject: UUID | None = None, kind: Kind = Kind.CARD, **changes: object) -> Message:
    message = Message(kind, subject or uuid4(), dedupe or uuid4().hex, PROGRAMME)
    return replace(message, **changes)  # type: ignore[arg-type]


async def put(store: Store, *messages: Message) -> None:
    async with store.work() as work:
        await work.outbox.put(*messages)


def subjects(claims: list[Claim]) -> list[UUID]:
    return [claim.due.subject for claim in claims]


async def test_row_goes_with_the_deed_or_not_at_all(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        await _put_and_fail(store)
    async with store.work() as work:
        await work.outbox.put(a_message())
        await work.rollback()
    assert await store.queue.claim() == []
    kept = a_message(audience=uuid4())
    await put(store, kept)
    (claim,) = await store.queue.claim()
    due = claim.due
    assert (due.kind, due.subject, due.programme, due.audience) == (kept.kind, kept.subject, PROGRAMME, kept.audience)
    assert due.attempts == 0


async def _put_and_fail(store: Store) -> None:
    async with store.work() as work:
        await work.outbox.put(a_message())
        raise ZeroDivisionError


async def test_same_dedupe_key_is_left_out(store: Store) -> None:
    first = a_message("card:1")
    await put(store, first, a_message("card:1"), a_message("card:2"))
    await put(store, a_message("card:1"), a_message("card:2"))
    claims = await store.queue.claim()
    assert len(claims) == 2
    assert first.subject in subjects(claims)


async def test_timer_waits_for_its_time(store: Store, clock: MovableClock) -> None:
    later = clock.now() + timedelta(days=2)
    await put(store, a_message(run_at=later))
    assert await store.queue.claim() == []
    assert await store.queue.next_at() == later
    clock.move(days=2)
    assert len(await store.queue.claim()) == 1


async def test_claimed_row_is_nobody_elses_until_its_lease_ends(
    store: Store, second_store: Store, clock: MovableClock
) -> None:
    await put(store, a_message())
    (first,) = await store.queue.claim()
    assert await second_store.queue.claim() == []
    clock.move(seconds=LEASE.total_seconds())
    (second,) = await second_store.queue.claim()
    assert (second.seq, second.fence, second.due.attempts) == (first.seq, first.fence + 1, 1)
    assert not await store.queue.settle(first, Delivered()), "whoever lost the lease may not settle"
    assert not await store.queue.settle(first, Parked("broken"))
    assert await second_store.queue.settle(second, Delivered())
    assert not await second_store.queue.settle(second, Delivered())
    assert (await store.queue.backlog()).due == 0


async def test_settling_goes_with_the_deed(store: Store) -> None:
    await put(store, a_message())
    (claim,) = await store.queue.claim()
    async with store.work() as work:
        assert await work.settle(claim, Delivered())
        await work.rollback()
    assert (await store.queue.backlog()).due == 1
    async with store.work() as work:
        assert await work.settle(claim, Delivered())
    assert (await store.queue.backlog()).due == 0


async def test_failures_count_and_park(store: Store, clock: MovableClock) -> None:
    """T43: a row that always fails is parked, the others go on."""
    poison, good = a_message(), a_message()
    await put(store, poison)
    for attempt in range(ATTEMPTS):
        (claim,) = await store.queue.claim()
        assert claim.due.attempts == attempt
        assert await store.queue.settle(claim, Later(60, "server_error"))
        assert await store.queue.claim() == []
        clock.move(seconds=60)
    assert await store.queue.claim() == []
    await put(store, good)
    assert subjects(await store.queue.claim()) == [good.subject]
    (parked,) = await store.queue.parked()
    assert (parked.kind, parked.code) == ("card", "server_error")
    assert await store.queue.revive(parked.id)
    assert not await store.queue.revive(parked.id)
    assert subjects(await store.queue.claim()) == [poison.subject]


async def test_slow_down_costs_no_attempt(store: Store, clock: MovableClock) -> None:
    await put(store, a_message())
    for _ in range(3 * ATTEMPTS):
        (claim,) = await store.queue.claim()
        assert claim.due.attempts == 0
        await store.queue.settle(claim, Later(30, "ratelimited", counts=False))
        clock.move(seconds=29)
        assert await store.queue.claim() == []
        clock.move(seconds=1)


async def test_row_that_ends_its_workers_is_parked(store: Store, clock: MovableClock) -> None:
    await put(store, a_message())
    for _ in range(ATTEMPTS):
        assert len(await store.queue.claim()) == 1
        clock.move(seconds=LEASE.total_seconds())
    assert await store.queue.claim() == []
    assert [row.code for row in await store.queue.parked()] == ["worker_lost"]


async def test_only_a_fixed_word_is_kept_of_an_error(store: Store) -> None:
    await put(store, a_message(), a_message())
    for claim, code in zip(await store.queue.claim(), ("U0AVERYQUILL was rude", "channel_not_found"), strict=True):
        await store.queue.settle(claim, Parked(code))
    assert {row.code for row in await store.queue.parked()} == {"unknown", "channel_not_found"}


async def test_one_lane_goes_one_at_a_time_in_order(store: Store, clock: MovableClock) -> None:
    card = uuid4()
    first, second = a_message("1", card), a_message("2", card, Kind.CLOSE_MESSAGES)
    other = a_message("3")
    await put(store, first)
    await put(store, second, other)
    claims = await store.queue.claim()
    assert {claim.due.kind for claim in claims if claim.due.subject == card} == {Kind.CARD}
    assert len(claims) == 2
    assert await store.queue.claim() == []
    for claim in claims:
        assert await store.queue.settle(claim, Delivered())
    assert [claim.due.kind for claim in await store.queue.claim()] == [Kind.CLOSE_MESSAGES]


async def test_failing_row_does_not_hold_its_lane(store: Store, clock: MovableClock) -> None:
    card = uuid4()
    await put(store, a_message("1", card))
    await put(store, a_message("2", card, Kind.CLOSE_MESSAGES))
    (claim,) = await store.queue.claim()
    await store.queue.settle(claim, Later(60, "server_error"))
    assert [claim.due.kind for claim in await store.queue.claim()] == [Kind.CLOSE_MESSAGES]


async def test_slow_down_holds_the_lane_and_keeps_its_order(store: Store, clock: MovableClock) -> None:
    card = uuid4()
    await put(store, a_message("1", card))
    await put(store, a_message("2", card, Kind.CLOSE_MESSAGES))
    (claim,) = await store.queue.claim()
    await store.queue.settle(claim, Later(60, "ratelimited", counts=False))
    assert await store.queue.claim() == []
    clock.move(seconds=60)
    assert [claim.due.kind for claim in await store.queue.claim()] == [Kind.CARD]


async def test_erasure_never_waits_behind_messages(store: Store) -> None:
    request = uuid4()
    await put(store, a_message("1", request))
    assert len(await store.queue.claim()) == 1
    await put(store, a_message("2", request, Kind.ERASE), a_message("3", request, Kind.HOME_REQUESTER))
    assert {claim.due.kind for claim in await store.queue.claim()} == {Kind.ERASE, Kind.HOME_REQUESTER}


async def test_messages_to_one_person_share_a_lane(store: Store) -> None:
    person = uuid4()
    await put(store, *(a_message(kind=Kind.TELL_SUPPORTER_OFFER, audience=person) for _ in range(3)))
    assert len(await store.queue.claim()) == 1


@pytest.mark.req("G38")
async def test_workers_share_without_loss_or_double(store: Store, second_store: Store) -> None:
    """Four workers drain a hundred rows: each is delivered once."""
    await put(store, *(a_message() for _ in range(100)))
    delivered: list[UUID] = []

    async def drain(which: Store) -> None:
        while claims := await which.queue.claim(7):
            for claim in claims:
                delivered.append(claim.due.subject)
                assert await which.queue.settle(claim, Delivered())

    await asyncio.gather(*(drain(which) for which in (store, second_store) * 2))
    assert len(delivered) == len(set(delivered)) == 100


async def test_claim_takes_no_more_than_asked(store: Store, second_store: Store) -> None:
    await put(store, *(a_message() for _ in range(20)))
    taken = await asyncio.gather(*(which.queue.claim(3) for which in (store, second_store) * 3))
    assert all(len(claims) <= 3 for claims in taken)
    ids = [claim.seq for claims in taken for claim in claims]
    assert len(ids) == len(set(ids))


async def test_done_rows_are_purged_after_a_while(store: Store, clock: MovableClock) -> None:
    await put(store, a_message("1"), a_message("2"))
    claims = await store.queue.claim()
    await store.queue.settle(claims[0], Delivered())
    clock.move(days=8)
    assert await store.queue.purge(clock.now() - timedelta(days=7)) == 1
    assert (await store.queue.backlog()).due == 1


async def test_worker_is_woken_by_a_commit_and_not_by_a_rollback(store: Store) -> None:
    waiting = asyncio.create_task(store.queue.wait(30))
    async with store.work() as work:
        await work.outbox.put(a_message())
        await work.rollback()
    await asyncio.sleep(0)
    assert not waiting.done()
    await put(store, a_message())
    await asyncio.wait_for(waiting, 5)
    await store.queue.wait(0)


async def test_backlog_tells_since_when(store: Store, clock: MovableClock) -> None:
    assert (await store.queue.backlog()).oldest is None
    await put(store, a_message())
    since = clock.now()
    clock.move(hours=1)
    await put(store, a_message())
    backlog = await store.queue.backlog()
    assert (backlog.due, backlog.oldest, backlog.parked) == (2, since, 0)


def test_back_off_grows_with_jitter_and_has_an_end() -> None:
    chance = Random(7)
    waits = [back_off(attempts, chance) for attempts in range(1, 40)]
    assert 0.5 <= waits[0] <= 1
    assert 4 <= waits[3] <= 8
    assert all(wait <= 900 for wait in waits)
    assert back_off(5, Random(1)) != back_off(5, Random(2))


async def test_what_waits_is_counted_by_why_its_last_try_failed(store: Store, clock: MovableClock) -> None:
    await put(store, *(a_message() for _ in range(4)))
    codes = ["slack_refused_missing_scope", "slack_refused_missing_scope", "ratelimited"]
    for claim, code in zip(await store.queue.claim(3), codes, strict=True):
        await store.queue.settle(claim, Later(60.0, code, counts=False))
    assert await store.queue.waiting_codes() == {"slack_refused_missing_scope": 2, "ratelimited": 1}
    clock.move(minutes=2)
    for claim in await store.queue.claim():
        await store.queue.settle(claim, Delivered())
    assert await store.queue.waiting_codes() == {}
