"""Connections to the two kinds of database, as thin as they can be: SQL and values in, rows out.

SQLite is called from the event loop itself: a statement on a local file takes microseconds, while handing it to a
thread costs a hundred and, on a busy loop, a wait for the interpreter's lock. Only what waits for the disk or for
another process leaves the loop.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import asyncpg
from sqlalchemy import URL

from store.engine import Tuning
from store.prepared import POSTGRES

T = TypeVar("T")
_BUSY = 5


class Link(Protocol):
    """One connection. Its methods raise the driver's own errors."""

    @property
    def is_alive(self) -> bool:
        """Whether it can be used again."""

    async def begin(self) -> None:
        """Begin a transaction that may write."""

    async def commit(self) -> None:
        """Commit it."""

    async def rollback(self) -> None:
        """Undo it."""

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Run a statement that gives rows."""

    async def run(self, sql: str, values: Sequence[Any]) -> int:
        """Run a change and return how many rows it touched."""

    async def run_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Run a change for each set of values."""

    def close(self) -> None:
        """Close the connection at once, whatever state it is in."""


class PostgresLink:
    """A connection through asyncpg."""

    def __init__(self, connection: Any) -> None:
        """See ``open``."""
        self._connection = connection

    @classmethod
    async def open(cls, url: URL, tuning: Tuning) -> "PostgresLink":
        """Connect; statements and locks end by the server's own clock."""
        _, arguments = POSTGRES.create_connect_args(url)
        return cls(await asyncpg.connect(**arguments, **tuning.for_postgres()))

    @property
    def is_alive(self) -> bool:
        """Whether it can be used again."""
        return not self._connection.is_closed()

    @property
    def server(self) -> int:
        """The number of the process that serves it."""
        return int(self._connection.get_server_pid())

    async def begin(self) -> None:
        """Begin a transaction."""
        await self._connection.execute("BEGIN")

    async def commit(self) -> None:
        """Commit it."""
        await self._connection.execute("COMMIT")

    async def rollback(self) -> None:
        """Undo it."""
        await self._connection.execute("ROLLBACK")

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Run a statement that gives rows."""
        found: Sequence[Sequence[Any]] = await self._connection.fetch(sql, *values)
        return found

    async def run(self, sql: str, values: Sequence[Any]) -> int:
        """Run a change and return how many rows it touched, which PostgreSQL says last."""
        status: str = await self._connection.execute(sql, *values)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def run_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Run a change for each set of values, in one go."""
        await self._connection.executemany(sql, values)

    def close(self) -> None:
        """Close the connection at once, whatever state it is in."""
        self._connection.terminate()


class SqliteLink:
    """A connection through sqlite3."""

    def __init__(self, file: Path, tuning: Tuning) -> None:
        """Opens the file; a missing one is an error, never a new empty database."""
        self._patience = tuning.busy_timeout
        self._connection = sqlite3.connect(
            f"file:{quote(str(file))}?mode=rw",
            uri=True,
            isolation_level=None,
            timeout=0,
            check_same_thread=False,
            cached_statements=256,
        )
        self._changes = 0

    @classmethod
    async def open(cls, file: Path, tuning: Tuning) -> "SqliteLink":
        """Open and set up."""
        link = cls(file, tuning)
        try:
            for name, value in tuning.pragmas.items():
                await link.fetch(f"PRAGMA {name}={value}", ())
        except BaseException:
            link.close()
            raise
        return link

    @property
    def is_alive(self) -> bool:
        """A file does not go away by itself; the pool looks whether it is still the same."""
        return True

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open; some errors, such as a full disk, undo it at once."""
        return self._connection.in_transaction

    async def begin(self) -> None:
        """Take the file for writing, so that reading and then writing cannot fail half-way."""
        await self._patiently(lambda: self._connection.execute("BEGIN IMMEDIATE"))
        self._changes = self._connection.total_changes

    async def commit(self) -> None:
        """Commit; what was changed goes to the disk in a thread."""
        if self._connection.total_changes == self._changes:
            self._connection.execute("COMMIT")
            return
        writing = asyncio.ensure_future(self._write())
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            # The thread cannot be called back, and nobody else may touch the connection before it is through.
            await asyncio.wait([writing])
            raise

    async def _write(self) -> None:
        """Commit in a thread; without WAL it waits a while for those who read just now."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._patience
        while True:
            try:
                await loop.run_in_executor(None, self._connection.execute, "COMMIT")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != _BUSY or loop.time() > ends:
                    raise
            else:
                return
            await asyncio.sleep(0.002)

    async def checkpoint(self) -> bool:
        """Put what the write-ahead log holds into the file and empty the log; False while somebody reads from it."""
        emptying = asyncio.get_running_loop().run_in_executor(None, self._checkpoint)
        try:
            return await asyncio.shield(emptying)
        except asyncio.CancelledError:
            # As for a commit: nobody else may touch the connection before the thread is through.
            await asyncio.wait([emptying])
            raise

    def _checkpoint(self) -> bool:
        return not self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    async def rollback(self) -> None:
        """Undo the transaction, unless an error has done so."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Run a statement that gives rows."""
        return await self._patiently(lambda: self._connection.execute(sql, values).fetchall())

    async def run(self, sql: str, values: Sequence[Any]) -> int:
        """Run a change and return how many rows it touched."""
        return self._connection.execute(sql, values).rowcount

    async def run_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Run a change for each set of values."""
        self._connection.executemany(sql, values)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    async def _patiently(self, deed: Callable[[], T]) -> T:
        """Do it; where another process has the file, try again for a while without holding up the loop."""
        loop = asyncio.get_running_loop()
        ends, pause = loop.time() + self._patience, 0.001
        while True:
            try:
                return deed()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != _BUSY or self._connection.in_transaction or loop.time() > ends:
                    raise
            await asyncio.sleep(pause)
            pause = min(0.02, pause * 2)
