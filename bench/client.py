"""A load generator that costs little: keep-alive connections on bare asyncio, in a closed or a paced loop."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bench.payloads import SIGNING_SECRET, Letter

_SECRET = SIGNING_SECRET.encode()
_LENGTH = b"content-length:"
_END = b"\r\n\r\n"

Make = Callable[[], Letter | None]
"""Gives the next request, or None where there is no more."""


class Gone(Exception):
    """The server closed the connection before it had answered."""


class Connection(asyncio.Protocol):
    """One keep-alive connection; one request at a time."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None
        self.closed = False

    @classmethod
    async def to(cls, port: int) -> Connection:
        """Connect to a server of this machine."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(cls, "127.0.0.1", port)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Gather until one answer is whole."""
        held = self._held
        held += data
        head = held.find(_END)
        if head < 0 or self._waiting is None:
            return
        start = held.lower().find(_LENGTH, 0, head)
        length = int(held[start + len(_LENGTH) : held.find(b"\r\n", start)]) if start >= 0 else 0
        if len(held) < head + 4 + length:
            return
        status, body = int(held[9:12]), bytes(held[head + 4 : head + 4 + length])
        del held[:]
        waiting, self._waiting = self._waiting, None
        if not waiting.done():
            waiting.set_result((status, body))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that there will be no answer."""
        self.closed = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or Gone())

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Send one request and return its answer's status and body."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()


def sealed(letter: Letter, secret: bytes = _SECRET) -> bytes:
    """Return a whole HTTP request, signed as Slack signs."""
    stamp = b"%d" % time.time()
    digest = hmac.digest(secret, b"v0:" + stamp + b":" + letter.body, hashlib.sha256).hex().encode()
    return b"".join((
        b"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n",
        b"Accept: */*\r\nContent-Type: " + letter.content_type + b"\r\nContent-Length: %d\r\n" % len(letter.body),
        b"X-Slack-Request-Timestamp: " + stamp + b"\r\nX-Slack-Signature: v0=" + digest + b"\r\n\r\n",
        letter.body,
    ))  # fmt: skip


@dataclass(slots=True)
class Run:
    """What one load measured: seconds of each answer, and how long it all took."""

    seconds: float = 0.0
    answers: list[float] = field(default_factory=list)
    wrong: int = 0
    """Answers that were no 200, or were not what was asked for."""
    sent: dict[int, float] = field(default_factory=dict)
    """When each letter was sent, by its number."""
    bodies: dict[int, bytes] = field(default_factory=dict)
    """What was answered, by the letter's number, where that is wanted."""
    answered: dict[int, float] = field(default_factory=dict)
    """When each answer was there, by the letter's number."""

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return len(self.answers) / self.seconds if self.seconds else 0.0

    def at(self, share: float) -> float:
        """Return a percentile of the answers, in milliseconds."""
        return percentile(self.answers, share) * 1000


def percentile(values: list[float], share: float) -> float:
    """Return the value below which such a share lies; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


Judge = Callable[[Letter, bytes], bool]
"""Says whether an answer's body is what it should be."""
Rest = Callable[[Letter], Awaitable[None]]
"""What whoever sent a letter does between its answer and the next letter."""


async def closed_loop(
    port: int,
    make: Make,
    connections: int,
    seconds: float,
    judge: Judge | None = None,
    most: int | None = None,
    rest: Rest | None = None,
) -> Run:
    """Send from so many connections, each the next as soon as the last is answered, or after a rest.

    It ends early where there is no more to send, or where `most` are sent.
    """
    run, left = Run(), [most if most is not None else -1]
    lines = [await Connection.to(port) for _ in range(connections)]
    begun = time.perf_counter()
    until = begun + seconds

    async def keep_on(line: Connection) -> None:
        while left[0] != 0 and time.perf_counter() < until:
            letter = make()
            if letter is None:
                return
            left[0] -= 1
            request = sealed(letter)
            run.sent[letter.number] = sent = time.perf_counter()
            status, body = await line.send(request)
            run.answers.append(time.perf_counter() - sent)
            if status != 200 or (judge is not None and not judge(letter, body)):
                run.wrong += 1
            if rest is not None:
                await rest(letter)

    await asyncio.gather(*(keep_on(line) for line in lines))
    run.seconds = time.perf_counter() - begun
    for line in lines:
        line.close()
    return run


async def paced(port: int, make: Make, a_second: float, seconds: float, judge: Judge | None = None) -> Run:
    """Send at an even pace, whether or not the last was answered; each answer is timed from when it was due."""
    run, idle = Run(), [await Connection.to(port) for _ in range(8)]
    begun = time.perf_counter()
    tasks: list[asyncio.Task[None]] = []

    async def one(letter: Letter, due: float) -> None:
        line = idle.pop() if idle else await Connection.to(port)
        run.sent[letter.number] = due
        status, body = await line.send(sealed(letter))
        run.answered[letter.number] = time.perf_counter()
        run.answers.append(run.answered[letter.number] - due)
        run.bodies[letter.number] = body
        run.wrong += status != 200 or (judge is not None and not judge(letter, body))
        idle.append(line)

    for number in range(int(a_second * seconds)):
        due = begun + number / a_second
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        letter = make()
        if letter is None:
            break
        tasks.append(asyncio.create_task(one(letter, due)))
    await asyncio.gather(*tasks)
    run.seconds = time.perf_counter() - begun
    for line in idle:
        line.close()
    return run
