"""The HTTP side: one address for Slack, checked on its raw bytes, two for whoever watches, one page of help lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot import help_page, logs
from bot.decoding import Malformed, Payload, decode
from bot.door import Door, Reply
from bot.health import Health
from bot.metrics import Answer, Meter
from bot.signature import genuine, plausible
from bot.web import Web

PATH = "/slack/events"
MOST_BYTES = 1024 * 1024
BODY_SECONDS = 5.0
SHUTDOWN_SECONDS = 4.0
"""How long requests under way may take to end when the process is told to."""
_UNAUTHORISED = 401
_CHALLENGE_LENGTH = 256
_AS_JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """What signatures are checked with: the signing secret, and during its rotation the previous one."""

    secrets: Sequence[bytes]
    now: Callable[[], datetime]


class Server:
    """Serves the four addresses, and pages where there are any; everything else is the same short 404."""

    def __init__(
        self,
        door: Door,
        health: Health,
        seal: Seal | None,
        meter: Meter | None = None,
        body_seconds: float = BODY_SECONDS,
        *,
        help_page: str = "",
        pages: Web | None = None,
    ) -> None:
        """Without a seal (Socket Mode) Slack's address does not exist; a body slower than `body_seconds` is refused.

        `pages` are those for people who are not in Slack; without them their addresses do not exist.
        """
        self._meter = meter or Meter()
        self._body_seconds = body_seconds
        self._door = door
        self._health = health
        self._seal = seal
        self._refusals = Refusals()
        self._help_page = help_page
        self._pages = pages

    def application(self) -> web.Application:
        """Make the aiohttp application."""
        application = web.Application(client_max_size=MOST_BYTES, middlewares=[_constant_errors])
        if self._seal is not None:
            application.router.add_post(PATH, self._events)
        application.router.add_get("/healthz", self._alive, allow_head=False)
        application.router.add_get("/readyz", self._ready, allow_head=False)
        if self._help_page:
            application.router.add_get(help_page.PATH, self._help, allow_head=False)
        if self._pages is not None:
            self._pages.mount(application)
        application.on_response_prepare.append(_say_no_more)
        return application

    def runner(self) -> web.AppRunner:
        """Make the aiohttp runner: no access log, bodies left as they were sent, refused ones not waited for."""
        return web.AppRunner(
            self.application(),
            access_log=None,
            auto_decompress=False,
            lingering_time=1.0,
            shutdown_timeout=SHUTDOWN_SECONDS,
        )

    async def _alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _ready(self, _request: web.Request) -> web.Response:
        reasons = self._health.reasons
        body = {"status": "help-lines" if reasons else "ready", "reasons": list(reasons)}
        return web.json_response(body, status=503 if reasons else 200)

    async def _help(self, _request: web.Request) -> web.Response:
        return help_page.answer(self._help_page)

    async def _events(self, request: web.Request) -> web.Response:
        assert self._seal is not None
        timestamps = request.headers.getall("X-Slack-Request-Timestamp", [])
        signatures = request.headers.getall("X-Slack-Signature", [])
        if not plausible(timestamps, signatures, self._seal.now()):
            return self._refuse(_UNAUTHORISED)
        if "Content-Encoding" in request.headers:
            return self._refuse(415)
        try:
            body = await self._body(request)
        except TimeoutError:
            return self._refuse(408)
        if not genuine(body, timestamps[0], signatures[0], self._seal.secrets):
            return self._refuse(_UNAUTHORISED)
        try:
            payload = decode(body, request.content_type)
        except Malformed:
            logs.note("request.malformed")
            return _short(400)
        return _response(_handshake(payload) or await self._door.answer(payload))

    async def _body(self, request: web.Request) -> bytes:
        if request.content.is_eof():
            # It came whole, as nearly all do; a timer costs as much as the check of the signature.
            return await request.read()
        async with asyncio.timeout(self._body_seconds):
            return await request.read()

    def _refuse(self, status: int) -> web.Response:
        self._meter.answered(Answer.REFUSED)
        self._refusals.count(status)
        return _short(status)


class Refusals:
    """Notes the first refusal of each kind and then every hundredth, so that a flood does not flood the log."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}

    def count(self, status: int) -> None:
        """Count one refusal."""
        seen = self._seen[status] = self._seen.get(status, 0) + 1
        if seen == 1 or seen % 100 == 0:
            logs.note("request.refused", status=status, count=seen)


def _handshake(payload: Payload) -> Reply | None:
    """Answer Slack's two questions about the address itself; they are signed like all else."""
    if payload.get("type") == "url_verification":
        challenge = payload.get("challenge")
        fits = isinstance(challenge, str) and len(challenge) <= _CHALLENGE_LENGTH
        return Reply(body=json.dumps({"challenge": challenge})) if fits else Reply(400)
    return Reply() if "ssl_check" in payload else None


def _response(reply: Reply) -> web.Response:
    if reply.status != 200:
        return _short(reply.status)
    if not reply.body:
        return web.Response(status=200)
    return web.Response(body=reply.body.encode(), headers=_AS_JSON)


def _short(status: int) -> web.Response:
    """Return an answer that says nothing beyond its status, and close the connection."""
    response = web.Response(status=status, text="")
    response.force_close()
    return response


@web.middleware
async def _constant_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Give aiohttp's own refusals (404, 405, 413) and every bug the same empty shape."""
    try:
        return await handler(request)
    except web.HTTPException as refusal:
        return _short(404 if refusal.status in (404, 405) else refusal.status)
    except Exception as error:  # noqa: BLE001 - aiohttp would print a traceback
        logs.trouble("request.failed", error)
        return _short(500)


async def _say_no_more(_request: web.Request, response: web.StreamResponse) -> None:
    """Leave out the header that names our software and its version."""
    response.headers.popall("Server", None)
