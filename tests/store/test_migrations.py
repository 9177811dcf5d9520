"""The schema moves up and down, one process at a time, and equals what the tables say."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from store import migrations
from store.connections import Connections
from store.database import Database
from store.errors import SchemaMismatch
from store.schema import check_schema
from store.tables import REVISIONS, metadata
from tests.store.conftest import Places


def test_program_needs_the_newest_revision() -> None:
    assert migrations.head() == REVISIONS[-1]


async def test_migrations_make_what_the_tables_say(database: Places) -> None:
    opened = Database(database.url)
    async with opened.begin() as connection:
        assert await connection.run_sync(_differences) == []
    await opened.close()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
    return list(compare_metadata(context, metadata))


async def test_up_down_up(empty_url: str) -> None:
    await migrations.upgrade(empty_url)
    assert await migrations.current(empty_url) == migrations.head()
    await migrations.downgrade(empty_url, "base")
    assert await migrations.current(empty_url) is None
    await migrations.upgrade(empty_url)
    assert await migrations.current(empty_url) == migrations.head()


async def test_several_processes_migrate_at_once(empty_url: str) -> None:
    await asyncio.gather(*(migrations.upgrade(empty_url) for _ in range(4)))
    assert await migrations.current(empty_url) == migrations.head()


async def test_migrating_again_changes_nothing(database: Places) -> None:
    await migrations.upgrade(database.url)
    assert await migrations.current(database.url) == migrations.head()


async def test_empty_database_is_refused(empty_url: str) -> None:
    connections = Connections(empty_url)
    with pytest.raises(SchemaMismatch, match="no tables yet"):
        await check_schema(connections)
    connections.close()


async def test_older_and_newer_schemas_are_refused(database: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, connections = Database(database.url), Connections(database.url)
    await check_schema(connections)
    monkeypatch.setattr("store.schema.REVISIONS", (*REVISIONS, "9998"))
    with pytest.raises(SchemaMismatch, match="older than this program"):
        await check_schema(connections)
    async with opened.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch, match="newer than this program"):
        await check_schema(connections)
    connections.close()
    await opened.close()
