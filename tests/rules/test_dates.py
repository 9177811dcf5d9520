"""When a session meets, on its own wall clock, and what is asked about a date that falls on a public holiday."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.doctor import holidays_ahead
from peersupport.dates import dates_of, on_holidays
from peersupport.programme_sessions import Session
from tests.rules.world import vancouver

wall = datetime.fromisoformat
MONDAYS = vancouver().sessions[0]
# The second Wednesday of a month at noon, as a department's meeting may be.
CAFE = MONDAYS.model_copy(
    update={"starts": wall("2026-10-14T12:00:00"), "repeats": "FREQ=MONTHLY;BYDAY=2WE", "holidays": "NS"}
)
REMEMBRANCE = wall("2026-11-11T12:00:00")
AUTUMN = (date(2026, 10, 1), date(2026, 12, 31))


def changed(**fields: object) -> Session:
    return CAFE.model_copy(update=fields)


@pytest.mark.req("G21")
def test_a_rule_keeps_its_time_on_the_wall_through_every_change_of_clocks() -> None:
    met = dates_of(MONDAYS, date(2026, 11, 2), date(2028, 11, 1))
    assert len(met) == 105
    assert {moment.strftime("%a %H:%M") for moment in met} == {"Mon 19:15"}
    instants = {moment.replace(tzinfo=ZoneInfo("America/Glace_Bay")).astimezone(UTC).hour for moment in met}
    assert instants == {22, 23}


def test_a_moved_date_is_met_once_at_its_new_time_and_a_skipped_one_never() -> None:
    moved = changed(not_on=(REMEMBRANCE,), also_on=(wall("2026-11-18T12:00:00"),))
    assert [moment.day for moment in dates_of(moved, *AUTUMN)] == [14, 18, 9]
    assert [moment.day for moment in dates_of(changed(not_on=(REMEMBRANCE,)), *AUTUMN)] == [14, 9]
    assert dates_of(changed(repeats=None), *AUTUMN) == (CAFE.starts,)


@pytest.mark.req("G25")
def test_a_date_on_a_holiday_is_asked_about_until_it_is_kept_moved_or_skipped() -> None:
    assert on_holidays(CAFE, *AUTUMN) == ((REMEMBRANCE, "Remembrance Day"),)
    assert on_holidays(changed(kept_on=(REMEMBRANCE,)), *AUTUMN) == ()
    assert on_holidays(changed(not_on=(REMEMBRANCE,)), *AUTUMN) == ()
    # Moved onto another holiday, it is asked about again.
    unlucky = changed(not_on=(REMEMBRANCE,), also_on=(wall("2026-12-25T12:00:00"),))
    assert [(moment.month, moment.day) for moment, _ in on_holidays(unlucky, *AUTUMN)] == [(12, 25)]
    assert on_holidays(changed(holidays=None), *AUTUMN) == ()


@pytest.mark.req("G25")
def test_the_doctor_asks_the_organiser_in_words_that_say_what_to_write() -> None:
    [asked] = holidays_ahead(vancouver(sessions=[CAFE]), date(2026, 10, 1))
    assert "meets on Wednesday 11 November 2026, which is Remembrance Day." in asked.sentence
    assert 'put "2026-11-11T12:00:00" into kept_on' in asked.sentence
    assert not list(holidays_ahead(vancouver(sessions=[CAFE]), date(2026, 11, 12)))
