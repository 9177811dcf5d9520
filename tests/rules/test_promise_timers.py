"""The promise of a first contact: at risk, missed, nobody left, nobody acting; each said once, to the minute."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peersupport import answers, choices, conversations, own, triage
from peersupport.clocks import is_superseded, ladder, nudge_at
from peersupport.notes import Note, note_of
from peersupport.notifications import Kind
from peersupport.offers import OfferState
from peersupport.outcomes import Already, Done, Stale
from peersupport.programme import Programme
from peersupport.requests import State, SupportRequest
from peersupport.timers_promise import MISSED
from tests.rules.clockwork import Clockwork, carry_out, rows_of, said, told
from tests.rules.world import ADA, BEN, CLEO, ROBIN, World, address, ask, vancouver

SUNE = address("U0SUNE")
MINUTE = timedelta(minutes=1)
MORNING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
"""Eleven on a Friday in Vancouver: three days later it is day as well."""
TICKED: dict[str, Any] = {"notify": True, "zone": "America/Vancouver"}


def note(world: World, request: SupportRequest) -> Note | None:
    return note_of(world.request(request.id), world.programme, world.now)


def written(world: World, about: str = "promise") -> int:
    """Count the messages about a note to the requester."""
    return len(said(world, Kind.TELL_REQUESTER, "")) - len(
        [each for each in said(world, Kind.TELL_REQUESTER, "") if f":{about}:" not in each.dedupe]
    )


def missed(world: World) -> int:
    return sum(count for (_, _, what), count in world.memory.tables.tallies.items() if what == MISSED)


def with_timers(**changes: Any) -> Programme:
    return vancouver().model_copy(update={"timers": vancouver().timing.model_copy(update=changes)})


@pytest.mark.req("U11", "U9")
async def test_at_sixty_hours_administrators_and_backups_hear_and_the_requester_does_not() -> None:
    world = World(now=MORNING)
    clockwork = Clockwork(world)
    request = await world.accepted(asked=ask(**TICKED))
    await clockwork.until(MORNING + timedelta(hours=60) - MINUTE)
    assert told(world, Kind.ALERT_RISK) == []
    await clockwork.until(MORNING + timedelta(hours=60))
    assert told(world, Kind.ALERT_RISK) == [world.member(who) for who in (ADA, BEN, CLEO)]
    assert note(world, request) is None
    assert written(world) == 0


@pytest.mark.req("U12", "V14")
@pytest.mark.parametrize(("accepted", "says"), [(False, Note.MISSED), (True, Note.ASKED)])
async def test_a_missed_promise_stands_in_home_by_its_minute_and_is_counted_once(accepted: bool, says: Note) -> None:
    world = World(now=MORNING)
    clockwork = Clockwork(world)
    asked = ask(**TICKED)
    world.supporter("U0TOVE")
    request = await (world.accepted(asked=asked) if accepted else world.confirmed(asked=asked))
    await clockwork.until(request.due_at - MINUTE)
    assert (note(world, request), missed(world), written(world)) == (None, 0, 0)
    before = len(rows_of(world, Kind.HOME_REQUESTER))
    await clockwork.until(request.due_at)
    assert (note(world, request), missed(world), written(world)) == (says, 1, 1)
    assert len(rows_of(world, Kind.HOME_REQUESTER)) == before + 1
    assert told(world, Kind.ASK_REQUESTER) == [world.member(who) for who in (ADA, BEN, CLEO)]
    for row in list(world.memory.tables.outbox.values()):
        if row.kind in (Kind.ASK_REQUESTER, Kind.NOTE_REQUESTER, Kind.ALERT_RISK):
            await carry_out(world, row)
    assert (missed(world), written(world), len(told(world, Kind.ASK_REQUESTER))) == (1, 1, 3)


@pytest.mark.req("U12")
async def test_a_promise_missed_at_night_is_written_of_in_the_morning_unless_it_is_kept_meanwhile() -> None:
    for kept in (False, True):
        world = World(now=datetime(2026, 11, 20, 5, 30, tzinfo=UTC))  # half past ten in the evening
        clockwork = Clockwork(world)
        request = await world.accepted(asked=ask(**TICKED))
        await clockwork.until(request.due_at)
        assert (note(world, request), written(world)) == (Note.ASKED, 0)
        if kept:
            world.later(minutes=5)
            await world.do(conversations.contact_made, SUNE, request.id)
        await clockwork.until(datetime(2026, 11, 23, 14, 59, tzinfo=UTC))
        assert written(world) == 0
        await clockwork.until(datetime(2026, 11, 23, 15, 0, tzinfo=UTC))
        assert written(world) == (0 if kept else 1)


@pytest.mark.req("V14", "U12")
async def test_who_said_not_yet_is_told_plainly_and_contact_ends_it() -> None:
    world = World(now=MORNING)
    clockwork = Clockwork(world)
    request = await world.accepted()
    world.later(hours=40)
    await world.do(own.nobody_yet, ROBIN, request.id)
    await clockwork.until(request.due_at)
    assert note(world, request) is Note.MISSED
    await world.do(conversations.contact_made, SUNE, request.id)
    assert note(world, request) is None


@pytest.mark.req("U12", "U6")
async def test_waiting_is_a_choice_that_moves_nothing_and_can_be_taken_once() -> None:
    world = World(now=MORNING)
    clockwork = Clockwork(world)
    request = await world.confirmed(asked=ask(**TICKED))
    assert isinstance(await world.do(choices.wait, ROBIN, request.id), Stale)
    await clockwork.until(request.due_at)
    stood = world.request(request.id)
    assert isinstance(await world.do(choices.wait, ROBIN, request.id), Done)
    assert isinstance(await world.do(choices.wait, ROBIN, request.id), Already)
    chosen = world.request(request.id)
    assert replace(chosen, waits_at=None, version=stood.version) == stood
    assert note(world, request) is Note.MISSED


@pytest.mark.req("U6")
async def test_where_nobody_can_be_asked_the_requester_hears_it_within_the_promised_time() -> None:
    world = World(now=MORNING)
    clockwork = Clockwork(world)
    request = await world.opens(asked=ask(**TICKED))
    await clockwork.until(MORNING + timedelta(hours=60) - MINUTE)
    assert note(world, request) is None
    await clockwork.until(MORNING + timedelta(hours=60))
    assert note(world, request) is Note.NONE_AVAILABLE
    assert written(world, "none_available") == 0, "it is eleven at night"
    await clockwork.until(MORNING + timedelta(hours=69))
    assert written(world, "none_available") == 1
    assert world.request(request.id).state is State.RECEIVED


@pytest.mark.req("U6", "U7")
async def test_a_list_that_empties_late_is_said_at_once_and_not_while_somebody_could_be_asked() -> None:
    world = World(now=MORNING)
    clockwork = Clockwork(world)
    request = await world.offered(world.supporter("U0SUNE"), asked=ask(**TICKED))
    await clockwork.until(MORNING + timedelta(hours=9))
    await world.do(answers.decline, SUNE, world.offer(request.id).id)
    await clockwork.until(MORNING + timedelta(hours=59))
    assert note(world, request) is None
    tove = world.supporter("U0TOVE")
    await clockwork.until(MORNING + timedelta(hours=61))
    assert note(world, request) is None
    await world.do(triage.offer, ADA, request.id, [tove], ids=world.ids)
    world.later(hours=1)
    await world.do(answers.decline, address("U0TOVE"), world.offer(request.id).id)
    await clockwork.run()
    assert note(world, request) is Note.NONE_AVAILABLE


@pytest.mark.req("U13")
@pytest.mark.parametrize("configured", [True, False])
async def test_where_no_administrator_acts_the_best_ranked_is_asked_if_the_programme_wants_it(configured: bool) -> None:
    world = World(with_timers(offer_unasked=timedelta(hours=30) if configured else None), now=MORNING)
    clockwork = Clockwork(world)
    world.supporter("U0TOVE", profile_has={"modalities": ("zoom",)})
    best = world.supporter("U0SUNE", profile_has={"modalities": ("phone",)})
    request = await world.opens()
    await clockwork.until(MORNING + timedelta(hours=30) - MINUTE)
    assert world.offers(request.id) == []
    await clockwork.until(MORNING + timedelta(hours=30))
    assert [each.supporter_id for each in world.offers(request.id)] == ([best] if configured else [])
    assert world.request(request.id).state is (State.OFFERED if configured else State.RECEIVED)
    if configured:
        outcome = await world.do(answers.accept, SUNE, world.offer(request.id).id)
        assert isinstance(outcome, answers.Accepted)


@pytest.mark.req("U13")
async def test_nobody_is_asked_unasked_once_an_administrator_has_asked_somebody() -> None:
    world = World(with_timers(offer_unasked=timedelta(hours=30)), now=MORNING)
    clockwork = Clockwork(world)
    sune, _ = world.supporter("U0SUNE"), world.supporter("U0TOVE")
    request = await world.offered(sune)
    await world.do(answers.decline, SUNE, world.offer(request.id).id)
    await clockwork.until(MORNING + timedelta(hours=31))
    assert [each.state for each in world.offers(request.id)] == [OfferState.DECLINED]


@pytest.mark.req("U9")
async def test_the_supporter_is_nudged_once_a_day_after_accepting() -> None:
    world = World(now=MORNING)
    clockwork = Clockwork(world)
    request = await world.accepted()
    at = MORNING + timedelta(hours=24)
    await clockwork.until(at - MINUTE)
    assert said(world, Kind.TELL_SUPPORTER, "") == []
    await clockwork.until(at)
    assert [each.audience for each in said(world, Kind.TELL_SUPPORTER, "")] == [request.supporter]
    await clockwork.until(request.due_at)
    assert len(said(world, Kind.TELL_SUPPORTER, "")) == 1


@pytest.mark.req("U9")
@pytest.mark.parametrize(
    ("accepted", "nudged"),
    [(0, 24), (36, 60), (35, 59), (48, 60), (60, 66), (71, 71.5), (72, 96), (80, 104)],
)
def test_the_nudge_comes_a_day_after_accepting_or_twelve_hours_before_the_promise(
    accepted: float, nudged: float
) -> None:
    request = SupportRequest(  # the plain part is all that a clock needs
        id=World().ids.new(), reference="R", programme="p", door="self", state=State.ACCEPTED, version=1,  # type: ignore[arg-type]
        created_at=MORNING, due_at=MORNING + timedelta(hours=72), notice_version="1",
        accepted_at=MORNING + timedelta(hours=accepted),
    )  # fmt: skip
    assert nudge_at(vancouver(), request) == MORNING + timedelta(hours=nudged)


@pytest.mark.req("U9")
async def test_a_nudge_waits_for_the_morning_and_for_the_name_and_who_has_tried_needs_none() -> None:
    world = World(now=datetime(2026, 11, 20, 5, 0, tzinfo=UTC))
    clockwork = Clockwork(world)
    request = await world.accepted()
    await clockwork.until(request.created_at + timedelta(hours=24, minutes=30))
    assert said(world, Kind.TELL_SUPPORTER, "") == [], "it is half past ten in the evening"
    await world.do(conversations.could_not_reach, SUNE, request.id, 1)
    await clockwork.until(request.created_at + timedelta(hours=40))
    assert said(world, Kind.TELL_SUPPORTER, "") == []


@pytest.mark.threat("T44")
@pytest.mark.req("U12")
async def test_after_three_days_of_downtime_an_overdue_request_is_escalated_once_and_nothing_else_is_said() -> None:
    world = World(now=MORNING)
    clockwork = Clockwork(world)
    world.supporter("U0TOVE")
    requests = [await world.opens(who, ask(requester=who, **TICKED)) for who in map(address, ("U0RIA", "U0ROB"))]
    before = len(rows_of(world, Kind.TELL_MEMBER))
    world.later(hours=74)
    await clockwork.run()
    assert len(rows_of(world, Kind.TELL_MEMBER)) - before == 3 * len(requests)
    assert len(told(world, Kind.ASK_REQUESTER)) == 3 * len(requests)
    assert missed(world) == written(world) == len(requests)


def test_a_rung_is_silent_once_the_next_one_s_time_has_come() -> None:
    world = World(now=MORNING)
    request = SupportRequest(
        id=world.ids.new(), reference="R", programme="p", door="self", state=State.RECEIVED, version=1,  # type: ignore[arg-type]
        created_at=MORNING, due_at=MORNING + timedelta(hours=72), notice_version="1",
    )  # fmt: skip
    rungs = ladder(world.programme, request)
    assert [at - MORNING for _, at in rungs] == [timedelta(hours=hours) for hours in (12, 24, 60, 72)]
    for (kind, at), (_, after) in pairwise(rungs):
        assert not is_superseded(kind, world.programme, request, at)
        assert not is_superseded(kind, world.programme, request, after - MINUTE)
        assert is_superseded(kind, world.programme, request, after)
    assert not is_superseded(Kind.ASK_REQUESTER, world.programme, request, MORNING + timedelta(days=30))


steps = st.lists(
    st.tuples(st.floats(0.1, 40), st.sampled_from(["run", "claim", "offer", "accept", "decline", "else", "not_yet"])),
    max_size=9,
)


@pytest.mark.req("G38")
@pytest.mark.threat("T44", "T53")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps)
async def test_whatever_happens_no_rung_is_told_twice_and_no_miss_counted_twice(
    steps: list[tuple[float, str]],
) -> None:
    world = World(now=MORNING)
    clockwork = Clockwork(world)
    sune = world.supporter("U0SUNE")
    request = await world.opens(asked=ask(**TICKED))
    promises = {request.due_at}
    for hours, deed in steps:
        world.later(hours=hours)
        open_offers = [each for each in world.offers(request.id) if each.state is OfferState.OPEN]
        if deed == "claim":
            await world.do(triage.claim, ADA, request.id)
        elif deed == "offer":
            await world.do(triage.offer, ADA, request.id, [sune], ids=world.ids)
        elif deed in ("accept", "decline") and open_offers:
            await world.do(answers.accept if deed == "accept" else answers.decline, SUNE, open_offers[0].id)
        elif deed == "else":
            await world.do(own.someone_else, ROBIN, request.id)
        elif deed == "not_yet":
            await world.do(own.nobody_yet, ROBIN, request.id)
        promises.add(world.request(request.id).due_at)
        await clockwork.run()
        for row in list(world.memory.tables.outbox.values()):
            # A worker that died before it could settle: every timer that was carried out is carried out again.
            if row.dedupe in clockwork.done:
                await carry_out(world, row)
    await clockwork.until(world.now + timedelta(hours=80))
    for kind in (Kind.REMIND_ADMINS, Kind.REMIND_BACKUPS, Kind.ALERT_RISK, Kind.ASK_REQUESTER):
        heard = told(world, kind)
        assert all(heard.count(each) <= len(promises) for each in heard)
    assert missed(world) <= len(promises)
    assert written(world) <= len(promises)
    if world.request(request.id).contacted_at is None and world.request(request.id).unreached_at is None:
        assert missed(world) >= 1
        assert note(world, request) is not None
