"""What is done once a day for each programme, most of it in the small hours, however many processes there are."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from peersupport.notifications import Kind, Message
from peersupport.programme import Programme

KINDS = frozenset(
    {
        *(Kind.RECONCILE, Kind.RETAIN, Kind.SELF_AUDIT, Kind.DIGEST, Kind.COVER, Kind.PLAN_SESSIONS),
        Kind.READERS,
    }
)
"""The outbox kinds that come back every day; none of them says anything to anybody."""

AT = {
    Kind.PLAN_SESSIONS: time(1, 40),
    Kind.RECONCILE: time(2, 10),
    Kind.RETAIN: time(2, 40),
    Kind.SELF_AUDIT: time(3, 30),
    Kind.DIGEST: time(8, 30),
    Kind.COVER: time(9, 30),
    Kind.READERS: time(10, 20),
}
"""When each is due, by the programme's own clock."""


def subject_of(programme: str) -> UUID:
    """Return the id under which a programme's upkeep stands in the outbox and the ledger."""
    return UUID(bytes=sha256(f"upkeep:{programme}".encode()).digest()[:16])


def at_once(programme: Programme, kind: Kind, now: datetime) -> Message:
    """Return a job for now, beside the one of the day: what a start has to look at."""
    key = f"{kind}:{programme.id}:start:{round(now.timestamp() * 1000)}"
    return Message(kind, subject_of(programme.id), key, programme.id, run_at=now)


def planned(programme: Programme, kind: Kind, now: datetime) -> Message:
    """Return the next time after now; planned again for the same day it is the same row."""
    zone = programme.clock.zone
    local = now.astimezone(zone)
    day = local.date() if local.time() < AT[kind] else local.date() + timedelta(days=1)
    due = datetime.combine(day, AT[kind], zone).astimezone(UTC)
    return Message(kind, subject_of(programme.id), f"{kind}:{programme.id}:{day.isoformat()}", programme.id, run_at=due)
