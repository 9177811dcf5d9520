"""What the process holds in memory: nothing loaded for nobody, little kept of each person, freed memory given back."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from typing import Any

import pytest
from babel import core
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import machine
from bot.machine import without
from handlers import directory
from handlers.directory import Directory
from handlers.i18n import Texts
from handlers.identities import stands_in
from peersupport.addresses import Address
from tests.store.records import MovableClock

TEAM = "T0CLINIC"
UNUSED = {"rich", "pygments", "sqlalchemy.orm", "alembic"}
"""Large, and of no use while the app runs."""


def test_the_start_loads_nothing_large_that_nobody_needs() -> None:
    code = "import sys, bot.cli, store.links; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(run.stdout.split())
    assert {"bot.app", "structlog.dev"} <= loaded
    assert loaded & UNUSED == set()


def test_a_module_is_hidden_only_while_another_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    with without("wave"), pytest.raises(ImportError):
        import wave
    import wave

    with without("wave"):
        assert sys.modules["wave"] is wave


def test_the_texts_leave_nothing_of_all_other_languages_behind() -> None:
    texts = Texts.load()
    assert core._global_data is None
    assert texts.in_language("fr").month(8, 2026) == "août 2026"


def test_freed_memory_is_given_back_where_the_library_can(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    class Library:
        def mallopt(self, option: int, value: int) -> int:
            asked.append((option, value))
            return 1

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Library())
    machine._give_back_early()
    assert [option for option, _ in asked] == [-1, -3, -8]
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    machine._give_back_early()
    assert len(asked) == 3, "another library is left as it is"


LETTERS = st.text(alphabet="ab_1é ́-.李", max_size=12)


@settings(max_examples=300, deadline=None)
@given(piece=st.text(alphabet="ab_1é.", min_size=1, max_size=3), text=LETTERS)
def test_a_name_is_found_as_a_word_without_a_pattern_that_stays(piece: str, text: str) -> None:
    assert stands_in(piece, text) is (re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text) is not None)


def test_no_name_that_was_looked_for_stays_in_memory() -> None:
    re.purge()
    assert stands_in("avery quill", "a letter of avery quill, too")
    kept = [str(key) for name in ("_cache", "_cache2") for key in getattr(re, name, {})]
    assert not any("quill" in each for each in kept)


class Slack:
    def __init__(self) -> None:
        self.asked: list[str] = []

    async def users_info(self, *, user: str, include_locale: bool) -> dict[str, Any]:
        self.asked.append(user)
        return {"user": {"id": user, "team_id": TEAM, "real_name": "Invented", "locale": "fr-CA", "tz": "UTC"}}


async def test_the_directory_keeps_few_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MOST_KEPT", 3)
    slack = Slack()
    known = Directory(slack, MovableClock(), TEAM)  # type: ignore[arg-type] # only users_info is asked
    people = [Address(TEAM, f"U0PERSON{number}") for number in range(5)]
    for who in people:
        await known.facts(who)
        known.settle(who, "fr")
    assert (len(known._kept), len(known._settled)) == (3, 3)
    await known.facts(people[-1])
    await known.facts(people[0])
    assert slack.asked == [*(who.user for who in people), people[0].user], "only who was forgotten is asked for again"
    assert [known.language(who) for who in people] == [None, None, "fr", "fr", "fr"]


async def test_the_directory_keeps_nobody_for_long() -> None:
    clock = MovableClock()
    known = Directory(Slack(), clock, TEAM)  # type: ignore[arg-type] # only users_info is asked
    first, second = (Address(TEAM, f"U0PERSON{number}") for number in range(2))
    await known.facts(first)
    known.settle(first, "fr")
    clock.move(minutes=4)
    await known.facts(second)
    clock.move(minutes=1)
    known.let_go()
    assert (list(known._kept), list(known._settled)) == ([second.user], [])
