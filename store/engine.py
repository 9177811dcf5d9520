"""Addresses of databases, how connections to them behave, and SQLAlchemy's engine for migrations.

SQLite writes inside BEGIN IMMEDIATE, so that reading and then writing cannot fail half-way; PostgreSQL runs with short
timeouts, so that a person is answered within Slack's three seconds even when the database is not well.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from store.errors import StoreError
from store.trouble import guarded

_DRIVERS = {
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
}


@dataclass(frozen=True, slots=True)
class Tuning:
    """How an engine behaves: connections, seconds to wait, and SQLite's pragmas."""

    pool_size: int = 10
    pool_timeout: float = 1.2
    connect_timeout: float = 1.5
    statement_timeout: float = 1.2
    lock_timeout: float = 1.0
    busy_timeout: float = 1.0
    create: bool = False
    """Whether SQLAlchemy's engine makes a missing SQLite file; otherwise that is an outage."""
    pragmas: Mapping[str, str] = field(
        default_factory=lambda: {
            "journal_mode": "WAL",
            "foreign_keys": "ON",
            "secure_delete": "ON",
            "synchronous": "FULL",
        }
    )

    def for_postgres(self) -> dict[str, Any]:
        """The arguments of an asyncpg connection."""
        return {
            "timeout": self.connect_timeout,
            # A little above the server's own limit: it ends a wait on a server that no longer answers at all.
            "command_timeout": self.statement_timeout + 0.3 if self.statement_timeout else None,
            "server_settings": {
                "application_name": "peersupport",
                "statement_timeout": _milliseconds(self.statement_timeout),
                "lock_timeout": _milliseconds(self.lock_timeout),
                "idle_in_transaction_session_timeout": "30000",
                "timezone": "UTC",
            },
        }


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
        pool_size=1,
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
        connect_args=tuning.for_postgres(),
    )


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


class Database:
    """SQLAlchemy's engine, for migrations; its errors come out in our own words."""

    def __init__(self, url: str, tuning: Tuning = MAIN) -> None:
        """Nothing connects before first use."""
        self.file = sqlite_file(url)
        """The SQLite file, or None for PostgreSQL."""
        self._engine = make_engine(url, tuning)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed on a clean exit, else rolled back."""
        with guarded():
            async with self._engine.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
