"""Private reminders to check in with a colleague: when, and nobody's name but one's own, which is sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from peersupport import listings
from peersupport.addresses import Address
from peersupport.notifications import Due, Kind, Message
from peersupport.ports import Ids, UnitOfWork
from peersupport.ports_informal import CheckIn
from peersupport.programme import Programme

AT = time(12)
"""On the programme's own clock: in no zone of the country it is night then."""
DAYS = (1, 3, 7)
"""In so many days one can be reminded."""
MOST = 10
"""So many reminders of one person stand at a time."""
_ROWS = frozenset({Kind.TELL_CHECK_IN})


def day_at_noon(programme: Programme, now: datetime, days: int) -> datetime:
    """Return noon so many days on, by the programme's clock."""
    zone = programme.clock.zone
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=days), AT, zone).astimezone(UTC)


async def remind_me(
    work: UnitOfWork, programme: Programme, who: Address, days: int, *, again: bool, now: datetime, ids: Ids
) -> CheckIn | None:
    """Keep a reminder, with a second one weeks later where it is wanted; None where too many stand already."""
    part = listings.part_of(programme)
    assert part is not None
    if len(await work.check_ins.of(who)) >= MOST:
        return None
    days = days if days in DAYS else DAYS[0]
    due = day_at_noon(programme, now, days)
    later = day_at_noon(programme, now, days + part.remind_again.days) if again else None
    made = CheckIn(ids.new(), programme.id, due, later)
    await work.check_ins.add(made, who)
    await work.outbox.put(_row(made))
    return made


async def stop(work: UnitOfWork, id: UUID, who: Address) -> bool:
    """Erase one's own reminder before its time."""
    if await work.check_ins.who(id) != who:
        return False
    await drop(work, id)
    return True


async def stop_all(work: UnitOfWork, who: Address) -> int:
    """Erase every reminder of somebody, and say how many there were."""
    found = await work.check_ins.of(who)
    for each in found:
        await drop(work, each.id)
    return len(found)


async def drop(work: UnitOfWork, id: UUID) -> None:
    """Erase a reminder with its row in the outbox."""
    await work.check_ins.erase(id)
    await work.outbox.forget(id, _ROWS)


async def to_tell(work: UnitOfWork, due: Due) -> Address | None:
    """Return whom to remind; None where it was taken back."""
    return await work.check_ins.who(due.subject)


async def told(work: UnitOfWork, due: Due, now: datetime) -> None:
    """After a reminder went out: put down the second, or erase it. Safe to repeat."""
    held = await work.check_ins.get(due.subject, lock=True)
    if held is None or now < held.due_at:
        return
    if held.again_at is None:
        # Not its own row, which is settled after this.
        await work.check_ins.erase(held.id)
        return
    second = replace(held, due_at=held.again_at, again_at=None)
    await work.check_ins.save(second)
    await work.outbox.put(_row(second))


def _row(check_in: CheckIn) -> Message:
    key = f"{Kind.TELL_CHECK_IN}:{check_in.id}:{round(check_in.due_at.timestamp() * 1000)}"
    return Message(Kind.TELL_CHECK_IN, check_in.id, key, check_in.programme, run_at=check_in.due_at)
