"""Lists of members, terms that were accepted, themes, lines for a department: whom and what they hold is sealed."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, delete, insert, select

from peersupport.addresses import Address
from peersupport.theme import Accepted, Listed, Theme, ThemeWords
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.records import Json
from store.tables_cafe import department_lines, list_members, terms_accepted, themes
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets


@cache
def _of(table: Table, size: int) -> Select[Any]:
    return select(table).where(theirs(table.c.person_hash, size)).order_by(table.c.id)


@cache
def _where(table: Table, column: str) -> Select[Any]:
    return select(table).where(table.c[column] == bindparam("wanted")).order_by(table.c.id)


@cache
def _drop(table: Table) -> Any:
    return delete(table).where(table.c.id == bindparam("this"))


class _Sealed:
    """Rows with one sealed column, each under a data key of its own."""

    table: Table
    column = "person"

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    @property
    def _place(self) -> Place:
        return Place(self.table.name, self.column)

    async def _opened(self, rows: list[AnyRow]) -> list[tuple[AnyRow, Json]]:
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        kept = [row for row in rows if row.key_id in sealers]
        return [(row, self._place.open(sealers[row.key_id], row.id, getattr(row, self.column))) for row in kept]

    async def _rows(self, column: str, wanted: object) -> list[AnyRow]:
        return list(await self._transaction.rows(_where(self.table, column), {"wanted": wanted}))

    async def _theirs(self, who: Address) -> list[AnyRow]:
        hashes = self._secrets.hashes(who)
        return list(await self._transaction.rows(_of(self.table, len(hashes)), values_of(hashes)))

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
        for row in await self._rows("id", id):
            if row.key_id is not None:
                await self._secrets.keyring.destroy(row.key_id)
            await self._transaction.run(_drop(self.table), {"this": id})
            self._transaction.erases = True


class _OfPeople(_Sealed):
    """Rows that are found by a person's keyed hash."""

    insert: GuardedInsert

    async def _put(self, who: Address, values: dict[str, Any], sealed: Json) -> bool:
        key_id, key = await self._secrets.keyring.take()
        held = self._place.seal(Sealer(key), values["id"], sealed)
        row = {**values, "key_id": key_id, self.column: held}
        if await self.insert.run(self._transaction, self._secrets.lookups, who, row):
            return True
        self._secrets.keyring.give_back(key_id, key)
        return False


class ListMembers(_OfPeople):
    """Implements ``peersupport.ports_cafe.ListMembers``."""

    table = list_members
    insert = GuardedInsert(list_members, "person_hash", lambda other: other.c.programme == bindparam("programme"))

    async def add(self, id: UUID, programme: str, listed: Listed) -> bool:
        """Put somebody on the list; False where they are on it already."""
        sealed = {"address": _pair(listed.address), "name": listed.name}
        return await self._put(listed.address, {"id": id, "programme": programme}, sealed)

    async def has(self, programme: str, who: Address) -> bool:
        """Say whether somebody is on a programme's list."""
        return any(row.programme == programme for row in await self._theirs(who))

    async def of(self, who: Address) -> list[tuple[UUID, str]]:
        """Return somebody's own rows, each with its programme."""
        return [(row.id, row.programme) for row in await self._theirs(who)]

    async def all(self, programme: str) -> list[tuple[UUID, Listed]]:
        """Return a programme's whole list."""
        found = await self._opened(await self._rows("programme", programme))
        return [(row.id, Listed(Address(*kept["address"]), kept["name"])) for row, kept in found]


class TermsAccepted(_OfPeople):
    """Implements ``peersupport.ports_cafe.TermsAccepted``."""

    table = terms_accepted
    insert = GuardedInsert(terms_accepted, "person_hash", lambda other: other.c.programme == bindparam("programme"))

    async def add(self, id: UUID, programme: str, version: str, who: Address) -> bool:
        """Keep a yes; False where one of this person is kept for the programme."""
        values = {"id": id, "programme": programme, "version": version}
        return await self._put(who, values, {"address": _pair(who)})

    async def of(self, who: Address) -> list[Accepted]:
        """Return somebody's own."""
        return [Accepted(row.id, row.programme, row.version) for row in await self._theirs(who)]


class Themes(_OfPeople):
    """Implements ``peersupport.ports_cafe.Themes``."""

    table = themes
    insert = GuardedInsert(themes, "person_hash", lambda other: other.c.date_id == bindparam("date_id"))

    async def add(self, theme: Theme, words: ThemeWords) -> bool:
        """Store a new one; False where this person has one for the date."""
        values = {"id": theme.id, "programme": theme.programme, "date_id": theme.date_id}
        sealed = {"address": _pair(words.address), "text": words.text, "name": words.name}
        return await self._put(words.address, values, sealed)

    async def of(self, who: Address) -> list[Theme]:
        """Return somebody's own, of every date."""
        return [_theme(row) for row in await self._theirs(who)]

    async def words(self, id: UUID) -> ThemeWords | None:
        """Unseal one; None once erased."""
        found = await self._opened(await self._rows("id", id))
        return _words(found[0][1]) if found else None

    async def of_date(self, date: UUID) -> list[tuple[Theme, ThemeWords]]:
        """Return those of one date, in an order that tells nothing of when they came."""
        found = await self._opened(await self._rows("date_id", date))
        return sorted(((_theme(row), _words(kept)) for row, kept in found), key=lambda each: each[1].text.casefold())

    async def dates(self, programme: str) -> list[UUID]:
        """Return the dates of a programme for which there are any."""
        return [row.date_id for row in await self._transaction.rows(_DATES, {"programme": programme})]


_DATES = (
    select(themes.c.date_id).where(themes.c.programme == bindparam("programme")).distinct().order_by(themes.c.date_id)
)


class DepartmentLines(_Sealed):
    """Implements ``peersupport.ports_cafe.DepartmentLines``."""

    table = department_lines
    column = "line"

    async def add(self, id: UUID, programme: str, line: str, expires: datetime) -> None:
        """Store a new one under a new data key."""
        key_id, key = await self._secrets.keyring.take()
        held = self._place.seal(Sealer(key), id, {"text": line})
        row = {"id": id, "programme": programme, "expires_at": expires, "key_id": key_id, "line": held}
        await self._transaction.run(_ADD_LINE, row)

    async def all(self, programme: str) -> list[tuple[UUID, str]]:
        """Return a programme's lines, in an order that tells nothing of when they came."""
        found = await self._opened(await self._rows("programme", programme))
        return sorted(((row.id, kept["text"]) for row, kept in found), key=lambda each: each[1].casefold())

    async def past(self, programme: str, now: datetime) -> list[UUID]:
        """Return those whose time is over."""
        return [row.id for row in await self._transaction.rows(_PAST_LINES, {"programme": programme, "now": now})]


_ADD_LINE = insert(department_lines)
_PAST_LINES = select(department_lines.c.id).where(
    department_lines.c.programme == bindparam("programme"), department_lines.c.expires_at <= bindparam("now")
)


def _pair(address: Address) -> list[str]:
    return [address.team, address.user]


def _theme(row: AnyRow) -> Theme:
    return Theme(row.id, row.programme, row.date_id)


def _words(kept: Json) -> ThemeWords:
    return ThemeWords(Address(*kept["address"]), kept["text"], kept["name"])
