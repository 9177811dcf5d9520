"""Commits shared by units of work on SQLite: together on the disk or not at all, each undone alone."""

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from peersupport import ports
from peersupport.people import Address
from store.keyring import Keyring
from store.links import SqliteLink
from store.master import FileMasterKey
from store.store import Store
from tests.store.records import AVERY, ROBIN, MovableClock

PEOPLE = [replace(AVERY, user=f"U0MANY{number}") for number in range(24)]


@pytest.fixture
async def sqlite(tmp_path: Path, sqlite_template: Path, master_file: Path) -> AsyncIterator[Store]:
    for name in ("main.db", "keyring.db"):
        shutil.copy2(sqlite_template / name, tmp_path / name)
    clock = MovableClock()
    keyring = Keyring(f"sqlite:///{tmp_path}/keyring.db", FileMasterKey(master_file), clock)
    store = Store(f"sqlite:///{tmp_path}/main.db", keyring, clock)
    await store.ready()
    yield store
    await store.close()


async def choose(store: Store, who: Address, language: str = "fr", *, fail: bool = False) -> None:
    async with store.work() as work:
        await work.preferences.choose_language(who, language)
        await asyncio.sleep(0)
        if fail:
            raise ZeroDivisionError


async def chosen(store: Store) -> list[str | None]:
    async with store.work() as work:
        return [await work.preferences.language(who) for who in PEOPLE]


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the commits that went to the disk."""
    counted: Counter[str] = Counter()
    real = SqliteLink.commit

    async def commit(link: SqliteLink) -> None:
        counted["commits"] += 1
        await real(link)

    monkeypatch.setattr(SqliteLink, "commit", commit)
    return counted


async def test_those_who_wait_share_a_commit(sqlite: Store, commits: Counter[str]) -> None:
    await asyncio.gather(*(choose(sqlite, who) for who in PEOPLE))
    assert commits["commits"] <= 3
    assert await chosen(sqlite) == ["fr"] * len(PEOPLE)


async def test_one_alone_commits_at_once(sqlite: Store, commits: Counter[str]) -> None:
    for number in range(3):
        await choose(sqlite, PEOPLE[number])
        assert commits["commits"] == number + 1


async def test_each_is_undone_alone(sqlite: Store) -> None:
    deeds = [choose(sqlite, who, fail=number % 3 == 0) for number, who in enumerate(PEOPLE)]
    results = await asyncio.gather(*deeds, return_exceptions=True)
    assert [isinstance(result, ZeroDivisionError) for result in results] == [n % 3 == 0 for n in range(len(PEOPLE))]
    assert await chosen(sqlite) == [None if number % 3 == 0 else "fr" for number in range(len(PEOPLE))]


async def test_failed_commit_is_told_to_all(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(link: SqliteLink) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(SqliteLink, "commit", full)
        results = await asyncio.gather(*(choose(sqlite, who) for who in PEOPLE), return_exceptions=True)
    assert all(isinstance(result, ports.StoreUnavailable) for result in results)
    assert await chosen(sqlite) == [None] * len(PEOPLE)
    await choose(sqlite, AVERY)


async def test_nothing_is_written_after_the_database_undid_the_rest(sqlite: Store) -> None:
    """A full disk makes SQLite undo the whole transaction; what follows must not be kept alone."""

    async def undone() -> None:
        async with sqlite.work() as work:
            await work.preferences.choose_language(PEOPLE[1], "fr")
            writer = sqlite._connections._writer
            assert writer is not None
            assert writer._link is not None
            await writer._link.rollback()
            await work.preferences.choose_language(PEOPLE[2], "fr")

    deeds = (choose(sqlite, PEOPLE[0]), undone(), choose(sqlite, PEOPLE[3]))
    results = await asyncio.gather(*deeds, return_exceptions=True)
    assert all(isinstance(result, ports.StoreUnavailable) for result in results)
    assert await chosen(sqlite) == [None] * len(PEOPLE)
    await choose(sqlite, PEOPLE[0])
    assert (await chosen(sqlite))[0] == "fr"


async def test_cancelled_ones_do_not_take_others_along(sqlite: Store) -> None:
    for wait in range(12):
        tasks = [asyncio.create_task(choose(sqlite, who, str(wait))) for who in PEOPLE]
        for _ in range(wait):
            await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert results[1::2] == [None] * len(PEOPLE[1::2])
        assert (await chosen(sqlite))[1::2] == [str(wait)] * len(PEOPLE[1::2])
    await choose(sqlite, ROBIN)


async def test_rolled_back_work_sees_what_won(sqlite: Store) -> None:
    """Whoever lost finds the winner's result after undoing their own, because it waits for the winner's commit."""
    winners: list[bool] = []

    async def submit() -> bool:
        async with sqlite.work() as work:
            if await work.receipts.keep("view:V9"):
                winners.append(True)
                return True
            await work.rollback()
            return (await work.receipts.find("view:V9"))[0]

    assert await asyncio.gather(*(submit() for _ in range(20))) == [True] * 20
    assert winners == [True]
