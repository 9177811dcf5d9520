"""What an open safety concern holds back, until when, and who reads that there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.concerns import Concern, Ending, Told
from peersupport.notifications import Kind, Message
from peersupport.ports import UnitOfWork
from peersupport.requests import State, SupportRequest


async def holds(work: UnitOfWork, request: UUID, now: datetime) -> Concern | None:
    """Return the open concern that keeps a request from being erased now, or None."""
    found = await work.concerns.open_of(request)
    return found if found is not None and found.hold_until > now else None


async def lapse(work: UnitOfWork, request: SupportRequest, now: datetime) -> None:
    """Close what is still open on a request that is being erased: it held the erasure as long as it may."""
    found = await work.concerns.open_of(request.id)
    if found is None:
        return
    await work.concerns.save(replace(found, closed_at=now, ending=Ending.LAPSED, next_page_at=None))
    await work.audit.write(Entry(Event.SAFETY_CLOSED, now, ActorKind.SYSTEM, None, found.id, Ending.LAPSED))
    await work.outbox.put(messages_over(found))


def messages_over(concern: Concern) -> Message:
    """Edit every page that was sent about a concern down to "closed"."""
    return Message(Kind.CLOSE_MESSAGES, concern.id, f"{Kind.CLOSE_MESSAGES}:{concern.id}", concern.programme)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A closed request of one's own whose erasure an open concern holds back."""

    request: SupportRequest
    until: datetime


async def held_back(work: UnitOfWork, request: SupportRequest, now: datetime) -> datetime | None:
    """Return until when, at the latest, an open concern holds the erasure of a closed request; None where none does."""
    if request.state is not State.CLOSED or request.erased_at is not None:
        return None
    concern = await holds(work, request.id, now)
    return concern.hold_until if concern is not None else None


async def waiting(work: UnitOfWork, who: Address, now: datetime) -> list[Waiting]:
    """Return a person's own closed requests whose erasure is held back."""
    found = []
    for request in await work.requests.held_of(who):
        until = await held_back(work, request, now)
        if until is not None:
            found.append(Waiting(request, until))
    return found


def is_told(concern: Concern, request: SupportRequest, lines: Sequence[Entry]) -> bool:
    """Say whether a person reads of a concern in their own data.

    From the beginning where they were told first. Otherwise once a lead opened their details or closed it, or once the
    request is closed, so that nobody who may be in danger learns of it from a screen.
    """
    opened = any(each.kind is ActorKind.LEAD and each.at >= concern.raised_at for each in lines)
    return concern.told is Told.FIRST or not concern.is_open or request.state is State.CLOSED or opened
