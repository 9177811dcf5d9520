"""T23: on a day on which every step meets a fault of Slack or of a database, nothing is said that nobody may hear."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from simulator.workspace import LogEntry
from tests.faults.ground import Ground
from tests.front.signed import captured_log
from tests.ports import free_port
from tests.stories.town import Town
from tests.threats.canaries import CANARIES, found_in
from tests.threats.rough import DATABASE, SLACK, STEPS, Break, goes_through, rough_town
from tests.threats.test_canaries import said

pytestmark = [pytest.mark.threat("T23"), pytest.mark.req("G13")]

MIXED = {"slack": SLACK, "database": DATABASE}


def turns() -> list[Any]:
    """Every fault at some step in every third turn; FULL=1 takes all, so that each fault meets each step."""
    found = []
    for kind, faults in MIXED.items():
        for turn in range(0, len(faults), 1 if os.environ.get("FULL") else 3):
            marks = [pytest.mark.faults] if turn else []
            found.append(pytest.param(kind, turn, id=f"{kind}-{turn}", marks=marks))
    return found


@pytest.mark.parametrize(("kind", "turn"), turns())
async def test_no_fault_at_any_step_lets_a_word_out(
    sqlite_ground: Ground, tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str, turn: int
) -> None:
    faults = list(MIXED[kind].values())
    breaks: list[Break] = [faults[(place + turn) % len(faults)] for place in range(len(STEPS))]
    port = free_port()
    with captured_log("debug") as log:
        async with rough_town(sqlite_ground, tmp_path, METRICS_PORT=str(port)) as rough:
            failed = await goes_through(rough, breaks)
            await rough.town.at_rest()
            pages = [await _page(f"http://127.0.0.1:{port}/metrics")]
            pages += [await _page(f"http://127.0.0.1:{rough.town.settings['PORT']}{path}") for path in ("/readyz", "/")]
        told = log.getvalue()
        lines = [json.loads(line) for line in told.splitlines()]
    assert failed > len(STEPS) // 2, "most faults are felt"
    assert len({line["event"] for line in lines}) > 5, "and are told to the operator"
    assert found_in(told.encode()) == []
    assert found_in("".join(capfd.readouterr()).encode()) == []
    assert found_in("".join(pages).encode()) == []
    assert "peersupport_answers" in pages[0]
    _nothing_outside_views(rough.town)
    _nothing_written(tmp_path)


def _nothing_outside_views(town: Town) -> None:
    """See that no message, no answer and no other call held a canary; views of those entitled did."""
    log = town.sim.workspace.log
    for message in said(log):
        assert found_in(json.dumps(message, ensure_ascii=False).encode()) == []
    for answer in _answers(log):
        assert found_in(json.dumps(answer, ensure_ascii=False).encode()) == []
    assert found_in(repr(log).encode())


def _answers(log: list[LogEntry]) -> list[Any]:
    """Return what the app answered Slack with, but for views, which the person who sent the form sees alone."""
    answers = [entry.response for entry in log if entry.way == "to app"]
    return [answer for answer in answers if not (isinstance(answer, dict) and "view" in answer)]


def _nothing_written(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".yml"]
    assert {"main.db", "keyring.db"} <= {path.name for path in files}
    for path in files:
        assert found_in(path.read_bytes().replace(b"\0" * 64, b""), **CANARIES) == [], path.name


async def _page(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return f"{dict(answer.headers)} {await answer.text()}"
