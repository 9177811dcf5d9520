"""Whether somebody waits for an answer just now, so that what nobody waits for can step back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

QUIET_SECONDS = 0.005
"""How long nobody has waited when it counts as calm: the next of a quick succession is then not met half-way."""


class Calm:
    """Counts who waits."""

    def __init__(self) -> None:
        self._waiting = 0
        self._last = 0.0

    @contextmanager
    def waited_for(self) -> Iterator[None]:
        """Count one who waits for as long as the block takes."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            self._last = monotonic()

    async def wait(self, most: float) -> bool:
        """Return True when it is calm; False where it still is not after so many seconds."""
        ends = monotonic() + most
        while not self._is_now() and monotonic() < ends:  # noqa: ASYNC110
            # A look now and then is cheaper than an event at every answer.
            await asyncio.sleep(QUIET_SECONDS)
        return self._is_now()

    def _is_now(self) -> bool:
        return not self._waiting and monotonic() - self._last >= QUIET_SECONDS
