"""Who is paged on a safety concern, and when: in turn until somebody has it, also at night.

The first lead at once, the next after each time without an answer, then everybody who looks after requests, again and
again. Nobody is paged about a request of their own, one that keeps them out, or a concern that they raised.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from peersupport.actors import administrators
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Event
from peersupport.concerns import Concern
from peersupport.notifications import Due, Kind, Message
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Member, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import SupportRequest

KINDS = frozenset({Kind.PAGE_SAFETY})
"""The outbox kinds that this file carries out; what they say to people goes into rows of its own."""

_SAME_PAGE = timedelta(minutes=1)
"""A timer that fires so long before its time is a repeat of the one before."""


async def leads(work: UnitOfWork, programme: Programme, request: SupportRequest, concern: Concern) -> list[Member]:
    """Return the safety leads who may hear of a concern, in the order of the programme's file."""
    raised = await work.supporters.get(concern.supporter_id)
    return await _leads(work, programme, request, {raised[1].address} if raised else set())


async def _leads(
    work: UnitOfWork, programme: Programme, request: SupportRequest, without: set[Address]
) -> list[Member]:
    needs = await work.requests.needs(request.id)
    if needs is None:
        return []
    kept_out = needs.kept_out | without
    order = {lead.id: place for place, lead in enumerate(programme.people.safety_leads)}
    members = [
        member
        for member in await work.members.all(programme.id)
        if may_in_programme(Duty.HEAR_OF_SAFETY, member.roles) and member.address not in kept_out
    ]
    return sorted(members, key=lambda each: (order.get(each.address.user, len(order)), each.id.hex))


async def everybody(
    work: UnitOfWork, request: SupportRequest, concern: Concern, first: Sequence[Member]
) -> list[Member]:
    """Return everybody who is paged once no lead has answered: the leads again, and the administrators."""
    raised = await work.supporters.get(concern.supporter_id)
    others = [each for each in await administrators(work, request) if not raised or each.address != raised[1].address]
    return list({each.id: each for each in (*first, *others)}.values())


async def phones(
    work: UnitOfWork, programme: Programme, request: SupportRequest, but: Address | None = None
) -> tuple[str, ...]:
    """Return the numbers to phone, the first lead's first; where no lead is left, the office's."""
    found = [each.phone for each in await _leads(work, programme, request, {but} if but else set()) if each.phone]
    office = programme.people.office.phone
    return tuple(dict.fromkeys(found)) or ((office,) if office else ())


async def page(
    work: UnitOfWork, programme: Programme, request: SupportRequest, concern: Concern, now: datetime
) -> Concern:
    """Page whoever's turn it is, and set the next time."""
    first = await leads(work, programme, request, concern)
    # By who was paged, not by how many: the list changes when a lead leaves, is kept out or is new.
    turn = [] if concern.is_wide else [lead for lead in first if lead.id not in concern.paged][:1]
    heard = turn or await everybody(work, request, concern, first)
    paged = replace(
        concern,
        pages=concern.pages + 1,
        paged=(*concern.paged, *(lead.id for lead in turn)),
        next_page_at=now + programme.safety.ack_within,
    )
    await work.concerns.save(paged)
    mark = f"{paged.id}:{paged.pages}"
    await work.outbox.put(
        *(to(Kind.TELL_SAFETY, paged, paged.id, member.id, mark) for member in heard),
        *(_home(Kind.HOME_MEMBER, paged, member.id, mark) for member in heard),
        _home(Kind.HOME_SUPPORTER, paged, paged.supporter_id, mark),
        Message(Kind.PAGE_SAFETY, paged.id, f"{Kind.PAGE_SAFETY}:{mark}", paged.programme, run_at=paged.next_page_at),
    )
    return paged


def to(kind: Kind, concern: Concern, subject: UUID, audience: UUID, mark: str) -> Message:
    """Return what goes to one person at one step of a concern, once."""
    return Message(kind, subject, f"{kind}:{mark}:{audience}", concern.programme, audience=audience)


def _home(kind: Kind, concern: Concern, whose: UUID, mark: str) -> Message:
    return to(kind, concern, whose, whose, f"safety:{mark}")


async def carry_out(work: UnitOfWork, programme: Programme, due: Due, now: datetime) -> None:
    """Page the next, where nobody has the concern by now. Safe to repeat."""
    found = await work.concerns.get(due.subject)
    if found is None:
        return
    request = await work.requests.get(found.request_id, lock=True)
    concern = await work.concerns.get(due.subject)
    if request is None or concern is None or not concern.waits:
        return
    if concern.next_page_at is None or concern.next_page_at > now + _SAME_PAGE:
        return
    await page(work, programme, request, concern, now)


async def recipient(work: UnitOfWork, programme: Programme, due: Due) -> Address | None:
    """Return where a page goes; None where it is no longer needed, or not for this member any more."""
    concern = await work.concerns.get(due.subject)
    request = await work.requests.get(concern.request_id) if concern is not None and concern.waits else None
    if concern is None or request is None:
        return None
    heard = await everybody(work, request, concern, await leads(work, programme, request, concern))
    return next((each.address for each in heard if each.id == due.audience), None)


async def not_reached(work: UnitOfWork, programme: Programme, due: Due, now: datetime) -> None:
    """Page the next at once, where the one whose turn it is has no account that a message reaches."""
    found = await work.concerns.get(due.subject)
    request = await work.requests.get(found.request_id, lock=True) if found else None
    concern = await work.concerns.get(due.subject)
    if request is None or concern is None or not concern.waits:
        return
    # Once everybody is paged together, the others were written to as well.
    if not concern.is_wide and concern.paged[-1:] == (due.audience,):
        await page(work, programme, request, concern, now)


async def let_go(work: UnitOfWork, programme: str, member: UUID, now: datetime) -> None:
    """Have others paged, now, for the concerns that somebody had who has no role any more."""
    for each in await work.concerns.open_in(programme):
        request = await work.requests.get(each.request_id, lock=True)
        concern = await work.concerns.get(each.id)
        if request is not None and concern is not None and concern.is_open and concern.taken_by == member:
            await _free(work, concern, now)


async def keep_out(work: UnitOfWork, request: SupportRequest, members: Collection[UUID], now: datetime) -> None:
    """Have others paged, now, where these members may not hear of a held request's concern any more."""
    concern = await work.concerns.open_of(request.id)
    if concern is None:
        return
    had = concern.taken_by in members
    if had or (concern.waits and not _leads_among(await work.members.all(request.programme)).isdisjoint(members)):
        await _free(work, concern, now)


def _leads_among(members: Iterable[Member]) -> set[UUID]:
    return {each.id for each in members if may_in_programme(Duty.HEAR_OF_SAFETY, each.roles)}


async def _free(work: UnitOfWork, concern: Concern, now: datetime) -> None:
    await work.concerns.save(replace(concern, taken_by=None, taken_at=None, next_page_at=now))
    key = f"{Kind.PAGE_SAFETY}:{concern.id}:free:{round(now.timestamp() * 1000)}"
    await work.outbox.put(Message(Kind.PAGE_SAFETY, concern.id, key, concern.programme, run_at=now))


async def show_all(
    work: UnitOfWork, programme: Programme, request: SupportRequest, concern: Concern, mark: str
) -> None:
    """Put in order the Homes of everybody who may have heard of it."""
    heard = await everybody(work, request, concern, await leads(work, programme, request, concern))
    await work.outbox.put(
        *(_home(Kind.HOME_MEMBER, concern, member.id, mark) for member in heard),
        _home(Kind.HOME_SUPPORTER, concern, concern.supporter_id, mark),
    )


async def taken_as(work: UnitOfWork, concern: Concern | None) -> ActorKind | None:
    """Return in what capacity somebody has a concern; None while nobody does."""
    if concern is None or concern.taken_at is None:
        return None
    lines = await work.audit.of(concern.id, Event.SAFETY_TAKEN)
    return lines[-1].kind if lines else ActorKind.LEAD
