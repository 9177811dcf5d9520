"""What came of one payload so far: whether something was saved, and whether a handle did not open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from peersupport.ports import UnitOfWork, Work


class Trace:
    """Stands in front of the store for one payload, and remembers what the error path must not say wrongly."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.saved = False
        """True once a change has gone to be committed: from then on nobody may be told that nothing was changed."""
        self.forged = False
        """True once a token opened nothing: expired, foreign, made for something else, made up, or not there at all."""
        self.unopened = False
        """True once Slack did not take a view that somebody pressed a button for."""

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work and note whether it wrote."""
        async with self._work() as unit:
            yield unit
            self.saved = self.saved or unit.has_messages
