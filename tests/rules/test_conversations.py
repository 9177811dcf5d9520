"""From the name to the last talk: counted, never described; access ends when the request leaves."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from peersupport import conversations, triage
from peersupport.addresses import Address
from peersupport.audit import Event
from peersupport.conversations import Attempted, NeedsAgreement, Person, Talked
from peersupport.notifications import Kind
from peersupport.offers import OfferState
from peersupport.outcomes import Already, Done, Over, Refused, Stale
from peersupport.requests import Contact, Needs, Outcome, State, SupportRequest
from peersupport.reveals import Reason
from tests.rules.world import ADA, BEN, ROBIN, STRANGER, VANCOUVER, World, address, ask

SUNE, TOVE = address("U0SUNE"), address("U0TOVE")


@pytest.mark.req("V12", "G11", "V5")
async def test_the_matched_supporter_opens_name_and_contact_on_record() -> None:
    world = World()
    request = await world.accepted(asked=ask(avoid_members=(BEN,), avoid_names=("Ole Bulrush",)))
    person = await world.do(conversations.open_person, SUNE, request.id)
    assert isinstance(person, Person)
    assert (person.needs.name, person.contact) == ("Robin", Contact("604-555-0142"))
    assert (person.needs.avoid_members, person.needs.avoid_names) == ((), ())
    assert "Robin" not in repr(person)
    (line,) = [each for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]
    assert (line.actor, line.subject, line.reason) == (request.supporter, request.id, Reason.MAKE_CONTACT)


@pytest.mark.req("V17")
async def test_the_supporter_sees_how_many_talks_are_foreseen() -> None:
    world = World()
    request = await world.accepted()
    looked = await world.do(conversations.look, SUNE, request.id)
    assert looked == conversations.Matched(request, world.now, 3)


DEEDS: list[tuple[Any, tuple[Any, ...]]] = [
    (conversations.look, ()),
    (conversations.open_person, ()),
    (conversations.contact_made, ()),
    (conversations.could_not_reach, (1,)),
    (conversations.talked, (1,)),
    (conversations.ask_for_fourth, ()),
    (conversations.hand_back, ()),
    (conversations.not_me, ()),
    (conversations.finish, ()),
]
NAMES = {"ids": lambda each: getattr(each, "__name__", "")}


@pytest.mark.threat("T15", "T16")
@pytest.mark.parametrize(("deed", "args"), [*DEEDS, (conversations.contact_deleted, ())], **NAMES)  # type: ignore[arg-type]
async def test_nobody_but_the_matched_supporter_acts(deed: Any, args: tuple[Any, ...]) -> None:
    world = World()
    world.supporter("U0TOVE")
    request = await world.accepted()
    before = (dict(world.memory.tables.requests), dict(world.memory.tables.outbox))
    callers = [(who, request.id) for who in (TOVE, ADA, ROBIN, STRANGER)] + [(SUNE, UUID(int=0))]
    for number, (who, id) in enumerate(callers, start=1):
        assert await world.do(deed, who, id, *args) == Refused()
        assert sum(each.event is Event.REFUSED for each in world.memory.tables.audit) == number
    assert (world.memory.tables.requests, world.memory.tables.outbox) == before


@pytest.mark.req("V12", "U48")
@pytest.mark.parametrize(("deed", "args"), DEEDS, **NAMES)  # type: ignore[arg-type]
async def test_after_reassigning_every_old_button_says_it_is_over(deed: Any, args: tuple[Any, ...]) -> None:
    world = World()
    request = await world.accepted()
    await world.do(triage.reassign, ADA, request.id)
    before = world.memory.tables.copied()
    assert await world.do(deed, SUNE, request.id, *args) == Over()
    assert world.memory.tables == before


@pytest.mark.req("V14")
@pytest.mark.parametrize(("late", "count"), [(False, "contacted_in_time"), (True, "contacted_late")])
async def test_contact_made_stops_the_clock_once(late: bool, count: str) -> None:
    world = World()
    request = await world.accepted()
    world.now = request.due_at + timedelta(minutes=late)
    assert await world.do(conversations.contact_made, SUNE, request.id) == Done(world.request(request.id))
    made = world.request(request.id)
    assert (made.state, made.contacted_at) == (State.CONTACTED, world.now)
    world.later(hours=5)
    assert await world.do(conversations.contact_made, SUNE, request.id) == Already(made)
    assert dict(world.memory.tables.tallies) == {(VANCOUVER.id, "2026-11", count): 1}


@pytest.mark.req("U16", "U48")
async def test_after_two_attempts_the_administrator_is_told() -> None:
    world = World()
    request = await world.accepted()
    assert await world.do(conversations.could_not_reach, SUNE, request.id, 1) == Attempted(
        world.request(request.id), told=False
    )
    assert await world.do(conversations.could_not_reach, SUNE, request.id, 1) == Already(world.request(request.id))
    assert world.memory.told(Kind.TELL_MEMBER) == []
    second = await world.do(conversations.could_not_reach, SUNE, request.id, 2)
    assert second == Attempted(world.request(request.id), told=True)
    assert [each.audience for each in world.memory.told(Kind.TELL_MEMBER)] == [world.member(ADA)]
    assert world.request(request.id).attempts == 2


@pytest.mark.req("V16", "U60")
@pytest.mark.threat("T12")
async def test_talks_are_counted_one_two_three_and_the_fourth_needs_a_yes() -> None:
    world = World()
    request = await world.accepted()
    assert await world.do(conversations.talked, SUNE, request.id, 2) == Already(request)
    for number in (1, 2, 3):
        counted = await world.do(conversations.talked, SUNE, request.id, number)
        assert counted == Talked(world.request(request.id), last=number == 3)
        assert await world.do(conversations.talked, SUNE, request.id, number) == Already(world.request(request.id))
    assert (world.request(request.id).talks, world.request(request.id).state) == (3, State.TALKING)
    assert world.request(request.id).contacted_at == world.now
    before = world.memory.tables.copied()
    assert await world.do(conversations.talked, SUNE, request.id, 4) == NeedsAgreement(world.request(request.id))
    assert world.memory.tables == before
    await world.do(conversations.ask_for_fourth, SUNE, request.id)
    assert [each.audience for each in world.memory.told(Kind.TELL_MEMBER)] == [world.member(ADA)]
    await world.do(triage.agree_fourth, ADA, request.id)
    assert await world.do(conversations.ask_for_fourth, SUNE, request.id) == Already(world.request(request.id))
    assert await world.do(conversations.talked, SUNE, request.id, 4) == Talked(world.request(request.id), last=True)
    assert await world.do(conversations.talked, SUNE, request.id, 5) == NeedsAgreement(world.request(request.id))
    assert world.memory.deeds(request.id).count(Event.TALKED) == 4


async def has_opened(world: World, request: UUID, who: Address = SUNE) -> bool:
    return await world.read(lambda work: conversations.has_opened(work, world.programme, who, request))


async def test_only_a_supporter_who_opened_the_name_counts_as_one_who_knew_it() -> None:
    world = World()
    request = await world.accepted()
    await world.do(triage.open_identity, ADA, request.id, Reason.FIND_SUPPORTER)
    assert [await has_opened(world, request.id, who) for who in (SUNE, ADA, ROBIN)] == [False, False, False]
    await world.do(conversations.open_person, SUNE, request.id)
    assert [await has_opened(world, request.id, who) for who in (SUNE, ADA, ROBIN)] == [True, False, False]


@pytest.mark.req("U17", "V12")
@pytest.mark.parametrize(
    ("deed", "state"), [(conversations.hand_back, OfferState.HANDED_BACK), (conversations.not_me, OfferState.NOT_ME)]
)
async def test_giving_back_ends_access_without_a_reason(deed: Any, state: OfferState) -> None:
    world = World()
    request = await world.accepted()
    assert not await has_opened(world, request.id)
    await world.do(conversations.open_person, SUNE, request.id)
    await world.do(conversations.could_not_reach, SUNE, request.id, 1)
    assert await world.do(deed, SUNE, request.id) == Done(world.request(request.id))
    back = world.request(request.id)
    assert (back.state, back.supporter, back.attempts, back.due_at) == (State.MATCHING, None, 0, request.due_at)
    assert world.offer(request.id, state).decided_at == world.now
    assert await world.do(conversations.open_person, SUNE, request.id) == Over()
    assert await has_opened(world, request.id)
    assert world.memory.told(Kind.TELL_SUPPORTER) == []
    assert len(world.memory.told(Kind.TELL_MEMBER)) == 1
    assert isinstance(await world.do(conversations.contact_deleted, SUNE, request.id), Done)


@pytest.mark.req("G12", "U48")
async def test_finishing_erases_the_contact_now_and_the_identity_later() -> None:
    world = World()
    request = await world.accepted()
    assert await world.do(conversations.finish, SUNE, request.id) == Stale(State.ACCEPTED)
    await world.do(conversations.talked, SUNE, request.id, 1)
    await world.do(conversations.finish, SUNE, request.id)
    closed = world.request(request.id)
    assert (closed.state, closed.outcome, closed.supporter) == (State.CLOSED, Outcome.DONE, request.supporter)
    assert [each.run_at for each in world.memory.told(Kind.ERASE_CONTACT)] == [world.now]
    assert [each.run_at for each in world.memory.told(Kind.ERASE)] == [world.now + timedelta(days=30)]
    assert {each.subject for each in world.memory.told(Kind.CLOSE_MESSAGES)} == {
        request.id,
        world.offer(request.id, OfferState.ENDED).id,
    }
    assert await world.do(conversations.finish, SUNE, request.id) == Over()


async def test_a_desk_holds_what_waits_for_a_supporter() -> None:
    world = World()
    request = await world.accepted()
    sune = request.supporter
    assert sune is not None
    second = await world.confirmed(address("U0OTHER"), ask(requester=address("U0OTHER")))
    await world.do(triage.offer, ADA, second.id, [sune], ids=world.ids)
    desk = await world.read(lambda work: conversations.desk(work, sune))
    assert desk.requests == (request,)
    assert [(offer.request_id, held.id) for offer, held in desk.offers] == [(second.id, second.id)]


@pytest.mark.req("V12")
async def test_an_erased_request_opens_for_nobody() -> None:
    world = World()
    request = await world.accepted()
    async with world.memory() as work:
        await work.requests.erase(request.id)
    assert await world.do(conversations.open_person, SUNE, request.id) == Over()
    assert await world.do(triage.open_identity, ADA, request.id, Reason.FIND_SUPPORTER) == Stale(State.ACCEPTED)
    assert await world.do(triage.suggest, ADA, request.id) == Stale(State.ACCEPTED)


@pytest.mark.req("G14", "G15", "V16")
def test_there_is_no_place_for_what_was_said() -> None:
    kept = {field.name for kind in (SupportRequest, Needs, Contact) for field in fields(kind)}
    assert not {
        name for name in kept if any(word in name for word in ("note", "said", "summary", "message", "text"))
    } - {"notice_version"}


async def test_a_version_that_moved_on_is_not_overwritten() -> None:
    world = World()
    request = await world.accepted()
    async with world.memory() as work:
        stale = replace(request, version=request.version - 1)
        assert not await work.requests.save(stale)


@pytest.mark.req("U59")
async def test_after_the_last_talk_there_is_a_bridge_to_other_help_until_one_more_is_agreed() -> None:
    world = World()
    request = await world.accepted()
    await world.do(conversations.contact_made, SUNE, request.id)
    most = VANCOUVER.promise.conversations[1]
    for number in range(1, most + 1):
        assert not conversations.is_last(VANCOUVER, world.request(request.id))
        await world.do(conversations.talked, SUNE, request.id, number)
    assert conversations.is_last(VANCOUVER, world.request(request.id))
    await world.do(triage.agree_fourth, ADA, request.id)
    assert not conversations.is_last(VANCOUVER, world.request(request.id))
    await world.do(conversations.finish, SUNE, request.id)
    assert not conversations.is_last(VANCOUVER, world.request(request.id))
