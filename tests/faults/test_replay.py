"""The year of `bench/replay.py`, made small: it goes well, and it is noticed where a promise is not announced."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bench.replay import replay
from peersupport import reminders
from peersupport.actors import Held
from peersupport.notifications import Due, Kind

pytestmark = [pytest.mark.long, pytest.mark.req("U12", "G38"), pytest.mark.threat("T44")]
SMALL = 25

Timer = Callable[[Held, Due], Awaitable[None]]


async def nothing(held: Held, due: Due) -> None:
    """Forget a timer."""


async def test_every_missed_promise_of_a_small_year_is_announced_once(tmp_path: Path) -> None:
    lines, wrong = await replay(tmp_path, SMALL, seed=3)
    assert wrong == []
    said = dict(line.rsplit(None, 1) for line in lines)
    assert int(said["missed"]) > 0
    assert (said["  fired twice"], said["  sent twice"]) == ("0", "0")


@pytest.mark.parametrize("kind", [Kind.ASK_REQUESTER, Kind.NOTE_REQUESTER])
async def test_a_timer_that_says_nothing_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    monkeypatch.setitem(reminders._OF_REQUEST, kind, nothing)
    _, wrong = await replay(tmp_path, SMALL, seed=3)
    assert wrong != []
