"""Two different administrators agree on an exceptional deed: asking, saying yes or no, carrying it out once.

Where only one administrator is left who may say yes, the programme's privacy contact is the other. Every step holds
the approval's row first, so that of two at once one wins. A yes counts only while whoever gave it still may give it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport import messages
from peersupport.actors import Held, first_asked, hold, refuse
from peersupport.addresses import Address
from peersupport.approvers import TWO, Voice, counted, eligible_for, hold_approval, is_privacy_contact, voice_of
from peersupport.audit import ActorKind, Entry, Event
from peersupport.exceptional import ABOUT_REQUESTS, TO_AGREE, to_use
from peersupport.exceptional import Act as Act
from peersupport.exceptional import Approval as Approval
from peersupport.exceptional import Why as Why
from peersupport.notifications import Message
from peersupport.outcomes import Refused, Stale
from peersupport.people import Deed, comes_first
from peersupport.ports import Ids, Member, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, SupportRequest

_DEED = {Act.REOPEN_IDENTITY: Deed.REOPEN_IDENTITY, Act.EXTEND_RETENTION: Deed.KEEP_LONGER}


@dataclass(frozen=True, slots=True)
class Asked:
    """It is put down, and whoever asked counts as the first."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class Waits:
    """The same was asked already and still lives; nothing was changed."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class NobodyElse:
    """There is no second person who could say yes; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The yes is kept; the approval tells whether it was the second."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The caller has said yes before, or two others have; nothing was changed."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class Declined:
    """It is ended; nobody can use it."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Nobody can agree to it or use it any more: its time is over, or it was used or declined."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class Pending:
    """One deed for two as somebody sees it who may say yes to it."""

    approval: Approval
    request: SupportRequest | None
    lives: bool
    mine: bool
    """Whether the caller's own yes is among those given."""
    asked_by_backup: bool | None
    """Whether a backup administrator asked; None where the operator did."""
    can_use: bool = False
    """Whether the caller is one of two administrators who have agreed on a deed about a request."""


async def ask(
    work: UnitOfWork, programme: Programme, who: Address, act: Act, request: UUID, why: Why, *, now: datetime, ids: Ids
) -> Asked | Waits | NobodyElse | Refused | Stale:
    """Ask for an exceptional deed on a closed request; the administrator who asks is the first of the two."""
    if act not in ABOUT_REQUESTS:
        return await refuse(work, now)
    held = await hold(work, programme, who, request, _DEED[act], now)
    if not isinstance(held, Held):
        return held
    if held.request.state in OPEN_STATES or held.request.erased_at is not None:
        return Stale(held.request.state)
    for each in await work.approvals.live(programme.id, now):
        if (each.act, each.subject) == (act, request):
            return Waits(each)
    approval = Approval(
        ids.new(), programme.id, act, now, now + TO_AGREE, request, None, why.value, held.actor.member, now
    )
    others = [each for each in await eligible_for(work, approval) if each.id != held.actor.member]
    if not others and not await _privacy_contact_can(work, programme, who, approval):
        return NobodyElse()
    await work.approvals.add(approval)
    await work.audit.write(_entry(approval, Event.APPROVAL_ASKED, now, held.actor.member))
    await _tell_asked(work, approval, others, wanted=1)
    return Asked(approval)


async def _privacy_contact_can(work: UnitOfWork, programme: Programme, who: Address, approval: Approval) -> bool:
    """Say whether the privacy contact could be the second besides this administrator."""
    contact = Address(who.team, programme.people.privacy_contact)
    return contact != who and await is_privacy_contact(work, programme, contact, approval)


async def ask_as_operator(
    work: UnitOfWork, programme: str, act: Act, *, code: str, subject: UUID | None = None, now: datetime, ids: Ids
) -> Approval:
    """Ask from the command line, where two must say yes; the same asked before is returned as it stands."""
    for each in await work.approvals.live(programme, now):
        if (each.act, each.code) == (act, code):
            return each
    approval = Approval(ids.new(), programme, act, now, now + TO_AGREE, subject, code)
    await work.approvals.add(approval)
    await work.audit.write(_entry(approval, Event.APPROVAL_ASKED, now, None))
    await _tell_asked(work, approval, await eligible_for(work, approval), wanted=TWO)
    return approval


async def agree(
    work: UnitOfWork, programme: Programme, who: Address, approval: UUID, *, now: datetime
) -> Agreed | Unchanged | Lapsed | Refused:
    """Say yes; the second yes of a different person makes it ready to be carried out, for a while."""
    found = await hold_approval(work, programme, who, approval, now)
    if isinstance(found, Refused):
        return found
    held, voice = found
    if not held.lives(now):
        return Lapsed(held)
    kept = await counted(work, held)
    if kept.complete or voice.has_spoken(kept):
        return Unchanged(kept)
    if kept.first_at is None:
        changed = replace(kept, first_by=voice.member, first_at=now)
    else:
        changed = replace(kept, second_by=voice.member, second_at=now, expires_at=now + to_use(kept.act))
    await work.approvals.save(changed)
    await work.audit.write(_entry(changed, Event.APPROVAL_GIVEN, now, voice.member))
    await _tell_step(work, changed, voice, "agreed" if changed.complete else "first", ready=changed.complete)
    return Agreed(changed)


async def decline(
    work: UnitOfWork, programme: Programme, who: Address, approval: UUID, *, now: datetime
) -> Declined | Lapsed | Refused:
    """Say no, or take one's own asking back; one no is enough, also after two have said yes."""
    found = await hold_approval(work, programme, who, approval, now)
    if isinstance(found, Refused):
        return found
    held, voice = found
    if not held.lives(now):
        return Lapsed(held)
    ended = replace(held, ended_at=now)
    await work.approvals.save(ended)
    await work.audit.write(_entry(ended, Event.APPROVAL_DECLINED, now, voice.member))
    await _tell_step(work, ended, voice, "declined", ready=True)
    return Declined(ended)


async def agreed(
    work: UnitOfWork,
    programme: str,
    act: Act,
    *,
    subject: UUID | None = None,
    code: str | None = None,
    now: datetime,
) -> Approval | None:
    """Return what two people have agreed on and nobody has used, or None; `use` has to follow before the deed."""
    for each in await work.approvals.live(programme, now):
        wanted = each.act is act and (code is None or each.code == code) and (code or each.subject == subject)
        if wanted and (await counted(work, each)).complete:
            return each
    return None


async def use(work: UnitOfWork, approval: Approval, by: UUID | None, now: datetime) -> bool:
    """Use up an approval for a deed in the same transaction; False where that cannot be.

    `by` is the member who carries the deed out, one of the two, or None for the operator. Of several at once one wins.
    """
    held = await work.approvals.get(approval.id, lock=True)
    if held is None or not held.lives(now) or not (await counted(work, held)).complete:
        return False
    if by is None if held.act in ABOUT_REQUESTS else by is not None:
        return False
    if by is not None and by not in (held.first_by, held.second_by):
        return False
    used = replace(held, used_at=now)
    await work.approvals.save(used)
    await work.audit.write(_entry(used, Event.APPROVAL_USED, now, by))
    homes = [messages.home_of_approval(used, member.id, "used") for member in await eligible_for(work, used)]
    await work.outbox.put(*homes, messages.close_approval_messages(used, "used"))
    return True


async def pending(work: UnitOfWork, programme: Programme, who: Address, *, now: datetime) -> list[Pending]:
    """Return what lives in a programme and this person may say yes to, oldest first; nothing for everybody else."""
    found = []
    for each in await work.approvals.live(programme.id, now):
        voice = await voice_of(work, programme, who, each)
        if voice is not None:
            found.append(await _as_seen(work, each, voice, now))
    return found


async def look(
    work: UnitOfWork, programme: Programme, who: Address, approval: UUID, *, now: datetime
) -> Pending | Refused:
    """Return one deed for two, in whatever state, to somebody who may say yes to it."""
    found = await hold_approval(work, programme, who, approval, now)
    return found if isinstance(found, Refused) else await _as_seen(work, *found, now)


async def _as_seen(work: UnitOfWork, approval: Approval, voice: Voice, now: datetime) -> Pending:
    about = approval.subject if approval.act in ABOUT_REQUESTS else None
    asker = await work.members.get(approval.first_by) if about and approval.first_by else None
    kept = await counted(work, approval)
    mine = voice.has_spoken(kept)
    return Pending(
        kept,
        await work.requests.get(about) if about else None,
        lives=approval.lives(now),
        mine=mine,
        asked_by_backup=None if about is None else asker is not None and not comes_first(asker.roles),
        can_use=kept.complete and mine and about is not None and voice.member is not None,
    )


# What is told


async def _tell_asked(work: UnitOfWork, approval: Approval, others: list[Member], wanted: int) -> None:
    """Tell those who are to say yes, and everybody's Home; it goes from there when its time is over."""
    told = first_asked(others)
    told = others if len(told) < wanted else told
    tell = [messages.tell_approval(approval, each.id, "asked") for each in told]
    if len(others) < wanted:
        tell.append(messages.tell_approval(approval, None, "asked"))
    everybody = await eligible_for(work, approval)
    await work.outbox.put(*tell, *_homes(approval, everybody, "asked"), *_lapses(approval, everybody))


async def _tell_step(work: UnitOfWork, approval: Approval, voice: Voice, step: str, *, ready: bool) -> None:
    """Publish everybody's Home, tell the one who asked, and take back what was told to those who need do no more."""
    about = approval.act in ABOUT_REQUESTS
    asker = approval.first_by if about else None
    put = _homes(approval, voice.others, step)
    if ready:
        put += [messages.close_approval_messages(approval, step, each.id) for each in voice.others if each.id != asker]
        put += _lapses(approval, voice.others)
        if asker is not None and asker != voice.member:
            put.append(messages.tell_approval(approval, asker, step))
    elif voice.member is not None:
        put.append(messages.close_approval_messages(approval, step, voice.member))
    await work.outbox.put(*put)


def _homes(approval: Approval, members: Iterable[Member], step: str) -> list[Message]:
    return [messages.home_of_approval(approval, each.id, step) for each in members]


def _lapses(approval: Approval, members: Iterable[Member]) -> list[Message]:
    """Return what is due once the approval's time is over."""
    step, run_at = f"lapse:{approval.expires_at.timestamp()}", approval.expires_at
    homes = [messages.home_of_approval(approval, each.id, step, run_at=run_at) for each in members]
    return [*homes, messages.close_approval_messages(approval, step, run_at=run_at)]


def _entry(approval: Approval, event: Event, now: datetime, by: UUID | None) -> Entry:
    by_operator = by is None and event in (Event.APPROVAL_ASKED, Event.APPROVAL_USED)
    kind = ActorKind.SYSTEM if by_operator else ActorKind.ADMIN
    reason = f"{approval.act}.{approval.reason}" if approval.reason else approval.act.value
    return Entry(event, now, kind, by, approval.subject or approval.id, reason)
