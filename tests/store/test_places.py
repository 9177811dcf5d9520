"""Places at sessions in both databases: exactly as many as there are, in order, none kept for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from peersupport import access, departures, erasure, mydata, places, schedule, session_changes, terms
from peersupport.held import Section, Topic
from peersupport.notifications import Kind
from peersupport.people import Role
from peersupport.place import Already, Joined, Joining, Left, Not, Waiting
from peersupport.ports import Member, UnitOfWork
from peersupport.programme_sessions import Terms
from peersupport.programme_sessions import Themes as Rules
from peersupport.proposal import Presenter, Proposal, ProposalState
from peersupport.series import MeetingDate
from peersupport.theme import Listed, Theme, ThemeWords
from store.store import Store
from tests.store.gathering_town import THRIVING, Hall, a_course, a_series, somebody, wall
from tests.store.records import MovableClock
from tests.store.test_workflow_races import Ids

_WORDS = {"en": "What is said stays here.", "fr": "Ce qui est dit reste ici."}
TERMS = Terms.model_validate({"version": "first", "text": [_WORDS]})

RULES = Rules()


@pytest.fixture
def hall(store: Store, clock: MovableClock) -> Hall:
    return Hall(store, clock)


@pytest.mark.req("T2", "T4", "T5")
async def test_one_registration_is_for_the_whole_series_under_a_name_of_ones_own(hall: Hall) -> None:
    evenings = await hall.has(a_series())
    first = await hall.registers(evenings, 1, alias="  A   walker " + "x" * 60)
    assert isinstance(first, Joined)
    assert first.registration.date_id is None
    again = await hall.registers(evenings, 1)
    assert again == Already(first.registration)
    async with hall.store.work() as work:
        known = await work.registrations.registrant(first.registration.id)
        assert known is not None
        assert (known.alias[:10], len(known.alias), "walker" in repr(known)) == ("A walker x", 40, False)
        assert await work.tallies.read(evenings.programme) == {("2026-11", "series_registrations"): 1}
    for who in range(2, 30):
        assert isinstance(await hall.registers(evenings, who), Joined), "a series has no cap unless one is set"


@pytest.mark.req("T12", "T13", "U28")
async def test_a_course_asks_for_every_class_and_whoever_is_too_many_waits_and_sees_their_own_place(hall: Hall) -> None:
    course = await hall.has(a_course(enrol_opens=wall("2026-11-03T09:00:00"), enrol_closes=wall("2026-11-06T12:00:00")))
    assert await hall.registers(course, 1) is Not.CLOSED, "not open yet"
    await hall.passes(days=2)
    async with hall.store.work() as work:
        assert await work.registrations.of_series(course.id) == []
    assert [type(await hall.registers(course, who)) for who in (1, 2)] == [Joined, Joined]
    third, fourth = [await hall.registers(course, who) for who in (3, 4)]
    assert isinstance(third, Waiting)
    assert isinstance(fourth, Waiting)
    assert (third.position, fourth.position) == (1, 2)
    full = await hall.has(a_course(waitlist=False, capacity=1))
    assert isinstance(await hall.registers(full, 1), Joined)
    assert await hall.registers(full, 2) is Not.FULL
    for_midwives = await hall.has(a_series(roles=("midwife",)))
    assert await hall.registers(for_midwives, 1, role="physician") is Not.NOT_SERVED
    assert isinstance(await hall.registers(for_midwives, 1, role="midwife"), Joined)
    await hall.passes(days=2, hours=4)
    assert await hall.registers(course, 5) is Not.CLOSED, "enrolment is over"


@pytest.mark.req("T14", "T16", "U29", "C3")
async def test_a_freed_place_is_offered_in_order_for_two_days_and_then_to_the_next(hall: Hall) -> None:
    course = await hall.has(a_course(starts=wall("2026-11-30T19:15:00")))
    held = [await hall.joins(course, who) for who in range(1, 6)]
    assert isinstance(await hall.leaves(held[0], 1), Left)
    assert [await hall.state(each) for each in held] == ["left", "in", "offered", "waiting", "waiting"]
    assert Kind.TELL_PLACE in await hall.passes(hours=1)
    assert await hall.leaves(held[0], 2) is Not.GONE, "it is not theirs"
    # Nobody passes those who wait, and no place is there twice.
    assert isinstance(await hall.registers(course, 6), Waiting)
    await hall.passes(hours=46)
    assert await hall.state(held[2]) == "offered"
    assert Kind.OFFER_PLACE_ENDS in await hall.passes(hours=1)
    assert [await hall.state(each) for each in held] == ["left", "in", "left", "offered", "waiting"]
    assert await hall.answers(held[2], 3, yes=True) is Not.LATE
    assert isinstance(await hall.answers(held[3], 4, yes=False), Left)
    assert isinstance(await hall.answers(held[4], 5, yes=True), Joined)
    assert isinstance(await hall.answers(held[4], 5, yes=True), Joined), "a second press changes nothing"
    again = await hall.registers(course, 3)
    assert isinstance(again, Waiting)
    assert again.position == 2, "whoever came meanwhile is before them"


@pytest.mark.req("T14", "T16")
async def test_leaving_is_undone_for_ten_minutes_to_the_place_or_to_the_front_of_the_line(hall: Hall) -> None:
    course = await hall.has(a_course(capacity=1))
    first = await hall.joins(course, 1)
    await hall.leaves(first, 1)
    assert isinstance(await hall.takes_back(first, 1), Joined), "the place is free still"
    others = [await hall.joins(course, who) for who in (2, 3)]
    await hall.leaves(first, 1)
    back = await hall.takes_back(first, 1)
    assert isinstance(back, Waiting)
    assert (back.position, await hall.state(others[0])) == (1, "offered")
    await hall.leaves(first, 1)
    await hall.passes(minutes=10)
    assert await hall.takes_back(first, 1) is Not.LATE


@pytest.mark.req("T14")
async def test_on_the_last_day_a_place_is_kept_for_four_hours_and_after_two_classes_for_nobody(hall: Hall) -> None:
    course = await hall.has(a_course(capacity=1))
    held = [await hall.joins(course, who) for who in range(1, 4)]
    await hall.passes(days=7)
    await hall.leaves(held[0], 1)
    async with hall.store.work() as work:
        offered = await work.registrations.get(held[1].id)
    assert offered is not None
    assert offered.offered_until == hall.clock.now() + timedelta(hours=4)
    await hall.passes(days=9)
    assert [await hall.state(each) for each in held] == ["left", "left", "waiting"], (
        "there is nothing to offer any more"
    )
    late = await hall.has(a_course(capacity=1))
    assert await hall.registers(late, 4) is Not.CLOSED, "two classes are over"


@pytest.mark.req("C3", "T3")
async def test_a_meeting_for_a_few_is_registered_for_date_by_date(hall: Hall) -> None:
    cafe = await hall.has(a_series(kind="small_group", capacity=1))
    on, other = wall("2026-11-09T19:15:00"), wall("2026-11-16T19:15:00")
    assert await hall.registers(cafe, 1) is Not.CLOSED, "which date?"
    assert await hall.registers(cafe, 1, wall("2026-11-10T19:15:00")) is Not.CLOSED, "it does not meet then"
    assert isinstance(await hall.registers(cafe, 1, on), Joined)
    assert isinstance(await hall.registers(cafe, 2, on), Waiting)
    assert isinstance(await hall.registers(cafe, 2, other), Joined)
    await hall.passes(days=8)
    assert await hall.registers(cafe, 3, on) is Not.CLOSED, "it is over"
    outside = await hall.has(a_series(kind="external_registration"))
    assert await hall.registers(outside, 1) is Not.CLOSED


@pytest.mark.req("T14", "U29")
async def test_places_that_are_added_go_to_those_who_wait_in_order(hall: Hall) -> None:
    course = await hall.has(a_course(capacity=1))
    held = [await hall.joins(course, who) for who in range(1, 5)]
    assert await hall.refills(course, capacity=3) == 2
    assert [await hall.state(each) for each in held] == ["in", "offered", "offered", "waiting"]
    assert await hall.refills(course, capacity=3) == 0, "each place is offered once"
    assert await hall.refills(course, capacity=None) == 1
    cafe = await hall.has(a_series(kind="small_group", capacity=1))
    on, other = wall("2026-11-09T19:15:00"), wall("2026-11-16T19:15:00")
    mine, waits = [await hall.joins(cafe, who, on) for who in (1, 2)]
    alone = await hall.joins(cafe, 3, other)
    assert await hall.refills(cafe, capacity=2) == 1, "each date has a line of its own"
    assert [await hall.state(each) for each in (mine, waits, alone)] == ["in", "offered", "in"]


@pytest.mark.req("T13", "U28")
@pytest.mark.parametrize(("room", "people"), [(12, 13), (1, 30)])
async def test_however_many_ask_at_once_there_are_exactly_as_many_places(hall: Hall, room: int, people: int) -> None:
    course = await hall.has(a_course(capacity=room))
    found = await asyncio.gather(*(hall.registers(course, who) for who in range(people)))
    assert sum(isinstance(each, Joined) for each in found) == room
    waiting = sorted(each.position for each in found if isinstance(each, Waiting))
    assert waiting == list(range(1, people - room + 1))
    async with hall.store.work() as work:
        line = await work.registrations.of_series(course.id)
        assert [each.number for each in line] == list(range(1, people + 1))
        assert [each.state.value for each in line] == ["in"] * room + ["waiting"] * (people - room)


@pytest.mark.req("G17", "T10", "T14")
async def test_what_one_registered_for_is_shown_to_oneself_and_forgotten_with_everything_else(hall: Hall) -> None:
    course = await hall.has(a_course(capacity=1))
    mine = await hall.joins(course, 1, alias="Walker")
    waits = await hall.joins(course, 2)
    async with hall.store.work() as work:
        (shown,) = [each for each in await about(work, 1, hall) if each.topic is Topic.SESSIONS]
        assert {"session", "session_place", "session_since", "session_alias"} == {line.what for line in shown.lines}
        assert not [each for each in await about(work, 3, hall) if each.topic is Topic.SESSIONS]
    async with hall.store.work() as work:
        await erasure.erase_person(work, {THRIVING.id: THRIVING}, somebody(1), hall.clock.now())
    assert (await hall.state(mine), await hall.state(waits)) == ("gone", "offered")
    async with hall.store.work() as work:
        await departures.account_ended(work, THRIVING, somebody(2), now=hall.clock.now())
    assert await hall.state(waits) == "gone"


@pytest.mark.req("C10")
@pytest.mark.parametrize("way", [session_changes.Skip, session_changes.Cancel, session_changes.CallOff])
async def test_the_themes_of_what_does_not_take_place_go_with_it_and_others_stay(hall: Hall, way: type[Any]) -> None:
    cafe, other = [await hall.has(a_series(kind="small_group")) for _ in range(2)]
    on = wall("2026-11-09T19:15:00")
    dates = [MeetingDate(schedule.date_id(each.id, on), each.id, THRIVING.id, on) for each in (cafe, other)]
    leads = Member(Ids().new(), THRIVING.id, frozenset({Role.FACILITATOR}), somebody(9))
    async with hall.store.work() as work:
        await work.members.keep(THRIVING.id, [leads])
        for date in dates:
            await work.meeting_dates.add(date)
            sent = ThemeWords(somebody(1), "Long nights")
            assert await work.themes.add(Theme(Ids().new(), THRIVING.id, date.id), sent)
    with_themes = THRIVING.model_copy(update={"themes": RULES})
    step = way() if way is session_changes.CallOff else way(on)
    async with hall.store.work() as work:
        made = await session_changes.apply(work, with_themes, somebody(9), cafe.id, step, now=hall.clock.now())
        assert isinstance(made, session_changes.Change)
    async with hall.store.work() as work:
        assert [theme.date_id for theme in await work.themes.of(somebody(1))] == [dates[1].id]


@pytest.mark.req("G17")
async def test_what_a_programme_keeps_that_is_not_run_any_more_is_erased_with_everything_else(hall: Hall) -> None:
    course = await hall.has(a_course(capacity=1))
    mine, waits = [await hall.joins(course, who) for who in (1, 2)]
    on = wall("2026-11-09T19:15:00")
    date = MeetingDate(
        schedule.date_id(course.id, on), course.id, THRIVING.id, on, presenter="Larch", presenter_ok=True
    )
    offer = Proposal(Ids().new(), THRIVING.id, course.id, hall.clock.now(), ProposalState.AGREED, on)
    async with hall.store.work() as work:
        await work.meeting_dates.add(date)
        assert await work.proposals.add(offer, Presenter(somebody(1), "Larch", "Sleep"))
        assert await work.list_members.add(Ids().new(), THRIVING.id, Listed(somebody(1)))
        assert await work.themes.add(Theme(Ids().new(), THRIVING.id, date.id), ThemeWords(somebody(1), "Long nights"))
    async with hall.store.work() as work:
        await erasure.erase_person(work, {}, somebody(1), hall.clock.now())
    async with hall.store.work() as work:
        left = [await about_it.of(somebody(1)) for about_it in (work.list_members, work.themes, work.proposals)]
        kept = await work.meeting_dates.get(date.id)
    assert left == [[], [], []]
    assert kept is not None
    assert (kept.presenter, kept.presenter_ok) == ("", False)
    assert [await hall.state(each) for each in (mine, waits)] == ["gone", "waiting"]
    assert Kind.TELL_PLACE not in await hall.passes(hours=1), "nobody is offered a place where nobody leads it"


async def about(work: UnitOfWork, who: int, hall: Hall) -> tuple[Section, ...]:
    return await mydata.of_person(work, {THRIVING.id: THRIVING}, somebody(who), now=hall.clock.now())


@pytest.mark.req("C1", "C11")
async def test_the_list_and_the_terms_come_before_a_place(hall: Hall) -> None:
    cafe = await hall.has(a_series())
    closed = THRIVING.model_copy(update={"members_only": True, "terms": TERMS})

    async def asks() -> object:
        async with hall.store.work() as work:
            form = Joining()
            return await places.register(
                work, closed, cafe.id, None, somebody(1), form, now=hall.clock.now(), ids=Ids()
            )

    assert await asks() is Not.NOT_LISTED
    async with hall.store.work() as work:
        assert await work.list_members.add(Ids().new(), closed.id, Listed(somebody(1)))
    assert await asks() is Not.NEEDS_TERMS
    async with hall.store.work() as work:
        assert await terms.accept(work, closed, somebody(1), TERMS.version, ids=Ids())
    assert isinstance(await asks(), Joined)
    newer = closed.model_copy(update={"terms": TERMS.model_copy(update={"version": "second"})})
    async with hall.store.work() as work:
        assert await access.barrier(work, newer, somebody(1)) is Not.NEEDS_TERMS, "they are others by now"
