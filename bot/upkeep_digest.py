"""The daily job of the digest: on a weekday's morning, administrators who have something to do are told so."""

from __future__ import annotations

from bot import logs
from bot.metrics import told as about
from bot.rooms import Rooms
from peersupport import digest
from peersupport.notifications import Delivered, Due, Result


async def digest_job(rooms: Rooms, due: Due) -> Result:
    """Put the messages down; on other days, and when it has become too late for this one, nothing."""
    programme = rooms.front.programmes.get(due.programme)
    if programme is not None:
        async with rooms.store.work() as work:
            told = await digest.tell(work, programme, rooms.front.clock.now())
        if told:
            logs.note("digest.told", count=about(told))
    return Delivered()
