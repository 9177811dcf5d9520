"""How much may be on its way to Slack at once: what comes on top is told so, or waits its turn."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic


class Places:
    """A few places, taken at once or not at all, and not oftener than so many times a second for long."""

    def __init__(
        self, number: int, *, burst: int = 60, a_second: float = 10.0, seconds: Callable[[], float] = monotonic
    ) -> None:
        """`number` of places are free; `burst` can be taken in a row, after that `a_second`.

        `seconds` is a clock that never goes back.
        """
        self._free = number
        self._left = self._burst = float(burst)
        self._a_second = a_second
        self._seconds = seconds
        self._looked = seconds()

    def take(self) -> bool:
        """Take a place; False where none is free, or too many were taken of late."""
        now = self._seconds()
        self._left = min(self._burst, self._left + (now - self._looked) * self._a_second)
        self._looked = now
        if self._free <= 0 or self._left < 1:
            return False
        self._free -= 1
        self._left -= 1
        return True

    def give_back(self) -> None:
        """Let somebody else have it."""
        self._free += 1


class Line:
    """A line in which everybody stands at most once."""

    def __init__(self, at_once: int) -> None:
        """`at_once` are served side by side."""
        self._turn = asyncio.Semaphore(at_once)
        self._waiting: set[object] = set()

    def join(self, who: object) -> bool:
        """Stand in line; False for somebody who already does."""
        if who in self._waiting:
            return False
        self._waiting.add(who)
        return True

    def leave(self, who: object) -> None:
        """Let go of one's place: what one waited for has come about another way."""
        self._waiting.discard(who)

    @asynccontextmanager
    async def turn(self, who: object) -> AsyncIterator[bool]:
        """Wait for one's turn, and leave the line when it has come; False for who has left it before."""
        try:
            await self._turn.acquire()
        finally:
            still = who in self._waiting
            self._waiting.discard(who)
        try:
            yield still
        finally:
            self._turn.release()


class Lanes:
    """For each person a lane: what enters waits for what is in it, in the order of coming."""

    def __init__(self) -> None:
        """Lanes come and go with those who use them."""
        self._locks: dict[object, asyncio.Lock] = {}
        self._users: Counter[object] = Counter()

    @asynccontextmanager
    async def alone(self, who: object) -> AsyncIterator[None]:
        """Have this person's lane to oneself."""
        self._users[who] += 1
        try:
            async with self._locks.setdefault(who, asyncio.Lock()):
                yield
        finally:
            self._users[who] -= 1
            if not self._users[who]:
                del self._users[who], self._locks[who]
