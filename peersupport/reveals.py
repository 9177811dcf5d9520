"""Who asked, shown for a reason: written down before it is sent, limited in number, and told to the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from peersupport import approvals, messages
from peersupport.actors import Held, hold, refuse
from peersupport.addresses import Address
from peersupport.audit import Entry, Event
from peersupport.exceptional import Act
from peersupport.outcomes import Refused, Stale
from peersupport.people import Deed, Duty, may_in_programme
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Contact, Needs, SupportRequest

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Reason(StrEnum):
    """Why an identity is opened: the whole list. It is what the person and the other administrators read."""

    FIND_SUPPORTER = "find_supporter"
    ARRANGE_CONTACT = "arrange_contact"
    PERSON_ASKED = "person_asked"
    SAFETY = "safety"
    CHECK_DUPLICATE = "check_duplicate"
    MAKE_CONTACT = "make_contact"
    """The matched supporter's only one, which nobody is asked for."""


ASKED_FOR = tuple(reason for reason in Reason if reason is not Reason.MAKE_CONTACT)
"""The reasons among which an administrator chooses."""


@dataclass(frozen=True, slots=True)
class Limited:
    """So many identities were opened lately that the next has to wait; nothing was opened."""

    until: datetime
    """From when on it works again."""


@dataclass(frozen=True, slots=True)
class NotAgreed:
    """Two administrators have not agreed on it, this one is not of the two, their hour is over, or it was used."""


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Who asked, what they told us and how to reach them; never whom they want kept out."""

    request: SupportRequest
    needs: Needs
    contact: Contact | None
    kept_out: int = 0
    """How many people the requester wants kept out."""
    apart: bool = False
    """True where the requester wants nobody from their own department."""

    def __repr__(self) -> str:
        return "Identity(...)"


async def ask_why(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> SupportRequest | Refused | Stale:
    """Return the request whose identity this administrator may open once they have said why."""
    held = await hold(work, programme, who, request, Deed.OPEN_IDENTITY, now)
    return held.request if isinstance(held, Held) else held


async def open_identity(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, reason: Reason, *, now: datetime
) -> Identity | Limited | Refused | Stale:
    """Open who asked; the opening is written down first, and the requester can see it."""
    held = await hold(work, programme, who, request, Deed.OPEN_IDENTITY, now)
    if not isinstance(held, Held):
        return held
    if reason not in ASKED_FOR:
        return await refuse(work, now, request, held.actor)
    found = await identity_of(held)
    if isinstance(found, Stale):
        return found
    return await record(held, reason) or found


async def reopen_identity(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Identity | NotAgreed | Limited | Refused | Stale:
    """Open who asked for a closed request that is not erased yet, once, on what two administrators agreed on."""
    held = await hold(work, programme, who, request, Deed.REOPEN_IDENTITY, now)
    if not isinstance(held, Held):
        return held
    agreed = await approvals.agreed(work, programme.id, Act.REOPEN_IDENTITY, subject=request, now=now)
    if agreed is None:
        return NotAgreed()
    found = await identity_of(held)
    if isinstance(found, Stale):
        return found
    if not await approvals.use(work, agreed, held.by, now):
        return NotAgreed()
    return await record(held, agreed.reason, Event.IDENTITY_REOPENED) or found


async def identity_of(held: Held) -> Identity | Stale:
    """Return the identity without the people kept out."""
    needs = await held.work.requests.needs(held.request.id)
    if needs is None:
        return Stale(held.request.state)
    contact = await held.work.requests.contact(held.request.id)
    kept_out = len(needs.avoid_members) + len(needs.avoid_names)
    bare = replace(needs, opened_by=None, hidden_from=None, avoid_members=(), avoid_names=(), not_my_department=False)
    return Identity(held.request, bare, contact, kept_out, needs.not_my_department)


async def allowed(work: UnitOfWork, programme: Programme, actor: UUID, now: datetime) -> bool:
    """Say whether this member or supporter may open one more identity now."""
    return _resumes(await _lately(work, programme, actor, now), programme, now) is None


async def record(held: Held, reason: str | None, event: Event = Event.IDENTITY_OPENED) -> Limited | None:
    """Write an opening down, before anything is shown; or undo everything and say from when on it works again.

    The line goes first: whoever appends to the ledger holds its end, so openings at the same time count each other.
    """
    await held.tell(messages.home_requester(held.request, f":opened:{held.now.isoformat()}"))
    line = replace(held.entry(event), reason=reason)
    return await write_down(held.work, held.programme, line, held.actor.member)


async def write_down(work: UnitOfWork, programme: Programme, line: Entry, member: UUID | None) -> Limited | None:
    """Write one opening down, or undo everything; `member` is whoever opens, where they have a role themselves."""
    assert line.actor is not None
    await work.audit.write(line)
    until = _resumes((await _lately(work, programme, line.actor, line.at))[1:], programme, line.at)
    if until is None:
        return None
    await work.rollback()
    await work.audit.write(replace(line, event=Event.OPENING_LIMITED, reason=None))
    for each in await work.members.all(programme.id):
        if may_in_programme(Duty.SEE_OPENINGS, each.roles) and each.id != member:
            await work.outbox.put(messages.openings_limited(programme.id, line.actor, until, each.id))
    return Limited(until)


async def _lately(work: UnitOfWork, programme: Programme, actor: UUID, now: datetime) -> list[datetime]:
    """Return when somebody opened identities in the last day, the latest first, as many as can matter."""
    most = programme.privacy.openings_per_day + 1
    return [entry.at for _, entry in await work.audit.openings(since=now - DAY, actor=actor, limit=most)]


def _resumes(opened: Sequence[datetime], programme: Programme, now: datetime) -> datetime | None:
    """Return from when on one more may be opened, or None where it may be now; `opened` has the latest first."""
    limits = programme.privacy
    waits = []
    for most, span in ((limits.openings_per_hour, HOUR), (limits.openings_per_day, DAY)):
        within = [at for at in opened if at > now - span]
        if len(within) >= most:
            waits.append(within[most - 1] + span)
    return max(waits, default=None)
