"""Short ways to refer a colleague in a world, and to let them answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from peersupport import referrals
from peersupport.addresses import Address
from peersupport.referral import Answer, PassedOn, PassOn, Referral
from tests.rules.world import World, address

OAKLEY, SUNE = address("U0OAKLEY"), address("U0SUNE")
"""Somebody who refers, and another."""
ROBIN = address("U0ROBIN")
"""A colleague who is referred."""
BY_PHONE = PassOn(attested=True, name="Robin Moss", reach="604 555 0142")


def form(who: Address = ROBIN, **changes: Any) -> PassOn:
    return replace(PassOn(attested=True, colleague_member=who), **changes)


async def passes_on(
    world: World, who: Address = OAKLEY, what: PassOn | None = None, *, key: str | None = None
) -> Referral:
    """Let somebody pass a colleague's name on, and return the referral that came of it."""
    before = set(world.memory.tables.referrals)
    async with world.memory() as work:
        said = await referrals.pass_on(work, world.ids, world.programme, who, what or form(), world.now, key=key)
    assert said == PassedOn()
    (new,) = set(world.memory.tables.referrals) - before
    return world.memory.tables.referrals[new]


async def answers(world: World, id: UUID, said: Answer, who: Address = ROBIN) -> Any:
    async with world.memory() as work:
        return await referrals.answer(work, world.programme, id, who, said, world.now)


def stored(world: World, id: UUID) -> Referral:
    return world.memory.tables.referrals[id]
