"""The digest: on the morning of a weekday, who looks after a programme hears if there is something to do, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from peersupport import queue
from peersupport.actors import first_asked
from peersupport.clocks import quiet_until
from peersupport.notifications import Kind, Message
from peersupport.outcomes import Refused
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.upkeep import AT, subject_of

LATE = timedelta(hours=4)
"""After so long the morning's digest says nothing any more, and the next one tells."""
_SATURDAY = 5


async def tell(work: UnitOfWork, programme: Programme, now: datetime) -> int:
    """Tell each administrator with something to do, and return how many; backups hear of what is late anyway."""
    if not is_morning(programme, now):
        return 0
    day = now.astimezone(programme.clock.zone).date()
    told: list[Message] = []
    for member in first_asked(await work.members.all(programme.id)):
        found = await queue.today(work, programme, member.address, now)
        if not isinstance(found, Refused) and found:
            key = f"{Kind.TELL_DIGEST}:{programme.id}:{member.id}:{day.isoformat()}"
            told.append(Message(Kind.TELL_DIGEST, subject_of(programme.id), key, programme.id, audience=member.id))
    await work.outbox.put(*told)
    return len(told)


def is_morning(programme: Programme, now: datetime) -> bool:
    """Say whether a digest may be sent now: on a weekday, not much later than its time, and outside quiet hours."""
    local = now.astimezone(programme.clock.zone)
    begins = datetime.combine(local.date(), AT[Kind.DIGEST], local.tzinfo)
    if local.weekday() >= _SATURDAY or not begins <= local < begins + LATE:
        return False
    return quiet_until(programme.quiet_hours, programme.clock.tz, now) is None
