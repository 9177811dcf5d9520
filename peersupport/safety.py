"""The safety concern: a supporter raises it, the leads are paged until somebody has it, and one closes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from peersupport import messages, paging, retention, reveals
from peersupport.actors import Held, actor, hold_matched, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Event
from peersupport.concerns import CLOSINGS, Concern, Ending, Route, Told
from peersupport.holding import messages_over
from peersupport.notifications import Kind, Message
from peersupport.outcomes import Over, Refused, Stale
from peersupport.people import Deed, Duty, may, may_in_programme, may_know
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import State, SupportRequest
from peersupport.reveals import Identity, Limited

MOST_FINISHED = 5
"""So many finished requests, the newest, keep their way to a concern in a supporter's Home until they are erased."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a supporter says of a concern: codes only."""

    told: Told
    joint_plan: bool
    route: Route


@dataclass(frozen=True, slots=True)
class Watch:
    """What a supporter sees: whom to phone and, once they raised a concern, whether somebody has it."""

    request: SupportRequest
    phones: tuple[str, ...]
    concern: Concern | None = None
    taken: ActorKind | None = None
    """In what capacity somebody has it."""
    first: bool = False
    """True where it was raised just now."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What somebody who is paged sees; `whole` is False for those who are told the reference only."""

    request: SupportRequest
    concern: Concern
    phones: tuple[str, ...]
    taken: ActorKind | None = None
    mine: bool = False
    """True where the one who looks has it."""
    whole: bool = False
    openable: bool = False
    """True where this person may open who asked."""
    supporter: str = ""
    """The name of the supporter who raised it, for those who see it whole."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The concern is closed; nothing was changed."""


@dataclass(frozen=True, slots=True)
class TakenBefore:
    """Somebody else has it; nothing was changed."""

    alert: Alert


# The supporter


async def look(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Watch | Over | Refused:
    """Return whom to phone and how far the concern is, for the supporter whom the request is with."""
    held = await hold_matched(work, programme, who, request, Deed.RAISE_CONCERN, now)
    if not isinstance(held, Held):
        return held
    concern = await work.concerns.open_of(request)
    return await _watch(held, who, concern if concern is not None and concern.supporter_id == held.by else None)


async def raise_concern(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, report: Report, *, ids: Ids, now: datetime
) -> Watch | Over | Refused:
    """Raise a concern and page the first lead at once; where one is open already, nothing is changed."""
    held = await hold_matched(work, programme, who, request, Deed.RAISE_CONCERN, now)
    if not isinstance(held, Held):
        return held
    assert held.by is not None
    before = await work.concerns.open_of(request)
    if before is not None:
        return await _again(held, who, before)
    concern = Concern(
        id=ids.new(),
        programme=programme.id,
        request_id=request,
        supporter_id=held.by,
        raised_at=now,
        hold_until=now + timedelta(hours=programme.safety.hold_erasure_hours),
        told=report.told,
        joint_plan=report.joint_plan,
        route=report.route,
    )
    if not await work.concerns.add(concern):
        return await _watch(held, who, await work.concerns.open_of(request))
    await work.audit.write(held.entry(Event.SAFETY_RAISED, concern.id))
    await work.tallies.add(programme.id, "safety_raised", now)
    await paging.page(work, programme, held.request, concern, now)
    return replace(await _watch(held, who, concern), first=True)


async def _again(held: Held, who: Address, concern: Concern) -> Watch:
    """Return the concern that is open already; one that an earlier supporter raised is paged on at once."""
    if concern.supporter_id != held.by:
        await held.work.audit.write(held.entry(Event.SAFETY_RAISED, concern.id))
        if concern.waits:
            concern = await paging.page(held.work, held.programme, held.request, concern, held.now)
    return await _watch(held, who, concern)


async def _watch(held: Held, who: Address, concern: Concern | None) -> Watch:
    numbers = await paging.phones(held.work, held.programme, held.request, who)
    return Watch(held.request, numbers, concern, await paging.taken_as(held.work, concern))


async def of_supporter(work: UnitOfWork, programme: Programme, who: Address, supporter: UUID) -> list[Watch]:
    """Return the requests about which this supporter can raise a concern now, with the one that is open.

    Those that are finished stand last: whoever begins to worry after the last talk finds the way as well.
    """
    over = await work.requests.finished_of_supporter(supporter, limit=MOST_FINISHED)
    found = {each.id: each for each in [*await work.requests.of_supporter(supporter), *over]}
    live = {
        each.request_id: each for each in await work.concerns.open_in(programme.id) if each.supporter_id == supporter
    }
    for concern in live.values():
        if concern.request_id not in found:
            request = await work.requests.get(concern.request_id)
            if request is not None and may(Deed.RAISE_CONCERN, await actor(work, who, request), request):
                found[request.id] = request
    return [
        Watch(
            each,
            await paging.phones(work, programme, each, who) if each.id in live else (),
            live.get(each.id),
            await paging.taken_as(work, live.get(each.id)),
        )
        for each in found.values()
        if each.programme == programme.id
    ]


# Those who are paged


async def _hold(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, deed: Deed, now: datetime
) -> tuple[Held, Concern] | Ended | Refused:
    """Hold the request of a concern for somebody who may do this; everything is read again for it."""
    found = await work.concerns.get(id)
    request = await work.requests.get(found.request_id, lock=True) if found else None
    # Only now: whoever held the row before may have taken or closed it.
    concern = await work.concerns.get(id)
    if request is None or concern is None or concern.programme != programme.id:
        return await refuse(work, now)
    caller = await actor(work, who, request)
    caller = replace(
        caller,
        alerted=concern.is_open and concern.supporter_id != caller.supporter,
        seized=caller.member is not None and concern.taken_by == caller.member,
        holding=concern.hold_until > now,
    )
    if may(deed, caller, request):
        kind = ActorKind.LEAD if may_in_programme(Duty.HEAR_OF_SAFETY, caller.roles) else ActorKind.ADMIN
        return Held(work, programme, request, caller, kind, now), concern
    if not concern.is_open and may_know(Deed.HEAR_CONCERN, caller, request):
        return Ended()
    return await refuse(work, now, request.id, caller)


async def see(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, *, now: datetime
) -> Alert | Ended | Refused:
    """Return an open concern, as whole as this person may see it."""
    held = await _hold(work, programme, who, id, Deed.HEAR_CONCERN, now)
    return await _alert(*held) if isinstance(held, tuple) else held


async def see_whole(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, *, now: datetime
) -> Alert | Ended | Refused:
    """Return an open concern for one who may close it."""
    held = await _hold(work, programme, who, id, Deed.ANSWER_CONCERN, now)
    return await _alert(*held) if isinstance(held, tuple) else held


async def _alert(held: Held, concern: Concern) -> Alert:
    whole = may(Deed.ANSWER_CONCERN, held.actor, held.request)
    raised = await held.work.supporters.get(concern.supporter_id)
    return Alert(
        request=held.request,
        concern=concern,
        phones=await paging.phones(held.work, held.programme, held.request),
        taken=await paging.taken_as(held.work, concern),
        mine=held.actor.seized,
        whole=whole,
        openable=may(Deed.OPEN_CONCERNED, held.actor, held.request),
        supporter=raised[1].name if raised and whole else "",
    )


async def take(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, *, now: datetime
) -> Alert | TakenBefore | Ended | Refused:
    """Say "I have it": the first counts, the paging stops, and the supporter reads that somebody has it."""
    found = await _hold(work, programme, who, id, Deed.HEAR_CONCERN, now)
    if not isinstance(found, tuple):
        return found
    held, concern = found
    if concern.taken_by is not None:
        alert = await _alert(held, concern)
        return alert if alert.mine else TakenBefore(alert)
    taken = replace(concern, taken_by=held.actor.member, taken_at=now, next_page_at=None)
    await work.concerns.save(taken)
    await work.audit.write(held.entry(Event.SAFETY_TAKEN, concern.id))
    await paging.show_all(work, programme, held.request, taken, f"{concern.id}:taken:{concern.pages}")
    raised = await work.supporters.get(concern.supporter_id)
    if raised and held.request.supporter == concern.supporter_id and held.request.state is not State.CLOSED:
        mark = f"{held.request.id}:safety:{concern.id}:taken:{concern.pages}"
        await held.tell(paging.to(Kind.TELL_SUPPORTER, concern, held.request.id, concern.supporter_id, mark))
    return await _alert(replace(held, actor=replace(held.actor, seized=True)), taken)


async def open_person(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, *, now: datetime
) -> Identity | Limited | Stale | Ended | Refused:
    """Open who asked, for safety's sake; the opening is written down first, and the requester can see it.

    Stale where the concern holds a closed request's erasure back no longer: then it takes two, as for any other.
    """
    found = await _hold(work, programme, who, id, Deed.ANSWER_CONCERN, now)
    if not isinstance(found, tuple):
        return found
    held, _ = found
    if not may(Deed.OPEN_CONCERNED, held.actor, held.request):
        return Stale(held.request.state)
    identity = await reveals.identity_of(held)
    if isinstance(identity, Stale):
        return identity
    return await reveals.record(held, reveals.Reason.SAFETY) or identity


async def close(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, ending: Ending, *, now: datetime
) -> Concern | Ended | Refused:
    """Close a concern; whatever erasure it held back goes on."""
    found = await _hold(work, programme, who, id, Deed.ANSWER_CONCERN, now)
    if not isinstance(found, tuple):
        return found
    held, concern = found
    if ending not in CLOSINGS:
        return await refuse(work, now, held.request.id, held.actor)
    closed = replace(concern, closed_by=held.actor.member, closed_at=now, ending=ending, next_page_at=None)
    await work.concerns.save(closed)
    await work.audit.write(replace(held.entry(Event.SAFETY_CLOSED, concern.id), reason=ending))
    await held.tell(messages_over(closed), *_released(held, closed))
    await paging.show_all(work, programme, held.request, closed, f"{concern.id}:closed")
    await held.tell(messages.home_requester(held.request, f":safety:{concern.id}:closed"))
    return closed


def _released(held: Held, concern: Concern) -> tuple[Message, ...]:
    """Return the erasures of a closed request again; each is judged by the record when it is carried out."""
    request, kept = held.request, held.programme.retention
    if request.closed_at is None or request.erased_at is not None:
        return ()
    contact = retention.contact_due_at(kept, request) or held.now
    whole = retention.due_at(kept, request) or held.now
    rows = (messages.erase_contact(request, max(contact, held.now)), messages.erase(request, max(whole, held.now)))
    return tuple(replace(row, dedupe=f"{row.dedupe}:safety:{concern.id}") for row in rows)


async def alerts(work: UnitOfWork, programme: Programme, who: Address, member: UUID, *, now: datetime) -> list[Alert]:
    """Return the open concerns that wait in somebody's Home; an administrator's once no lead has answered."""
    found = []
    for concern in await work.concerns.open_in(programme.id):
        request = await work.requests.get(concern.request_id)
        if request is None:
            continue
        caller = await actor(work, who, request)
        caller = replace(caller, alerted=concern.supporter_id != caller.supporter, seized=concern.taken_by == member)
        caller = replace(caller, holding=concern.hold_until > now)
        if not may(Deed.HEAR_CONCERN, caller, request):
            continue
        if not may(Deed.ANSWER_CONCERN, caller, request) and not (concern.waits and concern.is_wide):
            continue
        found.append(await _alert(Held(work, programme, request, caller, ActorKind.LEAD, now), concern))
    return found
