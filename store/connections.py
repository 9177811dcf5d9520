"""A bounded pool of connections, and the transactions on them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from weakref import WeakSet

from store.engine import MAIN, Tuning, async_url, sqlite_file
from store.errors import StoreBusy, StoreUnavailable
from store.links import Link, PostgresLink, SqliteLink
from store.transaction import Transaction
from store.trouble import DRIVER_ERRORS, guarded
from store.writer import Writer


class Connections:
    """The connections of this process to one database; a lost one is replaced, a busy pool is an outage."""

    def __init__(self, url: str, tuning: Tuning = MAIN) -> None:
        """Nothing connects before first use; raises StoreError where the address makes no sense."""
        self.file = sqlite_file(url)
        """The SQLite file, or None for PostgreSQL."""
        self._url = async_url(url)
        self._tuning = tuning
        self._free = asyncio.Semaphore(tuning.pool_size)
        self._idle: list[Link] = []
        self._servers: WeakSet[PostgresLink] = WeakSet()
        self._writer = None if self.file is None else Writer(self._open_file, tuning.busy_timeout)
        self._seen: tuple[int, int] | None = None

    async def open(self) -> Transaction:
        """Take a connection; whoever takes it gives it back with ``release``. Raises StoreUnavailable."""
        await self._look_at_file()
        await self._admit()
        try:
            link = await self._link()
        except BaseException:
            self._free.release()
            raise
        return Transaction(link, self._writer)

    async def release(self, transaction: Transaction) -> None:
        """Undo what was not committed, and take the connection back."""
        try:
            if transaction.is_active:
                # Also where the caller was cancelled, the connection comes back clean.
                await asyncio.shield(asyncio.ensure_future(self._clean(transaction)))
        finally:
            self._take_back(transaction)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """One transaction: committed on a clean exit, else rolled back."""
        transaction = await self.open()
        try:
            yield transaction
            await transaction.commit()
        finally:
            await self.release(transaction)

    def has(self, server: int) -> bool:
        """Say whether one of these connections is served by this process of PostgreSQL's."""
        return any(link.is_alive and link.server == server for link in self._servers)

    async def checkpoint(self) -> bool:
        """See that nothing erased stands in SQLite's write-ahead log any more; False where that must be tried again."""
        return self._writer is None or await self._writer.checkpoint()

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            with suppress(*DRIVER_ERRORS):
                self._idle.pop().close()
        if self._writer is not None:
            self._writer.close()

    async def _admit(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            await asyncio.wait_for(self._free.acquire(), self._tuning.pool_timeout)
        except TimeoutError:
            raise StoreBusy("All database connections are busy.") from None

    async def _link(self) -> Link:
        while self._idle:
            link = self._idle.pop()
            if link.is_alive:
                return link
        with guarded():
            if self.file is not None:
                return await self._open_file()
            link = await PostgresLink.open(self._url, self._tuning)
        self._servers.add(link)
        return link

    async def _open_file(self) -> SqliteLink:
        assert self.file is not None
        return await SqliteLink.open(self.file, self._tuning)

    async def _clean(self, transaction: Transaction) -> None:
        with suppress(StoreUnavailable):
            await transaction.rollback()

    def _take_back(self, transaction: Transaction) -> None:
        self._free.release()
        self._idle.append(transaction.link)
        if transaction.is_broken:
            with suppress(*DRIVER_ERRORS):
                self._idle.pop().close()

    async def _look_at_file(self) -> None:
        """Notice an SQLite file that went away or was replaced, as by a restored backup."""
        if self.file is None:
            return
        try:
            status = self.file.stat()
        except OSError:
            raise StoreUnavailable("The database file is not there.") from None
        identity = (status.st_dev, status.st_ino)
        if identity != self._seen:
            self.close()
            self._seen = identity
