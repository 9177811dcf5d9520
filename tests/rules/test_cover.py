"""The monthly note: who gets it, when, and that it is the same one note however often it is planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport import cover, erasure, mydata, own
from peersupport.addresses import Address
from peersupport.cover import CLOSES, LATE, OPENS, Waits
from peersupport.held import Line, Topic
from peersupport.notifications import Due, Kind, Message
from peersupport.people import Role
from peersupport.ports import Member
from peersupport.programme import Programme
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, World, address, ask, profile, supporter, vancouver

COVERING = vancouver(privacy={"cover_traffic": True})
SUNE, KAI, MIRA = address("U0SUNE"), address("U0KAI"), address("U0MIRA")
TUESDAY = datetime(2026, 12, 8, 16, 30, tzinfo=UTC)
"""The second Tuesday of December, half past nine in Vancouver."""
AT_TEN = datetime(2026, 12, 8, 17, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World(COVERING, now=TUESDAY)


def running(*programmes: Programme) -> dict[str, Programme]:
    return {programme.id: programme for programme in programmes or (COVERING,)}


async def plan(world: World, *programmes: Programme) -> int:
    async with world.memory() as work:
        return await cover.plan(work, running(*(programmes or (world.programme,))), world.now)


def notes(world: World) -> list[Message]:
    """Return the notes that were put down, in the order in which they go."""
    found = [each for each in world.memory.tables.outbox.values() if each.dedupe.startswith(Kind.TELL_COVER)]
    return sorted(found, key=lambda each: each.run_at or TUESDAY)


async def told(world: World) -> list[Address]:
    """Return who the notes go to, as it is found out at delivery."""
    found = []
    for each in notes(world):
        async with world.memory() as work:
            who = await cover.recipient(work, due(each))
        found += [who] if who else []
    return found


def due(message: Message) -> Due:
    return Due(message.subject, message.kind, message.subject, message.programme, message.audience)


def listed_in(world: World, programme: Programme, who: Address) -> None:
    """Put somebody into another programme's register."""
    entry = supporter(world.ids.new(), programme=programme.id)
    world.memory.tables.supporters[entry.id] = (entry, profile(who.user, who.user))


async def chooses(world: World, who: Address, *, wanted: bool) -> None:
    async with world.memory() as work:
        await cover.choose(work, running(world.programme), who, wanted=wanted)


async def gets_it(world: World, who: Address) -> bool:
    async with world.memory() as work:
        return await cover.is_on(work, running(world.programme), who)


# Who


async def test_it_is_off_unless_a_programme_asks_for_it() -> None:
    world = World(now=TUESDAY)
    assert not world.programme.privacy.cover_traffic
    await chooses(world, MIRA, wanted=True)
    assert await plan(world) == 0
    assert notes(world) == []


async def test_everybody_enrolled_in_notices_gets_one(world: World) -> None:
    world.supporter("U0SUNE")
    world.supporter("U0ENDED", active=False)
    await world.opens(ROBIN, ask(requester=ROBIN, notify=True))
    await world.opens(KAI, ask(requester=KAI))
    await chooses(world, MIRA, wanted=True)
    assert await plan(world) == 7
    assert sorted(who.user for who in await told(world)) == sorted(
        who.user for who in (ADA, BEN, CLEO, LENA, SUNE, ROBIN, MIRA)
    )


async def test_who_is_several_things_gets_one_all_the_same(world: World) -> None:
    sister = vancouver(id="sister-programme", privacy={"cover_traffic": True})
    world.supporter("U0ADA")
    listed_in(world, sister, SUNE)
    await world.opens(SUNE, ask(requester=SUNE, notify=True))
    await chooses(world, ADA, wanted=True)
    async with world.memory() as work:
        again = Member(world.ids.new(), sister.id, frozenset({Role.ADMIN}), BEN)
        await work.members.seed(sister.id, [again])
    await plan(world, COVERING, sister)
    everybody = await told(world)
    assert len(everybody) == len(set(everybody)) == 5


async def test_another_programmes_people_are_left_alone(world: World) -> None:
    sister = vancouver(id="sister-programme")
    listed_in(world, sister, SUNE)
    await plan(world, sister, COVERING)
    assert SUNE not in await told(world)
    assert ADA in await told(world)


async def test_who_switched_it_off_gets_none(world: World) -> None:
    world.supporter("U0SUNE")
    await world.opens(ROBIN, ask(requester=ROBIN, notify=True))
    await chooses(world, MIRA, wanted=True)
    for who in (ADA, SUNE, ROBIN, MIRA):
        assert await gets_it(world, who)
        await chooses(world, who, wanted=False)
        assert not await gets_it(world, who)
    await plan(world)
    assert set(await told(world)) == {BEN, CLEO, LENA}


async def test_who_leaves_between_the_planning_and_the_note_gets_none(world: World) -> None:
    sune = world.supporter("U0SUNE")
    await chooses(world, MIRA, wanted=True)
    await plan(world)
    assert {SUNE, MIRA, CLEO} <= set(await told(world))
    entry, profile = world.memory.tables.supporters[sune]
    world.memory.tables.supporters[sune] = (replace(entry, active=False), profile)
    del world.memory.tables.members[world.member(CLEO)]
    await chooses(world, MIRA, wanted=False)
    await chooses(world, BEN, wanted=False)
    assert set(await told(world)) == {ADA, LENA}


# When


@pytest.mark.parametrize("month", range(1, 13))
def test_the_day_is_the_second_tuesday(month: int) -> None:
    day = cover.day_of(date(2027, month, 28))
    assert (day.month, day.weekday()) == (month, 1)
    assert 8 <= day.day <= 14


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))  # noqa: DTZ001


@given(INSTANTS)
def test_notes_begin_in_working_hours_and_never_in_the_past(now: datetime) -> None:
    begin = cover.begins_at(COVERING, now)
    local = now.astimezone(COVERING.clock.zone).date()
    if begin is None:
        assert not cover.day_of(local) <= local < cover.day_of(local) + LATE
        return
    there = begin.astimezone(COVERING.clock.zone)
    assert begin >= now
    assert there.weekday() < 5
    assert OPENS <= there.time() < CLOSES
    assert begin - now < timedelta(days=3)


async def test_a_month_has_one_note_whoever_plans_it_and_however_often(world: World) -> None:
    assert await plan(world) == 4
    for hours in (0, 1, 24, 24, 24):
        world.later(hours=hours)
        assert await plan(world) == 0
    assert len(notes(world)) == 4
    world.now = TUESDAY + timedelta(days=35)
    assert await plan(world) == 4
    assert len(notes(world)) == 8


async def test_three_days_late_it_is_one_note_and_two_weeks_late_none(world: World) -> None:
    world.later(days=3)
    assert await plan(world) == 4
    assert {each.run_at for each in notes(world)} == {AT_TEN + timedelta(days=3, seconds=n) for n in (0, 2, 4, 6)}
    assert await plan(world) == 0
    world.later(days=30)
    assert await plan(world) == 0


async def test_notes_go_one_after_the_other_and_nothing_in_them_tells_them_apart(world: World) -> None:
    world.supporter("U0SUNE")
    await world.opens(ROBIN, ask(requester=ROBIN, notify=True))
    await plan(world)
    found = notes(world)
    instants = [each.run_at for each in found if each.run_at]
    assert instants == [AT_TEN + cover.APART * n for n in range(len(found))]
    in_order = [each.subject.hex for each in found]
    assert in_order == sorted(in_order)
    assert {(each.kind, each.audience == each.subject) for each in found} == {(Kind.TELL_COVER, True)}


# One's own word


async def test_off_is_forgotten_once_there_is_nothing_to_switch_off(world: World) -> None:
    await chooses(world, MIRA, wanted=True)
    await chooses(world, MIRA, wanted=False)
    assert world.memory.tables.cover == {}
    request = await world.opens(ROBIN, ask(requester=ROBIN, notify=True))
    await chooses(world, ROBIN, wanted=False)
    async with world.memory() as work:
        assert await cover.tidy(work, running()) == 0
    await world.do(own.withdraw, ROBIN, request.id)
    async with world.memory() as work:
        assert await cover.tidy(work, running()) == 1
    assert world.memory.tables.cover == {}


async def test_every_choice_is_forgotten_where_no_programme_sends_it_any_more(world: World) -> None:
    await chooses(world, MIRA, wanted=True)
    await chooses(world, ADA, wanted=False)
    async with world.memory() as work:
        assert await cover.tidy(work, running(vancouver())) == 2
    assert world.memory.tables.cover == {}


@pytest.mark.req("G17")
@pytest.mark.threat("T64")
async def test_it_stands_in_ones_own_data_and_goes_with_it(world: World) -> None:
    async def told_to(who: Address) -> list[Line]:
        async with world.memory() as work:
            held = await mydata.of_person(work, running(), who, now=world.now)
        return [
            line for each in held if each.topic is Topic.CHOSEN for line in each.lines if line.what == "monthly_note"
        ]

    await chooses(world, MIRA, wanted=True)
    assert [await told_to(who) for who in (MIRA, ADA, KAI)] == [
        [Line("monthly_note", value)] for value in (True, True, False)
    ]
    async with world.memory() as work:
        await erasure.erase_person(work, running(), MIRA, world.now)
    assert world.memory.tables.cover == {}
    assert await told_to(MIRA) == [Line("monthly_note", False)]


# What waits


async def test_what_waits_is_opened_and_what_does_not_concern_one_is_not(world: World) -> None:
    async def waits(who: Address) -> object:
        async with world.memory() as work:
            return await cover.waiting(work, running(), who)

    assert await waits(ADA) is None
    private = await world.opens(KAI, ask(requester=KAI, avoid_members=(ADA,)))
    assert await waits(ADA) is None
    assert await waits(BEN) == (Waits.SHEET, private.id)
    assert await waits(KAI) == (Waits.OWN, private.id)
    assert await waits(MIRA) is None
    sune = world.supporter("U0SUNE")
    offered = await world.offered(sune)
    assert await waits(SUNE) == (Waits.OFFER, world.offer(offered.id).id)
    assert await waits(LENA) is None
