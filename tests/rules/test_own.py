"""The requester stays in charge: withdraws at every state, changes, asks for someone else, has a say about the name."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from peersupport import answers, choices, conversations, own, retention, triage
from peersupport.actors import was_with
from peersupport.audit import ActorKind, Event
from peersupport.conversations import name_shown_from
from peersupport.notifications import Due, Kind
from peersupport.offers import OfferState
from peersupport.outcomes import Already, Done, NotYet, Over, Refused, Stale
from peersupport.requests import Contact, Outcome, State, SupportRequest
from peersupport.reveals import Reason
from tests.rules.world import ADA, BEN, ROBIN, STRANGER, World, address, ask

SUNE, TOVE = address("U0SUNE"), address("U0TOVE")
Reach = Callable[[World], Awaitable[SupportRequest]]


async def _received(world: World) -> SupportRequest:
    return await world.opens()


async def _confirmed(world: World) -> SupportRequest:
    return await world.confirmed()


async def _matching(world: World) -> SupportRequest:
    request = await world.offered(world.supporter("U0SUNE"))
    await world.do(answers.decline, SUNE, world.offer(request.id).id)
    return world.request(request.id)


async def _offered(world: World) -> SupportRequest:
    return await world.offered(world.supporter("U0SUNE"), world.supporter("U0TOVE"))


async def _accepted(world: World) -> SupportRequest:
    return await world.accepted()


async def _contacted(world: World) -> SupportRequest:
    request = await world.accepted()
    await world.do(conversations.contact_made, SUNE, request.id)
    return world.request(request.id)


async def _talking(world: World) -> SupportRequest:
    request = await _contacted(world)
    await world.do(conversations.talked, SUNE, request.id, 1)
    return world.request(request.id)


REACH: dict[State, Reach] = {
    State.RECEIVED: _received,
    State.CONFIRMED: _confirmed,
    State.MATCHING: _matching,
    State.OFFERED: _offered,
    State.ACCEPTED: _accepted,
    State.CONTACTED: _contacted,
    State.TALKING: _talking,
}
MATCHED = (State.ACCEPTED, State.CONTACTED, State.TALKING)


async def erase_what_is_due(world: World) -> None:
    """Carry out the erasures that the outbox holds until now."""
    for message in list(world.memory.tables.outbox.values()):
        if message.kind in retention.ERASURES and (message.run_at or world.now) <= world.now:
            async with world.memory() as work:
                due = Due(UUID(int=0), message.kind, message.subject, message.programme)
                await retention.carry_out(work, due, world.now)


@pytest.mark.req("G16", "U14")
@pytest.mark.threat("T12")
@pytest.mark.parametrize("state", REACH)
async def test_withdrawing_closes_erases_and_ends_every_offer_at_every_state(state: State) -> None:
    world = World()
    request = await REACH[state](world)
    assert request.state is state
    outcome = await world.do(own.withdraw, ROBIN, request.id)
    assert outcome == Done(world.request(request.id))
    closed = world.request(request.id)
    assert (closed.state, closed.outcome, closed.closed_at) == (State.CLOSED, Outcome.WITHDRAWN, world.now)
    ended = {OfferState.DECLINED, OfferState.WITHDRAWN, OfferState.ENDED}
    assert {each.state for each in world.offers(request.id)} <= ended
    await erase_what_is_due(world)
    tables = world.memory.tables
    assert (tables.needs, tables.contacts, tables.requesters) == ({}, {}, {})
    assert ("2026-11", "closed") not in {key[1:] for key in tables.tallies}
    assert world.memory.deeds(request.id)[-2:] == [Event.REQUEST_WITHDRAWN, Event.REQUEST_ERASED]


@pytest.mark.req("U48", "G16")
@pytest.mark.parametrize("state", REACH)
async def test_withdrawing_twice_changes_nothing_more(state: State) -> None:
    world = World()
    request = await REACH[state](world)
    await world.do(own.withdraw, ROBIN, request.id)
    before = world.memory.tables.copied()
    assert await world.do(own.withdraw, ROBIN, request.id) == Stale(State.CLOSED)
    assert world.memory.tables == before
    await erase_what_is_due(world)
    assert await world.do(own.withdraw, ROBIN, request.id) == Refused()


@pytest.mark.req("U15")
@pytest.mark.parametrize("state", MATCHED)
async def test_a_supporter_who_knew_the_name_confirms_deleting_it_with_one_tap(state: State) -> None:
    world = World()
    request = await REACH[state](world)
    sune = request.supporter
    assert sune is not None
    await world.do(own.withdraw, ROBIN, request.id)
    assert [each.audience for each in world.memory.told(Kind.TELL_SUPPORTER, request.id)] == [sune]
    await erase_what_is_due(world)
    closed = world.request(request.id)
    assert closed.erased_at == world.now
    assert await world.do(conversations.contact_deleted, SUNE, request.id) == Done(closed)
    assert await world.do(conversations.contact_deleted, SUNE, request.id) == Already(closed)
    assert world.memory.deeds(request.id).count(Event.CONTACT_DELETED) == 1


@pytest.mark.req("U14")
@pytest.mark.parametrize("state", [each for each in REACH if each not in MATCHED])
async def test_withdrawing_is_silent_to_those_who_never_knew_the_name(state: State) -> None:
    world = World()
    request = await REACH[state](world)
    await world.do(own.withdraw, ROBIN, request.id)
    assert world.memory.told(Kind.TELL_SUPPORTER) == []
    world.supporter("U0UMA")
    assert await world.do(conversations.contact_deleted, address("U0UMA"), request.id) == Refused()


@pytest.mark.req("V12")
@pytest.mark.parametrize("state", MATCHED)
async def test_access_ends_with_the_withdrawal(state: State) -> None:
    world = World()
    request = await REACH[state](world)
    await world.do(own.withdraw, ROBIN, request.id)
    assert await world.do(conversations.open_person, SUNE, request.id) == Over()
    assert await world.do(triage.open_identity, ADA, request.id, Reason.FIND_SUPPORTER) == Stale(State.CLOSED)


@pytest.mark.req("V13", "U18")
@pytest.mark.parametrize("state", MATCHED)
async def test_someone_else_please_before_and_between_talks(state: State) -> None:
    world = World()
    request = await REACH[state](world)
    sune = request.supporter
    assert sune is not None
    world.later(hours=1)
    assert await world.do(own.someone_else, ROBIN, request.id) == Done(world.request(request.id))
    now = world.request(request.id)
    assert (now.state, now.supporter, now.accepted_at, now.contacted_at) == (State.MATCHING, None, None, None)
    assert now.talks == request.talks
    assert now.due_at == (request.due_at if state is State.ACCEPTED else world.now + timedelta(hours=72))
    assert await world.do(conversations.open_person, SUNE, request.id) == Over()
    assert await world.read(lambda work: was_with(work, request.id)) == {sune}
    assert [each.audience for each in world.memory.told(Kind.TELL_SUPPORTER)] == [sune]
    assert {each.audience for each in world.memory.told(Kind.TELL_MEMBER)} == {world.member(ADA)}
    world.supporter("U0TOVE")
    suggested = await world.do(triage.suggest, ADA, request.id)
    assert isinstance(suggested, triage.Suggestions)
    assert [each.profile.address for each in suggested.ranking.candidates] == [TOVE]


@pytest.mark.req("U48")
@pytest.mark.parametrize("state", [each for each in REACH if each not in MATCHED])
async def test_there_is_nobody_to_replace_before_somebody_accepts(state: State) -> None:
    world = World()
    request = await REACH[state](world)
    before = world.memory.tables.copied()
    assert await world.do(own.someone_else, ROBIN, request.id) == Stale(state)
    assert world.memory.tables == before


OWN_DEEDS: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
    (own.see, (), {}),
    (own.change, (ask(),), {}),
    (own.withdraw, (), {}),
    (own.someone_else, (), {}),
    (own.answer_name, (), {"yes": True}),
    (own.nobody_yet, (), {}),
    (choices.in_touch, (), {}),
]


@pytest.mark.threat("T15", "T16")
@pytest.mark.parametrize(("deed", "args", "more"), OWN_DEEDS, ids=lambda each: getattr(each, "__name__", ""))
async def test_nobody_else_touches_it_and_every_attempt_is_written_down(
    deed: Any, args: tuple[Any, ...], more: dict[str, Any]
) -> None:
    world = World()
    request = await world.accepted()
    foreign = replace(request, id=world.ids.new(), programme="elsewhere", reference="Q9-0001")
    world.memory.tables.requests[foreign.id] = foreign
    world.memory.tables.requesters[foreign.id] = ROBIN
    before = (dict(world.memory.tables.requests), dict(world.memory.tables.outbox))
    callers = [(who, request.id) for who in (ADA, SUNE, STRANGER)]
    callers += [(ROBIN, foreign.id), (ROBIN, UUID(int=0))]
    for number, (who, id) in enumerate(callers, start=1):
        assert await world.do(deed, who, id, *args, **more) == Refused()
        refusals = [each for each in world.memory.tables.audit if each.event is Event.REFUSED]
        assert len(refusals) == number
    assert (world.memory.tables.requests, world.memory.tables.outbox) == before


@pytest.mark.req("V13", "G11")
async def test_home_shows_who_accepted_and_who_opened_the_details() -> None:
    world = World()
    sune = world.supporter("U0SUNE", "Sune Aas")
    request = await world.accepted()
    await world.do(triage.open_identity, ADA, request.id, Reason.FIND_SUPPORTER)
    world.later(minutes=5)
    await world.do(conversations.open_person, SUNE, request.id)
    (shown,) = await world.read(lambda work: own.overview(work, {world.programme.id: world.programme}, ROBIN))
    assert (shown.supporter, shown.request.supporter, shown.name_shown_at) == ("Sune Aas", sune, request.accepted_at)
    assert [(each.kind, each.at) for each in shown.openings] == [
        ("admin", world.now - timedelta(minutes=5)),
        ("supporter", world.now),
    ]
    assert shown.needs is None
    assert await world.read(lambda work: own.overview(work, {}, ROBIN)) == ()


@pytest.mark.req("V2", "V4", "V5")
async def test_all_that_was_submitted_is_seen_by_whom_it_is_for() -> None:
    world = World()
    form = world.programme.form
    asked = ask(
        reasons=tuple(each.id for each in form.reasons[:3]),
        times=tuple(each.id for each in form.times[:2]),
        avoid_members=(BEN,),
        avoid_names=("Ole Bulrush",),
    )
    asked = replace(asked, contact=Contact("604-555-0142", voicemail=False, private=True))
    request = await world.accepted(asked=asked)
    seen = await world.do(own.see, ROBIN, request.id)
    assert isinstance(seen, own.Own)
    assert (seen.needs, seen.contact) == (replace(asked.needs, opened_by=ROBIN), asked.contact)
    for deed, who, why in ((triage.open_identity, ADA, [Reason.SAFETY]), (conversations.open_person, SUNE, [])):
        opened: Any = await world.do(deed, who, request.id, *why)
        assert (opened.needs.reasons, opened.needs.times) == (asked.needs.reasons, asked.needs.times)
        assert opened.contact == asked.contact
        assert (opened.needs.avoid_members, opened.needs.avoid_names) == ((), ())


@pytest.mark.req("V12")
async def test_the_requester_has_a_say_about_the_name_and_silence_counts_as_yes() -> None:
    world = World()
    request = await world.accepted(asked=ask(ask_first=True))
    until = world.now + timedelta(hours=12)
    assert await world.do(conversations.open_person, SUNE, request.id) == NotYet(until)
    assert await world.do(conversations.contact_made, SUNE, request.id) == NotYet(until)
    assert [each.run_at for each in world.memory.told(Kind.HOME_SUPPORTER) if each.run_at] == [until]
    world.later(hours=11, minutes=59)
    assert await world.do(conversations.open_person, SUNE, request.id) == NotYet(until)
    world.later(minutes=1)
    assert isinstance(await world.do(conversations.open_person, SUNE, request.id), conversations.Person)


@pytest.mark.req("V12")
async def test_a_yes_shows_the_name_at_once_and_is_said_once() -> None:
    world = World()
    request = await world.accepted(asked=ask(ask_first=True))
    world.later(minutes=10)
    assert await world.do(own.answer_name, ROBIN, request.id, yes=True) == Done(world.request(request.id))
    assert name_shown_from(world.programme, world.request(request.id)) == world.now
    assert isinstance(await world.do(conversations.open_person, SUNE, request.id), conversations.Person)
    assert await world.do(own.answer_name, ROBIN, request.id, yes=True) == Already(world.request(request.id))
    assert len(world.memory.told(Kind.TELL_SUPPORTER)) == 1


@pytest.mark.req("V12", "V13")
async def test_a_no_to_the_name_finds_someone_else_and_the_next_is_asked_about_anew() -> None:
    world = World()
    request = await world.accepted(asked=ask(ask_first=True))
    await world.do(own.answer_name, ROBIN, request.id, yes=False)
    assert world.request(request.id).state is State.MATCHING
    tove = world.supporter("U0TOVE")
    await world.do(triage.offer, ADA, request.id, [tove], ids=world.ids)
    world.later(hours=20)
    await world.do(answers.accept, TOVE, world.offer(request.id).id)
    assert isinstance(await world.do(conversations.open_person, TOVE, request.id), NotYet)


@pytest.mark.req("U48")
async def test_there_is_no_say_where_none_was_asked_for() -> None:
    world = World()
    request = await world.accepted()
    assert await world.do(own.answer_name, ROBIN, request.id, yes=False) == Stale(State.ACCEPTED)


@pytest.mark.req("V14")
async def test_nobody_yet_goes_to_the_administrators_once_until_contact_is_made() -> None:
    world = World()
    request = await world.accepted()
    assert await world.do(own.nobody_yet, ROBIN, request.id) == Done(world.request(request.id))
    said = world.request(request.id)
    assert said.not_yet_at == world.now
    assert f"card:{request.id}:{said.version}" in world.memory.tables.outbox
    assert [each.audience for each in world.memory.told(Kind.TELL_MEMBER)] == [world.member(ADA)]
    world.later(hours=1)
    assert await world.do(own.nobody_yet, ROBIN, request.id) == Already(said)
    await world.do(conversations.contact_made, SUNE, request.id)
    assert world.request(request.id).not_yet_at is None
    assert await world.do(own.nobody_yet, ROBIN, request.id) == Stale(State.CONTACTED)


@pytest.mark.req("V14")
async def test_not_yet_is_forgotten_with_the_supporter_and_can_be_said_of_the_next() -> None:
    world = World()
    request = await world.accepted()
    await world.do(own.nobody_yet, ROBIN, request.id)
    await world.do(triage.reassign, ADA, request.id)
    assert world.request(request.id).not_yet_at is None
    assert await world.do(own.nobody_yet, ROBIN, request.id) == Done(world.request(request.id))
    assert world.request(request.id).not_yet_at == world.now


@pytest.mark.req("V14", "U48")
async def test_in_touch_by_the_requester_counts_like_the_supporters_word_once() -> None:
    world = World()
    request = await world.accepted()
    world.now = request.due_at
    assert await world.do(choices.in_touch, ROBIN, request.id) == Done(world.request(request.id))
    made = world.request(request.id)
    assert (made.state, made.contacted_at) == (State.CONTACTED, world.now)
    entry = world.memory.tables.audit[-1]
    assert (entry.event, entry.kind, entry.actor) == (Event.CONTACT_MADE, ActorKind.REQUESTER, None)
    assert dict(world.memory.tables.tallies) == {(world.programme.id, "2026-11", "contacted_in_time"): 1}
    before = world.memory.tables.copied()
    assert await world.do(choices.in_touch, ROBIN, request.id) == Already(made)
    assert await world.do(conversations.contact_made, SUNE, request.id) == Already(made)
    assert world.memory.tables == before


@pytest.mark.req("V14", "V12", "U48")
@pytest.mark.parametrize("reach", [_received, _confirmed, _matching, _offered], ids=lambda each: str(each.__name__))
async def test_nobody_is_in_touch_before_a_supporter_accepted_and_sees_the_name(reach: Reach) -> None:
    world = World()
    request = await reach(world)
    before = world.memory.tables.copied()
    assert await world.do(choices.in_touch, ROBIN, request.id) == Stale(request.state)
    assert world.memory.tables == before
    world = World()
    waits = await world.accepted(asked=ask(ask_first=True))
    assert await world.do(choices.in_touch, ROBIN, waits.id) == Stale(State.ACCEPTED)
