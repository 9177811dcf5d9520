"""Counts that name nobody, by programme and month."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from store.prepared import ByDialect
from store.tables import tallies
from store.transaction import Transaction

_READ = select(tallies.c.month, tallies.c.what, tallies.c.count).where(tallies.c.programme == bindparam("programme"))


def _upsert(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=[tallies.c.programme, tallies.c.month, tallies.c.what],
        set_={"count": tallies.c.count + statement.excluded.count},
    )


_ADD = ByDialect(_upsert(postgresql.insert(tallies)), _upsert(sqlite.insert(tallies)))


class Tallies:
    """Implements ``peersupport.ports.Tallies``; counts are written at commit, in one order, against deadlocks."""

    def __init__(self, transaction: Transaction) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._pending: Counter[tuple[str, str, str]] = Counter()

    async def add(self, programme: str, what: str, now: datetime) -> None:
        """Add one to a count of this month."""
        self._pending[programme, now.astimezone(UTC).strftime("%Y-%m"), what] += 1

    async def read(self, programme: str) -> dict[tuple[str, str], int]:
        """Return every count by month (YYYY-MM) and name."""
        await self.flush()
        rows = await self._transaction.rows(_READ, {"programme": programme})
        return {(row[0], row[1]): row[2] for row in rows}

    async def flush(self) -> None:
        """Write what was added."""
        for programme, month, what in sorted(self._pending):
            values = {"programme": programme, "month": month, "what": what}
            await self._transaction.later(_ADD, values | {"count": self._pending[programme, month, what]})
        self._pending.clear()

    def discard(self) -> None:
        """Forget what was added and not written."""
        self._pending.clear()
