"""One database transaction, as the repositories see it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from store.errors import Conflict, StoreUnavailable
from store.links import Link, SqliteLink
from store.prepared import Prepared, Statement, Values, prepared
from store.trouble import guarded

AnyRow = Any
"""A named tuple with the statement's columns."""


class Transaction:
    """Runs statements on one connection; errors come out as StoreError's kinds.

    It begins at the first statement that changes or locks something: what is only read before needs no transaction, as
    every statement sees what is committed by then.
    """

    __slots__ = ("_active", "_broken", "_patience", "_sqlite", "_writer", "_writing", "link", "locked")

    def __init__(self, link: Link, writer: asyncio.Lock | None, patience: float) -> None:
        """``writer`` is the turn that writers to SQLite wait for, so many seconds at most."""
        self.link = link
        self._sqlite = isinstance(link, SqliteLink)
        self._writer = writer
        self._patience = patience
        self._active = False
        self._writing = False
        self._broken = False
        self.locked: set[object] = set()
        """The ids of requests whose rows this transaction holds."""

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database, where a transaction has the file to itself."""
        return self._sqlite

    @property
    def is_active(self) -> bool:
        """Whether there is something to commit or to undo."""
        return self._active

    @property
    def is_broken(self) -> bool:
        """Whether the connection must not be used again."""
        return self._broken or not self.link.is_alive

    async def rows(self, statement: Statement, values: Values | None = None) -> Sequence[AnyRow]:
        """All rows of a query, or of a change that gives rows."""
        ready = prepared(statement, is_sqlite=self._sqlite)
        await self._begin_for(ready)
        with guarded():
            return ready.rows(await self.link.fetch(ready.sql, ready.bind(values or {})))

    async def row(self, statement: Statement, values: Values | None = None) -> AnyRow | None:
        """The first row of a query, or None."""
        found = await self.rows(statement, values)
        return found[0] if found else None

    async def run(self, statement: Statement, values: Values | None = None) -> int:
        """Run a change and return how many rows it touched."""
        ready = prepared(statement, is_sqlite=self._sqlite)
        await self._begin_for(ready)
        with guarded():
            return await self.link.run(ready.sql, ready.bind(values or {}))

    async def run_many(self, statement: Statement, values: Sequence[Values]) -> None:
        """Run a change for each set of values."""
        ready = prepared(statement, is_sqlite=self._sqlite)
        await self._begin_for(ready)
        with guarded():
            await self.link.run_many(ready.sql, [ready.bind(each) for each in values])

    async def run_or_conflict(self, statement: Statement, values: Values) -> int:
        """Like ``run``, but a broken rule of the database undoes this statement alone and counts as no row."""
        await self._begin()
        if not self._sqlite:  # SQLite undoes a refused statement by itself.
            await self._say("SAVEPOINT careful")
        try:
            touched = await self.run(statement, values)
        except Conflict:
            if not self._sqlite:
                await self._say("ROLLBACK TO SAVEPOINT careful")
            return 0
        return touched

    async def commit(self) -> None:
        """Commit."""
        if not self._active:
            return
        with guarded():
            await self.link.commit()
        self._ended()

    async def rollback(self) -> None:
        """Undo everything since the last commit."""
        if not self._active:
            return
        try:
            with guarded():
                await self.link.rollback()
        except BaseException:
            self._broken = True
            raise
        finally:
            self._ended()

    async def _begin_for(self, ready: Prepared) -> None:
        if not ready.reads:
            await self._begin()

    async def _begin(self) -> None:
        if self._active:
            return
        await self._take_turn()
        self._active = True
        with guarded():
            await self.link.begin()

    async def _say(self, sql: str) -> None:
        with guarded():
            await self.link.run(sql, ())

    async def _take_turn(self) -> None:
        if self._writer is None or self._writing:
            return
        if self._writer.locked():
            try:
                await asyncio.wait_for(self._writer.acquire(), self._patience)
            except TimeoutError:
                raise StoreUnavailable("The database is busy.") from None
        else:
            await self._writer.acquire()
        self._writing = True

    def _ended(self) -> None:
        self._active = False
        self.locked.clear()
        if self._writing and self._writer is not None:
            self._writing = False
            self._writer.release()
