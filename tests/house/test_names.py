"""T33: every name, address, number and id of a person, wherever it is written, is invented and on one list."""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.house.source import EVERYTHING, ROOT, sources, texts

pytestmark = pytest.mark.threat("T33")

HERE = Path(__file__).parent
DEMO = ROOT / "simulator" / "workspaces"
WORD = r"[A-ZÀ-ÖØ-ÞŒ][a-zß-öø-ÿœ]+(?:-[A-ZÀ-ÖØ-ÞŒ][a-zß-öø-ÿœ]+)?"
PAIR = re.compile(rf"(?<![\w-])({WORD}) ({WORD})(?![\w-])")
PLAIN = (".md", ".po", ".yml", ".txt")
THINGS = {
    "Bolt", "Chromium", "Home", "Linux", "Makefile", "Markdown", "Mode", "Python", "Refused", "Slack", "Socket", "True",
    "Web", "Zoom",
}  # fmt: skip
"""What no person is called, so that a sentence may begin with any word before it."""
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
INVENTED_MAIL = re.compile(r"@(?:[\w-]+\.)*(?:example|example\.org|example\.com|127\.0\.0\.1)$")
PHONE = re.compile(r"(?<![\d.-])(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?!\d)")
INVENTED_PHONE = re.compile(r"^(?:\+?1[-. ])?\(?\d{3}\)?[-. ]555[-. ]01\d\d$")
CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"pHYs", b"sRGB", b"gAMA", b"sBIT", b"bKGD"}
"""The parts of a picture that hold no words."""


def listed(name: str) -> list[str]:
    """Return the lines of a list, without its comments."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def names_in(words: str) -> Iterator[str]:
    """Give everything that could be first and last name."""
    for found in PAIR.finditer(words):
        if found[2] not in THINGS:
            yield found[0]


@cache
def written() -> dict[str, str]:
    """Return everything that people may read as words: documents, texts, fixtures, and the strings of programs."""
    found = {
        name: content
        for name, content in texts()
        if name.endswith(PLAIN) and not name.startswith("requirements/") and not name.startswith("tests/house/")
    }
    for source in sources(*EVERYTHING):
        if not source.path.endswith("test_names.py"):
            found[source.path] = "\n".join(_strings(source.tree))
    return found


def _strings(tree: ast.Module) -> Iterator[str]:
    """Give every string that is no docstring."""
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    told |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_every_name_is_on_the_list() -> None:
    known = {*listed("invented_names.txt"), *listed("not_names.txt")}
    # What is on no list is a new name, or two words that only look like one.
    assert sorted({(each, path) for path, words in written().items() for each in names_in(words)} - _of(known)) == []


def _of(known: set[str]) -> set[tuple[str, str]]:
    return {(each, path) for path in written() for each in known}


def test_the_lists_are_apart() -> None:
    names, others = listed("invented_names.txt"), listed("not_names.txt")
    assert len({*names, *others}) == len(names) + len(others)
    assert others == sorted(others, key=lambda each: each.encode())


def test_another_name_would_be_seen() -> None:
    assert list(names_in("Please ask Zelda Quackgrass, or Élise Œillet-Dupré, on Monday.")) == [
        "Zelda Quackgrass",
        "Élise Œillet-Dupré",
    ]
    assert list(names_in("In Slack and at Home.")) == []
    assert "Zelda Quackgrass" not in {*listed("invented_names.txt"), *listed("not_names.txt")}


def test_the_demonstrations_people_are_on_the_list_handle_and_id_too() -> None:
    names = set(listed("invented_names.txt"))
    workspace = yaml.safe_load((DEMO / "demo.yml").read_text(encoding="utf-8"))
    assert {person["real_name"] for person in workspace["people"]} <= names
    assert set((DEMO / "names.txt").read_text(encoding="utf-8").splitlines()) <= names
    for person in workspace["people"]:
        first = person["id"].removeprefix("U0")[: len(person["key"])]
        assert first == person["key"].upper()[: len(first)]


def test_mail_addresses_lead_nowhere_but_to_services() -> None:
    services = (ROOT / "programmes" / "resources.yml").read_text(encoding="utf-8")
    found = {mail for name, content in texts() if _is_ours(name) for mail in MAIL.findall(content)}
    assert len(found) > 10
    assert [mail for mail in sorted(found) if not INVENTED_MAIL.search(mail) and mail not in services] == []


def test_phone_numbers_ring_nowhere_but_at_services() -> None:
    services = (ROOT / "programmes" / "resources.yml").read_text(encoding="utf-8")
    found = {phone for name, content in texts() if _is_ours(name) for phone in PHONE.findall(content)}
    assert len(found) > 10
    assert [phone for phone in sorted(found) if not INVENTED_PHONE.match(phone) and phone not in services] == []


def _is_ours(name: str) -> bool:
    return not name.startswith(("requirements/", "LICENSE")) and not name.endswith((".css", ".svg"))


def _chunks(picture: bytes) -> Iterator[bytes]:
    place = 8
    while place < len(picture):
        length, kind = struct.unpack(">I4s", picture[place : place + 8])
        yield kind
        place += 12 + length


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "images").glob("*")), ids=lambda path: path.name)
def test_pictures_hold_nothing_but_what_is_seen(picture: Path) -> None:
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n"), "a picture of another kind needs a look of its own"
    assert set(_chunks(data)) <= CHUNKS


def test_pictures_show_the_demonstrations_people_only() -> None:
    # They are taken of this workspace and of what this journey types; both are searched above.
    taken = {path.stem for path in (ROOT / "docs" / "images").glob("*.png")}
    told = (ROOT / "tools" / "screenshots.py").read_text(encoding="utf-8")
    assert [name for name in sorted(taken) if name.rpartition("-")[0] not in told] == []
    assert "inhabited_town" in told
