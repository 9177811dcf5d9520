"""The index key has a limited life: who is looked up is found all the time, and a copy from before matches nobody."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peersupport.addresses import Address
from peersupport.people import Role
from peersupport.ports import Presumed
from peersupport.requests import SupportRequest
from store import change_over, index_keys, rehash
from store.change_over import LIFE, SETTLED, Stage
from store.errors import KeyringUnavailable, StoreUnavailable
from store.keyring import Keyring
from store.lookups import AT_MOST
from store.store import Store
from store.transaction import Transaction
from tests.store.lookup_town import PEOPLE, SAGE, Still, Town, add_beside, add_shared, matched
from tests.store.records import (
    ADMIN,
    AVERY,
    PROGRAMME,
    ROBIN,
    a_contact,
    a_member,
    a_profile,
    a_request,
    a_supporter,
    some_needs,
)


class TestNights:
    async def test_a_key_that_is_old_enough_is_replaced_within_two_nights(self, town: Town) -> None:
        (before,) = await town.keys()
        assert await town.store.renew_index() is Stage.YOUNG
        town.clock.move(days=LIFE.days)
        assert await town.renew() == [Stage.ANNOUNCED, Stage.DONE]
        (after,) = await town.keys()
        assert after.id != before.id
        stored = await town.stored()
        for who in (AVERY, ADMIN, ROBIN):
            assert matched(stored, [before], who) == set(), "nobody is found by a key that is gone"
        assert matched(stored, [after], AVERY) == {
            "requests.requester_hash",
            "preferences.person_hash",
            "cover_choices.person_hash",
        }
        await town.found()
        assert await town.store.renew_index() is Stage.YOUNG

    async def test_half_a_day_is_waited_for(self, town: Town) -> None:
        town.clock.move(days=LIFE.days)
        assert await town.store.renew_index() is Stage.ANNOUNCED
        town.clock.move(seconds=SETTLED.total_seconds() - 1)
        assert await town.store.renew_index() is Stage.WAITS
        assert len(await town.keys()) == 2
        await town.found()
        town.clock.move(seconds=1)
        assert await town.store.renew_index() is Stage.DONE

    async def test_the_life_is_what_was_set(self, town: Town) -> None:
        store = Store(town.places.url, town.another(), town.clock, index_life=timedelta(days=3))
        town.clock.move(days=2)
        assert await store.renew_index() is Stage.YOUNG
        town.clock.move(days=1)
        assert await store.renew_index() is Stage.ANNOUNCED
        await store.close()

    async def test_an_operator_may_begin_at_once(self, town: Town) -> None:
        await town.store.announce_index()
        keys = {key.id for key in await town.keys()}
        await town.store.announce_index()
        assert {key.id for key in await town.keys()} == keys, "one at a time"
        town.clock.move(days=1)
        assert await town.store.renew_index() is Stage.DONE

    async def test_everybody_is_found_between_any_two_steps(
        self, town: Town, second_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        town.clock.move(days=LIFE.days)
        await town.store.renew_index()
        town.clock.move(days=1)
        looked = 0
        run_many = Transaction.run_many

        async def run_and_look(self: Transaction, statement: Any, values: Any) -> None:
            nonlocal looked
            await run_many(self, statement, values)
            if "was" in values[0]:
                await self.commit()
                looked += 1
                await town.found()
                await town.found(second_store)

        monkeypatch.setattr(Transaction, "run_many", run_and_look)
        assert await town.store.renew_index() is Stage.DONE
        assert looked == len(rehash.CARRIED)
        await town.found(second_store)


class TestOthers:
    """Processes beside the one that changes the key over."""

    async def test_who_did_not_hear_of_it_puts_nothing_under_the_old_key(self, town: Town) -> None:
        still = Still()
        late = Store(town.places.url, town.another(still), still)
        await late.ready()
        town.clock.move(days=LIFE.days)
        await town.renew()
        async with late.work() as work:
            assert not await work.requests.add(a_request(), some_needs(AVERY), a_contact()), "there is an open one"
            assert await work.requests.add(a_request(), some_needs(SAGE), a_contact())
            assert not await work.supporters.add(a_supporter(), a_profile(ROBIN))
            assert await work.supporters.add(a_supporter(), a_profile(SAGE))
            await work.preferences.choose_language(SAGE, "fr")
            await work.cover_choices.choose(SAGE, wanted=False)
            member = replace(a_member(SAGE), programme="south")
            assert await work.members.seed("south", [member])
            await add_beside(work, SAGE, SAGE)
            await add_shared(work, SAGE)
        stored, keys = await town.stored(), await town.keys()
        assert matched(stored, keys, SAGE) == set(stored) - rehash.APART
        await town.found(late)
        await late.close()

    @pytest.mark.parametrize("known", ["one", "both"])
    async def test_nobody_comes_to_have_two_of_anything(self, town: Town, known: str) -> None:
        """The rows have not gone over yet, and are found nevertheless by who writes by the new key already."""
        still = Still()
        if known == "both":
            await town.store.announce_index()
        late = Store(town.places.url, town.another(still), still)
        await late.ready()
        await town.store.announce_index()
        town.clock.move(days=1)
        async with town.store.work():
            pass
        old, new = await town.keys()
        assert town.store._secrets is not None
        assert await change_over._name(town.store._connections, town.store._secrets, old.id, new.id)
        for store in (town.store, late):
            async with store.work() as work:
                assert not await work.requests.add(a_request(), some_needs(AVERY), a_contact())
                assert not await work.supporters.add(a_supporter(), a_profile(ROBIN))
                await work.preferences.choose_language(AVERY, "fr")
                await work.cover_choices.choose(AVERY, wanted=True)
                assert (await work.members.keep(PROGRAMME, [a_member(ADMIN, Role.SAFETY_LEAD)])).added == ()
        found = {name: hashes for name, hashes in (await town.stored()).items() if name not in rehash.APART}
        assert {name: len(hashes) for name, hashes in found.items()} == dict.fromkeys(found, 1)
        await late.close()

    async def test_a_keyring_out_of_reach_is_borne_for_a_while_and_no_longer(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away(_keyring: Keyring) -> index_keys.IndexKeys:
            raise KeyringUnavailable("away")

        read = index_keys.read
        monkeypatch.setattr(index_keys, "read", away)
        town.clock.move(seconds=AT_MOST.total_seconds() - 1)
        await town.found()
        town.clock.move(seconds=1)
        with pytest.raises(KeyringUnavailable):
            await town.found()
        monkeypatch.setattr(index_keys, "read", read)
        await town.found()

    def test_a_new_key_is_known_everywhere_before_it_is_used(self) -> None:
        assert AT_MOST * 2 <= SETTLED

    async def test_two_processes_take_the_same_steps_at_once(self, town: Town, second_store: Store) -> None:
        town.clock.move(days=LIFE.days)
        both = (town.store, second_store)
        for stage in (Stage.ANNOUNCED, Stage.DONE):
            found = await asyncio.gather(*(store.renew_index() for store in both))
            assert stage in found
            assert set(found) <= {stage, Stage.WAITS, Stage.YOUNG}
            town.clock.move(days=1)
        assert len(await town.keys()) == 1
        for store in both:
            await town.found(store)


class TestRaces:
    """Two processes' worth of people ask and choose while the key changes over."""

    async def test_nobody_is_lost_and_nobody_has_two_open_requests(self, town: Town, second_store: Store) -> None:
        stores = (town.store, second_store)
        town.clock.move(days=LIFE.days)
        got: dict[Address, list[SupportRequest]] = {}
        stop = asyncio.Event()

        async def ask(store: Store, who: Address) -> None:
            while not stop.is_set():
                request = a_request()
                with suppress(StoreUnavailable, Presumed):
                    async with store.work() as work:
                        if store is second_store:
                            work.presume()
                        added = await work.requests.add(request, some_needs(who), a_contact())
                        await work.preferences.choose_language(who, "fr")
                    # What was only presumed is so once it is committed.
                    if added:
                        got.setdefault(who, []).append(request)
                with suppress(StoreUnavailable):
                    async with store.work() as work:
                        if who in got:
                            assert [each.id for each in await work.requests.of(who)] == [got[who][0].id]
                await asyncio.sleep(0)

        async def change() -> None:
            nights = 0
            try:
                while nights < 3:
                    stage = Stage.WAITS
                    with suppress(StoreUnavailable):
                        stage = await town.store.renew_index()
                    if stage is Stage.DONE:
                        nights += 1
                        town.clock.move(days=LIFE.days)
                    elif stage is Stage.ANNOUNCED:
                        town.clock.move(seconds=SETTLED.total_seconds())
                    await asyncio.sleep(0.01)
            finally:
                stop.set()

        # The later people come while it is under way.
        asking = [ask(store, who) for who in PEOPLE for store in stores]
        await asyncio.gather(change(), *asking)
        assert {who: len(requests) for who, requests in got.items()} == dict.fromkeys(PEOPLE, 1)
        keys = await town.keys()
        stored = await town.stored()
        for who in PEOPLE:
            assert matched(stored, keys, who) == {"requests.requester_hash", "preferences.person_hash"}
        assert len(stored["preferences.person_hash"]) == len(PEOPLE) + 1

    @pytest.mark.parametrize("server", ["postgresql"], indirect=True)
    async def test_whoever_writes_by_the_old_key_is_waited_for(self, town: Town, second_store: Store) -> None:
        await town.store.announce_index()
        town.clock.move(days=1)
        async with second_store.work() as work:
            assert await work.requests.add(a_request(), some_needs(SAGE), a_contact())
            renewing = asyncio.create_task(town.store.renew_index())
            await asyncio.sleep(0.1)
            assert not renewing.done(), "the key is not named while somebody writes by the one before"
        assert await renewing is Stage.DONE
        async with town.store.work() as work:
            assert len(await work.requests.of(SAGE)) == 1
            assert not await work.requests.add(a_request(), some_needs(SAGE), a_contact())
