"""Consent links on a real database: keyed hashes only, tries counted one after the other, gone with their time."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from peersupport import consent_links
from peersupport.consent_link import MOST_TRIES, About, Link
from store.database import Database
from store.store import Store
from store.tables_beside import consent_links as table
from tests.store.conftest import Places
from tests.store.records import START, MovableClock
from tests.store.test_workflow_races import IDS

SUBJECT = uuid4()
ENDS = START + timedelta(days=7)


async def issued(store: Store) -> Link:
    async with store.work() as work:
        return await consent_links.issue(work, IDS, SUBJECT, About.REFERRAL, ends=ENDS, now=START)


async def opens(store: Store, token: str, code: str) -> bool:
    async with store.work() as work:
        return await consent_links.open_with(work, token, code, START) is not None


@pytest.mark.req("U3")
async def test_neither_token_nor_code_is_kept(store: Store, database: Places) -> None:
    first, second = await issued(store), await issued(store)
    other = Database(database.url)
    async with other.begin() as connection:
        rows = (await connection.execute(select(table))).all()
    await other.close()
    assert len(rows) == 1
    assert len(rows[0].token_hash) == len(rows[0].code_hash) == 32
    kept = repr(rows).casefold()
    for link in (first, second):
        assert link.token not in kept
        assert f"'{link.code}'" not in kept
    assert not await opens(store, first.token, first.code)
    assert await opens(store, second.token, second.code)


@pytest.mark.threat("T16")
async def test_many_guesses_at_once_are_counted_one_by_one(store: Store) -> None:
    link = await issued(store)
    wrong = f"{(int(link.code) + 1) % 10**8:08}"
    await asyncio.gather(*(opens(store, link.token, wrong) for _ in range(2 * MOST_TRIES)))
    assert not await opens(store, link.token, link.code)
    async with store.work() as work:
        found = await work.consent_links.hold(link.token)
    assert found is not None
    assert found.tries == MOST_TRIES


async def test_what_ended_is_forgotten_in_time(store: Store, clock: MovableClock) -> None:
    link = await issued(store)
    assert await store.purge(receipts=timedelta(days=2)) == 0
    clock.move(days=10)
    assert await store.purge(receipts=timedelta(days=2)) == 1
    async with store.work() as work:
        assert await work.consent_links.hold(link.token) is None
