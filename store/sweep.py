"""Data keys that nobody refers to, as a process that was killed leaves them behind: found and destroyed."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, union_all

from store.connections import Connections
from store.keyring import Keyring
from store.tables import metadata

AGE = timedelta(days=2)
"""Younger keys are left alone: a running process uses none that it has held for longer than half as long."""

_REFERRED = union_all(
    *(
        select(column.label("key_id")).where(column.is_not(None))
        for table in metadata.sorted_tables
        for column in table.columns
        if column.info.get("kind") == "key"
    )
)


async def unreferred(connections: Connections, keyring: Keyring, now: datetime, age: timedelta = AGE) -> set[UUID]:
    """Return the data keys, older than `age`, that no row of the main database refers to."""
    # In this order: a row that is written meanwhile has a younger key.
    old = await keyring.minted_before((now - age).date())
    if not old:
        return set()
    async with connections.begin() as transaction:
        return old - {row.key_id for row in await transaction.rows(_REFERRED)}


async def sweep(connections: Connections, keyring: Keyring, now: datetime) -> int:
    """Destroy them, and say how many there were."""
    lost = await unreferred(connections, keyring, now)
    await keyring.destroy(*lost)
    return len(lost)
