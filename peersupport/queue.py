"""The administrators' queue: what needs somebody now, what waits for others, what is in contact, what is over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from peersupport.actors import Held, actor, entitled, hold
from peersupport.addresses import Address
from peersupport.outcomes import Done, Refused, Stale
from peersupport.people import Deed, Duty, may
from peersupport.phone_tasks import owed
from peersupport.ports import UnitOfWork
from peersupport.ports_beside import PutOff
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, State, SupportRequest
from peersupport.safety import Alert, alerts

PAGE = 20
"""How many requests one page of the queue holds."""
MOST = 200
"""So many open requests are looked at, the earliest due first; a programme has a handful."""
OVER_FOR = timedelta(days=7)
"""How long a finished request stays in the queue."""
HOURS = timedelta(hours=4)
MORNING = time(8, 30)
_TO_BE_FOUND = frozenset({State.RECEIVED, State.CONFIRMED, State.MATCHING})
_IN_CONTACT = frozenset({State.CONTACTED, State.TALKING})


class Section(StrEnum):
    """The parts of the queue, in the order in which they are shown."""

    NEEDS = "needs"
    WAITING = "waiting"
    IN_CONTACT = "in_contact"
    FINISHED = "finished"


class Filter(StrEnum):
    """Which requests of a part are shown: whose they are, how soon, or what they wait for."""

    ALL = "all"
    MINE = "mine"
    UNCLAIMED = "unclaimed"
    SOON = "soon"
    """Promised for today on the programme's clock, overdue, or urgent."""
    SUPPORTER = "supporter"
    """For a supporter to be found."""
    ANSWER = "answer"
    """For somebody who was asked."""
    CONTACT = "contact"
    """For the first contact."""


class Until(StrEnum):
    """Until when a request can be put off."""

    HOURS = "hours"
    MORNING = "morning"
    NOW = "now"
    """Not at all any more."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of one part of the queue, and how many requests there are in each."""

    section: Section
    requests: tuple[SupportRequest, ...]
    counts: Mapping[Section, int]
    page: int = 0
    pages: int = 1
    put_off: Mapping[UUID, datetime] = field(default_factory=dict)
    """Until when those of them are put off that are."""
    concerns: tuple[Alert, ...] = ()
    """Open safety concerns that this administrator has heard of: they stand first of what needs somebody."""
    filter: Filter = Filter.ALL


def section_of(
    request: SupportRequest, now: datetime, put_off: datetime | None = None, *, phone: bool = False
) -> Section:
    """Say where a request stands in the queue; what is overdue needs somebody even if it was put off.

    `phone` says that the requester is to be told something by phone.
    """
    if request.state is State.CLOSED:
        return Section.FINISHED
    if phone or is_overdue(request, now) or request.not_yet_at is not None:
        return Section.NEEDS
    if request.state in _IN_CONTACT:
        return Section.IN_CONTACT
    if request.state in _TO_BE_FOUND:
        return Section.WAITING if put_off is not None and put_off > now else Section.NEEDS
    return Section.WAITING


def passes(request: SupportRequest, chosen: Filter, member: UUID, programme: Programme, now: datetime) -> bool:
    """Say whether a request is shown to this member under a filter."""
    match chosen:
        case Filter.MINE:
            return request.claimed_by == member
        case Filter.UNCLAIMED:
            return request.claimed_by is None
        case Filter.SOON:
            return request.urgent or is_overdue(request, now) or _is_due_today(request, programme, now)
        case Filter.SUPPORTER:
            return request.state in _TO_BE_FOUND
        case Filter.ANSWER:
            return request.state is State.OFFERED
        case Filter.CONTACT:
            return request.state is State.ACCEPTED
    return True


def _is_due_today(request: SupportRequest, programme: Programme, now: datetime) -> bool:
    zone = programme.clock.zone
    return request.contacted_at is None and request.due_at.astimezone(zone).date() == now.astimezone(zone).date()


def is_overdue(request: SupportRequest, now: datetime) -> bool:
    """Say whether the promised time has passed with no contact made."""
    return request.state in OPEN_STATES and request.contacted_at is None and request.due_at <= now


def choices(
    request: SupportRequest, programme: Programme, now: datetime, put_off: datetime | None = None
) -> dict[Until, datetime]:
    """Return until when this request can be put off: only while it waits for administrators, and never past its due."""
    if section_of(request, now) is not Section.NEEDS or request.state not in _TO_BE_FOUND:
        return {}
    zone = programme.clock.zone
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= MORNING)
    found = {Until.HOURS: now + HOURS, Until.MORNING: datetime.combine(day, MORNING, zone).astimezone(UTC)}
    kept = {until: at for until, at in found.items() if at < request.due_at and not is_overdue(request, now)}
    if put_off is not None and put_off > now:
        kept[Until.NOW] = now
    return kept


async def listed(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    section: Section = Section.NEEDS,
    *,
    now: datetime,
    page: int = 0,
    size: int = PAGE,
    chosen: Filter = Filter.ALL,
) -> Listing | Refused:
    """Return a page of what this administrator may see of the queue; a page that is not there is the last one.

    A safety concern is left out by no filter.
    """
    member = await entitled(work, programme, who, Duty.SEE_QUEUE)
    if member is None:
        return Refused()
    found = await work.requests.in_states(programme.id, OPEN_STATES, limit=MOST)
    found += await work.requests.closed_since(programme.id, now - OVER_FOR, limit=MOST)
    off = _standing(found, await work.put_off.of(programme.id))
    parts: dict[Section, list[SupportRequest]] = {each: [] for each in Section}
    for request in found:
        if passes(request, chosen, member, programme, now) and await _may_see(work, who, request):
            phone = owed(request, programme, now) is not None
            parts[section_of(request, now, off.get(request.id), phone=phone)].append(request)
    concerns = await alerts(work, programme, who, member, now=now)
    first = concerns if section is Section.NEEDS else []
    there = len(first) + len(parts[section])
    pages = max(1, -(-there // size))
    page = min(max(page, 0), pages - 1)
    above = tuple(first[page * size : (page + 1) * size])
    shown = tuple(parts[section][max(0, page * size - len(first)) : max(0, (page + 1) * size - len(first))])
    counts = {each: len(requests) for each, requests in parts.items()}
    counts[Section.NEEDS] += len(concerns)
    until = {each.id: off[each.id] for each in shown if each.id in off}
    return Listing(section, shown, counts, page, pages, until, above, chosen)


@dataclass(frozen=True, slots=True)
class Today:
    """How many requests ask for something this day; false where none does."""

    new: int = 0
    due: int = 0
    overdue: int = 0
    unanswered: int = 0

    def __bool__(self) -> bool:
        return bool(self.new or self.due or self.overdue or self.unanswered)


async def today(work: UnitOfWork, programme: Programme, who: Address, now: datetime) -> Today | Refused:
    """Return what this administrator may know of today: what nobody has claimed, is due, overdue, or unanswered."""
    if await entitled(work, programme, who, Duty.SEE_QUEUE) is None:
        return Refused()
    zone = programme.clock.zone
    found = await work.requests.in_states(programme.id, OPEN_STATES, limit=MOST)
    seen = [request for request in found if await _may_see(work, who, request)]
    waits = [request for request in seen if request.contacted_at is None and not is_overdue(request, now)]
    return Today(
        new=sum(request.state is State.RECEIVED for request in seen),
        due=sum(request.due_at.astimezone(zone).date() == now.astimezone(zone).date() for request in waits),
        overdue=sum(is_overdue(request, now) for request in seen),
        unanswered=sum(request.state is State.OFFERED for request in seen),
    )


async def put_off(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, until: Until, *, now: datetime
) -> Done | Refused | Stale:
    """Put a request off, or take that back; every clock of it goes on, and nobody else is told."""
    held = await hold(work, programme, who, request, Deed.PUT_OFF, now)
    if not isinstance(held, Held):
        return held
    known = _standing([held.request], await work.put_off.of(programme.id)).get(request)
    at = choices(held.request, programme, now, known).get(until)
    if at is None:
        return Stale(held.request.state)
    await work.put_off.keep(PutOff(request, programme.id, held.request.version, at), now)
    return Done(held.request)


async def until_when(work: UnitOfWork, request: SupportRequest) -> datetime | None:
    """Return until when a request is put off, if it is."""
    return _standing([request], await work.put_off.of(request.programme)).get(request.id)


def _standing(requests: Sequence[SupportRequest], put_off: Collection[PutOff]) -> dict[UUID, datetime]:
    """Return what still holds: whatever happens to a request brings it back."""
    versions = {request.id: request.version for request in requests}
    return {each.request: each.until for each in put_off if versions.get(each.request) == each.version}


async def _may_see(work: UnitOfWork, who: Address, request: SupportRequest) -> bool:
    # Only a request that concerns a member can be closed to one, so the others need no unsealing: whoever is named
    # later has everything marked that concerns them before they see anything (`membership`).
    if not request.private_card:
        return True
    seen = Deed.SEE_SHEET if request.state in OPEN_STATES else Deed.FIND
    return may(seen, await actor(work, who, request), request)
