"""Tasks that are kept until they end, so that none is lost and none raises into nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from bot import logs


class Tasks:
    """The background tasks of the process."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task that is kept and never raises."""
        task = asyncio.create_task(_guarded(coroutine))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def finish(self, patience: float) -> None:
        """Wait for what runs, for so many seconds at most, and cancel the rest."""
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        rest = list(self._running)
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=1.0)


async def _guarded(coroutine: Coroutine[Any, Any, None]) -> None:
    try:
        await coroutine
    except Exception as error:  # noqa: BLE001 - nobody awaits it
        logs.trouble("task.failed", error)
