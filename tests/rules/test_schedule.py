"""When a series meets: wall times that stay, instants that follow the law, dates added, moved and skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from handlers.i18n import Texts
from handlers.views.session_times import begins
from peersupport import schedule
from peersupport.schedule import Meeting
from tests.rules.world import vancouver
from tests.rules.zone_files import folder_of_zones, put

wall = datetime.fromisoformat
ID, FIRST = UUID(int=7), wall("2026-10-12T19:15:00")
NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Series:
    id: UUID = ID
    zone: str = "America/Vancouver"
    starts: datetime | None = FIRST
    repeats: str | None = "FREQ=WEEKLY;BYDAY=MO"
    also_on: tuple[datetime, ...] = ()
    not_on: tuple[datetime, ...] = ()
    kept_on: tuple[datetime, ...] = ()
    holidays: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    on: datetime
    moved_to: datetime | None = None
    state: str = schedule.PLANNED


@pytest.fixture
def zones(tmp_path: Path) -> Iterator[Path]:
    with folder_of_zones(tmp_path) as folder:
        yield folder


def offset(series: Series, at: str) -> float:
    local = wall(at)
    return (local - schedule.instant_of(local, series.zone).replace(tzinfo=None)) / timedelta(hours=1)


@pytest.mark.req("G21", "G22")
@pytest.mark.threat("T54")
@pytest.mark.parametrize(
    ("zone", "october", "november", "february", "march"),
    [
        ("America/Vancouver", -7, -7, -7, -7),
        ("America/Regina", -6, -6, -6, -6),
        ("America/Glace_Bay", -3, -4, -4, -3),
        ("America/Halifax", -3, -4, -4, -3),
        ("America/Toronto", -4, -5, -5, -4),
        ("America/St_Johns", -2.5, -3.5, -3.5, -2.5),
    ],
)
def test_the_clocks_change_where_they_do_and_stay_where_they_stay(
    zone: str, october: float, november: float, february: float, march: float
) -> None:
    series = Series(zone=zone)
    assert offset(series, "2026-10-31T19:15") == october
    assert offset(series, "2026-11-01T19:15") == november
    assert offset(series, "2027-03-13T19:15") == february
    assert offset(series, "2027-03-15T19:15") == march


@pytest.mark.req("G21")
@pytest.mark.threat("T54")
@pytest.mark.parametrize(
    "zone", ["America/Vancouver", "America/Glace_Bay", "America/Toronto", "America/Regina", "America/St_Johns"]
)
def test_a_quarter_past_seven_stays_so_for_two_years(zone: str) -> None:
    series = Series(zone=zone)
    met = schedule.dates(series, (), date(2026, 10, 12), date(2028, 10, 12))
    assert len(met) == 105
    on_the_wall = {schedule.instant(series, each).astimezone(ZoneInfo(zone)).strftime("%a %H:%M") for each in met}
    assert on_the_wall == {"Mon 19:15"}
    reminders = {schedule.before(series, each, timedelta(days=1)).astimezone(ZoneInfo(zone)) for each in met}
    assert {each.strftime("%a %H:%M") for each in reminders} == {"Sun 19:15"}


@pytest.mark.req("G21", "U53")
@pytest.mark.threat("T54")
def test_a_session_made_before_a_change_of_law_keeps_its_time_on_the_wall(zones: Path) -> None:
    series, december = Series(), Meeting(UUID(int=1), wall("2026-12-07T19:15"))
    put(zones, "America/Vancouver", "America/Los_Angeles")
    assert schedule.instant(series, december) == datetime(2026, 12, 8, 3, 15, tzinfo=UTC)
    t = Texts.load().in_language("en")
    before = begins(series, december, vancouver(), t)
    assert before.startswith("Monday 7 December, 19:15 ")
    assert before.endswith("UTC\u221208:00")
    put(zones, "America/Vancouver", "America/Vancouver")
    assert schedule.instant(series, december) == datetime(2026, 12, 8, 2, 15, tzinfo=UTC)
    after = begins(series, december, vancouver(), t)
    assert after.startswith("Monday 7 December, 19:15 ")
    assert after.endswith("UTC\u221207:00")
    assert not {"PST", "PDT", "MST", "GMT"} & set(after.replace(",", " ").split())


@pytest.mark.req("G21")
def test_a_time_that_a_change_of_clocks_leaves_out_or_doubles_is_taken_as_the_calendar_standard_says() -> None:
    halifax = Series(zone="America/Halifax")
    left_out, twice = Meeting(UUID(int=1), wall("2027-03-14T02:30")), Meeting(UUID(int=2), wall("2026-11-01T01:30"))
    assert schedule.instant(halifax, left_out) == datetime(2027, 3, 14, 6, 30, tzinfo=UTC), "03:30 on the wall"
    assert schedule.instant(halifax, twice) == datetime(2026, 11, 1, 4, 30, tzinfo=UTC), "the first of the two"
    # An hour before is an hour, also over the change; a day before is the same time on the wall.
    after = Meeting(UUID(int=3), wall("2027-03-14T03:00"))
    assert schedule.instant(halifax, after) - schedule.before(halifax, after, timedelta(hours=1)) == timedelta(hours=1)
    assert schedule.before(halifax, after, timedelta(days=1)) == datetime(2027, 3, 13, 7, 0, tzinfo=UTC)
    both = schedule.before(halifax, after, timedelta(days=1, hours=2))
    assert both == datetime(2027, 3, 13, 5, 0, tzinfo=UTC)


@pytest.mark.req("T3", "G21")
def test_dates_are_added_moved_and_skipped_and_keep_their_names() -> None:
    series = Series(also_on=(wall("2026-10-21T19:15"),), not_on=(wall("2026-11-02T19:15"),))
    rows = (
        Row(wall("2026-10-19T19:15"), wall("2026-10-22T18:00")),
        Row(wall("2026-10-26T19:15"), state="skipped"),
        Row(wall("2026-11-09T19:15"), state="cancelled"),
        Row(wall("2026-10-13T19:15"), state="planned"),
    )
    met = schedule.dates(series, rows, date(2026, 10, 1), date(2026, 11, 20))
    assert [(each.at.day, each.state) for each in met] == [
        (12, "planned"), (21, "planned"), (22, "planned"), (26, "skipped"), (9, "cancelled"), (16, "planned")
    ]  # fmt: skip
    assert met[2].id == schedule.date_id(series.id, wall("2026-10-19T19:15"))
    found = schedule.find(series, rows, met[2].id)
    assert found == met[2]
    assert schedule.find(series, rows, UUID(int=3)) is None
    # Moved in from elsewhere, and what was held though the rule has changed since.
    far = (Row(wall("2027-01-04T19:15"), wall("2026-10-30T19:15")), Row(wall("2026-10-15T12:00"), state="held"))
    days = [each.at.day for each in schedule.dates(series, far, date(2026, 10, 13), date(2026, 10, 31))]
    assert days == [15, 19, 21, 26, 30]


def test_the_next_the_latest_and_the_last_date() -> None:
    series = Series()
    rows = (Row(wall("2026-10-12T19:15"), state="cancelled"),)
    upcoming = schedule.next_date(series, rows, NOW)
    assert upcoming is not None
    assert upcoming.at == wall("2026-10-19T19:15")
    assert [each.at.day for each in schedule.coming(series, rows, NOW, limit=3)] == [19, 26, 2]
    assert schedule.latest(series, rows, NOW) is None
    latest = schedule.latest(series, rows, datetime(2026, 10, 20, 2, 15, tzinfo=UTC))
    assert latest is not None
    assert latest.at.day == 19, "19:15 in Vancouver is the next day in UTC"
    assert schedule.last_date(series, rows) is None
    assert schedule.whole(series, rows) == ()
    course = Series(repeats="FREQ=WEEKLY;COUNT=8")
    assert len(schedule.whole(course, ())) == 8
    last = schedule.last_date(course, (Row(wall("2026-11-30T19:15"), state="skipped"),))
    assert last is not None
    assert last.at == wall("2026-11-23T19:15")
    once = Series(repeats=None)
    assert [each.at for each in schedule.whole(once, ())] == [once.starts]
    assert schedule.next_date(once, (), datetime(2027, 1, 1, tzinfo=UTC)) is None
    assert schedule.coming(Series(starts=None, repeats=None), (), NOW) == ()


@pytest.mark.req("G25")
def test_a_date_on_a_holiday_is_asked_about_until_it_is_kept_moved_or_skipped_in_the_app() -> None:
    second = wall("2026-11-11T12:00")
    cafe = Series(
        zone="America/Halifax", starts=wall("2026-10-14T12:00"), repeats="FREQ=MONTHLY;BYDAY=2WE", holidays="NS"
    )
    autumn = (date(2026, 10, 1), date(2026, 12, 31))
    [(asked, name)] = schedule.on_holidays(cafe, (), *autumn)
    assert (asked.on, name) == (second, "Remembrance Day")
    for row in (Row(second, wall("2026-11-18T12:00")), Row(second, state="skipped"), Row(second, state="cancelled")):
        assert schedule.on_holidays(cafe, (row,), *autumn) == ()
    [(again, name)] = schedule.on_holidays(cafe, (Row(second, wall("2026-12-25T12:00")),), *autumn)
    assert (again.on, name) == (second, "Christmas Day")
    kept = Series(zone=cafe.zone, starts=cafe.starts, repeats=cafe.repeats, holidays="NS", kept_on=(second,))
    assert schedule.on_holidays(kept, (), *autumn) == ()


@pytest.mark.req("G23", "G24")
def test_a_time_in_words_names_its_place_and_the_reader_s_own_and_never_an_abbreviation() -> None:
    programme, meeting = vancouver(), Meeting(UUID(int=1), wall("2026-12-07T19:15"))
    t = Texts.load().read_in("America/Edmonton").in_language("en")
    assert begins(Series(), meeting, programme, t).endswith("UTC\u221207:00 (20:15 where you are)")
    assert begins(Series(), meeting, programme, t, yours=False).endswith("UTC\u221207:00")
    there = begins(Series(zone="America/Glace_Bay"), meeting, programme, Texts.load().in_language("fr"))
    assert there == "lundi 7 décembre, 19 h 15 Glace Bay, UTC\u221204:00"
