"""Who gets a monthly note about what; who they are is sealed, and nothing counts them."""

from functools import cache
from uuid import UUID

from sqlalchemy import Delete, Select, and_, bindparam, delete, select

from peersupport.addresses import Address
from peersupport.ports_pages import Reader
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.tables_pages import readers
from store.transaction import Transaction
from store.unsealing import Place, Secrets

_PERSON = Place("readers", "person")
_SAME = and_(readers.c.programme == bindparam("of"), readers.c.what == bindparam("about"))
_BY_ID = select(readers).where(readers.c.id == bindparam("this"))
_ALL = select(readers).where(_SAME).order_by(readers.c.id)
_ADD = GuardedInsert(
    readers,
    "person_hash",
    lambda other: and_(other.c.programme == bindparam("programme"), other.c.what == bindparam("what")),
)


@cache
def _of(size: int) -> Select[tuple[str, str, UUID]]:
    columns = (readers.c.programme, readers.c.what, readers.c.key_id)
    return select(*columns).where(theirs(readers.c.person_hash, size)).order_by(readers.c.programme, readers.c.what)


@cache
def _drop(size: int) -> Delete:
    return delete(readers).where(_SAME, theirs(readers.c.person_hash, size))


class Readers:
    """Implements ``peersupport.ports_pages.Readers``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, reader: Reader) -> bool:
        """Store a new one; False where this person is one already."""
        key_id, key = await self._secrets.keyring.take()
        person = _PERSON.seal(Sealer(key), reader.id, {"address": [reader.who.team, reader.who.user]})
        row = {"id": reader.id, "programme": reader.programme, "what": reader.what, "key_id": key_id, "person": person}
        if await _ADD.run(self._transaction, self._secrets.lookups, reader.who, row):
            return True
        self._secrets.keyring.give_back(key_id, key)
        return False

    async def get(self, id: UUID) -> Reader | None:
        """Return one."""
        found = await self._read(_BY_ID, {"this": id})
        return found[0] if found else None

    async def all(self, programme: str, what: str) -> list[Reader]:
        """Return everybody whom a programme writes to about this."""
        return await self._read(_ALL, {"of": programme, "about": what})

    async def of(self, who: Address) -> list[tuple[str, str]]:
        """Return what somebody reads."""
        hashes = self._secrets.hashes(who)
        rows = await self._transaction.rows(_of(len(hashes)), values_of(hashes))
        return [(row.programme, row.what) for row in rows]

    async def drop(self, programme: str, what: str, who: Address) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
        hashes = self._secrets.hashes(who)
        for row in await self._transaction.rows(_of(len(hashes)), values_of(hashes)):
            if (row.programme, row.what) == (programme, what) and row.key_id is not None:
                await self._secrets.keyring.destroy(row.key_id)
                self._transaction.erases = True
        values = {**values_of(hashes), "of": programme, "about": what}
        await self._transaction.run(_drop(len(hashes)), values)

    async def _read(self, statement: Select[tuple[object, ...]], values: dict[str, object]) -> list[Reader]:
        rows = await self._transaction.rows(statement, values)
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [
            Reader(
                row.id,
                row.programme,
                row.what,
                Address(*_PERSON.open(sealers[row.key_id], row.id, row.person)["address"]),
            )
            for row in rows
            if row.key_id in sealers
        ]
