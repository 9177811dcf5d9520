"""Makes the people who look after a programme equal a list, and tells whom it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from peersupport import messages
from peersupport.actors import administrators, first_asked
from peersupport.audit import ActorKind, Entry, Event
from peersupport.people import comes_first
from peersupport.ports import Kept, Member, UnitOfWork
from peersupport.requests import OPEN_STATES

ENOUGH = 2
"""How many administrators a programme needs at least."""
_OPEN_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class TooFew:
    """The list names too few administrators; nothing was changed."""


async def set_people(work: UnitOfWork, programme: str, members: Sequence[Member], now: datetime) -> Kept | TooFew:
    """Keep these as the programme's members; whoever is not among them loses every entitlement at once."""
    if len({member.address for member in members if comes_first(member.roles)}) < ENOUGH:
        return TooFew()
    kept = await work.members.keep(programme, members)
    given = [_entry(Event.MEMBER_SEEDED, member, now) for member in (*kept.added, *kept.changed)]
    taken = [_entry(Event.MEMBER_REMOVED, member, now) for member in kept.removed]
    await work.audit.write(*given, *taken)
    concerned = (*kept.added, *kept.changed, *kept.removed)
    await work.outbox.put(*(messages.home_after_change(programme, member, now) for member in concerned))
    if kept.removed:
        await _pass_on(work, programme, frozenset(kept.removed))
    return kept


async def _pass_on(work: UnitOfWork, programme: str, removed: frozenset[UUID]) -> None:
    """Tell the others about each open request that somebody who is no longer there had claimed."""
    for request in await work.requests.in_states(programme, OPEN_STATES, limit=_OPEN_AT_MOST):
        if request.claimed_by in removed:
            for member in first_asked(await administrators(work, request)):
                await work.outbox.put(messages.tell_member(request, member.id, ":left"))


def _entry(event: Event, member: UUID, now: datetime) -> Entry:
    return Entry(event, now, ActorKind.SYSTEM, None, member)
