"""Sessions as their organisers keep them: public words and wall times; the link to join is sealed."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from peersupport.series import Series, SeriesState
from store.encryption import Sealer
from store.prepared import insert_or_ignore
from store.tables_sessions import series as table
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_FIELDS = tuple(field.name for field in fields(Series))
_FIXED = frozenset({"id", "programme", "slug"})
_WALLS = ("also_on", "not_on", "kept_on")
_LISTS = ("formats", "roles")
_LINK = Place("series", "link")
_THIS = table.c.id == bindparam("this")
_ALL = select(*(table.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_IN_PROGRAMME = _ALL.where(table.c.programme == bindparam("programme")).order_by(table.c.starts, table.c.id)
_SEALED = select(table.c.key_id, table.c.link).where(_THIS)
_ADD = insert_or_ignore(table)
_SAVE = (
    update(table)
    .where(_THIS, table.c.version == bindparam("was_version"))
    .values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})
)
_SET_LINK = update(table).where(_THIS).values(key_id=bindparam("key_id"), link=bindparam("link"))


class AllSeries:
    """Implements ``peersupport.ports_sessions.AllSeries``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, series: Series) -> bool:
        """Store a new one; False where the programme has one under its slug already."""
        return await self._transaction.run(_ADD, {**_plain(series), "key_id": None, "link": None}) == 1

    async def get(self, id: UUID, *, lock: bool = False) -> Series | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def of_programme(self, programme: str) -> list[Series]:
        """Return every one of a programme, in one order always."""
        return [_read(row) for row in await self._transaction.rows(_IN_PROGRAMME, {"programme": programme})]

    async def save(self, series: Series) -> bool:
        """Write it where the stored version is unchanged, and add one to that; else False."""
        values = {name: value for name, value in _plain(series).items() if name not in _FIXED}
        values |= {"this": series.id, "was_version": series.version, "version": series.version + 1}
        return await self._transaction.run(_SAVE, values) == 1

    async def link(self, id: UUID) -> str:
        """Unseal the link to join; empty where there is none."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        return "" if row is None or sealer is None else str(_LINK.open(sealer, id, row.link)["link"])

    async def set_link(self, id: UUID, link: str) -> None:
        """Seal another link to join under a new data key, and destroy the old one; an empty one takes it away."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None:
            return
        values: dict[str, Any] = {"this": id, "key_id": None, "link": None}
        if link:
            values["key_id"], key = await self._secrets.keyring.take()
            values["link"] = _LINK.seal(Sealer(key), id, {"link": link})
        await self._transaction.run(_SET_LINK, values)
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
            self._transaction.erases = True


def _plain(series: Series) -> dict[str, Any]:
    kept = {name: getattr(series, name) for name in _FIELDS} | {"state": series.state.value, "kind": str(series.kind)}
    kept |= {name: " ".join(each.isoformat() for each in kept[name]) for name in _WALLS}
    return kept | {name: " ".join(kept[name]) for name in _LISTS}


def _read(row: AnyRow) -> Series:
    values: dict[str, Any] = {name: getattr(row, name) for name in _FIELDS}
    values |= {name: tuple(map(datetime.fromisoformat, values[name].split())) for name in _WALLS}
    values |= {name: tuple(values[name].split()) for name in _LISTS}
    return Series(**values | {"state": SeriesState(row.state)})
