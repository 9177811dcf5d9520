"""An instant in words: as Babel writes it for Canada, with the place's own label and the offset."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_datetime

from handlers.i18n import LANGUAGES
from tests.front.stage import texts

PATTERNS = {"en": ("EEEE d MMMM, HH:mm", "en_CA"), "fr": ("EEEE d MMMM, H 'h' mm", "fr_CA")}


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


def test_the_offset_follows_the_clocks() -> None:
    t = texts().in_language("en")
    summer, winter = datetime(2026, 7, 3, 16, 5, tzinfo=UTC), datetime(2026, 12, 3, 16, 5, tzinfo=UTC)
    assert t.when(summer, "America/Halifax", "Halifax time") == "Friday 3 July, 13:05 Halifax time, UTC\u221203:00"
    assert t.when(winter, "America/Halifax", "Halifax") == "Thursday 3 December, 12:05 Halifax, UTC\u221204:00"
    fr = texts().in_language("fr")
    assert fr.when(winter, "America/Vancouver", "heure de Vancouver").startswith("jeudi 3 décembre, ")
    assert fr.when(summer, "America/Vancouver", "heure de Vancouver").startswith("vendredi 3 juillet, 9 h 05 heure")
