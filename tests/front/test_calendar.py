"""Dates for one's own calendar: two readers that know nothing of each other find the same instants in the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from handlers import calendar
from handlers.calendar import Appointment
from peersupport import schedule
from peersupport.series import Series, SeriesState

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
ZONES = ("America/Vancouver", "America/Regina", "America/Glace_Bay", "America/Toronto", "America/St_Johns")
TITLE = "Rencontre, soirée; « au bord de l'eau » \\ " + "é" * 60
Instants = set[tuple[datetime, datetime]]


def evenings(zone: str) -> list[Appointment]:
    """Return two years of Mondays at a quarter past seven on the wall."""
    wall = datetime(2026, 10, 5, 19, 15)  # noqa: DTZ001 - the time on the wall
    series = Series(
        UUID(int=7), "thriving", None, "drop_in_series", SeriesState.OPEN, "Evenings", "Soirées", "", "", wall, zone,
        repeats="FREQ=WEEKLY;BYDAY=MO",
    )  # fmt: skip
    found = schedule.dates(series, (), date(2026, 10, 1), date(2028, 10, 1))
    return [calendar.appointment(series, each) for each in found]


def on_the_wall(zone: str) -> Instants:
    """Return the same instants as the zone itself tells them."""
    first, found = date(2026, 10, 5).toordinal(), set()
    for number in range(105):
        day = date.fromordinal(first + 7 * number)
        if day <= date(2028, 10, 1):
            starts = datetime.combine(day, time(19, 15), ZoneInfo(zone)).astimezone(UTC)
            found.add((starts, starts + timedelta(minutes=60)))
    return found


def read_by_one(text: str) -> Instants:
    """Read a file with icalendar."""
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return {(each.decoded("dtstart").astimezone(UTC), each.decoded("dtend").astimezone(UTC)) for each in events}


def read_by_another(text: str) -> Instants:
    """Read a file with vobject."""
    events = vobject.readOne(text).vevent_list
    return {(each.dtstart.value.astimezone(UTC), each.dtend.value.astimezone(UTC)) for each in events}


@pytest.mark.req("G21", "U30")
@pytest.mark.threat("T54")
@pytest.mark.parametrize("zone", ZONES)
def test_two_readers_find_the_instants_of_the_wall_in_the_file(zone: str) -> None:
    text = calendar.file(TITLE, evenings(zone), NOW)
    assert read_by_one(text) == read_by_another(text) == on_the_wall(zone)
    assert len(on_the_wall(zone)) == 104


@pytest.mark.req("G7")
@pytest.mark.threat("T28")
def test_the_file_invites_nobody_and_reads_back_as_it_was_written() -> None:
    one, other = evenings("America/Vancouver")[:2]
    text = calendar.file(TITLE, [one, replace(other, off=True)], NOW)
    [first, second] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert str(first["summary"]) == TITLE == vobject.readOne(text).vevent_list[0].summary.value
    assert (str(first["status"]), str(second["status"])) == ("CONFIRMED", "CANCELLED")
    assert set(first) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "CLASS", "TRANSP"}
    assert first["uid"] != second["uid"]
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "TZID" not in text
    again = calendar.file("Meeting", [one], NOW + timedelta(days=3))
    assert icalendar.Calendar.from_ical(again).walk("VEVENT")[0]["uid"] == first["uid"], (
        "it changes, and is not doubled"
    )


@pytest.mark.req("G21")
@pytest.mark.threat("T54")
@pytest.mark.parametrize(("zone", "october", "november"), [("America/Vancouver", 7, 7), ("America/Glace_Bay", 3, 4)])
def test_the_links_say_the_instants_on_both_sides_of_a_change_of_clocks(zone: str, october: int, november: int) -> None:
    before, after = evenings(zone)[3:5]
    for appointment, away in ((before, october), (after, november)):
        links = {name: parse_qs(urlsplit(url).query) for name, url in calendar.links("Meeting", appointment)}
        starts = datetime.fromisoformat(links["outlook"]["startdt"][0])
        assert links["outlook_home"]["startdt"] == links["outlook"]["startdt"]
        assert links["google"]["dates"][0].startswith(f"{starts:%Y%m%dT%H%M%SZ}/")
        assert starts.astimezone(ZoneInfo(zone)).strftime("%a %H:%M") == "Mon 19:15"
        assert (starts.hour, starts.minute) == ((19 + away) % 24, 15)
        assert not {"add", "attendees", "to", "cc"} & {key for query in links.values() for key in query}
