"""When a place may be written to next, for all processes: a channel's turn, and what Slack asked to leave alone.

A place is named by what the outbox stores anyway, never by an id of Slack's. Instants are the database's own, so that
no two machines' clocks are compared. On SQLite there is one process, whose memory keeps the turns; what Slack asked for
is kept here too, for it must outlive a restart.
"""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, delete, func, literal_column, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from store.connections import Connections
from store.errors import Presumed, StoreUndone
from store.prepared import ByDialect
from store.tables import paces

_NOW: dict[str, ColumnElement[int]] = {
    "postgresql": literal_column("(extract(epoch from clock_timestamp()) * 1000)::bigint", BigInteger),
    "sqlite": literal_column("CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)", BigInteger),
}
"""Milliseconds since 1970."""
_KEPT = 60_000
_whole = paces.alias("whole")


def _take() -> Any:
    """Take a place for a while, where neither it nor the whole method is taken or to be left alone."""
    now = _NOW["postgresql"]
    left_alone = select(1).where(_whole.c.place == bindparam("whole"), _whole.c.free_at > now).exists()
    values = select(bindparam("place", type_=paces.c.place.type), now + bindparam("time", type_=BigInteger))
    insert = postgresql.insert(paces).from_select(["place", "free_at"], values.where(~left_alone))
    fresh = {"free_at": insert.excluded.free_at}
    return insert.on_conflict_do_update(index_elements=["place"], set_=fresh, where=paces.c.free_at <= now)


def _put(*, longer: bool) -> ByDialect:
    """Say when a place is free; where `longer`, no sooner than was said before."""
    found = []
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite)):
        then = _NOW[name] + bindparam("time", type_=BigInteger)
        insert = dialect.insert(paces).values(place=bindparam("place"), free_at=then)
        where = paces.c.free_at < insert.excluded.free_at if longer else None
        fresh = {"free_at": insert.excluded.free_at}
        found.append(insert.on_conflict_do_update(index_elements=["place"], set_=fresh, where=where))
    return ByDialect(*found)


def _wait(name: str) -> Any:
    here = or_(paces.c.place == bindparam("place"), paces.c.place == bindparam("whole"))
    return select((func.max(paces.c.free_at) - _NOW[name]).label("time")).where(here)


_TAKE = _take()
_FREE, _HOLD = _put(longer=False), _put(longer=True)
_WAIT = ByDialect(_wait("postgresql"), _wait("sqlite"))
_PURGE = ByDialect(*(delete(paces).where(paces.c.free_at < now - _KEPT) for now in _NOW.values()))


class Paces:
    """Implements ``peersupport.ports_beside.Paces``, each call in a transaction of its own."""

    def __init__(self, connections: Connections) -> None:
        """Works on the main database."""
        self._connections = connections

    async def take(self, place: str, whole: str, seconds: float) -> float:
        """Take a place for so long at most; return how long to wait where it is not free, else 0."""
        if self._connections.file is not None:
            return await self.wait(place, whole)
        try:
            async with self._connections.begin() as transaction:
                transaction.presumes = True
                values = {"place": place, "whole": whole, "time": _ms(seconds)}
                await transaction.run_or_presume(_TAKE, values)
        except (Presumed, StoreUndone):
            # Somebody else has it.
            return max(await self.wait(place, whole), 0.01)
        return 0.0

    async def free(self, place: str, seconds: float) -> None:
        """Let a place that was taken be free in so many seconds."""
        if self._connections.file is None:
            await self._say(_FREE, place, seconds)

    async def hold(self, place: str, seconds: float) -> None:
        """Leave a place alone for so long at least, because Slack asked for it."""
        await self._say(_HOLD, place, seconds)

    async def wait(self, place: str, whole: str = "") -> float:
        """Return for how many seconds a place, or the whole it is part of, is to be left alone."""
        async with self._connections.begin() as transaction:
            row = await transaction.row(_WAIT, {"place": place, "whole": whole})
        return max(0, row.time) / 1000 if row is not None and row.time is not None else 0.0

    async def purge(self) -> None:
        """Forget the places that have been free for a while."""
        async with self._connections.begin() as transaction:
            await transaction.run(_PURGE)

    async def _say(self, statement: ByDialect, place: str, seconds: float) -> None:
        async with self._connections.begin() as transaction:
            await transaction.later(statement, {"place": place, "time": _ms(seconds)})


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
