"""Looks whether anything is left of what was erased: counts only, and never a search for anybody's words."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select

from peersupport import retention
from peersupport.notifications import Kind
from peersupport.programme_parts import Retention
from peersupport.referral import WINDOW
from store import leftovers_referrals, leftovers_shared
from store.audit import verify
from store.connections import Connections
from store.keyring import Keyring
from store.leftovers import about
from store.repositories.requests import COLUMNS, read
from store.sweep import AGE, unreferred
from store.tables import UtcDateTime, fixed, notices, outbox, posts, put_off, requests, safety_concerns, supporters
from store.transaction import Transaction

GRACE = timedelta(hours=1)
"""So long an erasure may be late, as while the keyring is out of reach."""
PATIENCE = timedelta(days=2)
"""So long what is about an erased request may wait, as while Slack is away: until the daily job has tried again."""
UNLOOKED = timedelta(days=5)
"""So long a partner's notice may wait to be looked at, before it is one that outlived its time."""
_PAGE = 500
_BEFORE = bindparam("before", type_=UtcDateTime())
_ERASED = requests.c.erased_at.is_not(None)


def _count(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(func.count().label("found")).select_from(requests).where(_ERASED, *conditions)


_SEALED = _count(or_(*(column.is_not(None) for column in requests.c if column.info.get("kind") == "sealed")))
_NOTICES = (
    select(func.count().label("found"))
    .select_from(notices)
    .join(requests, requests.c.id == notices.c.request_id)
    # In what a partner told the way to reach the person stands too, and goes with it.
    .where(or_(_ERASED, and_(requests.c.state == fixed("closed"), requests.c.contact_key.is_(None))))
    .where(or_(notices.c.notice.is_not(None), notices.c.key_id.is_not(None)))
)
_UNLOOKED = (
    select(func.count().label("found"))
    .select_from(notices)
    .where(notices.c.request_id.is_(None), notices.c.received_at < _BEFORE)
)
_HASHES = _count(requests.c.requester_hash.is_not(None))
_KEYS = _count(or_(requests.c.identity_key.is_not(None), requests.c.contact_key.is_not(None)))
_POSTS = (
    select(func.count().label("found"))
    .select_from(posts)
    # A supporter may take their time to say that they deleted what they noted.
    .where(about(posts.c.subject, requests.c.erased_at < _BEFORE), posts.c.kind != fixed(Kind.TELL_SUPPORTER.value))
)
_ROWS = (
    select(func.count().label("found"))
    .select_from(outbox)
    .where(outbox.c.state.in_([fixed("due"), fixed("parked")]), about(outbox.c.subject, requests.c.erased_at < _BEFORE))
)
_PUT_OFF = (
    select(func.count().label("found")).select_from(put_off).join(requests, requests.c.id == put_off.c.request)
).where(_ERASED)
_CONCERNS = (
    select(func.count().label("found"))
    .select_from(safety_concerns)
    .join(requests, requests.c.id == safety_concerns.c.request_id)
    .where(_ERASED, safety_concerns.c.closed_at.is_(None))
)
_WANTED = (
    select(func.count().label("found"))
    .select_from(supporters)
    .where(supporters.c.active.is_(False), supporters.c.key_id.is_not(None), supporters.c.erase_asked_at < _BEFORE)
)
_UNERASED = (
    select(*COLUMNS)
    .where(requests.c.state == fixed("closed"), requests.c.erased_at.is_(None), requests.c.id > bindparam("after"))
    .where(
        ~exists(
            select(1).where(
                safety_concerns.c.request_id == requests.c.id,
                safety_concerns.c.closed_at.is_(None),
                safety_concerns.c.hold_until > _BEFORE,
            )
        )
    )
    .order_by(requests.c.id)
    .limit(_PAGE)
)


@dataclass(frozen=True, slots=True)
class Findings:
    """How many of each were found; all are zero where every erasure was whole and in time."""

    sealed: int = 0
    """Erased requests, notices of partners and referrals that ended with something sealed left."""
    hashes: int = 0
    """Erased requests that still lead to whoever asked, by keyed hash, and referrals that ended and still do."""
    keys: int = 0
    """Erased requests that still name a data key, and keys in the keyring that nothing refers to."""
    posts: int = 0
    """Messages about erased requests, and about referrals that ended, that were not edited down."""
    rows: int = 0
    """Messages and timers about erased requests that wait or were given up, and what is put off of them."""
    concerns: int = 0
    """Safety concerns that are open about erased requests."""
    overdue: int = 0
    """Closed requests, notices and open referrals that outlived their time, and entries of who wanted them erased."""
    shared: int = 0
    """Questions between two, places, themes, offers, listings and reminders that outlived their time."""
    ledger: int = 0
    """1 where the ledger of deeds is not as it was written."""
    lookup_key: int = 0
    """1 where the key that people are looked up by outlived its time, or cannot be done away with."""
    refusals: int = 0
    """Refusals for good that were made with another key than the keyring holds, so that nobody is found by them."""

    @property
    def counts(self) -> dict[str, int]:
        """Each count by its name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def total(self) -> int:
        """How many there are of all kinds."""
        return sum(self.counts.values())


async def look(
    connections: Connections, keyring: Keyring, kept: Mapping[str, Retention], now: datetime, lasting: UUID
) -> Findings:
    """Count what is left of erased requests, of every programme, and walk the ledger.

    `kept` says by programme how long requests are kept; those of other programmes count as overdue by the longest.
    `lasting` names the key of refusals.
    """
    # One more day than the daily job takes: what it destroys tonight was found by it, and not by nobody.
    lost = await unreferred(connections, keyring, now, AGE + timedelta(days=1))
    async with connections.begin() as transaction:
        late = now - PATIENCE
        before = {"late": late, "overdue": now - GRACE, "counted": now - WINDOW - PATIENCE}
        shared = await leftovers_shared.find(transaction, kept, now, soon=GRACE, late=PATIENCE)
        referred = await leftovers_referrals.left(transaction, **before)
        return Findings(
            sealed=await _found(transaction, _SEALED) + referred["sealed"] + await _found(transaction, _NOTICES),
            hashes=await _found(transaction, _HASHES) + referred["hashes"],
            keys=await _found(transaction, _KEYS) + len(lost) + referred["keys"],
            posts=await _found(transaction, _POSTS, late) + referred["posts"],
            rows=await _found(transaction, _ROWS, late) + await _found(transaction, _PUT_OFF),
            concerns=await _found(transaction, _CONCERNS),
            overdue=await _overdue(transaction, kept, now - GRACE)
            + await _found(transaction, _WANTED, now - GRACE)
            + await _found(transaction, _UNLOOKED, now - UNLOOKED)
            + referred["overdue"],
            refusals=await leftovers_referrals.unknown(transaction, lasting),
            shared=sum(map(len, shared.values())),
            ledger=int(await verify(transaction) is not None),
        )


async def _found(transaction: Transaction, statement: Select[Any], before: datetime | None = None) -> int:
    row = await transaction.row(statement, {} if before is None else {"before": before})
    return 0 if row is None else int(row.found)


async def _overdue(transaction: Transaction, kept: Mapping[str, Retention], before: datetime) -> int:
    count, after = 0, UUID(int=0)
    while rows := await transaction.rows(_UNERASED, {"after": after, "before": before}):
        for row in rows:
            due = retention.due_at(retention.of_programme(kept, row.programme), read(row))
            count += due is not None and due < before
        after = rows[-1].id
    return count
