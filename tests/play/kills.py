"""Ends processes of the app at random while the play goes on, and starts each again."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Protocol

CHANCE = 0.15
LATEST_SECONDS = 0.5


class Killed(Protocol):
    """What can be ended and started again."""

    @property
    def roles(self) -> tuple[tuple[str, int], ...]:
        """Its processes."""

    async def kill(self, role: tuple[str, int]) -> None:
        """End one as a power cut would."""

    async def begin(self, role: tuple[str, int]) -> None:
        """Start one, and wait until it is ready."""


class Kills:
    """Before a step it may choose a process: a bot goes at once, a worker in the middle of what follows."""

    def __init__(self, app: Killed, chance: Random) -> None:
        """`chance` decides; with the same seed it decides the same."""
        self._app, self._chance = app, chance
        self._going: asyncio.Task[None] | None = None
        self.number = 0

    async def may_strike(self) -> None:
        """Perhaps end a process, once the one before it is back."""
        strikes, role = self._chance.random() < CHANCE, self._chance.choice(self._app.roles)
        wait = self._chance.uniform(0, LATEST_SECONDS)
        if not strikes:
            return
        await self.stop()
        self.number += 1
        if role[0] == "run":
            # Whoever has just pressed has been answered by then: a press that meets its end is pressed again.
            await self._app.kill(role)
            self._going = asyncio.create_task(self._app.begin(role))
        else:
            self._going = asyncio.create_task(self._strike(role, wait))

    async def stop(self) -> None:
        """Wait until what was ended is back."""
        if self._going is not None:
            await self._going
            self._going = None

    async def _strike(self, role: tuple[str, int], wait: float) -> None:
        await asyncio.sleep(wait)
        await self._app.kill(role)
        await self._app.begin(role)
