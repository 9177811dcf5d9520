"""What a person may ask for, by their own hand or by phone: to be erased, to hear what is held; and keeping longer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from peersupport import (
    approvals,
    column,
    held_informal,
    held_sessions,
    holding,
    list_members,
    messages,
    mydata,
    presenting,
    referrals,
    retention,
    reveals,
)
from peersupport.actors import Held, actor, hold
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.endings import close, give_back_offers, give_back_requests, goes_at_once
from peersupport.exceptional import Act
from peersupport.held import Section
from peersupport.notifications import Kind, Message
from peersupport.offers import OfferState
from peersupport.outcomes import Already, Done, Refused, Stale
from peersupport.people import Actor, Deed, may
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, Outcome, SupportRequest
from peersupport.reveals import Limited, NotAgreed, Reason
from peersupport.supporters import Supporter

LEAVE = timedelta(seconds=5)
"""For so long the messages of a supporter who leaves can be edited down: where they stand goes with the entry."""


class Why(StrEnum):
    """Why something of a person stays."""

    ROLE = "role"
    """They look after a programme; only two others can take the role back."""
    NOT_RUN = "not_run"
    """The programme is not run here any more; whoever operates the app can erase it."""


@dataclass(frozen=True, slots=True)
class Remains:
    """Something of a person that they cannot delete by themselves."""

    programme: str
    why: Why


@dataclass(frozen=True, slots=True)
class PersonErased:
    """What becomes of a person's data: how much is being erased, and what stays. Nobody is named in it."""

    requests: int = 0
    """Their own requests, open or closed, that are erased within a minute."""
    entries: int = 0
    """Their entries as supporter that are erased within a minute."""
    remains: tuple[Remains, ...] = ()
    held: bool = False
    """True where an open safety concern holds one of these erasures back."""
    referrals: int = 0
    """Referrals of them that are closed and erased, and by them that are theirs no more."""


async def erase_person(
    work: UnitOfWork, programmes: Mapping[str, Programme], who: Address, now: datetime
) -> PersonErased:
    """Withdraw and erase a person's requests, end and erase their entries as supporter, forget what they chose."""
    standing = await work.members.standing(who)
    remains = [Remains(programme, Why.ROLE) for programme in sorted(standing.members)]
    requests = entries = 0
    for each in sorted(await work.requests.of(who, open_only=False), key=lambda request: request.id.hex):
        programme = programmes.get(each.programme)
        if programme is None and each.state in OPEN_STATES:
            remains.append(Remains(each.programme, Why.NOT_RUN))
        else:
            requests += await _erase_own(work, programme, who, each.id, now)
    for name in sorted(programmes.keys() | standing.supporters.keys()):
        found = await work.supporters.find(name, who)
        if found is not None:
            await _erase_entry(work, programmes.get(name), found[0].id, now)
            entries += 1
    referred = await _forget_referrals(work, who, now)
    held = bool(await holding.waiting(work, who, now))
    await list_members.forget(work, who)
    await presenting.forget(work, programmes, who, now, everywhere=True)
    await work.preferences.forget(who)
    await work.cover_choices.forget(who)
    await held_sessions.forget(work, programmes, who, now, everywhere=True)
    await column.forget(work, who)
    await held_informal.forget(work, who)
    return PersonErased(requests, entries, tuple(remains), held, referred)


async def _forget_referrals(work: UnitOfWork, who: Address, now: datetime) -> int:
    """End the referrals of a person, and forget that they passed others on; what they refused for good stays."""
    of_them, by_them = await work.referrals.open_of(who), await work.referrals.passed_on(who)
    for each in sorted(of_them, key=lambda referral: referral.id.hex):
        await referrals.end(work, each.id, now)
    for passed in sorted(by_them, key=lambda each: each.id.hex):
        await work.referrals.forget_referrer(passed.id)
    return len(of_them) + len(by_them)


async def _erase_own(work: UnitOfWork, programme: Programme | None, who: Address, id: UUID, now: datetime) -> bool:
    """Withdraw and erase one request of the person's own, or erase it where it is closed."""
    request = await work.requests.get(id, lock=True)
    if request is None or not may(Deed.DELETE_OWN, await actor(work, who, request), request):
        return False
    if request.state in OPEN_STATES:
        assert programme is not None
        held = Held(work, programme, request, Actor(requester=True), ActorKind.REQUESTER, now)
        return isinstance(await close(held, Outcome.WITHDRAWN, Event.REQUEST_WITHDRAWN), Done)
    await _erase_closed(work, request, Entry(Event.OWN_DATA_DELETED, now, ActorKind.REQUESTER, None, request.id))
    return True


async def _erase_closed(work: UnitOfWork, request: SupportRequest, line: Entry) -> None:
    """Have a closed request erased at once, also where two administrators wanted it kept longer."""
    await work.requests.save(replace(request, keep_until=None, erase_asked_at=request.erase_asked_at or line.at))
    await work.audit.write(line)
    await work.outbox.put(retention.erase_now(request, line.at))


async def _erase_entry(work: UnitOfWork, programme: Programme | None, supporter: UUID, now: datetime) -> None:
    """End an entry, hand back what is with it, and have it erased once its messages could be edited down."""
    if programme is not None:
        await give_back_offers(work, programme, supporter, now)
        await give_back_requests(work, programme, supporter, now, OfferState.HANDED_BACK)
    kept = await work.supporters.held(supporter)
    if kept is None:
        return
    await work.supporters.save(replace(kept, active=False, erase_asked_at=kept.erase_asked_at or now))
    await work.audit.write(Entry(Event.OWN_DATA_DELETED, now, ActorKind.SUPPORTER, supporter, supporter))
    home = messages.home_of(replace(kept, version=kept.version + 1))
    await work.outbox.put(home, _erase_later(kept, now + LEAVE))


def _erase_later(supporter: Supporter, run_at: datetime) -> Message:
    key = f"{Kind.ERASE}:{supporter.id}:{round(run_at.timestamp())}"
    return Message(Kind.ERASE, supporter.id, key, supporter.programme, run_at=run_at)


async def erase_for(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Refused | Stale:
    """Erase a request for somebody who asked by phone and was reached through the contact given in it.

    An open one closes as withdrawn; either way it is written down who did it.
    """
    held = await hold(work, programme, who, request, Deed.ERASE, now)
    if not isinstance(held, Held):
        return held
    if held.request.erased_at is not None:
        return Already(held.request)
    if held.request.state in OPEN_STATES:
        return await close(held, Outcome.WITHDRAWN, Event.ERASURE_ASKED)
    await _erase_closed(work, held.request, held.entry(Event.ERASURE_ASKED))
    return Done(held.request)


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """Everything held about one request, after the opening was written down."""

    request: SupportRequest
    sections: tuple[Section, ...]

    def __repr__(self) -> str:
        return "Shown(...)"


async def show_held(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Shown | NotAgreed | Limited | Refused | Stale:
    """Show an administrator everything held about a request, to tell the person on the phone; it is an opening.

    For a closed request two administrators have to have agreed on opening it, as for any other reason.
    """
    held = await hold(work, programme, who, request, Deed.SEE_HELD, now)
    if not isinstance(held, Held):
        return held
    if held.request.erased_at is not None:
        return Stale(held.request.state)
    event = Event.IDENTITY_OPENED
    if held.request.state not in OPEN_STATES:
        agreed = await approvals.agreed(work, programme.id, Act.REOPEN_IDENTITY, subject=request, now=now)
        if agreed is None or not await approvals.use(work, agreed, held.by, now):
            return NotAgreed()
        event = Event.IDENTITY_REOPENED
    sections = await mydata.of_request(work, programme, request, now=now)
    return await reveals.record(held, Reason.PERSON_ASKED, event) or Shown(held.request, sections)


async def keep_longer(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | NotAgreed | Refused | Stale:
    """Keep a closed request thirty days longer, once, on what two administrators agreed on."""
    held = await hold(work, programme, who, request, Deed.KEEP_LONGER, now)
    if not isinstance(held, Held):
        return held
    if held.request.keep_until is not None:
        return Already(held.request)
    due = retention.due_at(programme.retention, held.request)
    if due is None or due <= now or held.request.erased_at is not None or goes_at_once(held.request):
        return Stale(held.request.state)
    agreed = await approvals.agreed(work, programme.id, Act.EXTEND_RETENTION, subject=request, now=now)
    if agreed is None or not await approvals.use(work, agreed, held.by, now):
        return NotAgreed()
    changed = replace(held.request, keep_until=due + retention.LONGER)
    saved = await held.save(changed, Event.RETENTION_EXTENDED)
    return saved if isinstance(saved, Stale) else Done(saved.request)
