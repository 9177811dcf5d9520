"""T55: the whole journey with three bots and three workers, of which some are ended on the way: the same transcript."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.faults.process import ROOT, surroundings
from tests.play.__main__ import MODULES

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1500)]

CHANGING = (
    (re.compile(r"\b[A-Z][0-9]-[0-9A-Z]{4}\b"), "REFERENCE"),
    (re.compile(r"\b\d{1,2}[:h] ?\d{2}\b"), "TIME"),
)
# The journeys that differ most; FULL=1 plays all of them.
FIXED = "english referring"
STEPS = 72
"""What FIXED tells, counted: whoever adds a step there or takes one away says so here."""
PLAYED = "" if os.environ.get("FULL") else FIXED
STEP = re.compile(r"^ *\d+\. ")
SCENE = "---"


async def _played(folder: Path, **settings: str) -> list[str]:
    """Play, and return the steps and scenes that were told, without what is different every time."""
    told = folder / f"told-{settings.get('REPLICAS', '1')}.txt"
    with told.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.play", cwd=ROOT,
            env=surroundings({"HOME": str(folder), "PLAYED": PLAYED, **settings}), stdout=output, stderr=output,
        )  # fmt: skip
        code = await process.wait()
    text = told.read_text(encoding="utf-8")
    assert code == 0, text
    assert "WRONG" not in text
    for pattern, word in CHANGING:
        text = pattern.sub(word, text)
    return [line for line in text.splitlines() if STEP.match(line) or line.startswith(SCENE)]


@pytest.mark.threat("T55")
async def test_the_play_with_kills_is_told_as_without(tmp_path: Path) -> None:
    alone = await _played(tmp_path)
    ended = await _played(tmp_path, REPLICAS="3", KILLS="1", SEED="7")
    titles = [
        title for module in MODULES if not PLAYED or _short(module) in PLAYED.split() for title, _ in module.SCENES
    ]
    assert [line.removeprefix(f"{SCENE} ") for line in alone if line.startswith(SCENE)][1:-1] == titles
    assert PLAYED != FIXED or sum(not line.startswith(SCENE) for line in alone) == STEPS
    assert ended == alone


def _short(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]
