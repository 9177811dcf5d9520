"""What is kept of single dates: plain words and wall times; who presents is sealed until they say otherwise."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from peersupport.series import DateState, MeetingDate
from store.encryption import Sealer
from store.prepared import insert_or_ignore
from store.tables_sessions import meeting_dates as table
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_FIELDS = tuple(field.name for field in fields(MeetingDate) if field.name != "presenter")
_FIXED = frozenset({"id", "series_id", "programme", "on"})
_PRESENTER = Place("meeting_dates", "presenter")
_THIS = table.c.id == bindparam("this")
_ALL = select(*(table.c[name] for name in _FIELDS), table.c.key_id, table.c.presenter)
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_OF_SERIES = _ALL.where(table.c.series_id == bindparam("series")).order_by(table.c.on, table.c.id)
_IN_PROGRAMME = _ALL.where(table.c.programme == bindparam("programme")).order_by(table.c.on, table.c.id)
_SEALED = select(table.c.key_id, table.c.presenter).where(_THIS)
_ADD = insert_or_ignore(table)
_SAVE = (
    update(table)
    .where(_THIS, table.c.version == bindparam("was_version"))
    .values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})
)
_SET_PRESENTER = update(table).where(_THIS).values(key_id=bindparam("key_id"), presenter=bindparam("presenter"))


class MeetingDates:
    """Implements ``peersupport.ports_sessions.MeetingDates``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, date: MeetingDate) -> bool:
        """Store a new one; False where it is kept already."""
        sealed = await self._sealed(date)
        return await self._transaction.run(_ADD, {**_plain(date), **sealed}) == 1

    async def get(self, id: UUID, *, lock: bool = False) -> MeetingDate | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else (await self._read([row]))[0]

    async def of_series(self, series: UUID) -> list[MeetingDate]:
        """Return every one of a series, the earliest first."""
        return await self._read(await self._transaction.rows(_OF_SERIES, {"series": series}))

    async def of_programme(self, programme: str) -> list[MeetingDate]:
        """Return every one of a programme, the earliest first."""
        return await self._read(await self._transaction.rows(_IN_PROGRAMME, {"programme": programme}))

    async def save(self, date: MeetingDate) -> bool:
        """Write it where the stored version is unchanged, and add one to that; else False."""
        before = await self.get(date.id)
        values = {name: value for name, value in _plain(date).items() if name not in _FIXED}
        values |= {"this": date.id, "was_version": date.version, "version": date.version + 1}
        if await self._transaction.run(_SAVE, values) != 1:
            return False
        if before is not None and before.presenter != date.presenter:
            await self._present(date)
        return True

    async def _present(self, date: MeetingDate) -> None:
        """Seal who presents under a new data key, and destroy the old one."""
        row = await self._transaction.row(_SEALED, {"this": date.id})
        await self._transaction.run(_SET_PRESENTER, {"this": date.id, **await self._sealed(date)})
        if row is not None and row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
            self._transaction.erases = True

    async def _sealed(self, date: MeetingDate) -> dict[str, Any]:
        if not date.presenter:
            return {"key_id": None, "presenter": None}
        key_id, key = await self._secrets.keyring.take()
        return {"key_id": key_id, "presenter": _PRESENTER.seal(Sealer(key), date.id, {"name": date.presenter})}

    async def _read(self, rows: Sequence[AnyRow]) -> list[MeetingDate]:
        sealers = await self._secrets.sealers([row.key_id for row in rows if row.key_id is not None])
        found = []
        for row in rows:
            date = MeetingDate(**{name: getattr(row, name) for name in _FIELDS})
            open_ = row.presenter is not None and row.key_id in sealers
            presenter = str(_PRESENTER.open(sealers[row.key_id], row.id, row.presenter)["name"]) if open_ else ""
            found.append(replace(date, state=DateState(date.state), presenter=presenter))
        return found


def _plain(date: MeetingDate) -> dict[str, Any]:
    return {name: getattr(date, name) for name in _FIELDS} | {"state": date.state.value}
