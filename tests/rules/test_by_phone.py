"""What an administrator may do for somebody who phones, and what keeping a request longer takes."""

from datetime import timedelta
from uuid import UUID

import pytest

from peersupport import approvals, erasure, own, retention, triage
from peersupport.addresses import Address
from peersupport.approvals import Act, Agreed, Asked, Why
from peersupport.audit import ActorKind, Event
from peersupport.erasure import Shown
from peersupport.outcomes import Already, Done, Refused, Stale
from peersupport.programme_parts import Retention
from peersupport.requests import Outcome, State, SupportRequest
from peersupport.reveals import Limited, NotAgreed, Reason
from tests.rules.test_own import REACH, erase_what_is_due
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, STRANGER, World, ask


async def closed(world: World) -> SupportRequest:
    """A request that closed and is kept for its thirty days."""
    request = await world.accepted()
    await world.do(triage.close_request, ADA, request.id, Outcome.HANDED_OVER)
    return world.request(request.id)


async def agreed(world: World, act: Act, request: UUID, second: Address = BEN) -> None:
    """Let two administrators agree."""
    asked = await world.do(approvals.ask, ADA, act, request, Why.PERSON_ASKED, ids=world.ids)
    assert isinstance(asked, Asked)
    assert isinstance(await world.do(approvals.agree, second, asked.approval.id), Agreed)


@pytest.mark.req("U55")
@pytest.mark.parametrize("state", REACH)
async def test_showing_what_is_held_is_an_opening_with_its_reason(state: State) -> None:
    world = World()
    request = await REACH[state](world)
    shown = await world.do(erasure.show_held, ADA, request.id)
    assert isinstance(shown, Shown)
    assert shown.sections
    assert repr(shown) == "Shown(...)"
    [line] = [each for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]
    assert (line.kind, line.actor, line.reason) == (ActorKind.ADMIN, world.member(ADA), Reason.PERSON_ASKED)


@pytest.mark.req("U55")
async def test_nobody_else_is_shown_what_is_held() -> None:
    world = World()
    mine = await world.opens(BEN, ask(requester=BEN))
    other = await world.opens(ROBIN, ask(avoid_members=(ADA,)))
    for who, request in ((BEN, mine), (ADA, other), (STRANGER, other), (LENA, other), (ROBIN, other)):
        assert await world.do(erasure.show_held, who, request.id) == Refused()
    assert not [each for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]


@pytest.mark.req("U55")
@pytest.mark.threat("T20")
async def test_what_is_held_about_a_closed_request_takes_two() -> None:
    world = World()
    request = await closed(world)
    assert await world.do(erasure.show_held, ADA, request.id) == NotAgreed()
    await agreed(world, Act.REOPEN_IDENTITY, request.id)
    assert await world.do(erasure.show_held, CLEO, request.id) == NotAgreed(), "not one of the two"
    assert isinstance(await world.do(erasure.show_held, BEN, request.id), Shown)
    assert await world.do(erasure.show_held, ADA, request.id) == NotAgreed(), "once"
    assert world.memory.deeds(request.id).count(Event.IDENTITY_REOPENED) == 1


@pytest.mark.req("U55")
async def test_it_counts_against_the_limit_and_then_shows_nothing() -> None:
    world = World()
    request = await world.opens()
    limit = world.programme.privacy.openings_per_hour
    for _ in range(limit):
        assert isinstance(await world.do(erasure.show_held, ADA, request.id), Shown)
        world.later(seconds=1)
    assert isinstance(await world.do(erasure.show_held, ADA, request.id), Limited)
    assert world.memory.deeds(request.id).count(Event.IDENTITY_OPENED) == limit


@pytest.mark.req("U55")
async def test_of_an_erased_request_there_is_nothing_to_show() -> None:
    world = World()
    request = await world.opens()
    await world.do(own.withdraw, ROBIN, request.id)
    await erase_what_is_due(world)
    assert isinstance(await world.do(erasure.show_held, ADA, request.id), Stale)


@pytest.mark.req("G19")
@pytest.mark.threat("T20")
async def test_keeping_longer_takes_two_works_once_and_adds_thirty_days() -> None:
    world = World()
    request = await closed(world)
    assert await world.do(erasure.keep_longer, ADA, request.id) == NotAgreed()
    await agreed(world, Act.EXTEND_RETENTION, request.id)
    assert await world.do(erasure.keep_longer, CLEO, request.id) == NotAgreed(), "not one of the two"
    outcome = await world.do(erasure.keep_longer, ADA, request.id)
    kept = world.request(request.id)
    assert outcome == Done(kept)
    due = retention.due_at(world.programme.retention, request)
    assert due is not None
    assert kept.keep_until == due + timedelta(days=30) == retention.due_at(world.programme.retention, kept)
    assert world.memory.deeds(request.id)[-1] is Event.RETENTION_EXTENDED
    assert await world.do(erasure.keep_longer, ADA, request.id) == Already(kept)


@pytest.mark.req("G19")
async def test_an_open_or_withdrawn_or_erased_request_is_never_kept_longer() -> None:
    world = World()
    request = await world.opens()
    assert isinstance(await world.do(erasure.keep_longer, ADA, request.id), Stale)
    await world.do(own.withdraw, ROBIN, request.id)
    assert isinstance(await world.do(erasure.keep_longer, ADA, request.id), Stale)
    await erase_what_is_due(world)
    assert isinstance(await world.do(erasure.keep_longer, ADA, request.id), Stale)
    assert await world.do(erasure.keep_longer, STRANGER, request.id) == Refused()


@pytest.mark.req("G19")
async def test_times_are_those_of_the_programme() -> None:
    world = World()
    request = await closed(world)
    kept = Retention(contact_days_after_close=2, identity_days_after_close=9)
    assert kept.former_supporter_days == 365
    assert retention.due_at(kept, request) == world.now + timedelta(days=9)
    assert retention.contact_due_at(kept, request) == world.now + timedelta(days=2)
    withdrawn = await world.opens(STRANGER)
    assert retention.due_at(kept, withdrawn) is retention.contact_due_at(kept, withdrawn) is None
    await world.do(own.withdraw, STRANGER, withdrawn.id)
    withdrawn = world.request(withdrawn.id)
    assert retention.due_at(kept, withdrawn) == retention.contact_due_at(kept, withdrawn) == world.now
    other = Retention(contact_days_after_close=0, identity_days_after_close=5)
    assert retention.of_programme({"a": kept, "b": other}, "b") is other
    assert retention.of_programme({"a": kept, "b": other}, "not run any more") is kept


@pytest.mark.req("G16")
async def test_whoever_could_not_be_reached_is_erased_at_once() -> None:
    world = World()
    request = await world.accepted()
    await world.do(triage.close_request, ADA, request.id, Outcome.UNREACHABLE)
    await erase_what_is_due(world)
    assert world.request(request.id).erased_at == world.now
    assert world.memory.tables.needs == {}
    assert world.memory.tables.contacts == {}
