"""Two colleagues who may talk: one fixed question, two yeses before ways to reach each other are shown, then nothing.

No request, reference, reason or line of the ledger comes of it. "Not now" and silence look the same to whoever asked:
they hear of either only when the question's time is over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport import listing_rules
from peersupport.addresses import Address
from peersupport.notifications import Due, Kind, Message
from peersupport.ports import Ids, UnitOfWork
from peersupport.ports_informal import Introduction, Meeting, Pair, Side
from peersupport.programme import Programme

MOST_OPEN = 5
"""So many questions of one person stand at a time."""
KINDS = frozenset({Kind.END_INTRODUCTION})
_SAID = frozenset({Kind.TELL_ASKED, Kind.TELL_ASKER})


class Amiss(StrEnum):
    """What is missing in the form of whoever asks."""

    NAME = "name"
    REACH = "reach"


class Where(StrEnum):
    """What somebody is in an introduction, and where it stands for them."""

    WAITING = "waiting"
    """They asked, and no yes has come; whether a no has, they cannot tell."""
    ASKED = "asked"
    """They are asked."""
    BOTH = "both"
    """Both said yes."""
    OVER = "over"


@dataclass(frozen=True, slots=True, repr=False)
class View:
    """An introduction as one of the two may see it."""

    introduction: Introduction
    where: Where
    name: str = ""
    """The other's name, as they wrote it."""
    reach: str = ""
    """How to reach the other: only once both said yes."""
    own_reach: str = ""
    """What of one's own the other sees, or would see."""

    def __repr__(self) -> str:
        return "View(...)"


@dataclass(frozen=True, slots=True)
class Asked:
    """The question stands."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """They cannot be asked just now; why is not said."""


@dataclass(frozen=True, slots=True)
class Enough:
    """As many questions stand as one person can have at a time."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something is missing; nobody was asked."""

    parts: tuple[Amiss, ...]


async def ask(
    work: UnitOfWork, programme: Programme, asker: Side, listing: UUID, *, key: str, now: datetime, ids: Ids
) -> Asked | Unavailable | Enough | Missing:
    """Ask a listed colleague for ten minutes, which is one's own yes; `key` makes a repeat harmless."""
    part = listing_rules.part_of(programme)
    assert part is not None
    given = ((Amiss.NAME, asker.name), (Amiss.REACH, asker.reach))
    missing = tuple(amiss for amiss, words in given if not words.strip())
    if missing:
        return Missing(missing)
    held = await work.listings.get(listing, lock=True)
    listed = await work.listings.listed(listing) if held else None
    if held is None or listed is None or held.programme != programme.id or listed.address == asker.address:
        return Unavailable()
    standing = await _asked_by(work, programme.id, asker.address, now)
    if any(pair.asked_of == listing for _, pair in standing):
        return Asked()
    if len(standing) >= MOST_OPEN:
        return Enough()
    if not listing_rules.available(held, now):
        return Unavailable()
    if not await work.receipts.keep(f"ask:{key}"):
        return Asked()
    await work.listings.save(listing_rules.asked_once_more(held, now))
    made = Introduction(ids.new(), programme.id, Meeting.ASKED, now, now + part.introduction_ends)
    trimmed = replace(asker, name=asker.name.strip()[: listing_rules.LONGEST_NAME], reach=_short(asker.reach))
    peer = Side(listed.address, listed.name, listed.reach)
    await work.introductions.add(made, Pair(trimmed, peer, listed.name, listing))
    await work.outbox.put(_row(Kind.TELL_ASKED, made), _ends(made))
    return Asked()


def _short(reach: str) -> str:
    return reach.strip()[: listing_rules.LONGEST_REACH]


async def _asked_by(work: UnitOfWork, programme: str, who: Address, now: datetime) -> list[tuple[Introduction, Pair]]:
    open_still = (Meeting.ASKED, Meeting.DECLINED)
    return [
        (each, pair)
        for each, pair in await work.introductions.of(who)
        if pair.asker.address == who and each.programme == programme and each.state in open_still and now < each.ends_at
    ]


async def seen(work: UnitOfWork, id: UUID, who: Address, now: datetime) -> View | None:
    """Return an introduction as this person may see it; None where they are not in it, or it is gone."""
    found = await work.introductions.get(id)
    pair = await work.introductions.pair(id) if found else None
    return _as_seen(found, pair, who, now) if found and pair else None


async def of(work: UnitOfWork, programme: str, who: Address, now: datetime) -> list[View]:
    """Return those that somebody is in and that are not over."""
    views = [_as_seen(each, pair, who, now) for each, pair in await work.introductions.of(who)]
    return [
        view for view in views if view and view.introduction.programme == programme and view.where is not Where.OVER
    ]


def _as_seen(found: Introduction, pair: Pair, who: Address, now: datetime) -> View | None:
    asker, peer = pair.asker, pair.peer
    if who not in (asker.address, peer.address if peer else None):
        return None
    if now >= found.ends_at or found.state is Meeting.OVER:
        return View(found, Where.OVER)
    if who == asker.address:
        if found.state is Meeting.YES and peer is not None:
            return View(found, Where.BOTH, peer.name, peer.reach, asker.reach)
        return View(found, Where.WAITING, pair.asked_for)
    assert peer is not None
    if found.state is Meeting.YES:
        return View(found, Where.BOTH, asker.name, asker.reach, peer.reach)
    return View(found, Where.ASKED, asker.name, own_reach=peer.reach)


async def accept(work: UnitOfWork, programme: Programme, id: UUID, who: Address, now: datetime) -> View | None:
    """Say yes, after which both see how to reach each other for a day; None where it is not this person's to answer."""
    part = listing_rules.part_of(programme)
    found, pair = await _to_answer(work, programme.id, id, who)
    if found is None or pair is None or part is None:
        return None
    if found.state is not Meeting.ASKED or now >= found.ends_at:
        return _as_seen(found, pair, who, now)
    said = replace(found, state=Meeting.YES, ends_at=now + part.introduction_ends)
    await work.introductions.save(said, pair)
    await work.outbox.forget(id, KINDS)
    await work.outbox.put(_row(Kind.TELL_ASKER, said), _ends(said))
    return _as_seen(said, pair, who, now)


async def decline(work: UnitOfWork, programme: str, id: UUID, who: Address, now: datetime) -> bool:
    """Say "not now": nothing of oneself stays, and the other cannot tell it from silence."""
    found, pair = await _to_answer(work, programme, id, who)
    if found is None or pair is None:
        return False
    if found.state is Meeting.ASKED and now < found.ends_at:
        await _leave(work, found, pair)
    return True


async def _to_answer(
    work: UnitOfWork, programme: str, id: UUID, who: Address
) -> tuple[Introduction | None, Pair | None]:
    found = await work.introductions.get(id, lock=True)
    pair = await work.introductions.pair(id) if found and found.programme == programme else None
    mine = pair is not None and pair.peer is not None and pair.peer.address == who
    return (found, pair) if mine else (None, None)


async def _leave(work: UnitOfWork, found: Introduction, pair: Pair) -> None:
    await work.introductions.save(replace(found, state=Meeting.DECLINED), replace(pair, peer=None))


async def decline_all(work: UnitOfWork, programme: str, who: Address) -> None:
    """Say "not now" to every open question in a programme, as when a listing goes."""
    for each, pair in await work.introductions.of(who):
        held = await work.introductions.get(each.id, lock=True)
        mine = pair.peer is not None and pair.peer.address == who
        if held is not None and mine and held.programme == programme and held.state is Meeting.ASKED:
            await _leave(work, held, pair)


async def take_back(work: UnitOfWork, id: UUID, who: Address) -> bool:
    """Take one's own question back, whatever came of it: nothing of it stays."""
    found = await work.introductions.get(id, lock=True)
    pair = await work.introductions.pair(id) if found else None
    if found is None or pair is None or pair.asker.address != who:
        return False
    await drop(work, id)
    return True


async def drop(work: UnitOfWork, id: UUID) -> None:
    """Drop one with its key, its timers and what was said about it."""
    await work.introductions.drop(id)
    await work.outbox.forget(id, KINDS | _SAID)


async def forget(work: UnitOfWork, who: Address) -> int:
    """Take somebody out of every introduction, and say of how many; one they were asked in goes on as unanswered."""
    found = await work.introductions.of(who)
    for each, pair in found:
        held = await work.introductions.get(each.id, lock=True)
        if held is None:
            continue
        if held.state is Meeting.ASKED and pair.asker.address != who:
            await _leave(work, held, pair)
        else:
            await drop(work, held.id)
    return len(found)


async def carry_out(work: UnitOfWork, due: Due, now: datetime) -> None:
    """End an introduction: after two yeses it is gone; else only who asked is left in it, until they were told."""
    held = await work.introductions.get(due.subject, lock=True)
    pair = await work.introductions.pair(due.subject) if held else None
    if held is None or now < held.ends_at or held.state is Meeting.OVER:
        return
    # Not its own row, which is settled with this.
    await work.outbox.forget(held.id, _SAID)
    if held.state is Meeting.YES or pair is None:
        await work.introductions.drop(held.id)
        return
    await work.introductions.save(replace(held, state=Meeting.OVER), Pair(Side(pair.asker.address), None))
    await work.outbox.put(_row(Kind.TELL_ASKER, held))


async def to_tell(work: UnitOfWork, due: Due) -> Address | None:
    """Return to whom a message about an introduction goes now; None where it is not to be sent any more."""
    found = await work.introductions.get(due.subject)
    pair = await work.introductions.pair(due.subject) if found else None
    if found is None or pair is None:
        return None
    if due.kind is Kind.TELL_ASKED:
        return pair.peer.address if pair.peer and found.state is Meeting.ASKED else None
    return pair.asker.address if found.state in (Meeting.YES, Meeting.OVER) else None


async def told(work: UnitOfWork, due: Due) -> None:
    """Drop what was left only to tell whoever asked that it is over. Safe to repeat."""
    found = await work.introductions.get(due.subject, lock=True)
    if due.kind is Kind.TELL_ASKER and found is not None and found.state is Meeting.OVER:
        await work.introductions.drop(found.id)


def _ends(introduction: Introduction) -> Message:
    return _row(Kind.END_INTRODUCTION, introduction, introduction.ends_at)


def _row(kind: Kind, introduction: Introduction, at: datetime | None = None) -> Message:
    key = f"{kind}:{introduction.id}:{round(introduction.ends_at.timestamp() * 1000)}"
    return Message(kind, introduction.id, key, introduction.programme, run_at=at)
