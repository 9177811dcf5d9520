"""Who may notify for a partner: plain counts and times; who they are is sealed."""

from dataclasses import fields, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, select, true, update

from peersupport.addresses import Address
from peersupport.notice import PartnerIdentity, PartnerPerson, PartnerRoute
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.records import Json
from store.tables_beside import partner_people
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_FIELDS = tuple(field.name for field in fields(PartnerPerson))
_FIXED = frozenset({"id", "programme", "partner", "route"})
_PERSON = Place("partner_people", "person")
_TABLE = partner_people
_THIS = _TABLE.c.id == bindparam("this")
_ALL = select(*(_TABLE.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_SEALED = select(_TABLE.c.key_id, _TABLE.c.person).where(_THIS)
_IN_PROGRAMME = (
    _ALL.add_columns(_TABLE.c.key_id, _TABLE.c.person)
    .where(_TABLE.c.programme == bindparam("programme"), _TABLE.c.active.is_(true()))
    .order_by(_TABLE.c.id)
)
_ADD = GuardedInsert(_TABLE, "person_hash", lambda other: other.c.programme == bindparam("programme"))
_SAVE = update(_TABLE).where(_THIS).values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})
_RESEAL = update(_TABLE).where(_THIS).values(person=bindparam("person"))
_DROP = delete(_TABLE).where(_THIS)


@cache
def _of(size: int) -> Select[Any]:
    return _ALL.where(theirs(_TABLE.c.person_hash, size)).order_by(_TABLE.c.programme)


class PartnerPeople:
    """Implements ``peersupport.ports_partner.PartnerPeople``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, person: PartnerPerson, identity: PartnerIdentity) -> bool:
        """Store a new one; False where this person is there already in the programme."""
        key_id, key = await self._secrets.keyring.take()
        sealed = _PERSON.seal(Sealer(key), person.id, _to_json(identity))
        values = {**_plain(person), "key_id": key_id, "person": sealed}
        if await _ADD.run(self._transaction, self._secrets.lookups, identity.address, values):
            return True
        self._secrets.keyring.give_back(key_id, key)
        return False

    async def get(self, id: UUID, *, lock: bool = False) -> PartnerPerson | None:
        """Return one, also one who is not active any more; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def identity(self, id: UUID) -> PartnerIdentity | None:
        """Unseal who somebody is; None once erased."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        return None if row is None or sealer is None else _from_json(_PERSON.open(sealer, id, row.person))

    async def of(self, who: Address) -> list[PartnerPerson]:
        """Return somebody's own rows in every programme, active ones only."""
        return [each for each in await self._theirs(who) if each.active]

    async def find(self, programme: str, who: Address) -> PartnerPerson | None:
        """Return somebody's own row in a programme, active or not."""
        return next((each for each in await self._theirs(who) if each.programme == programme), None)

    async def _theirs(self, who: Address) -> list[PartnerPerson]:
        hashes = self._secrets.hashes(who)
        return [_read(row) for row in await self._transaction.rows(_of(len(hashes)), values_of(hashes))]

    async def all(self, programme: str) -> list[tuple[PartnerPerson, PartnerIdentity]]:
        """Return the active people of a programme's partners."""
        rows = await self._transaction.rows(_IN_PROGRAMME, {"programme": programme})
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [
            (_read(row), _from_json(_PERSON.open(sealers[row.key_id], row.id, row.person)))
            for row in rows
            if row.key_id in sealers
        ]

    async def save(self, person: PartnerPerson) -> None:
        """Write the plain columns of one whose row is held."""
        values = {name: value for name, value in _plain(person).items() if name not in _FIXED}
        await self._transaction.run(_SAVE, {**values, "this": person.id})

    async def reseal(self, id: UUID, identity: PartnerIdentity) -> None:
        """Seal anew who somebody is; the address must be the same."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        if sealer is not None:
            sealed = _PERSON.seal(sealer, id, _to_json(identity))
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


def _plain(person: PartnerPerson) -> dict[str, Any]:
    return {name: getattr(person, name) for name in _FIELDS}


def _read(row: AnyRow) -> PartnerPerson:
    found = PartnerPerson(**{name: getattr(row, name) for name in _FIELDS})
    return replace(found, route=PartnerRoute(found.route))


def _to_json(identity: PartnerIdentity) -> Json:
    address = [identity.address.team, identity.address.user]
    return {"address": address, "name": identity.name, "secret": identity.secret}


def _from_json(data: Json) -> PartnerIdentity:
    return PartnerIdentity(Address(*data["address"]), data["name"], data.get("secret", ""))
