"""What came of one payload so far: what was saved or said, and whether a handle did not open."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from peersupport.ports import UnitOfWork, Work

P = ParamSpec("P")
T = TypeVar("T")


class Trace:
    """Stands in front of the store and of Slack for one payload, and remembers what must not be said or done twice."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.saved = False
        """True once a change has gone to be committed: from then on nobody may be told that nothing was changed."""
        self.spent = False
        """True once something was done that would be done twice if the listener ran again."""
        self.forged = False
        """True once a token opened nothing: expired, foreign, made for something else, made up, or not there at all."""
        self.unopened = False
        """True once Slack did not take a view that somebody pressed a button for."""

    def spend(self) -> None:
        """Note that something was done."""
        self.spent = True

    def before(self, deed: Callable[P, T]) -> Callable[P, T]:
        """Return the deed, noted here when it is begun."""

        def noted(*arguments: P.args, **named: P.kwargs) -> T:
            self.spend()
            return deed(*arguments, **named)

        return noted

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work and note whether it wrote."""
        committing: UnitOfWork | None = None
        try:
            async with self._work() as unit:
                yield unit
                committing = unit
        except CancelledError:
            # Called back in the middle of the commit, nobody knows what became of it.
            self.saved = self.saved or (committing is not None and committing.has_messages)
            raise
        self.saved = self.saved or unit.has_messages
        self.spent = self.spent or unit.has_changes
