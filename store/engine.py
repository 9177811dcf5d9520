"""Async engines for SQLite and PostgreSQL, and their errors put into our own few words.

SQLite writes inside BEGIN IMMEDIATE, so that reading and then writing cannot fail half-way; PostgreSQL runs with short
timeouts, so that a person is answered within Slack's three seconds even when the database is not well.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from store.errors import Conflict, SchemaMismatch, StoreError, StoreUnavailable

_DRIVERS = {
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
}
# SQLite primary result codes: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB.
_SQLITE_OUTAGES = frozenset({5, 6, 8, 10, 11, 13, 14, 26})
# PostgreSQL classes: connection, authorisation, missing database, rollback, resources, locks, operator, system.
_POSTGRES_OUTAGES = ("08", "28", "3D", "40", "53", "55", "57", "58", "25006", "25P03", "F0", "XX")
_POSTGRES_OLD_SCHEMA = ("42P01", "42703", "3F000")


@dataclass(frozen=True, slots=True)
class Tuning:
    """How an engine behaves: connections, seconds to wait, and SQLite's pragmas."""

    pool_size: int = 10
    sqlite_pool_size: int = 1
    """One connection: writers then queue fairly in this process instead of polling for SQLite's lock."""
    pool_timeout: float = 1.2
    connect_timeout: float = 1.5
    statement_timeout: float = 1.2
    lock_timeout: float = 1.0
    busy_timeout: float = 1.0
    create: bool = False
    """Whether a missing SQLite file is made; otherwise it is an outage, never a silent empty database."""
    pragmas: Mapping[str, str] = field(
        default_factory=lambda: {
            "journal_mode": "WAL",
            "foreign_keys": "ON",
            "secure_delete": "ON",
            "synchronous": "FULL",
        }
    )


MAIN = Tuning()
KEYRING = Tuning(
    pool_size=4,
    # Never WAL: a destroyed key must not live on in a second file.
    pragmas={"journal_mode": "TRUNCATE", "foreign_keys": "ON", "secure_delete": "ON", "synchronous": "FULL"},
)
MIGRATION = Tuning(
    create=True,
    pool_size=1,
    connect_timeout=10,
    statement_timeout=0,
    lock_timeout=60,
    busy_timeout=60,
    # Rebuilding a table drops the old one, which would run its cascades.
    pragmas={"journal_mode": "WAL", "foreign_keys": "OFF", "secure_delete": "ON", "synchronous": "FULL"},
)


def async_url(url: str) -> URL:
    """Read a database address as people write it (``postgres://``, ``postgresql://``, ``sqlite:///``)."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("The database address must start with sqlite:/// or postgresql://.") from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise StoreError("The database address must start with sqlite:/// or postgresql://.")
    parsed = parsed.set(drivername=driver)
    if "sslmode" in parsed.query:
        parsed = parsed.update_query_dict({"ssl": parsed.query["sslmode"]}).difference_update_query(["sslmode"])
    return parsed


def make_engine(url: str, tuning: Tuning = MAIN) -> AsyncEngine:
    """Make an engine; nothing connects before first use."""
    parsed = async_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, tuning)
    return _postgres(parsed, tuning)


def sqlite_file(url: str) -> Path | None:
    """The file behind an SQLite address, or None for PostgreSQL."""
    parsed = async_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def _sqlite(url: URL, tuning: Tuning) -> AsyncEngine:
    if url.database in (None, "", ":memory:"):
        raise StoreError("An SQLite database needs a file, as in sqlite:///path/to/file.db.")
    mode = "rwc" if tuning.create else "rw"
    engine = create_async_engine(
        url.set(database=f"file:{quote(str(url.database))}", query={"mode": mode, "uri": "true"}),
        hide_parameters=True,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=tuning.sqlite_pool_size,
        max_overflow=0,
        pool_timeout=tuning.pool_timeout,
        connect_args={"timeout": tuning.busy_timeout, "isolation_level": None},
    )

    def prepare(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        for name, value in tuning.pragmas.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def _postgres(url: URL, tuning: Tuning) -> AsyncEngine:
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_size=tuning.pool_size,
        max_overflow=0,
        pool_timeout=tuning.pool_timeout,
        pool_use_lifo=True,
        connect_args={
            "timeout": tuning.connect_timeout,
            # A little above the server's own limit: it ends a wait on a server that no longer answers at all.
            "command_timeout": tuning.statement_timeout + 0.3 if tuning.statement_timeout else None,
            "server_settings": {
                "application_name": "peersupport",
                "statement_timeout": _milliseconds(tuning.statement_timeout),
                "lock_timeout": _milliseconds(tuning.lock_timeout),
                "idle_in_transaction_session_timeout": "30000",
                "timezone": "UTC",
            },
        },
    )


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


class Database:
    """An engine with its errors in our own words, which notices when an SQLite file goes away or is replaced."""

    def __init__(self, url: str, tuning: Tuning = MAIN) -> None:
        """Nothing connects before first use."""
        self.url = url
        self.engine = make_engine(url, tuning)
        self._create = tuning.create
        self.file = sqlite_file(url)
        """The SQLite file, or None for PostgreSQL."""
        self._seen: tuple[int, int] | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.file is not None

    async def connect(self) -> AsyncConnection:
        """A started connection, which the caller closes; raises StoreUnavailable."""
        await self._look_at_file()
        with guarded():
            return await self.engine.connect()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed on a clean exit, else rolled back."""
        await self._look_at_file()
        with guarded():
            async with self.engine.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    async def _look_at_file(self) -> None:
        if self.file is None or self._create:
            return
        try:
            status = self.file.stat()
        except OSError:
            raise StoreUnavailable("The database file is not there.") from None
        identity = (status.st_dev, status.st_ino)
        if identity != self._seen:
            await self.engine.dispose()
            self._seen = identity


@contextmanager
def guarded() -> Iterator[None]:
    """Turn the drivers' errors into StoreError's kinds, whose texts hold no value; other errors pass unchanged."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError, TimeoutError) as error:
        raise translated(error) from None


def translated(error: BaseException) -> StoreError:
    """Say in our own words what a driver's error means."""
    if isinstance(error, PoolTimeout):
        return StoreUnavailable("All database connections are busy.")
    if not isinstance(error, DBAPIError):
        return StoreUnavailable("The database cannot be reached.")
    if error.connection_invalidated:
        return StoreUnavailable("The connection to the database was lost.")
    original: Any = error.orig
    state = getattr(original, "sqlstate", None)
    code = getattr(original, "sqlite_errorcode", None)
    if state is not None:
        return _from_postgres(str(state))
    if code is not None:
        return _from_sqlite(int(code), str(original))
    if isinstance(error, (OperationalError, InterfaceError)):
        return StoreUnavailable("The connection to the database was lost.")
    return StoreError("The database refused a statement.")


def _from_postgres(state: str) -> StoreError:
    if state.startswith("23"):
        return Conflict("The database refused a row that breaks one of its rules.")
    if state in _POSTGRES_OLD_SCHEMA:
        return SchemaMismatch("The database lacks a table or column this program needs.")
    if state.startswith(_POSTGRES_OUTAGES):
        return StoreUnavailable("The database is not able to answer just now.")
    return StoreError("The database refused a statement.")


def _from_sqlite(code: int, text: str) -> StoreError:
    if code & 0xFF == 19:
        return Conflict("The database refused a row that breaks one of its rules.")
    if code & 0xFF in _SQLITE_OUTAGES:
        return StoreUnavailable("The database is not able to answer just now.")
    if text.startswith(("no such table", "no such column")):
        return SchemaMismatch("The database lacks a table or column this program needs.")
    return StoreError("The database refused a statement.")
