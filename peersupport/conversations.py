"""From the name shown to the last talk: contact, talks counted, handing back, finishing. Nothing said is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport import messages, reveals, timer_rows
from peersupport.actors import Held, actor, hold_matched, refuse, was_with
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.endings import close, release
from peersupport.notes import Note
from peersupport.offers import Offer, OfferState
from peersupport.outcomes import Already, Done, NotYet, Over, Refused, Stale
from peersupport.people import Deed, may
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Contact, Move, Needs, Outcome, State, SupportRequest, after

ATTEMPTS = 2
"""After this many attempts without an answer the administrators are told."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What the matched supporter sees of a request before opening the name."""

    request: SupportRequest
    name_shown_at: datetime
    """From when the name can be opened."""
    conversations: int
    """How many talks the programme foresees."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for a supporter: offers to answer, and requests that are with them."""

    offers: tuple[tuple[Offer, SupportRequest], ...]
    requests: tuple[SupportRequest, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Who the colleague is and how to reach them, for the matched supporter only."""

    request: SupportRequest
    needs: Needs
    contact: Contact | None

    def __repr__(self) -> str:
        return "Person(...)"


@dataclass(frozen=True, slots=True)
class Attempted:
    """An attempt without an answer is counted."""

    request: SupportRequest
    told: bool
    """True where the administrators know now."""


@dataclass(frozen=True, slots=True)
class Talked:
    """A talk is counted."""

    request: SupportRequest
    last: bool
    """True where no further talk is foreseen: it is time to close, or to point to other help."""


@dataclass(frozen=True, slots=True)
class NeedsAgreement:
    """One talk more needs an administrator's yes; the talk was not counted."""

    request: SupportRequest


def name_shown_from(programme: Programme, request: SupportRequest) -> datetime | None:
    """Return from when the supporter sees the name: at once, at the requester's yes, or when silence counts as one."""
    if request.supporter is None or request.accepted_at is None:
        return None
    if not request.ask_first:
        return request.accepted_at
    waited = request.accepted_at + programme.timing.reveal_wait
    return min(request.name_agreed_at, waited) if request.name_agreed_at else waited


async def desk(work: UnitOfWork, supporter: UUID) -> Desk:
    """Return what a supporter's Home shows: references and times, nothing about anybody."""
    found = [await work.offers.with_request(each.id) for each in await work.offers.open_of_supporter(supporter)]
    return Desk(tuple(each for each in found if each), tuple(await work.requests.of_supporter(supporter)))


async def look(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Matched | Over | Refused:
    """Return what the matched supporter may do, without opening the name."""
    held = await hold_matched(work, programme, who, request, Deed.SEE_MATCHED, now)
    if not isinstance(held, Held):
        return held
    shown = name_shown_from(programme, held.request) or now
    return Matched(held.request, shown, programme.promise.conversations[1])


async def open_person(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Person | NotYet | reveals.Limited | Over | Refused:
    """Open the name and contact; the opening is written down first, and the requester can see it."""
    held = await hold_matched(work, programme, who, request, Deed.OPEN_MATCHED_IDENTITY, now)
    if not isinstance(held, Held):
        return held
    shown = name_shown_from(programme, held.request)
    if shown is None or shown > now:
        return NotYet(shown or now)
    needs, contact = await work.requests.needs(request), await work.requests.contact(request)
    if needs is None:
        return Over()
    limited = await reveals.record(held, reveals.Reason.MAKE_CONTACT)
    if limited is not None:
        return limited
    bare = replace(
        needs, opened_by=None, hidden_from=None, avoid_members=(), avoid_names=(), not_my_department=False, wishes={}
    )
    return Person(held.request, bare, contact)


async def contact_made(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | NotYet | Over | Refused | Stale:
    """Say that contact is made, which stops the clock of the promise."""
    held = await hold_matched(work, programme, who, request, Deed.REPORT_CONTACT, now)
    if not isinstance(held, Held):
        return held
    if held.request.unasked:
        return Stale(held.request.state)
    if held.request.contacted_at is not None:
        return Already(held.request)
    shown = name_shown_from(programme, held.request)
    if shown is None or shown > now:
        return NotYet(shown or now)
    saved = await contacted(held)
    return saved if isinstance(saved, Stale) else Done(saved.request)


async def contacted(held: Held) -> Held | Stale:
    """Record contact in the name of whoever holds the request, which stops the clock of the promise."""
    request = held.request
    state, first = after(request.state, Move.CONTACT, unasked=request.unasked), request.contacted_at is None
    if state is None:
        return Stale(request.state)
    saved = await held.save(
        replace(
            request,
            state=state,
            contacted_at=held.now if first else request.contacted_at,
            quiet_since=held.now,
            not_yet_at=None,
            unreached_at=None,
            waits_at=None,
        ),
        Event.CONTACT_MADE,
    )
    if isinstance(saved, Held):
        await saved.tell(*timer_rows.going_on(held.programme, saved.request))
        if first:
            await count_contact(held)
    return saved


async def count_contact(held: Held) -> None:
    """Count a first contact, in time or late; nothing else of it."""
    in_time = held.now <= held.request.due_at
    await held.work.tallies.add(held.programme.id, "contacted_in_time" if in_time else "contacted_late", held.now)


async def could_not_reach(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, number: int, *, now: datetime
) -> Attempted | Already | NotYet | Over | Refused | Stale:
    """Count the attempt with this number; after the second the administrators are told."""
    held = await hold_matched(work, programme, who, request, Deed.REPORT_CONTACT, now)
    if not isinstance(held, Held):
        return held
    shown = name_shown_from(programme, held.request)
    if shown is None or shown > now:
        return NotYet(shown or now)
    if number != held.request.attempts + 1:
        return Already(held.request)
    if held.request.unasked:
        return Stale(held.request.state)
    told = number >= ATTEMPTS
    unreached = held.now if number == ATTEMPTS else held.request.unreached_at
    saved = await held.save(replace(held.request, attempts=number, unreached_at=unreached), Event.CONTACT_FAILED)
    if isinstance(saved, Stale):
        return saved
    if told:
        await saved.tell_administrators()
    if number == ATTEMPTS:
        written = timer_rows.note(saved.request, Note.UNREACHED, unreached)
        await saved.tell(written, timer_rows.give_up(programme, saved.request))
    return Attempted(saved.request, told)


async def talked(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, number: int, *, now: datetime
) -> Talked | Already | NeedsAgreement | NotYet | Over | Refused | Stale:
    """Count the talk with this number; a number counted before changes nothing, one too many needs a yes."""
    held = await hold_matched(work, programme, who, request, Deed.REPORT_CONTACT, now)
    if not isinstance(held, Held):
        return held
    shown = name_shown_from(programme, held.request)
    if shown is None or shown > now:
        return NotYet(shown or now)
    if number != held.request.talks + 1:
        return Already(held.request)
    most = programme.promise.conversations[1] + held.request.fourth_agreed
    if number > most:
        return NeedsAgreement(held.request)
    if held.request.state is State.ACCEPTED:
        reached = await contacted(held)
        if isinstance(reached, Stale):
            return reached
        held = reached
    state = after(held.request.state, Move.TALK)
    if state is None:
        return Stale(held.request.state)
    saved = await held.save(replace(held.request, state=state, talks=number, quiet_since=now), Event.TALKED)
    if isinstance(saved, Stale):
        return saved
    await saved.tell(*timer_rows.going_on(programme, saved.request))
    return Talked(saved.request, last=number >= most)


def is_last(programme: Programme, request: SupportRequest) -> bool:
    """Say whether every talk that is foreseen or agreed is over while the request is still open."""
    most = programme.promise.conversations[1] + request.fourth_agreed
    return request.state is State.TALKING and request.talks >= most


async def ask_for_fourth(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Over | Refused:
    """Ask the administrators for one talk more; already where they have said yes."""
    held = await hold_matched(work, programme, who, request, Deed.REPORT_CONTACT, now)
    if not isinstance(held, Held):
        return held
    if held.request.fourth_agreed:
        return Already(held.request)
    await held.tell_administrators()
    return Done(held.request)


async def hand_back(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Over | Refused | Stale:
    """Give the request back; access ends at once, and no reason is kept."""
    return await _leave(work, programme, who, request, OfferState.HANDED_BACK, now)


async def not_me(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Over | Refused | Stale:
    """Say "not me" after seeing the name; access ends at once, and no reason is kept."""
    return await _leave(work, programme, who, request, OfferState.NOT_ME, now)


async def _leave(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, why: OfferState, now: datetime
) -> Done | Over | Refused | Stale:
    held = await hold_matched(work, programme, who, request, Deed.HAND_BACK, now)
    if not isinstance(held, Held):
        return held
    released = await release(held, why)
    return released if isinstance(released, Stale) else Done(released.request)


async def finish(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Over | Refused | Stale:
    """Finish; the contact details disappear at once, the rest when the programme says."""
    held = await hold_matched(work, programme, who, request, Deed.REPORT_CONTACT, now)
    if not isinstance(held, Held):
        return held
    if held.request.state in (State.ACCEPTED, State.INVITED):
        return Stale(held.request.state)
    return await close(held, Outcome.DONE, Event.REQUEST_CLOSED)


async def has_opened(work: UnitOfWork, programme: Programme, who: Address, request: UUID) -> bool:
    """Say whether this person, as a supporter of the programme, ever opened the name and contact of a request."""
    supporter = (await work.members.standing(who)).supporters.get(programme.id)
    opened = await work.audit.of(request, Event.IDENTITY_OPENED)
    return supporter is not None and any(each.actor == supporter for each in opened)


async def contact_deleted(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Refused:
    """Keep a former supporter's word that they have deleted what contact details they wrote down."""
    found = await work.requests.get(request, lock=True)
    if found is None or found.programme != programme.id:
        return await refuse(work, now)
    caller = await actor(work, who, found)
    supporter = caller.supporter
    caller = replace(caller, former=supporter in await was_with(work, request))
    if supporter is None or not may(Deed.HEAR_IT_IS_OVER, caller, found):
        return await refuse(work, now, request, caller)
    said = await work.audit.of(request, Event.CONTACT_DELETED)
    if any(each.actor == supporter for each in said):
        return Already(found)
    await work.audit.write(Entry(Event.CONTACT_DELETED, now, ActorKind.SUPPORTER, supporter, request))
    await work.outbox.put(messages.close_supporter_messages(found, supporter))
    return Done(found)
