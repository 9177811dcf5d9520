"""Somebody who did not ask is invited: at most twice, every answer a good one, and erased with all but yes."""

from datetime import timedelta
from typing import Any

import pytest

from peersupport import conversations, intake, mydata, outreach, own, triage
from peersupport.audit import Event
from peersupport.clocks import BEFORE_CONTACT
from peersupport.held import Chosen, List, Topic, Words
from peersupport.intake import Opened
from peersupport.notifications import Kind
from peersupport.outcomes import Already, Done, Over, Refused, Stale
from peersupport.outreach import Ended, Reply, TooSoon, Tried
from peersupport.promises import Open, Promise, promise_of
from peersupport.requests import Door, Outcome, State, SupportRequest
from tests.rules.clockwork import Clockwork, carry_out, rows_of, said, told
from tests.rules.told import DISPATCH, OWN, SHARED, SUNE, Told, with_partner
from tests.rules.world import ADA, BEN, ROBIN, STRANGER, address, ask

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TALE = address("U0TALE")


@pytest.mark.req("I7", "I9", "I10")
async def test_from_a_notice_to_the_last_talk() -> None:
    world = Told()
    request = await world.taken()
    assert (request.door, request.due_at) == (Door.PARTNER, world.now + timedelta(hours=72))
    script = await world.do(outreach.script, SUNE, request.id)
    assert isinstance(script, outreach.Script)
    assert (script.partner, script.served, script.attempts_left, script.notifier) == (DISPATCH, True, 2, "")
    world.later(hours=5)
    assert await world.do(outreach.no_answer, SUNE, request.id, 1) == Tried(world.request(request.id), last=False)
    invited = world.request(request.id)
    assert (invited.state, invited.contacted_at, invited.attempts) == (State.INVITED, world.now, 1)
    world.later(hours=1)
    yes = await world.do(outreach.answered, SUNE, request.id, Reply.YES)
    assert isinstance(yes, Done)
    assert (yes.request.state, yes.request.contacted_at) == (State.CONTACTED, invited.contacted_at)
    assert isinstance(await world.do(conversations.talked, SUNE, request.id, 1), conversations.Talked)
    assert isinstance(await world.do(conversations.finish, SUNE, request.id), Done)
    assert world.request(request.id).outcome is Outcome.DONE
    counted = {what for _, _, what in world.memory.tables.tallies}
    assert {"invited", "contacted_in_time", "closed"} <= counted


@pytest.mark.req("I7", "U33")
@pytest.mark.parametrize("tries", [0, 1, 2])
@pytest.mark.parametrize("reply", [Reply.FINE, Reply.NEVER])
async def test_every_answer_but_yes_closes_and_erases_at_once(tries: int, reply: Reply) -> None:
    world = Told()
    request = await world.tried(tries)
    ended = await world.do(outreach.answered, SUNE, request.id, reply)
    assert isinstance(ended, Ended)
    closed = world.request(request.id)
    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.ANSWERED)
    assert world.is_erased(request.id)
    assert not rows_of(world, Kind.TELL_REQUESTER)
    # Nobody but who called is told anything, and what is written down is the same for both.
    written = [each.event for each in world.memory.tables.audit if each.subject == request.id]
    assert written[-2:] == [Event.REQUEST_CLOSED, Event.REQUEST_ERASED]
    assert isinstance(await world.do(outreach.answered, SUNE, request.id, Reply.YES), Over)
    assert isinstance(await world.do(conversations.open_person, SUNE, request.id), Over)


@pytest.mark.req("I8")
@pytest.mark.parametrize(
    ("form", "theirs", "asks", "kept"),
    [
        ({}, True, True, 1),
        ({}, False, True, 0),
        ({"reach": SHARED, "reach_is_own": False}, False, True, 0),
        ({"reach": "the front desk, 604-555-0100"}, True, False, 0),
        ({"member": ROBIN}, False, True, 1),
        ({"member": ROBIN}, True, True, 2),
    ],
)
async def test_never_again_is_kept_for_a_member_and_for_a_line_said_to_be_their_own(
    form: dict[str, Any], theirs: bool, asks: bool, kept: int
) -> None:
    world = Told()
    if not form.get("reach_is_own", True) or "desk" in str(form.get("reach")):
        form |= {"reach_is_own": False}
    request = await world.taken(**form)
    script = await world.do(outreach.script, SUNE, request.id)
    assert isinstance(script, outreach.Script)
    assert script.asks_whose == asks
    ended = await world.do(outreach.answered, SUNE, request.id, Reply.NEVER, theirs=theirs)
    assert isinstance(ended, Ended)
    assert ended.silenced == bool(kept)
    assert len(world.memory.tables.silences) == kept


@pytest.mark.req("U34", "I8")
async def test_who_wants_no_more_of_it_is_never_led_to_again_and_can_still_ask() -> None:
    world = Told()
    request = await world.taken(member=ROBIN)
    await world.do(outreach.answered, SUNE, request.id, Reply.NEVER, theirs=True)
    before = set(world.memory.tables.requests)
    for form in ({"member": ROBIN, "reach": ""}, {"reach": OWN}, {"reach": OWN, "reach_is_own": False}):
        await world.notifies(**form)
    assert set(world.memory.tables.requests) == before
    assert (await world.opens(ROBIN)).door is Door.SELF


@pytest.mark.req("I9")
async def test_two_attempts_three_days_apart_then_closed_and_erased() -> None:
    world = Told()
    clockwork, request = Clockwork(world), await world.tried(1)
    first = world.now
    again = await world.do(outreach.no_answer, SUNE, request.id, 2)
    assert again == TooSoon(world.request(request.id), first + 3 * DAY)
    await clockwork.until(first + 3 * DAY - MINUTE)
    assert not said(world, Kind.TELL_SUPPORTER, f"{request.id}:{Kind.REMIND_OUTREACH}")
    await clockwork.until(first + 3 * DAY)
    assert len(said(world, Kind.TELL_SUPPORTER, f"{request.id}:{Kind.REMIND_OUTREACH}")) == 1
    outcome = await world.do(outreach.no_answer, SUNE, request.id, 2)
    assert isinstance(outcome, Tried)
    assert outcome.last
    assert isinstance(await world.do(outreach.no_answer, SUNE, request.id, 3), Already)
    await clockwork.until(first + 6 * DAY - MINUTE)
    assert world.request(request.id).state is State.INVITED
    await clockwork.until(first + 6 * DAY)
    closed = world.request(request.id)
    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.UNREACHABLE)
    assert world.goes_now(request.id)
    ended = len(world.memory.tables.audit)
    for row in list(world.memory.tables.outbox.values()):
        if row.dedupe in clockwork.done:
            await carry_out(world, row)
    assert len(world.memory.tables.audit) == ended


@pytest.mark.req("I9")
async def test_the_reminder_waits_for_the_supporter_s_morning() -> None:
    world = Told()
    clockwork, request = Clockwork(world), await world.taken()
    world.later(hours=9)  # midnight
    await world.do(outreach.no_answer, SUNE, request.id, 1)
    await clockwork.until(world.now + 3 * DAY + timedelta(hours=7))
    assert not said(world, Kind.TELL_SUPPORTER, f"{request.id}:{Kind.REMIND_OUTREACH}")
    await clockwork.until(world.now + timedelta(hours=2))
    assert len(said(world, Kind.TELL_SUPPORTER, f"{request.id}:{Kind.REMIND_OUTREACH}")) == 1


@pytest.mark.req("I9")
@pytest.mark.parametrize(("tries", "days"), [(0, 9), (1, 6)])
async def test_what_nobody_follows_up_is_erased_all_the_same(tries: int, days: int) -> None:
    world = Told()
    clockwork, request = Clockwork(world), await world.tried(tries)
    start = world.now
    await clockwork.until(start + days * DAY - MINUTE)
    assert world.request(request.id).state is not State.CLOSED
    await clockwork.until(start + days * DAY)
    assert world.goes_now(request.id)


@pytest.mark.req("I9")
async def test_who_comes_next_does_not_begin_anew() -> None:
    world = Told()
    clockwork, request = Clockwork(world), await world.tried(1)
    first = world.now
    await world.do(conversations.hand_back, SUNE, request.id)
    free = world.request(request.id)
    assert (free.state, free.attempts, free.contacted_at) == (State.MATCHING, 1, first)
    world.later(hours=1)
    await world.takes(free, "U0TALE")
    assert isinstance(await world.do(outreach.no_answer, SUNE, request.id, 2), Over)
    assert isinstance(await world.do(outreach.no_answer, TALE, request.id, 2), TooSoon)
    await clockwork.until(first + 3 * DAY)
    told_of = said(world, Kind.TELL_SUPPORTER, f"{request.id}:")
    assert any(f"{Kind.REMIND_OUTREACH}:" in each.dedupe for each in told_of)
    outcome = await world.do(outreach.no_answer, TALE, request.id, 2)
    assert isinstance(outcome, Tried)
    assert outcome.last


@pytest.mark.req("U37")
@pytest.mark.parametrize("role", ["resident", "other"])
async def test_who_is_not_served_is_invited_once_and_shown_the_right_door(role: str) -> None:
    world = Told()
    clockwork, request = Clockwork(world), await world.taken(profession=role)
    script = await world.do(outreach.script, SUNE, request.id)
    assert isinstance(script, outreach.Script)
    expected = world.programme.role(role)
    assert expected is not None
    assert (script.served, script.services, script.attempts_left) == (False, expected.to, 1)
    outcome = await world.do(outreach.no_answer, SUNE, request.id, 1)
    assert isinstance(outcome, Tried)
    assert outcome.last
    assert isinstance(await world.do(outreach.no_answer, SUNE, request.id, 2), Already)
    await clockwork.until(world.now + 3 * DAY)
    assert world.goes_now(request.id)
    assert not said(world, Kind.TELL_SUPPORTER, f"{request.id}:{Kind.REMIND_OUTREACH}")


@pytest.mark.req("I10")
async def test_the_first_attempt_keeps_the_promise_and_none_breaks_it() -> None:
    world = Told()
    clockwork, request = Clockwork(world), await world.taken()
    world.later(hours=60)
    await world.do(outreach.no_answer, SUNE, request.id, 1)
    await clockwork.until(request.due_at + 2 * DAY)
    assert world.request(request.id).missed_at is None
    assert told(world, Kind.ASK_REQUESTER) == []
    kept = world.request(request.id)
    open_now = Open(
        kept.programme, kept.created_at, None, kept.due_at, kept.contacted_at, kept.missed_at, kept.unreached_at
    )
    assert promise_of(open_now, world.programme, world.now) is Promise.IN_TIME

    late = Told()
    clockwork, request = Clockwork(late), await late.taken()
    await clockwork.until(request.due_at)
    assert late.request(request.id).missed_at == request.due_at
    assert late.member(ADA) in told(late, Kind.ASK_REQUESTER)
    assert late.member(BEN) in told(late, Kind.ALERT_RISK)


@pytest.mark.req("I7", "G26")
async def test_the_two_consent_models_stay_apart() -> None:
    world = Told()
    partner = await world.taken()
    # No contact, talk or end of talks before they were invited and said yes.
    assert await world.do(conversations.contact_made, SUNE, partner.id) == Stale(State.ACCEPTED)
    assert await world.do(conversations.could_not_reach, SUNE, partner.id, 1) == Stale(State.ACCEPTED)
    assert await world.do(conversations.talked, SUNE, partner.id, 1) == Stale(State.ACCEPTED)
    await world.do(outreach.no_answer, SUNE, partner.id, 1)
    assert await world.do(conversations.contact_made, SUNE, partner.id) == Stale(State.INVITED)
    assert await world.do(conversations.talked, SUNE, partner.id, 1) == Stale(State.INVITED)
    assert await world.do(conversations.finish, SUNE, partner.id) == Stale(State.INVITED)
    # Whoever asked is never invited.
    theirs = await world.accepted("U0TALE", asked=ask())
    for deed in (outreach.script, outreach.answered):
        more = [Reply.FINE] if deed is outreach.answered else []
        assert await world.do(deed, TALE, theirs.id, *more) == Stale(State.ACCEPTED)
    assert await world.do(outreach.no_answer, TALE, theirs.id, 1) == Stale(State.ACCEPTED)
    # Nor is who said yes, when somebody else goes on.
    await world.do(outreach.answered, SUNE, partner.id, Reply.YES)
    await world.do(conversations.hand_back, SUNE, partner.id)
    world.later(hours=1)
    again = await world.takes(world.request(partner.id), "U0UMA")
    assert await world.do(outreach.script, address("U0UMA"), partner.id) == Stale(State.ACCEPTED)
    assert again.promised_at is not None
    assert isinstance(await world.do(conversations.contact_made, address("U0UMA"), partner.id), Done)


@pytest.mark.threat("T16")
@pytest.mark.parametrize("who", [STRANGER, ADA, ROBIN, TALE], ids=["a stranger", "an administrator", "they", "another"])
async def test_only_the_supporter_it_is_with_answers_for_an_invitation(who: object) -> None:
    world = Told()
    world.supporter("U0TALE")
    request = await world.tried(1, member=ROBIN)
    before = world.memory.tables.copied()
    for deed, more in ((outreach.script, []), (outreach.no_answer, [2]), (outreach.answered, [Reply.YES])):
        assert isinstance(await world.do(deed, who, request.id, *more), Refused)  # type: ignore[arg-type]
    assert world.memory.tables.requests == before.requests


@pytest.mark.req("U35", "I16")
@pytest.mark.parametrize("tries", [0, 1])
async def test_who_asks_themselves_meanwhile_goes_on_alone(tries: int) -> None:
    world = Told()
    request = await world.tried(tries, member=ROBIN)
    async with world.memory() as work:
        assert await intake.known(work, ROBIN) == []
        assert await own.overview(work, {world.programme.id: world.programme}, ROBIN) == ()
    opened = await world.do(intake.open_request, ROBIN, ask(), key="own", ids=world.ids)
    assert isinstance(opened, Opened)
    assert opened.request.door is Door.SELF
    assert world.is_erased(request.id)
    again = await world.do(intake.open_request, ROBIN, ask(), key="own", ids=world.ids)
    assert again == intake.Repeated(world.request(opened.request.id))


@pytest.mark.req("I7", "I16")
async def test_it_shows_in_their_home_once_they_said_yes() -> None:
    world = Told()
    request = await world.tried(1, member=ROBIN)
    await world.do(outreach.answered, SUNE, request.id, Reply.YES)
    async with world.memory() as work:
        (seen,) = await own.overview(work, {world.programme.id: world.programme}, ROBIN)
    assert seen.request.id == request.id


@pytest.mark.req("I13", "I16")
async def test_their_own_data_name_the_organisation_and_nobody_in_it() -> None:
    world = Told()
    await world.tried(1, member=ROBIN)
    async with world.memory() as work:
        sections = await mydata.of_person(work, {world.programme.id: world.programme}, ROBIN, now=world.now)
    (theirs,) = [each for each in sections if each.topic is Topic.REQUEST]
    lines = {each.what: each.value for each in theirs.lines}
    assert lines["notice_from"] == Chosen(List.PARTNER, (DISPATCH,))
    assert lines["notice_ticks"] == Chosen(List.CRITERION, ("hard_transfer",))
    assert lines["notice_place"] == Words("Emergency medicine")
    assert not {"notifier", "told_by"} & lines.keys()


@pytest.mark.parametrize("outcome", sorted(triage.CLOSINGS))
async def test_what_an_administrator_closes_without_a_yes_is_kept_for_no_time(outcome: Outcome) -> None:
    world = Told()
    request = await world.tried(1)
    await world.do(triage.close_request, ADA, request.id, outcome)
    (row,) = rows_of(world, Kind.ERASE)
    assert row.run_at == world.now


def test_a_programme_says_how_often_and_how_far_apart() -> None:
    timers = with_partner().timing
    assert (timers.outreach_attempts, timers.outreach_gap) == (2, 3 * DAY)
    assert State.INVITED not in BEFORE_CONTACT
    assert isinstance(SupportRequest.unasked, property)
