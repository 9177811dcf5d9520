"""Where the ledger's end stood, night by night, noted in the keyring and sealed there by the master key.

The chain of the ledger shows a change only to whoever remembers its end: with the main database alone one can write all
of it anew, hashes and end. Whoever does so does not have the keyring. A mark stands among the keyring's named keys, so
that backups and rotations take it along; what it wraps is no key but a line's number, its hash and the time.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, delete, select

from store.audit import HEAD, Broken
from store.connections import Connections
from store.errors import KeyringSealed
from store.keyring import Keyring
from store.keyring_tables import INDEX, named_keys
from store.prepared import insert_or_ignore
from store.tables import audit
from store.transaction import AnyRow

KEPT = 40
"""So many marks are kept. One is written only where the ledger fits all that are there, so that the last one tells of
every line before it; the others narrow down where it was changed."""
PREFIX = "ledger-mark:"
_MARK = struct.Struct(">Q32sQ")
_MARKS = (
    select(named_keys.c.name, named_keys.c.wrapped, named_keys.c.master_id)
    .where(named_keys.c.name.like(f"{PREFIX}%"))
    .order_by(named_keys.c.name.desc())
)
# Held, so that no mark comes under the old master key once a rotation has begun.
_PRESENT = select(named_keys.c.master_id).where(named_keys.c.name == INDEX).with_for_update(read=True)
_PUT = insert_or_ignore(named_keys)
_DROP = delete(named_keys).where(named_keys.c.name == bindparam("this"))
_LINE = select(audit.c.hash).where(audit.c.seq == bindparam("seq"))


@dataclass(frozen=True, slots=True)
class Mark:
    """What was noted: the ledger's last line at a time. One that does not open in its place has no hash."""

    name: str
    seq: int
    hash: bytes = b""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The marks beside the ledger as it is now."""

    end: int
    """The ledger's last line."""
    fits: int
    """The last line that a mark vouches for."""
    misfits: Sequence[Mark]
    """The marks, newest first, that the ledger does not fit."""

    @property
    def broken(self) -> Broken | None:
        """Say in words what does not fit, or None."""
        if not self.misfits:
            return None
        oldest = self.misfits[-1]
        day = "an unknown day" if oldest.at is None else f"{oldest.at:%Y-%m-%d}"
        if oldest.seq > self.end:
            why = (
                f"the ledger is older than its mark of {day} in the keyring, which is about line {oldest.seq}: was a "
                'backup put back by hand? Then "peersupport audit accept" settles it; if not, its end was cut off'
            )
            return Broken(self.end + 1, why, is_noted=True)
        if not oldest.hash:
            why = f"nothing vouches for the ledger up to line {oldest.seq}: its mark in the keyring was changed"
            return Broken(self.fits + 1, why, is_noted=True)
        why = (
            f"up to line {oldest.seq} the ledger is not the one that was noted in the keyring on {day}: one or more of "
            "these lines were written anew, and the hashes with them. If a backup was put back by hand, they may be "
            'the lines since then; in that case "peersupport audit accept" settles it'
        )
        return Broken(self.fits + 1, why, is_noted=True)


async def held(connections: Connections, keyring: Keyring) -> Held:
    """Hold the marks beside the ledger; raises KeyringSealed or KeyringUnavailable."""
    # The marks first: the lines of a mark that is there were there before it.
    marks = await _read(keyring)
    misfits: list[Mark] = []
    async with connections.begin() as transaction:
        head = await transaction.row(HEAD)
        for mark in marks:
            line = await transaction.row(_LINE, {"seq": mark.seq})
            if line is not None and line.hash == mark.hash:
                return Held(head.seq if head else 0, mark.seq, misfits)
            misfits.append(mark)
    return Held(head.seq if head else 0, 0, misfits)


async def note(connections: Connections, keyring: Keyring, now: datetime) -> bool:
    """Note where the ledger ends now; False where there is nothing new, or it does not fit what was noted before."""
    found = await held(connections, keyring)
    if found.misfits or found.end <= found.fits:
        return False
    async with connections.begin() as transaction:
        line = await transaction.row(_LINE, {"seq": found.end})
    if line is None:
        return False
    name = f"{PREFIX}{found.end:020d}"
    await keyring.masters.read()
    async with keyring.begin() as transaction:
        present = await transaction.row(_PRESENT)
        if present is None:
            raise KeyringSealed("The keyring is empty.")
        master = await keyring.masters.of(present.master_id)
        wrapped = await master.wrap(_MARK.pack(found.end, line.hash, int(now.timestamp())), name.encode())
        row = {"name": name, "wrapped": wrapped, "master_id": present.master_id, "created_at": now.date().isoformat()}
        await transaction.run(_PUT, row)
        for old in (await transaction.rows(_MARKS))[KEPT:]:
            await transaction.run(_DROP, {"this": old.name})
    return True


async def drop(keyring: Keyring, marks: Sequence[Mark]) -> None:
    """Forget marks."""
    async with keyring.begin() as transaction:
        for mark in marks:
            await transaction.run(_DROP, {"this": mark.name})


async def _read(keyring: Keyring) -> list[Mark]:
    await keyring.masters.read()
    async with keyring.begin() as transaction:
        rows = await transaction.rows(_MARKS)
    return [await _opened(keyring, row) for row in rows]


async def _opened(keyring: Keyring, row: AnyRow) -> Mark:
    try:
        seq, noted, seconds = _MARK.unpack(await keyring.unwrapped(row))
        return Mark(row.name, seq, noted, datetime.fromtimestamp(seconds, UTC))
    except (KeyringSealed, struct.error):
        number = row.name.removeprefix(PREFIX)
        return Mark(row.name, int(number) if number.isdecimal() else 0)
