"""Socket Mode: up to ten connections, each payload to any one of them, acknowledged by envelope id."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any, Literal

from aiohttp import WSMsgType, web

from simulator.dispatch import Answer, Kind
from simulator.workspace import Workspace

MOST_CONNECTIONS = 10
PING_SECONDS = 10.0
Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


class Sockets:
    """The connections of the app, and the envelopes it has not acknowledged yet."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.base_url = ""
        self.connections: list[web.WebSocketResponse] = []
        self._tickets: set[str] = set()
        self._waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Answer]]] = {}
        self._next = 0

    def add_routes(self, app: web.Application) -> None:
        """Accept connections with a ticket from `apps.connections.open`."""
        app.router.add_get("/socket/", self.handle)

    def new_url(self) -> str:
        """Make an address for one connection."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        address = self.base_url.replace("http://", "ws://", 1)
        return f"{address}/socket/?ticket={ticket}&app_id={self.workspace.app.app_id}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Greet one connection and hear its acknowledgements until it goes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await self._disconnect(socket, "too_many_websockets")
            return socket
        self.connections.append(socket)
        self.workspace.touch()
        await socket.send_json(self._hello())
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            self._gone(socket)
        return socket

    async def deliver(self, kind: Kind, payload: dict[str, Any], retry: tuple[int, str], seconds: float) -> Answer:
        """Hand an envelope to one of the connections and wait for its acknowledgement."""
        usable = [socket for socket in self.connections if not socket.closed]
        if not usable:
            return Answer("dispatch_failed", status="no connection")
        self._next += 1
        socket = usable[self._next % len(usable)]
        envelope_id = secrets.token_hex(16)
        envelope: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (socket, future)
        try:
            await socket.send_json(envelope)
            return await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return Answer("operation_timeout", status="timeout")
        except ConnectionError as error:
            return Answer("dispatch_failed", status=type(error).__name__)
        finally:
            self._waiting.pop(envelope_id, None)

    async def disconnect(self, reason: Reason = "refresh_requested") -> None:
        """Tell every connection to go; only a warning leaves them open for now."""
        for socket in list(self.connections):
            await self._disconnect(socket, reason)

    async def cut(self) -> None:
        """Close every connection without a word, as a broken network would."""
        for socket in list(self.connections):
            self._gone(socket)
            await socket.close(code=1006)

    async def _disconnect(self, socket: web.WebSocketResponse, reason: Reason) -> None:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "simulator"}})
        if reason != "warning":
            self._gone(socket)
            await socket.close()

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self.workspace.app.app_id},
            "debug_info": {"host": "simulator", "approximate_connection_time": 18060},
        }

    def _acknowledged(self, raw: str) -> None:
        try:
            body = json.loads(raw)
        except ValueError:
            return
        if not isinstance(body, dict):
            return
        waiting = self._waiting.get(str(body.get("envelope_id")))
        if waiting is not None and not waiting[1].done():
            waiting[1].set_result(Answer("", body.get("payload"), "acknowledged"))

    def _gone(self, socket: web.WebSocketResponse) -> None:
        if socket in self.connections:
            self.connections.remove(socket)
        for owner, future in self._waiting.values():
            if owner is socket and not future.done():
                future.set_result(Answer("dispatch_failed", status="connection lost"))
        self.workspace.touch()
