"""Which submissions and presses were carried out already; the key itself is kept as a keyed hash."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select

from peersupport.ports import Clock
from store.prepared import insert_or_ignore
from store.tables import receipts
from store.transaction import Transaction
from store.unsealing import Secrets

_FIND = select(receipts.c.result).where(receipts.c.key_hash == bindparam("key"))
_KEEP = insert_or_ignore(receipts)
_PURGE = delete(receipts).where(receipts.c.kept_at < bindparam("before"))


class Receipts:
    """Implements ``peersupport.ports.Receipts``."""

    def __init__(self, transaction: Transaction, secrets: Secrets, clock: Clock) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets
        self._clock = clock

    async def find(self, key: str) -> tuple[bool, UUID | None]:
        """Say whether the key was used, and what record came of it."""
        row = await self._transaction.row(_FIND, {"key": self._secrets.receipts.receipt(key)})
        return (False, None) if row is None else (True, row.result)

    async def keep(self, key: str, result: UUID | None = None) -> bool:
        """Keep the key with its result; False where it was kept already (also by a transaction that just won)."""
        values = {"key_hash": self._secrets.receipts.receipt(key), "result": result, "kept_at": self._clock.now()}
        return await self._transaction.run_or_presume(_KEEP, values) == 1

    async def purge(self, before: datetime) -> int:
        """Forget the receipts kept before an instant, and say how many."""
        return await self._transaction.run(_PURGE, {"before": before})
