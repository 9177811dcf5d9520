"""Requests: sealed apart, found by keyed hash, changed by version, erased for good."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from peersupport.people import Address
from peersupport.requests import OPEN_STATES, Outcome, State
from store.database import Database
from store.keyring import Keyring
from store.store import Store
from tests.store.conftest import Places
from tests.store.records import (
    AVERY,
    PROGRAMME,
    ROBIN,
    START,
    a_contact,
    a_member,
    a_request,
    open_request,
    register_supporter,
    some_needs,
)


async def test_everything_comes_back(store: Store) -> None:
    request = await open_request(store, urgent=True, ask_first=True)
    async with store.work() as work:
        assert await work.requests.get(request.id) == request
        assert await work.requests.get(request.id, lock=True) == request
        assert await work.requests.needs(request.id) == some_needs()
        assert await work.requests.contact(request.id) == a_contact()
        assert await work.requests.get(uuid4()) is None
        assert await work.requests.needs(uuid4()) is None
        assert await work.requests.contact(uuid4()) is None


@pytest.mark.req("G26")
async def test_one_open_request_a_person_and_programme(store: Store) -> None:
    first = await open_request(store)
    async with store.work() as work:
        assert not await work.requests.add(a_request(), some_needs(), a_contact())
        assert await work.requests.add(a_request(programme="south"), some_needs(), a_contact())
        assert await work.requests.add(a_request(), some_needs(ROBIN), a_contact())
        closed = replace(first, state=State.CLOSED, outcome=Outcome.DONE, closed_at=START)
        assert await work.requests.save(closed)
        assert await work.requests.add(a_request(), some_needs(), a_contact())


async def test_reference_is_given_once(store: Store) -> None:
    request = await open_request(store)
    async with store.work() as work:
        assert not await work.requests.add(a_request(reference=request.reference), some_needs(ROBIN), a_contact())


async def test_refused_request_wastes_no_key(store: Store, keyring: Keyring) -> None:
    await open_request(store)
    before = len(keyring._spares)
    async with store.work() as work:
        assert not await work.requests.add(a_request(), some_needs(), a_contact())
    assert len(keyring._spares) == before


async def test_own_requests_newest_first(store: Store) -> None:
    old = await open_request(store, programme="south", state=State.CLOSED)
    new = await open_request(store, created_at=START + timedelta(days=1))
    await open_request(store, ROBIN)
    async with store.work() as work:
        assert await work.requests.of(AVERY) == [new]
        assert await work.requests.of(AVERY, open_only=False) == [new, old]
        assert await work.requests.is_requester(new.id, AVERY)
        assert not await work.requests.is_requester(new.id, ROBIN)
        assert not await work.requests.is_requester(uuid4(), ROBIN)


async def test_queue_is_paged_by_due_time(store: Store) -> None:
    people = [replace(AVERY, user=f"U0PERSON{number}") for number in range(5)]
    requests = [
        await open_request(store, who, due_at=START + timedelta(days=number // 2)) for number, who in enumerate(people)
    ]
    await open_request(store, ROBIN, programme="south")
    closed = await open_request(store, ROBIN, state=State.CLOSED)
    expected = sorted(requests, key=lambda request: (request.due_at, request.id.hex))
    async with store.work() as work:
        first = await work.requests.in_states(PROGRAMME, OPEN_STATES, limit=3)
        rest = await work.requests.in_states(PROGRAMME, OPEN_STATES, limit=3, after=first[-1].id)
        assert first + rest == expected
        assert await work.requests.in_states(PROGRAMME, frozenset({State.CLOSED}), limit=3) == [closed]
        assert await work.requests.in_states(PROGRAMME, frozenset(State), limit=20) == sorted(
            [*expected, closed], key=lambda request: (request.due_at, request.id.hex)
        )
        assert await work.requests.in_states(PROGRAMME, frozenset({State.TALKING}), limit=3) == []
        assert await work.requests.in_states(PROGRAMME, OPEN_STATES, limit=3, after=uuid4()) == []


async def test_save_writes_every_plain_column_once(store: Store) -> None:
    request = await open_request(store)
    supporter = await register_supporter(store)
    member = a_member()
    async with store.work() as work:
        await work.members.seed(PROGRAMME, [member])
        changed = replace(
            request,
            state=State.TALKING,
            due_at=START + timedelta(hours=1),
            urgent=True,
            private_card=True,
            ask_first=True,
            name_agreed_at=START,
            outcome=Outcome.DONE,
            claimed_by=member.id,
            claimed_at=START,
            supporter=supporter.id,
            accepted_at=START,
            contacted_at=START,
            not_yet_at=START,
            closed_at=START,
            talks=2,
            attempts=1,
            fourth_agreed=True,
            none_left=True,
        )
        assert await work.requests.save(changed)
        assert not await work.requests.save(changed), "a stale version must not be written"
        saved = await work.requests.get(request.id)
        assert saved == replace(changed, version=request.version + 1)
        assert saved is not None
        assert await work.requests.save(saved)
        assert await work.requests.of_supporter(supporter.id) == [replace(saved, version=saved.version + 1)]
        assert await work.requests.of_supporter(uuid4()) == []


async def test_finished_requests_of_a_supporter_until_they_are_erased(store: Store) -> None:
    supporter = await register_supporter(store)
    finished = []
    endings = ((State.CLOSED, Outcome.DONE), (State.CLOSED, Outcome.WITHDRAWN), (State.TALKING, None)) * 2
    for number, (state, outcome) in enumerate(endings):
        request = await open_request(store, Address("T0NORTH", f"U0FINISHED{number}"), reference=f"K7-{number}AAA")
        closed = START + timedelta(hours=number) if state is State.CLOSED else None
        async with store.work() as work:
            ended = replace(request, state=state, outcome=outcome, closed_at=closed, supporter=supporter.id)
            assert await work.requests.save(ended)
        finished += [request.id] if outcome is Outcome.DONE else []
    async with store.work() as work:
        assert [each.id for each in await work.requests.finished_of_supporter(supporter.id, limit=9)] == finished[::-1]
        assert [each.id for each in await work.requests.finished_of_supporter(supporter.id, limit=1)] == finished[1:]
        assert await work.requests.finished_of_supporter(uuid4(), limit=9) == []
        first = await work.requests.get(finished[0])
        assert first is not None
        assert await work.requests.save(replace(first, erased_at=START))
        assert [each.id for each in await work.requests.finished_of_supporter(supporter.id, limit=9)] == finished[1:]
        second = await work.requests.get(finished[1])
        assert second is not None
        assert await work.requests.save(replace(second, erase_asked_at=START))
        assert await work.requests.finished_of_supporter(supporter.id, limit=9) == []


async def test_reseal_replaces_both_parts(store: Store) -> None:
    request = await open_request(store)
    needs, contact = some_needs(language="en", notify=False), replace(a_contact(), reach="avery@example.org")
    async with store.work() as work:
        await work.requests.reseal(request.id, needs, contact)
    async with store.work() as work:
        assert await work.requests.needs(request.id) == needs
        assert await work.requests.contact(request.id) == contact
        await work.requests.reseal(uuid4(), needs, contact)


@pytest.mark.req("G12")
async def test_contact_is_erased_alone(store: Store) -> None:
    request = await open_request(store)
    for _ in range(2):
        async with store.work() as work:
            await work.requests.erase_contact(request.id)
            assert await work.requests.contact(request.id) is None
            assert await work.requests.needs(request.id) == some_needs()
    async with store.work() as work:
        await work.requests.reseal(request.id, some_needs(), a_contact())
        assert await work.requests.contact(request.id) is None, "what was erased stays erased"


@pytest.mark.req("G12", "G16")
async def test_erasing_leaves_only_the_plain_row(store: Store) -> None:
    request = await open_request(store)
    for _ in range(2):
        async with store.work() as work:
            await work.requests.erase(request.id)
    async with store.work() as work:
        assert await work.requests.get(request.id) == request
        assert await work.requests.needs(request.id) is None
        assert await work.requests.contact(request.id) is None
        assert await work.requests.of(AVERY, open_only=False) == []
        assert not await work.requests.is_requester(request.id, AVERY)
        await work.requests.erase(uuid4())


@pytest.mark.req("G12")
async def test_key_is_gone_though_the_rows_come_back(store: Store, database: Places) -> None:
    """A main database restored from before the erasure gives nothing away (T62 at this level)."""
    request = await open_request(store)
    with pytest.raises(ZeroDivisionError):
        await _erase_and_fail(store, request.id)
    opened = Database(database.url)
    async with opened.begin() as connection:
        row = (await connection.execute(text("SELECT needs, contact FROM requests"))).one()
    await opened.close()
    assert row.needs is not None
    assert row.contact is not None
    async with store.work() as work:
        assert await work.requests.needs(request.id) is None
        assert await work.requests.contact(request.id) is None


async def _erase_and_fail(store: Store, request_id: UUID) -> None:
    async with store.work() as work:
        await work.requests.erase(request_id)
        raise ZeroDivisionError


async def test_naive_instant_is_refused(store: Store) -> None:
    request = a_request(due_at=START.replace(tzinfo=None))
    with pytest.raises(Exception, match="time zone"):
        async with store.work() as work:
            await work.requests.add(request, some_needs(), a_contact())
