"""Puts every key of the keyring under the present master key, while the app runs.

First the named keys, in one transaction: from then on no new data key comes under the previous master key, as minting
looks at them in its own transaction. Then the data keys, some at a time. Where it is interrupted, what is left is seen
from the rows themselves, so that it is simply run again. A key that is destroyed meanwhile stays destroyed.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import bindparam, func, select, update

from store.connections import Connections
from store.engine import KEYRING
from store.errors import KeyringSealed, KeyringUnavailable
from store.keyring import as_keyring
from store.keyring_tables import NAMES, data_keys, named_keys
from store.master import Masters
from store.transaction import AnyRow, Transaction

T = TypeVar("T")
BATCH = 100
"""So many data keys go over in one transaction."""
_TRIES = 30
_PAUSE = 0.5

_NAMED = select(named_keys.c.name, named_keys.c.wrapped, named_keys.c.master_id).order_by(named_keys.c.name)
_NAMED_LOCKED = _NAMED.with_for_update()
_PUT_NAMED = (
    update(named_keys)
    .where(named_keys.c.name == bindparam("this"))
    .values(wrapped=bindparam("new_wrapped"), master_id=bindparam("new_master"))
)
_OTHERS = data_keys.c.master_id != bindparam("present")
_SOME = (
    select(data_keys.c.key_id, data_keys.c.wrapped, data_keys.c.master_id)
    .where(_OTHERS)
    .order_by(data_keys.c.key_id)
    .limit(bindparam("limit"))
    .with_for_update()
)
_LEFT = select(func.count().label("rows")).select_from(data_keys).where(_OTHERS)
_PUT = (
    update(data_keys)
    .where(data_keys.c.key_id == bindparam("this"))
    .values(wrapped=bindparam("new_wrapped"), master_id=bindparam("new_master"))
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a rotation is: whether new keys come under the present master key, and how many do not stand under it."""

    begun: bool
    left: int


class Rotation:
    """Carries the keyring over from the previous master key to the present one."""

    def __init__(self, url: str, masters: Masters) -> None:
        """``url`` is the keyring's address; nothing connects before first use."""
        self._masters = masters
        self._connections = Connections(url, KEYRING)

    async def standing(self) -> Standing:
        """Say how far it is; raises KeyringSealed where a key of the keyring is under neither of the two."""
        present = await self._masters.id()
        async with self._begin() as transaction:
            named = await transaction.rows(_NAMED)
            left = await transaction.row(_LEFT, {"present": present})
        if {row.name for row in named} < set(NAMES):
            raise KeyringSealed("The keyring is empty.")
        for row in named:
            await self._masters.of(row.master_id)
        return Standing(all(row.master_id == present for row in named), 0 if left is None else int(left.rows))

    async def begin(self) -> None:
        """Put the named keys under the present master key. Safe to repeat."""
        present = await self._masters.id()
        async with self._begin() as transaction:
            for row in await transaction.rows(_NAMED_LOCKED):
                if row.master_id != present:
                    values = {"this": row.name, **await self._over(row, row.name.encode())}
                    await transaction.run(_PUT_NAMED, values)

    async def carry_on(self) -> int:
        """Put some of the data keys that are left under the present master key; 0 where none was left."""
        values = {"present": await self._masters.id(), "limit": BATCH}
        async with self._begin() as transaction:
            rows = await transaction.rows(_SOME, values)
            changed = [{"this": row.key_id, **await self._over(row, row.key_id.bytes)} for row in rows]
            if changed:
                await transaction.run_many(_PUT, changed)
        return len(rows)

    async def complete(self) -> int:
        """Begin, carry on until nothing is left, and say how many data keys went over."""
        await _patiently(self.begin)
        over = 0
        # Somebody else may carry them over too, and then some that were to go in one step are gone by then.
        while (moved := await _patiently(self.carry_on)) or (await _patiently(self.standing)).left:
            over += moved
        return over

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    async def _over(self, row: AnyRow, context: bytes) -> dict[str, object]:
        master = await self._masters.of(row.master_id)
        key = await master.unwrap(row.wrapped, context)
        return {
            "new_wrapped": await self._masters.present.wrap(key, context),
            "new_master": await self._masters.id(),
        }

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[Transaction]:
        await self._masters.read()
        with as_keyring():
            async with self._connections.begin() as transaction:
                yield transaction


async def _patiently(deed: Callable[[], Awaitable[T]]) -> T:
    """Do it; where the keyring is busy or away just now, try again for a while."""
    for _ in range(_TRIES):
        try:
            return await deed()
        except KeyringUnavailable:
            await asyncio.sleep(_PAUSE)
    return await deed()
