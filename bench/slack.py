"""A Web API that answers at once and notes when it was asked: no checks, no limits, as cheap as it can be."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from typing import Any, cast

from bench.payloads import APP, BOT, BOT_USER, CHANNEL, TEAM

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_TRIGGER = re.compile(rb"\.bench(\d{9})")
_USER = re.compile(rb"\bU[A-Z0-9]{9,10}\b")
REFERENCE = re.compile(rb"\b[A-Z][0-9]-[0-9][A-Z0-9]{3}\b")
_SCOPES = b"X-OAuth-Scopes: commands,chat:write,users:read,groups:read\r\n"


class Slack:
    """What the app asked of Slack, by method, and when; and the answers it gets."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.opened: dict[int, float] = {}
        """When a view was opened or pushed, by the number in its trigger."""
        self.published: dict[str, float] = {}
        """When somebody's Home was published last."""
        self.posted: dict[bytes, float] = {}
        """When a message with a reference in it was posted first."""
        self.last_view: dict[str, Any] | None = None
        self.keep_views = False
        """Whether views are read and kept, which costs time."""
        self._awaited: asyncio.Event = asyncio.Event()
        self._not_yet: dict[int, asyncio.Event] = {}
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """The address that SLACK_API_URL gets."""
        return f"http://127.0.0.1:{self.port}/api/"

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.get_running_loop().create_server(lambda: _Caller(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def forget(self) -> None:
        """Drop what was noted."""
        for noted in (self.calls, self.opened, self.published, self.posted):
            cast("dict[Any, Any]", noted).clear()

    async def next_view(self, seconds: float = 5.0) -> dict[str, Any]:
        """Return the next view that the app shows in whatever way; call `expect` before what causes it."""
        async with asyncio.timeout(seconds):
            await self._awaited.wait()
        assert self.last_view is not None
        return self.last_view

    async def stands(self, number: int, seconds: float = 5.0) -> None:
        """Wait until the view of a trigger was opened; raises TimeoutError where it never is."""
        if number in self.opened:
            return
        async with asyncio.timeout(seconds):
            await self._not_yet.setdefault(number, asyncio.Event()).wait()

    def expect(self) -> None:
        """Forget the last view."""
        self._awaited.clear()
        self.last_view = None

    def answer(self, method: str, said: bytes) -> bytes:
        """Return the JSON for one call."""
        self.calls[method] += 1
        if method.startswith("views."):
            return self._view(method, said)
        if method == "chat.postMessage":
            found = REFERENCE.search(said)
            if found:
                self.posted.setdefault(found[0], time.perf_counter())
            return b'{"ok":true,"channel":"%s","ts":"17900%05d.%06d","message":{"type":"message"}}' % (
                CHANNEL.encode(),
                self.calls[method] // 1000000,
                self.calls[method] % 1000000,
            )
        if method == "users.info":
            found = _USER.search(said)
            return _user(found[0] if found else b"U0NOBODY01")
        return _FIXED.get(method, b'{"ok":true}')

    def _view(self, method: str, said: bytes) -> bytes:
        now = time.perf_counter()
        if method == "views.publish":
            found = _USER.search(said)
            if found:
                self.published[found[0].decode()] = now
        else:
            trigger = _TRIGGER.search(said)
            if trigger:
                self.opened.setdefault(int(trigger[1]), now)
                waiting = self._not_yet.pop(int(trigger[1]), None)
                if waiting is not None:
                    waiting.set()
        if self.keep_views:
            asked = json.loads(said)
            self.last_view = json.loads(asked["view"]) if isinstance(asked["view"], str) else asked["view"]
            self._awaited.set()
        # As long as Slack's own answer, which holds the whole view.
        return b'{"ok":true,"view":{"id":"V%010d","hash":"1790000000.x","shown":%s}}' % (
            self.calls[method],
            said if said.startswith(b"{") else b"{}",
        )


def _user(user: bytes) -> bytes:
    return (
        b'{"ok":true,"user":{"id":"%s","team_id":"%s","name":"invented.person","deleted":false,"color":"9f69e7",'
        b'"real_name":"Invented Person","tz":"America\\/Vancouver","tz_label":"Pacific Time","tz_offset":-28800,'
        b'"profile":{"title":"","phone":"","skype":"","real_name":"Invented Person","display_name":"Invented",'
        b'"avatar_hash":"0","status_text":"","status_emoji":"","team":"%s"},"is_admin":false,"is_owner":false,'
        b'"is_primary_owner":false,"is_restricted":false,"is_ultra_restricted":false,"is_bot":false,'
        b'"is_app_user":false,"updated":1790000000,"is_email_confirmed":true,"locale":"en-CA"}}'
    ) % (user, TEAM.encode(), TEAM.encode())


_FIXED = {
    "auth.test": json.dumps(
        {
            "ok": True,
            "url": "https://harbour-physicians.slack.com/",
            "team": "Harbour Physicians",
            "user": "peersupport",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
            "app_id": APP,
        }
    ).encode(),
    "conversations.info": json.dumps(
        {"ok": True, "channel": {"id": CHANNEL, "name": "admins", "is_private": True, "is_member": True}}
    ).encode(),
}


class _Caller(asyncio.Protocol):
    """One connection of the app's."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._held = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        held = self._held
        held += data
        head = held.find(_END)
        if head < 0 or self._transport is None:
            return
        start = held.lower().find(_LENGTH, 0, head)
        length = int(held[start + len(_LENGTH) : held.find(b"\r\n", start)]) if start >= 0 else 0
        whole = head + 4 + length
        if len(held) < whole:
            return
        address = held[: held.find(b"\r\n")].split(b" ")[1]
        path, _, query = address.partition(b"?")
        said = bytes(held[head + 4 : whole]) or bytes(query)
        del held[:whole]
        body = self._slack.answer(path.rpartition(b"/")[2].decode(), said)
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
            + _SCOPES
            + b"Content-Length: %d\r\n\r\n" % len(body)
            + body
        )
