"""What a person chose for the app itself, by keyed hash; who they are is sealed beside it."""

from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Update, bindparam, delete, select, true, update

from peersupport.people import Address
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.tables import preferences
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets


def _theirs(size: int) -> ColumnElement[bool]:
    return theirs(preferences.c.person_hash, size)


_PERSON = Place("preferences", "person")
_SIZES = (1, 2)
_CHOSEN = {
    size: select(preferences.c.language, preferences.c.discreet, preferences.c.hidden).where(_theirs(size))
    for size in _SIZES
}
_KEYS = {size: select(preferences.c.key_id).where(_theirs(size)) for size in _SIZES}
_FORGET = {size: delete(preferences).where(_theirs(size)) for size in _SIZES}
_ADD = GuardedInsert(preferences, "person_hash", lambda _other: true())


@cache
def _choose(column: str, size: int, *, sealed: bool) -> Update:
    """Change a choice; of a row from before addresses stood beside it, seal one beside it too."""
    statement = update(preferences).where(_theirs(size)).values({column: bindparam("choice")})
    if sealed:
        return statement.where(preferences.c.key_id.is_not(None))
    values = {name: bindparam(f"new_{name}", type_=preferences.c[name].type) for name in ("key_id", "person")}
    return statement.where(preferences.c.key_id.is_(None)).values(values)


class Preferences:
    """Implements ``peersupport.ports.Preferences``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def language(self, who: Address) -> str | None:
        """Return the chosen language, or None."""
        row = await self._chosen(who)
        return None if row is None else row.language

    async def choose_language(self, who: Address, language: str) -> None:
        """Remember a language."""
        await self._choose(who, "language", language)

    async def discreet(self, who: Address) -> bool:
        """Say whether their Home shows nothing of theirs until they press a button."""
        row = await self._chosen(who)
        return row is not None and bool(row.discreet)

    async def choose_discreet(self, who: Address, *, discreet: bool) -> None:
        """Remember that choice."""
        await self._choose(who, "discreet", discreet)

    async def cover(self, who: Address) -> tuple[bool, bool]:
        """Say whether their Home is discreet, and whether they hid what it shows until they open it again."""
        row = await self._chosen(who)
        return (False, False) if row is None else (bool(row.discreet), bool(row.hidden))

    async def hide(self, who: Address, *, hidden: bool) -> None:
        """Remember that they hid it, or that they opened it again."""
        await self._choose(who, "hidden", hidden)

    async def forget(self, who: Address) -> None:
        """Destroy the data key of what this person chose, then drop it. Safe to repeat."""
        hashes = self._secrets.hashes(who)
        rows = await self._transaction.rows(_KEYS[len(hashes)], values_of(hashes))
        keys = [row.key_id for row in rows if row.key_id is not None]
        if keys:
            await self._secrets.keyring.destroy(*keys)
            self._transaction.erases = True
        await self._transaction.run(_FORGET[len(hashes)], values_of(hashes))

    async def _chosen(self, who: Address) -> AnyRow | None:
        hashes = self._secrets.hashes(who)
        return await self._transaction.row(_CHOSEN[len(hashes)], values_of(hashes))

    async def _choose(self, who: Address, column: str, choice: str | bool) -> None:
        if await self._change(who, column, choice):
            return
        key_id, key = await self._secrets.keyring.take()
        person = _PERSON.seal(Sealer(key), key_id, {"address": [who.team, who.user]})
        if await self._change(who, column, choice, key_id, person):
            return
        values = {
            "language": None,
            "discreet": None,
            "hidden": None,
            column: choice,
            "key_id": key_id,
            "person": person,
        }
        if await _ADD.run(self._transaction, self._secrets.lookups, who, values):
            return
        # Somebody's other press came first: the later one counts.
        self._secrets.keyring.give_back(key_id, key)
        await self._change(who, column, choice)

    async def _change(
        self, who: Address, column: str, choice: str | bool, key_id: UUID | None = None, person: bytes | None = None
    ) -> bool:
        hashes = self._secrets.hashes(who)
        values = {**values_of(hashes), "choice": choice}
        if key_id is not None:
            values |= {"new_key_id": key_id, "new_person": person}
        statement = _choose(column, len(hashes), sealed=key_id is None)
        return await self._transaction.run(statement, values) > 0
