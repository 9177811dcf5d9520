"""T47: every error that Slack documents for every method in use has a class, and the class says what follows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.identity import REFUSED
from bot.web_client import TOKEN_REFUSED
from handlers.slack_codes import (
    CHANNEL_PATIENCE,
    CHANNEL_TROUBLE,
    GONE,
    NO_PERSON,
    Patience,
    is_away,
    is_unread,
    judge,
)
from handlers.slack_faults import EVERY, POST, POST_TO_PERSON, TABLE, UNREADABLE, Fault, fault_of, rows
from peersupport.notifications import Kind, Later

pytestmark = [pytest.mark.threat("T47"), pytest.mark.req("U46")]

ROOT = Path(__file__).parents[2]
LIST = ROOT / "tests/threats/slack_errors.txt"
OURS = {UNREADABLE}


def documented() -> dict[str, set[str]]:
    """Return what Slack documents, by method; @ marks what another page says of the same call."""
    found: dict[str, set[str]] = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            method, *codes = line.split()
            found.setdefault(method.removeprefix("@"), set()).update(codes)
    found[POST_TO_PERSON] |= found[POST]
    return found


def used(room: str) -> Iterator[str]:
    """Give every method of the Web API that a room's code names on a client."""
    verbs = {name for name in vars(AsyncWebClient) if not name.startswith("_") and "_" in name}
    for file in sorted((ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in verbs and node.attr != "api_call":
                yield spelt(node.attr)


def spelt(name: str) -> str:
    """Return a method as Slack spells it, from the name the SDK gives it."""
    first, *rest = name.split("_")
    if first == "apps":
        return ".".join([first, *rest])
    return f"{first}.{rest[0]}{''.join(each.capitalize() for each in rest[1:])}"


def refusal(method: str, code: str, status: int = 200, **headers: str) -> SlackApiError:
    data = {"ok": False, "error": code}
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url=method, req_args={}, data=data, headers=headers, status_code=status
    )
    return SlackApiError(code, response)  # type: ignore[no-untyped-call]


def test_every_method_in_use_is_in_the_table_and_no_other() -> None:
    called = {*used("handlers"), *used("bot")}
    assert len(called) > 8
    assert called == {method for method in TABLE if method not in (EVERY, POST_TO_PERSON)}
    assert called <= documented().keys()


def test_every_documented_error_has_a_class() -> None:
    without = [
        (method, code)
        for method, codes in documented().items()
        for code in codes | documented()[EVERY]
        if fault_of(method, code) is Fault.UNKNOWN
    ]
    assert without == []


def test_nothing_stands_in_the_table_that_nobody_documents() -> None:
    known = documented()
    assert [(m, c) for m, _, c in rows() if c not in known[m] | known[EVERY] | OURS] == []


def test_each_code_stands_once_under_its_method() -> None:
    standing = [(method, code) for method, _, code in rows()]
    assert len(standing) == len(set(standing))
    assert len(standing) > 150


def test_each_class_says_what_is_seen() -> None:
    source = (ROOT / "handlers/slack_faults.py").read_text(encoding="utf-8")
    for fault in Fault:
        assert re.search(rf'{fault.name} = "{fault.value}"\n    """', source), fault


def test_what_no_waiting_mends_is_an_alarm() -> None:
    assert {fault_of("auth.test", code) for code in REFUSED | TOKEN_REFUSED} == {Fault.ALARM}


def test_a_word_that_nobody_knows_is_tried_slowly_and_costs_nothing() -> None:
    found = judge(refusal(POST, "a_word_of_tomorrow"), Kind.CARD, Patience(Random(1)))
    assert isinstance(found, Later)
    assert (found.counts, found.code) == (False, "slack_refused_a_word_of_tomorrow")
    assert 30 <= found.seconds <= 60


@pytest.mark.parametrize(("method", "fault", "code"), list(rows()), ids=str)
def test_each_refusal_comes_to_what_its_class_says(method: str, fault: Fault, code: str) -> None:
    spoken = POST if method in (EVERY, POST_TO_PERSON) else method
    found = judge(refusal(spoken, code), Kind.CARD, Patience(Random(1)))
    assert isinstance(found, Later)
    if fault_of(spoken, code) is Fault.GIVE_UP:
        assert (found.counts, found.code) == (True, f"slack_refused_{code}"), "counted, so that it is parked in the end"
        return
    assert not found.counts, "however long it lasts, nothing is given up"
    if fault in (Fault.ALARM, Fault.UNKNOWN) and code not in CHANNEL_TROUBLE:
        assert 30 <= found.seconds <= 60
    if code in CHANNEL_TROUBLE:
        assert found.seconds == CHANNEL_PATIENCE


def test_the_same_word_is_taken_as_its_method_means_it() -> None:
    assert fault_of("conversations.info", "missing_scope") is Fault.DEGRADE
    assert fault_of(POST, "missing_scope") is Fault.ALARM
    assert "user_disabled" in NO_PERSON
    assert "user_disabled" not in CHANNEL_TROUBLE
    assert "message_not_found" in GONE
    assert not is_away(refusal("users.info", "user_not_found"))
    assert is_away(refusal("users.info", "token_revoked"))
    assert not is_away(refusal("conversations.info", "a_word_of_tomorrow")), "any doubt is no channel of ours"


@pytest.mark.threat("T45")
def test_slack_says_how_long_to_wait() -> None:
    limited = refusal(POST, "ratelimited", 429, **{"Retry-After": "17"})
    assert judge(limited, Kind.CARD, Patience(Random(1))) == Later(17.0, "ratelimited", counts=False)
    assert judge(refusal(POST, "rate_limited"), Kind.CARD, Patience(Random(1))) == Later(
        30.0, "ratelimited", counts=False
    )


@pytest.mark.threat("T46")
def test_waits_grow_to_a_minute_and_are_never_quite_regular() -> None:
    patience = Patience(Random(1))
    waits = []
    for _ in range(40):
        found = judge(refusal(POST, "fatal_error"), Kind.CARD, patience)
        assert isinstance(found, Later)
        waits.append(found.seconds)
    assert max(waits) <= 60
    assert min(waits[10:]) >= 30
    assert len(set(waits)) == 40
    patience.over(Kind.CARD)
    assert patience.wait(Kind.CARD) <= 2


@pytest.mark.threat("T46")
def test_an_answer_that_cannot_be_read_is_told_from_a_refusal() -> None:
    assert is_unread(refusal(POST, UNREADABLE))
    assert not is_unread(refusal(POST, UNREADABLE, 503))
    assert not is_unread(refusal(POST, "fatal_error"))
