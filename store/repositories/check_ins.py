"""Reminders to check in with somebody: when, and sealed who wants them; the colleague stands nowhere."""

from dataclasses import fields
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, false, select, update

from peersupport.addresses import Address
from peersupport.ports_informal import CheckIn
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.tables_informal import check_ins
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_FIELDS = tuple(field.name for field in fields(CheckIn))
_PERSON = Place("check_ins", "person")
_THIS = check_ins.c.id == bindparam("this")
_ALL = select(*(check_ins.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_SEALED = select(check_ins.c.key_id, check_ins.c.person).where(_THIS)
_ADD = GuardedInsert(check_ins, "person_hash", lambda _other: false())
_SAVE = update(check_ins).where(_THIS).values(due_at=bindparam("due_at"), again_at=bindparam("again_at"))
_DROP = delete(check_ins).where(_THIS)


@cache
def _of(size: int) -> Select[Any]:
    return _ALL.where(theirs(check_ins.c.person_hash, size)).order_by(check_ins.c.due_at, check_ins.c.id)


class CheckIns:
    """Implements ``peersupport.ports_informal.CheckIns``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, check_in: CheckIn, who: Address) -> None:
        """Store a new one for whoever wants to be reminded."""
        key_id, key = await self._secrets.keyring.take()
        person = _PERSON.seal(Sealer(key), check_in.id, {"address": [who.team, who.user]})
        values = {name: getattr(check_in, name) for name in _FIELDS} | {"key_id": key_id, "person": person}
        await _ADD.run(self._transaction, self._secrets.lookups, who, values)

    async def get(self, id: UUID, *, lock: bool = False) -> CheckIn | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def who(self, id: UUID) -> Address | None:
        """Unseal who is to be reminded; None once erased."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        return None if row is None or sealer is None else Address(*_PERSON.open(sealer, id, row.person)["address"])

    async def of(self, who: Address) -> list[CheckIn]:
        """Return somebody's own, the earliest first."""
        hashes = self._secrets.hashes(who)
        return [_read(row) for row in await self._transaction.rows(_of(len(hashes)), values_of(hashes))]

    async def save(self, check_in: CheckIn) -> None:
        """Write the plain part of one whose row is held."""
        values = {"due_at": check_in.due_at, "again_at": check_in.again_at}
        await self._transaction.run(_SAVE, {**values, "this": check_in.id})

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None:
            return
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
        await self._transaction.run(_DROP, {"this": id})
        self._transaction.erases = True


def _read(row: AnyRow) -> CheckIn:
    return CheckIn(**{name: getattr(row, name) for name in _FIELDS})
