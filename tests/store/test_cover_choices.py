"""Choices about the monthly note: sealed under a key each, and gone with it."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from peersupport import cover
from peersupport.notifications import Kind
from peersupport.people import Address
from store.database import Database
from store.keyring import Keyring
from store.self_audit import Findings
from store.store import Store
from store.tables import cover_choices
from tests.rules.world import vancouver
from tests.store.conftest import Places
from tests.store.records import AVERY, PROGRAMME, ROBIN, MovableClock, register_supporter


async def choose(store: Store, who: Address, *, wanted: bool) -> UUID:
    """Keep somebody's word, and return under which id."""
    async with store.work() as work:
        await work.cover_choices.choose(who, wanted=wanted)
        return next(each.id for each in await work.cover_choices.all() if each.who == who)


async def rows_of(database: Places, table: object) -> list[tuple[object, ...]]:
    opened = Database(database.url)
    async with opened.begin() as connection:
        found = [tuple(row) for row in await connection.execute(select(table))]  # type: ignore[call-overload]
    await opened.close()
    return found


async def test_a_word_is_kept_changed_and_forgotten(store: Store, database: Places) -> None:
    avery, robin = await choose(store, AVERY, wanted=True), await choose(store, ROBIN, wanted=True)
    assert await choose(store, AVERY, wanted=False) == avery
    async with store.work() as work:
        assert [await work.cover_choices.wanted(who) for who in (AVERY, ROBIN)] == [False, True]
        assert await work.cover_choices.wanted(Address("T0NORTH", "U0NOBODY")) is None
        found = await work.cover_choices.get(robin)
        assert found is not None
        assert (found.who, found.wanted, repr(found)) == (ROBIN, True, "CoverChoice(...)")
    stored = await rows_of(database, cover_choices)
    assert len({row[3] for row in stored}) == 2, "each has a data key of its own"
    for who in (AVERY, ROBIN):
        assert who.user.encode() not in repr(stored).encode()
        async with store.work() as work:
            await work.cover_choices.forget(who)
            await work.cover_choices.forget(who)
    assert await rows_of(database, cover_choices) == []


async def test_two_presses_at_once_are_one_choice(store: Store, database: Places) -> None:
    await asyncio.gather(*(choose(store, AVERY, wanted=True) for _ in range(5)))
    assert len(await rows_of(database, cover_choices)) == 1


@pytest.mark.threat("T62")
async def test_forgetting_takes_the_key_along(
    store: Store, clock: MovableClock, database: Places, keyring: Keyring
) -> None:
    await choose(store, AVERY, wanted=True)
    key = (await rows_of(database, cover_choices))[0][3]
    async with store.work() as work:
        await work.cover_choices.forget(AVERY)
    assert isinstance(key, UUID)
    clock.move(days=10)
    assert key not in await keyring.minted_before(clock.now().date())
    await store.sweep()
    assert await store.self_audit({}) == Findings()


async def test_two_processes_that_plan_at_once_put_down_one_note_each(store: Store, clock: MovableClock) -> None:
    covering = vancouver(id=PROGRAMME, privacy={"cover_traffic": True})
    await register_supporter(store)
    await choose(store, AVERY, wanted=True)
    clock.move(days=8)

    async def plans() -> int:
        async with store.work() as work:
            return await cover.plan(work, {PROGRAMME: covering}, clock.now())

    assert sorted(await asyncio.gather(*(plans() for _ in range(4)))) == [0, 0, 0, 2]
    clock.move(days=1)
    assert await plans() == 0
    claims = await store.queue.claim(10)
    assert [each.due.kind for each in claims] == [Kind.TELL_COVER, Kind.TELL_COVER]
    assert len({each.due.subject for each in claims}) == 2
