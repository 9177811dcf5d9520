"""Puts a backup of the keyring back, where there is none: wrapped keys, checked against master key and database."""

from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, inspect, select, update

from peersupport.ports import Clock
from store.backup_file import KEYRING, Backup
from store.connections import Connections
from store.database import Database
from store.engine import KEYRING as TUNING
from store.engine import sqlite_file
from store.errors import BackupRefused, KeyringSealed
from store.keyring import as_keyring, create_file
from store.keyring_tables import NAMES, VERSION, data_keys, keyrings, metadata, named_keys
from store.master import Masters
from store.schema import check_schema, is_missing
from store.tables import installation

_BATCH = 500
_BOUND = select(installation.c.keyring_id).where(installation.c.id == 1)
_UNSETTLED = update(installation).where(installation.c.id == 1).values(restored_at=bindparam("now"))
_NOT_EMPTY = (
    "There is a keyring at KEYRING_URL already. A backup is restored where there is none: "
    "name a new place in KEYRING_URL, or move the present keyring away first."
)
_OTHER = "This backup of the keyring and the database belong to different installations."
_OTHER_MASTER = "The backup of the keyring was sealed with another master key than the one that is set."


async def restore_keyring(url: str, path: Path, database_url: str, masters: Masters, clock: Clock) -> int:
    """Put the keyring back and say how many data keys it had.

    What the database holds beyond it cannot be read any more, and is settled when the two are first opened together.
    Raises BackupRefused, and nothing was changed; or StoreUnavailable.
    """
    backup = Backup(path, KEYRING)
    if backup.header.revision != str(VERSION):
        raise BackupRefused("The backup was made by a newer program. Install the newer program first.")
    await _opens(backup, masters)
    await _refuse_present(url)
    await _belongs(backup, database_url, clock.now())
    create_file(url)
    database = Database(url, TUNING)
    try:
        with as_keyring():
            async with database.begin() as connection:
                return await connection.run_sync(_put_back, backup)
    finally:
        await database.close()


async def _opens(backup: Backup, masters: Masters) -> None:
    """Read the file to its end, and see that the master key opens the named keys and knows all others."""
    names, known = set(), {await masters.id()}
    for name, row in backup.rows():
        if name == keyrings.name:
            continue
        try:
            if row["master_id"] not in known:
                await masters.of(row["master_id"])
                known.add(row["master_id"])
            if name == named_keys.name:
                master = await masters.of(row["master_id"])
                await master.unwrap(row["wrapped"], row["name"].encode())
                names.add(row["name"])
        except KeyringSealed:
            raise BackupRefused(_OTHER_MASTER) from None
    if not names >= set(NAMES):
        raise BackupRefused("The backup of the keyring holds no keys.")


async def _refuse_present(url: str) -> None:
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return
    database = Database(url, TUNING)
    try:
        with as_keyring():
            async with database.begin() as connection:
                await connection.run_sync(_be_empty)
    finally:
        await database.close()


def _be_empty(connection: Connection) -> None:
    there = set(inspect(connection).get_table_names())
    for table in metadata.sorted_tables:
        if table.name in there and connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise BackupRefused(_NOT_EMPTY)


async def _belongs(backup: Backup, url: str, now: datetime) -> None:
    """Refuse the keyring of another installation; a database that is there has to settle what it can still read."""
    connections = Connections(url)
    try:
        if await is_missing(connections):
            return
        await check_schema(connections)
        async with connections.begin() as transaction:
            bound = await transaction.row(_BOUND)
            if bound is None:
                return
            if bound.keyring_id != backup.header.keyring:
                raise BackupRefused(_OTHER)
            await transaction.run(_UNSETTLED, {"now": now})
    finally:
        connections.close()


def _put_back(connection: Connection, backup: Backup) -> int:
    metadata.create_all(connection)
    _be_empty(connection)
    tables = {table.name: table for table in (keyrings, named_keys, data_keys)}
    rows, count = backup.rows(), 0
    while some := list(islice(rows, _BATCH)):
        groups: dict[str, list[dict[str, Any]]] = {}
        for name, row in some:
            groups.setdefault(name, []).append(row)
        for name, group in groups.items():
            connection.execute(insert(tables[name]), group)
            count += len(group) if name == data_keys.name else 0
    return count
