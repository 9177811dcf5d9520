"""Every column says what it may hold, and none may hold what was said."""

import re

import pytest
from sqlalchemy import LargeBinary, Text, Uuid

from tools.columns import DOCUMENT, KINDS, columns, page

# What a person could write freely is sealed; these hold one word from a list, a reference, or the name of a programme.
WORDS = {
    "audit": {"event", "kind"},
    "members": {"programme", "roles"},
    "offers": {"state"},
    "outbox": {"dedupe", "kind", "lane", "last_error", "programme", "state"},
    "posts": {"kind"},
    "preferences": {"language"},
    "requests": {"door", "notice_version", "outcome", "programme", "reference", "state"},
    "supporters": {"programme"},
    "tallies": {"month", "programme", "what"},
}
TELLING = r"note|comment|summar|narrat|transcript|said|story|remark|diagnos|minutes|topic|detail"


def test_every_column_says_what_it_may_hold() -> None:
    assert [f"{table}.{column.name}" for table, column in columns() if column.info.get("kind") not in KINDS] == []


def test_what_is_sealed_or_hashed_is_bytes() -> None:
    for table, column in columns():
        expected = {"sealed": LargeBinary, "hash": LargeBinary, "key": Uuid}.get(column.info["kind"])
        assert expected is None or isinstance(column.type, expected), f"{table}.{column.name}"


def test_plain_words_are_from_a_list() -> None:
    found: dict[str, set[str]] = {}
    for table, column in columns():
        if column.info["kind"] == "plain" and isinstance(column.type, Text):
            found.setdefault(table, set()).add(column.name)
    assert found == WORDS


@pytest.mark.req("G14")
def test_no_column_is_for_what_was_said() -> None:
    names = [f"{table}.{column.name}" for table, column in columns()]
    allowed = {"requests.notice_version"}
    assert [name for name in names if re.search(TELLING, name) and name not in allowed] == []


def test_the_list_in_the_documents_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == page(), "run: python -m tools.columns, and read what it changed"
