"""G20, U54: reports are on periods that are over, never overlap, never change, and are for administrators."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from peersupport import conversations, feedback, own, reports
from peersupport.addresses import Address
from peersupport.disclosure import TOTALS, WITHHELD, Row
from peersupport.feedback import Rating
from peersupport.outcomes import Refused
from peersupport.reports import SECTIONS, Period, Report, lines, period_from, period_of, published
from peersupport.waits import Fact
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, STRANGER, VANCOUVER, World, address, vancouver

pytestmark = pytest.mark.req("G20")

SUNE = address("U0SUNE")
QUARTER = {"period": "quarter", "min_cell": 5, "show": ["requests_received"]}


def world_of(**changes: Any) -> World:
    return World(programme=vancouver(reports=QUARTER | changes))


async def ask(world: World, count: int, prefix: str) -> None:
    for number in range(count):
        await world.opens(address(f"U0{prefix}{number}"))


async def seen(world: World, who: Address = ADA) -> tuple[Report, ...]:
    found = await world.do(reports.reports, who)
    assert not isinstance(found, Refused)
    return found


@pytest.mark.parametrize(
    ("instant", "months", "id"),
    [
        (datetime(2026, 11, 20, tzinfo=UTC), 3, "2026-Q4"),
        (datetime(2026, 1, 1, tzinfo=UTC), 3, "2026-Q1"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), 12, "2026"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), 1, "2026-12"),
    ],
)
def test_periods_have_names(instant: datetime, months: int, id: str) -> None:
    period = period_of(instant, months)
    assert (period.id, period_from(id)) == (id, period)
    assert period.start <= instant < period.end == period.next.start
    assert period.holds(f"{instant:%Y-%m}")
    assert not period.holds(f"{period.end:%Y-%m}")


@pytest.mark.parametrize("id", ["", "2026-Q5", "2026-13", "26", "2026-Q1 ", "٢٠٢٦", "2026-1"])
def test_other_words_are_no_period(id: str) -> None:
    assert period_from(id) is None


def test_every_line_is_in_one_section() -> None:
    assert sorted(row for rows in SECTIONS.values() for row in rows) == sorted([*Row, *Fact])
    parts = [
        (set(TOTALS[row]), set(rows))
        for rows in SECTIONS.values()
        for row in rows
        if isinstance(row, Row)
        if row in TOTALS
    ]
    assert len(parts) == len(TOTALS)
    assert all(some <= rows for some, rows in parts)


async def test_the_current_period_is_not_shown_until_it_is_over() -> None:
    world = world_of()
    await ask(world, 6, "FIRST")
    assert await seen(world) == ()
    world.now = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert await seen(world) == ()
    world.now = datetime(2027, 1, 1, tzinfo=UTC)
    [report] = await seen(world)
    assert (report.period.id, report.rows[Row.RECEIVED]) == ("2026-Q4", "5")


async def test_everything_that_happens_is_in_its_period() -> None:
    world = World()
    world.supporter("U0SUNE", limit=4)
    for _ in range(6):
        request = await world.accepted()
        await world.do(conversations.contact_made, SUNE, request.id)
        await world.do(conversations.talked, SUNE, request.id, 1)
        await world.do(conversations.finish, SUNE, request.id)
        await world.do(feedback.rate, ROBIN, request.id, Rating.HELPED)
    await ask(world, 9, "MORE")
    for number in range(8):
        id = next(i for i, who in world.memory.tables.requesters.items() if who == address(f"U0MORE{number}"))
        await world.do(own.withdraw, address(f"U0MORE{number}"), id)
    world.now = datetime(2027, 2, 1, tzinfo=UTC)
    [report] = await seen(world)
    told = {row: report.rows[row] for row in Row if report.rows[row] != "0"}
    assert told == {
        Row.RECEIVED: "15", Row.FROM_SELF: "15", Row.MATCHED: "5", Row.CONTACTED: "5", Row.IN_TIME: "5",
        Row.CONVERSATIONS: "5",
        Row.CLOSED: "15", Row.FINISHED: "5", Row.WITHDRAWN: "10",
        Row.RATED_BY_REQUESTERS: "5", Row.REQUESTERS_HELPED: "5",
    }  # fmt: skip


@pytest.mark.req("U54")
async def test_what_was_published_never_changes() -> None:
    world = world_of()
    await ask(world, 7, "FIRST")
    world.now = datetime(2027, 1, 1, tzinfo=UTC)
    before = await seen(world)
    world.now = datetime(2027, 1, 2, tzinfo=UTC)
    for id, request in list(world.memory.tables.requests.items()):
        # As if more had come then, or the clock had been wrong.
        world.memory.tables.requests[id] = replace(request, created_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert await seen(world) == before


@pytest.mark.req("U54")
@pytest.mark.parametrize(("first", "then"), [("quarter", "year"), ("year", "quarter"), ("year", "month")])
async def test_windows_never_overlap_however_the_programme_counts(first: str, then: str) -> None:
    world = world_of(period=first)
    world.now = datetime(2026, 2, 3, tzinfo=UTC)
    await ask(world, 5, "EARLY")
    world.now = datetime(2026, 5, 3, tzinfo=UTC)
    await ask(world, 8, "LATE")
    world.now = datetime(2027, 1, 3, tzinfo=UTC) if first == "year" else datetime(2026, 8, 1, tzinfo=UTC)
    kept = await seen(world)
    world.programme = vancouver(reports=QUARTER | {"period": then})
    world.now = datetime(2028, 1, 3, tzinfo=UTC)
    found = await seen(world)
    assert all(each in found for each in kept)
    periods = sorted(each.period for each in found)
    assert not [one for one, two in pairwise(periods) if one.overlaps(two)]
    assert len({each.period.months for each in found}) == 2


async def test_several_periods_are_published_oldest_first_each_with_those_before_in_mind() -> None:
    world = world_of()
    world.now = datetime(2026, 1, 5, tzinfo=UTC)
    await ask(world, 3, "FEW")
    world.now = datetime(2026, 5, 5, tzinfo=UTC)
    await ask(world, 12, "MANY")
    world.now = datetime(2026, 10, 1, tzinfo=UTC)
    found = await seen(world)
    assert [(each.period.id, each.rows[Row.RECEIVED]) for each in found] == [
        ("2026-Q3", "0"), ("2026-Q2", "10"), ("2026-Q1", "<5")
    ]  # fmt: skip


@pytest.mark.threat("T15")
@pytest.mark.parametrize("who", [ADA, BEN, CLEO])
async def test_administrators_see_reports(who: Address) -> None:
    assert await seen(world_of(), who) == ()


@pytest.mark.threat("T15")
@pytest.mark.parametrize("who", [LENA, ROBIN, SUNE, STRANGER])
async def test_nobody_else_does_and_it_is_written_down(who: Address) -> None:
    world = world_of()
    world.supporter("U0SUNE")
    world.now = datetime(2028, 1, 1, tzinfo=UTC)
    assert isinstance(await world.do(reports.reports, who), Refused)
    assert len(world.memory.tables.audit) == 1
    assert world.memory.tables.reports == {}


async def test_another_programmes_requests_do_not_count() -> None:
    world = world_of()
    await ask(world, 7, "OURS")
    for id, request in list(world.memory.tables.requests.items())[:2]:
        world.memory.tables.requests[id] = replace(request, programme="another")
    world.now = datetime(2027, 1, 1, tzinfo=UTC)
    [report] = await seen(world)
    assert report.rows[Row.RECEIVED] == "5"


def test_the_programme_says_which_lines_are_shown() -> None:
    report = Report(Period(2026, 1, 3), dict.fromkeys(Row, "0"))
    programme = vancouver(reports=QUARTER | {"show": ["redirected", "weather", "requests_closed"]})
    assert [section for section, _ in lines(programme, report)] == ["redirected", "requests_closed"]
    sessions = {"sessions_held", "series_registrations", "course_participants", "attendances"}
    assert {section for section, _ in lines(VANCOUVER, report)} == set(SECTIONS) - sessions


async def test_the_command_line_publishes_the_same() -> None:
    world = world_of()
    await ask(world, 7, "FIRST")
    world.now = datetime(2027, 1, 1, tzinfo=UTC)
    async with world.memory() as work:
        first = await published(work, world.programme, now=world.now)
    assert await seen(world) == first


@pytest.mark.req("T21")
async def test_a_programme_that_nobody_asks_for_support_has_a_report_too() -> None:
    world = world_of(show=["sessions_held", "series_registrations", "course_participants", "attendances"])
    async with world.memory() as work:
        for what, count in ((Fact.HELD, 3), (Row.REGISTRATIONS, 12), (Row.IN_COURSES, 4), (Row.ATTENDANCES, 28)):
            for _ in range(count):
                await work.tallies.add(world.programme.id, what, datetime(2026, 8, 3, tzinfo=UTC))
    world.now = datetime(2026, 10, 1, tzinfo=UTC)
    [report] = await seen(world)
    assert report.period.id == "2026-Q3"
    told = {line: shown for _, rows in lines(world.programme, report) for line, shown in rows}
    assert told == {Fact.HELD: "3", Row.REGISTRATIONS: "10", Row.IN_COURSES: "<5", Row.ATTENDANCES: "30"}
    async with world.memory() as work:
        assert await reports.latest(work, world.programme) == report


async def test_how_long_people_waited_is_published_with_the_counts() -> None:
    world = World()
    world.supporter("U0SUNE", limit=40)
    for _ in range(12):
        request = await world.accepted()
        world.now += timedelta(hours=30)
        await world.do(conversations.contact_made, SUNE, request.id)
        await world.do(conversations.talked, SUNE, request.id, 1)
        await world.do(conversations.finish, SUNE, request.id)
    world.now = datetime(2027, 3, 1, tzinfo=UTC)
    found = await seen(world)
    assert [(each.facts[Fact.MEDIAN], each.facts[Fact.NINETIETH]) for each in found] == [("36", WITHHELD)]
    assert await seen(world) == found
