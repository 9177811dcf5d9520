"""What is forgotten, and when: carries out the erasures that closing a request put into the outbox."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from peersupport import holding, messages
from peersupport.actors import Held
from peersupport.audit import ActorKind, Entry, Event
from peersupport.endings import close, goes_at_once
from peersupport.notifications import Due, Kind, Message
from peersupport.outcomes import Done, Stale
from peersupport.ports import UnitOfWork
from peersupport.programme_parts import Retention
from peersupport.requests import Outcome, State, SupportRequest
from peersupport.upkeep import subject_of

ERASURES = frozenset({Kind.ERASE, Kind.ERASE_CONTACT})
"""The outbox kinds that this file carries out; none of them says anything to anybody."""

LONGER = timedelta(days=30)
"""How much longer a request is kept, once, where two administrators agreed on it."""

POINTLESS = frozenset(
    {
        Kind.REMIND_ADMINS,
        Kind.REMIND_BACKUPS,
        Kind.ASK_REQUESTER,
        Kind.ALERT_RISK,
        Kind.NONE_LEFT,
        Kind.OFFER_UNASKED,
        Kind.NOTE_REQUESTER,
        Kind.NUDGE_SUPPORTER,
        Kind.ASK_GOING_ON,
        Kind.CLOSE_UNREACHED,
        Kind.REMIND_OUTREACH,
        Kind.END_OUTREACH,
        Kind.ERASE_CONTACT,
        Kind.TELL_MEMBER,
        Kind.TELL_REQUESTER,
        Kind.TELL_COVER,
        Kind.HOME_REQUESTER,
    }
)
"""What nobody can or need be told any more once a request is erased; messages are still edited down."""


def due_at(kept: Retention, request: SupportRequest) -> datetime | None:
    """Return when everything that names the requester is to be gone; None while the request is open."""
    if request.closed_at is None:
        return None
    if request.erase_asked_at is not None:
        return request.erase_asked_at
    days = 0 if goes_at_once(request) else kept.identity_days_after_close
    due = request.closed_at + timedelta(days=days)
    return max(due, request.keep_until) if request.keep_until else due


def contact_due_at(kept: Retention, request: SupportRequest) -> datetime | None:
    """Return when the contact is to be gone; None while the request is open."""
    if request.closed_at is None:
        return None
    days = 0 if goes_at_once(request) else kept.contact_days_after_close
    due = request.closed_at + timedelta(days=days)
    return min(due, request.erase_asked_at or due)


def erase_now(request: SupportRequest, now: datetime) -> Message:
    """Erase a closed request now, whenever its time would have been."""
    return replace(messages.erase(request, now), dedupe=f"{Kind.ERASE}:{request.id}:now")


def found_left(programme: str, member: UUID, day: date) -> Message:
    """Tell one administrator, once a day, that something was left of what should be gone."""
    subject = subject_of(programme)
    key = f"{Kind.TELL_SELF_AUDIT}:{subject}:{member}:{day.isoformat()}"
    return Message(Kind.TELL_SELF_AUDIT, subject, key, programme, audience=member)


async def carry_out(work: UnitOfWork, due: Due, now: datetime) -> None:
    """Destroy what the row names: a closed request, its contact, or the entry of a supporter who has left."""
    request = await work.requests.get(due.subject, lock=True)
    if request is None:
        await _erase_entry(work, due, now)
        return
    if request.state is not State.CLOSED:
        return
    concern = await holding.holds(work, request.id, now)
    if concern is not None:
        later = Message(due.kind, request.id, f"{due.kind}:{request.id}:held:{concern.id}", request.programme)
        await work.outbox.put(replace(later, run_at=concern.hold_until))
        return
    if due.kind is Kind.ERASE_CONTACT:
        await erase_contact(work, request.id)
    elif request.keep_until is not None and request.keep_until > now:
        later = messages.erase(request, request.keep_until)
        await work.outbox.put(replace(later, dedupe=f"{later.dedupe}:{round(request.keep_until.timestamp())}"))
    else:
        await erase(work, request, now)


async def erase_contact(work: UnitOfWork, request: UUID) -> None:
    """Destroy the way to reach the person, and what a partner told, in which it stands too. Safe to repeat."""
    await work.requests.erase_contact(request)
    await _erase_told(work, request)


async def _erase_told(work: UnitOfWork, request: UUID) -> None:
    notice = await work.notices.of_request(request)
    if notice is not None:
        await work.notices.erase(notice.id)


async def erase(work: UnitOfWork, request: SupportRequest, now: datetime, *, just_closed: bool = False) -> None:
    """Destroy everything that names the requester of a closed request whose row is held. Safe to repeat.

    `just_closed` is that it was closed in this very unit of work, so that its card is still to be edited.
    """
    if request.erased_at is None:
        await work.requests.save(replace(request, erased_at=now))
        await work.audit.write(Entry(Event.REQUEST_ERASED, now, ActorKind.SYSTEM, None, request.id))
    await holding.lapse(work, request, now)
    await _drop_posts(work, request, card_waits=just_closed)
    await work.requests.erase(request.id)
    await _erase_told(work, request.id)
    await work.put_off.forget(request.id)
    await work.outbox.forget(request.id, POINTLESS)


async def end_now(held: Held, outcome: Outcome, event: Event) -> Done | Stale:
    """Close a request and erase it in the same unit of work; what a safety concern holds goes when that ends."""
    closed = await close(held, outcome, event)
    if isinstance(closed, Done) and await holding.holds(held.work, held.request.id, held.now) is None:
        await erase(held.work, closed.request, held.now, just_closed=True)
    return closed


async def _drop_posts(work: UnitOfWork, request: SupportRequest, *, card_waits: bool) -> None:
    """Forget where the requester's own messages stand, and the card, unless it is still to be edited."""
    done = {Kind.TELL_REQUESTER, Kind.CARD}
    if card_waits or Kind.CARD in await work.outbox.waiting(request.id):
        done.remove(Kind.CARD)
        # The row that waits may have been read before this commit; this one finds the card where that left it.
        last = replace(messages.card(request), dedupe=f"{Kind.CARD}:{request.id}:erased")
        await work.outbox.put(last)
    for post in await work.posts.of(request.id):
        if post.kind in done:
            await work.posts.drop(post.id)


async def _erase_entry(work: UnitOfWork, due: Due, now: datetime) -> None:  # noqa: ARG001
    supporter = await work.supporters.held(due.subject)
    if supporter is not None and not supporter.active:
        await work.supporters.erase(supporter.id)


def of_programme(kept: Mapping[str, Retention], programme: str) -> Retention:
    """Return how long a programme keeps requests; for one that is not run any more, the longest that another does."""
    found = kept.get(programme)
    return found or max(kept.values(), key=lambda each: each.identity_days_after_close)
