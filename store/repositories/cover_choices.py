"""Who switched the monthly note on or off for themselves; who they are is sealed."""

from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, select, update

from peersupport.people import Address
from peersupport.ports_beside import CoverChoice
from store.encryption import Sealer
from store.prepared import insert_or_ignore
from store.tables import cover_choices, posts
from store.transaction import Transaction
from store.unsealing import Place, Secrets

_PERSON = Place("cover_choices", "person")
_ALL = select(cover_choices).order_by(cover_choices.c.id)
_BY_ID = _ALL.where(cover_choices.c.id == bindparam("this"))
_IS_THEIRS = cover_choices.c.person_hash == bindparam("who")
_THEIRS = select(cover_choices.c.id, cover_choices.c.wanted, cover_choices.c.key_id).where(_IS_THEIRS)
_ADD = insert_or_ignore(cover_choices)
_CHANGE = update(cover_choices).where(_IS_THEIRS).values(wanted=bindparam("is_wanted"))
_FORGET = delete(cover_choices).where(_IS_THEIRS)
_FORGET_PLACES = delete(posts).where(posts.c.subject == bindparam("this"))


class CoverChoices:
    """Implements ``peersupport.ports_beside.CoverChoices``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def wanted(self, who: Address) -> bool | None:
        """Return a person's own word, or None."""
        row = await self._transaction.row(_THEIRS, {"who": self._secrets.hash(who)})
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
        values = {"who": self._secrets.hash(who), "is_wanted": wanted}
        if await self._transaction.run(_CHANGE, values):
            return
        id_, (key_id, key) = uuid4(), await self._secrets.keyring.take()
        row = {
            "id": id_,
            "wanted": wanted,
            "person_hash": self._secrets.hash(who),
            "key_id": key_id,
            "person": _PERSON.seal(Sealer(key), id_, {"address": [who.team, who.user]}),
        }
        if not await self._transaction.run(_ADD, row):
            # Somebody's other press came first: the later one counts.
            self._secrets.keyring.give_back(key_id, key)
            await self._transaction.run(_CHANGE, values)

    async def forget(self, who: Address) -> None:
        """Destroy the data key of what a person chose, then drop it, with where the notes stand. Safe to repeat."""
        hashed = {"who": self._secrets.hash(who)}
        row = await self._transaction.row(_THEIRS, hashed)
        if row is None:
            return
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
        await self._transaction.run(_FORGET_PLACES, {"this": row.id})
        await self._transaction.run(_FORGET, hashed)
        self._transaction.erases = True

    async def _read(self, statement: object, values: dict[str, object]) -> list[CoverChoice]:
        rows = await self._transaction.rows(statement, values)  # type: ignore[arg-type]
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [
            CoverChoice(row.id, Address(*_PERSON.open(sealers[row.key_id], row.id, row.person)["address"]), row.wanted)
            for row in rows
            if row.key_id in sealers
        ]
