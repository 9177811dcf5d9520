"""How far a safety concern reaches: no longer than was said, and to nobody who is kept out, also later."""

import pytest

from peersupport import conversations, erasure, mydata, own, reveals, safety
from peersupport.audit import Event
from peersupport.concerns import Concern, Ending
from peersupport.held import Codes
from peersupport.notifications import Kind
from peersupport.outcomes import Done, Over, Refused, Stale
from peersupport.requests import State
from tests.rules.test_safety import IDA, REPORT, SUNE, falls_due, fires, paged, raised, two_leads
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, World, ask


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
    assert set(paged(world, concern)[1:]) == {IDA, ADA, CLEO}
