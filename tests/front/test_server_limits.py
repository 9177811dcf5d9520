"""T06-T09: bodies that are too much, payloads that are odd, and workspaces that are not ours."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.door import Identity
from bot.health import Reason
from bot.identity import app_of
from bot.settings import load_settings
from bot.slack import make_bolt, make_session
from tests.front.signed import (
    BOT,
    EVERY_KIND,
    TEAM,
    USER,
    Running,
    TinyFront,
    captured_log,
    command,
    event,
    form,
    interaction,
    running,
    signature,
    view,
)

FORM = "application/x-www-form-urlencoded"
MIB = 1024 * 1024


@pytest.fixture
async def slack() -> AsyncIterator[Running]:
    async with running(body_seconds=0.5) as up:
        yield up


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


@pytest.mark.threat("T06")
async def test_one_byte_over_a_mebibyte_is_refused(slack: Running) -> None:
    body = b"payload=" + b"x" * (MIB + 1 - 8)
    assert (await slack.send_signed(body))[0] == 413
    assert slack.front.heard == []


@pytest.mark.threat("T06")
async def test_an_endless_chunked_body_is_refused_early(slack: Running) -> None:
    sent = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1600):
            sent += 65536
            yield b"x" * 65536

    headers = {**signature(b""), "Content-Type": FORM}
    try:
        async with slack.session.post(slack.url + "/slack/events", data=flood(), headers=headers) as answer:
            assert answer.status == 413
    except OSError:
        pass  # The server hung up in the middle of the flood.
    assert sent < 40 * MIB
    assert (await slack.deliver(command()))[0] == 200


@pytest.mark.threat("T06")
async def test_a_compressed_body_is_refused_packed(slack: Running) -> None:
    bomb = gzip.compress(b"0" * (32 * MIB))
    status, words = await slack.send_signed(bomb, **{"Content-Encoding": "gzip"})
    assert (status, words) == (415, "")
    assert slack.front.heard == []


@pytest.mark.threat("T06")
@pytest.mark.parametrize("depth", [41, 900, 100_000])
async def test_deeply_nested_json_is_refused(slack: Running, depth: int) -> None:
    body = ('{"type":"block_actions","a":' + "[" * depth + "]" * depth + "}").encode()
    assert (await slack.send_signed(body, "application/json"))[0] == 400
    assert slack.front.heard == []


@pytest.mark.threat("T06")
async def test_a_hundred_thousand_fields_are_refused(slack: Running) -> None:
    body = b"&".join(b"k%d=v" % number for number in range(100_000))[: MIB - 1]
    assert (await slack.send_signed(body))[0] == 400


@pytest.mark.threat("T06")
async def test_a_slow_body_is_given_up_and_others_go_on(slack: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", slack.port)
    headers = signature(b"payload=%7B%7D")
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = ["POST /slack/events HTTP/1.1", "Host: x", f"Content-Type: {FORM}", "Content-Length: 14", *lines, "", ""]
    writer.write("\r\n".join(head).encode() + b"p")
    await writer.drain()
    assert (await slack.deliver(command()))[0] == 200
    answer = await asyncio.wait_for(reader.readline(), 20)
    assert b" 408 " in answer
    writer.close()


ODD: dict[str, Any] = {
    "unknown type": {"type": "message_shortcut"},
    "no type": {},
    "type not text": {"type": ["block_actions"]},
    "command not text": {"command": 5},
    "suggestion": interaction("block_suggestion", value="CANARY-NAME", action_id="x"),
    "dialog": interaction("dialog_submission", submission={"name": "CANARY"}),
    "retired": interaction("interactive_message", actions=[]),
}
AWKWARD: dict[str, Any] = {
    "no actions": interaction("block_actions", actions=[]),
    "actions null": interaction("block_actions", actions=None),
    "action is a list": interaction("block_actions", actions=[[]]),
    "action id is a list": interaction("block_actions", actions=[{"action_id": ["x"]}]),
    "user null": interaction("block_actions", user=None),
    "user a number": interaction("block_actions", user=5),
    "user a list": interaction("block_actions", user=[]),
    "user id null": interaction("block_actions", user={"id": None}),
    "view null": interaction("view_submission", view=None),
    "view a list": interaction("view_submission", view=[]),
    "view without type": interaction("view_submission", view={"id": "V1", "callback_id": "x"}),
    "view state odd": interaction("view_submission", view=view(state={"values": {"b": 5}})),
    "event a list": event(event=[]),
    "event null": event(event=None),
    "event type odd": event(event={"type": {}}),
    "authorizations odd": event(authorizations=[5]),
    "authorizations text": event(authorizations="x"),
    "channel odd": interaction("block_actions", actions=[{"action_id": "x"}], channel=5),
    "enterprise odd": interaction("block_actions", actions=[{"action_id": "x"}], enterprise=[]),
    "function data odd": interaction("block_actions", actions=[{"action_id": "x"}], function_data=5),
    "response urls odd": interaction("view_submission", view=view(), response_urls=[5]),
    "lone surrogate": interaction("view_submission", view=view(title="\ud800")),
    "nul": interaction("view_submission", view=view(title="\x00")),
}


@pytest.mark.threat("T07", "T08")
@pytest.mark.parametrize("payload", ODD.values(), ids=list(ODD))
async def test_kinds_that_are_not_ours_get_the_constant(slack: Running, log: io.StringIO, payload: Any) -> None:
    assert await slack.deliver(payload) == (200, "")
    assert slack.front.heard == []
    assert "CANARY" not in log.getvalue()


@pytest.mark.threat("T05", "T07", "T08")
@pytest.mark.parametrize("payload", AWKWARD.values(), ids=list(AWKWARD))
async def test_awkward_shapes_are_no_error_of_ours(slack: Running, log: io.StringIO, payload: Any) -> None:
    assert await slack.deliver(payload) == (200, "")
    assert "Traceback" not in log.getvalue()
    assert len(log.getvalue().splitlines()) <= 1


FOREIGN: dict[str, Any] = {
    "another team": command(team_id="T0ELSEWHER"),
    "another team's view": interaction("view_submission", view=view(), team={"id": "T0ELSEWHER"}),
    "no team": interaction("block_actions", team=None, actions=[{"action_id": "x"}]),
    "another app": command(api_app_id="A0NOTOURS1"),
    "another app's event": event(api_app_id="A0NOTOURS1"),
    "an enterprise": command(enterprise_id="E0NOTOURS1"),
    "an enterprise's view": interaction("view_submission", view=view(), enterprise={"id": "E0NOTOURS1"}),
    "another team's event": event(team_id="T0ELSEWHER"),
    "team an object": interaction("block_actions", team={"id": {"id": TEAM}}, actions=[{"action_id": "x"}]),
}


@pytest.mark.threat("T09")
@pytest.mark.parametrize("payload", FOREIGN.values(), ids=list(FOREIGN))
async def test_other_workspaces_and_apps_get_the_constant(slack: Running, payload: Any) -> None:
    assert await slack.deliver(payload) == (200, "")
    assert slack.front.heard == []


@pytest.mark.threat("T09")
async def test_our_own_enterprise_is_ours() -> None:
    async with running(enterprise="E0OURS0001") as slack:
        await slack.deliver(command(enterprise_id="E0OURS0001"))
        await slack.deliver(command(enterprise_id="E0NOTOURS1"))
        assert len(slack.front.heard) == 1


async def test_every_kind_reaches_the_front_as_it_was_sent(slack: Running) -> None:
    for payload in EVERY_KIND.values():
        assert await slack.deliver(payload) == (200, "")
    assert slack.front.heard == list(EVERY_KIND.values())


async def test_words_with_every_kind_of_escape_arrive(slack: Running) -> None:
    words = 'a=b&c%2B+d é 漢字 🙂 %zz \n\r\t"quotes" <@U1> \u202e'
    payload = interaction("view_submission", view=view(private_metadata=words))
    await slack.deliver(payload)
    await slack.deliver(command(text=words))
    assert slack.front.heard[0]["view"]["private_metadata"] == words
    assert slack.front.heard[1]["text"] == words


async def test_malformed_escapes_stay_as_they_are(slack: Running) -> None:
    body = b"command=/peersupport&team_id=" + TEAM.encode() + b"&user_id=" + USER.encode() + b"&text=100%+%zz+a=b"
    assert (await slack.send_signed(body))[0] == 200
    assert slack.front.heard[0]["text"] == "100% %zz a=b"


async def test_the_answer_is_passed_on(slack: Running) -> None:
    slack.front.answer = {"response_action": "clear"}
    status, words = await slack.deliver(EVERY_KIND["submission"])
    assert (status, json.loads(words)) == (200, {"response_action": "clear"})


async def test_a_crash_behind_the_door_is_answered_and_noted_without_words(slack: Running, log: io.StringIO) -> None:
    slack.front.trouble = ValueError("CANARY-WORDS")
    assert await slack.deliver(command(text="CANARY-TEXT")) == (200, "")
    assert "CANARY" not in log.getvalue()
    assert "ValueError" in log.getvalue()


@pytest.mark.threat("T05")
async def test_unsigned_headers_do_not_steer_bolt(slack: Running) -> None:
    body = form(EVERY_KIND["action"])
    headers = {"X-Slack-Bolt-Lazy-Only": "1", "X-Slack-Bolt-Lazy-Function-Name": "anything"}
    assert await slack.send_signed(body, **headers) == (200, "")
    assert len(slack.front.heard) == 1


@pytest.mark.req("G29")
async def test_readiness_names_the_trouble_and_counts_nothing(slack: Running) -> None:
    async def ready() -> tuple[int, Any]:
        status, words = await slack.send(b"", {}, path="/readyz", method="GET")
        return status, json.loads(words)

    assert await ready() == (200, {"status": "ready", "reasons": []})
    slack.health.put(Reason.DATABASE, present=True)
    assert await ready() == (503, {"status": "help-lines", "reasons": ["database_out_of_reach"]})
    assert (await slack.send(b"", {}, path="/healthz", method="GET"))[0] == 200
    slack.health.put(Reason.DATABASE, present=False)
    assert (await ready())[0] == 200


async def test_bolt_keeps_no_tokens_and_takes_none_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN"):
        monkeypatch.setenv(name, "CANARY")
    known = Identity(TEAM, BOT)
    async with make_session() as session:
        app = make_bolt(known, "xoxb-ours", "http://127.0.0.1:9/api/", session, TinyFront())
    assert (app.installation_store, app.oauth_flow) == (None, None)
    assert app.client.token is None
    assert app.client.retry_handlers == []
    assert app.process_before_response
    assert "SLACK_CLIENT_ID" not in os.environ


@pytest.mark.parametrize(
    ("token", "app"), [("xapp-1-A012ABCDEF-123-abc", "A012ABCDEF"), ("xapp-1-CANARY", ""), ("xapp-plain", "")]
)
def test_the_apps_id_is_read_from_its_token(tmp_path: Path, token: str, app: str) -> None:
    settings = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": token, "MASTER_KEY_FILE": "k"}
    assert app_of(load_settings(settings, tmp_path)) == app
