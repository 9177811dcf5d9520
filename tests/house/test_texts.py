"""English and French say the same things, with the same blanks; every text asked for is there, and none is idle."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from tests.house.source import ROOT, sources

LOCALES = ROOT / "handlers" / "locales"
FILES = sorted({path.name for path in LOCALES.glob("*/*.po")})
# Rightly the same in both languages.
SAME = ROOT / "tests" / "house" / "same_in_french.txt"
COUNTED = (".one", ".other")


def catalogue(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def everything(language: str) -> dict[str, str]:
    return {key: text for name in FILES for key, text in catalogue(LOCALES / language / name).items()}


def same_in_french() -> set[str]:
    lines = (line.partition("#")[0].strip() for line in SAME.read_text(encoding="utf-8").splitlines())
    return {line for line in lines if line}


def test_there_are_texts() -> None:
    assert len(everything("en")) > 100


@pytest.mark.req("G30")
@pytest.mark.parametrize("name", FILES)
def test_both_languages_have_the_same_texts_with_the_same_blanks(name: str) -> None:
    english, french = catalogue(LOCALES / "en" / name), catalogue(LOCALES / "fr" / name)
    assert english.keys() == french.keys()
    # "One conversation" may be written out.
    differing = {key: blanks(english[key]) ^ blanks(french[key]) for key in english}
    assert {k: by for k, by in differing.items() if by and not (by == {"n"} and k.endswith(".one"))} == {}
    assert [key for texts in (english, french) for key, text in texts.items() if not text.strip()] == []


@pytest.mark.req("G30")
def test_nothing_is_left_in_english() -> None:
    english, french = everything("en"), everything("fr")
    same = {key for key, text in english.items() if text == french.get(key)}
    assert same - same_in_french() == set(), "translate these, or list them in tests/house/same_in_french.txt"
    assert same_in_french() - same == set(), "these differ now: take them off the list"


def texts_asked_for() -> Iterator[tuple[str, str]]:
    """Give every key that is written out as the argument of a translator, and where."""
    for source in sources("handlers"):
        for node in source.nodes():
            if isinstance(node, ast.Call) and node.args and _is_translator(node.func):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, f"{source.path}:{node.lineno}"


def _is_translator(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name in {"t", "count"} and not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Constant))


def test_every_text_asked_for_is_there() -> None:
    known = everything("en").keys()
    missing = [
        f"{place}: {key}"
        for key, place in texts_asked_for()
        if "." in key and key not in known and not all(key + form in known for form in COUNTED)
    ]
    assert not missing, "\n".join(missing)


def test_every_text_is_asked_for() -> None:
    words, beginnings = set(), set()
    for source in sources("handlers", "bot"):
        for node in source.nodes():
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    begun = tuple(word for word in beginnings if "." in word)
    unused = [
        key
        for key in everything("en")
        if key not in words
        and key.removesuffix(".one").removesuffix(".other") not in words
        and not key.startswith(begun)
    ]
    assert not unused, "\n".join(unused)
