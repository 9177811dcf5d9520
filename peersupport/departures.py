"""What follows when somebody's Slack account has ended: roles end, requests go on, and nobody waits for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport import held_informal, held_sessions, list_members, messages, paging, presenting
from peersupport.actors import Held, administrators, first_asked
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.endings import close, give_back_offers, give_back_requests
from peersupport.intake import can_be_reached
from peersupport.people import Actor, Duty, may_in_programme
from peersupport.ports import Member, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, Outcome, SupportRequest

PAGE = 200
"""Requests that are read at a time."""


@dataclass(frozen=True, slots=True)
class Departed:
    """What somebody was to a programme, by internal ids; empty where they were nothing to it."""

    supporter: UUID | None = None
    member: UUID | None = None
    gone_on: tuple[UUID, ...] = ()
    """Their own requests, which go on by phone or e-mail."""
    closed: tuple[UUID, ...] = ()
    """Their own requests that nobody could have answered."""
    too_few: bool = False
    """True where nobody is left to look after requests, or nobody for safety."""


async def concerned(work: UnitOfWork, programme: Programme) -> list[Address]:
    """Return everybody with a role in a programme, a place on its list or an open request, each once."""
    found = [member.address for member in await work.members.all(programme.id)]
    found += [profile.address for entry, profile in await work.supporters.all(programme.id) if entry.active]
    found += [listed.address for _, listed in await work.list_members.all(programme.id)]
    for request in await _open(work, programme):
        needs = await work.requests.needs(request.id)
        found += [needs.requester] if needs and needs.requester.on_slack else []
    return list(dict.fromkeys(found))


async def _open(work: UnitOfWork, programme: Programme) -> list[SupportRequest]:
    found: list[SupportRequest] = []
    while page := await work.requests.in_states(
        programme.id, OPEN_STATES, limit=PAGE, after=found[-1].id if found else None
    ):
        found += page
    return found


async def account_ended(work: UnitOfWork, programme: Programme, who: Address, *, now: datetime) -> Departed:
    """End every role of somebody whose account is gone, and see to their own request. Safe to repeat."""
    supporter = await _end_supporter(work, programme, who, now)
    member = await _end_member(work, programme, who, now)
    await presenting.forget(work, {programme.id: programme}, who, now)
    gone_on, closed = await _see_to_requests(work, programme, who, now)
    await held_sessions.forget(work, {programme.id: programme}, who, now)
    await list_members.forget(work, who, programme.id)
    await held_informal.forget(work, who)
    left = await work.members.all(programme.id)
    return Departed(supporter, member, gone_on, closed, too_few=member is not None and lacks_people(left))


def lacks_people(members: list[Member]) -> bool:
    """Say whether a programme has nobody left to look after requests, or nobody to page on a safety concern."""
    looked_after = any(may_in_programme(Duty.LOOK_AFTER, each.roles) for each in members)
    return not looked_after or not any(may_in_programme(Duty.HEAR_OF_SAFETY, each.roles) for each in members)


async def _end_supporter(work: UnitOfWork, programme: Programme, who: Address, now: datetime) -> UUID | None:
    found = await work.supporters.find(programme.id, who)
    if found is None or not found[0].active:
        return None
    # First, so that nobody asks them again while their offers and requests leave them.
    ended = replace(found[0], active=False)
    if not await work.supporters.save(ended):
        return None
    await give_back_offers(work, programme, ended.id, now)
    await give_back_requests(work, programme, ended.id, now)
    await work.audit.write(_entry(ended.id, now))
    await work.outbox.put(messages.home_of(replace(ended, version=ended.version + 1)))
    return ended.id


async def _end_member(work: UnitOfWork, programme: Programme, who: Address, now: datetime) -> UUID | None:
    members = await work.members.all(programme.id)
    leaving = next((each for each in members if each.address == who), None)
    if leaving is None:
        return None
    await work.members.keep(programme.id, [each for each in members if each.id != leaving.id])
    await work.audit.write(
        Entry(Event.MEMBER_REMOVED, now, ActorKind.SYSTEM, None, leaving.id), _entry(leaving.id, now)
    )
    await work.outbox.put(messages.home_after_change(programme.id, leaving.id, now))
    await paging.let_go(work, programme.id, leaving.id, now)
    for request in await _open(work, programme):
        if request.claimed_by == leaving.id:
            await _pass_on(work, programme, request.id, leaving.id, now)
    return leaving.id


async def _pass_on(work: UnitOfWork, programme: Programme, id: UUID, leaving: UUID, now: datetime) -> None:
    """Free a request from the administrator who had it, and tell the others."""
    request = await work.requests.get(id, lock=True)
    if request is None or request.claimed_by != leaving:
        return
    held = _by_itself(work, programme, request, now)
    saved = await held.save(replace(request, claimed_by=None, claimed_at=None), None)
    if isinstance(saved, Held):
        await saved.tell_administrators()


async def _see_to_requests(
    work: UnitOfWork, programme: Programme, who: Address, now: datetime
) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Let a requester's own requests go on without Slack, or close them where nobody could be reached."""
    gone_on, closed = [], []
    for each in await work.requests.of(who):
        request = await work.requests.get(each.id, lock=True)
        if request is None or request.programme != programme.id or request.state not in OPEN_STATES:
            continue
        if await work.audit.of(request.id, Event.ACCOUNT_ENDED):
            continue
        await work.audit.write(_entry(request.id, now))
        contact = await work.requests.contact(request.id)
        if contact is not None and can_be_reached(contact.reach):
            await _go_on(_by_itself(work, programme, request, now))
            gone_on.append(request.id)
        else:
            await close(_by_itself(work, programme, request, now), Outcome.UNREACHABLE, Event.REQUEST_CLOSED)
            closed.append(request.id)
    return tuple(gone_on), tuple(closed)


async def _go_on(held: Held) -> None:
    """Let a request go on by phone: from now on an administrator says what the app would have shown."""
    saved = await held.save(replace(held.request, off_slack_at=held.now), None)
    if isinstance(saved, Held):
        await _tell(held.work, saved.request)


async def _tell(work: UnitOfWork, request: SupportRequest) -> None:
    """Tell whoever has the request, or everybody who may take it."""
    able = await administrators(work, request)
    own = [member for member in able if member.id == request.claimed_by]
    told = own or first_asked(able)
    await work.outbox.put(*(messages.tell_member(request, member.id, ":account_ended") for member in told))


def _by_itself(work: UnitOfWork, programme: Programme, request: SupportRequest, now: datetime) -> Held:
    return Held(work, programme, request, Actor(), ActorKind.SYSTEM, now)


def _entry(subject: UUID, now: datetime) -> Entry:
    return Entry(Event.ACCOUNT_ENDED, now, ActorKind.SYSTEM, None, subject)
