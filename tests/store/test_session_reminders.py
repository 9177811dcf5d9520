"""Reminders of sessions as both databases keep them: new zone data moves each, and doubles and loses none."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from peersupport import session_timers
from peersupport.notifications import Kind
from store.store import Store
from tests.rules.zone_files import folder_of_zones, put
from tests.store.gathering_town import THRIVING, Hall, a_series, wall
from tests.store.records import MovableClock

VANCOUVER, LOS_ANGELES = "America/Vancouver", "America/Los_Angeles"
PEOPLE = 3
SOON = timedelta(minutes=1)


@pytest.fixture
def zones(tmp_path: Path) -> Iterator[Path]:
    with folder_of_zones(tmp_path) as folder:
        yield folder


@pytest.mark.req("U53", "G21")
@pytest.mark.threat("T54")
@pytest.mark.parametrize(("before", "after", "hour"), [(LOS_ANGELES, VANCOUVER, 2), (VANCOUVER, LOS_ANGELES, 3)])
async def test_new_zone_data_moves_each_reminder_and_doubles_and_loses_none(
    store: Store, clock: MovableClock, zones: Path, before: str, after: str, hour: int
) -> None:
    hall = Hall(store, clock)
    put(zones, VANCOUVER, before)
    series = await hall.has(a_series(starts=wall("2026-12-07T19:15:00"), repeats=None, kind="single"))
    for who in range(PEOPLE):
        await hall.joins(series, who, reminders="01")
    for data in (before, before, after, after):
        # As at a start and every night, with the data of then; what was put down before stays.
        put(zones, VANCOUVER, data)
        async with store.work() as work:
            await session_timers.plan(work, THRIVING, clock.now())
    starts = datetime(2026, 12, 8, hour, 15, tzinfo=UTC)
    told: Counter[Kind] = Counter()
    for ahead, reminders in ((timedelta(days=1), 1), (timedelta(hours=1), 2)):
        told.update(await until(hall, starts - ahead - SOON))
        assert told[Kind.TELL_REMINDER] == PEOPLE * (reminders - 1), "not early"
        told.update(await until(hall, starts - ahead + SOON))
        assert told[Kind.TELL_REMINDER] == PEOPLE * reminders, "not late"
    told.update(await until(hall, starts + timedelta(days=2)))
    assert told[Kind.TELL_REMINDER] == PEOPLE * 2


async def until(hall: Hall, then: datetime) -> list[Kind]:
    """Let time pass up to an instant, hour by hour, as a worker that never stops sees it."""
    carried = []
    while hall.clock.now() < then:
        step = min(timedelta(hours=1), then - hall.clock.now())
        carried += await hall.passes(seconds=step.total_seconds())
    return carried
