"""What a person chose for the app itself, by keyed hash."""

from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from peersupport.people import Address
from store.prepared import ByDialect
from store.tables import preferences
from store.transaction import Transaction
from store.unsealing import Secrets

_IS_THEIRS = preferences.c.person_hash == bindparam("who")
_CHOSEN = select(preferences.c.language, preferences.c.discreet, preferences.c.hidden).where(_IS_THEIRS)
_FORGET = delete(preferences).where(_IS_THEIRS)


def _upsert(statement: Any, column: str) -> Any:
    values = statement.values(person_hash=bindparam("person_hash"), **{column: bindparam(column)})
    return values.on_conflict_do_update(
        index_elements=[preferences.c.person_hash], set_={column: values.excluded[column]}
    )


def _choose(column: str) -> ByDialect:
    return ByDialect(_upsert(postgresql.insert(preferences), column), _upsert(sqlite.insert(preferences), column))


_CHOOSE_LANGUAGE, _CHOOSE_DISCREET, _HIDE = _choose("language"), _choose("discreet"), _choose("hidden")


class Preferences:
    """Implements ``peersupport.ports.Preferences``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def language(self, who: Address) -> str | None:
        """Return the chosen language, or None."""
        row = await self._transaction.row(_CHOSEN, {"who": self._secrets.hash(who)})
        return None if row is None else row.language

    async def choose_language(self, who: Address, language: str) -> None:
        """Remember a language."""
        await self._transaction.run(_CHOOSE_LANGUAGE, {"person_hash": self._secrets.hash(who), "language": language})

    async def discreet(self, who: Address) -> bool:
        """Say whether their Home shows nothing of theirs until they press a button."""
        row = await self._transaction.row(_CHOSEN, {"who": self._secrets.hash(who)})
        return row is not None and bool(row.discreet)

    async def choose_discreet(self, who: Address, *, discreet: bool) -> None:
        """Remember that choice."""
        await self._transaction.run(_CHOOSE_DISCREET, {"person_hash": self._secrets.hash(who), "discreet": discreet})

    async def cover(self, who: Address) -> tuple[bool, bool]:
        """Say whether their Home is discreet, and whether they hid what it shows until they open it again."""
        row = await self._transaction.row(_CHOSEN, {"who": self._secrets.hash(who)})
        return (False, False) if row is None else (bool(row.discreet), bool(row.hidden))

    async def hide(self, who: Address, *, hidden: bool) -> None:
        """Remember that they hid it, or that they opened it again."""
        await self._transaction.run(_HIDE, {"person_hash": self._secrets.hash(who), "hidden": hidden})

    async def forget(self, who: Address) -> None:
        """Drop everything that this person chose."""
        await self._transaction.run(_FORGET, {"who": self._secrets.hash(who)})
