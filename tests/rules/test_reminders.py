"""The clocks of a request: reminders until somebody claims it, and the question at the promised time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from peersupport import conversations, own, reminders, triage
from peersupport.actors import administrators
from peersupport.notifications import Due, Kind
from tests.rules.world import ADA, BEN, CLEO, ROBIN, World, address, ask, vancouver

SUNE = address("U0SUNE")
DAWN = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
"""Seven in the morning in Vancouver: twelve hours later nobody rests yet."""
FAR = 73
"""Hours until every clock of a request has run."""


async def fire(world: World, kind: Kind, subject: UUID, audience: UUID | None = None) -> None:
    """Carry one timer out now."""
    async with world.memory() as work:
        due = Due(world.ids.new(), kind, subject, world.programme.id, audience)
        await reminders.carry_out(work, world.programme, due, world.now, world.ids)


async def run_clocks(world: World) -> None:
    """Carry every timer out whose time has come, some of them once more."""
    for message in list(world.memory.tables.outbox.values()):
        if message.kind in reminders.KINDS and message.run_at is not None and message.run_at <= world.now:
            await fire(world, message.kind, message.subject, message.audience)


def told(world: World) -> list[UUID | None]:
    return [each.audience for each in world.memory.told(Kind.TELL_MEMBER)]


@pytest.mark.req("V8", "V14")
async def test_a_request_opens_with_its_clocks_running() -> None:
    world = World()
    request = await world.opens()
    clocks = {each.kind: each.run_at for each in world.memory.tables.outbox.values() if each.kind in reminders.KINDS}
    assert clocks == {
        Kind.REMIND_ADMINS: world.now + timedelta(hours=12),
        Kind.REMIND_BACKUPS: world.now + timedelta(hours=24),
        Kind.ALERT_RISK: world.now + timedelta(hours=60),
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
    world = World(now=DAWN)
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
    world = World(now=DAWN)
    request = await world.opens(BEN, ask(requester=BEN, avoid_members=(CLEO,)))
    at_once = told(world)
    for _ in range(2):
        world.later(hours=12)
        await run_clocks(world)
    assert set(told(world)) == {world.member(ADA)}
    assert len(told(world)) == len(at_once) + 2
    concerned = await world.read(lambda work: administrators(work, request))
    assert [each.address for each in concerned] == [ADA]


@pytest.mark.req("V8")
async def test_where_every_administrator_is_kept_out_the_backups_are_reminded_first() -> None:
    world = World(now=DAWN)
    await world.opens(asked=ask(avoid_members=(ADA, BEN)))
    before = len(told(world))
    world.later(hours=12)
    await run_clocks(world)
    assert told(world)[before:] == [world.member(CLEO)]


@pytest.mark.req("V8")
async def test_a_reminder_of_the_night_waits_for_the_morning_unless_it_is_urgent() -> None:
    for urgent, heard in ((False, 0), (True, 2)):
        world = World(now=DAWN + timedelta(hours=10))
        await world.opens(asked=ask(urgent=urgent))
        before = len(told(world))
        world.later(hours=14, minutes=59)
        await run_clocks(world)
        assert len(told(world)) == before + heard, "it is one minute to eight"
        world.later(minutes=1)
        await run_clocks(world)
        assert len(told(world)) == before + 2


@pytest.mark.req("V8")
async def test_a_reminder_that_waited_is_not_given_once_the_request_is_claimed() -> None:
    world = World()
    request = await world.opens()
    world.later(hours=12)
    await run_clocks(world)
    await world.do(triage.claim, ADA, request.id)
    world.later(hours=5)
    await run_clocks(world)
    assert told(world) == []


@pytest.mark.req("V14")
@pytest.mark.parametrize("known", ["contact", "withdrawn"])
async def test_nobody_is_asked_what_is_known(known: str) -> None:
    world = World()
    request = await world.accepted()
    deeds = {"contact": (conversations.contact_made, SUNE), "withdrawn": (own.withdraw, ROBIN)}
    deed, who = deeds[known]
    await world.do(deed, who, request.id)
    world.later(hours=FAR)
    await run_clocks(world)
    assert world.memory.told(Kind.NOTE_REQUESTER) == []
    assert world.request(request.id).missed_at is None


@pytest.mark.req("V14")
async def test_a_new_promise_is_asked_about_anew_and_the_old_clock_says_nothing() -> None:
    world = World()
    request = await world.accepted()
    world.later(hours=10)
    await world.do(conversations.contact_made, SUNE, request.id)
    world.later(hours=1)
    await world.do(own.someone_else, ROBIN, request.id)
    renewed = world.request(request.id)
    assert renewed.due_at == world.now + timedelta(hours=72)
    assert [each.run_at for each in world.memory.told(Kind.ASK_REQUESTER)] == [request.due_at, renewed.due_at]
    risks = [each.run_at for each in world.memory.told(Kind.ALERT_RISK)]
    assert risks == [each - timedelta(hours=12) for each in (request.due_at, renewed.due_at)]
    world.now = request.due_at
    await run_clocks(world)
    assert world.request(request.id).missed_at is None
    world.now = renewed.due_at
    await run_clocks(world)
    assert world.request(request.id).missed_at == renewed.due_at


@pytest.mark.req("V14", "U42")
async def test_where_no_contact_was_made_the_promise_stands_and_is_asked_about_once() -> None:
    world = World()
    request = await world.accepted()
    await world.do(own.someone_else, ROBIN, request.id)
    assert len(world.memory.told(Kind.ASK_REQUESTER)) == 1
    assert world.request(request.id).due_at == request.due_at


async def test_a_timer_of_an_unknown_request_does_nothing() -> None:
    world = World()
    before = world.memory.tables.copied()
    for kind in reminders.KINDS:
        await fire(world, kind, UUID(int=0))
    assert world.memory.tables == before
