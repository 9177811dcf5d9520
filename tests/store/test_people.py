"""Supporters, members, preferences, receipts, tallies and posts."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from peersupport.people import Address, Role
from peersupport.ports import Kept, Post
from peersupport.requests import MATCHED, State
from store.repositories.members import standing_of
from store.store import Store
from tests.store.records import (
    ADMIN,
    AVERY,
    PROGRAMME,
    ROBIN,
    START,
    MovableClock,
    a_member,
    a_profile,
    a_supporter,
    open_request,
    register_supporter,
)


class TestSupporters:
    async def test_everything_comes_back(self, store: Store) -> None:
        supporter = await register_supporter(store, paused_until=START)
        async with store.work() as work:
            assert await work.supporters.get(supporter.id) == (supporter, a_profile())
            assert await work.supporters.find(PROGRAMME, ROBIN) == (supporter, a_profile())
            assert await work.supporters.all(PROGRAMME) == [(supporter, a_profile())]
            assert await work.supporters.get(uuid4()) is None
            assert await work.supporters.find("south", ROBIN) is None
            assert await work.supporters.all("south") == []

    async def test_one_entry_a_person_and_programme(self, store: Store) -> None:
        await register_supporter(store)
        async with store.work() as work:
            assert not await work.supporters.add(a_supporter(), a_profile())
            assert await work.supporters.add(a_supporter(programme="south"), a_profile())

    async def test_load_counts_requests_with_the_supporter_now(self, store: Store) -> None:
        supporter = await register_supporter(store)
        for number, state in enumerate(State):
            await open_request(store, replace(AVERY, user=f"U{number}"), state=state, supporter=supporter.id)
        async with store.work() as work:
            found = await work.supporters.get(supporter.id)
            assert found is not None
            assert found[0].load == len(MATCHED)
            assert [entry.load for entry, _ in await work.supporters.all(PROGRAMME)] == [len(MATCHED)]

    async def test_save_with_and_without_profile(self, store: Store) -> None:
        supporter = await register_supporter(store)
        changed = replace(supporter, limit=5, active=False, trained_on=None, paused_until=START)
        other = replace(a_profile(), name="R. Moss", times=("mornings",))
        async with store.work() as work:
            assert await work.supporters.save(changed)
            assert not await work.supporters.save(changed), "a stale version must not be written"
            assert await work.supporters.get(supporter.id) == (replace(changed, version=2), a_profile())
            assert await work.supporters.save(replace(changed, version=2), other)
            assert await work.supporters.get(supporter.id) == (replace(changed, version=3), other)
            assert not await work.supporters.save(a_supporter(), other)


class TestMembers:
    async def test_first_seed_wins(self, store: Store) -> None:
        first, second = a_member(ADMIN, Role.ADMIN, Role.SAFETY_LEAD), a_member(ROBIN)
        async with store.work() as work:
            assert await work.members.seed(PROGRAMME, [first])
            assert not await work.members.seed(PROGRAMME, [second])
            assert await work.members.all(PROGRAMME) == [first]
            assert await work.members.get(first.id) == first
            assert await work.members.get(second.id) is None
            assert await work.members.all("south") == []

    async def test_two_replicas_seed_once(self, store: Store, second_store: Store) -> None:
        async def seed(which: Store) -> bool:
            async with which.work() as work:
                return await work.members.seed(PROGRAMME, [a_member(ADMIN), a_member(ROBIN)])

        assert sorted(await asyncio.gather(seed(store), seed(second_store))) == [False, True]
        async with store.work() as work:
            assert {member.address for member in await work.members.all(PROGRAMME)} == {ADMIN, ROBIN}

    async def test_a_list_is_kept_and_who_is_not_on_it_has_no_standing(self, store: Store) -> None:
        admin, robin, south = a_member(ADMIN), a_member(ROBIN), replace(a_member(ROBIN), programme="south")
        async with store.work() as work:
            await work.members.seed(PROGRAMME, [admin, robin])
            await work.members.seed("south", [south])
        avery = a_member(AVERY, Role.SAFETY_LEAD)
        lead = replace(a_member(ADMIN, Role.ADMIN, Role.SAFETY_LEAD), phone="604-555-0177")
        async with store.work() as work:
            kept = await work.members.keep(PROGRAMME, [lead, avery])
            assert kept == Kept((avery.id,), (admin.id,), (robin.id,))
        async with store.work() as work:
            assert set(await work.members.all(PROGRAMME)) == {replace(lead, id=admin.id), avery}
            assert (await work.members.standing(ROBIN)).members == {"south": (south.id, south.roles)}
            assert await work.members.get(robin.id) == robin
            assert await work.members.keep(PROGRAMME, [lead, avery]) == Kept()
            assert await work.members.keep(PROGRAMME, [lead, avery, a_member(ROBIN)]) == Kept((robin.id,))
            assert (await work.members.standing(ROBIN)).members.keys() == {PROGRAMME, "south"}

    def test_programmes_stand_in_one_order_whatever_the_database_gives(self) -> None:
        rows = [(name, uuid4(), role) for role in (Role.ADMIN, Role.SUPPORTER) for name in ("south", "east", "north")]
        found = standing_of(rows)
        assert list(found.members) == list(found.supporters) == ["east", "north", "south"]

    async def test_standing_in_every_programme(self, store: Store) -> None:
        north, south = a_member(ROBIN, Role.ADMIN, Role.BACKUP_ADMIN), replace(a_member(ROBIN), programme="south")
        supporter = await register_supporter(store)
        await register_supporter(store, programme="south", active=False)
        async with store.work() as work:
            await work.members.seed(PROGRAMME, [north])
            await work.members.seed("south", [south])
            standing = await work.members.standing(ROBIN)
            assert standing.members == {PROGRAMME: (north.id, north.roles), "south": (south.id, south.roles)}
            assert standing.supporters == {PROGRAMME: supporter.id}
            nobody = await work.members.standing(AVERY)
            assert (dict(nobody.members), dict(nobody.supporters)) == ({}, {})

    async def test_which_of_these_people_are_members(self, store: Store) -> None:
        admin, robin = a_member(ADMIN), a_member(ROBIN)
        async with store.work() as work:
            await work.members.seed(PROGRAMME, [admin, robin])
            assert await work.members.which(PROGRAMME, [AVERY, ADMIN, Address("T0OTHER", ROBIN.user)]) == [admin.id]
            assert await work.members.which("south", [ADMIN]) == []
            assert await work.members.which(PROGRAMME, []) == []
            named = {seat.id: seat.named for seat in await work.members.seats(PROGRAMME, [AVERY, ADMIN])}
            assert named == {admin.id: True, robin.id: False}
            assert {seat.roles for seat in await work.members.seats(PROGRAMME, [])} == {admin.roles, robin.roles}
            await work.members.keep(PROGRAMME, [robin])
            assert [seat.id for seat in await work.members.seats(PROGRAMME, [])] == [robin.id]


class TestReceipts:
    async def test_key_is_kept_once_with_its_result(self, store: Store) -> None:
        record = uuid4()
        async with store.work() as work:
            assert await work.receipts.find("view:1") == (False, None)
            assert await work.receipts.keep("view:1", record)
            assert not await work.receipts.keep("view:1", uuid4())
            assert await work.receipts.keep("view:2")
        async with store.work() as work:
            assert await work.receipts.find("view:1") == (True, record)
            assert await work.receipts.find("view:2") == (True, None)

    async def test_old_ones_are_forgotten(self, store: Store, clock: MovableClock) -> None:
        async with store.work() as work:
            await work.receipts.keep("old")
        clock.move(days=2)
        async with store.work() as work:
            await work.receipts.keep("new")
        assert await store.purge(receipts=timedelta(days=1)) == 1
        async with store.work() as work:
            assert await work.receipts.find("old") == (False, None)
            assert await work.receipts.find("new") == (True, None)


async def test_language_is_remembered(store: Store) -> None:
    async with store.work() as work:
        assert await work.preferences.language(AVERY) is None
        await work.preferences.choose_language(AVERY, "fr")
        await work.preferences.choose_language(AVERY, "en")
        await work.preferences.choose_language(ROBIN, "fr")
    async with store.work() as work:
        assert await work.preferences.language(AVERY) == "en"


async def test_tallies_by_month(store: Store) -> None:
    async with store.work() as work:
        await work.tallies.add(PROGRAMME, "redirected", START)
        await work.tallies.add(PROGRAMME, "redirected", START)
        assert await work.tallies.read(PROGRAMME) == {("2026-11", "redirected"): 2}
        await work.tallies.add(PROGRAMME, "redirected", START + timedelta(days=30))
        await work.tallies.add("south", "redirected", START)
    async with store.work() as work:
        await work.tallies.add(PROGRAMME, "redirected", START)
        await work.rollback()
    async with store.work() as work:
        expected = {("2026-11", "redirected"): 2, ("2026-12", "redirected"): 1}
        assert await work.tallies.read(PROGRAMME) == expected


async def test_tallies_of_two_replicas_add_up(store: Store, second_store: Store) -> None:
    async def add(which: Store, *words: str) -> None:
        async with which.work() as work:
            for word in words:
                await work.tallies.add(PROGRAMME, word, START)

    await asyncio.gather(*(add(which, "a", "b") for which in (store, second_store) * 5))
    await asyncio.gather(*(add(which, "b", "a") for which in (store, second_store) * 5))
    async with store.work() as work:
        assert await work.tallies.read(PROGRAMME) == {("2026-11", "a"): 20, ("2026-11", "b"): 20}


class TestPosts:
    async def test_places_come_back_until_forgotten(self, store: Store) -> None:
        request, supporter, member = await open_request(store), await register_supporter(store), a_member()
        card = Post(uuid4(), request.id, "card", "C0NORTH", "1.1")
        dm = Post(uuid4(), request.id, "tell_supporter", "D0ROBIN", "1.2", supporter.id)
        lead = Post(uuid4(), request.id, "tell_member", "D0HOLLY", "1.3", member.id)
        own = Post(uuid4(), request.id, "tell_requester", "D0AVERY", "1.4")
        async with store.work() as work:
            await work.members.seed(PROGRAMME, [member])
            for post in (card, dm, lead, own):
                await work.posts.add(post)
        async with store.work() as work:
            assert sorted(await work.posts.of(request.id), key=lambda post: post.ts) == [card, dm, lead, own]
            assert await work.posts.of(uuid4()) == []
            await work.posts.forget(request.id)
            assert await work.posts.of(request.id) == []

    @pytest.mark.req("G12")
    async def test_erasing_a_request_takes_the_way_to_the_requester(self, store: Store) -> None:
        request = await open_request(store)
        card = Post(uuid4(), request.id, "card", "C0NORTH", "1.1")
        async with store.work() as work:
            await work.posts.add(card)
            await work.posts.add(Post(uuid4(), request.id, "tell_requester", "D0AVERY", "1.4"))
        async with store.work() as work:
            await work.requests.erase(request.id)
        async with store.work() as work:
            assert await work.posts.of(request.id) == [card]
            await work.posts.add(Post(uuid4(), request.id, "tell_requester", "D0AVERY", "1.5"))
            assert await work.posts.of(request.id) == [card], "nothing is kept for somebody who was erased"
