"""The register of supporters: what they say of themselves is sealed, their load is counted when they are read."""

from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from secrets import token_bytes
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, bindparam, select, update

from peersupport.people import Address
from peersupport.supporters import Outline, Profile, Supporter
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.prepared import ByDialect, among, slots, spread
from store.records import profile_from_json, profile_to_json
from store.repositories import outlines
from store.repositories.register import COLUMN_OF, FIELDS, MARK, PLAIN, PROFILE
from store.tables import supporters
from store.transaction import AnyRow, Transaction
from store.unsealing import Secrets

_THIS = supporters.c.id == bindparam("this")
_ALL = select(*PLAIN, supporters.c.key_id, supporters.c.profile)
_IN_PROGRAMME = _ALL.where(supporters.c.programme == bindparam("programme")).order_by(supporters.c.id)
_BY_ID = _ALL.where(_THIS)
# On PostgreSQL holding an entry writes it anew, so that whoever presumed its load notices.
_HOLD = update(supporters).where(_THIS).values(version=supporters.c.version)
_LOCKED = ByDialect(_HOLD, select(supporters.c.id).where(_THIS).with_for_update())
_HOLD_UNCHANGED = _HOLD.where(bindparam("mark", type_=Text()) == MARK)
_KEY = select(supporters.c.key_id).where(_THIS)
_ADD = GuardedInsert(supporters, "person_hash", lambda other: other.c.programme == bindparam("programme"))
_WRITTEN: dict[str, Any] = {
    COLUMN_OF[name]: bindparam(COLUMN_OF[name]) for name in FIELDS if name not in {"id", "programme"}
}
_UNCHANGED = supporters.c.version == bindparam("was")
_SAVE = update(supporters).where(_THIS, _UNCHANGED).values(_WRITTEN)
# Whose entry it is never changes, and with it not the hash, which may be under another key by now.
_SAVE_PROFILE = _SAVE.values(profile=bindparam("profile"))
_ERASE = (
    update(supporters)
    .where(_THIS)
    .values(
        profile=None, key_id=None, active=False, person_hash=bindparam("nobody", type_=supporters.c.person_hash.type)
    )
)

Entry = tuple[Supporter, Profile]


@cache
def _of_person(size: int) -> Select[Any]:
    return _ALL.where(theirs(supporters.c.person_hash, size), supporters.c.programme == bindparam("programme"))


@cache
def _everywhere(size: int) -> Select[Any]:
    return _ALL.where(theirs(supporters.c.person_hash, size)).order_by(supporters.c.programme)


@lru_cache(maxsize=16)
def _some(size: int) -> Select[Any]:
    return _ALL.where(among(supporters.c.id, "id", size))


class Supporters:
    """Implements ``peersupport.ports.Supporters``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, supporter: Supporter, profile: Profile) -> bool:
        """Store a new entry under a new data key; False where the person is in the programme's register already."""
        key_id, key = await self._secrets.keyring.take()
        values = _plain(supporter) | {
            "key_id": key_id,
            "profile": PROFILE.seal(Sealer(key), supporter.id, profile_to_json(profile)),
        }
        if await _ADD.run(self._transaction, self._secrets.lookups, profile.address, values):
            return True
        self._secrets.keyring.give_back(key_id, key)
        return False

    async def get(self, id: UUID) -> Entry | None:
        """Return one entry."""
        return await self._one(_BY_ID, {"this": id})

    async def held(self, id: UUID) -> Supporter | None:
        """Hold the entry's row, then return what it says without being unsealed, and its load."""
        foreseen = self._transaction.foreseen.pop(id, None)
        if foreseen is not None:
            row, mark = foreseen
            await self._transaction.later(_HOLD_UNCHANGED, {"this": id, "mark": mark}, id, presumed=True)
            return _supporter(row)
        # In two steps: a load counted in the statement that waits for the row would be from before the wait.
        await self._transaction.run(_LOCKED, {"this": id})
        row = await self._transaction.row(_BY_ID, {"this": id})
        return None if row is None else _supporter(row)

    async def find(self, programme: str, who: Address) -> Entry | None:
        """Return a person's own entry."""
        hashes = self._secrets.hashes(who)
        return await self._one(_of_person(len(hashes)), {**values_of(hashes), "programme": programme})

    async def of(self, who: Address) -> list[Entry]:
        """Return a person's own entries in every programme, ended ones too."""
        hashes = self._secrets.hashes(who)
        return await self._read(await self._transaction.rows(_everywhere(len(hashes)), values_of(hashes)))

    async def some(self, ids: Sequence[UUID]) -> list[Entry]:
        """Return these entries in this order, without those that are gone."""
        if not ids:
            return []
        size = slots(len(ids))
        found = await self._read(await self._transaction.rows(_some(size), spread("id", ids, size)))
        by_id = {entry[0].id: entry for entry in found}
        return [by_id[id] for id in ids if id in by_id]

    async def outlines(
        self, programme: str, requester: Address, avoided: Collection[Address]
    ) -> list[tuple[Supporter, Outline, bool]]:
        """Return what counts in matching of every active entry; True where it may never be put to the requester."""
        return await outlines.read(self._transaction, self._secrets, programme, requester, avoided)

    async def all(self, programme: str) -> list[Entry]:
        """Return the whole register of a programme; an entry whose key was destroyed is gone."""
        return await self._read(await self._transaction.rows(_IN_PROGRAMME, {"programme": programme}))

    async def save(self, supporter: Supporter, profile: Profile | None = None) -> bool:
        """Write the entry where its version is unchanged; False otherwise. None leaves the profile as it is."""
        values = _plain(supporter) | {"this": supporter.id, "was": supporter.version, "version": supporter.version + 1}
        del values["id"], values["programme"]
        if profile is None:
            return await self._transaction.run(_SAVE, values) == 1
        row = await self._transaction.row(_KEY, {"this": supporter.id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        if sealer is None:
            return False
        values["profile"] = PROFILE.seal(sealer, supporter.id, profile_to_json(profile))
        return await self._transaction.run(_SAVE_PROFILE, values) == 1

    async def erase(self, id: UUID) -> None:
        """Destroy the key of an entry, blank what it sealed and forget whose it was. Safe to repeat."""
        row = await self._transaction.row(_KEY, {"this": id})
        if row is None:
            return
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
            self._secrets.outlines.forget()
        await self._transaction.run(_ERASE, {"this": id, "nobody": token_bytes(32)})
        self._transaction.erases = True

    async def _one(self, statement: Any, values: dict[str, Any]) -> Entry | None:
        entries = await self._read(await self._transaction.rows(statement, values))
        return entries[0] if entries else None

    async def _read(self, rows: Any) -> list[Entry]:
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [
            (_supporter(row), profile_from_json(PROFILE.open(sealers[row.key_id], row.id, row.profile)))
            for row in rows
            if row.key_id in sealers
        ]


def _plain(supporter: Supporter) -> dict[str, Any]:
    return {COLUMN_OF[name]: getattr(supporter, name) for name in FIELDS}


def _supporter(row: AnyRow | Sequence[Any]) -> Supporter:
    return Supporter(**dict(zip((*FIELDS, "load"), row, strict=False)))
