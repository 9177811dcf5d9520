"""What came of one payload so far: what was saved or said, and whether a handle did not open."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from peersupport.ports import UnitOfWork

if TYPE_CHECKING:
    from handlers.hear import Front


class Trace:
    """Stands in front of the store and of Slack for one payload, and remembers what must not be said or done twice."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self.saved = False
        """True once a change has gone to be committed: from then on nobody may be told that nothing was changed."""
        self.spent = False
        """True once something was done that would be done twice if the listener ran again."""
        self.forged = False
        """True once a token opened nothing: expired, foreign, made for something else, made up, or not there at all."""
        self.unopened = False
        """True once Slack did not take a view that somebody pressed a button for."""

    def front(self) -> Front:
        """Return the services for a listener, of which those that do something leave their mark here."""
        screens = self._front.screens.telling(self.spend)
        return replace(self._front, work=self, screens=screens, spawn=self._spawn, answer_url=self._answer_url)

    def spend(self) -> None:
        """Note that something was done."""
        self.spent = True

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work and note whether it wrote."""
        committing: UnitOfWork | None = None
        try:
            async with self._front.work() as unit:
                yield unit
                committing = unit
        except CancelledError:
            # Called back in the middle of the commit, nobody knows what became of it.
            self.saved = self.saved or (committing is not None and committing.has_messages)
            raise
        self.saved = self.saved or unit.has_messages
        self.spent = self.spent or unit.has_changes

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> Awaitable[None]:
        self.spend()
        return self._front.spawn(coroutine)

    async def _answer_url(self, url: str, body: dict[str, Any]) -> None:
        self.spend()
        await self._front.answer_url(url, body)
