"""Changing one's own request: what is replaced, who is told, and who loses what because of it."""

import pytest

from peersupport import answers, conversations, own, triage
from peersupport.audit import Event
from peersupport.intake import Fault, Invalid, Part
from peersupport.notifications import Kind
from peersupport.offers import OfferState
from peersupport.outcomes import Done, NoOtherAdministrator, Over, Refused
from peersupport.requests import Contact, State, SupportRequest
from peersupport.reveals import Reason
from tests.rules.world import ADA, BEN, CLEO, ROBIN, World, address, ask

SUNE, TOVE = address("U0SUNE"), address("U0TOVE")


async def _offered(world: World) -> SupportRequest:
    return await world.offered(world.supporter("U0SUNE"), world.supporter("U0TOVE"))


async def test_a_change_replaces_what_was_submitted_but_not_the_role() -> None:
    world = World()
    request = await world.opens()
    asked = ask(role="resident", name="R.", times=(), reach="604-555-0177", ask_first=True)
    assert await world.do(own.change, ROBIN, request.id, asked) == Done(world.request(request.id))
    kept = world.memory.tables.needs[request.id]
    assert (kept.role, kept.name, kept.requester) == ("physician", "R.", ROBIN)
    assert world.memory.tables.contacts[request.id] == Contact("604-555-0177")
    assert world.request(request.id).ask_first
    assert world.memory.deeds(request.id)[-1] is Event.REQUEST_CHANGED


async def test_a_faulty_change_keeps_what_was() -> None:
    world = World()
    request = await world.opens()
    before = world.memory.tables.copied()
    outcome = await world.do(own.change, ROBIN, request.id, ask(reach="ring me"))
    assert outcome == Invalid(((Part.REACH, Fault.NEEDS_PHONE),))
    assert world.memory.tables == before


async def test_the_supporter_is_told_only_where_contact_or_times_change() -> None:
    world = World()
    request = await world.accepted()
    await world.do(own.change, ROBIN, request.id, ask(name="Robin Q."))
    assert world.memory.told(Kind.TELL_SUPPORTER) == []
    await world.do(own.change, ROBIN, request.id, ask(name="Robin Q.", reach="604-555-0199"))
    assert [each.audience for each in world.memory.told(Kind.TELL_SUPPORTER)] == [request.supporter]


@pytest.mark.req("V5", "U19")
@pytest.mark.threat("T21")
async def test_an_administrator_kept_out_by_a_change_loses_claim_card_and_reading() -> None:
    world = World()
    request = await world.confirmed()
    assert request.claimed_by == world.member(ADA)
    await world.do(own.change, ROBIN, request.id, ask(avoid_members=(ADA,)))
    changed = world.request(request.id)
    assert (changed.private_card, changed.claimed_by, changed.state) == (True, None, State.CONFIRMED)
    assert [each.audience for each in world.memory.told(Kind.TELL_MEMBER)] == [world.member(BEN)]
    assert await world.do(triage.open_identity, ADA, request.id, Reason.FIND_SUPPORTER) == Refused()
    assert await world.do(triage.claim, BEN, request.id) == Done(world.request(request.id))


@pytest.mark.req("G27")
async def test_a_change_cannot_keep_everybody_out() -> None:
    world = World()
    request = await world.opens()
    before = world.memory.tables.copied()
    outcome = await world.do(own.change, ROBIN, request.id, ask(avoid_members=(ADA, BEN, CLEO)))
    assert outcome == NoOtherAdministrator()
    assert world.memory.tables == before


@pytest.mark.req("V5")
async def test_a_supporter_kept_out_by_a_change_loses_the_match() -> None:
    world = World()
    request = await world.accepted()
    await world.do(own.change, ROBIN, request.id, ask(avoid_members=(SUNE,)))
    assert (world.request(request.id).state, world.request(request.id).supporter) == (State.MATCHING, None)
    assert await world.do(conversations.open_person, SUNE, request.id) == Over()


@pytest.mark.req("V5")
@pytest.mark.threat("T21")
async def test_a_supporter_kept_out_by_a_change_loses_the_offer_and_the_next_is_asked() -> None:
    world = World()
    request = await _offered(world)
    first = world.offer(request.id)
    await world.do(own.change, ROBIN, request.id, ask(avoid_members=(SUNE,)))
    assert await world.do(answers.accept, SUNE, first.id) == Over()
    assert (world.offer(request.id).position, world.request(request.id).state) == (2, State.OFFERED)
    await world.do(own.change, ROBIN, request.id, ask(avoid_members=(SUNE, TOVE)))
    assert [each.state for each in world.offers(request.id)] == [OfferState.WITHDRAWN] * 2
    assert (world.request(request.id).state, world.request(request.id).none_left) == (State.MATCHING, True)


@pytest.mark.req("U22")
async def test_urgent_said_later_is_told_at_once_and_shown_on_the_card() -> None:
    world = World()
    request = await world.opens()
    assert world.memory.told(Kind.TELL_MEMBER) == []
    assert await world.do(own.change, ROBIN, request.id, ask(urgent=True)) == Done(world.request(request.id))
    urgent = world.request(request.id)
    assert urgent.urgent
    assert {each.audience for each in world.memory.told(Kind.TELL_MEMBER)} == {world.member(ADA), world.member(BEN)}
    assert f"card:{request.id}:{urgent.version}" in world.memory.tables.outbox
    await world.do(own.change, ROBIN, request.id, ask(urgent=True, name="Robin Q."))
    assert len(world.memory.told(Kind.TELL_MEMBER)) == 2


@pytest.mark.req("U22")
async def test_whoever_claimed_the_request_hears_alone_that_it_has_become_urgent() -> None:
    world = World()
    request = await world.confirmed()
    await world.do(own.change, ROBIN, request.id, ask(urgent=True))
    assert [each.audience for each in world.memory.told(Kind.TELL_MEMBER)] == [world.member(ADA)]


@pytest.mark.req("U22")
async def test_urgent_taken_back_is_taken_off_the_card_and_nobody_is_told() -> None:
    world = World()
    request = await world.opens(asked=ask(urgent=True))
    before = world.memory.told(Kind.TELL_MEMBER)
    await world.do(own.change, ROBIN, request.id, ask())
    calm = world.request(request.id)
    assert not calm.urgent
    assert f"card:{request.id}:{calm.version}" in world.memory.tables.outbox
    assert world.memory.told(Kind.TELL_MEMBER) == before
