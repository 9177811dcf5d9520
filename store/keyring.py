"""The keyring: every data key, wrapped by the master key, in a small database outside the main one.

Destroying a key here makes everything it sealed unreadable, in the main database and in all of its backups. Keys are
minted and committed ahead of use, so that opening a request writes nothing here.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, Delete, Select, Text, Uuid, bindparam, cast, delete, func, insert, literal, select, text

from peersupport.ports import Clock
from store.connections import Connections
from store.encryption import new_key
from store.engine import KEYRING, sqlite_file
from store.errors import KeyGone, KeyringSealed, KeyringUnavailable, SchemaMismatch, StoreError, StoreUnavailable
from store.keyring_tables import INDEX, INDEX_NEXT, LASTING, NAMES, VERSION, data_keys, keyrings, metadata, named_keys
from store.master import MasterKey, Masters
from store.prepared import ByDialect, among, insert_or_ignore, slots, spread
from store.transaction import AnyRow, Transaction

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK = 0x706565726B6579
_ABOUT = select(keyrings.c.version, keyrings.c.keyring_id)
_NAMED = select(named_keys.c.name, named_keys.c.wrapped, named_keys.c.master_id)
# Held while keys are minted, so that none comes under the old master key once a rotation has begun.
_PRESENT = select(named_keys.c.master_id).where(named_keys.c.name == INDEX).with_for_update(read=True)
_INSERT = insert(data_keys)
_ADD_NAMED = insert_or_ignore(named_keys)
_TABLE = select(literal(1)).select_from(keyrings)
_MINTED_BEFORE = select(data_keys.c.key_id).where(data_keys.c.created_at < bindparam("day"))
_LISTED = bindparam("listed", type_=Text())
_EACH = func.json_each(_LISTED).table_valued("value")
_THERE = ByDialect(
    select(func.count()).where(
        data_keys.c.key_id.in_(select(cast(func.json_array_elements_text(cast(_LISTED, JSON)), Uuid)))
    ),
    select(func.count()).select_from(_EACH.join(data_keys, data_keys.c.key_id == _EACH.c.value)),
)
"""How many of the listed keys exist; the list goes as one value, as binding each of many takes longer than looking."""
_CHUNK = 512
FRESH = timedelta(days=1)
"""So old a spare may be when it is used; what is older and in no row was lost, and the daily job destroys it."""


@lru_cache(maxsize=16)
def _data(count: int) -> Select[Any]:
    columns = data_keys.c.key_id, data_keys.c.wrapped, data_keys.c.master_id
    return select(*columns).where(among(data_keys.c.key_id, "key", count))


@lru_cache(maxsize=16)
def _destroy(count: int) -> Delete:
    return delete(data_keys).where(among(data_keys.c.key_id, "key", count))


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """The keyring's own identity and its named keys, unwrapped."""

    keyring_id: UUID
    index: bytes
    handles: bytes
    posts: bytes
    lasting: bytes
    index_next: bytes | None = None
    """The index key that is announced, while there is one."""

    def __repr__(self) -> str:
        return "Opened(...)"


@dataclass(frozen=True, slots=True)
class Listed:
    """The names of data keys, each once, as the keyring can be asked for all of them again and again."""

    text: str
    count: int


def listed(key_ids: Collection[UUID]) -> Listed:
    """Return what asks for these data keys, each named once."""
    return Listed(json.dumps([key_id.hex for key_id in key_ids]), len(key_ids))


class Keyring:
    """Mints, gives out and destroys data keys. No unwrapped data key is kept, but for the unused spares."""

    def __init__(self, url: str, master: MasterKey | Masters, clock: Clock, *, spares: int = 128) -> None:
        """``spares`` keys at most are held ready; nothing connects before first use.

        With ``Masters`` it also opens what the previous master key wrapped, so that a rotation stops nobody.
        """
        self._url = url
        self.masters = master if isinstance(master, Masters) else Masters(master)
        """What wraps its keys."""
        self._clock = clock
        self._connections = Connections(url, KEYRING)
        self._batch = spares
        self._spares: deque[tuple[UUID, bytes]] = deque()
        self._stale_at = clock.now()
        self._minting = asyncio.Lock()
        self._refill: asyncio.Task[None] | None = None

    async def create(self) -> UUID:
        """Make the tables and the named keys where they are missing, and return the keyring's id. Safe to repeat."""
        create_file(self._url)
        from store.database import Database  # seldom needed, and much to load

        database = Database(self._url, replace(KEYRING, create=True, busy_timeout=30, lock_timeout=30))
        try:
            with as_keyring():
                async with database.begin() as connection:
                    await self._create(connection)
        finally:
            await database.close()
        return (await self.ready()).keyring_id

    async def _create(self, connection: "AsyncConnection") -> None:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(metadata.create_all)
        now = self._today()
        if (await connection.execute(_ABOUT)).first() is None:
            row = {"id": 1, "version": VERSION, "keyring_id": uuid4(), "created_at": now}
            await connection.execute(insert(keyrings), row)
        present = {row.name for row in await connection.execute(_NAMED)}
        master_id = await self.masters.id()
        for name in (name for name in (*NAMES, LASTING) if name not in present):
            wrapped = await self.masters.present.wrap(new_key(), name.encode())
            named = {"name": name, "wrapped": wrapped, "master_id": master_id, "created_at": now}
            await connection.execute(insert(named_keys), named)

    @property
    def url(self) -> str:
        """The keyring's address."""
        return self._url

    async def exists(self) -> bool:
        """Say whether a keyring was created at this address; raises KeyringUnavailable where that cannot be known."""
        path = sqlite_file(self._url)
        if path is not None and not path.exists():
            return False
        try:
            async with self.begin() as transaction:
                return await transaction.row(_TABLE) is not None
        except SchemaMismatch:
            return False

    async def identity(self) -> UUID | None:
        """Return the id of the keyring that is there, also where it does not open; None where there is none."""
        if not await self.exists():
            return None
        async with self.begin() as transaction:
            about = await transaction.row(_ABOUT)
        return None if about is None else about.keyring_id

    async def ready(self) -> Opened:
        """Open the keyring and mint the first spares; raises KeyringSealed or KeyringUnavailable."""
        try:
            opened = await self._open()
        except KeyringSealed:
            self.masters.forget()
            raise
        if not self._spares:
            async with self._minting:
                await self._mint()
        return opened

    async def _open(self) -> Opened:
        if not await self.exists():
            raise KeyringSealed("There is no keyring at its address.")
        about, named = await self._read()
        if about is None or not named.keys() >= set(NAMES):
            raise KeyringSealed("The keyring is empty.")
        if about.version != VERSION:
            raise KeyringSealed("The keyring is of another version than this program.")
        if LASTING not in named:
            await self._add_lasting()
            _, named = await self._read()
        keys = [await self.unwrapped(named[name]) for name in (*NAMES, LASTING, INDEX_NEXT) if name in named]
        return Opened(about.keyring_id, *keys)

    async def _read(self) -> tuple[AnyRow | None, dict[str, AnyRow]]:
        async with self.begin() as transaction:
            about = await transaction.row(_ABOUT)
            return about, {row.name: row for row in await transaction.rows(_NAMED)}

    async def _add_lasting(self) -> None:
        """Put down the key of refusals in a keyring from before there were any; the first to do so counts."""
        await self.masters.read()
        async with self.begin() as transaction:
            present = await transaction.row(_PRESENT)
            if present is None:
                raise KeyringSealed("The keyring is empty.")
            # Under the master key that new keys come under just now; the row is held, so that this stays so.
            wrapped = await (await self.masters.of(present.master_id)).wrap(new_key(), LASTING.encode())
            row = {"name": LASTING, "wrapped": wrapped, "master_id": present.master_id, "created_at": self._today()}
            await transaction.run(_ADD_NAMED, row)

    async def unwrapped(self, row: AnyRow) -> bytes:
        """Unwrap a named key."""
        key: bytes = await (await self.masters.of(row.master_id)).unwrap(row.wrapped, row.name.encode())
        return key

    def give_back(self, key_id: UUID, key: bytes) -> None:
        """Take back a key that ``take`` gave and that sealed nothing."""
        self._spares.append((key_id, key))

    async def take(self) -> tuple[UUID, bytes]:
        """Return a new data key and its id; the key is durable already."""
        if self._spares and self._clock.now() >= self._stale_at:
            await self._give_up_spares()
        if not self._spares:
            async with self._minting:
                if not self._spares:
                    await self._mint()
        spare = self._spares.popleft()
        if len(self._spares) < self._batch // 2 and (self._refill is None or self._refill.done()):
            self._refill = asyncio.create_task(self._refill_quietly())
        return spare

    async def get(self, key_id: UUID) -> bytes:
        """Return a data key; raises KeyGone where it was destroyed."""
        key = (await self.get_many([key_id])).get(key_id)
        if key is None:
            raise KeyGone("The key of this record was destroyed.")
        return key

    async def get_many(self, key_ids: Collection[UUID]) -> dict[UUID, bytes]:
        """Return those of these data keys that still exist."""
        keys: dict[UUID, bytes] = {}
        masters: dict[str, MasterKey] = {}
        for chunk in _chunks(key_ids):
            size = slots(len(chunk))
            async with self.begin() as transaction:
                rows = await transaction.rows(_data(size), spread("key", chunk, size))
            for key_id, wrapped, master_id in rows:
                master = masters.get(master_id)
                if master is None:
                    master = masters[master_id] = await self.masters.of(master_id)
                keys[key_id] = await master.unwrap(wrapped, key_id.bytes)
        return keys

    async def all_there(self, keys: Listed) -> bool:
        """Say whether every one of these data keys still exists."""
        if not keys.count:
            return True
        async with self.begin() as transaction:
            ((found,),) = await transaction.rows(_THERE, {"listed": keys.text})
        return bool(found == keys.count)

    async def destroy(self, *key_ids: UUID) -> None:
        """Destroy data keys for good, committed before this returns. Safe to repeat."""
        for chunk in _chunks(key_ids):
            size = slots(len(chunk))
            async with self.begin() as transaction:
                await transaction.run(_destroy(size), spread("key", chunk, size))

    async def close(self) -> None:
        """Give up the spares, destroying them, and close the connections."""
        if self._refill is not None:
            self._refill.cancel()
            await asyncio.wait([self._refill])
        await self._give_up_spares()
        self._connections.close()

    async def _give_up_spares(self) -> None:
        spares = [key_id for key_id, _ in self._spares]
        self._spares.clear()
        with suppress(StoreError):  # Unused spares left behind open nothing.
            await self.destroy(*spares)

    async def minted_before(self, day: date) -> set[UUID]:
        """Return the ids of the data keys that were minted before a day."""
        async with self.begin() as transaction:
            return {row.key_id for row in await transaction.rows(_MINTED_BEFORE, {"day": day.isoformat()})}

    async def _refill_quietly(self) -> None:
        with suppress(StoreError):  # The next take() that finds no spare mints one itself and tells its caller.
            async with self._minting:
                await self._mint()

    async def _mint(self) -> None:
        spares = [(uuid4(), new_key()) for _ in range(self._batch - len(self._spares))]
        await self.masters.read()
        async with self.begin() as transaction:
            present = await transaction.row(_PRESENT)
            if present is None:
                raise KeyringSealed("The keyring is empty.")
            master = await self.masters.of(present.master_id)
            rows = [
                {
                    "key_id": key_id,
                    "wrapped": await master.wrap(key, key_id.bytes),
                    "master_id": present.master_id,
                    "created_at": self._today(),
                }
                for key_id, key in spares
            ]
            await transaction.run_many(_INSERT, rows)
        if not self._spares:
            self._stale_at = self._clock.now() + FRESH
        self._spares.extend(spares)

    def _today(self) -> str:
        return self._clock.now().date().isoformat()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """One transaction in the keyring's own database."""
        with as_keyring():
            async with self._connections.begin() as transaction:
                yield transaction


def create_file(url: str) -> None:
    """Make an SQLite keyring's file, for its owner alone, in a folder for its owner alone."""
    if (path := sqlite_file(url)) is not None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)


@contextmanager
def as_keyring() -> Iterator[None]:
    """Say of an outage that it is the keyring's."""
    try:
        yield
    except (KeyringSealed, KeyringUnavailable, SchemaMismatch):
        raise
    except StoreUnavailable as error:
        raise KeyringUnavailable(f"The keyring cannot be used. {error}") from None


def _chunks(key_ids: Collection[UUID]) -> Iterable[list[UUID]]:
    ids = list(key_ids)
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
