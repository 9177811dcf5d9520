"""A colleague's referral: one answer to every referrer, the colleague's own word, and nothing left without a yes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from peersupport import intake, matching, own, referrals, triage
from peersupport.actors import actor
from peersupport.addresses import own_reach
from peersupport.audit import Event
from peersupport.notifications import Kind
from peersupport.outcomes import Refused
from peersupport.people import Deed, may
from peersupport.referral import (
    Answer,
    Answered,
    Fault,
    Invalid,
    Note,
    Part,
    PassedOn,
    PassOn,
    ReferralState,
    Route,
    Scope,
    TooMany,
)
from peersupport.requests import Door
from tests.rules.colleagues import BY_PHONE, OAKLEY, ROBIN, SUNE, answers, form, passes_on, stored
from tests.rules.world import ADA, BEN, CLEO, STRANGER, World, address, ask, vancouver

QUILL = address("U0QUILL")


async def note(world: World, id: Any, who: Any = ROBIN) -> Note | Refused:
    return await world.read(lambda work: referrals.note(work, world.programme, id, who, world.now))


async def accepts(world: World, id: Any, who: Any = ROBIN, **asked: Any) -> intake.Opening:
    async with world.memory() as work:
        return await referrals.accept(work, world.ids, world.programme, id, who, ask(**asked), world.now)


@pytest.mark.req("V19", "V20", "V24")
@pytest.mark.parametrize(
    ("wrong", "faults"),
    [
        (form(attested=False), [(Part.ATTESTED, Fault.MISSING)]),
        (form(OAKLEY), [(Part.COLLEAGUE, Fault.SELF)]),
        (PassOn(attested=True), [(Part.COLLEAGUE, Fault.MISSING)]),
        (replace(BY_PHONE, name=" "), [(Part.NAME, Fault.MISSING)]),
        (replace(BY_PHONE, reach=""), [(Part.REACH, Fault.MISSING)]),
        (replace(BY_PHONE, reach="ward three"), [(Part.REACH, Fault.NEEDS_PHONE_OR_EMAIL)]),
        (replace(BY_PHONE, name="x" * 301), [(Part.NAME, Fault.TOO_LONG)]),
    ],
)
async def test_a_form_that_cannot_be_taken_keeps_nothing(wrong: PassOn, faults: Any) -> None:
    world = World()
    async with world.memory() as work:
        said = await referrals.pass_on(work, world.ids, world.programme, OAKLEY, wrong, world.now)
    assert said == Invalid(tuple(faults))
    assert not world.memory.tables.referrals
    assert not world.memory.tables.outbox


@pytest.mark.req("V20", "V22")
async def test_a_referral_asks_the_colleague_alone() -> None:
    world = World()
    referral = await passes_on(world)
    assert (referral.state, referral.route) == (ReferralState.ASKED, Route.SLACK)
    assert len(world.memory.told(Kind.TELL_COLLEAGUE, referral.id)) == 1
    assert len(world.memory.told(Kind.REFERRAL_CARD, referral.id)) == 1
    assert not world.memory.told(Kind.TELL_REFERRAL)
    assert isinstance(await note(world, referral.id), Note)
    for other in (OAKLEY, ADA, STRANGER):
        assert await note(world, referral.id, other) == Refused()


@pytest.mark.req("V20", "U3")
async def test_a_colleague_outside_slack_waits_for_an_administrator() -> None:
    world = World()
    referral = await passes_on(world, what=BY_PHONE)
    assert referral.route is Route.OUTSIDE
    assert [row.audience for row in world.memory.told(Kind.TELL_REFERRAL)] == [world.member(ADA), world.member(BEN)]
    assert not world.memory.told(Kind.TELL_COLLEAGUE)
    assert world.memory.tables.colleagues[referral.id].address == own_reach("+1 604 555-0142")


@pytest.mark.req("V22", "G17")
@pytest.mark.parametrize("tells_who", [True, False])
async def test_who_suggested_it_is_told_only_with_their_yes(tells_who: bool) -> None:
    world = World()
    referral = await passes_on(world, what=form(tells_who=tells_who))
    seen = await note(world, referral.id)
    assert isinstance(seen, Note)
    assert seen.referrer == (OAKLEY if tells_who else None)
    assert "OAKLEY" not in repr(seen)


@pytest.mark.req("V25")
@pytest.mark.threat("T66")
async def test_three_in_thirty_days_whatever_became_of_them() -> None:
    world = World()
    first = await passes_on(world)
    await answers(world, first.id, Answer.NO)
    await passes_on(world)
    await passes_on(world, what=form(QUILL))
    async with world.memory() as work:
        said = await referrals.pass_on(work, world.ids, world.programme, OAKLEY, form(STRANGER), world.now, key="more")
    assert said == TooMany()
    assert "more" not in world.memory.tables.receipts, "sent again later, it is taken"
    await passes_on(world, SUNE, form(STRANGER))
    async with world.memory() as work:
        await work.referrals.forget_referrer(first.id)
        assert await work.referrals.count_since(OAKLEY, world.now) == 3, "who wants it forgotten is counted on"
    world.later(days=30, seconds=1)
    await passes_on(world)


@pytest.mark.req("G26")
async def test_a_form_sent_twice_counts_once() -> None:
    world = World()
    await passes_on(world, key="a view")
    async with world.memory() as work:
        said = await referrals.pass_on(work, world.ids, world.programme, OAKLEY, form(), world.now, key="a view")
    assert said == PassedOn()
    assert len(world.memory.tables.referrals) == 1


@pytest.mark.req("V20")
async def test_a_programme_without_this_door_refuses() -> None:
    world = World(vancouver(doors={"self_request": True, "colleague_referral": False}))
    async with world.memory() as work:
        assert await referrals.pass_on(work, world.ids, world.programme, OAKLEY, form(), world.now) == Refused()


@pytest.mark.req("U1", "U4", "U5", "V22", "V23")
@pytest.mark.parametrize("said", [Answer.NO, Answer.NEVER, Answer.NEVER_FROM, Answer.MISTAKE])
async def test_every_no_erases_and_looks_alike(said: Answer) -> None:
    world = World()
    referral = await passes_on(world)
    world.later(hours=5)
    assert await answers(world, referral.id, said) == Answered()
    closed = stored(world, referral.id)
    assert closed == replace(referral, state=ReferralState.CLOSED, closed_at=world.now, version=referral.version + 1), (
        "nothing in it says why"
    )
    assert referral.id not in world.memory.tables.colleagues
    assert world.memory.deeds(referral.id) == [Event.REFERRAL_PASSED_ON, Event.REFERRAL_CLOSED]
    assert len(world.memory.told(Kind.REFERRAL_CARD, referral.id)) == 2
    assert len(world.memory.told(Kind.CLOSE_MESSAGES, referral.id)) == 1
    assert await answers(world, referral.id, said) == Refused(), "it is over"
    passed = await world.read(lambda work: work.referrals.passed_on(OAKLEY))
    assert [each.at for each in passed] == [referral.created_at], "passed on, for ever"
    assert not world.memory.tables.requests


@pytest.mark.req("U5")
async def test_from_this_person_never_again() -> None:
    world = World()
    await answers(world, (await passes_on(world)).id, Answer.NEVER_FROM)
    again = await passes_on(world)
    assert again.id not in world.memory.tables.colleagues
    other = await passes_on(world, SUNE)
    assert other.id in world.memory.tables.colleagues, "others may"


@pytest.mark.req("V25")
async def test_never_again_by_anybody_but_only_here() -> None:
    world = World()
    await answers(world, (await passes_on(world)).id, Answer.NEVER)
    assert (await passes_on(world, SUNE)).id not in world.memory.tables.colleagues
    kept = await world.read(lambda work: work.silences.of(ROBIN))
    assert [(each.programme, each.scope) for each in kept] == [(world.programme.id, Scope.REFERRALS)]


@pytest.mark.req("U4")
async def test_who_referred_without_consent_is_held_from_then_on() -> None:
    world = World()
    await answers(world, (await passes_on(world)).id, Answer.MISTAKE)
    held = await passes_on(world, what=form(QUILL))
    assert held.state is ReferralState.HELD
    assert not world.memory.told(Kind.TELL_COLLEAGUE, held.id)
    assert {row.audience for row in world.memory.told(Kind.TELL_REFERRAL, held.id)} == {
        world.member(ADA),
        world.member(BEN),
    }
    assert await note(world, held.id, QUILL) == Refused()
    assert not await world.read(lambda work: work.silences.of(OAKLEY)), "that stands in nobody's own data"


@pytest.mark.req("V22")
async def test_later_keeps_the_question_open() -> None:
    world = World()
    referral = await passes_on(world)
    assert await answers(world, referral.id, Answer.LATER) == Answered(later=True)
    assert stored(world, referral.id).later_at == world.now
    assert isinstance(await note(world, referral.id), Note)
    assert await answers(world, referral.id, Answer.NO) == Answered()
    assert stored(world, referral.id).later_at is None


@pytest.mark.req("V22", "U21", "V23")
async def test_yes_is_the_colleagues_own_request() -> None:
    world = World()
    register = world.supporter("U0OAKLEY")
    referral = await passes_on(world)
    world.later(days=2)
    opened = await accepts(world, referral.id)
    assert isinstance(opened, intake.Opened)
    request = opened.request
    assert (request.door, request.created_at) == (Door.COLLEAGUE, world.now), "the clock starts with their yes"
    assert request.due_at == world.programme.due_at(world.now)
    assert referral.id not in world.memory.tables.colleagues
    assert not stored(world, referral.id).is_open
    needs = world.memory.tables.needs[request.id]
    assert (needs.requester, needs.opened_by) == (ROBIN, OAKLEY)
    entry = world.memory.tables.supporters[register]
    assert matching.is_excluded(needs, *entry), "never offered to the referrer"
    assert await accepts(world, referral.id) == intake.Repeated(request), "sent twice"
    assert await accepts(world, referral.id, SUNE) == Refused()
    passed = await world.read(lambda work: work.referrals.passed_on(OAKLEY))
    assert [each.at for each in passed] == [referral.created_at]


@pytest.mark.req("V23", "G27", "U21")
async def test_a_referrer_with_a_role_never_learns_what_came_of_it() -> None:
    world = World()
    referral = await passes_on(world, ADA)
    assert referral.private_card, "the channel is not told what became of it"
    opened = await accepts(world, referral.id)
    assert isinstance(opened, intake.Opened)
    assert opened.request.private_card
    assert {row.audience for row in world.memory.told(Kind.TELL_MEMBER)} == {world.member(BEN)}
    async with world.memory() as work:
        ada, ben = [await actor(work, who, opened.request) for who in (ADA, BEN)]
    for deed in (Deed.FIND, Deed.CLAIM, Deed.OPEN_IDENTITY):
        assert not may(deed, ada, opened.request)
    assert may(Deed.CLAIM, ben, opened.request)
    assert await world.do(triage.claim, ADA, opened.request.id) == Refused()
    changed = await world.do(own.change, ROBIN, opened.request.id, ask(times=("evenings",)))
    assert not isinstance(changed, Refused)
    assert world.memory.tables.needs[opened.request.id].hidden_from == ADA
    assert await world.do(triage.claim, ADA, opened.request.id) == Refused(), "also after a change"


@pytest.mark.req("V1", "U26", "V22")
async def test_a_form_that_opens_nothing_leaves_the_question() -> None:
    world = World()
    referral = await passes_on(world)
    assert isinstance(await accepts(world, referral.id, role="resident"), intake.Redirected)
    assert isinstance(await accepts(world, referral.id, reach=""), intake.Invalid)
    assert stored(world, referral.id).is_open


@pytest.mark.req("V25", "U49")
async def test_who_asked_for_themselves_meanwhile_keeps_their_own_request() -> None:
    world = World()
    referral = await passes_on(world)
    request = await world.opens()
    assert await accepts(world, referral.id) == intake.AlreadyOpen(request)
    assert not stored(world, referral.id).is_open
    assert referral.id not in world.memory.tables.colleagues


@pytest.mark.req("V22", "U2")
async def test_seven_days_later_no_word_counts() -> None:
    world = World()
    referral = await passes_on(world)
    world.later(days=7)
    assert await note(world, referral.id) == Refused()
    assert await answers(world, referral.id, Answer.NEVER) == Refused()
    assert await accepts(world, referral.id) == Refused()


@pytest.mark.req("G1")
async def test_a_referral_of_another_programme_is_refused() -> None:
    world = World()
    referral = await passes_on(world)
    other = World(vancouver(id="elsewhere"), memory=world.memory)
    assert await note(other, referral.id) == Refused()


@pytest.mark.req("G27")
async def test_a_colleague_with_a_role_is_not_told_of_as_an_administrator() -> None:
    world = World()
    await answers(world, (await passes_on(world)).id, Answer.MISTAKE)
    held = await passes_on(world, what=form(ADA))
    assert held.private_card
    assert [row.audience for row in world.memory.told(Kind.TELL_REFERRAL, held.id)] == [world.member(BEN)]
    async with world.memory() as work:
        looking_after = await referrals.administrators(work, world.programme, held)
    assert {each.address for each in looking_after} == {BEN, CLEO}
