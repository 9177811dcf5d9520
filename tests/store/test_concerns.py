"""Safety concerns on a real database: one open of a request, one who has it, one page a turn, and what it holds."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from peersupport import answers, conversations, intake, own, paging, safety, triage
from peersupport.concerns import Concern, Ending, Route, Told
from peersupport.notifications import Due, Kind
from peersupport.people import Role
from peersupport.ports import Member
from peersupport.programme_parts import Retention
from peersupport.supporters import Profile
from store.store import Store
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, START, VANCOUVER, address, ask, supporter
from tests.store.records import MovableClock
from tests.store.test_workflow_races import IDS

SUNE, IDA = address("U0SUNE"), address("U0IDA")
REPORT = safety.Report(Told.FIRST, joint_plan=True, route=Route.PHYSICIAN_PROGRAM)
ROLES = {ADA: Role.ADMIN, BEN: Role.ADMIN, CLEO: Role.BACKUP_ADMIN, LENA: Role.SAFETY_LEAD, IDA: Role.SAFETY_LEAD}
KEPT = {VANCOUVER.id: Retention(contact_days_after_close=0, identity_days_after_close=30)}


async def do(store: Store, workflow: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **more: Any) -> Any:
    async with store.work() as work:
        return await workflow(work, VANCOUVER, *args, now=more.pop("now", START), **more)


@pytest.fixture
async def matched(store: Store) -> UUID:
    """A request that a supporter has accepted, in a programme with two safety leads."""
    members = [Member(uuid4(), VANCOUVER.id, frozenset({role}), who, "604-555-0100") for who, role in ROLES.items()]
    entry = supporter(uuid4())
    async with store.work() as work:
        await work.members.seed(VANCOUVER.id, members)
        await work.supporters.add(entry, Profile(SUNE, "Sune", modalities=("phone",)))
    opened = await do(store, intake.open_request, ROBIN, ask(), key=uuid4().hex, ids=IDS)
    request: UUID = opened.request.id
    await do(store, triage.claim, ADA, request)
    [offer] = (await do(store, triage.offer, ADA, request, [entry.id], ids=IDS)).sent
    await do(store, answers.accept, SUNE, offer.id)
    return request


async def stored(store: Store, request: UUID) -> list[Concern]:
    async with store.work() as work:
        return await work.concerns.of_request(request)


async def raised(store: Store, request: UUID) -> Concern:
    await do(store, safety.raise_concern, SUNE, request, REPORT, ids=IDS)
    [found] = await stored(store, request)
    return found


@pytest.mark.req("V29", "G26")
async def test_several_who_send_at_once_make_one(store: Store, matched: UUID) -> None:
    await asyncio.gather(*(do(store, safety.raise_concern, SUNE, matched, REPORT, ids=IDS) for _ in range(4)))
    [found] = await stored(store, matched)
    assert (found.told, found.joint_plan, found.route) == (Told.FIRST, True, Route.PHYSICIAN_PROGRAM)
    assert (found.raised_at, found.hold_until, found.pages) == (START, START + timedelta(hours=72), 1)
    async with store.work() as work:
        assert await work.concerns.get(found.id) == found
        assert await work.concerns.open_of(matched) == found
        assert await work.concerns.open_in(VANCOUVER.id) == [found]
        assert await work.concerns.of_supporter(found.supporter_id) == [found]
        assert not await work.concerns.add(replace(found, id=uuid4()))


@pytest.mark.req("U25", "G26")
async def test_of_several_who_say_i_have_it_at_once_one_does(store: Store, matched: UUID) -> None:
    concern = await raised(store, matched)
    found = await asyncio.gather(*(do(store, safety.take, who, concern.id) for who in (LENA, IDA, ADA, BEN)))
    assert sorted(type(each).__name__ for each in found) == ["Alert", "TakenBefore", "TakenBefore", "TakenBefore"]
    [taken] = await stored(store, matched)
    assert taken.taken_at == START


@pytest.mark.req("U25", "G38")
@pytest.mark.threat("T44")
async def test_two_workers_with_one_timer_page_once(store: Store, matched: UUID) -> None:
    concern = await raised(store, matched)
    due, now = Due(uuid4(), Kind.PAGE_SAFETY, concern.id, VANCOUVER.id), START + VANCOUVER.safety.ack_within

    async def fires() -> None:
        async with store.work() as work:
            await paging.carry_out(work, VANCOUVER, due, now)

    await asyncio.gather(fires(), fires(), fires())
    [found] = await stored(store, matched)
    assert (found.pages, len(set(found.paged))) == (2, 2)


@pytest.mark.req("G16", "G19")
async def test_what_is_held_back_is_not_overdue_until_it_is_held_no_longer(
    store: Store, clock: MovableClock, matched: UUID
) -> None:
    now = clock.now()
    await do(store, safety.raise_concern, SUNE, matched, REPORT, ids=IDS, now=now)
    await do(store, own.withdraw, ROBIN, matched, now=now)
    clock.move(hours=71)
    assert (await store.self_audit(KEPT)).overdue == 0
    clock.move(hours=2, seconds=1)
    assert (await store.self_audit(KEPT)).overdue == 1


@pytest.mark.req("G16", "G11")
async def test_a_closed_one_opens_nothing_and_another_can_be_raised(store: Store, matched: UUID) -> None:
    concern = await raised(store, matched)
    closed = await do(store, safety.close, IDA, concern.id, Ending.SAFE_NOW)
    assert (await stored(store, matched)) == [closed]
    assert isinstance(await do(store, safety.open_person, IDA, concern.id), safety.Ended)
    await do(store, conversations.contact_made, SUNE, matched)
    again = await do(store, safety.raise_concern, SUNE, matched, REPORT, ids=IDS)
    assert again.concern.id != concern.id
    assert len(await stored(store, matched)) == 2
