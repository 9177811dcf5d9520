"""Somebody's Slack account ends: whatever they were, nobody waits for them, and no request is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peersupport import departures
from peersupport.audit import ActorKind, Event
from peersupport.departures import Departed
from peersupport.notifications import Kind
from peersupport.offers import OfferState
from peersupport.people import Address
from peersupport.requests import Contact, Outcome, State
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, STRANGER, World, address, ask

SUNE = address("U0SUNE")


async def ends(world: World, who: Address) -> Departed:
    """Let an account end, and again, which changes nothing."""
    departed = await world.do(departures.account_ended, who)
    lines, rows = len(world.memory.tables.audit), len(world.memory.tables.outbox)
    assert await world.do(departures.account_ended, who) == Departed()
    assert (len(world.memory.tables.audit), len(world.memory.tables.outbox)) == (lines, rows)
    return departed


@pytest.mark.req("G35")
async def test_open_offers_of_a_supporter_go_and_the_next_is_asked() -> None:
    world = World()
    sune, tove = world.supporter("U0SUNE"), world.supporter("U0TOVE")
    request = await world.offered(sune, tove)
    assert (await ends(world, SUNE)).supporter == sune
    states = {each.supporter_id: each.state for each in world.offers(request.id)}
    assert states == {sune: OfferState.WITHDRAWN, tove: OfferState.OPEN}
    assert not world.memory.tables.supporters[sune][0].active
    assert world.memory.deeds(sune) == [Event.ACCOUNT_ENDED]
    assert [each.subject for each in world.memory.told(Kind.HOME_SUPPORTER, sune)]
    (line,) = [each for each in world.memory.tables.audit if each.event is Event.ACCOUNT_ENDED]
    assert (line.kind, line.actor, line.subject) == (ActorKind.SYSTEM, None, sune)


@pytest.mark.req("G35")
async def test_the_requests_of_a_supporter_go_back_and_the_administrator_is_told() -> None:
    world = World()
    request = await world.accepted("U0SUNE")
    told = len(world.memory.told(Kind.TELL_MEMBER, request.id))
    await ends(world, SUNE)
    found = world.request(request.id)
    assert (found.state, found.supporter) == (State.MATCHING, None)
    assert [each.audience for each in world.memory.told(Kind.TELL_MEMBER, request.id)][told:] == [world.member(ADA)]
    standing = await world.read(lambda work: work.members.standing(SUNE))
    assert not standing.supporters


@pytest.mark.req("G35")
async def test_an_administrators_claims_are_free_again_and_the_others_are_told() -> None:
    world = World()
    request = await world.confirmed()
    ada = world.member(ADA)
    departed = await ends(world, ADA)
    assert (departed.member, departed.too_few) == (ada, False)
    found = world.request(request.id)
    assert (found.claimed_by, found.claimed_at, found.state) == (None, None, State.CONFIRMED)
    assert world.member(BEN) in {each.audience for each in world.memory.told(Kind.TELL_MEMBER, request.id)}
    assert world.memory.deeds(ada) == [Event.MEMBER_REMOVED, Event.ACCOUNT_ENDED]
    assert world.memory.told(Kind.HOME_MEMBER, ada)
    assert not (await world.read(lambda work: work.members.standing(ADA))).members


@pytest.mark.req("G35")
@pytest.mark.parametrize(("leave", "too_few"), [([ADA, BEN], False), ([ADA, BEN, CLEO], True), ([LENA], True)])
async def test_the_last_one_never_goes_silently(leave: list[Address], too_few: bool) -> None:
    world = World()
    outcomes = [(await ends(world, who)).too_few for who in leave]
    assert outcomes == [False] * (len(leave) - 1) + [too_few]


@pytest.mark.req("U43", "G35")
async def test_a_requesters_request_goes_on_by_phone() -> None:
    world = World()
    request = await world.confirmed()
    before = world.request(request.id)
    departed = await ends(world, ROBIN)
    assert (departed.gone_on, departed.closed) == ((request.id,), ())
    assert world.request(request.id) == replace(before, version=before.version + 1, off_slack_at=world.now)
    assert await world.read(lambda work: work.requests.contact(request.id)) == Contact("604-555-0142")
    told = [each for each in world.memory.told(Kind.TELL_MEMBER, request.id) if each.dedupe.endswith("account_ended")]
    assert [each.audience for each in told] == [world.member(ADA)]
    assert Event.ACCOUNT_ENDED in world.memory.deeds(request.id)


@pytest.mark.req("U43")
async def test_a_request_that_nobody_could_answer_closes_and_is_erased() -> None:
    world = World()
    request = await world.opens()
    world.memory.tables.contacts[request.id] = Contact("ask for me in Slack")
    departed = await ends(world, ROBIN)
    assert (departed.gone_on, departed.closed) == ((), (request.id,))
    found = world.request(request.id)
    assert (found.state, found.outcome) == (State.CLOSED, Outcome.UNREACHABLE)
    (erase,) = world.memory.told(Kind.ERASE, request.id)
    assert erase.run_at == world.now


async def test_somebody_of_no_concern_changes_nothing() -> None:
    world = World()
    await world.opens()
    assert await ends(world, STRANGER) == Departed()


@pytest.mark.req("G35")
async def test_everybody_of_concern_is_named_once() -> None:
    world = World()
    world.supporter("U0SUNE")
    world.supporter("U0GONE", active=False)
    await world.opens(ROBIN)
    await world.opens(ADA, ask(requester=ADA))
    found = await world.read(lambda work: departures.concerned(work, world.programme))
    assert sorted(each.user for each in found) == sorted(each.user for each in (ADA, BEN, CLEO, LENA, SUNE, ROBIN))
    assert departures.lacks_people([])
