"""What concerns people whom the app can show nothing: a request of theirs, and a referral of somebody else."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bot.machine import RandomIds
from peersupport import referrals
from peersupport.addresses import Address
from peersupport.referral import PassOn, Route
from store.store import Store
from tests.rules.world import VANCOUVER

REACH = "604-555-0142"


async def leaves_slack(store: Store, request: UUID, now: datetime) -> None:
    """Have the requester of an open request be reached by phone from now on."""
    async with store.work() as work:
        found = await work.requests.get(request, lock=True)
        assert found is not None
        assert await work.requests.save(replace(found, off_slack_at=now))


async def refer_outside(store: Store, ids: RandomIds, by: Address, name: str, now: datetime) -> UUID:
    """Have somebody passed on who is not on Slack; return the referral."""
    async with store.work() as work:
        await referrals.pass_on(work, ids, VANCOUVER, by, PassOn(True, name=name, reach=REACH), now)
    async with store.work() as work:
        found = await work.referrals.in_programme(VANCOUVER.id, limit=9)
    return next(each.id for each in found if each.route is Route.OUTSIDE)
