"""A TCP relay on loopback: spreads connections over several servers in turn, and can be cut and mended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle

Target = int | str
"""A port of this machine, or the path of a socket."""


class Relay:
    """Passes bytes on in both directions; while it is cut, every connection is closed at once."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets, self._number = cycle(targets), len(targets)
        self._writers: set[asyncio.StreamWriter] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._cut = False
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self._cut = True
        for writer in list(self._writers):
            writer.transport.abort()

    def mend(self) -> None:
        """Let connections through again."""
        self._cut = False

    async def stop(self) -> None:
        self.cut()
        assert self._server is not None
        self._server.close()
        if self._running:
            await asyncio.wait(self._running, timeout=5)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        if self._cut:
            writer.transport.abort()
            return
        found = await self._open()
        if found is None:
            writer.transport.abort()
            return
        far_reader, far_writer = found
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            for each in (writer, far_writer):
                each.transport.abort()
                self._writers.discard(each)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Connect to the server whose turn it is, or to the next one that is there."""
        for _ in range(self._number):
            target = next(self._targets)
            try:
                return await (asyncio.open_unix_connection(target) if isinstance(target, str) else _connect(target))
            except OSError:
                continue
        return None


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


@asynccontextmanager
async def relay(*targets: Target) -> AsyncIterator[Relay]:
    """Run a relay to these servers until the block ends."""
    running = Relay(targets)
    await running.start()
    try:
        yield running
    finally:
        await running.stop()
