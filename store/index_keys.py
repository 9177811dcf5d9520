"""The index keys in the keyring: the present one and, for the time of changing over, the one that comes next."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from store.encryption import LookupIndex, new_key
from store.errors import KeyringSealed
from store.keyring import Keyring
from store.keyring_tables import INDEX, INDEX_NEXT, named_keys
from store.prepared import insert_or_ignore

_BOTH = (
    select(named_keys.c.name, named_keys.c.wrapped, named_keys.c.master_id, named_keys.c.created_at)
    .where(named_keys.c.name.in_([bindparam("present"), bindparam("next")]))
    .order_by(named_keys.c.name)
)
_BOTH_HELD = _BOTH.with_for_update()
_NAMES = {"present": INDEX, "next": INDEX_NEXT}
_ANNOUNCE = insert_or_ignore(named_keys)
_PROMOTE = (
    update(named_keys)
    .where(named_keys.c.name == INDEX)
    .values(wrapped=bindparam("new_wrapped"), created_at=bindparam("new_created_at"))
)
_DROP = delete(named_keys).where(named_keys.c.name == INDEX_NEXT)


@dataclass(frozen=True, slots=True)
class IndexKey:
    """One index key, and since when there is it."""

    index: LookupIndex
    since: datetime


@dataclass(frozen=True, slots=True)
class IndexKeys:
    """The index keys of a keyring."""

    present: IndexKey
    next: IndexKey | None

    @property
    def known(self) -> list[LookupIndex]:
        """All of them, the present one first."""
        return [self.present.index] + ([self.next.index] if self.next else [])


async def read(keyring: Keyring) -> IndexKeys:
    """Return them; raises KeyringSealed or KeyringUnavailable."""
    await keyring.masters.read()
    async with keyring.begin() as transaction:
        rows = {row.name: row for row in await transaction.rows(_BOTH, _NAMES)}
    if INDEX not in rows:
        raise KeyringSealed("The keyring is empty.")
    found = {
        name: IndexKey(LookupIndex(await keyring.unwrapped(row)), _instant(row.created_at))
        for name, row in rows.items()
    }
    return IndexKeys(found[INDEX], found.get(INDEX_NEXT))


async def announce(keyring: Keyring, now: datetime) -> None:
    """Put down a new index key for everybody to know before it is used; nothing where one is announced already."""
    await keyring.masters.read()
    async with keyring.begin() as transaction:
        rows = {row.name: row for row in await transaction.rows(_BOTH_HELD, _NAMES)}
        if INDEX not in rows:
            raise KeyringSealed("The keyring is empty.")
        # Under the master key that new keys come under just now; the row is held, so that this stays so.
        master_id = rows[INDEX].master_id
        wrapped = await (await keyring.masters.of(master_id)).wrap(new_key(), INDEX_NEXT.encode())
        row = {"name": INDEX_NEXT, "wrapped": wrapped, "master_id": master_id, "created_at": now.isoformat()}
        await transaction.run(_ANNOUNCE, row)


async def promote(keyring: Keyring, next_id: UUID) -> bool:
    """Make the key of this name the present one and destroy the one before; False where that was done already."""
    await keyring.masters.read()
    async with keyring.begin() as transaction:
        rows = {row.name: row for row in await transaction.rows(_BOTH_HELD, _NAMES)}
        coming = rows.get(INDEX_NEXT)
        if coming is None or INDEX not in rows:
            return False
        key = await keyring.unwrapped(coming)
        if LookupIndex(key).id != next_id:
            return False
        # Wrapped anew, under the name it has from now on.
        wrapped = await (await keyring.masters.of(rows[INDEX].master_id)).wrap(key, INDEX.encode())
        await transaction.run(_PROMOTE, {"new_wrapped": wrapped, "new_created_at": coming.created_at})
        await transaction.run(_DROP)
    return True


def _instant(text: str) -> datetime:
    """Read when a key was made; the first ones say only the day."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
