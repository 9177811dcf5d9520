"""What was made public, one row a channel; none of it is about a person."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from peersupport.ports_pages import Announcement, ServiceEntry
from store.tables_pages import announcements, resource_entries
from store.transaction import AnyRow, Transaction

_FIELDS = tuple(field.name for field in fields(Announcement))
_FIXED = frozenset({"id", "programme", "about", "channel", "item", "wall"})
_THIS = announcements.c.id == bindparam("this")
_ALL = select(*(announcements.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_OF_PROGRAMME = _ALL.where(announcements.c.programme == bindparam("of")).order_by(announcements.c.id)
_ADD = insert(announcements)
_SAVE = update(announcements).where(_THIS).values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})
_DROP = delete(announcements).where(_THIS)

_ENTRY = tuple(field.name for field in fields(ServiceEntry))
_KEPT = frozenset({"id", "programme", "name"})
_THAT = resource_entries.c.id == bindparam("this")
_ENTRIES = (
    select(*(resource_entries.c[name] for name in _ENTRY))
    .where(resource_entries.c.programme == bindparam("of"))
    .order_by(resource_entries.c.place, resource_entries.c.id)
)
_ADD_ENTRY = insert(resource_entries)
_SAVE_ENTRY = (
    update(resource_entries).where(_THAT).values({name: bindparam(name) for name in _ENTRY if name not in _KEPT})
)
_DROP_ENTRY = delete(resource_entries).where(_THAT)


class Announcements:
    """Implements ``peersupport.ports_pages.Announcements``."""

    def __init__(self, transaction: Transaction) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction

    async def add(self, announcement: Announcement) -> None:
        """Store a new one."""
        await self._transaction.run(_ADD, {name: getattr(announcement, name) for name in _FIELDS})

    async def get(self, id: UUID, *, lock: bool = False) -> Announcement | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def all(self, programme: str) -> list[Announcement]:
        """Return a programme's, those too that are to be taken down."""
        return [_read(row) for row in await self._transaction.rows(_OF_PROGRAMME, {"of": programme})]

    async def save(self, announcement: Announcement) -> None:
        """Write what can change of one."""
        values: dict[str, Any] = {name: getattr(announcement, name) for name in _FIELDS if name not in _FIXED}
        await self._transaction.run(_SAVE, values | {"this": announcement.id})

    async def drop(self, id: UUID) -> None:
        """Drop one. Safe to repeat."""
        await self._transaction.run(_DROP, {"this": id})


class ServiceEntries:
    """Implements ``peersupport.ports_pages.ServiceEntries``."""

    def __init__(self, transaction: Transaction) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction

    async def all(self, programme: str) -> list[ServiceEntry]:
        """Return a programme's, in order, hidden ones too."""
        rows = await self._transaction.rows(_ENTRIES, {"of": programme})
        return [ServiceEntry(**{name: getattr(row, name) for name in _ENTRY}) for row in rows]

    async def add(self, entry: ServiceEntry) -> None:
        """Store a new one."""
        await self._transaction.run(_ADD_ENTRY, {name: getattr(entry, name) for name in _ENTRY})

    async def save(self, entry: ServiceEntry) -> None:
        """Write all of one."""
        values: dict[str, Any] = {name: getattr(entry, name) for name in _ENTRY if name not in _KEPT}
        await self._transaction.run(_SAVE_ENTRY, values | {"this": entry.id})

    async def drop(self, id: UUID) -> None:
        """Drop one. Safe to repeat."""
        await self._transaction.run(_DROP_ENTRY, {"this": id})


def _read(row: AnyRow) -> Announcement:
    return Announcement(**{name: getattr(row, name) for name in _FIELDS})
