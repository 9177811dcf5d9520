"""The ledger of deeds: append-only, each line chained to the one before by a hash, so that a change anywhere shows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from peersupport.audit import ActorKind, Entry, Event
from store.encryption import framed
from store.tables import audit, audit_head
from store.transaction import AnyRow, Transaction

_GENESIS = bytes(32)
_PAGE = 1000
_HEAD = select(audit_head.c.seq, audit_head.c.hash).where(audit_head.c.id == 1)
_HEAD_LOCKED = _HEAD.with_for_update()
_APPEND = insert(audit)
_ADVANCE = update(audit_head).where(audit_head.c.id == 1).values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))
_OF = select(audit).where(audit.c.subject == bindparam("subject")).order_by(audit.c.seq)
_OF_EVENT = _OF.where(audit.c.event == bindparam("event"))
_AFTER = select(audit).where(audit.c.seq > bindparam("seq")).order_by(audit.c.seq).limit(_PAGE)


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain fails first, and how."""

    seq: int
    why: str


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
        return [Entry(Event(row.event), row.at, ActorKind(row.kind), row.actor, row.subject) for row in rows]

    async def flush(self) -> None:
        """Write what was added to the end of the chain."""
        if not self._pending:
            return
        head = await self._transaction.row(_HEAD_LOCKED)
        assert head is not None
        seq, previous = head
        lines = []
        for entry in self._pending:
            seq += 1
            line = _line(seq, entry, previous)
            previous = line["hash"]
            lines.append(line)
        self._pending.clear()
        await self._transaction.run_many(_APPEND, lines)
        await self._transaction.run(_ADVANCE, {"new_seq": seq, "new_hash": previous})

    def discard(self) -> None:
        """Forget what was added and not written."""
        self._pending.clear()


async def verify(transaction: Transaction) -> Broken | None:
    """Walk the whole chain and return the first line that is not as it was written, or None."""
    head = await transaction.row(_HEAD)
    seq, previous = 0, _GENESIS
    while rows := await transaction.rows(_AFTER, {"seq": seq}):
        for row in rows:
            seq += 1
            if why := _fault(row, seq, previous):
                return Broken(seq, why)
            previous = row.hash
    if head is None or (head.seq, head.hash) != (seq, previous):
        return Broken(seq + 1, "the end of the ledger was cut off")
    return None


def _fault(row: AnyRow, seq: int, previous: bytes) -> str | None:
    if row.seq != seq:
        return "a line is missing"
    if row.prev_hash != previous:
        return "a line does not follow from the one before"
    entry = (row.at, row.event, row.kind, row.actor, row.subject)
    return None if row.hash == _hash(seq, previous, *entry) else "a line was changed"


def _line(seq: int, entry: Entry, previous: bytes) -> dict[str, Any]:
    what = (entry.at, entry.event.value, entry.kind.value, entry.actor, entry.subject)
    return {
        **dict(zip(("at", "event", "kind", "actor", "subject"), what, strict=True)),
        "seq": seq,
        "prev_hash": previous,
        "hash": _hash(seq, previous, *what),
    }


def _hash(
    seq: int, previous: bytes, at: datetime, event: str, kind: str, actor: UUID | None, subject: UUID | None
) -> bytes:
    parts: Sequence[bytes] = (
        previous,
        seq.to_bytes(8, "big"),
        at.astimezone(UTC).isoformat(timespec="microseconds").encode(),
        event.encode(),
        kind.encode(),
        b"" if actor is None else actor.bytes,
        b"" if subject is None else subject.bytes,
    )
    return hashlib.sha256(framed(*parts)).digest()
