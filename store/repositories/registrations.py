"""Who has registered: plain places and times; who they are, and the name they chose, is sealed."""

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, select, update

from peersupport.addresses import Address
from peersupport.series import Registrant, Registration, RegistrationState
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.records import Json
from store.tables_sessions import registrations as table
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_FIELDS = tuple(field.name for field in fields(Registration))
_FIXED = frozenset({"id", "series_id", "programme", "date_id"})
_PERSON = Place("registrations", "person")
_THIS = table.c.id == bindparam("this")
_ALL = select(*(table.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_ORDER = (table.c.number, table.c.id)
_OF_SERIES = _ALL.where(table.c.series_id == bindparam("series")).order_by(*_ORDER)
_HELD_FOR = table.c.held_for == bindparam("held_for")
_OF_DATE = _ALL.where(_HELD_FOR).order_by(*_ORDER)
_ROSTER = [each.add_columns(table.c.key_id, table.c.person) for each in (_OF_SERIES, _OF_DATE)]
_IN_PROGRAMME = _ALL.where(table.c.programme == bindparam("programme")).order_by(table.c.id)
_SEALED = select(table.c.key_id, table.c.person).where(_THIS)
_COUNTS = select(table.c.state, func.count().label("found")).where(_HELD_FOR).group_by(table.c.state)
_LAST = select(func.max(table.c.number).label("found")).where(_HELD_FOR)
_ADD = GuardedInsert(table, "person_hash", lambda other: other.c.held_for == bindparam("held_for"))
_SAVE = (
    update(table)
    .where(_THIS, table.c.version == bindparam("was_version"))
    .values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})
)
_RESEAL = update(table).where(_THIS).values(person=bindparam("person"))
_DROP = delete(table).where(_THIS)


@cache
def _of(size: int) -> Select[Any]:
    return _ALL.where(theirs(table.c.person_hash, size)).order_by(table.c.made_at, table.c.id)


class Registrations:
    """Implements ``peersupport.ports_sessions.Registrations``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, registration: Registration, registrant: Registrant) -> bool:
        """Store a new one; False where this person has one for the same."""
        key_id, key = await self._secrets.keyring.take()
        sealed = _PERSON.seal(Sealer(key), registration.id, _to_json(registrant))
        held_for = registration.date_id or registration.series_id
        values = {**_plain(registration), "held_for": held_for, "key_id": key_id, "person": sealed}
        if await _ADD.run(self._transaction, self._secrets.lookups, registrant.address, values):
            return True
        self._secrets.keyring.give_back(key_id, key)
        return False

    async def get(self, id: UUID, *, lock: bool = False) -> Registration | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def registrant(self, id: UUID) -> Registrant | None:
        """Unseal who it is; None once erased."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        return None if row is None or sealer is None else _from_json(_PERSON.open(sealer, id, row.person))

    async def reseal(self, id: UUID, registrant: Registrant) -> None:
        """Seal anew what somebody says of themselves; the address must be the same."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        if sealer is not None:
            sealed = _PERSON.seal(sealer, id, _to_json(registrant))
            await self._transaction.run(_RESEAL, {"this": id, "person": sealed})

    async def of_series(self, series: UUID, date: UUID | None = None) -> list[Registration]:
        """Return every one of a series, or of one date alone, in the order of arrival."""
        if date is not None:
            return [_read(row) for row in await self._transaction.rows(_OF_DATE, {"held_for": date})]
        return [_read(row) for row in await self._transaction.rows(_OF_SERIES, {"series": series})]

    async def roster(self, series: UUID, date: UUID | None = None) -> list[tuple[Registration, Registrant]]:
        """Return the same with who they are, as far as that can be read."""
        whole, alone = _ROSTER
        if date is not None:
            rows = await self._transaction.rows(alone, {"held_for": date})
        else:
            rows = await self._transaction.rows(whole, {"series": series})
        return await self._opened(rows)

    async def of(self, who: Address) -> list[Registration]:
        """Return somebody's own, in every programme, the earliest first."""
        hashes = self._secrets.hashes(who)
        return [_read(row) for row in await self._transaction.rows(_of(len(hashes)), values_of(hashes))]

    async def of_programme(self, programme: str) -> list[Registration]:
        """Return every one of a programme."""
        return [_read(row) for row in await self._transaction.rows(_IN_PROGRAMME, {"programme": programme})]

    async def counts(self, series: UUID, date: UUID | None = None) -> tuple[int, int, int]:
        """Count places taken, places kept for somebody, and who waits: for all dates, or for one date alone."""
        rows = await self._transaction.rows(_COUNTS, {"held_for": date or series})
        found = {row.state: int(row.found) for row in rows}
        held, offered, waiting = (
            found.get(state.value, 0)
            for state in (RegistrationState.IN, RegistrationState.OFFERED, RegistrationState.WAITING)
        )
        return held, offered, waiting

    async def last_number(self, held_for: UUID) -> int:
        """Return the highest number that was given for a series or a date; 0 where none was."""
        row = await self._transaction.row(_LAST, {"held_for": held_for})
        return 0 if row is None or row.found is None else int(row.found)

    async def save(self, registration: Registration) -> bool:
        """Write the plain part where the stored version is unchanged, and add one to that; else False."""
        values = {name: value for name, value in _plain(registration).items() if name not in _FIXED}
        version = registration.version
        values |= {"this": registration.id, "was_version": version, "version": version + 1}
        return await self._transaction.run(_SAVE, values) == 1

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None:
            return
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
        await self._transaction.run(_DROP, {"this": id})
        self._transaction.erases = True

    async def _opened(self, rows: Sequence[AnyRow]) -> list[tuple[Registration, Registrant]]:
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [
            (_read(row), _from_json(_PERSON.open(sealers[row.key_id], row.id, row.person)))
            for row in rows
            if row.key_id in sealers
        ]


def _plain(registration: Registration) -> dict[str, Any]:
    return {name: getattr(registration, name) for name in _FIELDS} | {"state": registration.state.value}


def _read(row: AnyRow) -> Registration:
    found = Registration(**{name: getattr(row, name) for name in _FIELDS})
    return replace(found, state=RegistrationState(found.state))


def _to_json(registrant: Registrant) -> Json:
    return {"address": [registrant.address.team, registrant.address.user], "alias": registrant.alias}


def _from_json(data: Json) -> Registrant:
    return Registrant(Address(*data["address"]), data["alias"])
