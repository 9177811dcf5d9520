"""By which keyed hash a person's rows are found and written, also while the index key changes over to another.

Everybody looks by every index key that is known and writes by one, which the database names. A row with such a hash is
put in only where the database still names the key that it was made with: it says so in the very statement, and on
PostgreSQL whoever names another key waits for those who are writing. docs/decisions/0018-lookup-keys-change-over.md
says why.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, bindparam, exists, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from peersupport.addresses import Address
from store.encryption import LookupIndex
from store.errors import StoreBusy
from store.prepared import ByDialect, among, spread
from store.tables import installation
from store.transaction import Transaction

ASK_AGAIN = timedelta(minutes=1)
"""So long a process goes by what it knows of the index keys before it asks the keyring again."""
AT_MOST = timedelta(hours=6)
"""So long it may go on where the keyring does not answer; a key is announced for longer than that before it is used."""
NAMED = select(installation.c.index_id).where(installation.c.id == 1)
_TRIES = 4

Ask = Callable[[], Awaitable[Sequence[LookupIndex]]]
"""Asks the keyring for its index keys, the present one first."""


class Lookups:
    """The index keys that this process knows: one to write by, and all of them to look by."""

    def __init__(self, known: Sequence[LookupIndex], named: UUID | None, now: datetime, ask: Ask) -> None:
        """`named` is the key that the database says rows are written by, where it says so yet."""
        self._ask = ask
        self._known = list(known)
        self.asked_at = now
        """When the keyring was asked last, and answered."""
        self.name(named)

    @property
    def writing(self) -> LookupIndex:
        """The key that rows are written by."""
        return self._known[0]

    @property
    def ids(self) -> frozenset[UUID]:
        """The names of the keys that are known."""
        return frozenset(index.id for index in self._known)

    def knows(self, id: UUID | None) -> bool:
        """Say whether this names a known key."""
        return id in self.ids

    def name(self, id: UUID | None) -> None:
        """Write by this key from now on; one that is not known changes nothing."""
        self._known.sort(key=lambda index: index.id != id)

    def hashes(self, who: Address) -> list[bytes]:
        """Every keyed hash by which rows of a person may stand, the one they are written by first."""
        return [index.member(who.team, who.user) for index in self._known]

    async def learn(self, now: datetime) -> None:
        """Ask the keyring which index keys there are; raises StoreUnavailable, and nothing was changed."""
        writing = self.writing.id
        self._known = list(await self._ask())
        self.name(writing)
        self.asked_at = now

    async def catch_up(self, transaction: Transaction) -> bool:
        """Write by the key that the database names; False where that is so already."""
        row = await transaction.row(NAMED)
        named = None if row is None else row.index_id
        if named is None or named == self.writing.id:
            return False
        if not self.knows(named):
            await self.learn(self.asked_at)
        if not self.knows(named):
            raise StoreBusy("The database goes by another look-up key than the keyring holds.")
        self.name(named)
        return True


def theirs(column: ColumnElement[Any], size: int) -> ColumnElement[bool]:
    """The condition that a row is a person's, where so many index keys are known."""
    return among(column, "who", size)


def values_of(hashes: Sequence[bytes]) -> dict[str, Any]:
    """The values for ``theirs``."""
    return spread("who", hashes, len(hashes))


class GuardedInsert:
    """Puts in rows that are found by a person's hash: by the key that the database names, and never beside another."""

    def __init__(self, table: Table, column: str, unique: Callable[[Any], ColumnElement[bool]]) -> None:
        """`unique` says which rows of the same person leave no room for a new one."""
        self._table = table
        self._column = column
        self._unique = unique
        self._made: dict[int, ByDialect] = {}

    def statement(self, size: int) -> ByDialect:
        """The insert where so many index keys are known."""
        if size not in self._made:
            self._made[size] = self._make(size)
        return self._made[size]

    def _make(self, size: int) -> ByDialect:
        table, columns = self._table, list(self._table.columns)
        values = [bindparam(column.name, type_=column.type).label(column.name) for column in columns]
        row = select(*values).where(installation.c.id == 1, installation.c.index_id == bindparam("written_by"))
        if size > 1:
            # The rule of the database keeps apart only what stands under one key.
            other = table.alias("other")
            same = among(other.c[self._column], "other_who", size - 1)
            row = row.where(~exists(select(literal(1)).where(and_(same, self._unique(other)))))
        names = [column.name for column in columns]
        held = row.with_for_update(read=True, of=installation)
        return ByDialect(
            postgresql.insert(table).from_select(names, held).on_conflict_do_nothing(),
            sqlite.insert(table).from_select(names, row).on_conflict_do_nothing(),
        )

    async def run(
        self,
        transaction: Transaction,
        lookups: Lookups,
        person: Address,
        values: Mapping[str, Any],
        others: Mapping[str, Address | None] = MappingProxyType({}),
    ) -> bytes | None:
        """Put the row in and return the hash it stands under; None where there is no room for it.

        `others` are the people whose hashes stand in further columns.
        """
        for _ in range(_TRIES):
            hashes, writing = lookups.hashes(person), lookups.writing
            given = {**values, self._column: hashes[0], "written_by": writing.id}
            for column, other in others.items():
                given[column] = lookups.hashes(other)[0] if other is not None else None
            if hashes[1:]:
                given |= spread("other_who", hashes[1:], len(hashes) - 1)
            if await transaction.run_or_presume(self.statement(len(hashes)), given):
                return hashes[0]
            if not await lookups.catch_up(transaction) and writing.id == lookups.writing.id:
                return None
        raise StoreBusy("The look-up key changed too often.")
