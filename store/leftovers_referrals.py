"""What outlived its time of referrals: whom an ended one is about, who wanted theirs forgotten, and messages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from store.columns import UtcDateTime, fixed
from store.connections import Connections
from store.tables import posts, referrals, silences
from store.tables_pages import interests
from store.transaction import Transaction

_LIMIT = 500
_BEFORE = bindparam("before", type_=UtcDateTime())
_IS_CLOSED = referrals.c.state == fixed("closed")
_ABOUT_SOMEBODY = or_(
    referrals.c.colleague.is_not(None), referrals.c.colleague_key.is_not(None), referrals.c.colleague_hash.is_not(None)
)
_OVER = and_(referrals.c.state != fixed("closed"), referrals.c.expires_at <= _BEFORE)
_FORGOTTEN = and_(referrals.c.referrer_key.is_(None), referrals.c.referrer_hash.is_not(None))
_COUNTED = and_(_FORGOTTEN, referrals.c.created_at < _BEFORE)


def _ids(condition: ColumnElement[bool]) -> Select[Any]:
    return select(referrals.c.id).where(condition).order_by(referrals.c.id).limit(_LIMIT)


def _count(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(func.count().label("found")).select_from(referrals).where(*conditions)


_ENDED, _COUNTS = _ids(or_(_OVER, and_(_IS_CLOSED, _ABOUT_SOMEBODY))), _ids(_COUNTED)
_LEFT = {
    "sealed": _count(_IS_CLOSED, referrals.c.colleague.is_not(None)),
    "hashes": _count(_IS_CLOSED, referrals.c.colleague_hash.is_not(None)),
    "keys": _count(
        or_(
            and_(_IS_CLOSED, referrals.c.colleague_key.is_not(None)),
            and_(referrals.c.referrer_key.is_(None), referrals.c.referrer.is_not(None)),
        )
    ),
}
_OVERDUE = _count(_OVER)
_FORGOTTEN_LATE = _count(_COUNTED)
_POSTS = (
    select(func.count().label("found"))
    .select_from(posts)
    .join(referrals, referrals.c.id == posts.c.subject)
    .where(_IS_CLOSED, referrals.c.closed_at < _BEFORE)
)
_STANDING = (
    select(referrals.c.id, referrals.c.programme)
    .where(_IS_CLOSED, referrals.c.closed_at < _BEFORE, referrals.c.id.in_(select(posts.c.subject)))
    .order_by(referrals.c.id)
    .limit(_LIMIT)
)
_UNKNOWN = select(func.count().label("found")).select_from(silences).where(silences.c.under != bindparam("lasting"))
_UNKNOWN_INTEREST = (
    select(func.count().label("found")).select_from(interests).where(interests.c.under != bindparam("lasting"))
)


class ReferralLeftovers:
    """Finds, each call in a transaction of its own."""

    def __init__(self, connections: Connections) -> None:
        """The store makes one."""
        self._connections = connections

    async def ended(self, now: datetime) -> list[UUID]:
        """The open referrals that nobody answered in time, and closed ones that still lead to somebody."""
        return await self._found(_ENDED, now)

    async def counts(self, before: datetime) -> list[UUID]:
        """The referrals from before an instant whose referrer wanted theirs forgotten and is counted still."""
        return await self._found(_COUNTS, before)

    async def posts(self, before: datetime) -> list[tuple[UUID, str]]:
        """The referrals that were closed before an instant and about which messages stand, each with its programme."""
        async with self._connections.begin() as transaction:
            rows = await transaction.rows(_STANDING, {"before": before})
            return [(row.id, row.programme) for row in rows]

    async def _found(self, statement: Select[Any], before: datetime) -> list[UUID]:
        async with self._connections.begin() as transaction:
            return [row.id for row in await transaction.rows(statement, {"before": before})]


async def left(transaction: Transaction, *, late: datetime, overdue: datetime, counted: datetime) -> dict[str, int]:
    """Count what is left of referrals that ended, by the self-audit's names for it."""
    found = {name: await _number(transaction, statement) for name, statement in _LEFT.items()}
    found["hashes"] += await _number(transaction, _FORGOTTEN_LATE, counted)
    found["posts"] = await _number(transaction, _POSTS, late)
    found["overdue"] = await _number(transaction, _OVERDUE, overdue)
    return found


async def unknown(transaction: Transaction, lasting: UUID) -> int:
    """Count refusals and interest under another key than the keyring holds: nobody is found by them."""
    rows = [await transaction.row(statement, {"lasting": lasting}) for statement in (_UNKNOWN, _UNKNOWN_INTEREST)]
    return sum(int(row.found) for row in rows if row is not None)


async def _number(transaction: Transaction, statement: Select[Any], before: datetime | None = None) -> int:
    row = await transaction.row(statement, {} if before is None else {"before": before})
    return 0 if row is None else int(row.found)
