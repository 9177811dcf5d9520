"""The Thriving programme's file: whom it serves, its series, its course, its column."""

from datetime import datetime

import pytest

from bot.programmes import load_programmes, load_resources
from peersupport.programme import Programme
from peersupport.programme_parts import Doorway
from peersupport.programme_sessions import Session
from tests.front.programme_folder import FOLDER, PEOPLE, RESOURCES

THRIVING = "thriving"


@pytest.fixture(scope="module")
def thriving() -> Programme:
    return load_programmes(FOLDER, RESOURCES, people={THRIVING: PEOPLE}, only={THRIVING})[THRIVING]


def session(programme: Programme, name: str) -> Session:
    return next(each for each in programme.sessions if each.id == name)


@pytest.mark.req("T1")
def test_four_roles_are_served_and_the_others_are_led_elsewhere(thriving: Programme) -> None:
    assert [role.id for role in thriving.eligibility.roles if role.eligible] == [
        "physician",
        "resident",
        "nurse_practitioner",
        "midwife",
    ]
    others = [role for role in thriving.eligibility.roles if not role.eligible]
    assert [role.to for role in others] == [("impact_voicemail", "care_to_speak"), ("care_to_speak",)]
    assert all(role.note for role in others)


def test_its_doors_are_sessions_courses_and_the_column(thriving: Programme) -> None:
    assert thriving.doors_enabled() == (Doorway.SESSIONS, Doorway.COURSES, Doorway.COLUMN)
    assert [thriving.request, thriving.promises, thriving.timers, thriving.matching] == [None] * 4


@pytest.mark.req("T3", "T8")
def test_the_series_is_monthly_free_without_places_and_its_dates_are_to_come(thriving: Programme) -> None:
    series = session(thriving, "providers-thriving-together")
    assert (series.kind, series.repeats, series.cost) == ("drop_in_series", "FREQ=MONTHLY;BYDAY=3TH", "free")
    assert (series.capacity, series.minimum, series.formats) == (None, None, ("large_group", "small_groups"))
    assert series.alias
    assert series.presenters
    assert series.starts is not None
    assert series.starts >= datetime(2026, 11, 1)  # noqa: DTZ001 - a wall time


@pytest.mark.req("T12")
def test_the_course_has_eight_weekly_classes_of_two_hours_twelve_places_and_asks_for_all(thriving: Programme) -> None:
    course = session(thriving, "compassion-cultivation-training")
    assert (course.kind, course.repeats, course.minutes) == ("course", "FREQ=WEEKLY;BYDAY=TU;COUNT=8", 120)
    assert (course.capacity, course.minimum, course.waitlist, course.all_dates) == (12, 10, True, True)
    assert course.host is not None
    assert course.starts is not None
    assert course.enrol_opens is not None
    assert course.enrol_closes is not None
    assert course.enrol_opens < course.enrol_closes < course.starts


@pytest.mark.req("T17")
def test_the_writing_workshop_is_only_thought_of(thriving: Programme) -> None:
    workshop = session(thriving, "reflective-writing")
    assert (workshop.planned, workshop.starts, workshop.roles) == (True, None, ("physician",))


@pytest.mark.req("T18", "T19")
def test_the_column_stands_where_the_library_says(thriving: Programme) -> None:
    assert thriving.column is not None
    assert thriving.column.pitches
    assert (load_resources(RESOURCES)[thriving.column.read_at].url or "").startswith("https://")
