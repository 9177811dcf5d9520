"""An offer that nobody answers ends by itself, and the next on the list is asked."""

from datetime import UTC, datetime, timedelta

import pytest

from peersupport import answers, triage
from peersupport.notifications import Kind
from peersupport.offers import Offer, OfferState, went_unanswered
from peersupport.outcomes import Over
from peersupport.requests import State
from tests.rules.clockwork import Clockwork, carry_out, rows_of, said
from tests.rules.world import ADA, START, World, address

TTL = timedelta(hours=12)


@pytest.mark.req("V11", "U8")
async def test_an_offer_lapses_at_its_minute_and_the_next_is_asked() -> None:
    world = World(now=datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
    clockwork = Clockwork(world)
    first, second = world.supporter("U0SUNE"), world.supporter("U0TOVE")
    request = await world.offered(first, second)
    offer = world.offer(request.id)
    assert offer.expires_at is not None
    await clockwork.until(offer.expires_at - timedelta(minutes=1))
    assert world.offer(request.id).supporter_id == first
    await clockwork.until(offer.expires_at)
    assert [each.state for each in world.offers(request.id)] == [OfferState.LAPSED, OfferState.OPEN]
    assert world.offer(request.id).supporter_id == second
    assert await world.do(answers.accept, address("U0SUNE"), offer.id) == Over()
    assert [each.audience for each in rows_of(world, Kind.TELL_SUPPORTER_OFFER)] == [first, second]
    assert [each.subject for each in rows_of(world, Kind.CLOSE_MESSAGES)] == [offer.id]


@pytest.mark.req("V11")
@pytest.mark.parametrize(("zone", "hour"), [("America/Vancouver", 17), ("America/Halifax", 14)])
async def test_an_offer_never_lapses_before_ten_in_the_supporter_s_morning(zone: str, hour: int) -> None:
    world = World(now=datetime(2026, 11, 20, 23, 0, tzinfo=UTC))
    request = await world.offered(world.supporter("U0SUNE", profile_has={"zone": zone}))
    (lapse,) = rows_of(world, Kind.LAPSE_OFFER)
    assert lapse.run_at == world.offer(request.id).expires_at == datetime(2026, 11, 21, hour, 0, tzinfo=UTC)


@pytest.mark.req("V11", "U7")
async def test_an_empty_list_goes_back_to_the_administrators() -> None:
    world = World()
    clockwork = Clockwork(world)
    request = await world.offered(world.supporter("U0SUNE"))
    await world.do(answers.decline, address("U0SUNE"), world.offer(request.id).id)
    assert world.request(request.id).state is State.MATCHING
    assert world.request(request.id).none_left
    assert [each.audience for each in said(world, Kind.TELL_MEMBER, "")] == [world.member(ADA)]
    await clockwork.until(request.due_at - timedelta(hours=13))
    assert world.request(request.id).none_left, "exclusions are not lifted by themselves"


@pytest.mark.req("U8")
async def test_who_let_an_offer_lapse_can_be_asked_again() -> None:
    world = World()
    clockwork = Clockwork(world)
    request = await world.offered(world.supporter("U0SUNE"))
    await clockwork.until(rows_of(world, Kind.LAPSE_OFFER)[0].run_at or world.now)
    assert world.request(request.id).state is State.MATCHING
    assert not world.request(request.id).none_left
    again = await world.do(triage.offer, ADA, request.id, [world.offers(request.id)[0].supporter_id], ids=world.ids)
    assert isinstance(again, triage.Offered)


@pytest.mark.threat("T44", "T53")
async def test_a_lapse_that_fires_twice_or_too_early_changes_nothing() -> None:
    world = World()
    request = await world.offered(world.supporter("U0SUNE"), world.supporter("U0TOVE"))
    (lapse,) = rows_of(world, Kind.LAPSE_OFFER)
    before = world.memory.tables.copied()
    await carry_out(world, lapse)
    assert world.memory.tables == before
    world.later(hours=200)
    await carry_out(world, lapse)
    after = world.memory.tables.copied()
    await carry_out(world, lapse)
    assert world.memory.tables == after
    assert [each.state for each in world.offers(request.id)] == [OfferState.LAPSED, OfferState.OPEN]


@pytest.mark.threat("T44")
async def test_after_days_of_downtime_each_on_the_list_still_has_their_full_time() -> None:
    world = World()
    clockwork = Clockwork(world)
    request = await world.offered(*(world.supporter(f"U0S{number}") for number in range(3)))
    world.later(days=3)
    await clockwork.run()
    assert [each.state for each in world.offers(request.id)] == [OfferState.LAPSED, OfferState.OPEN, OfferState.QUEUED]
    offer = world.offer(request.id)
    assert offer.expires_at is not None
    assert offer.expires_at >= world.now + TTL


@pytest.mark.req("U8")
@pytest.mark.parametrize(
    ("newest_first", "asked"),
    [
        ("", False),
        ("lapsed", False),
        ("lapsed lapsed", True),
        ("open lapsed withdrawn lapsed declined", True),
        ("declined lapsed lapsed", False),
        ("lapsed accepted lapsed lapsed", False),
    ],
)
def test_two_silences_in_a_row_ask_the_supporter_about_a_pause(newest_first: str, asked: bool) -> None:
    ids = World().ids
    made = [Offer(ids.new(), ids.new(), ids.new(), 1, OfferState(state), START) for state in newest_first.split()]
    assert went_unanswered(made) is asked


@pytest.mark.threat("T44")
@pytest.mark.parametrize("first", [Kind.LAPSE_OFFER, Kind.ALERT_RISK, Kind.ASK_REQUESTER])
@pytest.mark.parametrize("hours", [-2, 2])
async def test_an_offer_and_a_rung_that_ran_out_in_one_downtime_are_told_of_once(first: Kind, hours: int) -> None:
    world = World()
    clockwork = Clockwork(world)
    request = await world.offered(world.supporter("U0SUNE"))
    before = len(said(world, Kind.TELL_MEMBER, ""))
    # Nothing ran from here on until the promise was at risk, or its time over; which timer is carried first is chance.
    world.now = request.due_at + timedelta(hours=hours)
    for row in rows_of(world, first):
        clockwork.done.add(row.dedupe)
        await carry_out(world, row)
    await clockwork.run()
    assert world.request(request.id).state is State.MATCHING
    heard = [each.audience for each in said(world, Kind.TELL_MEMBER, "")[before:]]
    assert heard, "the administrators hear that the promised time has passed"
    assert len(heard) == len(set(heard)), "each of them once"


@pytest.mark.req("V11")
async def test_an_offer_that_lapses_by_itself_is_told_of() -> None:
    world = World()
    clockwork = Clockwork(world)
    await world.offered(world.supporter("U0SUNE"))
    before = len(said(world, Kind.TELL_MEMBER, ""))
    await clockwork.until(rows_of(world, Kind.LAPSE_OFFER)[0].run_at or world.now)
    assert said(world, Kind.TELL_MEMBER, "")[before:]
