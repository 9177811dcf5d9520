"""Who had registered is forgotten thirty days after what they registered for, whatever became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from peersupport import schedule, session_retention
from peersupport.series import RegistrationState
from peersupport.session_changes import CallOff, Change, apply
from tests.rules.fake_sessions import FACILITATOR, Sessions, wall

pytestmark = pytest.mark.asyncio

NOW = datetime(2026, 10, 6, 16, tzinfo=UTC)
ENDS = datetime(2026, 10, 13, 3, 30, tzinfo=UTC)
KEPT = timedelta(days=30)


async def forgets(here: Sessions, at: datetime) -> set[object]:
    """Let time pass and the job of the day run; return who is left."""
    await here.until(at)
    async with here.work() as work:
        await session_retention.sweep(work, here.programme, here.now)
    return set(here.registrations)


async def test_thirty_days_after_its_one_date_or_the_last_one_nobody_is_known_any_more() -> None:
    here = Sessions(NOW)
    single = here.has(repeats=None)
    groups = here.has(kind="small_group")
    weekly = here.has()
    date = schedule.date_id(groups.id, wall("2026-10-12T19:15:00"))
    [one], [of_date], [stays] = (
        here.registers(single),
        here.registers(groups, date_id=date),
        here.registers(weekly),
    )
    await here.plans()
    assert await forgets(here, ENDS + KEPT - timedelta(minutes=1)) == {one.id, of_date.id, stays.id}
    assert await forgets(here, ENDS + KEPT + timedelta(minutes=1)) == {stays.id}


async def test_who_left_is_forgotten_a_day_later_and_of_what_is_called_off_thirty_days_later() -> None:
    here = Sessions(NOW)
    series = here.has()
    [left] = here.registers(series, state=RegistrationState.LEFT, undo_until=NOW)
    [told] = here.registers(series)
    async with here.work() as work:
        assert isinstance(await apply(work, here.programme, FACILITATOR, series.id, CallOff(), now=NOW), Change)
    assert await forgets(here, NOW + timedelta(hours=23)) == {left.id, told.id}
    assert await forgets(here, NOW + timedelta(hours=25)) == {told.id}
    assert await forgets(here, NOW + KEPT - timedelta(minutes=1)) == {told.id}
    assert await forgets(here, NOW + KEPT + timedelta(minutes=1)) == set()
