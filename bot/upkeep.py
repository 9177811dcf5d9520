"""The daily jobs of this installation: each is carried out from the outbox, and puts down its own next day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from bot import upkeep_cover, upkeep_digest, upkeep_erasure, upkeep_sessions
from bot.rooms import Rooms as Rooms
from peersupport import series_seed, upkeep
from peersupport.notifications import Due, Kind, Message, Result

Job = Callable[[Rooms, Due], Awaitable[Result]]
"""Carries out one programme's job of the day; safe to repeat."""

JOBS: Mapping[Kind, Job] = {
    Kind.RECONCILE: lambda rooms, due: rooms.reconciliation.go_on(due.programme),
    Kind.RETAIN: upkeep_erasure.retain,
    Kind.SELF_AUDIT: upkeep_erasure.self_audit,
    Kind.DIGEST: upkeep_digest.digest_job,
    Kind.COVER: upkeep_cover.cover_job,
    Kind.READERS: upkeep_cover.readers_job,
    Kind.PLAN_SESSIONS: upkeep_sessions.plan_job,
}


def next_of(rooms: Rooms, due: Due) -> Iterable[Message]:
    """Return the row for the next day; nothing where the programme is not enabled any more."""
    programme = rooms.front.programmes.get(due.programme)
    return [upkeep.planned(programme, due.kind, rooms.front.clock.now())] if programme else []


async def plan(rooms: Rooms) -> None:
    """See that each job of each programme stands in the outbox for its next time; safe to repeat."""
    now = rooms.front.clock.now()
    async with rooms.store.work() as work:
        for programme in rooms.front.programmes.values():
            waiting = await work.outbox.waiting(upkeep.subject_of(programme.id))
            await work.outbox.put(*(upkeep.planned(programme, kind, now) for kind in JOBS if kind not in waiting))
            await series_seed.seed(work, rooms.front.ids, programme)
            if upkeep_sessions.has_sessions(programme):
                await work.outbox.put(upkeep.at_once(programme, Kind.PLAN_SESSIONS, now))
