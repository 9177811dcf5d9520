"""Who is glad to be asked: plain counts and times; who they are and what they say of themselves is sealed."""

from dataclasses import fields
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, select, update

from peersupport.addresses import Address
from peersupport.ports_informal import Listed, Listing
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.records import Json
from store.tables_informal import listings
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_FIELDS = tuple(field.name for field in fields(Listing))
_FIXED = frozenset({"id", "programme"})
_PERSON = Place("listings", "person")
_THIS = listings.c.id == bindparam("this")
_ALL = select(*(listings.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_SEALED = select(listings.c.key_id, listings.c.person).where(_THIS)
_IN = listings.c.programme == bindparam("programme")
_IN_PROGRAMME = _ALL.add_columns(listings.c.key_id, listings.c.person).where(_IN).order_by(listings.c.id)
_COUNT = select(func.count().label("found")).select_from(listings).where(_IN, listings.c.key_id.is_not(None))
_ADD = GuardedInsert(listings, "person_hash", lambda other: other.c.programme == bindparam("programme"))
_SAVE = update(listings).where(_THIS).values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})
_RESEAL = update(listings).where(_THIS).values(person=bindparam("person"))
_DROP = delete(listings).where(_THIS)


@cache
def _of(size: int) -> Select[Any]:
    return _ALL.where(theirs(listings.c.person_hash, size)).order_by(listings.c.programme)


class Listings:
    """Implements ``peersupport.ports_informal.Listings``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, listing: Listing, listed: Listed) -> bool:
        """Store a new one; False where this person is listed already."""
        key_id, key = await self._secrets.keyring.take()
        sealed = _PERSON.seal(Sealer(key), listing.id, _to_json(listed))
        values = {**_plain(listing), "key_id": key_id, "person": sealed}
        if await _ADD.run(self._transaction, self._secrets.lookups, listed.address, values):
            return True
        self._secrets.keyring.give_back(key_id, key)
        return False

    async def get(self, id: UUID, *, lock: bool = False) -> Listing | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def listed(self, id: UUID) -> Listed | None:
        """Unseal who is listed; None once erased."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        return None if row is None or sealer is None else _from_json(_PERSON.open(sealer, id, row.person))

    async def find(self, programme: str, who: Address) -> Listing | None:
        """Return somebody's own in a programme."""
        return next((each for each in await self.of(who) if each.programme == programme), None)

    async def of(self, who: Address) -> list[Listing]:
        """Return somebody's own in every programme."""
        hashes = self._secrets.hashes(who)
        return [_read(row) for row in await self._transaction.rows(_of(len(hashes)), values_of(hashes))]

    async def all(self, programme: str) -> list[tuple[Listing, Listed]]:
        """Return every one of a programme that can still be read."""
        rows = await self._transaction.rows(_IN_PROGRAMME, {"programme": programme})
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [
            (_read(row), _from_json(_PERSON.open(sealers[row.key_id], row.id, row.person)))
            for row in rows
            if row.key_id in sealers
        ]

    async def count(self, programme: str) -> int:
        """Return how many people are listed."""
        row = await self._transaction.row(_COUNT, {"programme": programme})
        return 0 if row is None else int(row.found)

    async def save(self, listing: Listing) -> None:
        """Write the plain part of one whose row is held."""
        values = {name: value for name, value in _plain(listing).items() if name not in _FIXED}
        await self._transaction.run(_SAVE, {**values, "this": listing.id})

    async def reseal(self, id: UUID, listed: Listed) -> None:
        """Seal anew what somebody says of themselves; the address must be the same."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        if sealer is not None:
            sealed = _PERSON.seal(sealer, id, _to_json(listed))
            await self._transaction.run(_RESEAL, {"this": id, "person": sealed})

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None:
            return
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
        await self._transaction.run(_DROP, {"this": id})
        self._transaction.erases = True


def _plain(listing: Listing) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in _FIELDS}


def _read(row: AnyRow) -> Listing:
    return Listing(**{name: getattr(row, name) for name in _FIELDS})


def _to_json(listed: Listed) -> Json:
    return {
        "address": [listed.address.team, listed.address.user],
        "name": listed.name,
        "reach": listed.reach,
        "community": listed.community,
        "times": list(listed.times),
        "tags": list(listed.tags),
    }


def _from_json(data: Json) -> Listed:
    times, tags = tuple(data["times"]), tuple(data["tags"])
    return Listed(Address(*data["address"]), data["name"], data["reach"], data["community"], times, tags)
