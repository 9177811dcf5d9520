"""Who is acting on a request: read and judged inside the transaction, with the request's row held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from peersupport import messages
from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Message
from peersupport.offers import OfferState
from peersupport.outcomes import Over, Refused, Stale
from peersupport.people import ADMIN_DEEDS as ADMIN_DEEDS
from peersupport.people import Actor, Address, Deed, Duty, Role, comes_first, may, may_in_programme, may_know
from peersupport.ports import Member, Seat, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Needs, SupportRequest

FORMER = frozenset({OfferState.HANDED_BACK, OfferState.NOT_ME, OfferState.ENDED})
"""Where an accepted offer stands once the request is no longer with that supporter."""


async def actor(work: UnitOfWork, who: Address, request: SupportRequest, needs: Needs | None = None) -> Actor:
    """Return what this person is to this request; doubts about an administrator count as excluded."""
    standing = await work.members.standing(who)
    member, roles = standing.members.get(request.programme, (None, frozenset[Role]()))
    excluded = False
    if member is not None:
        needs = needs or await work.requests.needs(request.id)
        excluded = who in needs.kept_out - {needs.requester} if needs else request.private_card
    return Actor(
        member=member,
        roles=roles,
        supporter=standing.supporters.get(request.programme),
        requester=await work.requests.is_requester(request.id, who),
        excluded=excluded,
    )


async def entitled(work: UnitOfWork, programme: Programme, who: Address, duty: Duty) -> UUID | None:
    """Return the internal id under which this person may do this in the programme now, or None.

    It is a supporter's for what supporters do and a member's for all else; for what everybody may do ask no one.
    """
    standing = await work.members.standing(who)
    supporter = standing.supporters.get(programme.id)
    if supporter is not None and may_in_programme(duty, {Role.SUPPORTER}):
        return supporter
    member, roles = standing.members.get(programme.id, (None, frozenset[Role]()))
    return member if may_in_programme(duty, roles) else None


@dataclass(frozen=True, slots=True)
class Held:
    """A request whose row is held, and somebody who may do what they are about to do to it."""

    work: UnitOfWork
    programme: Programme
    request: SupportRequest
    actor: Actor
    kind: ActorKind
    now: datetime

    @property
    def by(self) -> UUID | None:
        """Return the internal id that the ledger keeps: a member's or a supporter's, none for the requester."""
        if self.kind in (ActorKind.ADMIN, ActorKind.LEAD):
            return self.actor.member
        return self.actor.supporter if self.kind is ActorKind.SUPPORTER else None

    def entry(self, event: Event, subject: UUID | None = None) -> Entry:
        """Return a line of the ledger about this deed."""
        return Entry(event, self.now, self.kind, self.by, subject or self.request.id)

    async def save(self, changed: SupportRequest, event: Event | None) -> Held | Stale:
        """Write the request with its ledger line, card and Homes; the answer holds the new version."""
        if not await self.work.requests.save(changed):
            await self.work.rollback()
            return Stale(self.request.state)
        saved = replace(changed, version=changed.version + 1)
        if event is not None:
            await self.work.audit.write(self.entry(event))
        homes = [messages.card(saved), messages.home_requester(saved)]
        homes += [messages.home_member(saved, member) for member in _seated(self.request, saved)]
        homes += [messages.home_supporter(saved, supporter) for supporter in _with(self.request, saved)]
        await self.work.outbox.put(*homes)
        return replace(self, request=saved)

    async def tell(self, *told: Message) -> None:
        """Put messages into the outbox."""
        await self.work.outbox.put(*told)

    async def tell_administrators(self, *, needs: Needs | None = None) -> None:
        """Tell the one who claimed the request, or everyone who may claim it, that it waits for them."""
        concerned = await administrators(self.work, self.request, needs)
        own = [member for member in concerned if member.id == self.request.claimed_by]
        await self.tell(*(messages.tell_member(self.request, member.id) for member in own or first_asked(concerned)))


def by_itself(work: UnitOfWork, programme: Programme, request: SupportRequest, now: datetime) -> Held:
    """Hold a request for what nobody in particular does; its row must be held."""
    return Held(work, programme, request, Actor(), ActorKind.SYSTEM, now)


def _seated(before: SupportRequest, after: SupportRequest) -> Iterable[UUID]:
    return {member for member in (before.claimed_by, after.claimed_by) if member is not None}


def _with(before: SupportRequest, after: SupportRequest) -> Iterable[UUID]:
    return {supporter for supporter in (before.supporter, after.supporter) if supporter is not None}


async def administrators(work: UnitOfWork, request: SupportRequest, needs: Needs | None = None) -> list[Member]:
    """Return the administrators and backups who may look after this request."""
    needs = needs or await work.requests.needs(request.id)
    if needs is None:
        return []
    members = await work.members.all(request.programme)
    return [
        member
        for member in members
        if may_in_programme(Duty.LOOK_AFTER, member.roles) and member.address not in needs.kept_out
    ]


_Seated = TypeVar("_Seated", Member, Seat)


def first_asked(members: Iterable[_Seated]) -> list[_Seated]:
    """Return the administrators among these, or the backups where there are none."""
    seated = list(members)
    return [member for member in seated if comes_first(member.roles)] or seated


async def refuse(work: UnitOfWork, now: datetime, subject: UUID | None = None, actor: Actor | None = None) -> Refused:
    """Write down that somebody was refused, and answer as always."""
    kind, by = _standing(actor) if actor else (ActorKind.UNKNOWN, None)
    await work.audit.write(Entry(Event.REFUSED, now, kind, by, subject))
    return Refused()


async def hold(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, deed: Deed, now: datetime
) -> Held | Refused | Stale:
    """Hold a request for an administrator or the requester; stale where only its state forbids the deed."""
    found = await work.requests.get(request, lock=True)
    if found is None or found.programme != programme.id:
        return await refuse(work, now)
    caller = await actor(work, who, found)
    if may(deed, caller, found):
        kind = ActorKind.ADMIN if deed in ADMIN_DEEDS else ActorKind.REQUESTER
        return Held(work, programme, found, caller, kind, now)
    return Stale(found.state) if may_know(deed, caller, found) else await refuse(work, now, found.id, caller)


async def hold_matched(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, deed: Deed, now: datetime
) -> Held | Refused | Over:
    """Hold a request for a deed of the supporter it is with; over where it was with them before."""
    found = await work.requests.get(request, lock=True)
    if found is None or found.programme != programme.id:
        return await refuse(work, now)
    caller = await actor(work, who, found)
    if may(deed, caller, found):
        return Held(work, programme, found, caller, ActorKind.SUPPORTER, now)
    caller = replace(caller, former=caller.supporter in await was_with(work, found.id))
    return Over() if may_know(deed, caller, found) else await refuse(work, now, found.id, caller)


async def was_with(work: UnitOfWork, request: UUID) -> set[UUID]:
    """Return the supporters who accepted this request once and are no longer with it."""
    return {offer.supporter_id for offer in await work.offers.of_request(request) if offer.state in FORMER}


def _standing(actor: Actor) -> tuple[ActorKind, UUID | None]:
    if actor.member is not None and not actor.requester:
        return ActorKind.ADMIN, actor.member
    if actor.supporter is not None and not actor.requester:
        return ActorKind.SUPPORTER, actor.supporter
    return ActorKind.UNKNOWN, None
