"""Reminders, too few people, the end of a date: once each, at the right time on the wall, whatever came between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from peersupport import schedule, session_changes
from peersupport.notifications import Kind
from peersupport.programme_sessions import SessionTimers
from peersupport.series import DateState, RegistrationState, SeriesState
from peersupport.session_changes import Extend, Move, RunSeries
from tests.rules.fake_sessions import FACILITATOR, Sessions, wall
from tests.rules.world import vancouver
from tests.rules.zone_files import folder_of_zones, put

pytestmark = pytest.mark.asyncio

MONDAY = datetime(2026, 10, 6, 16, tzinfo=UTC)
# 19:15 in Vancouver on Monday 12 October.
STARTS = datetime(2026, 10, 13, 2, 15, tzinfo=UTC)
SOON = timedelta(minutes=1)


@pytest.fixture
def zones(tmp_path: Path) -> Iterator[Path]:
    with folder_of_zones(tmp_path) as folder:
        yield folder


def sessions(now: datetime = MONDAY, **timers: Any) -> Sessions:
    return Sessions(now, programme=vancouver(session_timers=SessionTimers(**timers)))


@pytest.mark.req("T5", "G21")
async def test_everybody_gets_the_reminders_they_chose_once_each() -> None:
    here = sessions()
    series = here.has(repeats=None)
    both, early, late, none = (here.registers(series, reminders=each)[0] for each in ("01", "0", "1", ""))
    waiting, left = (
        here.registers(series, state=state)[0] for state in (RegistrationState.WAITING, RegistrationState.LEFT)
    )
    await here.plans()
    await here.plans()
    await here.until(STARTS - timedelta(days=1) - SOON)
    assert not here.told(Kind.TELL_REMINDER)
    await here.until(STARTS - timedelta(days=1) + SOON)
    assert {row.subject for row in here.told(Kind.TELL_REMINDER)} == {both.id, early.id}
    await here.plans()
    await here.until(STARTS + timedelta(days=1))
    told = [row.subject for row in here.told(Kind.TELL_REMINDER)]
    assert sorted(told) == sorted([both.id, early.id, both.id, late.id])
    assert not {none.id, waiting.id, left.id} & set(told)


@pytest.mark.req("U53", "G21")
@pytest.mark.threat("T54")
@pytest.mark.parametrize(("before", "after"), [("Los_Angeles", "Vancouver"), ("Vancouver", "Los_Angeles")])
async def test_new_zone_data_moves_what_waits_and_doubles_and_loses_nothing(
    zones: Path, before: str, after: str
) -> None:
    put(zones, "America/Vancouver", f"America/{before}")
    here = sessions(datetime(2026, 12, 1, 16, tzinfo=UTC))
    series = here.has(starts=wall("2026-12-07T19:15"), repeats=None)
    [one] = here.registers(series)
    await here.plans()
    put(zones, "America/Vancouver", f"America/{after}")
    # At the start with the new data; the rows of the old instants stay.
    await here.plans()
    starts = datetime(2026, 12, 8, 2 if after == "Vancouver" else 3, 15, tzinfo=UTC)
    for ahead, count in ((timedelta(days=1), 1), (timedelta(hours=1), 2)):
        await here.until(starts - ahead - SOON)
        assert len(here.told(Kind.TELL_REMINDER)) == count - 1, "not early"
        await here.until(starts - ahead + SOON)
        assert [row.subject for row in here.told(Kind.TELL_REMINDER)] == [one.id] * count, "not late"
    await here.until(starts + timedelta(hours=1, minutes=14))
    assert not here.told(Kind.TELL_ORGANISER)
    await here.until(starts + timedelta(days=1))
    assert (len(here.told(Kind.TELL_REMINDER)), len(here.told(Kind.TELL_ORGANISER))) == (2, 1)


@pytest.mark.req("U53")
async def test_a_timer_that_fires_early_is_put_down_again_though_nobody_planned_anew(zones: Path) -> None:
    put(zones, "America/Vancouver", "America/Vancouver")
    here = sessions(datetime(2026, 12, 1, 16, tzinfo=UTC))
    here.registers(here.has(starts=wall("2026-12-07T19:15"), repeats=None))
    await here.plans()
    put(zones, "America/Vancouver", "America/Los_Angeles")
    await here.until(datetime(2026, 12, 7, 2, 16, tzinfo=UTC))
    assert not here.told(Kind.TELL_REMINDER)
    await here.until(datetime(2026, 12, 7, 3, 16, tzinfo=UTC))
    assert len(here.told(Kind.TELL_REMINDER)) == 1


@pytest.mark.threat("T44")
async def test_after_a_stop_of_three_days_there_is_no_storm_of_late_reminders() -> None:
    here = sessions()
    series = here.has(repeats="FREQ=DAILY;COUNT=8")
    here.registers(series)
    await here.plans()
    here.now = datetime(2026, 10, 16, 1, 30, tzinfo=UTC)
    await here.until(here.now)
    # Three dates have gone by; of the fourth, in three quarters of an hour, only the nearer reminder; none of others.
    fourth = schedule.date_id(series.id, wall("2026-10-15T19:15"))
    assert [row.audience for row in here.told(Kind.TELL_REMINDER)] == [fourth]
    assert [row.state for row in here.dates.values()].count(DateState.HELD) == 3
    await here.until(here.now + timedelta(days=8))
    assert len(here.told(Kind.TELL_REMINDER)) == 1 + 2 * 4


@pytest.mark.req("C4", "U31")
@pytest.mark.parametrize("count", [1, 2])
async def test_with_too_few_the_day_before_only_whoever_leads_it_is_asked(count: int) -> None:
    here = sessions(reminders_before=(timedelta(days=7), timedelta(days=1)))
    series = here.has(kind="small_group", minimum=2, repeats=None)
    date = schedule.date_id(series.id, wall("2026-10-12T19:15"))
    here.registers(series, count, date_id=date, reminders="")
    here.registers(series, state=RegistrationState.WAITING, date_id=date)
    await here.plans()
    await here.until(STARTS - SOON)
    asked = [(row.subject, row.audience) for row in here.told(Kind.TELL_ORGANISER)]
    assert asked == ([(date, here.facilitator)] if count < 2 else [])
    assert not here.told(Kind.TELL_REMINDER)
    assert not here.told(Kind.TELL_CHANGED)


@pytest.mark.req("T15")
async def test_a_course_with_too_few_at_closing_is_extended_and_then_runs_and_everybody_is_told() -> None:
    here = sessions()
    series = here.has(
        kind="course", repeats="FREQ=WEEKLY;COUNT=8", starts=wall("2026-11-02T19:15"), capacity=12, minimum=10,
        enrol_closes=wall("2026-10-19T17:00"),
    )  # fmt: skip
    people = here.registers(series, 3, reminders="")
    await here.plans()
    closes = datetime(2026, 10, 20, 0, 0, tzinfo=UTC)
    await here.until(closes + SOON)
    assert [row.subject for row in here.told(Kind.TELL_ORGANISER)] == [series.id]
    later = wall("2026-10-26T17:00")
    await changes(here, series.id, Extend(later))
    assert {row.subject for row in here.told(Kind.TELL_CHANGED)} == {each.id for each in people}
    await here.until(closes + timedelta(days=7) + SOON)
    assert len(here.told(Kind.TELL_ORGANISER)) == 2, "asked again when it closes again"
    await changes(here, series.id, RunSeries())
    assert len(here.told(Kind.TELL_CHANGED)) == 6
    await here.plans()
    await here.until(closes + timedelta(days=8))
    assert len(here.told(Kind.TELL_ORGANISER)) == 2
    assert here.series[series.id].decided == "run"


@pytest.mark.req("T21", "C13")
async def test_a_date_ends_once_is_counted_and_its_leader_asked_for_a_number_and_so_ends_a_course() -> None:
    here = sessions()
    series = here.has(repeats="FREQ=WEEKLY;COUNT=2")
    await here.plans()
    await here.until(STARTS + timedelta(days=6))
    await here.plans()
    assert here.series[series.id].state is SeriesState.OPEN
    await here.until(STARTS + timedelta(days=8))
    assert [row.state for row in here.dates.values()] == [DateState.HELD, DateState.HELD]
    assert here.world.memory.tables.tallies[here.programme.id, "2026-10", "sessions_held"] == 2
    assert len(here.told(Kind.TELL_ORGANISER)) == 2
    assert here.series[series.id].state is SeriesState.ENDED


@pytest.mark.req("T11", "U30")
async def test_the_reminders_of_a_moved_date_follow_it_and_the_old_ones_do_not_go_out() -> None:
    here = sessions()
    series = here.has(repeats=None)
    [one] = here.registers(series)
    await here.plans()
    await here.until(STARTS - timedelta(hours=20))
    assert len(here.told(Kind.TELL_REMINDER)) == 1
    await changes(here, series.id, Move(wall("2026-10-12T19:15"), wall("2026-10-15T18:00")))
    assert [row.subject for row in here.told(Kind.TELL_CHANGED)] == [one.id]
    moved = datetime(2026, 10, 16, 1, 0, tzinfo=UTC)
    await here.until(moved - timedelta(days=1) - SOON)
    assert len(here.told(Kind.TELL_REMINDER)) == 1, "not at the old time"
    await here.until(moved - timedelta(days=1) + SOON)
    assert len(here.told(Kind.TELL_REMINDER)) == 2
    # Moved to within the hour: the notice of it is the reminder.
    await changes(here, series.id, Move(wall("2026-10-12T19:15"), wall("2026-10-14T18:30")))
    await here.until(moved + timedelta(days=1))
    assert len(here.told(Kind.TELL_REMINDER)) == 2


async def changes(here: Sessions, series: Any, step: session_changes.Step) -> None:
    async with here.work() as work:
        made = await session_changes.apply(work, here.programme, FACILITATOR, series, step, now=here.now)
    assert isinstance(made, session_changes.Change), made
