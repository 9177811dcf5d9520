"""Carries commands, interactions and events to the app: signed over HTTP, or in envelopes over Socket Mode.

The app has three seconds. What the person then sees is decided by the caller from the `Answer`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from simulator.payloads import REMOVAL
from simulator.workspace import LogEntry, Workspace

Kind = Literal["slash_commands", "interactive", "events_api"]

RETRY_DELAYS = (0.0, 60.0, 300.0)
DEADLINE = 3.0


@dataclass(frozen=True)
class Answer:
    """What came back: `failure` is empty on a timely 200, else Slack's word for it; `body` is JSON, text or None."""

    failure: str = ""
    body: Any = None
    status: int | str = 200
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Whether the app acknowledged in time."""
        return not self.failure


class SocketHub(Protocol):
    """The Socket Mode side: hands an envelope to one of the connections."""

    async def deliver(self, kind: Kind, payload: dict[str, Any], retry: tuple[int, str], seconds: float) -> Answer:
        """Send and wait for the acknowledgement."""


class Dispatcher:
    """Sends payloads to the app and keeps the three-second deadline and the event retries."""

    def __init__(self, workspace: Workspace, request_url: str, hub: SocketHub | None) -> None:
        self.workspace = workspace
        self.request_url = request_url
        self.hub = hub
        self.deadline = DEADLINE
        self.retry_delays: Sequence[float] = RETRY_DELAYS
        self.in_flight = 0
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Give up waiting retries and close connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def send(
        self, kind: Kind, payload: dict[str, Any], title: str, person: str = "", retry: tuple[int, str] = (0, "")
    ) -> Answer:
        """Send one payload and return how the app answered within the deadline."""
        entry = self.workspace.record("to app", kind, title, person, payload)
        if self.workspace.app.uninstalled and _event(payload) not in REMOVAL:
            answer = Answer("dispatch_failed", status="not installed", no_retry=True)
            _note(entry, answer, 0.0)
            return answer
        loop = asyncio.get_running_loop()
        started = loop.time()
        self.in_flight += 1
        try:
            if self.request_url:
                answer = await self._post(kind, payload, retry)
            elif self.hub is not None:
                answer = await self.hub.deliver(kind, payload, retry, self.deadline)
            else:
                answer = Answer("dispatch_failed", status="no address")
        finally:
            self.in_flight -= 1
        _note(entry, answer, loop.time() - started)
        self.workspace.touch()
        return answer

    def send_event(self, payload: dict[str, Any], title: str, person: str = "") -> None:
        """Send an event in the background, and again up to three times while the app does not acknowledge it."""
        task = asyncio.get_running_loop().create_task(self._send_event(payload, title, person))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way to the app just now."""
        return self.in_flight == 0

    async def _send_event(self, payload: dict[str, Any], title: str, person: str) -> None:
        answer = await self.send("events_api", payload, title, person)
        for attempt, delay in enumerate(self.retry_delays, start=1):
            if answer.ok or answer.no_retry:
                return
            reason = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}
            await asyncio.sleep(delay)
            why = reason.get(answer.failure, "http_error")
            answer = await self.send("events_api", payload, f"{title} (again, {attempt})", person, (attempt, why))

    async def _post(self, kind: Kind, payload: dict[str, Any], retry: tuple[int, str]) -> Answer:
        body, content_type = _encode(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0", **self.sign(body)}
        if retry[0]:
            headers.update({"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]})
        if self._session is None:
            # Every payload on a connection of its own: an app that was killed and started again is found at once.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        try:
            async with asyncio.timeout(self.deadline):
                async with self._session.post(self.request_url, data=body, headers=headers) as response:
                    return _answer(
                        response.status, await response.read(), response.headers.get("x-slack-no-retry", "") == "1"
                    )
        except TimeoutError:
            return Answer("operation_timeout", status="timeout")
        except aiohttp.ClientError as error:
            return Answer("dispatch_failed", status=type(error).__name__)

    def sign(self, body: bytes) -> dict[str, str]:
        """Return Slack's signature headers for these bytes."""
        timestamp = str(int(self.workspace.clock()))
        secret = self.workspace.app.signing_secret.encode()
        digest = hmac.new(secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def _event(payload: dict[str, Any]) -> str:
    """Return the name of an event; empty for everything else."""
    inner = payload.get("event")
    return str(inner.get("type", "")) if isinstance(inner, dict) else ""


def _encode(kind: Kind, payload: dict[str, Any]) -> tuple[bytes, str]:
    if kind == "slash_commands":
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"
    return json.dumps(payload).encode(), "application/json"


def _answer(status: int, raw: bytes, no_retry: bool) -> Answer:
    text = raw.decode("utf-8", "replace").strip()
    try:
        body = json.loads(text) if text else None
    except ValueError:
        body = text
    if status != 200:
        return Answer("http_service_error", body, status, no_retry)
    return Answer("", body, status)


def _note(entry: LogEntry, answer: Answer, seconds: float) -> None:
    entry.response, entry.status, entry.took_ms = answer.body, answer.failure or answer.status, round(seconds * 1000, 1)
