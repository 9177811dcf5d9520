"""Takes backups: a consistent copy of the main database, or of the keyring, while the app runs.

Everything is read in one transaction that sees one moment: a read transaction on SQLite, a repeatable-read snapshot on
PostgreSQL. The main database's backup holds no key; the keyring's holds wrapped keys only.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, select, tuple_

from peersupport.ports import Clock
from store import keyring_tables
from store.backup_file import DATABASE, Header, Writer, kinds_of, new_file
from store.backup_file import KEYRING as KEYRING_FILE
from store.connections import Connections
from store.engine import KEYRING, MIGRATION, Tuning, async_url, sqlite_file
from store.errors import BackupRefused
from store.links import Link, PostgresLink, SqliteLink
from store.prepared import Prepared, prepared
from store.schema import check_schema
from store.tables import REVISIONS, installation, metadata
from store.trouble import guarded

PAGE = 500
_ONE_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


@dataclass(frozen=True, slots=True)
class Taken:
    """What went into a backup."""

    rows: int
    keyring: UUID | None


async def back_up_database(url: str, path: Path, clock: Clock) -> Taken:
    """Write the main database into a new file; raises BackupRefused, SchemaMismatch or StoreUnavailable."""
    connections = Connections(url)
    try:
        await check_schema(connections)
    finally:
        connections.close()
    tables = metadata.sorted_tables
    return await _take(url, MIGRATION, tables, installation, DATABASE, REVISIONS[-1], path, clock)


async def back_up_keyring(url: str, path: Path, clock: Clock) -> Taken:
    """Write the keyring, as it is wrapped, into a new file; raises BackupRefused or StoreUnavailable."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise BackupRefused("There is no keyring at KEYRING_URL.")
    tuning = replace(KEYRING, busy_timeout=30, lock_timeout=30, statement_timeout=0)
    tables = keyring_tables.metadata.sorted_tables
    revision = str(keyring_tables.VERSION)
    return await _take(url, tuning, tables, keyring_tables.keyrings, KEYRING_FILE, revision, path, clock)


async def _take(
    url: str,
    tuning: Tuning,
    tables: Sequence[Table],
    identity: Table,
    holds: str,
    revision: str,
    path: Path,
    clock: Clock,
) -> Taken:
    kinds = {table.name: kinds_of(table) for table in tables}
    async with _snapshot(url, tuning) as link:
        # The first reading fixes the moment that is seen.
        found = await _page(link, select(identity.c.keyring_id), {})
        keyring = found[0].keyring_id if found else None
        with new_file(path) as file:
            writer = Writer(file, Header(holds, revision, keyring, clock.now(), kinds))
            for table in tables:
                async for row in _rows(link, table):
                    writer.row(table.name, row)
            writer.end()
    return Taken(writer.rows, keyring)


@asynccontextmanager
async def _snapshot(url: str, tuning: Tuning) -> AsyncIterator[Link]:
    file = sqlite_file(url)
    with guarded():
        link: Link = await (SqliteLink.open(file, tuning) if file else PostgresLink.open(async_url(url), tuning))
    try:
        with guarded():
            await link.run("BEGIN" if file else _ONE_MOMENT, ())
        yield link
    finally:
        link.close()


async def _rows(link: Link, table: Table) -> AsyncIterator[Sequence[Any]]:
    """Give a table's rows in the order of its key, a page at a time."""
    key = list(table.primary_key.columns)
    last = tuple_(*(bindparam(f"last_{column.name}", type_=column.type) for column in key))
    first_page = select(table).order_by(*key).limit(PAGE)
    next_page = first_page.where(tuple_(*key) > last)
    rows = await _page(link, first_page, {})
    while rows:
        for row in rows:
            yield row
        rows = await _page(link, next_page, {f"last_{column.name}": getattr(rows[-1], column.name) for column in key})


async def _page(link: Link, statement: Any, values: dict[str, Any]) -> Sequence[Any]:
    ready: Prepared = prepared(statement, is_sqlite=isinstance(link, SqliteLink))
    with guarded():
        return ready.rows(await link.fetch(ready.sql, ready.bind(values)))
