"""T01-T04, T10: nothing unsigned is read, and nothing is told to whoever sends it."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from tests.front.signed import (
    EVERY_KIND,
    NOW,
    PREVIOUS,
    Running,
    captured_log,
    command,
    form,
    interaction,
    running,
    signature,
)

BODY = form(interaction("block_actions", actions=[{"action_id": "ask", "value": "CANARY-WORDS"}]))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def slack() -> AsyncIterator[Running]:
    async with running() as up:
        yield up


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


def _good() -> dict[str, str]:
    return signature(BODY)


WRONG_SIGNATURES = {
    "wrong": {**_good(), "X-Slack-Signature": "v0=" + "0" * 64},
    "none": {"X-Slack-Request-Timestamp": _good()["X-Slack-Request-Timestamp"]},
    "no timestamp": {"X-Slack-Signature": _good()["X-Slack-Signature"]},
    "neither": {},
    "another version": {**_good(), "X-Slack-Signature": _good()["X-Slack-Signature"].replace("v0=", "v1=")},
    "upper case": {**_good(), "X-Slack-Signature": "v0=" + _good()["X-Slack-Signature"][3:].upper()},
    "not ascii": {**_good(), "X-Slack-Signature": "v0=" + "é" * 64},
    "short": {**_good(), "X-Slack-Signature": "v0=abc"},
    "empty": {**_good(), "X-Slack-Signature": ""},
    "another secret": signature(BODY, secret="another-secret-of-nobody"),
    "another body": signature(BODY + b"x"),
}


@pytest.mark.threat("T01")
@pytest.mark.parametrize("headers", WRONG_SIGNATURES.values(), ids=list(WRONG_SIGNATURES))
async def test_a_wrong_signature_is_refused(slack: Running, log: io.StringIO, headers: dict[str, str]) -> None:
    assert await slack.send(BODY, {**FORM, **headers}) == (401, "")
    assert slack.front.heard == []
    assert "CANARY" not in log.getvalue()
    assert len(log.getvalue().splitlines()) == 1


@pytest.mark.threat("T01")
@pytest.mark.parametrize("doubled", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
async def test_two_of_a_header_are_refused(slack: Running, doubled: str) -> None:
    headers = [*FORM.items(), *_good().items(), (doubled, _good()[doubled])]
    assert await slack.send(BODY, headers) == (401, "")
    assert slack.front.heard == []


@pytest.mark.threat("T01")
async def test_both_secrets_hold_while_one_replaces_the_other(slack: Running) -> None:
    assert (await slack.send(BODY, {**FORM, **signature(BODY)}))[0] == 200
    assert (await slack.send(BODY, {**FORM, **signature(BODY, secret=PREVIOUS)}))[0] == 200
    assert len(slack.front.heard) == 2


ODD_TIMES = {
    "old": str(int((NOW - timedelta(seconds=301)).timestamp())),
    "ahead": str(int((NOW + timedelta(seconds=301)).timestamp())),
    "float": f"{NOW.timestamp():.3f}",
    "text": "yesterday",
    "empty": "",
    "huge": "1" + "0" * 30,
    "negative": "-1",
    "other digits": "١٧٩٥٥٤٣٢٠٠",
    "spaces": "1 795 543 200",
}


@pytest.mark.threat("T02")
@pytest.mark.parametrize("timestamp", ODD_TIMES.values(), ids=list(ODD_TIMES))
async def test_an_odd_or_old_timestamp_is_refused(slack: Running, timestamp: str) -> None:
    headers = {**signature(BODY, timestamp=timestamp), "X-Slack-Request-Timestamp": timestamp}
    assert await slack.send(BODY, {**FORM, **headers}) == (401, "")
    assert slack.front.heard == []


@pytest.mark.threat("T02", "T53")
@pytest.mark.parametrize("seconds", [-300, 300])
async def test_five_minutes_either_way_are_in_time(slack: Running, seconds: int) -> None:
    headers = signature(BODY, at=NOW + timedelta(seconds=seconds))
    assert (await slack.send(BODY, {**FORM, **headers}))[0] == 200


UNREADABLE = {
    "malformed JSON": (b"payload=%7Bnope", FORM["Content-Type"]),
    "bad UTF-8": (b"payload=%ff%fe", FORM["Content-Type"]),
    "array": (form([1]), FORM["Content-Type"]),
    "null": (form(None), FORM["Content-Type"]),
    "number": (form(5), FORM["Content-Type"]),
    "payload not JSON": (b"payload=hello", FORM["Content-Type"]),
    "wrong type": (BODY, "text/plain"),
    "no type": (BODY, ""),
    "JSON array": (b"[]", "application/json"),
    "empty": (b"", FORM["Content-Type"]),
    "empty JSON": (b"", "application/json"),
}


@pytest.mark.threat("T04")
@pytest.mark.parametrize(("body", "content_type"), UNREADABLE.values(), ids=list(UNREADABLE))
async def test_unsigned_rubbish_is_refused_unread(
    slack: Running, log: io.StringIO, body: bytes, content_type: str
) -> None:
    assert await slack.send(body, {"Content-Type": content_type}) == (401, "")
    assert "Traceback" not in log.getvalue()


@pytest.mark.threat("T05")
@pytest.mark.parametrize(("body", "content_type"), UNREADABLE.values(), ids=list(UNREADABLE))
async def test_signed_rubbish_is_no_error_of_ours(
    slack: Running, log: io.StringIO, body: bytes, content_type: str
) -> None:
    status, words = await slack.send_signed(body, content_type)
    assert status in {200, 400}
    assert words == ""
    assert slack.front.heard == []
    assert len(log.getvalue().splitlines()) <= 1


@pytest.mark.threat("T03")
@pytest.mark.parametrize("payload", EVERY_KIND.values(), ids=list(EVERY_KIND))
async def test_the_same_bytes_twice_carry_the_same_key(slack: Running, payload: dict[str, object]) -> None:
    first, second = await slack.deliver(payload), await slack.deliver(payload)
    assert first == second == (200, "")
    assert slack.front.heard[0] == slack.front.heard[1]


@pytest.mark.threat("T10")
@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_find_nothing(slack: Running, method: str) -> None:
    assert await slack.send(b"", {}, method=method) == (404, "")


@pytest.mark.threat("T10")
@pytest.mark.parametrize(
    "path", ["/", "/slack", "/slack/events/", "/slack/install", "/metrics", "/favicon.ico", "/%00"]
)
async def test_other_paths_find_nothing(slack: Running, path: str) -> None:
    assert await slack.send(b"", {}, path=path, method="GET") == (404, "")


@pytest.mark.threat("T10")
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"ssl_check=1&token=x", FORM["Content-Type"]),
        (json.dumps({"type": "url_verification", "challenge": "abc"}).encode(), "application/json"),
    ],
)
async def test_slacks_questions_are_answered_only_when_signed(slack: Running, body: bytes, content_type: str) -> None:
    assert await slack.send(body, {"Content-Type": content_type}) == (401, "")
    status, words = await slack.send_signed(body, content_type)
    assert status == 200
    assert words == ("" if b"ssl_check" in body else '{"challenge": "abc"}')


@pytest.mark.threat("T10")
async def test_answers_do_not_name_the_software(slack: Running) -> None:
    async with slack.session.post(slack.url + "/slack/events", data=b"") as answer:
        assert "Server" not in answer.headers


@pytest.mark.threat("T32")
async def test_an_hour_with_the_wrong_secret_leaves_no_words_in_the_log(slack: Running, log: io.StringIO) -> None:
    body = form(interaction("view_submission", view={"id": "V1", "callback_id": "x", "private": "CANARY-NAME"}))
    typed = command(text="CANARY-TEXT")
    for _ in range(250):
        await slack.send(body, {**FORM, **signature(body, secret="rotated-yesterday")})
        raw = str(typed).encode()
        await slack.send(raw, {**FORM, **signature(raw, secret="rotated-yesterday")})
    assert "CANARY" not in log.getvalue()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert lines[0]["event"] == "request.refused"
    assert len(lines) < 10
