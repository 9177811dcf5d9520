"""T43: what was given up can be looked at without a word of anybody, and goes again when the operator says so."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bot.outbox_commands import line
from handlers.slack_codes import alarm_in
from store.queue import ParkedRow
from tests.front.process import Install
from tests.front.signed import captured_log

pytestmark = [pytest.mark.threat("T43"), pytest.mark.req("U46")]


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


@pytest.fixture
async def install(tmp_path: Path) -> Install:
    """An installation with three rows, of which two were given up; there is no Slack."""
    made = Install.make(tmp_path)
    assert (await made.command("migrate")).code == 0
    rows = [(1, "card", "parked"), (2, "tell_requester", "parked"), (3, "home_member", "done")]
    with closing(sqlite3.connect(tmp_path / "data" / "peersupport.db")) as database:
        for number, kind, state in rows:
            one = UUID(int=number).hex
            database.execute(
                "INSERT INTO outbox (seq, id, kind, subject, programme, lane, dedupe, state, run_at, fence, attempts,"
                " last_error, created_at, done_at) VALUES (?, ?, ?, ?, 'p', 'l', ?, ?, ?, 0, 10, ?, ?, ?)",
                (number, one, kind, UUID(int=99).hex, one, state, *("2026-11-20 18:00:00.000000",),
                 "slack_refused_invalid_blocks", *("2026-11-20 18:00:00.000000",) * 2),
            )  # fmt: skip
        database.commit()
    return made


async def test_rows_are_shown_without_anybody_and_go_again_one_by_one_or_all(install: Install) -> None:
    shown = await install.command("outbox", "list")
    assert shown.code == 0, shown.err
    first, second, count = shown.out.splitlines()
    for said, kind, number in ((first, "card", 1), (second, "tell_requester", 2)):
        assert re.fullmatch(rf"{UUID(int=number)}  {kind} +slack_refused_invalid_blocks +\d+ [dh]|.* min", said)
    assert count == "2 message(s) or timer(s) given up."
    assert str(UUID(int=99)) not in shown.out, "the row's own id is random; its subject is a request"

    wrong = await install.command("outbox", "retry", "everything")
    assert (wrong.code, "That is no id" in wrong.err) == (2, True)
    nobody = await install.command("outbox", "retry", str(UUID(int=3)))
    assert (nobody.code, "no such row" in nobody.err) == (2, True)

    one = await install.command("outbox", "retry", str(UUID(int=1)))
    assert one.out == "1 message(s) and timer(s) go again.\n"
    assert (await install.command("outbox", "retry")).out == "1 message(s) and timer(s) go again.\n"


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (119, "119 min"), (120, "2 h"), (47 * 60, "47 h"), (72 * 60, "3 d")]
)
def test_an_age_is_said_in_one_unit(minutes: int, words: str) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    row = ParkedRow(UUID(int=1), "card", "crashed", now - timedelta(minutes=minutes))
    assert line(row, now).endswith(f"  {words}")


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("slack_refused_missing_scope", "missing_scope"),
        ("slack_refused_a_word_of_tomorrow", "a_word_of_tomorrow"),
        ("slack_refused_invalid_blocks", "invalid_blocks"),
        ("slack_refused_fatal_error", ""),
        ("slack_unreachable", ""),
        ("ratelimited", ""),
        ("paced", ""),
    ],
)
def test_a_waiting_row_says_whether_the_operator_must_act(word: str, code: str) -> None:
    assert alarm_in(word) == code
