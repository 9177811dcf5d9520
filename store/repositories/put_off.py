"""Which requests administrators put off: plain ids and times."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from peersupport.ports_beside import PutOff
from store.prepared import ByDialect
from store.tables import UtcDateTime, put_off
from store.transaction import Transaction

_OF = select(put_off).where(put_off.c.programme == bindparam("of"))
_DROP = delete(put_off).where(put_off.c.until <= bindparam("now", type_=UtcDateTime()))
_FORGET = delete(put_off).where(put_off.c.request == bindparam("this"))


def _upsert(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=[put_off.c.request],
        set_={"version": statement.excluded.version, "until": statement.excluded.until},
    )


_KEEP = ByDialect(_upsert(postgresql.insert(put_off)), _upsert(sqlite.insert(put_off)))


class PutOffs:
    """Implements ``peersupport.ports_beside.PutOffs``."""

    def __init__(self, transaction: Transaction) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction

    async def keep(self, put_off: PutOff, now: datetime) -> None:
        """Remember it in place of what was kept for this request, and drop what is over."""
        values = {"request": put_off.request, "programme": put_off.programme}
        values |= {"version": put_off.version, "until": put_off.until}
        await self._transaction.run(_KEEP, values)
        await self._transaction.run(_DROP, {"now": now})

    async def of(self, programme: str) -> list[PutOff]:
        """Return what is kept of a programme."""
        rows = await self._transaction.rows(_OF, {"of": programme})
        return [PutOff(row.request, row.programme, row.version, row.until) for row in rows]

    async def forget(self, request: UUID) -> None:
        """Drop what is kept of a request, which is closed."""
        await self._transaction.run(_FORGET, {"this": request})
