"""SQLAlchemy's own engine, for making and migrating tables only: it takes time and memory to load."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from sqlalchemy import URL, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from store.engine import MAIN, Tuning, async_url, sqlite_file
from store.errors import StoreError
from store.trouble import guarded


def make_engine(url: str, tuning: Tuning = MAIN) -> AsyncEngine:
    """Make an engine; nothing connects before first use."""
    parsed = async_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, tuning)
    return _postgres(parsed, tuning)


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
