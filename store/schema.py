"""Whether the database fits this program."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.engine import Database
from store.errors import SchemaMismatch
from store.tables import REVISIONS

_REVISION = text("SELECT version_num FROM alembic_version")
_EMPTY = "The database has no tables yet. Run: peersupport migrate"
_OLDER = "The database is older than this program. Run: peersupport migrate"
_NEWER = "The database is newer than this program. Install the newer program, or restore a backup."


async def check_schema(database: Database) -> None:
    """Refuse a database whose schema is missing, older or newer, with a plain SchemaMismatch."""
    if database.file is not None and not database.file.exists():
        raise SchemaMismatch(_EMPTY)
    try:
        async with database.begin() as connection:
            revision = await _revision(connection)
    except SchemaMismatch:
        raise SchemaMismatch(_EMPTY) from None
    if revision is None:
        raise SchemaMismatch(_EMPTY)
    if revision != REVISIONS[-1]:
        raise SchemaMismatch(_OLDER if revision in REVISIONS else _NEWER)


async def _revision(connection: AsyncConnection) -> str | None:
    revision: str | None = await connection.scalar(_REVISION)
    return revision
