"""Asking for oneself: whom the programme serves, what a form must hold, and opening a request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport import messages, timer_rows
from peersupport.actors import by_itself, first_asked, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.outcomes import NoOtherAdministrator, Refused
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Ids, Presumed, UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_parts import ContactKind
from peersupport.requests import OPEN_STATES, Contact, Door, Needs, Outcome, State, SupportRequest
from peersupport.retention import end_now

TRIES = 8
"""How many references are tried before giving up."""

LONGEST = 300
"""Most characters of any one typed answer."""


@dataclass(frozen=True, slots=True, repr=False)
class Ask:
    """What somebody submits, at first and when they change it."""

    needs: Needs
    contact: Contact
    ask_first: bool = False
    urgent: bool = False
    """The person's explicit yes to being marked urgent."""

    def __repr__(self) -> str:
        return "Ask(...)"


@dataclass(frozen=True, slots=True)
class Eligible:
    """The programme serves this role."""


@dataclass(frozen=True, slots=True)
class Redirected:
    """The programme does not serve this role; these resources do. Nothing was kept but a count."""

    role: str
    resources: tuple[str, ...]


class Part(StrEnum):
    """A part of the form that can be wrong."""

    ROLE = "role"
    NAME = "name"
    MODALITIES = "modalities"
    REACH = "reach"
    REASONS = "reasons"
    TIMES = "times"
    WISHES = "wishes"
    DEPARTMENT = "department"
    AVOID_NAMES = "avoid_names"


class Fault(StrEnum):
    """What can be wrong with it."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    TOO_LONG = "too_long"
    NEEDS_PHONE = "needs_phone"
    NEEDS_EMAIL = "needs_email"
    NEEDS_PHONE_OR_EMAIL = "needs_phone_or_email"


@dataclass(frozen=True, slots=True)
class Invalid:
    """The form cannot be kept as it is; at most one fault for a part, nothing was kept."""

    faults: tuple[tuple[Part, Fault], ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A new request stands."""

    request: SupportRequest


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same submission came before; this is what came of it."""

    request: SupportRequest


@dataclass(frozen=True, slots=True)
class AlreadyOpen:
    """The person has an open request here; nothing was kept of the new one."""

    request: SupportRequest


Opening = Opened | Repeated | AlreadyOpen | Redirected | Invalid | NoOtherAdministrator | Refused


async def choose_role(
    work: UnitOfWork, programme: Programme, role: str, now: datetime
) -> Eligible | Redirected | Refused:
    """Answer the first question; a redirect keeps nothing but a count."""
    found = programme.role(role)
    if found is None:
        return await refuse(work, now)
    if found.eligible:
        return Eligible()
    await work.tallies.add(programme.id, "redirected", now)
    return Redirected(role, found.to)


def check(programme: Programme, ask: Ask) -> tuple[tuple[Part, Fault], ...]:
    """Return what is wrong with a form, in the order in which the form asks."""
    needs, found = ask.needs, dict[Part, Fault]()
    if not needs.role:
        found[Part.ROLE] = Fault.MISSING
    if not needs.modalities:
        found[Part.MODALITIES] = Fault.MISSING
    for part, fault in (*_unknown(programme, needs), *_too_long(ask)):
        found.setdefault(part, fault)
    reach = reach_fault(programme, needs.modalities, ask.contact.reach)
    if reach is not None:
        found.setdefault(Part.REACH, reach)
    return tuple(sorted(found.items(), key=lambda item: list(Part).index(item[0])))


def _unknown(programme: Programme, needs: Needs) -> Iterable[tuple[Part, Fault]]:
    lists = (
        (Part.ROLE, (needs.role,) if needs.role else (), programme.role),
        (Part.MODALITIES, needs.modalities, programme.modality),
        (Part.REASONS, needs.reasons, programme.reason),
        (Part.TIMES, needs.times, programme.good_time),
        (Part.DEPARTMENT, (needs.department,) if needs.department else (), programme.department),
    )
    for part, chosen, known in lists:
        if any(known(each) is None for each in chosen):
            yield part, Fault.UNKNOWN
    if any(programme.wish_option(wish, option) is None for wish, option in needs.wishes.items()):
        yield Part.WISHES, Fault.UNKNOWN


def _too_long(ask: Ask) -> Iterable[tuple[Part, Fault]]:
    if len(ask.needs.name) > LONGEST:
        yield Part.NAME, Fault.TOO_LONG
    if len(ask.contact.reach) > LONGEST:
        yield Part.REACH, Fault.TOO_LONG
    if sum(map(len, ask.needs.avoid_names)) > 10 * LONGEST:
        yield Part.AVOID_NAMES, Fault.TOO_LONG


def reach_fault(programme: Programme, modalities: tuple[str, ...], reach: str) -> Fault | None:
    """Say what the contact lacks for the chosen ways to talk: each needs one of its kinds of contact."""
    if not reach.strip():
        return Fault.MISSING
    given = {kind for kind, looks in _LOOKS.items() if looks(reach)}
    for kinds in programme.form.contact_kinds(modalities):
        if not given & set(kinds):
            return _LACKING.get(frozenset(kinds), Fault.MISSING)
    return None


def can_be_reached(reach: str) -> bool:
    """Say whether a contact holds a phone number or an e-mail address."""
    return any(looks(reach) for looks in _LOOKS.values())


def _has_phone(reach: str) -> bool:
    bare = re.sub(r"\S+@\S+", " ", reach)
    return any(sum(map(str.isdigit, run)) >= 7 for run in re.findall(r"[\d\s().+/\-\u2010-\u2015\u00a0\u202f]+", bare))


def _has_email(reach: str) -> bool:
    return re.search(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", reach) is not None


_LOOKS = {ContactKind.PHONE: _has_phone, ContactKind.EMAIL: _has_email}
_LACKING = {
    frozenset({ContactKind.PHONE}): Fault.NEEDS_PHONE,
    frozenset({ContactKind.EMAIL}): Fault.NEEDS_EMAIL,
    frozenset(ContactKind): Fault.NEEDS_PHONE_OR_EMAIL,
}


async def open_one_of(work: UnitOfWork, programme: Programme, who: Address) -> SupportRequest | None:
    """Return the person's open request in this programme, if they have one that they know of."""
    return next((each for each in await known(work, who) if each.programme == programme.id), None)


async def known(work: UnitOfWork, who: Address) -> list[SupportRequest]:
    """Return the person's open requests but for what a partner told of them, as long as they have not said yes."""
    return [each for each in await work.requests.of(who) if not each.unasked]


async def _gives_way(work: UnitOfWork, programme: Programme, who: Address, now: datetime) -> bool:
    """Close and erase what a partner told of somebody who now asks themselves: theirs alone goes on."""
    found = [each for each in await work.requests.of(who) if each.programme == programme.id and each.unasked]
    for each in found:
        request = await work.requests.get(each.id, lock=True)
        if request is not None and request.state in OPEN_STATES:
            await end_now(by_itself(work, programme, request, now), Outcome.WITHDRAWN, Event.REQUEST_WITHDRAWN)
    return bool(found)


async def open_request(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    ask: Ask,
    *,
    key: str,
    now: datetime,
    ids: Ids,
    presume: bool = False,
) -> Opening:
    """Open a request for the person who submits it; the clock starts now.

    Nearly always nothing stands in the way. `presume` goes by that, in far fewer trips to the database; where it was
    wrong the unit of work ends in Presumed, and the same without `presume` says what it was.
    """
    if not programme.doors.self_request:
        return await refuse(work, now)
    ask = replace(ask, needs=replace(ask.needs, requester=who, opened_by=who, hidden_from=None))
    return await open_by(work, programme, Door.SELF, ask, key=key, now=now, ids=ids, presume=presume)


async def open_by(
    work: UnitOfWork,
    programme: Programme,
    door: Door,
    ask: Ask,
    *,
    key: str,
    now: datetime,
    ids: Ids,
    presume: bool = False,
) -> Opening:
    """Open a request through a door; what is asked says already who asks, and who opened the door for them."""
    role = programme.role(ask.needs.role)
    if role is not None and not role.eligible:
        await work.tallies.add(programme.id, "redirected", now)
        return Redirected(role.id, role.to)
    faults = check(programme, ask)
    if faults:
        return Invalid(faults)
    if presume:
        work.presume()
    existing = None if presume else await open_one_of(work, programme, ask.needs.requester)
    if existing is not None:
        # It may be what this very submission made, when it was sent before.
        return await repeated(work, key) or AlreadyOpen(existing)
    opened = await put_down(work, programme, ask, key=key, now=now, ids=ids, door=door)
    if presume and not isinstance(opened, Opened):
        raise Presumed
    return opened


async def put_down(
    work: UnitOfWork,
    programme: Programme,
    ask: Ask,
    *,
    key: str,
    now: datetime,
    ids: Ids,
    door: Door = Door.SELF,
    line: Entry | None = None,
) -> Opening:
    """Open a request whose form was checked; `line` is the ledger's first, where somebody else has sent it."""
    request = _new(programme, ask, now, ids, door)
    seats = await work.members.seats(programme.id, list(ask.needs.kept_out))
    looking_after = [seat for seat in seats if may_in_programme(Duty.LOOK_AFTER, seat.roles) and not seat.named]
    if not looking_after:
        return NoOtherAdministrator()
    if any(seat.named for seat in seats):
        request = replace(request, private_card=True)
    if not await work.receipts.keep(key, request.id):
        await work.rollback()
        return await repeated(work, key) or Refused()
    for _ in range(TRIES):
        if await work.requests.add(request, ask.needs, ask.contact):
            break
        existing = await open_one_of(work, programme, ask.needs.requester)
        if existing is not None:
            await work.rollback()
            return AlreadyOpen(existing)
        if not await _gives_way(work, programme, ask.needs.requester, now):
            request = replace(request, reference=ids.reference())
    else:
        raise RuntimeError("no free reference was found")
    line = line or Entry(Event.REQUEST_OPENED, now, ActorKind.REQUESTER)
    await work.audit.write(replace(line, subject=request.id))
    told = [] if request.off_slack_at else [messages.tell_requester(request), messages.home_requester(request)]
    await work.outbox.put(messages.card(request), *told)
    await work.outbox.put(*timer_rows.of_new(programme, request))
    if request.private_card or request.urgent:
        await work.outbox.put(*(messages.tell_member(request, member.id) for member in first_asked(looking_after)))
    return Opened(request)


def _new(programme: Programme, ask: Ask, now: datetime, ids: Ids, door: Door) -> SupportRequest:
    return SupportRequest(
        id=ids.new(),
        reference=ids.reference(),
        programme=programme.id,
        door=door,
        state=State.RECEIVED,
        version=1,
        created_at=now,
        due_at=programme.due_at(now),
        notice_version=programme.consent.notice_version,
        urgent=ask.urgent,
        ask_first=ask.ask_first,
        off_slack_at=None if ask.needs.requester.on_slack else now,
    )


async def concerns_members(work: UnitOfWork, programme: Programme, needs: Needs) -> bool:
    """Say whether the requester, or somebody they want kept out, has a role and so may be in the channel."""
    return bool(await work.members.which(programme.id, list(needs.kept_out)))


async def repeated(work: UnitOfWork, key: str) -> Repeated | None:
    """Return what came of this very submission before, if it came."""
    used, result = await work.receipts.find(key)
    found = await work.requests.get(result) if used and isinstance(result, UUID) else None
    return Repeated(found) if found else None
