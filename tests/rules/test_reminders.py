"""The clocks of a request: reminders until somebody claims it, and the question at the promised time."""

from datetime import timedelta
from uuid import UUID

import pytest

from peersupport import conversations, messages, own, reminders, triage
from peersupport.actors import administrators
from peersupport.notifications import Due, Kind
from peersupport.requests import SupportRequest
from tests.rules.world import ADA, BEN, CLEO, ROBIN, World, address, ask, vancouver

SUNE = address("U0SUNE")
FAR = 73
"""Hours until every clock of a request has run."""


async def fire(world: World, kind: Kind, subject: UUID) -> None:
    """Carry one timer out now."""
    async with world.memory() as work:
        await reminders.carry_out(work, Due(UUID(int=0), kind, subject, world.programme.id), world.now)


async def run_clocks(world: World) -> None:
    """Carry every timer out whose time has come, some of them once more."""
    for message in list(world.memory.tables.outbox.values()):
        if message.kind in reminders.KINDS and message.run_at is not None and message.run_at <= world.now:
            await fire(world, message.kind, message.subject)


def told(world: World) -> list[UUID | None]:
    return [each.audience for each in world.memory.told(Kind.TELL_MEMBER)]


def asked(world: World, request: SupportRequest) -> list[str]:
    """Return the rows that put the question to the requester."""
    kinds = (Kind.TELL_REQUESTER, Kind.HOME_REQUESTER)
    rows = [each.dedupe for kind in kinds for each in world.memory.told(kind, request.id)]
    return [each for each in rows if ":asked:" in each]


@pytest.mark.req("V8", "V14")
async def test_a_request_opens_with_its_clocks_running() -> None:
    world = World()
    request = await world.opens()
    clocks = {each.kind: each.run_at for each in world.memory.tables.outbox.values() if each.kind in reminders.KINDS}
    assert clocks == {
        Kind.REMIND_ADMINS: world.now + timedelta(hours=12),
        Kind.REMIND_BACKUPS: world.now + timedelta(hours=24),
        Kind.ASK_REQUESTER: request.due_at,
    }


@pytest.mark.req("V8")
async def test_the_programme_says_when_reminders_come() -> None:
    timers = vancouver().timing.model_copy(update={"admin_reminder": timedelta(hours=3)})
    world = World(programme=vancouver().model_copy(update={"timers": timers}))
    request = await world.opens()
    (reminder,) = world.memory.told(Kind.REMIND_ADMINS, request.id)
    assert reminder.run_at == world.now + timedelta(hours=3)


@pytest.mark.req("V8")
async def test_administrators_are_reminded_and_then_the_backups_come_in() -> None:
    world = World()
    await world.opens()
    world.later(hours=11, minutes=59)
    await run_clocks(world)
    assert told(world) == []
    world.later(minutes=1)
    await run_clocks(world)
    assert told(world) == [world.member(ADA), world.member(BEN)]
    world.later(hours=12)
    await run_clocks(world)
    assert told(world)[2:] == [world.member(ADA), world.member(BEN), world.member(CLEO)]
    await run_clocks(world)
    assert len(told(world)) == 5


@pytest.mark.req("V8")
async def test_an_urgent_request_is_reminded_of_all_the_same() -> None:
    world = World()
    await world.opens(asked=ask(urgent=True))
    world.later(hours=12)
    await run_clocks(world)
    assert told(world) == [world.member(ADA), world.member(BEN)] * 2


@pytest.mark.req("V8")
@pytest.mark.parametrize("over", ["claimed", "withdrawn"])
async def test_nobody_is_reminded_of_what_is_claimed_or_withdrawn(over: str) -> None:
    world = World()
    request = await world.opens()
    deed, who = (triage.claim, ADA) if over == "claimed" else (own.withdraw, ROBIN)
    await world.do(deed, who, request.id)
    world.later(hours=24)
    await run_clocks(world)
    assert told(world) == []


@pytest.mark.req("V8", "V5", "G27")
@pytest.mark.threat("T21")
async def test_whoever_is_kept_out_is_never_reminded() -> None:
    world = World()
    request = await world.opens(BEN, ask(requester=BEN, avoid_members=(CLEO,)))
    at_once = told(world)
    world.later(hours=24)
    await run_clocks(world)
    assert set(told(world)) == {world.member(ADA)}
    assert len(told(world)) == len(at_once) + 2
    concerned = await world.read(lambda work: administrators(work, request))
    assert [each.address for each in concerned] == [ADA]


@pytest.mark.req("V8")
async def test_where_every_administrator_is_kept_out_the_backups_are_reminded_first() -> None:
    world = World()
    await world.opens(asked=ask(avoid_members=(ADA, BEN)))
    before = len(told(world))
    world.later(hours=12)
    await run_clocks(world)
    assert told(world)[before:] == [world.member(CLEO)]


@pytest.mark.req("V14")
async def test_the_requester_is_asked_once_at_the_promised_time() -> None:
    world = World()
    request = await world.accepted()
    world.later(hours=71)
    await fire(world, Kind.ASK_REQUESTER, request.id)
    assert asked(world, request) == []
    world.later(hours=1)
    for _ in range(2):
        await run_clocks(world)
    assert [each.partition(":")[0] for each in asked(world, request)] == [Kind.TELL_REQUESTER, Kind.HOME_REQUESTER]


@pytest.mark.req("V14")
@pytest.mark.parametrize("known", ["contact", "not yet", "withdrawn"])
async def test_nobody_is_asked_what_is_known(known: str) -> None:
    world = World()
    request = await world.accepted()
    deeds = {
        "contact": (conversations.contact_made, SUNE),
        "not yet": (own.nobody_yet, ROBIN),
        "withdrawn": (own.withdraw, ROBIN),
    }
    deed, who = deeds[known]
    await world.do(deed, who, request.id)
    world.later(hours=FAR)
    await run_clocks(world)
    assert asked(world, request) == []


@pytest.mark.req("V14")
async def test_a_new_promise_is_asked_about_anew_and_the_old_clock_says_nothing() -> None:
    world = World()
    request = await world.accepted()
    world.later(hours=10)
    await world.do(conversations.contact_made, SUNE, request.id)
    world.later(hours=1)
    await world.do(own.someone_else, ROBIN, request.id)
    renewed = world.request(request.id)
    assert [each.run_at for each in world.memory.told(Kind.ASK_REQUESTER)] == [request.due_at, renewed.due_at]
    world.now = request.due_at
    await run_clocks(world)
    assert asked(world, request) == []
    world.now = renewed.due_at
    await run_clocks(world)
    assert len(asked(world, request)) == 2


@pytest.mark.req("V14")
async def test_where_no_contact_was_made_the_promise_stands_and_is_asked_about_once() -> None:
    world = World()
    request = await world.accepted()
    await world.do(own.someone_else, ROBIN, request.id)
    assert len(world.memory.told(Kind.ASK_REQUESTER)) == 1
    assert messages.ask_requester(world.request(request.id)).run_at == request.due_at


async def test_a_timer_of_an_unknown_request_does_nothing() -> None:
    world = World()
    before = world.memory.tables.copied()
    for kind in reminders.KINDS:
        await fire(world, kind, UUID(int=0))
    assert world.memory.tables == before
