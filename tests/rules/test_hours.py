"""Promised times to the minute: calendar hours, working time without weekends and holidays, and hours of rest."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport.clocks import quiet_until
from peersupport.programme import Programme
from peersupport.programme_hours import add_working_time, days_off, take_working_time
from peersupport.programme_parts import QuietHours, WorkingTime
from tests.rules.world import vancouver

PACIFIC = ZoneInfo("America/Vancouver")
ATLANTIC = ZoneInfo("America/Glace_Bay")
OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:30", "closes": "16:30", "holidays": "BC"}
WEEK = WorkingTime.model_validate(OFFICE)
NIGHT = QuietHours(begins=time(20), ends=time(8))


def pacific(*at: int) -> datetime:
    return datetime(*at, tzinfo=PACIFIC)  # type: ignore[arg-type, misc]


def three_days() -> Programme:
    """Promises three working days, of eight hours each, in British Columbia."""
    base = vancouver()
    promises = base.promise.model_dump() | {"counting": "working", "contact_within_hours": 24, "working_time": OFFICE}
    timers = base.timing.model_dump() | {
        "admin_reminder": timedelta(hours=4),
        "backup_admin_at": timedelta(hours=8),
        "contact_alert_admin": timedelta(hours=20),
    }
    return vancouver(promises=promises, timers=timers)


@pytest.mark.threat("T57")
@pytest.mark.parametrize(
    ("start", "due"),
    [
        (pacific(2026, 11, 2, 10, 17), pacific(2026, 11, 5, 10, 17)),
        (pacific(2026, 11, 5, 16, 29), pacific(2026, 11, 10, 16, 29)),
        (pacific(2026, 11, 9, 9, 0), pacific(2026, 11, 13, 9, 0)),  # Remembrance Day on the Wednesday
        (pacific(2026, 12, 23, 16, 0), pacific(2026, 12, 29, 16, 0)),  # Christmas on the Friday, then a weekend
        (pacific(2026, 7, 31, 17, 0), pacific(2026, 8, 6, 16, 30)),  # Friday evening before British Columbia Day
        (pacific(2026, 4, 2, 12, 1), pacific(2026, 4, 8, 12, 1)),  # Good Friday; Easter Monday is a working day
    ],
)
def test_a_promise_in_working_time_skips_weekends_and_the_province_s_holidays(start: datetime, due: datetime) -> None:
    assert three_days().due_at(start.astimezone(UTC)) == due


@pytest.mark.threat("T57")
def test_the_holidays_are_the_province_s_own() -> None:
    assert date(2026, 2, 16) in days_off("BC", 2026)
    assert date(2026, 2, 16) not in days_off("QC", 2026)
    assert date(2027, 12, 27) in days_off("BC", 2027), "Christmas on a Saturday is observed on the Monday"
    bare = WorkingTime.model_validate(OFFICE | {"holidays": None})
    assert add_working_time(pacific(2026, 11, 11, 8, 30), timedelta(hours=1), bare, PACIFIC) == pacific(
        2026, 11, 11, 9, 30
    )


@pytest.mark.threat("T57")
def test_what_leads_up_to_a_promise_is_counted_as_the_promise_is() -> None:
    programme = three_days()
    friday = pacific(2026, 11, 6, 14, 30)
    assert programme.later(friday, timedelta(hours=4)) == pacific(2026, 11, 9, 10, 30)
    assert programme.earlier(pacific(2026, 11, 9, 10, 30), timedelta(hours=4)) == friday
    assert vancouver().later(friday, timedelta(hours=4)) == friday + timedelta(hours=4)
    assert vancouver().earlier(friday, timedelta(hours=4)) == friday - timedelta(hours=4)


minutes = st.integers(min_value=0, max_value=60 * 24 * 400)


@pytest.mark.threat("T57")
@given(start=minutes, span=st.integers(min_value=1, max_value=3000))
def test_working_time_there_and_back_is_the_same_time(start: int, span: int) -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    due = add_working_time(began, timedelta(minutes=span), WEEK, PACIFIC)
    back = take_working_time(due, timedelta(minutes=span), WEEK, PACIFIC)
    assert back >= began
    assert add_working_time(back, timedelta(minutes=span), WEEK, PACIFIC) == due


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        (pacific(2026, 11, 2, 19, 59), None),
        (pacific(2026, 11, 2, 20, 0), pacific(2026, 11, 3, 8, 0)),
        (pacific(2026, 11, 3, 0, 30), pacific(2026, 11, 3, 8, 0)),
        (pacific(2026, 11, 3, 7, 59), pacific(2026, 11, 3, 8, 0)),
        (pacific(2026, 11, 3, 8, 0), None),
    ],
)
def test_quiet_hours_are_on_the_reader_s_own_clock(local: datetime, ends: datetime | None) -> None:
    assert quiet_until(NIGHT, "America/Vancouver", local.astimezone(UTC)) == ends


def test_noon_in_the_west_is_no_noon_in_the_east() -> None:
    evening = datetime(2026, 11, 2, 17, tzinfo=PACIFIC)
    assert quiet_until(NIGHT, "America/Vancouver", evening) is None
    assert quiet_until(NIGHT, "America/Halifax", evening) == datetime(
        2026, 11, 3, 8, tzinfo=ZoneInfo("America/Halifax")
    )


def test_quiet_hours_can_lie_within_a_day_or_be_none() -> None:
    noon = QuietHours(begins=time(12), ends=time(13, 30))
    assert quiet_until(noon, "America/Vancouver", pacific(2026, 11, 2, 12, 0)) == pacific(2026, 11, 2, 13, 30)
    assert quiet_until(noon, "America/Vancouver", pacific(2026, 11, 2, 13, 30)) is None
    never = QuietHours(begins=time(8), ends=time(8))
    assert all(quiet_until(never, "America/Vancouver", pacific(2026, 11, 2, hour)) is None for hour in range(24))


@pytest.mark.threat("T53")
@given(minute=minutes, ends=st.integers(min_value=0, max_value=23 * 60 + 59))
def test_quiet_hours_always_end_later_also_where_clocks_change(minute: int, ends: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    quiet = QuietHours(begins=time(20), ends=time(ends // 60, ends % 60))
    until = quiet_until(quiet, "America/Glace_Bay", now)
    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        assert until.astimezone(ATLANTIC).time() >= quiet.ends or until.astimezone(ATLANTIC).dst() is not None
