"""What outlived its time, for the daily job to erase, also where its outbox row was lost or given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, func, or_, select, union_all

from peersupport.notifications import Kind
from peersupport.ports import Clock
from peersupport.requests import SupportRequest
from store.connections import Connections
from store.repositories.requests import COLUMNS, read
from store.tables import (
    UtcDateTime,
    approvals,
    audit,
    cover_choices,
    fixed,
    members,
    offers,
    outbox,
    posts,
    requests,
    supporters,
)

_LIMIT = 500
_BEFORE = bindparam("before", type_=UtcDateTime())
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_IS_CLOSED = requests.c.state == fixed("closed")
_CONTACTS = (
    select(*COLUMNS).where(_IS_CLOSED, requests.c.contact_key.is_not(None)).order_by(requests.c.id).limit(_LIMIT)
)
_OF_POST = (posts.c.id, posts.c.subject, posts.c.kind, posts.c.audience, requests.c.id, requests.c.programme)
_ERASED = requests.c.erased_at < _BEFORE
_POSTS = union_all(
    select(*(column.label(f"part_{number}") for number, column in enumerate(_OF_POST)), requests.c.erased_at)
    .join(requests, requests.c.id == posts.c.subject)
    .where(_ERASED),
    select(*(column.label(f"part_{number}") for number, column in enumerate(_OF_POST)), requests.c.erased_at)
    .join(offers, offers.c.id == posts.c.subject)
    .join(requests, requests.c.id == offers.c.request_id)
    .where(_ERASED),
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
_OLD_APPROVALS = delete(approvals).where(approvals.c.expires_at < _BEFORE)
# The place of a monthly note is sealed under the key of the one it went to, and is of no use once that is destroyed.
_KEPT_KEYS = union_all(
    *(select(table.c.key_id).where(table.c.key_id.is_not(None)) for table in (members, supporters, cover_choices))
)
DEAD_PLACE = and_(posts.c.kind == fixed(Kind.TELL_COVER.value), posts.c.key_id.not_in(_KEPT_KEYS))
_DEAD_PLACES = delete(posts).where(DEAD_PLACE)
_GIVEN_UP = delete(outbox).where(
    outbox.c.state == fixed("parked"),
    outbox.c.done_at < _BEFORE,
    or_(
        outbox.c.subject.in_(select(requests.c.id).where(requests.c.erased_at.is_not(None))),
        outbox.c.subject.in_(
            select(offers.c.id)
            .join(requests, requests.c.id == offers.c.request_id)
            .where(requests.c.erased_at.is_not(None))
        ),
    ),
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
        """The rows of messages about requests, and offers of requests, that were erased before an instant."""
        async with self._connections.begin() as transaction:
            return [PostLeft(*row) for row in await transaction.rows(_POSTS, {"before": before})]

    async def former_supporters(self, programme: str, before: datetime) -> list[UUID]:
        """The ended entries of a programme about which nothing was written down since an instant."""
        values: Mapping[str, object] = {"of": programme, "before": before, "never": _NEVER}
        async with self._connections.begin() as transaction:
            return [row.id for row in await transaction.rows(_FORMER, values)]

    async def purge(self, before: datetime) -> int:
        """Drop approvals that ran out before an instant, rows about erased requests given up before, dead places."""
        async with self._connections.begin() as transaction:
            gone = await transaction.run(_OLD_APPROVALS, {"before": before})
            gone += await transaction.run(_DEAD_PLACES)
            return gone + await transaction.run(_GIVEN_UP, {"before": before})
