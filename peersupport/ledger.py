"""The ledger of openings as administrators read it: who opened which reference, when and why, never whose it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from peersupport.actors import actor, entitled, refuse
from peersupport.addresses import Address
from peersupport.audit import OPENINGS, ActorKind, Entry, Event
from peersupport.outcomes import Refused
from peersupport.people import Deed, Duty, may
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.upkeep import subject_of

AT_ONCE = 200
"""How many lines are read from the database at a time."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month by the programme's own clock."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> Month:
        """Return the month in which this instant lies there."""
        local = instant.astimezone(zone)
        return cls(local.year, local.month)

    @property
    def before(self) -> Month:
        """The month before."""
        return Month(self.year - (self.month == 1), self.month - 1 or 12)

    @property
    def after(self) -> Month:
        """The month after."""
        return Month(self.year + (self.month == 12), self.month % 12 + 1)

    def starts(self, zone: ZoneInfo) -> datetime:
        """Return its first instant there."""
        return datetime(self.year, self.month, 1, tzinfo=zone)


def months(now: datetime, zone: ZoneInfo, count: int) -> tuple[Month, ...]:
    """Return this month and those before it, the latest first."""
    found = [Month.of(now, zone)]
    while len(found) < count:
        found.append(found[-1].before)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Opening:
    """One line: the reference, and who opened it by internal id, in what capacity, when and why."""

    reference: str
    at: datetime
    kind: ActorKind
    actor: UUID | None
    reason: str | None
    again: bool = False
    """True where the request was closed already, and two administrators had agreed."""


@dataclass(frozen=True, slots=True, repr=False)
class Opener:
    """Somebody who opened identities: a supporter by name, an administrator by address, whose name Slack knows."""

    id: UUID
    kind: ActorKind
    name: str = ""
    address: Address | None = None

    def __repr__(self) -> str:
        return "Opener(...)"


@dataclass(frozen=True, slots=True)
class Log:
    """The openings of one month that this administrator may see, the latest first."""

    openings: tuple[Opening, ...]
    openers: tuple[Opener, ...]
    """Everybody who opened one in this month."""
    by_others: int
    """How many of the month's openings were other administrators'."""


async def openings(
    work: UnitOfWork, programme: Programme, who: Address, month: Month, opener: UUID | None = None, *, now: datetime
) -> Log | Refused:
    """Return who opened which request in a month, of one person where asked; that somebody looked is written down.

    What a requester keeps an administrator out of is neither shown to that one nor counted.
    """
    member = await entitled(work, programme, who, Duty.SEE_OPENINGS)
    if member is None:
        return await refuse(work, now)
    await work.audit.write(Entry(Event.OPENINGS_SEEN, now, ActorKind.ADMIN, member, subject_of(programme.id)))
    found = [each async for each in _visible(work, programme, who, month)]
    ids = dict.fromkeys((each.actor, each.kind) for each in found)
    return Log(
        tuple(each for each in found if opener in (None, each.actor)),
        tuple([await _opener(work, actor, kind) for actor, kind in ids if actor is not None]),
        sum(each.kind is ActorKind.ADMIN and each.actor != member for each in found),
    )


@dataclass(frozen=True, slots=True)
class Account:
    """What one account of the workspace opened in a period, the latest first."""

    openings: tuple[Opening, ...]
    untold: int = 0
    """How many openings of the period were by somebody who can no longer be told, as their entry is erased."""


async def who_opened(work: UnitOfWork, programme: str, reference: str, *, now: datetime) -> tuple[Opening, ...] | None:
    """Return who opened this reference, the first first, for the operator; None where there is no such request."""
    request = await work.requests.by_reference(programme, reference)
    if request is None:
        return None
    await work.audit.write(Entry(Event.OPENINGS_SEEN, now, ActorKind.SYSTEM, None, request.id))
    return tuple(_line(each, reference) for each in await work.audit.of(request.id) if each.event in OPENINGS)


async def opened_by(work: UnitOfWork, user: str, since: datetime, until: datetime, *, now: datetime) -> Account:
    """Return what an account opened in a period, also one that lost every role since, for the operator.

    `user` is the workspace's id of the account. Nobody's name is read but the openers' own addresses.
    """
    await work.audit.write(Entry(Event.OPENINGS_SEEN, now, ActorKind.SYSTEM))
    users: dict[UUID, str | None] = {}
    found, untold = [], 0
    async for entry in _between(work, since, until):
        if entry.actor is None or entry.subject is None:
            continue
        if entry.actor not in users:
            users[entry.actor] = await _user(work, entry.actor, entry.kind)
        untold += users[entry.actor] is None
        if users[entry.actor] == user:
            request = await work.requests.get(entry.subject)
            found.append(_line(entry, request.reference if request else ""))
    return Account(tuple(found), untold)


async def _user(work: UnitOfWork, actor: UUID, kind: ActorKind) -> str | None:
    if kind is ActorKind.SUPPORTER:
        entry = await work.supporters.get(actor)
        return entry[1].address.user if entry else None
    member = await work.members.get(actor)
    return member.address.user if member else None


async def _between(work: UnitOfWork, since: datetime, until: datetime) -> AsyncIterator[Entry]:
    before = None
    while True:
        lines = await work.audit.openings(since=since, until=until, limit=AT_ONCE, before=before)
        for _, entry in lines:
            yield entry
        if len(lines) < AT_ONCE:
            return
        before = lines[-1][0]


def _line(entry: Entry, reference: str) -> Opening:
    again = entry.event is Event.IDENTITY_REOPENED
    return Opening(reference, entry.at, entry.kind, entry.actor, entry.reason, again)


async def _visible(work: UnitOfWork, programme: Programme, who: Address, month: Month) -> AsyncIterator[Opening]:
    references: dict[UUID, str | None] = {}
    zone = programme.clock.zone
    async for entry in _between(work, month.starts(zone), month.after.starts(zone)):
        if entry.subject is None:
            continue
        if entry.subject not in references:
            references[entry.subject] = await _reference(work, programme, who, entry.subject)
        reference = references[entry.subject]
        if reference is not None:
            yield _line(entry, reference)


async def _reference(work: UnitOfWork, programme: Programme, who: Address, request: UUID) -> str | None:
    """Return the reference of a request that this administrator may know of, or None."""
    found = await work.requests.get(request)
    if found is None or found.programme != programme.id:
        return None
    # What is erased and concerned no member can be closed to nobody any more; all else is judged by the facts.
    known = found.erased_at is not None and not found.private_card
    if not known and not may(Deed.FIND, await actor(work, who, found), found):
        return None
    return found.reference


async def _opener(work: UnitOfWork, actor: UUID, kind: ActorKind) -> Opener:
    if kind is ActorKind.SUPPORTER:
        entry = await work.supporters.get(actor)
        return Opener(actor, kind, name=entry[1].name if entry else "")
    member = await work.members.get(actor)
    return Opener(actor, kind, address=member.address if member else None)
