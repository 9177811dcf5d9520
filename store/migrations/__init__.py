"""Moves the main database from one schema revision to the next, on both dialects, safely under several processes."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from store.database import Database
from store.engine import MIGRATION
from store.errors import SchemaMismatch

_HERE = Path(__file__).parent
_LOCK = 0x70656572736376


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file; with a connection, the migration runs on it."""
    settings = Config()
    settings.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to a revision; of two processes the second waits and finds nothing to do."""
    await in_one_transaction(url, lambda connection: command.upgrade(config(connection), revision))


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision; ``base`` leaves nothing."""
    await in_one_transaction(url, lambda connection: command.downgrade(config(connection), revision))


async def current(url: str) -> str | None:
    """The revision the database is at, or None where there is no schema."""
    database = Database(url, MIGRATION)
    try:
        async with database.begin() as connection:
            return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    finally:
        await database.close()


def head() -> str:
    """The newest revision that this program carries."""
    revision = ScriptDirectory.from_config(config()).get_current_head()
    assert revision is not None
    return revision


async def in_one_transaction(url: str, deed: Callable[[Connection], None]) -> None:
    """Make the database's file where it is missing, and change the database as one: all of it or nothing."""
    database = Database(url, MIGRATION)
    if database.file is not None:
        database.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        database.file.touch(mode=0o600)
    try:
        async with database.begin() as connection:
            await connection.run_sync(_one_at_a_time)
            await connection.run_sync(deed)
            await connection.run_sync(_references_hold)
    finally:
        await database.close()


def _one_at_a_time(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE does the same.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _references_hold(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise SchemaMismatch("The migration would have left a row that refers to nothing; nothing was changed.")
