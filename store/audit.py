"""The ledger of deeds: append-only, each line chained to the one before by a hash, so that a change anywhere shows."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, bindparam, func, insert, literal_column, select, text, update

from peersupport.audit import OPENINGS, ActorKind, Deeds, Entry, Event
from store.encryption import framed
from store.tables import audit, audit_head
from store.transaction import AnyRow, Transaction

_GENESIS = bytes(32)
_THE_HEAD = UUID(int=1)
"""Stands for the one row that every line moves on."""
_PAGE = 1000
HEAD = select(audit_head.c.seq, audit_head.c.hash).where(audit_head.c.id == 1)
_HEAD_LOCKED = HEAD.with_for_update()
_APPEND = insert(audit)
_ADVANCE = update(audit_head).where(audit_head.c.id == 1).values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))
# PostgreSQL appends one line in one go, hash and all: everybody who appends waits for whoever holds the head, so every
# trip to the server less is a gain for all. The frame of the hash is the one that _hash makes.
_APPEND_ONE = text("""
    WITH head AS (SELECT seq + 1 AS seq, hash FROM audit_head WHERE id = 1 FOR UPDATE),
    line AS (
        INSERT INTO audit (seq, at, event, kind, actor, subject, reason, prev_hash, hash)
        SELECT seq, :at, :event, :kind, :actor, :subject, :reason, hash,
            sha256(decode('00000020', 'hex') || hash || decode('00000008', 'hex') || int8send(seq) || :rest)
        FROM head RETURNING seq, hash
    )
    /* at last */ UPDATE audit_head SET seq = line.seq, hash = line.hash FROM line WHERE audit_head.id = 1
""").bindparams(
    *(bindparam(name, type_=audit.c[name].type) for name in ("at", "event", "kind", "actor", "subject", "reason")),
    bindparam("rest", type_=LargeBinary()),
)
_OF = select(audit).where(audit.c.subject == bindparam("subject")).order_by(audit.c.seq)
_OF_EVENT = _OF.where(audit.c.event == bindparam("event"))
_FIRST, _LAST, _END = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC), 2**62
_IS_OPENING = audit.c.event.in_([literal_column(f"'{event.value}'") for event in OPENINGS])
_OPENINGS = (
    select(audit)
    .where(_IS_OPENING, audit.c.at >= bindparam("since"), audit.c.at < bindparam("until"))
    .where(audit.c.seq < bindparam("before"))
    .order_by(audit.c.seq.desc())
    .limit(bindparam("limit"))
)
_OPENINGS_OF = _OPENINGS.where(audit.c.actor == bindparam("actor"))
_OPENED_SINCE = select(func.count().label("openings")).where(
    _IS_OPENING, audit.c.actor == bindparam("actor"), audit.c.at >= bindparam("since")
)
_BY = (
    select(
        audit.c.event,
        func.count().label("deeds"),
        func.min(audit.c.at).label("first"),
        func.max(audit.c.at).label("last"),
    )
    .where(audit.c.actor == bindparam("actor"))
    .group_by(audit.c.event)
    .order_by(audit.c.event)
)
_AFTER = select(audit).where(audit.c.seq > bindparam("seq")).order_by(audit.c.seq).limit(_PAGE)


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain fails first, and how."""

    seq: int
    why: str
    is_noted: bool = False
    """The lines follow from each other, but are not the ones that were noted in the keyring."""

    @property
    def sentence(self) -> str:
        """Say it to an operator."""
        if self.is_noted:
            return f"From line {self.seq} on the ledger cannot be relied on: {self.why}."
        return f"Line {self.seq} of the ledger is the first that is not as it was written: {self.why}."


class Audit:
    """Implements ``peersupport.ports.Audit``.

    Lines are written at commit, last of all: appending holds the chain's head until the transaction ends, and everybody
    else waits for it.
    """

    def __init__(self, transaction: Transaction) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._pending: list[Entry] = []

    async def write(self, *entries: Entry) -> None:
        """Append entries."""
        self._pending.extend(entries)

    async def of(self, subject: UUID, event: Event | None = None) -> list[Entry]:
        """Return the entries about a subject, oldest first."""
        await self.flush()
        if event is None:
            rows = await self._transaction.rows(_OF, {"subject": subject})
        else:
            rows = await self._transaction.rows(_OF_EVENT, {"subject": subject, "event": event})
        return [_read(row) for row in rows]

    async def openings(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        actor: UUID | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> list[tuple[int, Entry]]:
        """Return who opened which identity, newest first, each with its place in the ledger to go on before."""
        await self.flush()
        values = {"since": since or _FIRST, "until": until or _LAST, "before": before or _END, "limit": limit}
        if actor is None:
            rows = await self._transaction.rows(_OPENINGS, values)
        else:
            rows = await self._transaction.rows(_OPENINGS_OF, values | {"actor": actor})
        return [(row.seq, _read(row)) for row in rows]

    async def opened_since(self, actor: UUID, since: datetime) -> int:
        """Return how many identities somebody opened since then."""
        await self.flush()
        row = await self._transaction.row(_OPENED_SINCE, {"actor": actor, "since": since})
        return 0 if row is None else int(row.openings)

    async def by(self, actor: UUID) -> list[Deeds]:
        """Return what somebody did, by kind of deed."""
        await self.flush()
        rows = await self._transaction.rows(_BY, {"actor": actor})
        return [Deeds(Event(row.event), int(row.deeds), row.first, row.last) for row in rows]

    async def flush(self) -> None:
        """Write what was added to the end of the chain."""
        if not self._pending:
            return
        entries, self._pending = self._pending, []
        if len(entries) == 1 and not self._transaction.is_sqlite:
            values = _values(entries[0]) | {"rest": _rest(*_what(entries[0]))}
            await self._transaction.later(_APPEND_ONE, values, _THE_HEAD)
            return
        head = await self._transaction.row(_HEAD_LOCKED)
        assert head is not None
        seq, previous = head
        lines = []
        for entry in entries:
            seq += 1
            line = {"seq": seq, "prev_hash": previous, "hash": _hash(seq, previous, *_what(entry))}
            previous = line["hash"]
            lines.append(_values(entry) | line)
        await self._transaction.run_many(_APPEND, lines)
        await self._transaction.run(_ADVANCE, {"new_seq": seq, "new_hash": previous})

    def discard(self) -> None:
        """Forget what was added and not written."""
        self._pending.clear()


async def verify(transaction: Transaction) -> Broken | None:
    """Walk the whole chain and return the first line that is not as it was written, or None.

    Others may append meanwhile: the walk must reach the end as it was before, and not go beyond it as it is afterwards.
    """
    head = await transaction.row(HEAD)
    seq, previous, seen = 0, _GENESIS, head is not None and (head.seq, head.hash) == (0, _GENESIS)
    while rows := await transaction.rows(_AFTER, {"seq": seq}):
        for row in rows:
            seq += 1
            if why := _fault(row, seq, previous):
                return Broken(seq, why)
            previous = row.hash
            seen = seen or (head is not None and (head.seq, head.hash) == (seq, previous))
    now = await transaction.row(HEAD)
    if not seen or now is None or now.seq < seq:
        return Broken(seq + 1, "the end of the ledger was cut off")
    return None


def _fault(row: AnyRow, seq: int, previous: bytes) -> str | None:
    if row.seq != seq:
        return "a line is missing"
    if row.prev_hash != previous:
        return "a line does not follow from the one before"
    what = (row.at, row.event, row.kind, row.actor, row.subject, row.reason)
    return None if row.hash == _hash(seq, previous, *what) else "a line was changed"


_What = tuple[datetime, str, str, UUID | None, UUID | None, str | None]
_COLUMNS = ("at", "event", "kind", "actor", "subject", "reason")


def _read(row: AnyRow) -> Entry:
    return Entry(Event(row.event), row.at, ActorKind(row.kind), row.actor, row.subject, row.reason)


def _what(entry: Entry) -> _What:
    return entry.at, entry.event.value, entry.kind.value, entry.actor, entry.subject, entry.reason


def _values(entry: Entry) -> dict[str, Any]:
    return dict(zip(_COLUMNS, _what(entry), strict=True))


def _hash(seq: int, previous: bytes, *what: Any) -> bytes:
    return hashlib.sha256(framed(previous, seq.to_bytes(8, "big")) + _rest(*what)).digest()


def _rest(at: datetime, event: str, kind: str, actor: UUID | None, subject: UUID | None, reason: str | None) -> bytes:
    # A line without a reason hashes as it did before there were reasons.
    return framed(
        *() if reason is None else (b"reason", reason.encode()),
        at.astimezone(UTC).isoformat(timespec="microseconds").encode(),
        event.encode(),
        kind.encode(),
        b"" if actor is None else actor.bytes,
        b"" if subject is None else subject.bytes,
    )
