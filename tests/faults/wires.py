"""Wires that count what goes over them: Slack's calls and answers, PostgreSQL's messages; a count may end the app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
from aiohttp import web

from tests.faults.relay import Target

_PLAIN_START = 196608
_ASKS_FOR_TLS = 80877103
_READY = b"Z"
_HOP = frozenset({"host", "connection", "content-length", "transfer-encoding", "content-encoding"})


class Fuse:
    """Counts messages, and at the one it was armed for ends the app before the message goes on."""

    def __init__(self, blow: Callable[[], None]) -> None:
        self.seen = 0
        self.blown = False
        self._left = 0
        self._blow = blow

    def arm(self, left: int) -> None:
        """End the app at so many messages from now; never, where that is 0."""
        self._left, self.blown = left, False

    def step(self) -> bool:
        """Count one message, and say whether it is the one that was waited for."""
        self.seen += 1
        if self._left:
            self._left -= 1
            if not self._left:
                self.blown = True
                self._blow()
                return True
        return False


class HttpWire:
    """Passes requests on to an address and brings the answers back; each way counts as a message."""

    def __init__(self, target: str, fuse: Fuse, *, brings_last_answer: bool) -> None:
        """`brings_last_answer` says whether an answer still comes when the app ends at it: so for the app's own."""
        self._target, self._fuse, self._brings = target.rstrip("/"), fuse, brings_last_answer
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self.unheard = 0
        """How many answers did not come, because the app had ended."""

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._runner is not None
        return int(self._runner.addresses[0][1])

    async def start(self) -> None:
        """Listen on loopback."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        application = web.Application(client_max_size=8 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()

    async def stop(self) -> None:
        """Listen no more."""
        assert self._session is not None
        assert self._runner is not None
        await self._runner.cleanup()
        await self._session.close()

    async def _pass(self, request: web.Request) -> web.Response:
        assert self._session is not None
        body = await request.read()
        if self._fuse.step():
            return web.Response(status=502)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        try:
            async with self._session.request(
                request.method, self._target + request.path_qs, data=body, headers=headers
            ) as answer:
                content = await answer.read()
        except aiohttp.ClientError:
            return web.Response(status=502)
        if self._fuse.step() and not self._brings:
            self.unheard += 1
            return web.Response(status=502)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
        return web.Response(status=answer.status, body=content, headers=kept)


class PostgresWire:
    """Passes PostgreSQL's messages on one by one; counts the app's own, and each answer that ends with "ready"."""

    def __init__(self, target: Target, fuse: Fuse) -> None:
        self._target, self._fuse = target, fuse
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Listen on loopback."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def stop(self) -> None:
        """Listen no more."""
        assert self._server is not None
        self._server.close()
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=5)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        if isinstance(self._target, str):
            far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        else:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        ways = [
            asyncio.ensure_future(self._from_app(reader, writer, far_writer)),
            asyncio.ensure_future(self._from_server(far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for each in (writer, far_writer):
                each.transport.abort()

    async def _from_app(
        self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                size = await reader.readexactly(4)
                rest = await reader.readexactly(int.from_bytes(size) - 4)
                kind = int.from_bytes(rest[:4])
                if kind == _ASKS_FOR_TLS:
                    back.write(b"N")
                    continue
                writer.write(size + rest)
                if kind != _PLAIN_START:  # It asks to cancel, and says no more.
                    await writer.drain()
                    return
                break
            while message := await _message(reader):
                if self._fuse.step():
                    return
                writer.write(message)
                await writer.drain()

    async def _from_server(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while message := await _message(reader):
                if message[:1] == _READY and self._fuse.step():
                    return
                writer.write(message)
                await writer.drain()


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(5)
    return head + await reader.readexactly(int.from_bytes(head[1:]) - 4)


@asynccontextmanager
async def listening(*wires: Any) -> AsyncIterator[None]:
    """Let these wires listen until the block ends."""
    begun = []
    try:
        for wire in wires:
            await wire.start()
            begun.append(wire)
        yield
    finally:
        for wire in begun:
            await wire.stop()
