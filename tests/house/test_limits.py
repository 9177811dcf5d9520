"""Whatever Slack bounds fits in both languages, with the longest that may be filled in."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from handlers.i18n import LANGUAGES
from tests.house.limits import CHOICE, LABEL, TITLE, Tracer, Use
from tests.house.test_texts import everything

LONGEST = {
    "when": len("mercredi 30 septembre, 23 h 59 heure de Glace Bay, UTC-03:00"),
    "said": len("retards : 10000 · ") * 6,
    "name": 75,
    "answer": len("Plutôt pas pour moi"),
    "reference": len("K7-4Q2M"),
    "quarter": 1,
    "year": 4,
}
"""The most characters of what is filled in; whatever else is filled in is a number."""
NUMBER = 5


@pytest.fixture(scope="module")
def uses() -> set[Use]:
    """Give every use of a text where Slack bounds it."""
    return Tracer().uses


def keys(use: Use, known: set[str]) -> set[str]:
    """Return every text that a use may show."""
    form = re.compile(re.escape(use.key).replace(r"\*", "[^.]+") + r"(\.one|\.other)?")
    return {key for key in known if form.fullmatch(key)}


def longest(text: str) -> int:
    """Return how long a text becomes with the longest that may be filled in."""
    blanks = sum(LONGEST.get(name, NUMBER) for _, name, _, _ in Formatter().parse(text) if name is not None)
    return blanks + sum(len(words) for words, _, _, _ in Formatter().parse(text))


@pytest.mark.req("G30")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_title_choice_and_question_fits_at_its_longest(uses: set[Use], language: str) -> None:
    texts = everything(language)
    known = set(texts)
    too_long = {
        f"{key} ({longest(texts[key])} of {use.most}, {use.place})"
        for use in uses
        for key in keys(use, known)
        if longest(texts[key]) > use.most
    }
    assert too_long == set()


def test_it_follows_texts_through_other_functions_variables_and_forms(uses: set[Use]) -> None:
    found = {(use.key, use.most) for use in uses}
    assert {
        ("check_ins.again", CHOICE),
        ("check_ins.days.*", CHOICE),
        ("check_ins.title", TITLE),
        ("informal.hard_shift", TITLE),
        ("informal.hard_shift", LABEL),
        ("listings.remove_means", 300),
        ("listings.times_a_week", CHOICE),
        ("queue.until", CHOICE),
    } <= found
    known = set(everything("en"))
    assert [use for use in uses if not keys(use, known)] == []
    assert {key.partition(".")[0] for key, _ in found} >= {
        "announcements", "cafe", "check_ins", "column", "informal", "listings", "organise", "presenting", "sessions",
        "services",
    }  # fmt: skip
