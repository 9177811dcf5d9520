"""An instant in words: as Babel writes it for Canada, with the place's own label and the offset."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_datetime

from handlers import ids
from handlers.i18n import LANGUAGES
from tests.front.screen import words as words_of
from tests.front.stage import Stage, texts
from tests.rules.world import ADA, World, vancouver

PATTERNS = {"en": ("EEEE d MMMM, HH:mm", "en_CA"), "fr": ("EEEE d MMMM, H 'h' mm", "fr_CA")}


@pytest.mark.req("G23")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("zone", ["America/Vancouver", "America/St_Johns"])
def test_an_instant_reads_as_babel_writes_it(language: str, zone: str) -> None:
    pattern, locale = PATTERNS[language]
    t = texts().in_language(language)
    for number in range(400):
        instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=23 * number, minutes=7 * number)
        local = instant.astimezone(ZoneInfo(zone))
        words = t.when(instant, zone, "Place time")
        assert words.startswith(f"{format_datetime(local, pattern, locale=locale)} Place time, UTC")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_reads_as_babel_writes_it(language: str, month: int) -> None:
    words = texts().in_language(language).month(month, 2026)
    assert words == format_date(date(2026, month, 1), "LLLL y", locale=PATTERNS[language][1])


@pytest.mark.req("G23")
def test_the_offset_follows_the_clocks() -> None:
    t = texts().in_language("en")
    summer, winter = datetime(2026, 7, 3, 16, 5, tzinfo=UTC), datetime(2026, 12, 3, 16, 5, tzinfo=UTC)
    assert t.when(summer, "America/Halifax", "Halifax time") == "Friday 3 July, 13:05 Halifax time, UTC\u221203:00"
    assert t.when(winter, "America/Halifax", "Halifax") == "Thursday 3 December, 12:05 Halifax, UTC\u221204:00"
    fr = texts().in_language("fr")
    assert fr.when(winter, "America/Vancouver", "heure de Vancouver").startswith("jeudi 3 décembre, ")
    assert fr.when(summer, "America/Vancouver", "heure de Vancouver").startswith("vendredi 3 juillet, 9 h 05 heure")


@pytest.mark.req("G24")
def test_a_reader_elsewhere_reads_their_own_time_as_well_where_their_clock_differs_then() -> None:
    noon, late = datetime(2026, 12, 3, 19, 0, tzinfo=UTC), datetime(2026, 12, 4, 4, 30, tzinfo=UTC)
    vancouver = ("America/Vancouver", "Vancouver time")
    plain = "Thursday 3 December, 12:00 Vancouver time, UTC\u221207:00"
    for zone, words in (
        ("America/Halifax", f"{plain} (15:00 where you are)"),
        ("America/St_Johns", f"{plain} (15:30 where you are)"),
        ("America/Edmonton", f"{plain} (13:00 where you are)"),
        ("America/Vancouver", plain),
        ("America/Whitehorse", plain),
        ("Nowhere/At_All", plain),
        ("../etc/passwd", plain),
        (None, plain),
    ):
        assert texts().read_in(zone).in_language("en").when(noon, *vancouver, yours=True) == words
    halifax = texts().read_in("America/Halifax")
    night = halifax.in_language("fr").when(late, "America/Vancouver", "heure de Vancouver", yours=True)
    assert night.endswith("UTC\u221207:00 (vendredi 4 décembre, 0 h 30 là où vous êtes)")
    assert halifax.in_language("en").when(noon, *vancouver) == plain, "only where it is wanted"


@pytest.mark.req("U50", "G24")
@pytest.mark.parametrize("shown", [True, False])
async def test_home_and_every_page_say_the_time_where_the_reader_is_if_the_programme_wants_it(shown: bool) -> None:
    programme = vancouver()
    programme = programme.model_copy(update={"clock": programme.clock.model_copy(update={"show_viewer_time": shown})})
    stage = Stage(World(programme=programme))
    await stage.world.opens()
    robin = stage.person("U0ROBIN", tz="America/Halifax", locale="en-CA")
    ada = stage.person(ADA.user, tz="America/Toronto", locale="fr-CA")
    await robin.opens_home()
    assert ("18:00 where you are" in words_of(robin.home)) is shown
    await robin.presses(ids.CHANGE, on_home=True)
    assert "where you are" not in robin.sees, "a form says no time"
    await ada.opens_home()
    assert ("17 h 00 là où vous êtes" in words_of(ada.home)) is shown
    await ada.presses(ids.OPEN_SHEET, on_home=True)
    assert ("17 h 00 là où vous êtes" in ada.sees) is shown
