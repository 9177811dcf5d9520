"""No abbreviation of a zone stands in a text, a programme file or what the app says: the same letters mean several."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.source import HOUSE, ROOT, sources
from tests.house.test_texts import everything

ABBREVIATION = re.compile(r"\b(?:[PMCEAN][SD]T|HN[PRCEAT]|HA[PRCEAT]|GMT)\b", re.ASCII)
"""Those of Canada in English and in French."""


@pytest.mark.req("G21")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_text_abbreviates_a_zone(language: str) -> None:
    texts = everything(language)
    assert len(texts) > 1000
    found = {key: set(ABBREVIATION.findall(text)) for key, text in texts.items()}
    # A heading in capitals may say "est".
    own = {"EST"} if language == "fr" else set()
    assert {key for key, letters in found.items() if letters - own} == set()


@pytest.mark.req("G21")
@pytest.mark.parametrize("file", sorted((ROOT / "programmes").glob("*.yml")), ids=lambda file: file.stem)
def test_no_programme_abbreviates_a_zone(file: Path) -> None:
    assert ABBREVIATION.findall(file.read_text(encoding="utf-8")) == []


@pytest.mark.req("G21")
def test_no_program_asks_a_zone_for_its_letters() -> None:
    """`%Z`, and `tzname`, are the two ways by which an instant gives them."""
    found = [
        source.path
        for source in sources(*HOUSE)
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.Attribute) and node.attr == "tzname")
        or (isinstance(node, ast.Constant) and isinstance(node.value, str) and _letters(node.value))
    ]
    assert found == []


def _letters(text: str) -> bool:
    return "%Z" in text or ABBREVIATION.search(text) is not None


@pytest.mark.parametrize("wrong", ["19:15 PST", "à 19 h 15 HNP", "at 7 (ADT)", "GMT-7"])
def test_an_abbreviation_would_be_seen(wrong: str) -> None:
    assert ABBREVIATION.search(wrong)
