"""How far a safety concern reaches: no longer than was said, and to nobody who is kept out, also later."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from peersupport import conversations, erasure, mydata, own, paging, reveals, safety
from peersupport.audit import Event
from peersupport.concerns import Concern, Ending
from peersupport.held import Codes
from peersupport.notifications import Due, Kind
from peersupport.outcomes import Done, Over, Refused, Stale
from peersupport.requests import State
from tests.rules.test_safety import IDA, REPORT, SUNE, TURN, falls_due, fires, paged, raised, two_leads
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, World, address, ask

VERA = address("U0VERA")
"""A third safety lead, whom the file does not name."""


@pytest.mark.req("G11", "G16")
@pytest.mark.threat("T20")
async def test_a_concern_that_nobody_closes_opens_a_finished_request_to_one_person_no_longer_than_it_holds() -> None:
    world = World()
    request = await world.accepted()
    await world.do(conversations.contact_made, SUNE, request.id)
    await world.do(conversations.finish, SUNE, request.id)
    concern = await raised(world, request)
    await world.do(safety.take, LENA, concern.id)
    assert isinstance(await world.do(safety.open_person, LENA, concern.id), reveals.Identity)
    world.now = concern.hold_until
    assert request.id in world.memory.tables.needs
    assert await world.do(safety.open_person, LENA, concern.id) == Stale(State.CLOSED)
    seen = await world.do(safety.see, LENA, concern.id)
    assert isinstance(seen, safety.Alert)
    assert (seen.whole, seen.openable) == (True, False)
    assert len([each for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]) == 1
    sections = await world.read(lambda work: mydata.of_request(work, world.programme, request.id, now=world.now))
    [readers] = [line.value for each in sections for line in each.lines if line.what == "readers"]
    assert readers == Codes("reader", ("yourself", "two_administrators"))
    assert isinstance(await world.do(safety.close, LENA, concern.id, Ending.SAFE_NOW), Concern)


@pytest.mark.req("G16")
async def test_no_second_concern_holds_back_what_its_person_wants_erased() -> None:
    world = World()
    request = await world.accepted()
    await world.do(conversations.contact_made, SUNE, request.id)
    await world.do(conversations.finish, SUNE, request.id)
    concern = await raised(world, request)
    async with world.memory() as work:
        await erasure.erase_person(work, {world.programme.id: world.programme}, ROBIN, world.now)
    await world.do(safety.close, LENA, concern.id, Ending.SAFE_NOW)
    assert isinstance(await world.do(safety.raise_concern, SUNE, request.id, REPORT, ids=world.ids), Over)
    await falls_due(world, request, Kind.ERASE)
    assert request.id not in world.memory.tables.needs


@pytest.mark.req("U25", "V5")
@pytest.mark.threat("T21")
async def test_where_whoever_has_it_is_kept_out_others_are_paged() -> None:
    world = two_leads()
    request = await world.accepted()
    concern = await raised(world, request)
    await world.do(safety.take, LENA, concern.id)
    world.later(hours=1)
    assert isinstance(await world.do(own.change, ROBIN, request.id, ask(avoid_members=(LENA,))), Done)
    assert isinstance(await world.do(safety.see, LENA, concern.id), Refused)
    assert world.member(LENA) in [row.subject for row in world.memory.told(Kind.HOME_MEMBER)][-1:]
    await fires(world, concern)
    assert IDA in paged(world, concern)
    assert paged(world, concern).count(LENA) == 1
    seen = await world.do(safety.look, SUNE, request.id)
    assert isinstance(seen, safety.Watch)
    assert seen.taken is None


@pytest.mark.req("U25", "V5")
async def test_where_the_lead_who_was_paged_is_kept_out_the_next_is_paged_at_once() -> None:
    world = two_leads()
    request = await world.accepted()
    concern = await raised(world, request)
    world.later(minutes=1)
    await world.do(own.change, ROBIN, request.id, ask(avoid_members=(BEN,)))
    [*_, row] = world.memory.told(Kind.PAGE_SAFETY, concern.id)
    assert row.run_at == concern.next_page_at
    await world.do(own.change, ROBIN, request.id, ask(avoid_members=(BEN, LENA)))
    [*_, row] = world.memory.told(Kind.PAGE_SAFETY, concern.id)
    assert row.run_at == world.now
    await fires(world, concern)
    assert paged(world, concern) == [LENA, IDA]
    await fires(world, concern)
    assert set(paged(world, concern)[2:]) == {IDA, ADA, CLEO}


def three_leads() -> World:
    """A world with three safety leads: Lena, Ida, Vera, in this turn."""
    world = two_leads()
    members = world.memory.tables.members
    vera = replace(members[world.member(IDA)], id=UUID(int=77), address=VERA)
    members[vera.id] = vera
    return world


@pytest.mark.req("V30", "U25", "G35")
async def test_nobody_is_skipped_when_a_lead_who_was_paged_leaves() -> None:
    world = three_leads()
    concern = await raised(world, await world.accepted())
    start, gone = world.now, world.member(LENA)
    del world.memory.tables.members[gone]
    async with world.memory() as work:
        await paging.let_go(work, world.programme.id, gone, world.now)
    await fires(world, concern)
    assert world.now - start == TURN
    await fires(world, concern)
    rows = [row.audience for row in world.memory.told(Kind.TELL_SAFETY, concern.id)]
    assert rows == [gone, world.member(IDA), world.member(VERA)]
    await fires(world, concern)
    assert paged_since(world, concern, 3) == {world.member(who) for who in (IDA, VERA, ADA, BEN, CLEO)}
    assert world.now - start == 3 * TURN


def paged_since(world: World, concern: Concern, skip: int) -> set[UUID | None]:
    """Return who was paged after so many."""
    return {row.audience for row in world.memory.told(Kind.TELL_SAFETY, concern.id)[skip:]}


@pytest.mark.req("V30", "U25")
async def test_nobody_is_skipped_when_a_lead_who_was_paged_is_kept_out() -> None:
    world = three_leads()
    request = await world.accepted()
    concern = await raised(world, request)
    assert isinstance(await world.do(own.change, ROBIN, request.id, ask(avoid_members=(LENA,))), Done)
    await fires(world, concern)
    assert paged(world, concern) == [LENA, IDA]
    await fires(world, concern)
    assert paged(world, concern) == [LENA, IDA, VERA]


@pytest.mark.req("U25")
async def test_a_page_that_reaches_nobody_passes_to_the_next_once_though_the_list_got_shorter() -> None:
    world = three_leads()
    concern = await raised(world, await world.accepted())
    lena = world.member(LENA)
    del world.memory.tables.members[lena]
    due = Due(UUID(int=1), Kind.TELL_SAFETY, concern.id, world.programme.id, lena)
    for _ in range(2):
        async with world.memory() as work:
            await paging.not_reached(work, world.programme, due, world.now + timedelta(seconds=1))
    assert paged_since(world, concern, 1) == {world.member(IDA)}


@pytest.mark.req("U25")
async def test_a_lead_who_comes_late_has_a_turn_until_everybody_is_paged() -> None:
    world = two_leads()
    concern = await raised(world, await world.accepted())
    await fires(world, concern)
    members = world.memory.tables.members
    members[UUID(int=77)] = replace(members[world.member(IDA)], id=UUID(int=77), address=VERA)
    await fires(world, concern)
    assert paged_since(world, concern, 2) == {UUID(int=77)}
    await fires(world, concern)
    assert len(paged_since(world, concern, 3)) == 6
