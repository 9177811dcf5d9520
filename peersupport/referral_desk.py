"""What an administrator does for a referral: asks by phone, writes the answer down, or looks at one that is held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport import consent_links, intake, referral_rows, referrals, reveals
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.consent_link import About, Link
from peersupport.intake import Opening
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.referral import Answer, Answered, Colleague, Referral, ReferralState, Route
from peersupport.reveals import Limited, Reason


@dataclass(frozen=True, slots=True)
class Settled:
    """Nobody needs to be asked, any more or at all; nothing says why."""


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """How a referral stands, without whom it is about."""

    referral: Referral
    late: bool
    """True where nobody has answered within the time in which the programme promises a first contact."""
    referrer: Address | None = None
    """Who passed it on, where it is held because of that."""

    def __repr__(self) -> str:
        return "Sheet(...)"


@dataclass(frozen=True, slots=True, repr=False)
class CallSheet:
    """Whom an administrator asks outside Slack, after the opening was written down."""

    referral: Referral
    colleague: Colleague
    referrer: Address | None = None
    """Who passed it on, where the colleague may be told."""

    def __repr__(self) -> str:
        return "CallSheet(...)"


@dataclass(frozen=True, slots=True)
class Released:
    """A held referral was let go: the colleague is asked, or it is dropped."""

    asked: bool


async def sheet(work: UnitOfWork, programme: Programme, who: Address, id: UUID, *, now: datetime) -> Sheet | Refused:
    """Show how a referral stands; of a held one who passed it on, which is what has to be judged."""
    held = await _hold(work, programme, who, id)
    if held is None:
        return await refuse(work, now)
    referrer = await work.referrals.referrer(id) if held.referral.state is ReferralState.HELD else None
    return Sheet(held.referral, is_late(programme, held.referral, now), referrer)


async def open_call_sheet(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, reason: Reason, *, now: datetime
) -> CallSheet | Settled | Limited | Refused:
    """Open whom to ask; it is an opening like any other: with a reason, written down first, limited in number."""
    held = await _hold(work, programme, who, id)
    if held is None or reason not in reveals.ASKED_FOR:
        return await refuse(work, now)
    colleague = await _to_call(work, held.referral, now)
    if colleague is None:
        await _settle(work, held.referral, now)
        return Settled()
    line = Entry(Event.IDENTITY_OPENED, now, ActorKind.ADMIN, held.member, id, reason)
    limited = await reveals.write_down(work, programme, line, held.member)
    if limited is not None:
        return limited
    referrer = await work.referrals.referrer(id) if held.referral.tells_who else None
    return CallSheet(held.referral, colleague, referrer)


async def make_link(
    work: UnitOfWork, ids: Ids, programme: Programme, who: Address, id: UUID, *, now: datetime
) -> Link | Settled | Refused:
    """Make a link and a code for a colleague outside Slack to answer on a page; who made it is written down."""
    held = await _hold(work, programme, who, id)
    if held is None:
        return await refuse(work, now)
    if await _to_call(work, held.referral, now) is None:
        await _settle(work, held.referral, now)
        return Settled()
    await work.audit.write(Entry(Event.CONSENT_LINK_MADE, now, ActorKind.ADMIN, held.member, id))
    return await consent_links.issue(work, ids, id, About.REFERRAL, ends=held.referral.expires_at, now=now)


async def record_answer(
    work: UnitOfWork,
    ids: Ids,
    programme: Programme,
    who: Address,
    id: UUID,
    said: Answer | intake.Ask,
    *,
    now: datetime,
) -> Answered | Opening | Settled | Refused:
    """Write down what a colleague outside Slack said; a yes comes as the request form that was filled in with them."""
    held = await _hold(work, programme, who, id)
    if held is None:
        return await refuse(work, now)
    colleague = await _to_call(work, held.referral, now)
    if colleague is None:
        return Settled()
    line = Entry(Event.REFERRAL_RECORDED, now, ActorKind.ADMIN, held.member, id)
    if isinstance(said, Answer):
        await work.audit.write(line)
        await referrals.take(work, held.referral, [colleague.address], said, now)
        return Answered(later=said is Answer.LATER)
    opened = await referrals.open_for(work, ids, programme, held.referral, colleague.address, said, now)
    if isinstance(opened, intake.Opened):
        await work.audit.write(line)
    return opened


async def release(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, *, asks: bool, now: datetime
) -> Released | Settled | Refused:
    """Let a held referral go: have the colleague asked after all, or drop it and erase whom it is about."""
    held = await _hold(work, programme, who, id)
    if held is None:
        return await refuse(work, now)
    referral = held.referral
    if referral.state is not ReferralState.HELD or now >= referral.expires_at:
        return Settled()
    line = Entry(Event.REFERRAL_RELEASED, now, ActorKind.ADMIN, held.member, id)
    if not asks:
        await referrals.close(work, referral, now, line)
        return Released(asked=False)
    expires = now + referrals.confirm_within(programme)
    asked = replace(referral, state=ReferralState.ASKED, asked_at=now, expires_at=expires)
    await work.referrals.save(asked)
    asked = replace(asked, version=asked.version + 1)
    await work.audit.write(line)
    await work.outbox.put(referral_rows.card(asked), *referral_rows.timers(programme, asked))
    if asked.route is Route.SLACK:
        await work.outbox.put(referral_rows.tell_colleague(asked))
    return Released(asked=True)


def is_late(programme: Programme, referral: Referral, now: datetime) -> bool:
    """Say whether an open referral has waited for longer than the programme takes to a first contact."""
    return referral.is_open and now >= programme.due_at(referral.asked_at or referral.created_at)


@dataclass(frozen=True, slots=True)
class _Held:
    referral: Referral
    member: UUID


async def _hold(work: UnitOfWork, programme: Programme, who: Address, id: UUID) -> _Held | None:
    """Hold a referral for an administrator whom it does not concern; None for every doubt."""
    found = await work.referrals.get(id, lock=True)
    member = await entitled(work, programme, who, Duty.LOOK_AFTER)
    if found is None or found.programme != programme.id or member is None:
        return None
    return None if await referrals.concerns(work, found, who) else _Held(found, member)


async def _to_call(work: UnitOfWork, referral: Referral, now: datetime) -> Colleague | None:
    """Return whom an administrator is to ask; None where nobody is, or where they answer for themselves."""
    if referral.route is not Route.OUTSIDE or not referrals.is_asked(referral, now):
        return None
    return await work.referrals.colleague(referral.id)


async def _settle(work: UnitOfWork, referral: Referral, now: datetime) -> None:
    """Close a referral that asks nobody, once an administrator wanted to ask."""
    if referral.route is Route.OUTSIDE and referrals.is_asked(referral, now):
        await referrals.close(work, referral, now)
