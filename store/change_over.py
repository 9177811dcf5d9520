"""Takes the index key over to a new one while the app runs, one step after the other, each safe to repeat.

1. A new key is announced in the keyring: everybody looks by both, nobody writes by it yet.
2. Half a day later, when every process knows it, the database names it: from then on rows are written by it alone.
3. Rows under the key before go over, some at a time.
4. When a whole pass finds none, the key before is destroyed.

How far it is stands in the keyring and in the rows, so that whoever comes next goes on from there.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import bindparam, update

from store import index_keys, rehash
from store.connections import Connections
from store.encryption import LookupIndex
from store.lookups import NAMED
from store.rehash import Rehashed
from store.tables import installation
from store.unsealing import Secrets

LIFE = timedelta(days=30)
"""How old an index key may be before it is replaced, unless the settings say otherwise."""
SETTLED = timedelta(hours=12)
"""How long a new key is known before it is used: far longer than any process goes by what it knew."""
LATE = timedelta(days=7)
"""A change-over that stands for longer, or a key that outlived its time by so much, is a finding of the self-audit."""
_PASSES = 5

_NAME = (
    update(installation)
    .where(installation.c.id == 1, installation.c.index_id == bindparam("old"))
    .values(index_id=bindparam("new"))
)


class Stage(StrEnum):
    """What a call came to."""

    YOUNG = "young"
    """The present key is not old enough."""
    ANNOUNCED = "announced"
    WAITS = "waits"
    """The new key has not been known for long enough."""
    STUCK = "stuck"
    """Some rows could not be read, or go by a key that is not known: both keys stay."""
    DONE = "done"


async def begin(secrets: Secrets, now: datetime) -> None:
    """Announce a new index key, unless one is announced already."""
    await index_keys.announce(secrets.keyring, now)
    await secrets.lookups.learn(now)


async def go_on(connections: Connections, secrets: Secrets, now: datetime, life: timedelta) -> Stage:
    """Do what is due now."""
    keys = await index_keys.read(secrets.keyring)
    if keys.next is None:
        if now - keys.present.since < life:
            return Stage.YOUNG
        await begin(secrets, now)
        return Stage.ANNOUNCED
    if now - keys.next.since < SETTLED:
        return Stage.WAITS
    await secrets.lookups.learn(now)
    to = keys.next.index
    if not await _name(connections, secrets, keys.present.index.id, to.id):
        return Stage.STUCK
    if not await _carry_over(connections, secrets, to):
        return Stage.STUCK
    async with connections.begin() as transaction:
        await rehash.drop_unsealed(transaction)
    await index_keys.promote(secrets.keyring, to.id)
    await secrets.lookups.learn(now)
    return Stage.DONE


async def _name(connections: Connections, secrets: Secrets, old: UUID, new: UUID) -> bool:
    """Have rows written by the new key from now on; whoever writes by the old one just now is waited for."""
    async with connections.begin() as transaction:
        await transaction.run(_NAME, {"old": old, "new": new})
        row = await transaction.row(NAMED)
    if row is None or row.index_id != new:
        return False
    secrets.lookups.name(new)
    return True


async def _carry_over(connections: Connections, secrets: Secrets, to: LookupIndex) -> bool:
    """Put every row under the new key; True when a whole pass has found none that was not."""
    for _ in range(_PASSES):
        found = await _pass(connections, secrets, to)
        if found.stuck:
            return False
        if not found.moved:
            return True
    return False


async def _pass(connections: Connections, secrets: Secrets, to: LookupIndex) -> Rehashed:
    found = Rehashed()
    for carried in rehash.CARRIED:
        after: UUID | None = UUID(int=0)
        while after is not None:
            # Read in one transaction and written in the next, so that no row is held while the keyring is asked.
            async with connections.begin() as transaction:
                after, changes = await rehash.page(transaction, secrets, carried, after, to, found)
            if changes:
                async with connections.begin() as transaction:
                    await transaction.run_many(carried.change, changes)
    return found


def is_late(keys: index_keys.IndexKeys, now: datetime, life: timedelta) -> bool:
    """Say whether the key outlived its time, or a change-over stands still."""
    if keys.next is None:
        return now - keys.present.since > life + LATE
    return now - keys.next.since > LATE
