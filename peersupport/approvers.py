"""Who may say yes to a deed for two: administrators whom it is not about, and whose yes still counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport.actors import administrators, refuse
from peersupport.addresses import Address
from peersupport.exceptional import ABOUT_REQUESTS, Approval
from peersupport.outcomes import Refused
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Member, UnitOfWork
from peersupport.programme import Programme

TWO = 2
"""How many different people have to say yes."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who may say yes: a member, or the privacy contact where `member` is None."""

    member: UUID | None
    others: tuple[Member, ...]
    """The administrators who may say yes, the caller among them or not."""

    def has_spoken(self, approval: Approval) -> bool:
        """Say whether one of the yeses is this person's own."""
        given = [(approval.first_at, approval.first_by), (approval.second_at, approval.second_by)]
        return any(at is not None and by == self.member for at, by in given)


async def hold_approval(
    work: UnitOfWork, programme: Programme, who: Address, approval: UUID, now: datetime
) -> tuple[Approval, Voice] | Refused:
    """Hold an approval's row for somebody who may say yes to it; one answer for all others."""
    found = await work.approvals.get(approval, lock=True)
    if found is None or found.programme != programme.id:
        return await refuse(work, now)
    voice = await voice_of(work, programme, who, found)
    return await refuse(work, now, found.subject or found.id) if voice is None else (found, voice)


async def voice_of(work: UnitOfWork, programme: Programme, who: Address, approval: Approval) -> Voice | None:
    """Return as whom somebody may say yes; None for everybody else and for those whom the deed itself is about."""
    eligible = await eligible_for(work, approval)
    for member in eligible:
        if member.address == who:
            return Voice(member.id, tuple(eligible))
    if len(eligible) >= TWO or not eligible or not await is_privacy_contact(work, programme, who, approval):
        return None
    return Voice(None, tuple(eligible))


async def is_privacy_contact(work: UnitOfWork, programme: Programme, who: Address, approval: Approval) -> bool:
    """Say whether this is the programme's privacy contact, and the deed is not about them."""
    if who.user != programme.people.privacy_contact:
        return False
    if approval.act not in ABOUT_REQUESTS or approval.subject is None:
        own = (await work.members.standing(who)).members.get(programme.id)
        return own is None or own[0] != approval.subject
    needs = await work.requests.needs(approval.subject)
    return needs is not None and who not in needs.kept_out


async def eligible_for(work: UnitOfWork, approval: Approval) -> list[Member]:
    """Return the administrators who may say yes: never the person it is about, nor one whom they keep out."""
    if approval.act in ABOUT_REQUESTS:
        request = await work.requests.get(approval.subject) if approval.subject else None
        return await administrators(work, request) if request else []
    members = await work.members.all(approval.programme)
    return [each for each in members if may_in_programme(Duty.AGREE, each.roles) and each.id != approval.subject]


async def counted(work: UnitOfWork, approval: Approval) -> Approval:
    """Return the approval without a yes that no longer counts, because whoever gave it may not give it now."""
    able = {None, *(each.id for each in await eligible_for(work, approval))}
    first = (approval.first_by, approval.first_at) if approval.first_by in able else (None, None)
    second = (approval.second_by, approval.second_at) if approval.second_by in able else (None, None)
    if first[1] is None:
        first, second = second, (None, None)
    return replace(approval, first_by=first[0], first_at=first[1], second_by=second[0], second_at=second[1])
