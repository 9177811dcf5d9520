"""What a person chose for the app itself, by keyed hash."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from peersupport.people import Address
from store.prepared import ByDialect
from store.tables import preferences
from store.transaction import Transaction
from store.unsealing import Secrets

_LANGUAGE = select(preferences.c.language).where(preferences.c.person_hash == bindparam("who"))


def _upsert(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=[preferences.c.person_hash], set_={"language": statement.excluded.language}
    )


_CHOOSE = ByDialect(_upsert(postgresql.insert(preferences)), _upsert(sqlite.insert(preferences)))


class Preferences:
    """Implements ``peersupport.ports.Preferences``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def language(self, who: Address) -> str | None:
        """Return the chosen language, or None."""
        row = await self._transaction.row(_LANGUAGE, {"who": self._secrets.hash(who)})
        return None if row is None else row.language

    async def choose_language(self, who: Address, language: str) -> None:
        """Remember a language."""
        await self._transaction.run(_CHOOSE, {"person_hash": self._secrets.hash(who), "language": language})
