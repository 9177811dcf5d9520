"""What reaches the app: signatures, realistic payloads, retries of events, response urls, Socket Mode's ways."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web

from simulator import Simulator
from simulator.dispatch import Answer
from simulator.payloads import event
from simulator.respond import SECONDS
from simulator.stack import open_root, push
from simulator.workspace import Message
from tests.simulator.bolt_app import ADMIN_CHANNEL, button, modal, plain

Json = dict[str, Any]
GENERAL = "C0GENERAL1"
GWEN = "U0GWENSOR1"


class Ear:
    """An address that keeps what it hears and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.body = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.read()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, text=self.body, headers=self.headers)

    def payload(self, index: int = -1) -> Json:
        form = parse_qs(self.heard[index][1].decode())
        found: Json = json.loads(form["payload"][0])
        return found


@pytest.fixture
async def ear(sim: Simulator) -> AsyncIterator[Ear]:
    ear = Ear()
    app = web.Application()
    app.router.add_post("/hear", ear.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sim.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/hear"
    yield ear
    await runner.cleanup()


async def test_a_command_is_signed_on_its_raw_bytes(sim: Simulator, ear: Ear) -> None:
    await sim.person("chloe").types("/parrot à l'aide & <vite>")
    headers, raw = ear.heard[0]
    base = b"v0:" + headers["X-Slack-Request-Timestamp"].encode() + b":" + raw
    digest = hmac.new(sim.credentials["signing_secret"].encode(), base, hashlib.sha256).hexdigest()
    assert headers["X-Slack-Signature"] == f"v0={digest}"
    form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
    assert (form["command"], form["text"], form["channel_name"]) == ("/parrot", "à l'aide & <vite>", "general")
    assert form["user_id"] == sim.person("chloe").id
    assert {"trigger_id", "response_url", "team_id", "team_domain", "api_app_id", "user_name"} <= set(form)


async def test_a_refused_answer_is_shown_in_slacks_words(sim: Simulator, ear: Ear) -> None:
    ear.statuses = [500]
    ava = sim.person("ava")
    await ava.types("/parrot")
    assert ava.notices == ['/parrot failed with the error "http_service_error"']


async def test_a_press_in_a_message(sim: Simulator, ear: Ear) -> None:
    app = sim.workspace.app
    blocks = [{"type": "actions", "block_id": "b", "elements": [button("Claim", "claim", value="7")]}]
    message = Message(ADMIN_CHANNEL, sim.workspace.new_ts(), app.bot_user_id, "Card", blocks, bot_id=app.bot_id)
    sim.workspace.post(message)
    ear.statuses = [503]
    await sim.person("gwen").presses("Claim")
    payload = ear.payload()
    assert payload["type"] == "block_actions"
    assert payload["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": ADMIN_CHANNEL,
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": ADMIN_CHANNEL, "name": "privategroup"}
    assert (payload["message"]["ts"], payload["message"]["bot_id"]) == (message.ts, app.bot_id)
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"], action["type"]) == ("claim", "b", "7", "button")
    assert payload["response_url"].startswith(sim.url)
    assert payload["user"]["team_id"] == payload["team"]["id"] == sim.workspace.team_id
    assert "view" not in payload
    assert sim.person("gwen").notices == ["Parrot is not responding. Try again?"]


async def test_closing_one_or_all(sim: Simulator, ear: Ear) -> None:
    ava = sim.person("ava")
    told = {"notify_on_close": True}
    open_root(sim.workspace, ava.id, modal("First", [], callback_id="first", **told))
    push(sim.workspace, ava.id, modal("Second", [], callback_id="second", **told))
    await ava.closes()
    assert (ear.payload()["view"]["callback_id"], ear.payload()["is_cleared"]) == ("second", False)
    push(sim.workspace, ava.id, modal("Third", [], callback_id="third"))
    await ava.closes(everything=True)
    assert (ear.payload()["view"]["callback_id"], ear.payload()["is_cleared"]) == ("first", True)
    assert len(ear.heard) == 2
    assert ava.desk.modals == []


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ("", False),
        ("{}", False),
        ("ok", True),
        ('{"response_action": "errors", "errors": {}}', True),
        ('{"response_action": "errors", "errors": {"nowhere": "x"}}', True),
        ('{"response_action": "dance"}', True),
        ('{"response_action": "push", "view": {"type": "modal"}}', True),
    ],
)
async def test_odd_answers_to_a_submission_leave_the_modal_open(
    sim: Simulator, ear: Ear, answer: str, trouble: bool
) -> None:
    ava = sim.person("ava")
    open_root(sim.workspace, ava.id, modal("First", [], submit=plain("Send")))
    ear.body = answer
    await ava.submits()
    assert (ava.modal is not None) == trouble
    assert ("We had some trouble connecting. Try again?" in ava.screen()) == trouble


async def test_events_are_sent_again_until_acknowledged(sim: Simulator, ear: Ear) -> None:
    sim.dispatcher.retry_delays = (0, 0, 0)
    ear.statuses = [500, 500]
    await sim.person("ava").opens_home()
    await sim.settled()
    bodies = [json.loads(raw) for _, raw in ear.heard]
    assert len({body["event_id"] for body in bodies}) == 1
    marks = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in ear.heard]
    assert marks == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert bodies[0]["event"]["tab"] == "home"


async def test_events_are_given_up_after_three_retries_or_when_told(sim: Simulator, ear: Ear) -> None:
    sim.dispatcher.retry_delays = (0, 0, 0)
    ear.statuses = [500] * 9
    sim.dispatcher.send_event(event(sim.workspace, {"type": "x"}), "x")
    await sim.settled()
    assert len(ear.heard) == 4
    ear.headers = {"X-Slack-No-Retry": "1"}
    sim.dispatcher.send_event(event(sim.workspace, {"type": "x"}), "x")
    await sim.settled()
    assert len(ear.heard) == 5


async def test_events_need_a_subscription(sim: Simulator, ear: Ear) -> None:
    sim.workspace.app.events = frozenset()
    await sim.person("ava").opens_home()
    await sim.person("gwen").types("words in private", channel="peer-support-admin")
    await sim.settled()
    assert ear.heard == []
    sim.workspace.app.events = frozenset({"message.groups"})
    await sim.person("gwen").types("words in private", channel="peer-support-admin")
    await sim.settled()
    assert json.loads(ear.heard[0][1])["event"]["text"] == "words in private"


async def test_a_response_url_is_good_for_five_uses_in_half_an_hour(sim: Simulator) -> None:
    now = [sim.workspace.clock()]
    sim.workspace.clock = lambda: now[0]
    url = sim.responder.new_url(GWEN, GENERAL)
    late = sim.responder.new_url(GWEN, GENERAL)

    async with aiohttp.ClientSession() as session:

        async def use(address: str, **body: Any) -> tuple[int, str]:
            async with session.post(address, json=body) as response:
                return response.status, await response.text()

        assert await use(url, text="x" * 3, blocks=[{"type": "alert", "text": plain("x")}]) == (400, "invalid_blocks")
        assert await use(url) == (400, "no_text")
        assert [await use(url, text=f"use {n}") for n in range(6)] == [(200, "ok")] * 5 + [(404, "used_url")]
        now[0] += SECONDS + 1
        assert await use(late, text="x") == (404, "expired_url")
        assert await use(f"{sim.url}/respond/unknown", text="x") == (404, "no_such_url")
    assert "use 4" in sim.person("gwen").screen("#general")
    sim.person("ava").sees_nothing_of("use 4")


async def test_a_response_url_replaces_or_deletes_its_message(sim: Simulator) -> None:
    app = sim.workspace.app
    message = Message(ADMIN_CHANNEL, sim.workspace.new_ts(), app.bot_user_id, "Card", bot_id=app.bot_id)
    sim.workspace.post(message)
    url = sim.responder.new_url(GWEN, ADMIN_CHANNEL, message.ts)
    async with aiohttp.ClientSession() as session:
        await session.post(url, json={"replace_original": True, "text": "Replaced"})
        assert sim.person("farah").messages("peer-support-admin")[0].text == "Replaced"
        await session.post(url, json={"response_type": "in_channel", "text": "For all"})
        await session.post(url, json={"delete_original": True})
    assert [each.text for each in sim.person("farah").messages("peer-support-admin")] == ["For all"]


async def _connect(sim: Simulator, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    bearer = {"Authorization": f"Bearer {sim.credentials['app_token']}"}
    async with session.post(f"{sim.api_url}apps.connections.open", headers=bearer) as response:
        url = (await response.json())["url"]
    return await session.ws_connect(url)


async def test_each_envelope_goes_to_one_connection(sim: Simulator) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await _connect(sim, session) for _ in range(2)]
        hellos = [await socket.receive_json() for socket in sockets]
        assert [hello["type"] for hello in hellos] == ["hello", "hello"]

        async def serve(socket: aiohttp.ClientWebSocketResponse) -> int:
            count = 0
            async for message in socket:
                envelope = json.loads(message.data)
                if envelope["type"] == "disconnect":
                    return count
                count += 1
                assert envelope["accepts_response_payload"] is True
                await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Heard."}})
            return count

        serving = [asyncio.create_task(serve(socket)) for socket in sockets]
        for _ in range(4):
            await sim.person("ava").types("/parrot")
        await sim.sockets.disconnect("refresh_requested")
        counts = [await task for task in serving]
    assert sum(counts) == 4
    assert all(counts)
    assert sim.person("ava").screen("#general").count("Heard.") == 4


async def test_at_most_ten_connections_and_tickets_are_used_once(sim: Simulator) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await _connect(sim, session) for _ in range(10)]
        assert (await sockets[9].receive_json())["num_connections"] == 10
        extra = await _connect(sim, session)
        assert await extra.receive_json() == {
            "type": "disconnect",
            "reason": "too_many_websockets",
            "debug_info": {"host": "simulator"},
        }
        ticket = sim.sockets.new_url()
        sockets.append(await session.ws_connect(ticket))
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(ticket)


async def test_without_a_connection_nothing_arrives(sim: Simulator) -> None:
    ava = sim.person("ava")
    await ava.types("/parrot")
    assert ava.notices == ['/parrot failed with the error "dispatch_failed"']


async def test_a_connection_lost_before_the_answer(sim: Simulator) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await _connect(sim, session)
        await socket.receive_json()
        sending = asyncio.create_task(sim.dispatcher.send("slash_commands", {"command": "/parrot"}, "x"))
        await socket.receive_json()
        await sim.sockets.cut()
        assert await sending == Answer("dispatch_failed", status="connection lost")
