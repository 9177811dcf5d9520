"""What administrators do for referrals: ask by phone, write the answer down, look at what is held."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from peersupport import intake, referral_desk, referral_list, reveals
from peersupport.addresses import own_reach
from peersupport.audit import ActorKind, Event
from peersupport.notifications import Kind
from peersupport.outcomes import Refused
from peersupport.programme_parts import Privacy
from peersupport.referral import Answer, Answered, ReferralState, Scope
from peersupport.referral_desk import CallSheet, Released, Settled, Sheet
from peersupport.referral_list import Filter
from peersupport.requests import Door
from peersupport.reveals import Limited, Reason
from tests.rules.colleagues import BY_PHONE, OAKLEY, SUNE, answers, form, passes_on, stored
from tests.rules.world import ADA, BEN, LENA, STRANGER, World, ask

CALL = Reason.ARRANGE_CONTACT


async def record(world: World, id: UUID, said: Any, who: Any = ADA) -> Any:
    async with world.memory() as work:
        return await referral_desk.record_answer(work, world.ids, world.programme, who, id, said, now=world.now)


@pytest.mark.req("U3", "G11", "V20")
async def test_a_call_sheet_is_an_opening() -> None:
    world = World()
    referral = await passes_on(world, what=BY_PHONE)
    sheet = await world.do(referral_desk.sheet, ADA, referral.id)
    assert sheet == Sheet(referral, late=False), "no name before it is opened"
    opened = await world.do(referral_desk.open_call_sheet, ADA, referral.id, CALL)
    assert isinstance(opened, CallSheet)
    assert (opened.colleague.name, opened.colleague.reach) == ("Robin Moss", "604 555 0142")
    assert opened.referrer is None
    assert "Robin" not in repr(opened)
    (line,) = [each for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]
    assert (line.subject, line.actor, line.kind, line.reason) == (
        referral.id,
        world.member(ADA),
        ActorKind.ADMIN,
        CALL,
    )
    for who in (STRANGER, LENA, OAKLEY):
        assert await world.do(referral_desk.open_call_sheet, who, referral.id, CALL) == Refused()
        assert await world.do(referral_desk.sheet, who, referral.id) == Refused()
        assert await record(world, referral.id, Answer.NO, who) == Refused()
        assert await world.do(referral_list.listed, who) == Refused()
    assert await world.do(referral_desk.open_call_sheet, ADA, referral.id, Reason.MAKE_CONTACT) == Refused()


@pytest.mark.req("U3", "G11")
async def test_call_sheets_count_with_every_other_opening() -> None:
    world = World()
    few = Privacy(openings_per_hour=1, openings_per_day=1)
    world.programme = world.programme.model_copy(update={"privacy": few})
    request = await world.opens(SUNE)
    referral = await passes_on(world, what=BY_PHONE)
    await world.do(reveals.open_identity, ADA, request.id, Reason.FIND_SUPPORTER)
    said = await world.do(referral_desk.open_call_sheet, ADA, referral.id, CALL)
    assert isinstance(said, Limited)
    assert world.memory.deeds(referral.id) == [Event.REFERRAL_PASSED_ON, Event.OPENING_LIMITED]
    assert isinstance(await world.do(referral_desk.open_call_sheet, BEN, referral.id, CALL), CallSheet)


@pytest.mark.req("U3", "U21")
async def test_a_spoken_yes_is_a_request() -> None:
    world = World()
    referral = await passes_on(world, what=BY_PHONE)
    world.later(hours=20)
    opened = await record(world, referral.id, ask(name="Robin Moss"))
    assert isinstance(opened, intake.Opened)
    assert (opened.request.door, opened.request.created_at) == (Door.COLLEAGUE, world.now)
    needs = world.memory.tables.needs[opened.request.id]
    assert (needs.requester, needs.opened_by) == (own_reach(BY_PHONE.reach), OAKLEY)
    assert referral.id not in world.memory.tables.colleagues
    (line,) = [each for each in world.memory.tables.audit if each.event is Event.REFERRAL_RECORDED]
    assert (line.actor, line.subject) == (world.member(ADA), referral.id)
    assert await record(world, referral.id, Answer.NO, BEN) == Settled()


@pytest.mark.req("U3", "U1")
async def test_a_spoken_never_lasts() -> None:
    world = World()
    referral = await passes_on(world, what=BY_PHONE)
    assert await record(world, referral.id, Answer.LATER) == Answered(later=True)
    assert await record(world, referral.id, Answer.NEVER) == Answered()
    who = own_reach(BY_PHONE.reach)
    assert who is not None
    assert await world.read(lambda work: work.silences.has(world.programme.id, Scope.REFERRALS, who))
    again = await passes_on(world, SUNE, BY_PHONE)
    assert again.id not in world.memory.tables.colleagues
    assert await world.do(referral_desk.open_call_sheet, ADA, again.id, CALL) == Settled(), "nobody needs to be called"
    assert not stored(world, again.id).is_open


@pytest.mark.req("V22", "U3")
async def test_who_is_in_slack_answers_for_themselves() -> None:
    world = World()
    referral = await passes_on(world)
    assert await world.do(referral_desk.open_call_sheet, ADA, referral.id, CALL) == Settled()
    assert await record(world, referral.id, Answer.NO) == Settled()
    assert stored(world, referral.id).is_open
    assert not [each for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]


async def held_one(world: World) -> UUID:
    await answers(world, (await passes_on(world)).id, Answer.MISTAKE)
    return (await passes_on(world, what=form(SUNE))).id


@pytest.mark.req("U4")
async def test_a_held_referral_says_who_passed_it_on() -> None:
    world = World()
    held = await held_one(world)
    sheet = await world.do(referral_desk.sheet, ADA, held)
    assert isinstance(sheet, Sheet)
    assert sheet.referrer == OAKLEY
    assert "OAKLEY" not in repr(sheet)


@pytest.mark.req("U4")
async def test_a_held_referral_is_released_or_dropped() -> None:
    world = World()
    held = await held_one(world)
    world.later(days=2)
    assert await world.do(referral_desk.release, STRANGER, held, asks=True) == Refused()
    assert await world.do(referral_desk.release, ADA, held, asks=True) == Released(asked=True)
    asked = stored(world, held)
    assert (asked.state, asked.asked_at) == (ReferralState.ASKED, world.now)
    assert asked.expires_at == world.now + timedelta(days=7), "the colleague has their whole week"
    assert len(world.memory.told(Kind.TELL_COLLEAGUE, held)) == 1
    assert await world.do(referral_desk.release, BEN, held, asks=False) == Settled()
    assert await answers(world, held, Answer.NO, SUNE) == Answered()

    other = World()
    held = await held_one(other)
    assert await other.do(referral_desk.release, BEN, held, asks=False) == Released(asked=False)
    assert held not in other.memory.tables.colleagues
    assert not stored(other, held).is_open
    assert not other.memory.told(Kind.TELL_COLLEAGUE, held)


@pytest.mark.req("U4", "V23", "G27")
async def test_nobody_looks_after_what_concerns_themselves() -> None:
    world = World()
    by_ada, of_ada = await passes_on(world, ADA), await passes_on(world, what=form(ADA))
    other = await passes_on(world, SUNE, BY_PHONE)
    seen = await world.do(referral_list.listed, ADA)
    assert not isinstance(seen, Refused)
    assert [each.referral.id for each in seen.rows] == [other.id]
    for id in (by_ada.id, of_ada.id):
        assert await world.do(referral_desk.sheet, ADA, id) == Refused()
    everything = await world.do(referral_list.listed, BEN)
    assert not isinstance(everything, Refused)
    assert {each.referral.id for each in everything.rows} == {by_ada.id, of_ada.id, other.id}


@pytest.mark.req("U2", "U3")
async def test_what_nobody_answers_in_the_promised_time_is_late() -> None:
    world = World()
    referral = await passes_on(world)
    world.later(hours=71)
    assert not referral_desk.is_late(world.programme, referral, world.now)
    world.later(hours=1)
    found = await world.do(referral_list.listed, ADA)
    assert isinstance(found, referral_list.Listing)
    assert [each.late for each in found.rows] == [True]


@pytest.mark.req("U2", "U3", "U4", "V8")
async def test_what_waits_for_an_administrator_stands_first_and_what_ends_soon_is_told() -> None:
    world = World()
    held = await held_one(world)
    on_slack = await passes_on(world, SUNE)
    world.later(hours=1)
    outside = await passes_on(world, SUNE, BY_PHONE)

    async def shown(chosen: Filter = Filter.ALL) -> list[UUID]:
        found = await world.do(referral_list.listed, ADA, chosen=chosen)
        assert isinstance(found, referral_list.Listing)
        assert found.filter is chosen
        assert found.counts[chosen] == len(found.rows)
        return [each.referral.id for each in found.rows]

    everything = await shown()
    assert set(everything[:2]) == {outside.id, held}
    assert everything[2:] == [on_slack.id]
    assert await shown(Filter.HELD) == [held]
    assert await shown(Filter.CALL) == [outside.id]
    assert await shown(Filter.ENDS) == []
    world.now = on_slack.expires_at - timedelta(hours=1)
    assert on_slack.id in await shown(Filter.ENDS)
    world.now = on_slack.expires_at
    assert on_slack.id not in await shown()
