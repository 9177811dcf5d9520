"""Makes the people who look after a programme equal a list, and tells whom it concerns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport import approvals, messages, paging
from peersupport.actors import administrators, first_asked
from peersupport.addresses import Address
from peersupport.approvals import Act, Approval
from peersupport.audit import ActorKind, Entry, Event
from peersupport.exceptional import code_for
from peersupport.people import Duty, Role, comes_first, gained, may_in_programme
from peersupport.ports import Ids, Kept, Member, UnitOfWork
from peersupport.requests import OPEN_STATES, SupportRequest

ENOUGH = 2
"""How many administrators a programme needs at least."""
_OPEN_AT_MOST = 1000
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class TooFew:
    """The list names too few administrators; nothing was changed."""


@dataclass(frozen=True, slots=True)
class OneAtATime:
    """More than one of the programme's members would gain a role; nothing was changed."""


@dataclass(frozen=True, slots=True)
class AwaitsTwo:
    """Somebody would gain a role, on which two administrators have to agree first; `kept` is what was done already."""

    approval: Approval
    kept: Kept


async def set_people(
    work: UnitOfWork, programme: str, members: Sequence[Member], now: datetime, ids: Ids
) -> Kept | TooFew | OneAtATime | AwaitsTwo:
    """Keep these as the programme's members; whoever is not among them loses every entitlement at once.

    Nobody gains a role before two administrators have agreed, but where there are none yet. What takes roles away is
    done meanwhile, unless too few administrators would be left.
    """
    if _administrators(members) < ENOUGH:
        return TooFew()
    before = {member.address: member for member in await work.members.all(programme)}
    gains = {member.address: _gained(member, before) for member in members if _gained(member, before)}
    seated = [before[address].id for address in gains if address in before]
    if not gains or not _can_agree(before.values(), seated):
        return await _keep(work, programme, members, gains, now)
    if len(seated) > 1:
        return OneAtATime()
    code = code_of(programme, gains)
    approval = await approvals.agreed(work, programme, Act.NAME_ADMINISTRATOR, code=code, now=now)
    if approval is not None and await approvals.use(work, approval, None, now):
        return await _keep(work, programme, members, gains, now)
    kept = await _take_away(work, programme, members, before, now)
    subject = next(iter(seated), None)
    asked = await approvals.ask_as_operator(
        work, programme, Act.NAME_ADMINISTRATOR, code=code, subject=subject, now=now, ids=ids
    )
    return AwaitsTwo(asked, kept)


def code_of(programme: str, gains: Mapping[Address, frozenset[Role]]) -> str:
    """Return a short code for who would gain which role, easy to say on the phone and the same at every run."""
    lines = sorted(f"{who.team} {who.user} {' '.join(sorted(roles))}" for who, roles in gains.items())
    return code_for(programme, *lines)


def _administrators(members: Iterable[Member]) -> int:
    return len({member.address for member in members if comes_first(member.roles)})


def _gained(member: Member, before: Mapping[Address, Member]) -> frozenset[Role]:
    known = before.get(member.address)
    return gained(known.roles if known else (), member.roles)


def _can_agree(before: Iterable[Member], seated: Sequence[UUID]) -> bool:
    """Say whether the programme has anybody who could agree; where it is seeded it has nobody."""
    return any(may_in_programme(Duty.AGREE, member.roles) and member.id not in seated for member in before)


async def _take_away(
    work: UnitOfWork, programme: str, members: Sequence[Member], before: Mapping[Address, Member], now: datetime
) -> Kept:
    """Take away whatever the list takes, but from those who gain by it; not where too few would be left."""
    left = [
        before[member.address] if _gained(member, before) else member for member in members if member.address in before
    ]
    if _administrators(left) < ENOUGH:
        return Kept()
    return await _keep(work, programme, left, (), now)


async def _keep(
    work: UnitOfWork, programme: str, members: Sequence[Member], named: Collection[Address], now: datetime
) -> Kept:
    kept = await work.members.keep(programme, members)
    given = [_entry(Event.MEMBER_SEEDED, member, now) for member in (*kept.added, *kept.changed)]
    taken = [_entry(Event.MEMBER_REMOVED, member, now) for member in kept.removed]
    await work.audit.write(*given, *taken)
    concerned = (*kept.added, *kept.changed, *kept.removed)
    await work.outbox.put(*(messages.home_after_change(programme, member, now) for member in concerned))
    if kept.removed:
        await _pass_on(work, programme, frozenset(kept.removed))
    for member in kept.removed:
        await paging.let_go(work, programme, member, now)
    if named:
        await _take_back_cards(work, programme, frozenset(named), now)
        await _close_to(work, programme, frozenset(named), now)
    return kept


async def _take_back_cards(work: UnitOfWork, programme: str, named: frozenset[Address], now: datetime) -> None:
    """Take a request's card out of the channel where somebody with a new role asked, or is to be kept out of it.

    Those who look after it are told, each alone, without a hint why.
    """
    for found in await work.requests.in_states(programme, OPEN_STATES, limit=_OPEN_AT_MOST):
        private = await _made_private(work, found, named, now)
        if private is None:
            continue
        concerned = await administrators(work, private)
        own = [member for member in concerned if member.id == private.claimed_by]
        await work.outbox.put(*(messages.tell_member(private, member.id) for member in own or first_asked(concerned)))


async def _close_to(work: UnitOfWork, programme: str, named: frozenset[Address], now: datetime) -> None:
    """Do the same for what is over but not erased, so that no list shows them a request that is closed to them."""
    after: UUID | None = None
    while found := await work.requests.unerased(limit=_AT_ONCE, after=after):
        for each in found:
            if each.programme == programme:
                await _made_private(work, each, named, now)
        after = found[-1].id


async def mark_again(work: UnitOfWork, programme: str, now: datetime) -> None:
    """Do both for whatever is not marked and should be: it came in at the very moment at which somebody was named."""
    seated = frozenset(member.address for member in await work.members.all(programme))
    missed = [each async for each in _unmarked(work, programme) if await _concerns(work, each, seated)]
    if missed:
        await _take_back_cards(work, programme, seated, now)
        await _close_to(work, programme, seated, now)


async def _unmarked(work: UnitOfWork, programme: str) -> AsyncIterator[UUID]:
    found = await work.requests.in_states(programme, OPEN_STATES, limit=_OPEN_AT_MOST)
    after: UUID | None = None
    while page := await work.requests.unerased(limit=_AT_ONCE, after=after):
        found += [each for each in page if each.programme == programme]
        after = page[-1].id
    for each in found:
        if not each.private_card:
            yield each.id


async def _concerns(work: UnitOfWork, request: UUID, people: frozenset[Address]) -> bool:
    needs = await work.requests.needs(request)
    return needs is not None and not people.isdisjoint(needs.kept_out)


async def _made_private(
    work: UnitOfWork, found: SupportRequest, named: frozenset[Address], now: datetime
) -> SupportRequest | None:
    """Mark a request as one that concerns a member, and correct its card; None where it concerns none of these."""
    request = None if found.private_card else await work.requests.get(found.id, lock=True)
    needs = await work.requests.needs(found.id) if request else None
    if request is None or needs is None or named.isdisjoint(needs.kept_out):
        return None
    private = replace(request, private_card=True)
    if not await work.requests.save(private):
        return None
    private = replace(private, version=private.version + 1)
    await work.audit.write(Entry(Event.REQUEST_CHANGED, now, ActorKind.SYSTEM, None, request.id))
    await work.outbox.put(messages.card(private))
    return private


async def _pass_on(work: UnitOfWork, programme: str, removed: frozenset[UUID]) -> None:
    """Tell the others about each open request that somebody who is no longer there had claimed."""
    for request in await work.requests.in_states(programme, OPEN_STATES, limit=_OPEN_AT_MOST):
        if request.claimed_by in removed:
            for member in first_asked(await administrators(work, request)):
                await work.outbox.put(messages.tell_member(request, member.id, ":left"))


def _entry(event: Event, member: UUID, now: datetime) -> Entry:
    return Entry(event, now, ActorKind.SYSTEM, None, member)
