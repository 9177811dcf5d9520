"""Refusals that last, by keyed hashes under a key that does not change over; who it was stands nowhere beside them."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import and_, bindparam, delete, select

from peersupport.addresses import Address
from peersupport.referral import Scope, Silence
from store.encryption import LookupIndex
from store.prepared import insert_or_ignore
from store.tables import silences
from store.transaction import Transaction
from store.unsealing import Secrets

_SAME = and_(
    silences.c.person_hash == bindparam("who"),
    silences.c.programme == bindparam("of"),
    silences.c.scope == bindparam("what"),
)
_ANY = select(silences.c.id).where(_SAME).limit(1)
_FROM = select(silences.c.id).where(_SAME, silences.c.from_hash == bindparam("from_whom")).limit(1)
_OF = (
    select(silences.c.programme, silences.c.scope, silences.c.since)
    .where(silences.c.person_hash == bindparam("who"), silences.c.scope != bindparam("not_shown"))
    .order_by(silences.c.since, silences.c.id)
)
_ADD = insert_or_ignore(silences)
_LIFT = delete(silences).where(_SAME)


class Silences:
    """Implements ``peersupport.ports_doors.Silences``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._index: LookupIndex = secrets.lasting

    async def keep(
        self, programme: str, scope: Scope, who: Address, *, from_who: Address | None = None, now: datetime
    ) -> None:
        """Keep one. Safe to repeat."""
        if await self.has(programme, scope, who, from_who=from_who):
            return
        row = {
            "id": uuid4(),
            "programme": programme,
            "scope": scope.value,
            "since": now,
            "under": self._index.id,
            "person_hash": self._hash(who),
            "from_hash": None if from_who is None else self._hash(from_who),
        }
        await self._transaction.run(_ADD, row)

    async def has(self, programme: str, scope: Scope, who: Address, *, from_who: Address | None = None) -> bool:
        """Say whether it is kept."""
        values: dict[str, object] = {"who": self._hash(who), "of": programme, "what": scope.value}
        if from_who is None:
            return await self._transaction.row(_ANY, values) is not None
        return await self._transaction.row(_FROM, values | {"from_whom": self._hash(from_who)}) is not None

    async def of(self, who: Address) -> list[Silence]:
        """Return what a person refused, the earliest first; not the distrust of them."""
        values = {"who": self._hash(who), "not_shown": Scope.DISTRUST.value}
        rows = await self._transaction.rows(_OF, values)
        return [Silence(row.programme, Scope(row.scope), row.since) for row in rows]

    async def lift(self, programme: str, scope: Scope, who: Address) -> None:
        """Drop what a person refused, from whomever."""
        await self._transaction.run(_LIFT, {"who": self._hash(who), "of": programme, "what": scope.value})

    def _hash(self, who: Address) -> bytes:
        return self._index.member(who.team, who.user)
