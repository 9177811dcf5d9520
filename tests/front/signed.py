"""A running server with a tiny front behind it, and requests signed as Slack signs them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
import logging
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import logs
from bot.door import Door, Identity
from bot.health import Health
from bot.server import PATH, Seal, Server
from bot.slack import make_bolt, make_session

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
PREVIOUS = "0123456789abcdef0123456789abcdef"
TEAM, APP, BOT, USER = "T0HARBOUR1", "A0PEERSUP1", "U0PEERBOT1", "U0AVALARK1"
NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


class TinyFront(AsyncMiddleware):
    """Answers everything with the same few words and remembers what it was given."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answer: dict[str, Any] | None = None
        self.trouble: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt passes it by this name
    ) -> BoltResponse:
        self.heard.append(req.body)
        if self.gate is not None:
            await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        return BoltResponse(status=200, body=self.answer or "")


@dataclass
class Running:
    """A server that is up, its front, its health, and a session to speak to it."""

    port: int
    front: TinyFront
    health: Health
    door: Door
    session: aiohttp.ClientSession
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def send(
        self, body: bytes, headers: Mapping[str, str] | list[tuple[str, str]], path: str = PATH, method: str = "POST"
    ) -> tuple[int, str]:
        async with self.session.request(method, self.url + path, data=io.BytesIO(body), headers=headers) as answer:
            return answer.status, await answer.text()

    async def send_signed(
        self, body: bytes, content_type: str = "application/x-www-form-urlencoded", **more: str
    ) -> tuple[int, str]:
        return await self.send(body, {**signature(body), "Content-Type": content_type, **more})

    async def deliver(self, payload: Mapping[str, Any]) -> tuple[int, str]:
        """Send a payload as Slack would: events as JSON, commands and interactions as forms."""
        if "command" in payload:
            return await self.send_signed(urlencode(payload).encode())
        if payload.get("type") == "event_callback":
            return await self.send_signed(json.dumps(payload).encode(), "application/json")
        return await self.send_signed(form(payload))


def form(payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def signature(body: bytes, secret: str = SECRET, at: datetime = NOW, timestamp: str | None = None) -> dict[str, str]:
    timestamp = timestamp or str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def command(**changes: Any) -> dict[str, Any]:
    return {
        "token": "legacy",
        "team_id": TEAM,
        "team_domain": "harbour",
        "channel_id": "C0GENERAL1",
        "user_id": USER,
        "command": "/peersupport",
        "text": "",
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1:9/respond",
        "trigger_id": "1.2.abc",
        **changes,
    }


def interaction(kind: str, **changes: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "user": {"id": USER, "team_id": TEAM},
        "team": {"id": TEAM, "domain": "harbour"},
        "enterprise": None,
        "api_app_id": APP,
        "trigger_id": "1.2.abc",
        **changes,
    }


def view(**changes: Any) -> dict[str, Any]:
    return {"id": "V1", "type": "modal", "callback_id": "request_form", "state": {"values": {}}, **changes}


def event(**changes: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": APP,
        "event_id": "Ev1",
        "event": {"type": "app_home_opened", "user": USER, "tab": "home"},
        **changes,
    }


EVERY_KIND: dict[str, dict[str, Any]] = {
    "command": command(),
    "shortcut": interaction("shortcut", callback_id="peersupport_menu"),
    "action": interaction("block_actions", actions=[{"action_id": "ask", "block_id": "b", "type": "button"}]),
    "submission": interaction("view_submission", view=view()),
    "close": interaction("view_closed", view=view(), is_cleared=False),
    "event": event(),
}


@contextmanager
def captured_log(level: str = "debug") -> Iterator[io.StringIO]:
    """Catch the log as the process would write it, and give the machinery back as it was."""
    root, stream = logging.getLogger(), io.StringIO()
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    handlers, root_level, raising = list(root.handlers), root.level, logging.raiseExceptions
    try:
        logs.set_up_logs(level, stream)
        sys.unraisablehook = hooks[2]  # Pytest finds what is left open by it.
        yield stream
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(capture=False)
        root.handlers[:], logging.raiseExceptions = handlers, raising
        root.setLevel(root_level)
        structlog.reset_defaults()


@asynccontextmanager
async def running(body_seconds: float = 5.0, **identity: str) -> AsyncIterator[Running]:
    """Run a server on a free port until the block ends."""
    front, door, health = TinyFront(), Door('{"text": "closed"}'), Health()
    clock = [NOW]
    known = Identity(**{"team": TEAM, "bot_user": BOT, "app": APP, **identity})
    async with make_session() as web_session, aiohttp.ClientSession() as session:
        door.open(make_bolt(known, "xoxb-test", "http://127.0.0.1:9/api/", web_session, front), known)
        seal = Seal((SECRET.encode(), PREVIOUS.encode()), lambda: clock[0])
        runner = Server(door, health, seal, body_seconds=body_seconds).runner()
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield Running(runner.addresses[0][1], front, health, door, session, clock)
        finally:
            await runner.cleanup()
