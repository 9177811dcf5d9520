"""Whether somebody waits for an answer just now, so that what nobody waits for can step back."""

from __future__ import annotations

import asyncio
from time import monotonic

QUIET_SECONDS = 0.005
"""How long nobody has waited when it counts as calm: the next of a quick succession is then not met half-way."""


class Calm:
    """Counts who waits."""

    def __init__(self) -> None:
        self._waiting = 0
        self._last = 0.0

    def waited_for(self) -> Calm:
        """Count one who waits for as long as the block takes."""
        return self

    def __enter__(self) -> None:
        self._waiting += 1

    def __exit__(self, *_: object) -> None:
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
