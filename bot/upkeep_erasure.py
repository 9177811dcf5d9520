"""Two daily jobs: erase whatever outlived its time, and look whether anything is left of what was erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from bot import logs
from bot.health import Reason
from bot.metrics import told
from bot.rooms import Rooms
from peersupport import column, holding, membership, outlived, referral_rows, referrals, retention
from peersupport.audit import ActorKind, Entry, Event
from peersupport.erasure import LEAVE
from peersupport.notifications import Delivered, Due, Kind, Message, Result
from peersupport.people import Duty, may_in_programme
from peersupport.programme import Programme
from peersupport.programme_parts import Retention
from peersupport.referral import WINDOW
from peersupport.requests import SupportRequest
from peersupport.upkeep import subject_of
from store.leftovers import PostLeft

KEEP_DONE = timedelta(days=2)
KEEP_RECEIPTS = timedelta(days=60)
"""Longer than a finished request stays anybody's to rate."""
KEEP_ENDED = timedelta(days=30)
"""How long approvals that ran out, and rows about erased requests that were given up, are kept."""
UNLOOKED = timedelta(days=3)
"""After so long a partner's notice that could not be looked at is dropped: its promise is over."""
EDIT_AGAIN = timedelta(days=1)
"""After so long a message about an erased request that still stands is edited down once more."""
TIME_TO_SAY = timedelta(days=30)
"""How long a supporter is left the button that says that they deleted what they noted."""
_PAGE = 100


async def retain(rooms: Rooms, due: Due) -> Result:
    """Erase whatever outlived its time, also where its own row was lost or given up; and mark what was not marked."""
    now = rooms.front.clock.now()
    erased = await _erase_requests(rooms, now)
    programme = rooms.front.programmes.get(due.programme)
    async with rooms.store.work() as work:
        await membership.mark_again(work, due.programme, now)
    former = await _erase_former(rooms, programme, now)
    await _erase_notices(rooms, now)
    await _close_concerns(rooms, now)
    await _end_referrals(rooms, now)
    await _erase_pitches(rooms, now)
    shared = await _erase_shared(rooms, now)
    await _edit_down(rooms, now)
    dropped = await rooms.store.leftovers.purge(now - KEEP_ENDED)
    dropped += await rooms.store.queue.purge(now - KEEP_DONE)
    dropped += await rooms.store.purge(receipts=KEEP_RECEIPTS)
    swept = await rooms.store.sweep()
    logs.note("retain.lookup_key", state=(await rooms.store.renew_index()).value)
    whole = await rooms.store.tidy()
    for kind, count in (
        ("requests", erased),
        ("supporters", former),
        ("shared", shared),
        ("rows", dropped),
        ("keys", swept),
    ):
        logs.note("retain.erased", kind=kind, count=told(count))
    if not whole:
        logs.note("retain.files_later")
    return Delivered()


def _kept(rooms: Rooms) -> Mapping[str, Retention]:
    return {programme.id: programme.retention for programme in rooms.front.programmes.values()}


async def _erase_requests(rooms: Rooms, now: datetime) -> int:
    """Erase the closed requests, of every programme, whose time is over, and the contacts whose is."""
    kept, erased = _kept(rooms), 0
    for request in await rooms.store.leftovers.contacts():
        contact_due = retention.contact_due_at(retention.of_programme(kept, request.programme), request)
        if contact_due is not None and contact_due <= now:
            async with rooms.store.work() as work:
                if await holding.holds(work, request.id, now) is None:
                    await retention.erase_contact(work, request.id)
    after: UUID | None = None
    while page := await _unerased(rooms, after):
        after = page[-1].id
        for request in page:
            request_due = retention.due_at(retention.of_programme(kept, request.programme), request)
            if request_due is not None and request_due <= now:
                erased += await _erase(rooms, request.id, now)
    return erased


async def _unerased(rooms: Rooms, after: UUID | None) -> Sequence[SupportRequest]:
    async with rooms.store.work() as work:
        return await work.requests.unerased(limit=_PAGE, after=after)


async def _erase(rooms: Rooms, id: UUID, now: datetime) -> bool:
    async with rooms.store.work() as work:
        request = await work.requests.get(id)
        held = await holding.holds(work, id, now)
    if request is None or held is not None:
        return False
    await rooms.notifier.take_leave(Due(id, Kind.ERASE, id, request.programme))
    async with rooms.store.work() as work:
        request = await work.requests.get(id, lock=True)
        if request is None or request.erased_at is not None or await holding.holds(work, id, now) is not None:
            return False
        await retention.erase(work, request, now)
    return True


async def _erase_former(rooms: Rooms, programme: Programme | None, now: datetime) -> int:
    """Erase the profiles of supporters who wanted it, or who left so long ago as the programme says."""
    former = await rooms.store.leftovers.who_wanted(now - LEAVE)
    if programme is not None:
        before = now - timedelta(days=programme.retention.former_supporter_days)
        left = await rooms.store.leftovers.former_supporters(programme.id, before)
        former += [each for each in left if each not in former]
    for supporter in former:
        async with rooms.store.work() as work:
            entry = await work.supporters.held(supporter)
            if entry is not None and not entry.active:
                await work.supporters.erase(supporter)
    return len(former)


async def _erase_notices(rooms: Rooms, now: datetime) -> None:
    """Erase what partners told that is left of erased requests and contacts, and drop what could not be looked at."""
    for id in await rooms.store.leftovers.notices(now - UNLOOKED):
        async with rooms.store.work() as work:
            notice = await work.notices.get(id, lock=True)
            if notice is not None and notice.request_id is None:
                await work.notices.drop(id)
            elif notice is not None:
                await work.notices.erase(id)


async def _end_referrals(rooms: Rooms, now: datetime) -> None:
    """Close and erase the referrals that nobody answered in time, and forget who wants theirs forgotten."""
    for id in await rooms.store.referral_leftovers.ended(now):
        async with rooms.store.work() as work:
            await referrals.end(work, id, now)
    for id in await rooms.store.referral_leftovers.counts(now - WINDOW):
        async with rooms.store.work() as work:
            await work.referrals.drop_count(id)
    for id, programme in await rooms.store.referral_leftovers.posts(now - EDIT_AGAIN):
        async with rooms.store.work() as work:
            await work.outbox.put(*referral_rows.close_again(id, programme, now.date()))


async def _erase_pitches(rooms: Rooms, now: datetime) -> None:
    """Erase the offers to write whose time is over, answered or not."""
    async with rooms.store.work() as work:
        over = await work.pitches.made_before(now - column.KEPT)
    for id in over:
        async with rooms.store.work() as work:
            await work.pitches.erase(id)


async def _erase_shared(rooms: Rooms, now: datetime) -> int:
    """Erase what people share with others and what outlived its time, of programmes that are not run any more too."""
    found = await rooms.store.shared_leftovers.over(_kept(rooms), now)
    async with rooms.store.work() as work:
        return await outlived.erase(work, found)


async def _close_concerns(rooms: Rooms, now: datetime) -> None:
    """Close what is open about erased requests, as the erasure itself would have."""
    for id in await rooms.store.leftovers.open_concerns():
        async with rooms.store.work() as work:
            request = await work.requests.get(id, lock=True)
            if request is not None:
                await holding.lapse(work, request, now)


async def _edit_down(rooms: Rooms, now: datetime) -> None:
    """Have messages about erased requests edited down that still stand; forget those that nobody can find again."""
    left = await rooms.store.leftovers.posts(now - EDIT_AGAIN)
    for subject, posts in groupby(sorted(left, key=lambda each: each.subject.hex), key=lambda each: each.subject):
        async with rooms.store.work() as work:
            standing = {post.id: post for post in await work.posts.of(subject)}
            for each in posts:
                post = standing.get(each.id)
                if post is None or post.stripped:
                    await work.posts.drop(each.id)
                elif each.kind != Kind.TELL_SUPPORTER or each.erased_at < now - TIME_TO_SAY:
                    await work.outbox.put(_again(each, now))


def _again(left: PostLeft, now: datetime) -> Message:
    """Return the row that edits one message down; it is the same row all day."""
    kind = Kind.CARD if left.kind == Kind.CARD else Kind.CLOSE_MESSAGES
    audience = left.audience if left.kind == Kind.TELL_SUPPORTER else None
    key = f"{kind}:{left.subject}:{audience or ''}:again:{now.date().isoformat()}"
    return Message(kind, left.subject, key, left.programme, audience=audience)


async def self_audit(rooms: Rooms, due: Due) -> Result:
    """Look whether anything is left of what was erased; zero is one line in the log, anything else an alarm."""
    found = await rooms.store.self_audit(_kept(rooms))
    if found.total:
        # After an outage this may be due before the other job: what that can mend is no alarm.
        logs.note("self_audit.mending", count=found.total)
        await retain(rooms, due)
        found = await rooms.store.self_audit(_kept(rooms))
    rooms.meter.left = found.total
    if not found.ledger and await rooms.store.note_ledger():
        logs.note("self_audit.noted")
    rooms.health.put(Reason.SELF_AUDIT, present=found.total > 0)
    if not found.total:
        logs.note("self_audit.done", count=0)
        return Delivered()
    for code, count in found.counts.items():
        if count:
            logs.trouble("self_audit.failed", code=code, count=count)
    now = rooms.front.clock.now()
    async with rooms.front.work() as work:
        line = Entry(Event.SELF_AUDIT_FAILED, now, ActorKind.SYSTEM, None, subject_of(due.programme))
        await work.audit.write(line)
        seated = [
            each for each in await work.members.all(due.programme) if may_in_programme(Duty.LOOK_AFTER, each.roles)
        ]
        await work.outbox.put(*(retention.found_left(due.programme, each.id, now.date()) for each in seated))
    return Delivered()
