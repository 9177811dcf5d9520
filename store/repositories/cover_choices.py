"""Who switched the monthly note on or off for themselves; who they are is sealed."""

from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, select, true, update

from peersupport.people import Address
from peersupport.ports_beside import CoverChoice
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.tables import cover_choices
from store.transaction import Transaction
from store.unsealing import Place, Secrets

_PERSON = Place("cover_choices", "person")
_ALL = select(cover_choices).order_by(cover_choices.c.id)
_BY_ID = _ALL.where(cover_choices.c.id == bindparam("this"))
_SIZES = (1, 2)
_THEIRS = {
    size: select(cover_choices.c.id, cover_choices.c.wanted, cover_choices.c.key_id).where(
        theirs(cover_choices.c.person_hash, size)
    )
    for size in _SIZES
}
_ADD = GuardedInsert(cover_choices, "person_hash", lambda _other: true())
_CHANGE = {
    size: update(cover_choices).where(theirs(cover_choices.c.person_hash, size)).values(wanted=bindparam("is_wanted"))
    for size in _SIZES
}
_FORGET = {size: delete(cover_choices).where(theirs(cover_choices.c.person_hash, size)) for size in _SIZES}


class CoverChoices:
    """Implements ``peersupport.ports_beside.CoverChoices``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def wanted(self, who: Address) -> bool | None:
        """Return a person's own word, or None."""
        hashes = self._secrets.hashes(who)
        row = await self._transaction.row(_THEIRS[len(hashes)], values_of(hashes))
        return None if row is None else bool(row.wanted)

    async def get(self, id: UUID) -> CoverChoice | None:
        """Return one."""
        found = await self._read(_BY_ID, {"this": id})
        return found[0] if found else None

    async def all(self) -> list[CoverChoice]:
        """Return every one that can still be read."""
        return await self._read(_ALL, {})

    async def choose(self, who: Address, *, wanted: bool) -> None:
        """Keep a person's word, in place of the one before."""
        if await self._change(who, wanted=wanted):
            return
        id_, (key_id, key) = uuid4(), await self._secrets.keyring.take()
        row = {
            "id": id_,
            "wanted": wanted,
            "key_id": key_id,
            "person": _PERSON.seal(Sealer(key), id_, {"address": [who.team, who.user]}),
        }
        if not await _ADD.run(self._transaction, self._secrets.lookups, who, row):
            # Somebody's other press came first: the later one counts.
            self._secrets.keyring.give_back(key_id, key)
            await self._change(who, wanted=wanted)

    async def _change(self, who: Address, *, wanted: bool) -> bool:
        hashes = self._secrets.hashes(who)
        return await self._transaction.run(_CHANGE[len(hashes)], {**values_of(hashes), "is_wanted": wanted}) > 0

    async def forget(self, who: Address) -> None:
        """Destroy the data key of what a person chose, then drop it. Safe to repeat."""
        hashes = self._secrets.hashes(who)
        row = await self._transaction.row(_THEIRS[len(hashes)], values_of(hashes))
        if row is None:
            return
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
        await self._transaction.run(_FORGET[len(hashes)], values_of(hashes))
        self._transaction.erases = True

    async def _read(self, statement: object, values: dict[str, object]) -> list[CoverChoice]:
        rows = await self._transaction.rows(statement, values)  # type: ignore[arg-type]
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [
            CoverChoice(row.id, Address(*_PERSON.open(sealers[row.key_id], row.id, row.person)["address"]), row.wanted)
            for row in rows
            if row.key_id in sealers
        ]
