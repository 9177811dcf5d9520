"""What the outbox says to colleagues among themselves; where these messages stand is kept nowhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from handlers import ids
from handlers.hear import Front
from peersupport import check_ins, introductions
from peersupport.addresses import Address
from peersupport.notifications import Delivered, Due, Kind, Result

Tell = Callable[[Due, Address, str], Awaitable[Result]]
"""Send the one constant sentence to somebody; the purpose decides what its button opens."""
UNKEPT = frozenset({Kind.TELL_ASKED, Kind.TELL_ASKER, Kind.TELL_LISTED, Kind.TELL_CHECK_IN})
"""Two messages about one introduction would link the two by where they stand."""


def carry(front: Front, tell: Tell) -> Mapping[Kind, Callable[[Due], Awaitable[Result]]]:
    """Return what carries out each kind."""

    async def asked(due: Due) -> Result:
        async with front.work() as work:
            who = await introductions.to_tell(work, due)
        result = await tell(due, who, ids.INTRODUCTION) if who else Delivered()
        if isinstance(result, Delivered):
            async with front.work() as work:
                await introductions.told(work, due)
        return result

    async def listed(due: Due) -> Result:
        async with front.work() as work:
            held = await work.listings.get(due.subject)
            found = await work.listings.listed(due.subject) if held and held.asked_at else None
        return await tell(due, found.address, ids.LISTING) if found else Delivered()

    async def checking(due: Due) -> Result:
        async with front.work() as work:
            who = await check_ins.to_tell(work, due)
        result = await tell(due, who, ids.CHECKING) if who else Delivered()
        if isinstance(result, Delivered):
            async with front.work() as work:
                await check_ins.told(work, due, front.clock.now())
        return result

    return {
        Kind.TELL_ASKED: asked,
        Kind.TELL_ASKER: asked,
        Kind.TELL_LISTED: listed,
        Kind.TELL_CHECK_IN: checking,
    }
