"""Who would come to what is only thought of, by keyed hashes; who it was stands nowhere beside them."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, func, select

from peersupport.addresses import Address
from store.encryption import LookupIndex
from store.prepared import insert_or_ignore
from store.tables_pages import interests
from store.transaction import Transaction
from store.unsealing import Secrets

_THEIRS = interests.c.person_hash == bindparam("who")
_HAS = select(interests.c.id).where(_THEIRS)
_ADD = insert_or_ignore(interests)
_DROP = delete(interests).where(_THEIRS)
_ITEMS = select(interests.c.programme, interests.c.item).distinct().order_by(interests.c.programme, interests.c.item)
_COUNTS = (
    select(interests.c.item, func.count().label("found"))
    .where(interests.c.programme == bindparam("of"))
    .group_by(interests.c.item)
)


class Interests:
    """Implements ``peersupport.ports_pages.Interests``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._index: LookupIndex = secrets.lasting

    async def has(self, item: UUID, who: Address) -> bool:
        """Say whether somebody said so."""
        return await self._transaction.row(_HAS, {"who": self._hash(item, who)}) is not None

    async def add(self, programme: str, item: UUID, who: Address) -> None:
        """Keep that somebody said so. Safe to repeat: nobody counts twice."""
        row = {
            "id": uuid4(),
            "programme": programme,
            "item": item,
            "under": self._index.id,
            "person_hash": self._hash(item, who),
        }
        await self._transaction.run(_ADD, row)

    async def drop(self, item: UUID, who: Address) -> None:
        """Take it back. Safe to repeat."""
        if await self._transaction.run(_DROP, {"who": self._hash(item, who)}):
            self._transaction.erases = True

    async def counts(self, programme: str) -> Mapping[UUID, int]:
        """Return how many said so, for each item."""
        return {row.item: row.found for row in await self._transaction.rows(_COUNTS, {"of": programme})}

    async def of(self, who: Address) -> list[tuple[str, UUID]]:
        """Return what somebody said that they would come to."""
        rows = await self._transaction.rows(_ITEMS)
        return [(row.programme, row.item) for row in rows if await self.has(row.item, who)]

    def _hash(self, item: UUID, who: Address) -> bytes:
        # With the item in it, so that two items do not show that it was the same person.
        return self._index.receipt(f"interest:{item}:{who.team}:{who.user}")
