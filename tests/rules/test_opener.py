"""Who opened the door to a request is never asked to take it, however well they fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peersupport import asking, own, triage
from peersupport.actors import Held, hold
from peersupport.matching import is_apart, is_excluded
from peersupport.people import Deed
from peersupport.requests import Needs
from store.records import needs_from_json, needs_to_json
from tests.rules.world import ADA, ROBIN, World, address, ask, needs, profile, supporter

SUNE, KAI = address("U0SUNE"), address("U0KAI")


@pytest.fixture
def world() -> World:
    return World()


def kept(world: World, **changes: object) -> Needs:
    """Return what is kept of the one request, changed as another door would have kept it."""
    (id,) = world.memory.tables.needs
    world.memory.tables.needs[id] = replace(world.memory.tables.needs[id], **changes)  # type: ignore[arg-type]
    return world.memory.tables.needs[id]


@pytest.mark.req("U21")
def test_neither_who_asks_nor_who_opened_the_door_is_a_match(world: World) -> None:
    entry = supporter(world.ids.new())
    asked = needs(opened_by=SUNE)
    assert is_apart(asked, profile("U0SUNE", "Sune Holt"))
    assert is_excluded(asked, entry, profile("U0SUNE", "Sune Holt"))
    assert is_apart(asked, profile(ROBIN.user, "Robin"))
    assert not is_apart(asked, profile("U0KAI", "Kai"))
    assert asked.apart == {ROBIN, SUNE}
    assert needs().apart == {ROBIN}, "kept before anybody wrote down who opened it"


@pytest.mark.req("U21")
async def test_it_is_kept_who_opened_the_door_and_a_change_leaves_it(world: World) -> None:
    request = await world.opens()
    assert kept(world).opened_by == ROBIN
    kept(world, opened_by=SUNE)
    await world.do(own.change, ROBIN, request.id, ask(times=("evenings",)))
    assert kept(world).opened_by == SUNE
    assert needs_from_json(needs_to_json(kept(world))).opened_by == SUNE
    assert needs_from_json(needs_to_json(needs())).opened_by is None


@pytest.mark.req("U21")
async def test_the_best_match_is_left_out_where_they_opened_the_door(world: World) -> None:
    best, other = world.supporter("U0SUNE", profile_has={"languages": ("en",)}), world.supporter("U0KAI")
    request = await world.confirmed()

    async def could_be_asked() -> list[object]:
        async with world.memory() as work:
            held = await hold(work, world.programme, ADA, request.id, Deed.OFFER, world.now)
            assert isinstance(held, Held)
            return [each.id for each in (await asking.ranking(held, kept(world))).best]

    assert set(await could_be_asked()) == {best, other}
    kept(world, opened_by=SUNE)
    assert await could_be_asked() == [other]
    refused = await world.do(triage.offer, ADA, request.id, (best,), ids=world.ids)
    assert isinstance(refused, triage.CannotAsk)
