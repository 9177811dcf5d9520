"""One database transaction, as the repositories see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from store.engine import guarded
from store.errors import Conflict

Values = Mapping[str, Any]
AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ByDialect:
    """A statement that the two dialects build differently."""

    postgresql: Executable
    sqlite: Executable


def insert_or_ignore(table: Table) -> ByDialect:
    """An insert that adds nothing where a unique column has the value already, also by a transaction that just won."""
    return ByDialect(
        postgresql.insert(table).on_conflict_do_nothing(),
        sqlite.insert(table).on_conflict_do_nothing(),
    )


Statement = Executable | ByDialect


class Transaction:
    """Runs statements on one connection; errors come out as StoreError's kinds."""

    __slots__ = ("_connection", "_sqlite", "locked")

    def __init__(self, connection: AsyncConnection) -> None:
        """The caller opens and closes the connection."""
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"
        self.locked: set[object] = set()
        """The ids of requests whose rows this transaction holds."""

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database, where a transaction has the file to itself."""
        return self._sqlite

    async def rows(self, statement: Statement, values: Values | None = None) -> Sequence[AnyRow]:
        """All rows of a query."""
        with guarded():
            return (await self._connection.execute(self._pick(statement), values)).all()

    async def row(self, statement: Statement, values: Values | None = None) -> AnyRow | None:
        """The first row of a query, or None."""
        with guarded():
            return (await self._connection.execute(self._pick(statement), values)).first()

    async def run(self, statement: Statement, values: Values | Sequence[Values] | None = None) -> int:
        """Run a change and return how many rows it touched."""
        with guarded():
            return (await self._connection.execute(self._pick(statement), values)).rowcount

    async def run_or_conflict(self, statement: Statement, values: Values) -> int:
        """Like ``run``, but a broken rule of the database undoes this statement alone and counts as no row."""
        try:
            async with self._connection.begin_nested():
                return await self.run(statement, values)
        except Conflict:
            return 0

    async def commit(self) -> None:
        """Commit."""
        with guarded():
            await self._connection.commit()

    async def rollback(self) -> None:
        """Undo everything since the last commit."""
        self.locked.clear()
        with guarded():
            await self._connection.rollback()

    def _pick(self, statement: Statement) -> Executable:
        if isinstance(statement, ByDialect):
            return statement.sqlite if self._sqlite else statement.postgresql
        return statement
