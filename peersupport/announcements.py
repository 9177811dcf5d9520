"""What a programme makes public in channels: its front door, and dates of its sessions; never a count or a person.

One row a channel. Publishing where one stands already makes that one new, so that no channel gets a second message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport import schedule
from peersupport.actors import entitled, refuse
from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Kind, Message
from peersupport.outcomes import Refused
from peersupport.people import Address, Duty
from peersupport.ports import Ids, UnitOfWork
from peersupport.ports_pages import Announcement
from peersupport.programme import Programme
from peersupport.schedule import Meeting
from peersupport.series import MeetingDate, Series, SeriesState

FRONT_DOOR, DATE = "front_door", "date"
LIVE, REMOVED = "live", "removed"
MOST_CHANNELS = 20
AHEAD = 12
"""So many coming dates can be chosen from."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is announced: the front door, or one date of a series."""

    about: str = FRONT_DOOR
    series: Series | None = None
    meeting: Meeting | None = None
    kept: MeetingDate | None = None
    """What is kept of the date: its topic, and its presenter where that is public."""

    @property
    def wall(self) -> str | None:
        """Return the wall time by which the date is known."""
        return self.meeting.on.isoformat() if self.meeting else None

    @property
    def is_off(self) -> bool:
        """Say whether the date does not take place."""
        off = self.series is not None and self.series.state is SeriesState.CANCELLED
        return off or (self.meeting is not None and not self.meeting.stands)

    @property
    def presenter(self) -> str:
        """Return who presents, where they said yes to being named for this date; else nothing."""
        return self.kept.presenter if self.kept and self.kept.presenter_ok else ""


@dataclass(frozen=True, slots=True)
class Board:
    """What administrators see: what stands where, and which dates can be announced."""

    standing: Sequence[Announcement]
    coming: Sequence[Item]


async def board(work: UnitOfWork, programme: Programme, who: Address, *, now: datetime) -> Board | Refused:
    """Return it, for an administrator."""
    if await entitled(work, programme, who, Duty.KEEP_PAGES) is None:
        return await refuse(work, now)
    return Board(await work.announcements.all(programme.id), await coming(work, programme, now))


async def coming(work: UnitOfWork, programme: Programme, now: datetime) -> list[Item]:
    """Return the next dates that stand, the earliest first."""
    found: list[tuple[datetime, Item]] = []
    for series in await work.series.of_programme(programme.id):
        if series.state is not SeriesState.OPEN or series.starts is None:
            continue
        rows = await work.meeting_dates.of_series(series.id)
        for meeting in schedule.coming(series, rows, now, limit=AHEAD):
            kept = next((row for row in rows if row.on == meeting.on), None)
            found.append((schedule.instant(series, meeting), Item(DATE, series, meeting, kept)))
    return [item for _, item in sorted(found, key=lambda each: each[0])[:AHEAD]]


async def item_of(work: UnitOfWork, announcement: Announcement) -> Item | None:
    """Return what an announcement is about, as it is now; None where there is no such thing any more."""
    if announcement.about == FRONT_DOOR:
        return Item()
    series = await work.series.get(announcement.item) if announcement.item else None
    if series is None or announcement.wall is None:
        return None
    on = datetime.fromisoformat(announcement.wall)
    rows = [row for row in await work.meeting_dates.of_series(series.id) if row.on == on]
    days = [on.date(), *(row.moved_to.date() for row in rows if row.moved_to)]
    found = schedule.dates(series, rows, min(days), max(days))
    meeting = next((each for each in found if each.on == on), None)
    return Item(DATE, series, meeting, rows[0] if rows else None) if meeting else None


async def publish(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    item: Item,
    channels: Sequence[str],
    *,
    now: datetime,
    ids: Ids,
) -> int | Refused:
    """Announce in these channels; where it stands already it is made new there. Return how many channels that are."""
    member = await entitled(work, programme, who, Duty.KEEP_PAGES)
    if member is None:
        return await refuse(work, now)
    standing = {
        each.channel: each
        for each in await work.announcements.all(programme.id)
        if each.state == LIVE and _same(each, item)
    }
    wanted = list(dict.fromkeys(channels))[:MOST_CHANNELS]
    for channel in wanted:
        held = standing.get(channel)
        if held is not None:
            await _again(work, held.id, forgiven=True)
            continue
        series = item.series.id if item.series else None
        added = Announcement(ids.new(), programme.id, item.about, channel, series, item.wall)
        await work.announcements.add(added)
        await work.outbox.put(row(added))
    await work.audit.write(Entry(Event.ANNOUNCED, now, ActorKind.ADMIN, member, None))
    return len(wanted)


async def update_all(
    work: UnitOfWork, programme: Programme, who: Address, about: str, *, now: datetime
) -> int | Refused:
    """Make everything of one kind that stands somewhere equal what it announces."""
    return await _each(work, programme, who, about, LIVE, now)


async def remove_all(
    work: UnitOfWork, programme: Programme, who: Address, about: str, *, now: datetime
) -> int | Refused:
    """Take everything of one kind down, wherever it stands."""
    return await _each(work, programme, who, about, REMOVED, now)


async def _each(
    work: UnitOfWork, programme: Programme, who: Address, about: str, state: str, now: datetime
) -> int | Refused:
    member = await entitled(work, programme, who, Duty.KEEP_PAGES)
    if member is None:
        return await refuse(work, now)
    live = [each for each in await work.announcements.all(programme.id) if each.about == about and each.state == LIVE]
    for each in live:
        await _again(work, each.id, state)
    await work.audit.write(Entry(Event.ANNOUNCED, now, ActorKind.ADMIN, member, None))
    return len(live)


async def follow(work: UnitOfWork, programme: str, series: UUID) -> None:
    """Make what was announced of a series equal it again, after it or one of its dates has changed."""
    for each in await work.announcements.all(programme):
        if each.item == series and each.state == LIVE:
            await _again(work, each.id)


async def over(work: UnitOfWork, programme: str, series: UUID, on: datetime) -> None:
    """Take down what was announced of a date that is over: whoever presented it is not named in public any more."""
    for each in await work.announcements.all(programme):
        if each.item == series and each.wall == on.isoformat():
            await _again(work, each.id, REMOVED)


async def _again(work: UnitOfWork, announcement: UUID, state: str = LIVE, *, forgiven: bool = False) -> None:
    """Put its next version on its way, as it is now: one that somebody took down meanwhile stays down."""
    held = await work.announcements.get(announcement, lock=True)
    if held is None or held.state != LIVE:
        return
    trouble = "" if forgiven else held.trouble
    changed = replace(held, version=held.version + 1, state=state, trouble=trouble)
    await work.announcements.save(changed)
    await work.outbox.put(row(changed))


def row(announcement: Announcement) -> Message:
    """Return the outbox row of this version; put down twice it is one."""
    key = f"{Kind.ANNOUNCE}:{announcement.id}:{announcement.version}"
    return Message(Kind.ANNOUNCE, announcement.id, key, announcement.programme)


def _same(announcement: Announcement, item: Item) -> bool:
    series = item.series.id if item.series else None
    return (announcement.about, announcement.item, announcement.wall) == (item.about, series, item.wall)
