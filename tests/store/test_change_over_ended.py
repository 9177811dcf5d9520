"""A change-over of the index key that is interrupted, or meets what cannot go over, loses nobody."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from peersupport.addresses import Address
from store import rehash
from store.change_over import LIFE, Stage
from store.database import Database
from store.store import Store
from store.tables import metadata
from store.transaction import Transaction
from tests.rules.world import VANCOUVER
from tests.store.lookup_town import HASHES, PEOPLE, Town, matched
from tests.store.records import (
    ADMIN,
    AVERY,
    ROBIN,
    open_request,
)


class TestEnded:
    """The process is ended at each of its statements; the next one goes on."""

    async def test_whatever_statement_is_the_last_the_next_process_goes_on(
        self, town: Town, second_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await second_store.ready()
        steps = 0
        for night in (Stage.ANNOUNCED, Stage.DONE):
            town.clock.move(days=LIFE.days if night is Stage.ANNOUNCED else 1)
            last = 1
            while await self._ends_at(town, last, monkeypatch):
                last += 1
                steps += 1
                await town.found(second_store)
            assert len(await town.keys()) == (2 if night is Stage.ANNOUNCED else 1)
        assert steps > 12
        (key,) = await town.keys()
        stored = await town.stored()
        for who in (AVERY, ADMIN, ROBIN):
            assert matched(stored, [key], who)
        await town.found(second_store)

    async def _ends_at(self, town: Town, last: int, monkeypatch: pytest.MonkeyPatch) -> bool:
        """Renew as a process that ends at this statement, in either database; False where it got through before."""
        count = 0
        ready = Transaction._ready

        async def ready_until(self: Transaction, statement: Any) -> Any:
            nonlocal count
            count += 1
            if count == last:
                raise Ended
            return await ready(self, statement)

        store = Store(town.places.url, town.another(), town.clock)
        await store.ready()
        monkeypatch.setattr(Transaction, "_ready", ready_until)
        try:
            await store.renew_index()
        except Ended:
            return True
        else:
            return False
        finally:
            monkeypatch.setattr(Transaction, "_ready", ready)
            await store.close()


class Ended(BaseException):
    """The process is gone."""


class TestWhatCannotGoOver:
    async def test_a_row_that_does_not_open_keeps_both_keys(self, town: Town) -> None:
        opened = Database(town.places.url)
        async with opened.begin() as connection:
            await connection.exec_driver_sql("UPDATE requests SET needs = contact")
        town.clock.move(days=LIFE.days)
        assert await town.store.renew_index() is Stage.ANNOUNCED
        town.clock.move(days=1)
        assert await town.store.renew_index() is Stage.STUCK
        assert len(await town.keys()) == 2
        async with town.store.work() as work:
            assert [each.id for each in await work.requests.of(AVERY)] == [town.request.id], "found by the old key"
        town.clock.move(days=9)
        assert (await town.store.self_audit({VANCOUVER.id: VANCOUVER.retention})).lookup_key == 1
        await opened.close()

    async def test_an_erased_row_is_left_behind_and_matches_nobody(self, town: Town) -> None:
        (key,) = await town.keys()
        before = await town.stored()
        async with town.store.work() as work:
            await work.requests.erase(town.request.id)
            await work.preferences.forget(AVERY)
            await work.cover_choices.forget(AVERY)
        assert matched(before, [key], AVERY) == set(before) - rehash.APART - {
            "members.person_hash",
            "supporters.person_hash",
            "partner_people.person_hash",
            "referrals.colleague_hash",
            "referrals.referrer_hash",
            "registrations.person_hash",
            "proposals.person_hash",
            "readers.person_hash",
            "pitches.person_hash",
            "listings.person_hash",
            "list_members.person_hash",
            "terms_accepted.person_hash",
            "themes.person_hash",
            "introductions.asker_hash",
            "introductions.peer_hash",
            "check_ins.person_hash",
        }
        town.clock.move(days=LIFE.days)
        await town.renew()
        assert matched(before, await town.keys(), AVERY) == set(), "a copy from before tells nothing any more"

    async def test_choices_from_before_addresses_stood_beside_them(self, town: Town) -> None:
        """They are found while a key changes over, are sealed with the next choice, and lapse otherwise."""
        (key,) = await town.keys()
        opened = Database(town.places.url)
        async with opened.begin() as connection:
            rows = [{"person_hash": key.member(who.team, who.user), "language": "fr"} for who in PEOPLE[:2]]
            await connection.execute(metadata.tables["preferences"].insert(), rows)
        await opened.close()
        await town.store.announce_index()
        async with town.store.work() as work:
            assert [await work.preferences.language(who) for who in PEOPLE[:2]] == ["fr", "fr"]
            await work.preferences.choose_discreet(PEOPLE[0], discreet=True)
        town.clock.move(days=1)
        assert await town.store.renew_index() is Stage.DONE
        async with town.store.work() as work:
            assert [await work.preferences.language(who) for who in PEOPLE[:2]] == ["fr", None]
            assert await work.preferences.discreet(PEOPLE[0])
        assert len((await town.stored())["preferences.person_hash"]) == 2

    def test_every_column_with_a_hash_goes_over_or_is_of_nobody(self) -> None:
        assert {carried.column for carried in rehash.CARRIED} | rehash.APART == {
            f"{column.table.name}.{column.name}" for column in HASHES
        }

    async def test_more_rows_than_one_page(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        many = [Address("T0NORTH", f"U0MANY{number}") for number in range(rehash.PAGE + 3)]
        for who in many:
            await open_request(town.store, who, id=(id_ := uuid4()), reference=f"M-{id_.hex[:8]}")
        town.clock.move(days=LIFE.days)
        await town.renew()
        async with town.store.work() as work:
            assert [len(await work.requests.of(who)) for who in many] == [1] * len(many)
