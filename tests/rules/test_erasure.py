"""Erasing what is a person's own, by their own hand or for somebody who phoned, and keeping a request longer."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from peersupport import erasure, holding, own, queue, register, retention, safety, triage
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Event
from peersupport.concerns import Ending
from peersupport.erasure import PersonErased, Remains, Why
from peersupport.notifications import Kind
from peersupport.offers import OfferState
from peersupport.outcomes import Already, Done, Refused
from peersupport.requests import Outcome, State
from tests.rules.test_own import REACH, erase_what_is_due
from tests.rules.test_safety import falls_due, raised
from tests.rules.world import ADA, BEN, LENA, ROBIN, STRANGER, TRAINED, VANCOUVER, World, address, ask

SUNE, TOVE = address("U0SUNE"), address("U0TOVE")


def keeps_longer(world: World, request: UUID, by: timedelta) -> None:
    """Keep a request for so long from now, as if two administrators had agreed."""
    kept = world.request(request)
    world.memory.tables.requests[request] = replace(kept, keep_until=world.now + by)


async def deletes(world: World, who: Address = ROBIN) -> PersonErased:
    async with world.memory() as work:
        return await erasure.erase_person(work, {VANCOUVER.id: VANCOUVER}, who, world.now)


@pytest.mark.req("U19")
@pytest.mark.parametrize("state", REACH)
async def test_deleting_ones_own_data_withdraws_and_erases_at_every_state(state: State) -> None:
    world = World()
    request = await REACH[state](world)
    assert await deletes(world) == PersonErased(requests=1)
    closed = world.request(request.id)
    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.WITHDRAWN)
    await erase_what_is_due(world)
    tables = world.memory.tables
    assert (tables.needs, tables.contacts, tables.requesters) == ({}, {}, {})
    assert await deletes(world) == PersonErased()


@pytest.mark.req("U19")
async def test_a_finished_request_is_erased_before_its_time() -> None:
    world = World()
    request = await world.accepted()
    await world.do(triage.close_request, ADA, request.id, Outcome.HANDED_OVER)
    await erase_what_is_due(world)
    assert world.request(request.id).erased_at is None
    assert await deletes(world) == PersonErased(requests=1)
    assert world.memory.deeds(request.id)[-1] is Event.OWN_DATA_DELETED
    await erase_what_is_due(world)
    assert world.request(request.id).erased_at == world.now
    assert world.memory.tables.requesters == {}


@pytest.mark.req("U19")
async def test_a_supporter_is_handed_back_from_and_forgotten() -> None:
    world = World()
    tove = world.supporter("U0TOVE")
    matched = await world.accepted("U0SUNE")
    sune = matched.supporter
    assert sune is not None
    async with world.memory() as work:
        await work.preferences.choose_language(SUNE, "fr")
    assert await deletes(world, SUNE) == PersonErased(entries=1)
    released = world.request(matched.id)
    assert (released.state, released.supporter) == (State.MATCHING, None)
    assert world.offers(matched.id)[0].state is OfferState.HANDED_BACK
    world.later(seconds=erasure.LEAVE.total_seconds())
    await erase_what_is_due(world)
    assert set(world.memory.tables.supporters) == {tove}
    assert SUNE not in world.memory.tables.languages
    assert (await world.read(lambda work: work.members.standing(SUNE))).supporters == {}


@pytest.mark.req("U19")
async def test_offers_that_waited_for_a_supporter_go_to_the_next() -> None:
    world = World()
    request = await world.offered(world.supporter("U0SUNE"), world.supporter("U0TOVE"))
    await deletes(world, SUNE)
    assert [each.state for each in world.offers(request.id)] == [OfferState.WITHDRAWN, OfferState.OPEN]


async def test_a_role_stays_and_is_named_as_what_stays() -> None:
    world = World()
    request = await world.opens(BEN, ask(requester=BEN))
    assert await deletes(world, BEN) == PersonErased(1, 0, (Remains(VANCOUVER.id, Why.ROLE),))
    assert world.request(request.id).state is State.CLOSED
    assert BEN in {each.address for each in world.memory.tables.members.values()}


async def test_whoever_has_nothing_here_gets_the_same_answer() -> None:
    world = World()
    await world.opens()
    assert await deletes(world, STRANGER) == PersonErased()
    assert len(world.memory.tables.needs) == 1


@pytest.mark.req("U55")
@pytest.mark.parametrize("state", REACH)
async def test_an_administrator_erases_for_somebody_who_phoned(state: State) -> None:
    world = World()
    request = await REACH[state](world)
    outcome = await world.do(erasure.erase_for, ADA, request.id)
    assert outcome == Done(world.request(request.id))
    assert world.request(request.id).outcome is Outcome.WITHDRAWN
    [line] = [each for each in world.memory.tables.audit if each.event is Event.ERASURE_ASKED]
    assert (line.kind, line.actor, line.subject) == (ActorKind.ADMIN, world.member(ADA), request.id)
    await erase_what_is_due(world)
    assert world.memory.tables.needs == {}
    erased = world.request(request.id)
    assert await world.do(erasure.erase_for, BEN, request.id) == Already(erased)


@pytest.mark.req("U55")
async def test_a_closed_request_is_erased_by_phone_also_where_it_was_kept_longer() -> None:
    world = World()
    request = await world.accepted()
    await world.do(triage.close_request, ADA, request.id, Outcome.HANDED_OVER)
    keeps_longer(world, request.id, timedelta(days=60))
    assert isinstance(await world.do(erasure.erase_for, BEN, request.id), Done)
    await erase_what_is_due(world)
    assert world.request(request.id).erased_at == world.now
    assert world.memory.tables.needs == {}


@pytest.mark.req("U55")
async def test_nobody_else_erases_by_phone() -> None:
    world = World()
    mine = await world.opens(BEN, ask(requester=BEN))
    other = await world.opens(ROBIN, ask(avoid_members=(ADA,)))
    before = len(world.memory.tables.outbox)
    for who, request in ((BEN, mine), (ADA, other), (STRANGER, other), (LENA, other), (ROBIN, other)):
        assert await world.do(erasure.erase_for, who, request.id) == Refused()
    assert len(world.memory.tables.outbox) == before


@pytest.mark.req("G19")
async def test_what_is_kept_longer_is_erased_when_that_time_has_passed() -> None:
    world = World()
    request = await world.accepted()
    await world.do(triage.close_request, ADA, request.id, Outcome.HANDED_OVER)
    keeps_longer(world, request.id, timedelta(days=60))
    world.later(days=31)
    await erase_what_is_due(world)
    assert world.request(request.id).erased_at is None
    waits = [each for each in world.memory.told(Kind.ERASE, request.id) if each.run_at and each.run_at > world.now]
    assert len(waits) == 1
    world.later(days=30)
    await erase_what_is_due(world)
    assert world.request(request.id).erased_at == world.now
    assert world.memory.told(Kind.ASK_REQUESTER, request.id) == []


@pytest.mark.req("G16")
async def test_timers_about_an_erased_request_are_gone() -> None:
    world = World()
    request = await world.opens()
    await world.do(own.withdraw, ROBIN, request.id)
    assert world.memory.told(Kind.REMIND_ADMINS, request.id)
    await erase_what_is_due(world)
    left = {each.kind for each in world.memory.tables.outbox.values() if each.subject == request.id}
    assert left == {Kind.CARD, Kind.CLOSE_MESSAGES, Kind.ERASE}


@pytest.mark.req("U19", "U55")
@pytest.mark.parametrize("by_phone", [False, True])
async def test_the_wish_stands_beside_what_is_to_be_erased_and_not_in_a_timer_alone(*, by_phone: bool) -> None:
    world = World()
    request = await world.accepted()
    await world.do(triage.close_request, ADA, request.id, Outcome.HANDED_OVER)
    world.later(hours=5)
    asked = world.now
    if by_phone:
        assert isinstance(await world.do(erasure.erase_for, ADA, request.id), Done)
    else:
        assert await deletes(world) == PersonErased(requests=1)
    world.later(hours=1)
    await deletes(world)
    wished, kept = world.request(request.id), world.programme.retention
    assert wished.erase_asked_at == asked == retention.due_at(kept, wished)
    assert retention.contact_due_at(kept.model_copy(update={"contact_days_after_close": 9}), wished) == asked
    assert retention.due_at(kept, replace(wished, state=State.RECEIVED, closed_at=None)) is None


@pytest.mark.req("U19")
async def test_a_supporters_wish_stands_until_they_are_taken_in_anew() -> None:
    world = World()
    sune = world.supporter("U0SUNE")
    await deletes(world, SUNE)
    asked = world.now
    world.later(seconds=2)
    await deletes(world, SUNE)
    entry = world.memory.tables.supporters[sune][0]
    assert (entry.active, entry.erase_asked_at) == (False, asked)
    anew = register.Standing(TRAINED, TRAINED, 2)
    await world.do(register.change, ADA, sune, entry.version, replace(anew, active=False))
    assert world.memory.tables.supporters[sune][0].erase_asked_at == asked
    await world.do(register.change, ADA, sune, entry.version + 1, anew)
    assert world.memory.tables.supporters[sune][0].erase_asked_at is None


@pytest.mark.req("G16")
async def test_what_was_put_off_is_forgotten_with_the_request() -> None:
    world = World()
    request, other = await world.opens(), await world.opens(BEN, ask(requester=BEN))
    for each in (request, other):
        await world.do(queue.put_off, ADA, each.id, queue.Until.HOURS)
    await world.do(own.withdraw, ROBIN, request.id)
    assert set(world.memory.tables.put_off) == {other.id}
    world.memory.tables.put_off[request.id] = replace(world.memory.tables.put_off[other.id], request=request.id)
    await erase_what_is_due(world)
    assert set(world.memory.tables.put_off) == {other.id}


@pytest.mark.req("G16", "U19")
@pytest.mark.parametrize("by_phone", [False, True])
async def test_a_wish_to_be_erased_goes_on_as_soon_as_the_concern_is_closed(*, by_phone: bool) -> None:
    world = World()
    request = await world.accepted()
    concern = await raised(world, request)
    await world.do(triage.close_request, ADA, request.id, Outcome.HANDED_OVER)
    async with world.memory() as work:
        if by_phone:
            await erasure.erase_for(work, world.programme, ADA, request.id, now=world.now)
        else:
            await erasure.erase_person(work, {world.programme.id: world.programme}, ROBIN, world.now)
    await falls_due(world, request, Kind.ERASE)
    assert request.id in world.memory.tables.needs
    assert await world.read(lambda work: holding.waiting(work, ROBIN, world.now))
    world.later(minutes=10)
    await world.do(safety.close, LENA, concern.id, Ending.SAFE_NOW)
    assert world.memory.told(Kind.ERASE, request.id)[-1].run_at == world.now
