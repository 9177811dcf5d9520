"""A session is moved while its reminder waits, and the app is down over the next: everybody is told once, privately."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from peersupport import schedule, session_timers
from peersupport.notifications import Kind
from peersupport.series import DateState, Registrant, Registration, RegistrationState, Series, SeriesState
from peersupport.session_changes import Change, Move, apply
from tests.stories.test_clocks import is_told, rows, told
from tests.stories.town import FACILITATOR, PROGRAMME, ZONE, Town

TITLE = "Evenings by the water"


async def evening(town: Town) -> Series:
    """Have a session in three days, one person with a place, and one who waits for one."""
    house, ids = town.house, town.house.ids
    noon = (town.clock.now().astimezone(ZoneInfo(ZONE)) + timedelta(days=3)).replace(
        tzinfo=None, second=0, microsecond=0
    )
    series = Series(
        ids.new(), PROGRAMME, None, "single", SeriesState.OPEN, TITLE, "Soirées", "", "", noon, ZONE, capacity=1
    )
    async with house.store.work() as work:
        await work.series.add(series)
        for number, (key, state) in enumerate(
            {"ava": RegistrationState.IN, "bruno": RegistrationState.WAITING}.items()
        ):
            place = Registration(ids.new(), series.id, PROGRAMME, state=state, number=number, made_at=town.clock.now())
            await work.registrations.add(place, Registrant(town.address(key), "Reed"))
        await session_timers.plan(work, house._files.programmes[PROGRAMME], town.clock.now())
    house.store.queue.stir()
    return series


@pytest.mark.long
@pytest.mark.req("T11", "U30", "G21")
@pytest.mark.threat("T44")
async def test_a_session_is_moved_and_the_app_is_down_over_a_reminder(town: Town) -> None:
    series = await evening(town)
    assert series.starts is not None
    later = series.starts + timedelta(days=1)
    async with town.house.store.work() as work:
        programme = town.house._files.programmes[PROGRAMME]
        step = Move(series.starts, later)
        made = await apply(work, programme, town.address("farah"), series.id, step, now=town.clock.now())
    assert isinstance(made, Change)
    assert made.told == 2
    town.house.store.queue.stir()
    await is_told(town, "ava", 1)
    await is_told(town, "bruno", 1)

    await town.at_rest()
    await town.passes(days=2, hours=1)
    await town.at_rest()
    assert await rows(town, Kind.TELL_REMINDER) == 0, "the old date's reminder finds nothing to do"
    await town.at_rest()
    await town.passes(days=1)
    await is_told(town, "ava", 2)

    await town.at_rest()
    await town.stops()
    town.clock.move(hours=22, minutes=30)
    await town.restarts()
    await is_told(town, "ava", 3)
    await town.restarts()
    await town.at_rest()
    assert (told(town.person("ava")), told(town.person("bruno"))) == (3, 1)

    await town.passes(hours=3)
    await is_told(town, FACILITATOR, 1)
    await town.at_rest()
    await town.restarts()
    await town.at_rest()
    assert await rows(town, Kind.TELL_ORGANISER) == 1
    async with town.house.store.work() as work:
        [held] = await work.meeting_dates.of_series(series.id)
    assert (held.state, held.on, schedule.wall(held)) == (DateState.HELD, series.starts, later)
    assert TITLE not in town.said(), "no message says what it is about"
