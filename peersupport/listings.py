"""Listing oneself as glad to be asked: by one's own hand only, paused or removed at once, and ended by silence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport import introductions
from peersupport.addresses import Address
from peersupport.listing_rules import LONGEST_COMMUNITY as LONGEST_COMMUNITY
from peersupport.listing_rules import LONGEST_NAME as LONGEST_NAME
from peersupport.listing_rules import LONGEST_REACH as LONGEST_REACH
from peersupport.listing_rules import available as available
from peersupport.listing_rules import part_of as part_of
from peersupport.notifications import Due, Kind, Message
from peersupport.ports import Ids, UnitOfWork
from peersupport.ports_informal import Listed, Listing
from peersupport.programme import Programme
from peersupport.programme_informal import InformalConnect

KINDS = frozenset({Kind.REVIEW_LISTING, Kind.END_LISTING})
"""The timers of a listing."""
_TIMERS = KINDS | {Kind.TELL_LISTED}


class Lack(StrEnum):
    """What a listing cannot do without."""

    NAME = "name"
    REACH = "reach"


@dataclass(frozen=True, slots=True)
class Kept:
    """The listing stands as it was said."""

    listing: Listing
    new: bool


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something is missing; nothing was kept."""

    parts: tuple[Lack, ...]


def lacks(listed: Listed) -> tuple[Lack, ...]:
    """Return what is missing in what somebody says of themselves."""
    given = ((Lack.NAME, listed.name), (Lack.REACH, listed.reach))
    return tuple(part for part, words in given if not words.strip())


def fitting(programme: Programme, listed: Listed) -> Listed:
    """Return it in the words and lists of the programme."""
    part = part_of(programme)
    assert part is not None
    times, tags = {each.id for each in part.times}, {each.id for each in part.tags}
    return replace(
        listed,
        name=listed.name.strip()[:LONGEST_NAME],
        reach=listed.reach.strip()[:LONGEST_REACH],
        community=listed.community.strip()[:LONGEST_COMMUNITY],
        times=tuple(each for each in listed.times if each in times),
        tags=tuple(each for each in listed.tags if each in tags),
    )


async def keep(
    work: UnitOfWork, programme: Programme, listed: Listed, *, weekly_limit: int, now: datetime, ids: Ids
) -> Kept | Lacking:
    """List oneself, or change what stands there; a change answers the question whether it stays."""
    part = part_of(programme)
    assert part is not None
    missing = lacks(listed)
    if missing:
        return Lacking(missing)
    listed, limit = fitting(programme, listed), min(max(weekly_limit, 1), part.asks_per_week)
    new = Listing(ids.new(), programme.id, limit, now + part.review_every)
    if await work.listings.add(new, listed):
        await work.outbox.put(_review(new))
        return Kept(new, new=True)
    found = await work.listings.find(programme.id, listed.address)
    held = await work.listings.get(found.id, lock=True) if found else None
    if held is None:
        return Lacking(())
    await work.listings.reseal(held.id, listed)
    stays = await _stays(work, part, replace(held, weekly_limit=limit), now)
    return Kept(stays, new=False)


async def pause(work: UnitOfWork, programme: str, who: Address, *, paused: bool) -> Listing | None:
    """Pause one's listing, or have it shown again; None where there is none."""
    found = await work.listings.find(programme, who)
    held = await work.listings.get(found.id, lock=True) if found else None
    if held is None:
        return None
    changed = replace(held, paused=paused)
    await work.listings.save(changed)
    return changed


async def stay(work: UnitOfWork, programme: Programme, who: Address, now: datetime) -> Listing | None:
    """Answer that the listing stays; None where there is none."""
    part, found = part_of(programme), await work.listings.find(programme.id, who)
    held = await work.listings.get(found.id, lock=True) if found else None
    return None if held is None or part is None else await _stays(work, part, held, now)


async def _stays(work: UnitOfWork, part: InformalConnect, held: Listing, now: datetime) -> Listing:
    changed = replace(held, review_at=now + part.review_every, asked_at=None)
    await work.listings.save(changed)
    await work.outbox.forget(held.id, _TIMERS)
    await work.outbox.put(_review(changed))
    return changed


async def remove(work: UnitOfWork, programme: str, who: Address) -> bool:
    """Erase one's listing; open questions to them end as if they had said "not now". False where there is none."""
    found = await work.listings.find(programme, who)
    if found is None:
        return False
    await introductions.decline_all(work, programme, who)
    await drop(work, found.id)
    return True


async def drop(work: UnitOfWork, id: UUID) -> None:
    """Erase a listing with its timers."""
    await work.listings.erase(id)
    await work.outbox.forget(id, _TIMERS)


async def forget(work: UnitOfWork, who: Address) -> int:
    """Erase somebody's listings in every programme, and say how many there were."""
    found = await work.listings.of(who)
    for each in found:
        await drop(work, each.id)
    return len(found)


async def carry_out(work: UnitOfWork, programme: Programme, due: Due, now: datetime) -> None:
    """Ask whether a listing stays, or end it where nobody answered."""
    part, held = part_of(programme), await work.listings.get(due.subject, lock=True)
    if held is None or part is None:
        return
    if due.kind is Kind.REVIEW_LISTING and held.asked_at is None and held.review_at <= now:
        await work.listings.save(replace(held, asked_at=now))
        await work.outbox.put(_tell(held, now), _end(held, now + part.review_wait))
    elif due.kind is Kind.END_LISTING and held.asked_at is not None and held.asked_at + part.review_wait <= now:
        # Not its own row, which is settled with this.
        await work.listings.erase(held.id)
        await work.outbox.forget(held.id, _TIMERS - {due.kind})


def _review(listing: Listing) -> Message:
    return _row(Kind.REVIEW_LISTING, listing, listing.review_at, listing.review_at)


def _end(listing: Listing, at: datetime) -> Message:
    return _row(Kind.END_LISTING, listing, at, at)


def _tell(listing: Listing, now: datetime) -> Message:
    return _row(Kind.TELL_LISTED, listing, now, None)


def _row(kind: Kind, listing: Listing, bound: datetime, at: datetime | None) -> Message:
    key = f"{kind}:{listing.id}:{round(bound.timestamp() * 1000)}"
    return Message(kind, listing.id, key, listing.programme, run_at=at)
