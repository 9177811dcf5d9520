"""Socket Mode: the same door, its answers by envelope, and reconnecting at once."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.door import Door, Identity
from bot.health import Health
from bot.refusals import StartRefused
from bot.slack import make_bolt, make_client, make_session
from bot.socket import Socket
from simulator import Simulator
from tests.front.process import ROOT
from tests.front.signed import TinyFront, captured_log


@dataclass
class Up:
    slack: Simulator
    front: TinyFront
    health: Health
    socket: Socket
    keeping: asyncio.Task[None]


@asynccontextmanager
async def connected(app_token: str = "") -> AsyncIterator[Up]:
    async with await Simulator.start(manifest=ROOT / "manifest.yml") as slack, make_session() as session:
        front, door, health = TinyFront(), Door(), Health()
        app = slack.workspace.app
        known = Identity(slack.workspace.team_id, app.bot_user_id, app.bot_id, app.app_id)
        door.open(make_bolt(known, app.bot_token, slack.api_url, session, front), known)
        client = make_client(app.bot_token, slack.api_url, session)
        socket = Socket(door, health, app_token or app.app_token, client)
        keeping = asyncio.create_task(socket.keep())
        try:
            yield Up(slack, front, health, socket, keeping)
        finally:
            await socket.close(patience=1)
            keeping.cancel()
            await asyncio.wait([keeping])


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to that in ten seconds")


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


@pytest.fixture
async def up() -> AsyncIterator[Up]:
    async with connected() as both:
        await both.slack.connected()
        yield both


async def test_a_command_is_heard_and_answered(up: Up) -> None:
    up.front.answer = {"response_type": "ephemeral", "text": "These words came back."}
    await up.slack.person("ava").types("/peersupport")
    await up.slack.person("ava").sees("These words came back.")
    assert up.front.heard[0]["command"] == "/peersupport"


async def test_an_event_is_acknowledged_once(up: Up) -> None:
    await up.slack.person("ava").opens_home()
    await up.slack.settled()
    assert [payload["event"]["type"] for payload in up.front.heard] == ["app_home_opened"]


async def test_a_crash_is_acknowledged_all_the_same(up: Up, log: io.StringIO) -> None:
    up.front.trouble = ValueError("CANARY")
    await up.slack.person("ava").types("/peersupport CANARY")
    await up.slack.settled()
    assert up.slack.person("ava").notices == []
    assert "CANARY" not in log.getvalue()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_new_connection_stands_when_slack_asks_for_one(up: Up, reason: str) -> None:
    before = list(up.slack.sockets.connections)
    await up.slack.sockets.disconnect(reason)  # type: ignore[arg-type]
    await until(lambda: bool(set(up.slack.sockets.connections) - set(before)))
    up.front.answer = {"text": "still here"}
    await up.slack.person("ava").types("/peersupport")
    await up.slack.person("ava").sees("still here")


async def test_a_cut_connection_is_replaced(up: Up) -> None:
    before = list(up.slack.sockets.connections)
    await up.slack.sockets.cut()
    await until(lambda: up.health.ready and bool(set(up.slack.sockets.connections) - set(before)))


async def test_what_is_under_way_is_answered_before_the_end(up: Up) -> None:
    up.front.gate, up.front.answer = asyncio.Event(), {"text": "just in time"}
    typing = asyncio.create_task(up.slack.person("ava").types("/peersupport"))
    await until(lambda: bool(up.front.heard))
    closing = asyncio.create_task(up.socket.close(patience=5))
    await asyncio.sleep(0)
    up.front.gate.set()
    await closing
    await typing
    await up.slack.person("ava").sees("just in time")


@pytest.mark.req("G29")
async def test_a_refused_token_is_told_and_tried_again(log: io.StringIO) -> None:
    async with connected(app_token="xapp-CANARY") as up:
        await until(lambda: len(up.slack.calls("apps.connections.open")) >= 3)
        assert up.health.reasons == ("socket_not_connected",)
    assert "socket.refused" in log.getvalue()
    assert "CANARY" not in log.getvalue()


async def test_a_token_refused_at_first_is_said_before_anything_is_served() -> None:
    async with await Simulator.start(manifest=ROOT / "manifest.yml") as slack, make_session() as session:
        client = make_client(slack.workspace.app.bot_token, slack.api_url, session)
        with pytest.raises(StartRefused, match=r"does not accept SLACK_APP_TOKEN \(invalid_auth\)") as refusal:
            await Socket(Door(), Health(), "xapp-1-CANARY", client).ask_first()
    assert "CANARY" not in " ".join(refusal.value.sentences)


async def test_the_address_asked_for_at_first_is_used_and_slack_out_of_reach_stops_nothing() -> None:
    async with await Simulator.start(manifest=ROOT / "manifest.yml") as slack, make_session() as session:
        client = make_client(slack.workspace.app.bot_token, slack.api_url, session)
        socket = Socket(Door(), Health(), slack.workspace.app.app_token, client)
        await socket.ask_first()
        keeping = asyncio.create_task(socket.keep())
        await slack.connected()
        assert len(slack.calls("apps.connections.open")) == 1
        await socket.close(patience=1)
        keeping.cancel()
        await asyncio.wait([keeping])
        url = slack.api_url
    async with make_session() as session:
        await Socket(Door(), Health(), "xapp-1", make_client("xoxb-1", url, session)).ask_first()
