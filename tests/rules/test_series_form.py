"""What an organiser types about a series, how it repeats, and how the time of a date goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from peersupport.dates import dates_of
from peersupport.rhythm import LAST, Repeats, Rhythm, read, rule
from peersupport.series import Series, SeriesState
from peersupport.series_form import COURSE, SINGLE, Draft, Fault, Part, check, draft_of, made_of, with_words
from tests.rules.world import vancouver

wall = datetime.fromisoformat
NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
FIRST = wall("2026-12-17T19:15")
SOUND = Draft("Evenings", "Soirées", first=FIRST, zone="America/Vancouver")
ID = UUID(int=5)


def made(**fields: Any) -> Series:
    return made_of(vancouver(), replace(SOUND, **fields), ID)


def faults(**fields: Any) -> dict[Part, Fault]:
    return dict(check(vancouver(), replace(SOUND, **fields), NOW))


@pytest.mark.req("T3", "G21")
@pytest.mark.parametrize(
    ("rhythm", "first", "second"),
    [
        (Rhythm.WEEKLY, "2026-12-17", "2026-12-24"),
        (Rhythm.FORTNIGHTLY, "2026-12-17", "2026-12-31"),
        (Rhythm.MONTHLY, "2026-12-17", "2027-01-21"),
        (Rhythm.MONTHLY, "2026-12-31", "2027-01-28"),
    ],
)
def test_a_choice_is_a_rule_and_reads_back_as_the_choice(rhythm: Rhythm, first: str, second: str) -> None:
    begins = wall(f"{first}T19:15")
    series = made(rhythm=rhythm, first=begins)
    met = dates_of(series, date(2026, 12, 1), date(2027, 2, 28))
    assert met[:2] == (begins, wall(f"{second}T19:15"))
    found = read(series.repeats, begins)
    assert found is not None
    assert found == Repeats(rhythm, 3, found.place)
    limited = made(rhythm=rhythm, first=begins, times=3)
    assert len(dates_of(limited, date(2026, 12, 1), date(2028, 1, 1))) == 3
    assert read(limited.repeats, begins) == Repeats(rhythm, 3, found.place, 3)


@pytest.mark.req("T3")
def test_rules_of_a_file_are_read_where_they_say_no_more() -> None:
    assert read("FREQ=MONTHLY;BYDAY=3TH", FIRST) == Repeats(Rhythm.MONTHLY, 3, 3)
    assert read("FREQ=WEEKLY;BYDAY=TU;COUNT=8", wall("2027-01-12T18:00")) == Repeats(Rhythm.WEEKLY, 1, 0, 8)
    assert read("FREQ=WEEKLY", FIRST) == Repeats(Rhythm.WEEKLY, 3)
    assert read(None, FIRST) == Repeats(Rhythm.ONCE, 3)
    for more in ("FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=MONTHLY;BYMONTHDAY=17", "FREQ=WEEKLY;UNTIL=20270101T000000"):
        assert read(more, FIRST) is None
    assert rule(Rhythm.MONTHLY, wall("2026-12-31T19:15")) == f"FREQ=MONTHLY;BYDAY={LAST}TH"


@pytest.mark.req("T3", "T12")
@pytest.mark.parametrize(
    ("fields", "part", "fault"),
    [
        ({"title_en": " ", "title_fr": ""}, Part.TITLE, Fault.MISSING),
        ({"first": None}, Part.FIRST, Fault.MISSING),
        ({"first": wall("2026-11-24T09:00")}, Part.FIRST, Fault.PAST),
        ({"zone": "Europe/Paris"}, Part.ZONE, Fault.UNKNOWN),
        ({"minutes": -1}, Part.MINUTES, Fault.NOT_A_NUMBER),
        ({"minutes": None}, Part.MINUTES, Fault.NOT_A_NUMBER),
        ({"capacity": 0}, Part.CAPACITY, Fault.NOT_A_NUMBER),
        ({"capacity": 4, "minimum": 5}, Part.MINIMUM, Fault.ABOVE_PLACES),
        ({"times": 4}, Part.TIMES, Fault.NOT_ONCE),
        ({"rhythm": Rhythm.WEEKLY, "times": 61}, Part.TIMES, Fault.TOO_MANY),
        ({"rhythm": Rhythm.WEEKLY, "times": -1}, Part.TIMES, Fault.NOT_A_NUMBER),
        ({"kind": COURSE}, Part.CAPACITY, Fault.NO_PLACES),
        ({"kind": COURSE, "capacity": 12, "rhythm": Rhythm.WEEKLY}, Part.TIMES, Fault.MISSING),
        ({"kind": COURSE, "capacity": 12, "minimum": 10}, Part.CLOSES, Fault.MISSING),
        ({"closes": wall("2026-12-18T09:00")}, Part.CLOSES, Fault.AFTER_START),
        ({"kind": "external_registration_"}, Part.KIND, Fault.UNKNOWN),
    ],
)
def test_what_is_wrong_is_said_at_its_part(fields: dict[str, Any], part: Part, fault: Fault) -> None:
    assert faults(**fields)[part] is fault


@pytest.mark.req("T3", "T17")
def test_a_sound_form_makes_a_series_and_is_filled_by_it_again() -> None:
    assert faults() == {}
    series = made(rhythm=Rhythm.WEEKLY, times=8, kind=COURSE, capacity=12, alias=True, title_fr="")
    assert (series.title_fr, series.all_dates, series.state) == ("Evenings", True, SeriesState.OPEN)
    again = draft_of(series)
    assert made_of(vancouver(), again, ID) == series
    assert draft_of(series, copied=True).first is None
    planned = made(first=None, planned=True)
    assert (planned.state, planned.starts, planned.repeats) == (SeriesState.PLANNED, None, None)
    assert made().kind == SINGLE


@pytest.mark.req("T13")
def test_no_fewer_places_than_are_taken() -> None:
    series = made(capacity=12)
    draft = replace(draft_of(series), capacity=10)
    assert dict(check(vancouver(), draft, NOW, before=series, held=11)) == {Part.CAPACITY: Fault.TOO_FEW}
    assert check(vancouver(), draft, NOW, before=series, held=10) == ()
    assert with_words(series, draft).capacity == 10
