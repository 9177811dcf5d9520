"""Referrals in the prepared town: one that asks somebody, and one that waits for an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from peersupport import referrals
from peersupport.addresses import Address
from peersupport.referral import PassOn, Scope
from tests.rules.world import VANCOUVER
from tests.threats.small_slack import TEAM

if TYPE_CHECKING:
    from tests.threats.scenes import Ground

REFERRER, DISTRUSTED, HELD = Address(TEAM, "U0RETA"), Address(TEAM, "U0DORO"), Address(TEAM, "U0HELD")
"""Who passes others on; who is said to have done so without consent; and whom that one passed on since."""


async def refer(ground: Ground, whom: Address, by: Address = REFERRER) -> UUID:
    """Have somebody passed on; return the referral."""
    async with ground.store.work() as work:
        if by == DISTRUSTED:
            await work.silences.keep(VANCOUVER.id, Scope.DISTRUST, by, now=ground.clock.now())
        await referrals.pass_on(work, ground.ids, VANCOUVER, by, PassOn(True, whom), ground.clock.now())
    async with ground.store.work() as work:
        [found] = await work.referrals.open_of(whom)
    return found.id
