"""The daily job of the monthly note: on its day it puts the notes down; on every day it forgets what nobody needs."""

from __future__ import annotations

from bot import logs
from bot.metrics import told
from bot.rooms import Rooms
from peersupport import column, cover
from peersupport.notifications import Delivered, Due, Result


async def cover_job(rooms: Rooms, due: Due) -> Result:
    """Do it for the whole installation, in the name of its first programme."""
    programmes = rooms.front.programmes
    if due.programme != next(iter(programmes), None):
        return Delivered()
    async with rooms.store.work() as work:
        forgotten = await cover.tidy(work, programmes)
    async with rooms.store.work() as work:
        planned = await cover.plan(work, programmes, rooms.front.clock.now())
    for kind, count in (("forgotten", forgotten), ("planned", planned)):
        if count:
            logs.note("cover.done", kind=kind, count=told(count))
    return Delivered()


async def readers_job(rooms: Rooms, due: Due) -> Result:
    """Put down a programme's notes for those who asked for them, on their day of the month."""
    programme = rooms.front.programmes.get(due.programme)
    if programme is None:
        return Delivered()
    async with rooms.store.work() as work:
        planned = await column.plan(work, programme, rooms.front.clock.now())
    if planned:
        logs.note("readers.planned", count=told(planned))
    return Delivered()
