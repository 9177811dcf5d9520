"""Who asked is shown for a reason on record, a limited number of times, and the others hear of whoever reaches it."""

from datetime import timedelta
from uuid import UUID

import pytest

from peersupport import approvals, conversations, reveals, triage
from peersupport.approvals import Act, Why
from peersupport.audit import ActorKind, Event
from peersupport.notifications import Kind
from peersupport.outcomes import Refused, Stale
from peersupport.programme import Programme
from peersupport.requests import Outcome, State
from peersupport.reveals import ASKED_FOR, Identity, Limited, NotAgreed, Reason
from tests.rules.world import ADA, BEN, CLEO, LENA, START, STRANGER, World, address, ask, vancouver

SUNE = address("U0SUNE")


def narrow(hour: int, day: int) -> Programme:
    return vancouver(privacy={"openings_per_hour": hour, "openings_per_day": day})


def opened(world: World) -> list[tuple[ActorKind, str | None]]:
    return [(each.kind, each.reason) for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]


@pytest.mark.req("G11")
@pytest.mark.parametrize("reason", ASKED_FOR)
async def test_an_opening_is_written_down_with_its_reason(reason: Reason) -> None:
    world = World()
    request = await world.confirmed()
    found = await world.do(reveals.open_identity, ADA, request.id, reason)
    assert isinstance(found, Identity)
    assert opened(world) == [(ActorKind.ADMIN, reason)]


@pytest.mark.req("G11")
async def test_no_administrator_gives_the_supporters_reason() -> None:
    world = World()
    request = await world.confirmed()
    assert await world.do(reveals.open_identity, ADA, request.id, Reason.MAKE_CONTACT) == Refused()
    assert opened(world) == []
    assert world.memory.deeds(request.id)[-1] is Event.REFUSED


async def test_whoever_may_not_open_it_is_not_even_asked_why() -> None:
    world = World()
    request = await world.confirmed(asked=ask(avoid_members=(BEN,)))
    assert await world.do(reveals.ask_why, ADA, request.id) == request
    for who in (BEN, LENA, SUNE):
        assert await world.do(reveals.ask_why, who, request.id) == Refused()
    await world.do(triage.close_request, ADA, request.id, Outcome.UNREACHABLE)
    assert await world.do(reveals.ask_why, ADA, request.id) == Stale(State.CLOSED)
    assert opened(world) == []


@pytest.mark.req("G11")
async def test_the_hour_is_full_until_the_first_of_it_is_an_hour_ago() -> None:
    world = World(programme=narrow(2, 9))
    request = await world.confirmed()
    for _ in range(2):
        assert isinstance(await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY), Identity)
        world.later(minutes=10)
    assert await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY) == Limited(START + timedelta(hours=1))
    # Another administrator has an hour of their own.
    assert isinstance(await world.do(reveals.open_identity, CLEO, request.id, Reason.SAFETY), Identity)
    world.now = START + timedelta(minutes=59, seconds=59)
    assert isinstance(await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY), Limited)
    world.now = START + timedelta(hours=1)
    assert isinstance(await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY), Identity)
    again = await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY)
    assert again == Limited(START + timedelta(hours=1, minutes=10))


@pytest.mark.req("G11")
async def test_the_day_counts_besides_the_hour() -> None:
    world = World(programme=narrow(2, 3))
    request = await world.confirmed()
    for _ in range(3):
        assert isinstance(await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY), Identity)
        world.later(hours=2)
    assert await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY) == Limited(START + timedelta(days=1))
    world.now = START + timedelta(days=1)
    assert isinstance(await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY), Identity)


@pytest.mark.req("G11")
async def test_a_limit_leaves_no_opening_and_tells_the_others_once() -> None:
    world = World(programme=narrow(1, 9))
    request = await world.confirmed()
    await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY)
    before = len(world.memory.told(Kind.HOME_REQUESTER))
    for _ in range(3):
        world.later(minutes=1)
        assert isinstance(await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY), Limited)
    assert opened(world) == [(ActorKind.ADMIN, Reason.SAFETY)]
    assert len(world.memory.told(Kind.HOME_REQUESTER)) == before
    assert world.memory.deeds(request.id)[-3:] == [Event.OPENING_LIMITED] * 3
    told = [each.audience for each in world.memory.told(Kind.TELL_OPENINGS)]
    assert sorted(map(str, told)) == sorted(str(world.member(who)) for who in (BEN, CLEO))


@pytest.mark.req("G11")
async def test_the_matched_supporter_is_limited_too() -> None:
    world = World(programme=narrow(1, 9))
    request = await world.accepted()
    assert isinstance(await world.do(conversations.open_person, SUNE, request.id), conversations.Person)
    assert isinstance(await world.do(conversations.open_person, SUNE, request.id), Limited)
    assert opened(world) == [(ActorKind.SUPPORTER, Reason.MAKE_CONTACT)]
    told = {each.audience for each in world.memory.told(Kind.TELL_OPENINGS)}
    assert told == {world.member(who) for who in (ADA, BEN, CLEO)}


async def test_one_more_is_allowed_exactly_when_it_would_be_opened() -> None:
    world = World(programme=narrow(2, 3))
    request = await world.confirmed()

    async def agree() -> bool:
        async with world.memory() as work:
            allowed = await reveals.allowed(work, world.programme, world.member(ADA), world.now)
        found = await world.do(reveals.open_identity, ADA, request.id, Reason.SAFETY)
        assert allowed is isinstance(found, Identity)
        return allowed

    told = []
    for _ in range(12):
        told.append(await agree())
        world.later(minutes=25)
    assert told == [True, True, False, True, *[False] * 8]


async def agreed_on(world: World, request: UUID) -> None:
    """Let Ada ask for the details of a closed request, and Ben agree."""
    asked = await world.do(approvals.ask, ADA, Act.REOPEN_IDENTITY, request, Why.LAW, ids=world.ids)
    assert isinstance(asked, approvals.Asked)
    assert isinstance(await world.do(approvals.agree, BEN, asked.approval.id), approvals.Agreed)


def reopened(world: World) -> list[str | None]:
    return [each.reason for each in world.memory.tables.audit if each.event is Event.IDENTITY_REOPENED]


@pytest.mark.req("G11")
@pytest.mark.threat("T20")
async def test_a_closed_request_opens_once_for_one_of_the_two_who_agreed() -> None:
    world = World()
    request = await world.confirmed()
    assert await world.do(reveals.reopen_identity, ADA, request.id) == Stale(State.CONFIRMED)
    await world.do(triage.close_request, ADA, request.id, Outcome.NONE_AVAILABLE)
    assert await world.do(reveals.reopen_identity, ADA, request.id) == NotAgreed()
    await agreed_on(world, request.id)
    assert await world.do(reveals.reopen_identity, CLEO, request.id) == NotAgreed()
    assert await world.do(reveals.reopen_identity, LENA, request.id) == Refused()
    assert isinstance(await world.do(reveals.reopen_identity, BEN, request.id), Identity)
    assert await world.do(reveals.reopen_identity, ADA, request.id) == NotAgreed()
    assert reopened(world) == [Why.LAW]


@pytest.mark.threat("T20")
async def test_a_limit_leaves_what_two_agreed_on_unused() -> None:
    world = World(programme=narrow(1, 9))
    request, other = await world.confirmed(), await world.confirmed(STRANGER)
    await world.do(triage.close_request, ADA, request.id, Outcome.NONE_AVAILABLE)
    await agreed_on(world, request.id)
    assert isinstance(await world.do(reveals.open_identity, ADA, other.id, Reason.SAFETY), Identity)
    assert isinstance(await world.do(reveals.reopen_identity, ADA, request.id), Limited)
    assert reopened(world) == []
    assert isinstance(await world.do(reveals.reopen_identity, BEN, request.id), Identity)
    # It counts as any other opening.
    assert isinstance(await world.do(reveals.open_identity, BEN, other.id, Reason.SAFETY), Limited)


async def test_nothing_is_reopened_that_is_erased() -> None:
    world = World()
    request = await world.confirmed()
    await world.do(triage.close_request, ADA, request.id, Outcome.NONE_AVAILABLE)
    await agreed_on(world, request.id)
    async with world.memory() as work:
        await work.requests.erase(request.id)
    # With the identity gone nobody can be judged to be one of the two.
    assert await world.do(reveals.reopen_identity, ADA, request.id) == NotAgreed()
    assert reopened(world) == []
