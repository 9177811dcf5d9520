"""Links to the consent page: token and code as keyed hashes only, under the key of receipts, which does not change."""

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from peersupport.consent_link import About, ConsentLink
from store.tables_beside import consent_links
from store.transaction import Transaction
from store.unsealing import Secrets

_FIELDS = ("id", "subject", "about", "made_at", "expires_at", "tries", "spent_at")
_ADD = insert(consent_links)
_END = delete(consent_links).where(consent_links.c.subject == bindparam("of"))
_HOLD = (
    select(*(consent_links.c[name] for name in _FIELDS))
    .where(consent_links.c.token_hash == bindparam("token"))
    .with_for_update()
)
_CODE = select(consent_links.c.code_hash).where(consent_links.c.id == bindparam("this"))
_SAVE = (
    update(consent_links)
    .where(consent_links.c.id == bindparam("this"))
    .values(tries=bindparam("tries"), spent_at=bindparam("spent_at"))
)
_PURGE = delete(consent_links).where(consent_links.c.expires_at < bindparam("before"))


async def purge(transaction: Transaction, before: datetime) -> int:
    """Forget what ended before an instant, and say how many."""
    return await transaction.run(_PURGE, {"before": before})


class ConsentLinks:
    """Implements ``peersupport.consent_link.ConsentLinks``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, link: ConsentLink, token: str, code: str) -> None:
        """Store a new one in place of those that its subject had."""
        await self.end(link.subject)
        values: dict[str, Any] = {name: getattr(link, name) for name in _FIELDS}
        hashes = {"token_hash": self._token(token), "code_hash": self._code(link.id, code)}
        await self._transaction.run(_ADD, values | hashes)

    async def hold(self, token: str) -> ConsentLink | None:
        """Return the one with this token and hold its row until the transaction ends."""
        row = await self._transaction.row(_HOLD, {"token": self._token(token)})
        if row is None:
            return None
        values = dict(zip(_FIELDS, row, strict=True))
        return ConsentLink(**values | {"about": About(values["about"])})

    async def fits(self, id: UUID, code: str) -> bool:
        """Say whether this is the code of a link."""
        row = await self._transaction.row(_CODE, {"this": id})
        return row is not None and hmac.compare_digest(row.code_hash, self._code(id, code))

    async def save(self, link: ConsentLink) -> None:
        """Write the tries and the answer's time of one whose row is held."""
        await self._transaction.run(_SAVE, {"this": link.id, "tries": link.tries, "spent_at": link.spent_at})

    async def end(self, subject: UUID) -> None:
        """Drop every one about a subject, which asks nothing any more."""
        await self._transaction.run(_END, {"of": subject})

    def _token(self, token: str) -> bytes:
        return self._secrets.receipts.receipt(f"consent token:{token}")

    def _code(self, id: UUID, code: str) -> bytes:
        # Bound to its link: the same code of two links gives two hashes.
        return self._secrets.receipts.receipt(f"consent code:{id}:{code}")
