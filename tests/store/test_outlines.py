"""What counts of a register in matching: the same as if every profile were opened each time, and gone when it must."""

import asyncio
from collections.abc import Collection
from dataclasses import fields, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from peersupport.matching import is_apart
from peersupport.people import Address
from peersupport.requests import State
from peersupport.supporters import Outline, Profile, Supporter, outline_of
from store import outlines
from store.keyring import Keyring
from store.outlines import Kept, Outlines, Register
from store.store import Store
from store.tables import supporters
from tests.store.records import (
    ADMIN,
    AVERY,
    PROGRAMME,
    ROBIN,
    START,
    a_profile,
    a_supporter,
    open_request,
    register_supporter,
    some_needs,
)

Rows = list[tuple[Supporter, Outline, bool]]
QUILL = Address("T0NORTH", "U0QUILL")


async def outlines_of(
    store: Store, programme: str = PROGRAMME, requester: Address = AVERY, avoided: Collection[Address] = ()
) -> Rows:
    async with store.work() as work:
        found = await work.supporters.outlines(programme, requester, avoided)
    return sorted(found, key=lambda row: row[0].id)


async def opened(
    store: Store, programme: str = PROGRAMME, requester: Address = AVERY, avoided: tuple[Address, ...] = ()
) -> Rows:
    """The same, by opening everything."""
    needs = some_needs(requester, avoid_members=avoided, avoid_names=())
    async with store.work() as work:
        entries = await work.supporters.all(programme)
    found = [(entry, outline_of(profile), is_apart(needs, profile)) for entry, profile in entries if entry.active]
    return sorted(found, key=lambda row: row[0].id)


async def register(store: Store, who: Address, *, programme: str = PROGRAMME, **has: object) -> Supporter:
    supporter = a_supporter(programme=programme)
    async with store.work() as work:
        assert await work.supporters.add(supporter, replace(a_profile(who), **has))  # type: ignore[arg-type]
    return supporter


def kept(store: Store, programme: str = PROGRAMME) -> list[Kept]:
    assert store._secrets is not None
    return list(store._secrets.outlines.of(programme).kept)


async def change(store: Store, id: UUID, **has: object) -> None:
    """Somebody changes an entry: what is a field of the plain part there, the rest in the profile."""
    plain = {each.name for each in fields(Supporter)} & has.keys()
    async with store.work() as work:
        found = await work.supporters.get(id)
        assert found is not None
        entry = replace(found[0], **{name: has[name] for name in plain})  # type: ignore[arg-type]
        rest = {name: value for name, value in has.items() if name not in plain}
        profile: Profile | None = replace(found[1], **rest) if rest else None  # type: ignore[arg-type]
        assert await work.supporters.save(entry, profile)


@pytest.mark.req("V5", "V9")
@pytest.mark.threat("T21")
async def test_they_are_what_opening_every_profile_would_give(store: Store) -> None:
    people = [Address("T0NORTH", f"U0SUP{number}") for number in range(5)]
    for number, who in enumerate(people):
        avoids = (AVERY,) if number == 1 else (ADMIN, QUILL)
        await register(store, who, languages=("fr",) * (number % 2), avoid_members=avoids, department=f"ward {number}")
    for requester, avoided in ((AVERY, ()), (AVERY, (people[3], QUILL)), (people[2], (people[0],)), (QUILL, ())):
        for _ in ("at first", "again"):
            assert await outlines_of(store, PROGRAMME, requester, avoided) == await opened(
                store, PROGRAMME, requester, avoided
            )
    assert [apart for *_, apart in await outlines_of(store, requester=QUILL)].count(True) == 4
    assert await outlines_of(store, "south") == []


async def test_a_second_look_opens_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        await register(store, Address("T0NORTH", f"U0SUP{number}"))
    asked: list[int] = []
    look = Keyring.get_many

    async def counted(keyring: Keyring, key_ids: Collection[UUID]) -> dict[UUID, bytes]:
        asked.append(len(key_ids))
        return await look(keyring, key_ids)

    monkeypatch.setattr(Keyring, "get_many", counted)
    first = await outlines_of(store)
    assert await outlines_of(store) == first
    late = await register(store, QUILL)
    assert {entry.id for entry, *_ in await outlines_of(store)} == {entry.id for entry, *_ in first} | {late.id}
    assert asked == [3, 1], "only what is new is opened"


@pytest.mark.req("G12")
async def test_nobody_is_in_the_order_once_the_key_is_destroyed(store: Store, keyring: Keyring) -> None:
    gone, stays = await register(store, ROBIN), await register(store, QUILL)
    assert len(await outlines_of(store)) == 2
    async with store.work() as work:
        row = await work._transaction.row(supporters.select().where(supporters.c.id == gone.id))
    assert row is not None
    await keyring.destroy(row.key_id)
    for _ in ("at first", "again"):
        assert [entry.id for entry, *_ in await outlines_of(store)] == [stays.id]
        assert [each.supporter.id for each in kept(store)] == [stays.id]


@pytest.mark.req("G12")
async def test_what_is_erased_is_forgotten_here_at_once_and_elsewhere_at_the_next_look(
    store: Store, second_store: Store
) -> None:
    gone, stays = await register(store, ROBIN), await register(store, QUILL)
    for each in (store, second_store):
        assert len(await outlines_of(each)) == 2
    async with store.work() as work:
        await work.supporters.erase(gone.id)
        assert kept(store) == []
    for each in (store, second_store):
        assert [entry.id for entry, *_ in await outlines_of(each)] == [stays.id]
        assert [one.supporter.id for one in kept(each)] == [stays.id]


@pytest.mark.parametrize(
    "has",
    [
        {"paused_until": START + timedelta(days=9)},
        {"limit": 1},
        {"trained_on": None},
        {"active": False},
        {"languages": ("fr",)},
        {"department": "Lighthouse ward"},
        {"avoid_members": (AVERY,)},
    ],
    ids=str,
)
async def test_a_change_by_another_replica_counts_at_the_next_look(
    store: Store, second_store: Store, has: dict[str, object]
) -> None:
    changed = await register(store, ROBIN)
    await register(store, QUILL)
    before = await outlines_of(store)
    await change(second_store, changed.id, **has)
    assert await outlines_of(store) == await opened(store) != before


async def test_a_load_counts_at_the_next_look(store: Store, second_store: Store) -> None:
    supporter = await register_supporter(store)
    assert [entry.load for entry, *_ in await outlines_of(store)] == [0]
    await open_request(second_store, state=State.TALKING, supporter=supporter.id)
    assert [entry.load for entry, *_ in await outlines_of(store)] == [1]


async def test_another_profile_under_the_same_version_is_another(store: Store) -> None:
    """As after a backup was put back while the app went on."""
    supporter = await register(store, ROBIN)
    await outlines_of(store)
    await change(store, supporter.id, languages=("fr",))
    async with store.work() as work:
        back = supporters.update().where(supporters.c.id == supporter.id).values(version=supporter.version)
        await work._transaction.run(back)
    ((entry, outline, _),) = await outlines_of(store)
    assert (entry.version, outline.languages) == (supporter.version, ("fr",))


async def test_programmes_do_not_mix(store: Store) -> None:
    north = await register(store, ROBIN)
    south = await register(store, ROBIN, programme="south", languages=("fr",))
    for _ in ("at first", "again"):
        for programme, entry, languages in ((PROGRAMME, north, ("en", "fr")), ("south", south, ("fr",))):
            ((found, outline, _),) = await outlines_of(store, programme)
            assert (found.id, outline.languages) == (entry.id, languages)
    assert [each.supporter.id for each in kept(store)] == [north.id]


async def test_neither_names_nor_addresses_stay_in_memory(store: Store) -> None:
    await register(store, ROBIN, avoid_members=(QUILL,))
    await outlines_of(store)
    (one,) = kept(store)
    inside = repr([getattr(one, each.name) for each in fields(Kept) if each.name != "outline"])
    inside += repr([getattr(one.outline, each.name) for each in fields(Outline)])
    for word in ("Robin", "Moss", ROBIN.user, QUILL.user, ROBIN.team):
        assert word not in inside
    assert repr(one) == "Kept(...)"
    assert "fr" not in repr(one.outline)
    assert Outlines().mark(ROBIN) != Outlines().mark(ROBIN), "the marks fit nothing outside"


def a_kept() -> Kept:
    id_ = uuid4()
    return Kept((id_,), uuid4(), a_supporter(id=id_), outline_of(a_profile()), b"", frozenset())


class TestMemory:
    async def test_it_ends_by_itself(self) -> None:
        memory = Outlines(seconds=0.0)
        memory.keep("north", Register([a_kept()]), memory.age)
        for _ in range(1000):
            await asyncio.sleep(0)
        assert memory.of("north").kept == ()
        assert outlines.KEPT_SECONDS <= 600

    async def test_its_end_counts_from_the_first(self) -> None:
        memory = Outlines()
        memory.keep("north", Register([a_kept()]), memory.age)
        first = memory._end
        memory.keep("north", Register([a_kept()]), memory.age)
        assert memory._end is first
        memory.forget()
        assert first is not None
        assert first.cancelled()

    async def test_it_is_bounded(self) -> None:
        memory = Outlines(most=3)
        memory.keep("north", Register([a_kept(), a_kept()]), memory.age)
        memory.keep("south", Register([a_kept(), a_kept()]), memory.age)
        assert (len(memory.of("north").kept), len(memory.of("south").kept)) == (2, 1)
        memory.keep("north", Register(), memory.age)
        assert memory.of("north").kept == ()
        memory.forget()

    async def test_what_was_read_before_an_erasure_is_not_kept(self) -> None:
        memory = Outlines()
        age = memory.age
        memory.forget()
        memory.keep("north", Register([a_kept()]), age)
        assert memory.of("north").kept == ()
