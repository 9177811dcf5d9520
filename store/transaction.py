"""One database transaction, as the repositories see it."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from store.batch import Change, joined
from store.errors import Conflict, StoreError, StoreUnavailable
from store.links import Link, SqliteLink
from store.prepared import Prepared, Statement, Values, prepared
from store.trouble import guarded
from store.writer import Writer

AnyRow = Any
"""A named tuple with the statement's columns."""


@dataclass(slots=True)
class Held:
    """What was read of a request whose row is held: nobody else changes it, or its offers, until the end."""

    requester_hash: bytes | None
    version: int
    offers: Sequence[Any] | None = None
    presumed: bool = False
    """Whether the row is not held at all: that it has not changed is seen to when it is written."""


class Transaction:
    """Runs statements on one connection; errors come out as StoreError's kinds.

    It begins at the first statement that changes or locks something: what is only read before needs no transaction, as
    every statement sees what is committed by then.
    """

    __slots__ = (
        "_active",
        "_broken",
        "_link",
        "_waiting",
        "_writer",
        "changed",
        "erases",
        "foreseen",
        "link",
        "locked",
        "presumes",
    )

    def __init__(self, link: Link, writer: Writer | None) -> None:
        """``writer`` is who gives turns to write to SQLite; None for PostgreSQL."""
        self.link = link
        """The connection that was taken from the pool."""
        self._link: Link = link
        self._writer = writer
        self._active = False
        self._broken = False
        self.changed = False
        """Whether something was committed here; rows that were only locked count too."""
        self.erases = False
        """Whether something was erased here, so that nothing of it may be left beside the tables either."""
        self._waiting: list[Change] = []
        self.presumes = False
        """Whether changes that may be presumed to happen wait for the commit."""
        self.locked: dict[UUID, Held] = {}
        """The requests whose rows this transaction holds, by id."""
        self.foreseen: dict[Hashable, Any] = {}
        """What was read along with something else, for whoever asks for it next; to be taken out."""

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database, where a transaction has the file to itself."""
        return self._writer is not None

    @property
    def is_active(self) -> bool:
        """Whether there is something to commit or to undo."""
        return self._active or bool(self._waiting)

    @property
    def is_broken(self) -> bool:
        """Whether the connection must not be used again."""
        return self._broken or not self.link.is_alive

    async def rows(self, statement: Statement, values: Values | None = None) -> Sequence[AnyRow]:
        """All rows of a query, or of a change that gives rows."""
        ready = await self._ready(statement)
        with guarded():
            return ready.rows(await self._link.fetch(ready.sql, ready.bind(values or {})))

    async def row(self, statement: Statement, values: Values | None = None) -> AnyRow | None:
        """The first row of a query, or None."""
        found = await self.rows(statement, values)
        return found[0] if found else None

    async def run(self, statement: Statement, values: Values | None = None) -> int:
        """Run a change and return how many rows it touched."""
        ready = await self._ready(statement)
        with guarded():
            return await self._link.run(ready.sql, ready.bind(values or {}))

    async def later(
        self,
        statement: Statement,
        values: Values,
        row: UUID | None = None,
        *,
        presumed: bool = False,
        first: bool = False,
    ) -> None:
        """Run a change at the latest with the commit, before any other statement of this transaction.

        For a change whose success is known beforehand, or `presumed`; `row` is the record that it is certain to change.
        `first` puts it before what waits already.
        """
        if self.is_sqlite:  # A trip to a file costs nothing.
            self._expect(await self.run(statement, values), row)
            return
        if row is not None and any(change.row == row for change in self._waiting):
            # One statement can change a row only once.
            await self._begin()
            await self._write_waiting()
        ready = prepared(statement, is_sqlite=False)
        self._waiting.insert(0 if first else len(self._waiting), Change(ready, ready.bind(values), row, presumed))

    async def run_or_presume(self, statement: Statement, values: Values) -> int:
        """Like ``run``; where this transaction presumes, the change waits for the commit and counts as one row.

        Should it not touch one then, the commit raises Presumed and nothing was written.
        """
        if not self.may_presume:
            return await self.run(statement, values)
        ready = prepared(statement, is_sqlite=False)
        self._waiting.append(Change(ready, ready.bind(values), None, presumed=True))
        return 1

    @property
    def may_presume(self) -> bool:
        """Whether something may be presumed until the commit; a trip to SQLite's file costs nothing."""
        return self.presumes and not self.is_sqlite

    async def presume_row(self, statement: Statement, values: Values) -> None:
        """Go by what a query gives a row for; if it does not, the commit raises Presumed and nothing was written."""
        ready = prepared(statement, is_sqlite=False)
        self._waiting.append(Change(ready, ready.bind(values), None, presumed=True))

    async def run_many(self, statement: Statement, values: Sequence[Values]) -> None:
        """Run a change for each set of values."""
        ready = await self._ready(statement)
        with guarded():
            await self._link.run_many(ready.sql, [ready.bind(each) for each in values])

    async def run_or_conflict(self, statement: Statement, values: Values) -> int:
        """Like ``run``, but a broken rule of the database undoes this statement alone and counts as no row."""
        await self._begin()
        await self._write_waiting()
        if not self.is_sqlite:  # SQLite undoes a refused statement by itself.
            await self._say("SAVEPOINT careful")
        try:
            return await self.run(statement, values)
        except Conflict:
            if not self.is_sqlite:
                await self._say("ROLLBACK TO SAVEPOINT careful")
            return 0

    async def commit(self) -> None:
        """Commit."""
        changes = self.is_active
        # One statement alone is its own transaction.
        await self._write_waiting()
        await self._end(commit=True)
        self.changed = self.changed or changes

    async def rollback(self) -> None:
        """Undo everything since the last commit."""
        self._waiting.clear()
        self.foreseen.clear()
        self.locked.clear()
        await self._end(commit=False)

    async def _write_waiting(self) -> None:
        """Write what can wait no longer."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        with guarded():
            if len(waiting) == 1 and not waiting[0].presumed:
                counts: Sequence[int] = [await self._link.run(waiting[0].prepared.sql, waiting[0].values)]
            else:
                counts = (await self._link.fetch(*joined(waiting)))[0]
        for change, count in zip(waiting, counts, strict=True):
            self._expect(count, change.row)

    @staticmethod
    def _expect(count: int, row: UUID | None) -> None:
        if row is not None and count != 1:
            raise StoreError("A change that was certain did not happen.")

    async def _end(self, *, commit: bool) -> None:
        if not self._active:
            return
        self._active = False
        self.locked.clear()
        ends = self._writer or self._link
        try:
            with guarded():
                await (ends.commit() if commit else ends.rollback())
        except BaseException:
            # What became of it is unknown: PostgreSQL undoes it when the connection is closed.
            self._broken = not self.is_sqlite
            raise
        finally:
            self._link = self.link

    async def _ready(self, statement: Statement) -> Prepared:
        ready = prepared(statement, is_sqlite=self.is_sqlite)
        if self._waiting:
            await self._begin()
            await self._write_waiting()
        if not ready.reads:
            await self._begin()
        elif self._active:
            self._check()
        return ready

    async def _begin(self) -> None:
        if self._active:
            self._check()
            return
        with guarded():
            if self._writer is not None:
                self._link = await self._writer.begin()
                self._active = True
            else:
                self._active = True
                await self._link.begin()

    def _check(self) -> None:
        # After such an error every further statement would be a transaction of its own.
        if isinstance(self._link, SqliteLink) and not self._link.in_transaction:
            raise StoreUnavailable("The database undid what was not committed.")

    async def _say(self, sql: str) -> None:
        with guarded():
            await self._link.run(sql, ())
