"""Partners' keys: several at once, a secret that goes when its key ends, and a count that no two processes overrun."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from peersupport.partner_keys import HOUR, PartnerKey
from store.database import Database
from store.store import Store
from tests.store.conftest import Places
from tests.store.records import PROGRAMME, START, MovableClock


def a_key(partner: str = "coordinators") -> PartnerKey:
    return PartnerKey(uuid4(), PROGRAMME, partner, START)


async def kept(store: Store, secret: bytes = b"s" * 32) -> PartnerKey:
    key = a_key()
    async with store.work() as work:
        await work.partner_keys.add(key, secret)
    return key


@pytest.mark.req("I5")
async def test_two_keys_hold_while_one_takes_over_from_the_other(store: Store) -> None:
    first, second = await kept(store, b"1" * 32), await kept(store, b"2" * 32)
    async with store.work() as work:
        assert await work.partner_keys.secret(first.id) == (first, b"1" * 32)
        assert await work.partner_keys.secret(second.id) == (second, b"2" * 32)
        assert await work.partner_keys.secret(uuid4()) is None
        assert await work.partner_keys.end(first.id, START) == first
    async with store.work() as work:
        assert await work.partner_keys.secret(first.id) is None
        assert await work.partner_keys.secret(second.id) == (second, b"2" * 32)
        assert {each.id: each.ended_at for each in await work.partner_keys.all(PROGRAMME)} == {
            first.id: START,
            second.id: None,
        }
        assert await work.partner_keys.end(first.id, START) is None
        assert await work.partner_keys.end(uuid4(), START) is None
        assert await work.partner_keys.take(first.id, START) is None, "an ended key sends nothing"
        assert await work.partner_keys.all("elsewhere") == []


@pytest.mark.req("I5")
async def test_what_a_key_is_made_of_is_sealed_and_goes_with_it(store: Store, database: Places) -> None:
    key = await kept(store, b"ab" * 16)

    async def row() -> list[Any]:
        plain = Database(database.url)
        async with plain.begin() as connection:
            found = list((await connection.exec_driver_sql("SELECT key_id, secret FROM partner_keys")).all()[0])
        await plain.close()
        return found

    key_id, secret = await row()
    assert key_id
    assert secret
    assert b"abab" not in secret
    async with store.work() as work:
        await work.partner_keys.end(key.id, START)
    assert await row() == [None, None]


@pytest.mark.threat("T66")
async def test_an_hour_has_room_for_so_many_and_the_next_begins_anew(store: Store, clock: MovableClock) -> None:
    key, other = await kept(store), await kept(store)

    async def take(id: UUID = key.id) -> bool:
        async with store.work() as work:
            return await work.partner_keys.take(id, clock.now(), 3) is not None

    assert [await take() for _ in range(5)] == [True, True, True, False, False]
    assert await take(other.id), "the other's hour is their own"
    clock.move(seconds=HOUR.total_seconds() - 1)
    assert not await take()
    clock.move(seconds=1)
    assert [await take() for _ in range(4)] == [True, True, True, False]


@pytest.mark.threat("T66")
async def test_two_processes_let_no_more_through_than_one(store: Store, second_store: Store) -> None:
    key = await kept(store)

    async def take(through: Store) -> bool:
        async with through.work() as work:
            return await work.partner_keys.take(key.id, START, 5) is not None

    assert sum(await asyncio.gather(*(take(each) for each in (store, second_store) for _ in range(8)))) == 5
