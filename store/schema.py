"""Whether the database fits this program."""

from typing import Any

from sqlalchemy import Select, column, select, table

from store.connections import Connections
from store.errors import DatabaseMissing, SchemaMismatch
from store.tables import REVISIONS

_REVISION: Select[Any] = select(column("version_num")).select_from(table("alembic_version"))
_EMPTY = "The database has no tables yet. Run: peersupport migrate"
_OLDER = "The database is older than this program. Run: peersupport migrate"
_NEWER = "The database is newer than this program. Install the newer program, or restore a backup."


async def is_missing(connections: Connections) -> bool:
    """Say whether there is no database of ours at all; raises StoreUnavailable where that cannot be known."""
    if connections.file is not None and not connections.file.exists():
        return True
    try:
        async with connections.begin() as transaction:
            return await transaction.row(_REVISION) is None
    except SchemaMismatch:
        return True


async def revision_of(connections: Connections) -> str | None:
    """Return which schema the database has; None where it has none. Raises StoreUnavailable where that is not known."""
    if connections.file is not None and not connections.file.exists():
        return None
    try:
        async with connections.begin() as transaction:
            row = await transaction.row(_REVISION)
    except SchemaMismatch:
        return None
    return None if row is None else str(row.version_num)


async def check_schema(connections: Connections) -> None:
    """Refuse a database whose schema is missing, older or newer, with a plain SchemaMismatch."""
    if connections.file is not None and not connections.file.exists():
        raise DatabaseMissing(_EMPTY)
    try:
        async with connections.begin() as transaction:
            row = await transaction.row(_REVISION)
    except SchemaMismatch:
        raise SchemaMismatch(_EMPTY) from None
    if row is None:
        raise SchemaMismatch(_EMPTY)
    if row.version_num != REVISIONS[-1]:
        raise SchemaMismatch(_OLDER if row.version_num in REVISIONS else _NEWER)
