"""After the talks: the list of other help, shown if the person wants it, and a rating of which only totals are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport import messages
from peersupport.actors import Held, actor, hold_matched, refuse
from peersupport.addresses import Address
from peersupport.audit import Event
from peersupport.outcomes import Already, Done, Over, Refused
from peersupport.people import Deed, may
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Outcome, State, SupportRequest


class Rating(StrEnum):
    """One tap."""

    HELPED = "helped"
    A_LITTLE = "a_little"
    NOT_REALLY = "not_really"


@dataclass(frozen=True, slots=True)
class Thanked:
    """One was added to a total; the rating itself is kept nowhere."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A person's own finished request, for as long as it is theirs."""

    request: SupportRequest
    resources_offered: bool
    """True where the supporter thought that the list of other help may serve; it shows when the person asks for it."""
    rated: bool = False
    """True where the person has answered the one question."""


async def finished(work: UnitOfWork, programmes: Mapping[str, Programme], who: Address) -> tuple[Finished, ...]:
    """Return the person's finished requests that are not erased yet, newest first."""
    own = [each for each in await work.requests.of(who, open_only=False) if each.programme in programmes]
    return tuple([await _finished(work, each) for each in own if _is_done(each)])


async def _finished(work: UnitOfWork, request: SupportRequest) -> Finished:
    rated, _ = await work.receipts.find(_tap("requester", request.id))
    return Finished(request, await resources_offered(work, request.id), rated)


def _tap(side: str, request: UUID) -> str:
    """Return under which key an answered question is remembered; the store keeps only its keyed hash."""
    return f"rating:{side}:{request}"


async def resources_offered(work: UnitOfWork, request: UUID) -> bool:
    """Say whether the supporter has offered the list of other help."""
    return bool(await work.audit.of(request, Event.RESOURCES_OFFERED))


async def resources(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Refused:
    """Say whether the list of other help was offered to this person; done where it was."""
    found = await work.requests.get(request)
    if found is None or found.programme != programme.id:
        return await refuse(work, now)
    caller = await actor(work, who, found)
    if may(Deed.SEE_RESOURCES, caller, found) and await resources_offered(work, request):
        return Done(found)
    return await refuse(work, now, found.id, caller)


async def offer_resources(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Over | Refused:
    """Offer the list of other help; the person finds it in Home and opens it or not."""
    held = await hold_matched(work, programme, who, request, Deed.REPORT_CONTACT, now)
    if not isinstance(held, Held):
        return held
    if await resources_offered(work, request):
        return Already(held.request)
    await work.audit.write(held.entry(Event.RESOURCES_OFFERED))
    await held.tell(messages.home_requester(held.request, ":resources"))
    return Done(held.request)


async def rate(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, rating: Rating, *, now: datetime
) -> Thanked | Already | Refused:
    """Add one to a total, once for each of the two people of a finished request."""
    found = await work.requests.get(request, lock=True)
    if found is None or found.programme != programme.id:
        return await refuse(work, now)
    caller = await actor(work, who, found)
    if not may(Deed.RATE, caller, found):
        return await refuse(work, now, found.id, caller)
    side = "requester" if caller.requester else "supporter"
    if not await work.receipts.keep(_tap(side, request)):
        return Already(found)
    await work.tallies.add(programme.id, f"rated_by_{side}.{rating}", now)
    return Thanked()


def _is_done(request: SupportRequest) -> bool:
    return request.state is State.CLOSED and request.outcome is Outcome.DONE
