"""T59: a database of every older schema is brought up with its data, row for row, and back one step again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, inspect

from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Kind, Message
from peersupport.ports import Member, Post
from peersupport.requests import State, SupportRequest
from peersupport.supporters import Supporter
from store import migrations
from store.database import Database
from store.keyring import Keyring
from store.master import FileMasterKey
from store.migrations import group_cafe, group_informal, group_pages, group_sessions
from store.store import Store
from store.tables import REVISIONS
from tests.store.lookup_town import add_beside
from tests.store.records import (
    ADMIN,
    AVERY,
    PROGRAMME,
    ROBIN,
    START,
    MovableClock,
    a_contact,
    a_member,
    a_profile,
    an_offer,
    open_request,
    register_supporter,
    some_needs,
)
from tests.store.test_sessions import EVENINGS

Rows = dict[str, dict[str, dict[str, Any]]]
"""Of each table, by the row's own key, what stands in each column as the database holds it."""
_NOT_DATA = {"alembic_version"}
_PARTS = (group_cafe, group_informal, group_pages, group_sessions)
_NEWEST = {Kind(kind) for part in _PARTS for kind in part.NEW_KINDS}
"""Rows that the program of the revision before does not know."""
_EMPTY = {
    "0001": set(),
    "0002": {"approvals", "reports"},
    "0003": {"approvals", "consent_links", "notices", "paces", "partner_keys", "put_off", "reports", "safety_concerns"}
    | {"silences"},
}
"""Tables that are empty in most installations."""


class Installation:
    """A database in somebody's hands, whose program is opened and closed."""

    def __init__(self, url: str, folder: Path, master: Path) -> None:
        self.url, self.clock = url, MovableClock()
        self._keyring_url, self._master = f"sqlite:///{folder}/keyring.db", FileMasterKey(master)

    async def make(self) -> None:
        await migrations.upgrade(self.url)
        keyring = Keyring(self._keyring_url, self._master, self.clock, spares=1)
        await keyring.create()
        await keyring.close()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Store]:
        keyring = Keyring(self._keyring_url, self._master, self.clock, spares=2)
        store = Store(self.url, keyring, self.clock)
        await store.ready()
        try:
            yield store
        finally:
            await store.close()
            await keyring.close()

    async def rows(self) -> Rows:
        """Return everything as it stands in the database, whatever its schema."""
        database = Database(self.url)
        async with database.begin() as connection:
            found = await connection.run_sync(_everything)
        await database.close()
        return found


def _everything(connection: Connection) -> Rows:
    found: Rows = {}
    for table in sorted(set(inspect(connection).get_table_names()) - _NOT_DATA):
        if table.startswith("sqlite_"):
            continue
        keys = inspect(connection).get_pk_constraint(table)["constrained_columns"]
        rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings().all()
        found[table] = {str([row[key] for key in keys]): dict(row) for row in rows}
    return found


def assert_kept(before: Rows, after: Rows) -> None:
    """See that every row is there, with the same in every column that was there; nothing came of itself."""
    for table, rows in before.items():
        assert set(after[table]) == set(rows), table
        for key, row in rows.items():
            assert {name: after[table][key][name] for name in row} == row, table


class Told:
    """What was told to the program, to be read again."""

    request: SupportRequest
    supporter: Supporter
    member: Member
    post: Post

    async def write(self, store: Store) -> None:
        """Put something into every table that the oldest schema has, and into most of the others."""
        self.request = await open_request(store)
        self.supporter = await register_supporter(store)
        self.member, self.post = a_member(), Post(uuid4(), self.request.id, Kind.CARD, "C0CHANNEL", "1.2")
        async with store.work() as work:
            await work.members.seed(PROGRAMME, [self.member])
            await work.offers.add(
                [an_offer(self.request.id, self.supporter.id, expires_at=START + timedelta(hours=12))]
            )
            await work.posts.add(self.post)
            await work.preferences.choose_language(AVERY, "fr")
            await work.cover_choices.choose(AVERY, wanted=False)
            await add_beside(work, ROBIN, ADMIN)
            assert await work.receipts.keep("a view", self.request.id)
            await work.tallies.add(PROGRAMME, "received", START)
            await work.audit.write(Entry(Event.REQUEST_OPENED, START, ActorKind.REQUESTER, None, self.request.id))
            due = START + timedelta(days=3)
            key = f"{Kind.ASK_REQUESTER}:{self.request.id}:1"
            await work.outbox.put(Message(Kind.ASK_REQUESTER, self.request.id, key, PROGRAMME, run_at=due))

    async def read(self, store: Store) -> None:
        """See that all of it opens, says the same, and is found by whom it belongs to."""
        async with store.work() as work:
            request = await work.requests.get(self.request.id)
            assert request == replace(self.request, version=request.version if request else 0)
            assert await work.requests.needs(self.request.id) == some_needs()
            assert await work.requests.contact(self.request.id) == a_contact()
            assert [each.id for each in await work.requests.of(AVERY)] == [self.request.id]
            assert await work.supporters.find(PROGRAMME, ROBIN) == (self.supporter, a_profile())
            assert await work.members.all(PROGRAMME) == [self.member]
            assert set((await work.members.standing(ADMIN)).members) == {PROGRAMME}
            assert await work.posts.of(self.request.id) == [self.post]
            assert await work.preferences.language(AVERY) == "fr"
            assert await work.receipts.find("a view") == (True, self.request.id)
            assert sum((await work.tallies.read(PROGRAMME)).values()) == 1
            assert [each.event for each in await work.audit.of(self.request.id)] == [Event.REQUEST_OPENED]
            assert await work.outbox.waiting(self.request.id) == {Kind.ASK_REQUESTER}
        assert await store.verify_audit() is None


async def _goes_on(store: Store, request: UUID) -> None:
    """Let the program write what only the newest schema holds, and take it back: rows as they were are compared."""
    async with store.work() as work:
        held = await work.requests.get(request, lock=True)
        assert held is not None
        assert await work.requests.save(replace(held, state=State.CONFIRMED, waits_at=START))
        for kind in _NEWEST:
            await work.outbox.put(Message(kind, request, f"{kind}:{request}", PROGRAMME))
        await work.series.add(EVENINGS)
        await work.series.set_link(EVENINGS.id, "https://meet.example/1")


@pytest.mark.threat("T59")
@pytest.mark.parametrize("old", REVISIONS[:-1])
async def test_the_data_of_an_older_schema_comes_up_row_for_row_and_back_one_step(
    old: str, empty_url: str, tmp_path: Path, master_file: Path
) -> None:
    installed, told = Installation(empty_url, tmp_path, master_file), Told()
    await installed.make()
    async with installed.opened() as store:
        await told.write(store)
    await migrations.downgrade(empty_url, old)
    aged = await installed.rows()
    assert {table for table, rows in aged.items() if not rows} == _EMPTY[old], (
        "the older schema holds data in every table"
    )

    await migrations.upgrade(empty_url)
    assert_kept(aged, await installed.rows())
    async with installed.opened() as store:
        await told.read(store)
        await _goes_on(store, told.request.id)

    # One step back: the older program finds its rows and none of a kind that it does not know.
    risen = await installed.rows()
    await migrations.downgrade(empty_url, "-1")
    assert await migrations.current(empty_url) == REVISIONS[-2]
    back = await installed.rows()
    assert not {row["kind"] for row in back["outbox"].values()} & _NEWEST
    for table in set(back) - {"outbox"}:
        names = next(iter(back[table].values()), {})
        kept = {key: {name: row[name] for name in names} for key, row in risen[table].items()}
        assert kept == back[table], table
    await migrations.upgrade(empty_url)
    async with installed.opened() as store:
        told.request = replace(told.request, state=State.CONFIRMED, waits_at=START)
        await told.read(store)
