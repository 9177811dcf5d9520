"""The timers of a referral: one reminder, then silence counts as no; and none of it twice, whenever it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from peersupport import referral_rows
from peersupport.audit import Event
from peersupport.notifications import Kind
from peersupport.referral import Answer, ReferralState
from tests.rules.clockwork import Clockwork, carry_out, rows_of
from tests.rules.colleagues import BY_PHONE, OAKLEY, answers, form, passes_on, stored
from tests.rules.world import ADA, BEN, CLEO, World, address

pytestmark = pytest.mark.req("U2", "V22")
DAY = timedelta(days=1)


async def test_one_reminder_then_erased() -> None:
    world = World()
    clockwork = Clockwork(world)
    referral = await passes_on(world)
    await clockwork.until(referral.created_at + 3 * DAY - timedelta(minutes=1))
    assert len(world.memory.told(Kind.TELL_COLLEAGUE)) == 1
    delivered(world)
    await clockwork.until(referral.created_at + 4 * DAY)
    assert len(world.memory.told(Kind.TELL_COLLEAGUE)) == 1
    assert stored(world, referral.id).is_open
    await clockwork.until(referral.created_at + 7 * DAY)
    closed = stored(world, referral.id)
    assert (closed.state, closed.closed_at) == (ReferralState.CLOSED, referral.expires_at)
    assert referral.id not in world.memory.tables.colleagues
    assert world.memory.deeds(referral.id) == [Event.REFERRAL_PASSED_ON, Event.REFERRAL_CLOSED], "as after a no"
    assert len(await world.read(lambda work: work.referrals.passed_on(OAKLEY))) == 1
    assert not [each for each in world.memory.told(Kind.TELL_COLLEAGUE) if ":first" in each.dedupe]


def delivered(world: World) -> None:
    """Let the messages to colleagues be delivered."""
    rows = world.memory.tables.outbox
    world.memory.tables.outbox = {key: each for key, each in rows.items() if each.kind is not Kind.TELL_COLLEAGUE}


async def test_nobody_is_reminded_of_what_is_answered() -> None:
    world = World()
    clockwork = Clockwork(world)
    referral = await passes_on(world)
    await answers(world, referral.id, Answer.NO)
    delivered(world)
    await clockwork.until(referral.expires_at + DAY)
    assert not world.memory.told(Kind.TELL_COLLEAGUE)
    assert world.memory.deeds(referral.id).count(Event.REFERRAL_CLOSED) == 1


async def test_one_that_asks_nobody_ends_like_silence() -> None:
    world = World()
    clockwork = Clockwork(world)
    await world.opens()
    referral = await passes_on(world)
    await clockwork.until(referral.expires_at)
    assert not stored(world, referral.id).is_open
    assert world.memory.deeds(referral.id) == [Event.REFERRAL_PASSED_ON, Event.REFERRAL_CLOSED]


@pytest.mark.req("G35")
async def test_after_an_outage_nothing_is_said_twice() -> None:
    """The first note never went out, the reminder came due, and then the end: each row is judged by the record."""
    world = World()
    referral = await passes_on(world)
    world.later(days=4)
    await Clockwork(world).run()
    assert len(world.memory.told(Kind.TELL_COLLEAGUE)) == 1, "the first is still on its way"
    world.later(days=30)
    for row in [*rows_of(world, Kind.REMIND_REFERRAL), *rows_of(world, Kind.EXPIRE_REFERRAL)] * 2:
        await carry_out(world, row)
    assert len(world.memory.told(Kind.TELL_COLLEAGUE)) == 1
    assert world.memory.deeds(referral.id).count(Event.REFERRAL_CLOSED) == 1


async def test_rows_that_come_early_are_put_off() -> None:
    world = World()
    referral = await passes_on(world)
    delivered(world)
    for row in (*rows_of(world, Kind.REMIND_REFERRAL), *rows_of(world, Kind.EXPIRE_REFERRAL)):
        await carry_out(world, row)
    assert stored(world, referral.id).is_open
    assert not world.memory.told(Kind.TELL_COLLEAGUE)
    again = [row for row in world.memory.tables.outbox.values() if ":off:" in row.dedupe]
    assert sorted(row.run_at for row in again if row.run_at) == [referral.created_at + 3 * DAY, referral.expires_at]


async def test_a_reminder_leaves_the_night_alone() -> None:
    world = World()
    world.later(hours=9)
    assert world.now.astimezone(world.programme.clock.zone).hour == 0
    clockwork = Clockwork(world)
    referral = await passes_on(world)
    delivered(world)
    await clockwork.until(referral.created_at + 3 * DAY + timedelta(hours=1))
    assert not world.memory.told(Kind.TELL_COLLEAGUE)
    await clockwork.until(referral.created_at + 3 * DAY + timedelta(hours=12))
    assert len(world.memory.told(Kind.TELL_COLLEAGUE)) == 1


@pytest.mark.req("U3")
async def test_who_is_asked_by_phone_is_not_forgotten() -> None:
    world = World()
    clockwork = Clockwork(world)
    referral = await passes_on(world, what=BY_PHONE)
    await clockwork.until(referral.created_at + 4 * DAY)
    told = [row.audience for row in world.memory.told(Kind.TELL_REFERRAL) if row.dedupe.count(":again:")]
    assert set(told) == {world.member(who) for who in (ADA, BEN, CLEO)}
    assert not world.memory.told(Kind.TELL_COLLEAGUE)
    await clockwork.until(referral.expires_at)
    assert referral.id not in world.memory.tables.colleagues


async def test_what_an_administrator_holds_ends_too() -> None:
    world = World()
    clockwork = Clockwork(world)
    await answers(world, (await passes_on(world)).id, Answer.MISTAKE)
    held = await passes_on(world, what=form(address("U0QUILL")))
    assert referral_rows.asks_administrators(held)
    await clockwork.until(held.expires_at)
    assert not stored(world, held.id).is_open
    assert held.id not in world.memory.tables.colleagues
