"""Somebody who is not on Slack: what is recorded, what they are owed by phone, and what is said for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from peersupport import answers, by_phone, conversations, intake, phone_tasks, triage
from peersupport.actors import Held, by_itself
from peersupport.addresses import own_reach
from peersupport.audit import ActorKind, Event
from peersupport.by_phone import CHANGED, Said, Spoken, Unheard
from peersupport.intake import AlreadyOpen, Invalid, Opened, Redirected, Repeated
from peersupport.notifications import Due, Kind
from peersupport.outcomes import Done, Refused, Stale
from peersupport.phone_tasks import Owed
from peersupport.ports import UnitOfWork
from peersupport.queue import Section, listed
from peersupport.requests import Door, Outcome, State, SupportRequest
from peersupport.reveals import Limited, Reason
from peersupport.timers_promise import promise_due, write_of_note
from tests.rules.test_own import erase_what_is_due
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, START, STRANGER, World, address, ask

REACH = "250-555-0163"
SUNE = address("U0SUNE")


def spoken(*, heard: bool = True, own_line: bool = True, reach: str = REACH, **changes: object) -> Spoken:
    return Spoken(ask(reach=reach, **changes), heard=heard, own_line=own_line)  # type: ignore[arg-type]


async def records(world: World, form: Spoken | None = None, who: object = ADA, key: str = "") -> object:
    made = key or f"key-{world.ids.new()}"
    return await world.do(by_phone.record, who, form or spoken(), key=made, ids=world.ids)  # type: ignore[arg-type]


async def recorded(world: World, form: Spoken | None = None) -> SupportRequest:
    outcome = await records(world, form)
    assert isinstance(outcome, Opened), outcome
    return outcome.request


async def matched(world: World, form: Spoken | None = None) -> SupportRequest:
    """A request by phone that a supporter has accepted."""
    request = await recorded(world, form)
    supporter = world.supporter("U0SUNE")
    await world.do(triage.claim, ADA, request.id)
    await world.do(triage.offer, ADA, request.id, [supporter], ids=world.ids)
    await world.do(answers.accept, SUNE, world.offer(request.id).id)
    return world.request(request.id)


@pytest.mark.req("U41")
async def test_it_stands_like_any_other_and_nobody_is_written_to() -> None:
    world = World()
    request = await recorded(world, spoken(notify=True))
    assert (request.door, request.state, request.off_slack_at) == (Door.SELF, State.RECEIVED, world.now)
    needs = world.memory.tables.needs[request.id]
    assert needs.requester == needs.opened_by == own_reach(REACH)
    assert not needs.notify
    for kind in (Kind.TELL_REQUESTER, Kind.HOME_REQUESTER):
        assert not world.memory.told(kind)
    assert world.memory.told(Kind.CARD, request.id)
    [line] = [each for each in world.memory.tables.audit if each.event is Event.REQUEST_OPENED]
    assert (line.kind, line.actor, line.reason) == (ActorKind.ADMIN, world.member(ADA), by_phone.BY_PHONE)


@pytest.mark.req("U41", "G1")
async def test_only_administrators_record_and_only_what_was_heard_and_is_whole() -> None:
    world = World()
    for who in (LENA, ROBIN, STRANGER):
        assert await records(world, who=who) == Refused()
    assert await records(world, spoken(heard=False)) == Unheard()
    assert isinstance(await records(world, spoken(name=" ")), Invalid)
    assert isinstance(await records(world, spoken(reach="ask at the desk")), Invalid)
    assert isinstance(await records(world, spoken(role="resident")), Redirected)
    assert world.memory.tables.requests == {}
    assert isinstance(await records(world, who=CLEO), Opened)


@pytest.mark.req("U41")
async def test_sent_twice_it_is_one_request() -> None:
    world = World()
    first = await records(world, key="same")
    assert isinstance(first, Opened)
    assert await records(world, key="same") == Repeated(first.request)


@pytest.mark.req("U41")
@pytest.mark.threat("T20")
async def test_the_same_own_number_meets_the_open_request_as_an_opening() -> None:
    world = World()
    request = await recorded(world)
    again = await records(world, spoken(reach="+1 (250) 555-0163"), BEN)
    assert again == AlreadyOpen(request)
    [line] = [each for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]
    assert (line.actor, line.reason) == (world.member(BEN), Reason.CHECK_DUPLICATE)
    outcomes = [await records(world, who=BEN) for _ in range(world.programme.privacy.openings_per_hour)]
    assert isinstance(outcomes[-1], Limited)


@pytest.mark.req("U41", "G27")
async def test_a_shared_line_meets_nothing_and_who_is_kept_out_learns_nothing() -> None:
    world = World()
    first = await recorded(world, spoken(avoid_members=(BEN,)))
    other = await records(world, spoken(own_line=False))
    assert isinstance(other, Opened)
    hidden = await records(world, who=BEN)
    assert isinstance(hidden, Opened)
    assert len({first.id, other.request.id, hidden.request.id}) == 3
    assert not [each for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]


@pytest.mark.parametrize(
    ("reach", "own_line", "found"),
    [
        (REACH, True, own_reach(REACH)),
        (REACH, False, None),
        (f"robin@clinic.example, {REACH}", True, own_reach("robin@clinic.example")),
        ("the desk", True, None),
    ],
)
def test_by_what_they_are_found_again(reach: str, *, own_line: bool, found: object) -> None:
    record = UUID(int=5)
    made = by_phone.address_of(reach, record, own_line=own_line)
    assert not made.on_slack
    assert (made == found) is (found is not None)


@pytest.mark.req("U12", "U41")
async def test_a_missed_promise_is_owed_by_phone_until_they_were_told_or_chose() -> None:
    world = World()
    request = await recorded(world)
    await world.do(triage.claim, ADA, request.id)
    world.now = request.due_at
    async with world.memory() as work:
        held = phone_tasks_held(work, world, request.id)
        await promise_due(held, Due(UUID(int=1), Kind.ASK_REQUESTER, request.id, world.programme.id))
    async with world.memory() as work:
        held = phone_tasks_held(work, world, request.id)
        await write_of_note(held, Due(UUID(int=2), Kind.NOTE_REQUESTER, request.id, world.programme.id))
    told = [each for each in world.memory.told(Kind.TELL_MEMBER, request.id) if ":phone:" in each.dedupe]
    assert [each.audience for each in told] == [world.member(ADA)]
    assert not [each for each in world.memory.told(Kind.TELL_REQUESTER) if ":promise:" in each.dedupe]
    assert phone_tasks.owed(world.request(request.id), world.programme, world.now) is Owed.MISSED
    outcome = await world.do(by_phone.put_down, ADA, request.id, Said.TOLD)
    assert isinstance(outcome, Done)
    assert phone_tasks.owed(world.request(request.id), world.programme, world.now) is None
    assert Said.TOLD not in by_phone.sayable(world.request(request.id), world.programme, world.now)
    assert isinstance(await world.do(by_phone.put_down, ADA, request.id, Said.WAIT), Done)
    assert world.request(request.id).waits_at == world.now


def phone_tasks_held(work: UnitOfWork, world: World, request: UUID) -> Held:
    return by_itself(work, world.programme, world.request(request), world.now)


@pytest.mark.req("U41", "G1")
async def test_only_who_looks_after_it_speaks_for_them_and_only_while_it_is_open() -> None:
    world = World()
    request = await recorded(world, spoken(avoid_members=(BEN,)))
    for who in (BEN, LENA, ROBIN, STRANGER):
        assert await world.do(by_phone.put_down, who, request.id, Said.WITHDRAW) == Refused()
        assert await world.do(by_phone.look, who, request.id) == Refused()
        assert await world.do(by_phone.open_change, who, request.id) == Refused()
    on_slack = await world.opens()
    assert isinstance(await world.do(by_phone.put_down, ADA, on_slack.id, Said.WITHDRAW), Stale)
    assert isinstance(await world.do(by_phone.put_down, ADA, request.id, Said.DONE), Stale)
    assert isinstance(await world.do(by_phone.put_down, ADA, request.id, Said.WITHDRAW), Done)
    await erase_what_is_due(world)
    assert request.id not in world.memory.tables.needs
    assert await world.do(by_phone.put_down, ADA, request.id, Said.WITHDRAW) == Refused()
    lines = [each for each in world.memory.tables.audit if each.event is Event.SAID_BY_PHONE]
    assert [(each.kind, each.actor, each.reason) for each in lines] == [
        (ActorKind.ADMIN, world.member(ADA), Said.WITHDRAW)
    ]
    assert world.request(request.id).outcome is Outcome.WITHDRAWN


@pytest.mark.req("U41")
@pytest.mark.parametrize("said", [Said.NAME_YES, Said.NAME_NO])
async def test_their_say_about_the_name_is_owed_and_counts(said: Said) -> None:
    world = World()
    request = await matched(world, Spoken(ask(reach=REACH, ask_first=True), heard=True))
    assert phone_tasks.owed(request, world.programme, world.now) is Owed.NAME
    assert [each for each in world.memory.told(Kind.TELL_MEMBER, request.id) if ":phone:name:" in each.dedupe]
    found = await world.do(listed, ADA)
    assert request in getattr(found, "requests", ())
    assert getattr(found, "section", None) is Section.NEEDS
    assert isinstance(await world.do(by_phone.put_down, ADA, request.id, said), Done)
    stands = world.request(request.id)
    assert (stands.name_agreed_at is not None) is (said is Said.NAME_YES)
    assert (stands.supporter is None) is (said is Said.NAME_NO)
    assert phone_tasks.owed(stands, world.programme, world.now) is None


@pytest.mark.req("U16", "U41")
async def test_who_was_not_reached_can_be_tried_again() -> None:
    world = World()
    request = await matched(world)
    for number in range(1, 3):
        world.later(hours=1)
        await world.do(conversations.could_not_reach, SUNE, request.id, number)
    stands = world.request(request.id)
    assert phone_tasks.owed(stands, world.programme, world.now) is Owed.UNREACHED
    assert isinstance(await world.do(by_phone.put_down, ADA, request.id, Said.TRY_AGAIN), Done)
    assert world.request(request.id).unreached_at is None


@pytest.mark.req("U41")
async def test_a_change_is_a_recorded_opening_and_keeps_out_whoever_was_kept_out() -> None:
    world = World()
    request = await recorded(world, spoken(avoid_members=(STRANGER,), avoid_names=("Vane",)))
    found = await world.do(by_phone.open_change, ADA, request.id)
    assert isinstance(found, intake.Ask)
    assert (found.needs.avoid_members, found.needs.avoid_names, found.needs.opened_by) == ((), (), None)
    assert world.memory.deeds(request.id)[-1] is Event.IDENTITY_OPENED
    changed = replace(found, needs=replace(found.needs, name="Robin Alder", avoid_members=(BEN,)))
    assert isinstance(await world.do(by_phone.change, ADA, request.id, changed), Done)
    needs = world.memory.tables.needs[request.id]
    assert (needs.name, needs.avoid_members, needs.avoid_names) == ("Robin Alder", (STRANGER, BEN), ("Vane",))
    assert needs.requester == own_reach(REACH)
    [line] = [each for each in world.memory.tables.audit if each.event is Event.SAID_BY_PHONE]
    assert line.reason == CHANGED
    nameless = replace(changed, needs=replace(changed.needs, name=""))
    assert isinstance(await world.do(by_phone.change, ADA, request.id, nameless), Invalid)


def test_on_slack_nothing_is_owed_by_phone() -> None:
    world = World()
    late = START + timedelta(days=9)
    request = SupportRequest(
        UUID(int=1), "K7-4Q2M", world.programme.id, Door.SELF, State.RECEIVED, 1, START, START + timedelta(days=3), "1"
    )
    assert phone_tasks.owed(request, world.programme, late) is None
    assert phone_tasks.owed(replace(request, off_slack_at=START), world.programme, late) is Owed.MISSED
