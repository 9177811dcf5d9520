"""The daily job of sessions, done at every start too: timers of dates to come, and forgetting who came long ago."""

from __future__ import annotations

from bot.rooms import Rooms
from peersupport import presenting, session_retention, session_timers, themes
from peersupport.notifications import Delivered, Due, Result
from peersupport.programme import Programme


def has_sessions(programme: Programme) -> bool:
    """Say whether a programme can have sessions that its organisers keep."""
    doors = programme.doors
    return bool(doors.sessions or doors.courses or doors.case_discussion)


async def plan_job(rooms: Rooms, due: Due) -> Result:
    """Do it for one programme."""
    programme = rooms.front.programmes.get(due.programme)
    if programme is not None:
        async with rooms.store.work() as work:
            now = rooms.front.clock.now()
            await session_timers.plan(work, programme, now)
            await session_retention.sweep(work, programme, now)
            await themes.sweep(work, programme, rooms.front.clock.now())
            await presenting.tidy(work, programme, rooms.front.clock.now())
    return Delivered()
