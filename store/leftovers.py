"""What outlived its time, for the daily job to erase, also where its outbox row was lost or given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, or_, select, union_all

from peersupport.ports import Clock
from peersupport.requests import SupportRequest
from store.connections import Connections
from store.repositories.requests import COLUMNS, read
from store.tables import (
    UtcDateTime,
    approvals,
    audit,
    fixed,
    notices,
    offers,
    outbox,
    posts,
    put_off,
    requests,
    safety_concerns,
    supporters,
)

_LIMIT = 500
_BEFORE = bindparam("before", type_=UtcDateTime())
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_IS_CLOSED = requests.c.state == fixed("closed")
_CONTACTS = (
    select(*COLUMNS).where(_IS_CLOSED, requests.c.contact_key.is_not(None)).order_by(requests.c.id).limit(_LIMIT)
)
ABOUT = (
    (offers.c.id, offers.c.request_id),
    (safety_concerns.c.id, safety_concerns.c.request_id),
    (approvals.c.id, approvals.c.subject),
)
"""What else messages and timers are about, besides requests themselves; each with the request it is about."""


def about(subject: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say that a row is about such a request, or about an offer, a safety concern or an approval of one."""
    found = [select(id).join(requests, requests.c.id == request).where(condition) for id, request in ABOUT]
    return or_(*(subject.in_(ids) for ids in (select(requests.c.id).where(condition), *found)))


_OF_POST = (posts.c.id, posts.c.subject, posts.c.kind, posts.c.audience, requests.c.id, requests.c.programme)
_ERASED = requests.c.erased_at < _BEFORE


def _posts() -> Select[Any]:
    return select(*(column.label(f"part_{number}") for number, column in enumerate(_OF_POST)), requests.c.erased_at)


_POSTS = union_all(
    _posts().join(requests, requests.c.id == posts.c.subject).where(_ERASED),
    *(
        _posts().join(id.table, id == posts.c.subject).join(requests, requests.c.id == request).where(_ERASED)
        for id, request in ABOUT
    ),
)
_LAST_LINE = select(func.max(audit.c.at)).where(audit.c.subject == supporters.c.id).scalar_subquery()
_FORMER = (
    select(supporters.c.id)
    .where(supporters.c.active.is_(False), supporters.c.key_id.is_not(None))
    .where(supporters.c.programme == bindparam("of"))
    .where(func.coalesce(_LAST_LINE, bindparam("never", type_=UtcDateTime())) < _BEFORE)
    .order_by(supporters.c.id)
    .limit(_LIMIT)
)
_WANTED = (
    select(supporters.c.id)
    .where(supporters.c.active.is_(False), supporters.c.key_id.is_not(None), supporters.c.erase_asked_at <= _BEFORE)
    .order_by(supporters.c.id)
    .limit(_LIMIT)
)
_OPEN_CONCERNS = (
    select(safety_concerns.c.request_id)
    .join(requests, requests.c.id == safety_concerns.c.request_id)
    .where(safety_concerns.c.closed_at.is_(None), requests.c.erased_at.is_not(None))
    .limit(_LIMIT)
)
_NOTICES = (
    select(notices.c.id)
    .outerjoin(requests, requests.c.id == notices.c.request_id)
    .where(notices.c.key_id.is_not(None))
    .where(
        or_(
            requests.c.erased_at.is_not(None),
            and_(_IS_CLOSED, requests.c.contact_key.is_(None)),
            and_(notices.c.request_id.is_(None), notices.c.received_at < _BEFORE),
        )
    )
    .limit(_LIMIT)
)
_OVER = delete(put_off).where(
    or_(
        put_off.c.until <= bindparam("now", type_=UtcDateTime()),
        put_off.c.request.in_(select(requests.c.id).where(_IS_CLOSED)),
    )
)
_OLD_APPROVALS = delete(approvals).where(approvals.c.expires_at < _BEFORE)
_GIVEN_UP = delete(outbox).where(
    outbox.c.state == fixed("parked"),
    outbox.c.done_at < _BEFORE,
    about(outbox.c.subject, requests.c.erased_at.is_not(None)),
)


@dataclass(frozen=True, slots=True)
class PostLeft:
    """The row of a message about an erased request that was not edited down, or waits for its reader."""

    id: UUID
    subject: UUID
    kind: str
    audience: UUID | None
    request: UUID
    programme: str
    erased_at: datetime


class Leftovers:
    """Finds and drops, each call in a transaction of its own."""

    def __init__(self, connections: Connections, clock: Clock) -> None:
        """The store makes one."""
        self._connections = connections
        self._clock = clock

    async def contacts(self) -> list[SupportRequest]:
        """The closed requests, of every programme, whose contact is still there."""
        async with self._connections.begin() as transaction:
            return [read(row) for row in await transaction.rows(_CONTACTS)]

    async def posts(self, before: datetime) -> list[PostLeft]:
        """The rows of messages about requests that were erased before an instant, and about what was of them."""
        async with self._connections.begin() as transaction:
            return [PostLeft(*row) for row in await transaction.rows(_POSTS, {"before": before})]

    async def former_supporters(self, programme: str, before: datetime) -> list[UUID]:
        """The ended entries of a programme about which nothing was written down since an instant."""
        values: Mapping[str, object] = {"of": programme, "before": before, "never": _NEVER}
        async with self._connections.begin() as transaction:
            return [row.id for row in await transaction.rows(_FORMER, values)]

    async def who_wanted(self, before: datetime) -> list[UUID]:
        """The ended entries, of every programme, that somebody wanted erased before an instant and that are there."""
        async with self._connections.begin() as transaction:
            return [row.id for row in await transaction.rows(_WANTED, {"before": before})]

    async def open_concerns(self) -> list[UUID]:
        """The erased requests about which a safety concern is open."""
        async with self._connections.begin() as transaction:
            return [row.request_id for row in await transaction.rows(_OPEN_CONCERNS)]

    async def notices(self, before: datetime) -> list[UUID]:
        """The partners' notices that can still be read: of erased requests or contacts, or not looked at since then."""
        async with self._connections.begin() as transaction:
            return [row.id for row in await transaction.rows(_NOTICES, {"before": before})]

    async def purge(self, before: datetime) -> int:
        """Drop rows about erased requests given up before an instant, and approvals that ran out before.

        And what was put off until a time that is over, or of a request that is closed.
        """
        async with self._connections.begin() as transaction:
            gone = await transaction.run(_GIVEN_UP, {"before": before})
            gone += await transaction.run(_OLD_APPROVALS, {"before": before})
            return gone + await transaction.run(_OVER, {"now": self._clock.now()})
