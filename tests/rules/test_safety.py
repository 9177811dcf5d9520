"""A safety concern: who raises it, who is paged and in what turn, who has it, what it holds back, and when it ends."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from peersupport import conversations, erasure, holding, own, paging, retention, reveals, safety
from peersupport.audit import ActorKind, Event
from peersupport.concerns import Concern, Ending, Route, Told
from peersupport.notifications import Due, Kind
from peersupport.outcomes import Done, Over, Refused
from peersupport.people import Address, Role
from peersupport.ports import Member, UnitOfWork
from peersupport.programme_parts import SafetyLead
from peersupport.requests import SupportRequest
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, STRANGER, VANCOUVER, World, address, ask

SUNE, IDA = address("U0SUNE"), address("U0IDA")
"""The matched supporter; a second safety lead."""
REPORT = safety.Report(Told.FIRST, joint_plan=True, route=Route.LEAD)
PHONES = {LENA: "604-555-0100", IDA: "604-555-0177"}
TURN = VANCOUVER.safety.ack_within
HOLD = timedelta(hours=VANCOUVER.safety.hold_erasure_hours)


def two_leads() -> World:
    """A world with two safety leads, of whom the file names Lena first."""
    people = VANCOUVER.people.model_copy(
        update={"safety_leads": tuple(SafetyLead(id=who.user, phone=phone) for who, phone in PHONES.items())}
    )
    world = World(programme=VANCOUVER.model_copy(update={"people": people}))
    members = world.memory.tables.members
    members[world.member(LENA)] = replace(members[world.member(LENA)], phone=PHONES[LENA])
    ida = Member(UUID(int=0), world.programme.id, frozenset({Role.SAFETY_LEAD}), IDA, PHONES[IDA])
    members[ida.id] = ida
    return world


def is_of(world: World, request: SupportRequest, who: Address) -> None:
    """Make a request somebody else's."""
    tables = world.memory.tables
    tables.needs[request.id] = replace(tables.needs[request.id], requester=who)
    tables.requesters[request.id] = who


async def raised(world: World, request: SupportRequest, report: safety.Report = REPORT) -> Concern:
    outcome = await world.do(safety.raise_concern, SUNE, request.id, report, ids=world.ids)
    assert isinstance(outcome, safety.Watch), outcome
    assert outcome.concern is not None
    return world.memory.tables.concerns[outcome.concern.id]


async def in_home(world: World, who: Address = SUNE) -> list[UUID]:
    """Return the requests about which a supporter's Home offers to raise a concern."""
    tables = world.memory.tables
    supporter = next(id for id, (_, each) in tables.supporters.items() if each.address == who)
    async with world.memory() as work:
        found = await safety.of_supporter(work, world.programme, who, supporter)
    return [each.request.id for each in found]


async def fires(world: World, concern: Concern) -> None:
    """Let the timer fire that was put down last."""
    [*_, row] = world.memory.told(Kind.PAGE_SAFETY, concern.id)
    assert row.run_at is not None
    world.now = max(world.now, row.run_at)
    due = Due(UUID(int=1), row.kind, row.subject, row.programme)
    async with world.memory() as work:
        await paging.carry_out(work, world.programme, due, world.now)


def paged(world: World, concern: Concern) -> list[Address]:
    """Return who was paged so far, in order."""
    members = world.memory.tables.members
    return [members[row.audience].address for row in world.memory.told(Kind.TELL_SAFETY, concern.id) if row.audience]


@pytest.mark.req("V30", "U25")
async def test_the_leads_are_paged_in_turn_then_everybody_again_and_again() -> None:
    world = two_leads()
    concern = await raised(world, await world.accepted())
    assert paged(world, concern) == [LENA]
    start = world.now
    await fires(world, concern)
    assert paged(world, concern) == [LENA, IDA]
    await fires(world, concern)
    assert paged(world, concern)[2:] == [LENA, IDA, ADA, BEN, CLEO]
    await fires(world, concern)
    assert paged(world, concern)[7:] == [LENA, IDA, ADA, BEN, CLEO]
    assert world.now - start == 3 * TURN


@pytest.mark.req("U25", "G38")
async def test_a_timer_that_fires_twice_pages_once() -> None:
    world = two_leads()
    concern = await raised(world, await world.accepted())
    await fires(world, concern)
    due = Due(UUID(int=1), Kind.PAGE_SAFETY, concern.id, world.programme.id)
    async with world.memory() as work:
        await paging.carry_out(work, world.programme, due, world.now)
    assert paged(world, concern) == [LENA, IDA]
    assert len(world.memory.told(Kind.PAGE_SAFETY, concern.id)) == 2


@pytest.mark.req("U25")
async def test_after_days_of_downtime_there_is_one_page_and_not_one_for_each_turn() -> None:
    world = two_leads()
    concern = await raised(world, await world.accepted())
    world.later(days=3)
    await fires(world, concern)
    assert paged(world, concern) == [LENA, IDA]
    [*_, row] = world.memory.told(Kind.PAGE_SAFETY, concern.id)
    assert row.run_at == world.now + TURN


@pytest.mark.req("U25", "G26")
async def test_one_lead_has_it_and_the_paging_stops() -> None:
    world = two_leads()
    request = await world.accepted()
    concern = await raised(world, request)
    await fires(world, concern)
    outcome = await world.do(safety.take, IDA, concern.id)
    assert isinstance(outcome, safety.Alert)
    assert (outcome.mine, outcome.whole, outcome.taken) == (True, True, ActorKind.LEAD)
    other = await world.do(safety.take, LENA, concern.id)
    assert isinstance(other, safety.TakenBefore)
    assert (other.alert.mine, other.alert.taken) == (False, ActorKind.LEAD)
    await fires(world, concern)
    assert paged(world, concern) == [LENA, IDA]
    seen = await world.do(safety.look, SUNE, request.id)
    assert isinstance(seen, safety.Watch)
    assert seen.taken is ActorKind.LEAD
    assert [row.audience for row in world.memory.told(Kind.TELL_SUPPORTER, request.id)] == [request.supporter]


@pytest.mark.req("V29", "G26")
async def test_sending_it_twice_makes_one_concern() -> None:
    world = World()
    request = await world.accepted()
    first, second = await raised(world, request), await raised(world, request)
    assert first.id == second.id
    assert world.memory.tables.tallies[world.programme.id, f"{world.now:%Y-%m}", "safety_raised"] == 1
    assert world.memory.deeds(first.id) == [Event.SAFETY_RAISED]


@pytest.mark.req("U24")
async def test_a_concern_can_be_raised_from_acceptance_until_it_is_erased_and_by_nobody_else() -> None:
    world = World()
    request = await world.accepted()
    for who in (ROBIN, ADA, LENA, STRANGER):
        assert isinstance(await world.do(safety.look, who, request.id), Refused)
    await world.do(conversations.contact_made, SUNE, request.id)
    await world.do(conversations.finish, SUNE, request.id)
    assert isinstance(await world.do(safety.look, SUNE, request.id), safety.Watch)
    assert await in_home(world) == [request.id], "the way to it stays in Home"
    await raised(world, request)
    assert await in_home(world) == [request.id]
    async with world.memory() as work:
        await retention.erase(work, world.request(request.id), world.now)
    assert isinstance(await world.do(safety.look, SUNE, request.id), Over)
    assert await in_home(world) == []


@pytest.mark.req("U24")
async def test_a_supporter_who_gave_it_back_raises_nothing_but_what_they_raised_goes_on() -> None:
    world = two_leads()
    request = await world.accepted()
    concern = await raised(world, request)
    await world.do(conversations.hand_back, SUNE, request.id)
    assert isinstance(await world.do(safety.look, SUNE, request.id), Over)
    await fires(world, concern)
    assert paged(world, concern) == [LENA, IDA]
    await world.do(safety.take, IDA, concern.id)
    assert not [row for row in world.memory.told(Kind.TELL_SUPPORTER, request.id) if ":taken:" in row.dedupe]


@pytest.mark.req("U24")
async def test_the_next_supporter_sees_nothing_of_it_until_they_raise_one_which_pages_at_once() -> None:
    world = two_leads()
    request = await world.accepted()
    concern = await raised(world, request)
    tables = world.memory.tables
    kaya = world.supporter("U0KAYA")
    tables.requests[request.id] = replace(world.request(request.id), supporter=kaya)
    seen = await world.do(safety.look, address("U0KAYA"), request.id)
    assert isinstance(seen, safety.Watch)
    assert seen.concern is None
    again = await world.do(safety.raise_concern, address("U0KAYA"), request.id, REPORT, ids=world.ids)
    assert isinstance(again, safety.Watch)
    assert again.concern is not None
    assert again.concern.id == concern.id
    assert paged(world, concern) == [LENA, IDA]


@pytest.mark.req("G27", "U25")
@pytest.mark.parametrize("how", ["asks", "kept out", "raised it"])
async def test_a_lead_whom_it_concerns_is_never_paged_and_sees_nothing(how: str) -> None:
    world = two_leads()
    asked = ask(avoid_members=(LENA,)) if how == "kept out" else None
    request = await world.accepted(LENA.user if how == "raised it" else SUNE.user, asked=asked)
    if how == "asks":
        is_of(world, request, LENA)
    raiser = LENA if how == "raised it" else SUNE
    outcome = await world.do(safety.raise_concern, raiser, request.id, REPORT, ids=world.ids)
    assert isinstance(outcome, safety.Watch)
    assert outcome.concern is not None
    assert outcome.phones == (PHONES[IDA],)
    for _ in range(3):
        await fires(world, outcome.concern)
    assert IDA in paged(world, outcome.concern)
    assert LENA not in paged(world, outcome.concern)
    assert isinstance(await world.do(safety.see, LENA, outcome.concern.id), Refused)
    assert isinstance(await world.do(safety.open_person, LENA, outcome.concern.id), Refused)


@pytest.mark.req("U25", "G27")
async def test_with_no_lead_left_everybody_is_paged_at_once_and_the_office_is_phoned() -> None:
    world = World()
    request = await world.accepted()
    is_of(world, request, LENA)
    concern = await raised(world, request)
    assert paged(world, concern) == [ADA, BEN, CLEO]
    seen = await world.do(safety.look, SUNE, request.id)
    assert isinstance(seen, safety.Watch)
    assert seen.phones == (VANCOUVER.people.office.phone,)


@pytest.mark.req("V30", "U25")
async def test_an_administrator_hears_the_reference_only_until_they_have_it() -> None:
    world = World()
    request = await world.accepted()
    concern = await raised(world, request, safety.Report(Told.NOT_SAFE, joint_plan=False, route=Route.EMERGENCY))
    seen = await world.do(safety.see, ADA, concern.id)
    assert isinstance(seen, safety.Alert)
    assert (seen.whole, seen.supporter) == (False, "")
    assert (
        await world.read(lambda work: safety.alerts(work, world.programme, ADA, world.member(ADA), now=world.now)) == []
    )
    assert isinstance(await world.do(safety.open_person, ADA, concern.id), Refused)
    assert isinstance(await world.do(safety.close, ADA, concern.id, Ending.SAFE_NOW), Refused)
    await fires(world, concern)
    [waits] = await world.read(lambda work: safety.alerts(work, world.programme, ADA, world.member(ADA), now=world.now))
    assert not waits.whole
    taken = await world.do(safety.take, ADA, concern.id)
    assert isinstance(taken, safety.Alert)
    assert (taken.whole, taken.taken, taken.supporter) == (True, ActorKind.ADMIN, "U0SUNE")
    assert isinstance(await world.do(safety.open_person, BEN, concern.id), Refused)
    assert isinstance(await world.do(safety.open_person, ADA, concern.id), reveals.Identity)
    assert isinstance(await world.do(safety.close, ADA, concern.id, Ending.SAFE_NOW), Concern)


@pytest.mark.req("V30", "G11")
async def test_a_lead_opens_who_asked_only_while_a_concern_is_open_and_it_is_written_down() -> None:
    world = World()
    request = await world.accepted()
    concern = await raised(world, request)
    found = await world.do(safety.open_person, LENA, concern.id)
    assert isinstance(found, reveals.Identity)
    assert found.needs.name == "Robin"
    [line] = [each for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]
    assert (line.kind, line.actor, line.reason, line.subject) == (
        ActorKind.LEAD,
        world.member(LENA),
        "safety",
        request.id,
    )
    assert world.memory.told(Kind.HOME_REQUESTER, request.id)
    await world.do(safety.close, LENA, concern.id, Ending.SAFE_NOW)
    assert isinstance(await world.do(safety.open_person, LENA, concern.id), safety.Ended)
    assert isinstance(await world.do(safety.see, LENA, concern.id), safety.Ended)
    assert isinstance(await world.do(safety.close, LENA, concern.id, Ending.SAFE_NOW), safety.Ended)
    assert isinstance(await world.do(safety.see, STRANGER, concern.id), Refused)


async def test_no_lead_closes_what_only_time_may_close() -> None:
    world = World()
    concern = await raised(world, await world.accepted())
    assert isinstance(await world.do(safety.close, LENA, concern.id, Ending.LAPSED), Refused)
    assert isinstance(await world.do(safety.see, LENA, UUID(int=4000)), Refused)


@pytest.mark.req("U25", "G35")
async def test_when_the_one_who_has_it_leaves_others_are_paged() -> None:
    world = two_leads()
    concern = await raised(world, await world.accepted())
    await world.do(safety.take, LENA, concern.id)
    world.later(hours=1)
    async with world.memory() as work:
        await paging.let_go(work, world.programme.id, world.member(LENA), world.now)
    await fires(world, concern)
    assert paged(world, concern) == [LENA, IDA]


async def falls_due(world: World, request: SupportRequest, kind: Kind) -> None:
    """Carry out the erasure that is due by now."""
    due = Due(UUID(int=1), kind, request.id, world.programme.id)
    async with world.memory() as work:
        await retention.carry_out(work, due, world.now)


@pytest.mark.req("G16")
async def test_an_open_concern_holds_an_erasure_until_a_lead_closes_it() -> None:
    world = World()
    request = await world.accepted()
    concern = await raised(world, request)
    assert isinstance(await world.do(own.withdraw, ROBIN, request.id), Done)
    await falls_due(world, request, Kind.ERASE_CONTACT)
    await falls_due(world, request, Kind.ERASE)
    assert request.id in world.memory.tables.needs
    assert request.id in world.memory.tables.contacts
    rows = world.memory.told(Kind.ERASE, request.id)
    assert [row.run_at for row in rows] == [world.now, concern.hold_until]
    until = await world.read(lambda work: holding.held_back(work, world.request(request.id), world.now))
    assert until == world.now + HOLD
    [waits] = await world.read(lambda work: holding.waiting(work, ROBIN, world.now))
    assert waits.until == until
    # The paging goes on, and the lead can still reach the person.
    await fires(world, concern)
    assert isinstance(await world.do(safety.open_person, LENA, concern.id), reveals.Identity)
    await world.do(safety.close, LENA, concern.id, Ending.OTHER_HELP)
    assert world.memory.told(Kind.ERASE, request.id)[-1].run_at == world.now
    await falls_due(world, request, Kind.ERASE)
    assert request.id not in world.memory.tables.needs
    assert not await world.read(lambda work: holding.waiting(work, ROBIN, world.now))


@pytest.mark.req("G16")
async def test_nobody_holds_an_erasure_longer_than_it_was_said() -> None:
    world = World()
    request = await world.accepted()
    concern = await raised(world, request)
    await world.do(own.withdraw, ROBIN, request.id)
    world.now = concern.hold_until - timedelta(seconds=1)
    await falls_due(world, request, Kind.ERASE)
    assert request.id in world.memory.tables.needs
    world.later(seconds=1)
    await falls_due(world, request, Kind.ERASE)
    assert request.id not in world.memory.tables.needs
    ended = world.memory.tables.concerns[concern.id]
    assert (ended.ending, ended.is_open) == (Ending.LAPSED, False)
    assert world.memory.deeds(concern.id)[-1] is Event.SAFETY_CLOSED
    await fires(world, concern)
    assert len(paged(world, concern)) == 1
    assert isinstance(await world.do(safety.open_person, LENA, concern.id), safety.Ended)


@pytest.mark.req("G16")
async def test_deleting_ones_data_waits_too_and_a_finished_request_keeps_its_own_time() -> None:
    world = World()
    request = await world.accepted()
    concern = await raised(world, request)
    async with world.memory() as work:
        await erasure.erase_person(work, {world.programme.id: world.programme}, ROBIN, world.now)
    await falls_due(world, request, Kind.ERASE)
    assert request.id in world.memory.tables.needs
    other = World()
    finished = await other.accepted()
    concern = await raised(other, finished)
    await other.do(conversations.contact_made, SUNE, finished.id)
    await other.do(conversations.finish, SUNE, finished.id)
    await falls_due(other, finished, Kind.ERASE_CONTACT)
    assert finished.id in other.memory.tables.contacts
    await other.do(safety.close, LENA, concern.id, Ending.SAFE_NOW)
    days = timedelta(days=VANCOUVER.retention.identity_days_after_close)
    assert other.memory.told(Kind.ERASE, finished.id)[-1].run_at == other.now + days
    await falls_due(other, finished, Kind.ERASE_CONTACT)
    assert finished.id not in other.memory.tables.contacts


@pytest.mark.req("G17")
async def test_whom_telling_could_endanger_reads_of_it_once_a_lead_looked_or_closed_it() -> None:
    world = World()
    request = await world.accepted()
    concern = await raised(world, request, safety.Report(Told.NOT_SAFE, joint_plan=False, route=Route.LEAD))

    async def told(work: UnitOfWork) -> bool:
        lines = await work.audit.of(request.id)
        return holding.is_told(world.memory.tables.concerns[concern.id], world.request(request.id), lines)

    assert holding.is_told(replace(concern, told=Told.FIRST), request, ())
    assert not await world.read(told)
    await world.do(safety.open_person, LENA, concern.id)
    assert await world.read(told)


async def test_a_page_goes_nowhere_once_somebody_has_it_or_the_role_is_gone() -> None:
    world = two_leads()
    concern = await raised(world, await world.accepted())

    async def goes_to(member: UUID) -> Address | None:
        due = Due(UUID(int=1), Kind.TELL_SAFETY, concern.id, world.programme.id, member)
        return await world.read(lambda work: paging.recipient(work, world.programme, due))

    lena = world.member(LENA)
    assert await goes_to(lena) == LENA
    assert await goes_to(UUID(int=4000)) is None
    await world.do(safety.take, LENA, concern.id)
    assert await goes_to(lena) is None
