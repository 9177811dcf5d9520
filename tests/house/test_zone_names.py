"""G23: no time carries an abbreviation of its zone, which two zones may share and a change of law makes wrong."""

from __future__ import annotations

import ast
import re

import pytest

from handlers.i18n import LANGUAGES
from tests.house.source import HOUSE, ROOT, sources
from tests.house.test_texts import everything

pytestmark = pytest.mark.req("G23")

ABBREVIATION = re.compile(r"\b(?:[PMCEAN][SD]T|GMT|H[NA][PRCEAT])\b")
HEADINGS = {"mydata.group.stands", "mydata.group.erased"}
"""Written in capitals, in which a French "est" looks like one."""
FORMATS = re.compile(r"%Z|%-?I:%M %p|\btzname\b")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_names_a_zone_by_letters(language: str) -> None:
    told = {key for key, text in everything(language).items() if ABBREVIATION.search(text)}
    assert told - HEADINGS == set()


def test_no_programme_does() -> None:
    files = sorted((ROOT / "programmes").glob("*.yml"))
    assert len(files) > 5
    assert [each.name for each in files if ABBREVIATION.search(each.read_text(encoding="utf-8"))] == []


def test_no_program_asks_the_library_for_one() -> None:
    found = []
    for source in sources(*HOUSE):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr == "tzname":
                found.append(source.path)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and FORMATS.search(node.value):
                found.append(source.path)
    assert found == []


@pytest.mark.parametrize("text", ["at 19:15 PST", "à 19 h 15, HNP", "19:15 (GMT)"])
def test_one_would_be_seen(text: str) -> None:
    assert ABBREVIATION.search(text)
