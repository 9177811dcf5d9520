"""Ideas for the column: whose they are and what they say is sealed under a data key of each one's own."""

from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, select, true

from peersupport.addresses import Address
from peersupport.ports_pages import Idea, Pitch
from store.columns import UtcDateTime
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.tables_pages import pitches
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_PITCH = Place("pitches", "pitch")
_THIS = pitches.c.id == bindparam("this")
_PLAIN = select(pitches.c.id, pitches.c.programme, pitches.c.made_at)
_BY_ID = _PLAIN.where(_THIS)
_SEALED = select(pitches.c.key_id, pitches.c.pitch).where(_THIS)
_ALL = _PLAIN.where(pitches.c.programme == bindparam("of")).order_by(pitches.c.made_at, pitches.c.id)
_OLD = select(pitches.c.id).where(pitches.c.made_at < bindparam("before", type_=UtcDateTime())).order_by(pitches.c.id)
# Somebody can have several: only the same row leaves no room.
_ADD = GuardedInsert(pitches, "person_hash", lambda other: other.c.id == bindparam("id"))
_DROP = delete(pitches).where(_THIS)


@cache
def _of(size: int) -> Select[tuple[UUID, str, datetime]]:
    return _PLAIN.where(theirs(pitches.c.person_hash, size), true()).order_by(pitches.c.made_at, pitches.c.id)


class Pitches:
    """Implements ``peersupport.ports_pages.Pitches``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, pitch: Pitch, idea: Idea) -> None:
        """Store a new one under a new data key."""
        key_id, key = await self._secrets.keyring.take()
        held = {
            "address": [idea.who.team, idea.who.user],
            "name": idea.name,
            "reach": idea.reach,
            "words": idea.words,
        }
        row = {
            "id": pitch.id,
            "programme": pitch.programme,
            "made_at": pitch.made_at,
            "key_id": key_id,
            "pitch": _PITCH.seal(Sealer(key), pitch.id, held),
        }
        await _ADD.run(self._transaction, self._secrets.lookups, idea.who, row)

    async def get(self, id: UUID) -> Pitch | None:
        """Return one."""
        row = await self._transaction.row(_BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def idea(self, id: UUID) -> Idea | None:
        """Unseal one; None once erased."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        if row is None or sealer is None or row.pitch is None:
            return None
        held = _PITCH.open(sealer, id, row.pitch)
        return Idea(Address(*held["address"]), held["name"], held["reach"], held["words"])

    async def all(self, programme: str) -> list[Pitch]:
        """Return those that wait for an answer, the earliest first."""
        return [_read(row) for row in await self._transaction.rows(_ALL, {"of": programme})]

    async def of(self, who: Address) -> list[Pitch]:
        """Return somebody's own, by keyed hash."""
        hashes = self._secrets.hashes(who)
        return [_read(row) for row in await self._transaction.rows(_of(len(hashes)), values_of(hashes))]

    async def made_before(self, before: datetime) -> list[UUID]:
        """Return those of every programme that were made before."""
        return [row.id for row in await self._transaction.rows(_OLD, {"before": before})]

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None:
            return
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
        await self._transaction.run(_DROP, {"this": id})
        self._transaction.erases = True


def _read(row: AnyRow) -> Pitch:
    return Pitch(row.id, row.programme, row.made_at)
