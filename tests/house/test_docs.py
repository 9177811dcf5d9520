"""What the documents name is there."""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, files

DOCUMENTS = [path for path in files() if path.suffix == ".md"]
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_links_lead_somewhere(path: Path) -> None:
    linked = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [target for target in linked if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_commands_exist(path: Path) -> None:
    named = set(re.findall(r"`(?:\w+=\S+ )*make ([a-z]+)", path.read_text(encoding="utf-8")))
    assert named - TARGETS == set()


def test_the_readme_leads_with_two_commands() -> None:
    commands = re.findall(r"^make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert commands[:2] == ["demo", "test"]
