"""The one connection that writes to an SQLite file, and the commits that units of work share.

Waiting for the disk is what a commit costs. So a unit of work does not commit by itself: whoever waits for their turn
by then comes into the same transaction, behind a savepoint of their own, and one commit serves them all. Nobody is told
of success before it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from store.errors import StoreBusy, StoreUnavailable
from store.links import SqliteLink
from store.trouble import DRIVER_ERRORS, guarded

_UNDONE = "The database undid what was not committed."
_TRIES = 20
_PAUSE = 0.01


class _Group:
    """The units of work that will be committed together."""

    def __init__(self) -> None:
        self.units = 0
        self.closing: asyncio.Task[None] | None = None


class Writer:
    """Gives each unit of work its turn to write."""

    def __init__(self, open_link: Callable[[], Awaitable[SqliteLink]], patience: float) -> None:
        """``patience`` is how many seconds somebody waits for a turn."""
        self._open_link = open_link
        self._patience = patience
        self._turn = asyncio.Lock()
        self._link: SqliteLink | None = None
        self._group: _Group | None = None

    async def begin(self) -> SqliteLink:
        """Wait for the turn and begin; the link is the caller's until ``commit`` or ``rollback``."""
        try:
            async with asyncio.timeout(self._patience):
                await self._turn.acquire()
        except TimeoutError:
            raise StoreBusy("The database is busy.") from None
        try:
            return await self._enter()
        except BaseException:
            self._turn.release()
            raise

    async def _enter(self) -> SqliteLink:
        if self._link is None:
            self._link = await self._open_link()
        if self._group is None:
            await self._link.begin()
            self._group = _Group()
        elif not self._link.in_transaction:
            raise StoreUnavailable(_UNDONE)
        await self._link.run("SAVEPOINT unit", ())
        self._group.units += 1
        return self._link

    async def commit(self) -> None:
        """End the turn, and return when the disk has what was written."""
        try:
            link, _ = self._mine()
            await link.run("RELEASE unit", ())
        except BaseException:
            await self.rollback()
            raise
        await self._end_turn()

    async def rollback(self) -> None:
        """Undo this unit alone and end the turn; returns when the disk has what others wrote before it."""
        link, group = self._mine()
        if group.units == 1:
            self._group = None
            try:
                await link.rollback()
            finally:
                self._turn.release()
            return
        if link.in_transaction:
            await link.run("ROLLBACK TO unit", ())
            await link.run("RELEASE unit", ())
        with suppress(StoreUnavailable):  # The others are told; here nothing was to be kept.
            await self._end_turn()

    async def checkpoint(self) -> bool:
        """Empty the write-ahead log, where what was erased still stands; False where others kept reading from it."""
        for _ in range(_TRIES):
            async with self._turn:
                if self._group is None and await self._is_empty():
                    return True
            await asyncio.sleep(_PAUSE)
        return False

    async def _is_empty(self) -> bool:
        if self._link is None:
            self._link = await self._open_link()
        with guarded():
            return await self._link.checkpoint()

    def close(self) -> None:
        """Close the connection, unless somebody is writing."""
        if self._link is not None and self._group is None and not self._turn.locked():
            self._link.close()
            self._link = None

    def _mine(self) -> tuple[SqliteLink, _Group]:
        assert self._link is not None
        assert self._group is not None
        return self._link, self._group

    async def _end_turn(self) -> None:
        link, group = self._mine()
        if group.closing is None:
            # It waits for the turn behind those who wait already: they come into the group, later ones do not.
            group.closing = asyncio.create_task(self._close_group(link))
            group.closing.add_done_callback(_hear)
        self._turn.release()
        await asyncio.shield(group.closing)

    async def _close_group(self, link: SqliteLink) -> None:
        async with self._turn:
            self._group = None
            if not link.in_transaction:
                raise StoreUnavailable(_UNDONE)
            try:
                with guarded():
                    await link.commit()
            except BaseException:
                with suppress(*DRIVER_ERRORS):
                    await link.rollback()
                raise


def _hear(task: asyncio.Task[None]) -> None:
    """Take note of how it ended, also where everybody who waited for it was cancelled."""
    if not task.cancelled():
        task.exception()
