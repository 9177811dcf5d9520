"""How much may be on its way to Slack at once: what comes on top is told so, or waits its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Places:
    """A few places, taken at once or not at all."""

    def __init__(self, number: int) -> None:
        """`number` of places are free."""
        self._free = number

    def take(self) -> bool:
        """Take a place; False where none is free."""
        if self._free <= 0:
            return False
        self._free -= 1
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

    @asynccontextmanager
    async def turn(self, who: object) -> AsyncIterator[None]:
        """Wait for one's turn, and leave the line when it has come."""
        try:
            await self._turn.acquire()
        finally:
            self._waiting.discard(who)
        try:
            yield
        finally:
            self._turn.release()
