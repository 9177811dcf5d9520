"""People who are not on Slack: a request is recorded on the phone, and an administrator is their voice in the app."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from peersupport import choices, consent_links, intake, own, reveals
from peersupport.actors import Held, actor, entitled, hold, refuse
from peersupport.addresses import Address, outside, own_reach
from peersupport.audit import ActorKind, Entry, Event
from peersupport.clocks import BEFORE_CONTACT
from peersupport.consent_link import About, Link
from peersupport.intake import Ask, Invalid, Opening
from peersupport.notes import ABOUT_THE_PROMISE, Note, note_of
from peersupport.outcomes import Already, Done, NoOtherAdministrator, Refused, Stale
from peersupport.people import Deed, Duty, may
from peersupport.phone_tasks import Owed, owed, waits_for_name
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, Door, Needs, State, SupportRequest
from peersupport.reveals import Limited, Reason

BY_PHONE = "by_phone"
"""What the ledger says of a request that was opened on the phone."""
_WITH = frozenset({State.ACCEPTED, State.CONTACTED, State.TALKING})


@dataclass(frozen=True, slots=True, repr=False)
class Spoken:
    """What somebody said on the phone, as the administrator wrote it down."""

    ask: Ask
    heard: bool = False
    """True where the notice was read to them and they said yes to it."""
    own_line: bool = False
    """True where they said that the number or address is theirs alone."""

    def __repr__(self) -> str:
        return "Spoken(...)"


@dataclass(frozen=True, slots=True)
class Unheard:
    """The notice was not read to them, or they have not said yes; nothing was kept."""


def address_of(reach: str, record: UUID, *, own_line: bool) -> Address:
    """Return by what somebody outside Slack is found again: a contact of their own alone, or nothing."""
    if own_line:
        for part in (reach, *re.split(r"[,;|/]", reach)):
            found = own_reach(part)
            if found is not None:
                return found
    return outside(record)


async def record(
    work: UnitOfWork, programme: Programme, who: Address, spoken: Spoken, *, key: str, now: datetime, ids: Ids
) -> Opening | Unheard | Limited:
    """Open a request for somebody on the phone; the clock starts now, and nobody is written to in Slack for it.

    Where their own number or address has an open request already, looking at that is an opening like any other.
    """
    member = await entitled(work, programme, who, Duty.RECORD_BY_PHONE)
    if member is None or not programme.doors.self_request:
        return await refuse(work, now)
    if not spoken.heard:
        return Unheard()
    role = programme.role(spoken.ask.needs.role)
    if role is not None and not role.eligible:
        await work.tallies.add(programme.id, "redirected", now)
        return intake.Redirected(role.id, role.to)
    faults = check(programme, spoken.ask)
    if faults:
        return Invalid(faults)
    requester = address_of(spoken.ask.contact.reach, ids.new(), own_line=spoken.own_line)
    met = await _met(work, programme, who, requester, key, now)
    if met is not None and not isinstance(met, Refused):
        return met
    if met is not None:
        requester = outside(ids.new())
    needs = replace(spoken.ask.needs, requester=requester, opened_by=requester, notify=False)
    line = Entry(Event.REQUEST_OPENED, now, ActorKind.ADMIN, member, reason=BY_PHONE)
    return await intake.put_down(
        work, programme, replace(spoken.ask, needs=needs), key=key, now=now, ids=ids, door=Door.SELF, line=line
    )


def check(programme: Programme, ask: Ask) -> tuple[tuple[intake.Part, intake.Fault], ...]:
    """Return what is wrong with the form; by phone it needs a name to ask for, since no account gives one."""
    found = dict(intake.check(programme, ask))
    if not ask.needs.name.strip():
        found.setdefault(intake.Part.NAME, intake.Fault.MISSING)
    return tuple(sorted(found.items(), key=lambda item: list(intake.Part).index(item[0])))


async def _met(
    work: UnitOfWork, programme: Programme, who: Address, requester: Address, key: str, now: datetime
) -> Opening | Limited | None:
    """Return what becomes of a form whose contact has an open request; refused where this caller is kept out of it."""
    existing = await intake.open_one_of(work, programme, requester)
    if existing is None:
        return None
    again = await intake.repeated(work, key)
    if again is not None:
        return again
    held = await work.requests.get(existing.id, lock=True)
    caller = await actor(work, who, existing)
    if held is None or not may(Deed.OPEN_IDENTITY, caller, held):
        # They are answered as if there were none, and the two stay apart.
        return Refused()
    opening = Held(work, programme, held, caller, ActorKind.ADMIN, now)
    return await reveals.record(opening, Reason.CHECK_DUPLICATE) or intake.AlreadyOpen(held)


class Said(StrEnum):
    """What somebody can say by phone, or have been told: what they could press if they were on Slack."""

    TOLD = "told"
    """They were told what they are owed, and made no choice."""
    NAME_YES = "name_yes"
    NAME_NO = "name_no"
    IN_TOUCH = "in_touch"
    NOT_YET = "not_yet"
    WAIT = "wait"
    TRY_AGAIN = "try_again"
    GOING_ON = "going_on"
    DONE = "done"
    SOMEONE_ELSE = "someone_else"
    WITHDRAW = "withdraw"


CHANGED = "change"
"""What the ledger says where they changed what they had asked for."""


def sayable(request: SupportRequest, programme: Programme, now: datetime) -> tuple[Said, ...]:
    """Return what makes sense now, in the order in which it is shown; withdrawing always does."""
    note, waits = note_of(request, programme, now), waits_for_name(request, programme, now)
    accepted = request.state is State.ACCEPTED and request.contacted_at is None
    wanted = {
        Said.TOLD: owed(request, programme, now) is not None,
        Said.NAME_YES: waits,
        Said.NAME_NO: waits,
        Said.IN_TOUCH: accepted and not waits,
        Said.NOT_YET: request.state in BEFORE_CONTACT and request.not_yet_at is None,
        Said.WAIT: note in ABOUT_THE_PROMISE and request.waits_at is None,
        Said.TRY_AGAIN: note is Note.UNREACHED,
        Said.GOING_ON: note is Note.IDLE,
        Said.DONE: note is Note.IDLE,
        Said.SOMEONE_ELSE: request.state in _WITH,
        Said.WITHDRAW: request.state in OPEN_STATES,
    }
    return tuple(said for said, shown in wanted.items() if shown)


@dataclass(frozen=True, slots=True)
class Call:
    """What the requester is owed by phone now, if anything, and what they can say."""

    request: SupportRequest
    owed: Owed | None
    sayable: tuple[Said, ...]


async def look(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Call | Refused | Stale:
    """Return what a call would be about; nobody is named in it."""
    held = await hold(work, programme, who, request, Deed.SPEAK_FOR, now)
    if not isinstance(held, Held):
        return held
    return Call(held.request, owed(held.request, programme, now), sayable(held.request, programme, now))


LINK_LASTS = timedelta(days=7)
"""For so long somebody whose request was taken by phone can say on a page that it is right, or take it back."""


async def make_link(
    work: UnitOfWork, ids: Ids, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Link | Refused | Stale:
    """Make a link and a code for the consent page of a request taken by phone; who made it is written down."""
    held = await hold(work, programme, who, request, Deed.SPEAK_FOR, now)
    if not isinstance(held, Held):
        return held
    await work.audit.write(held.entry(Event.CONSENT_LINK_MADE))
    return await consent_links.issue(work, ids, request, About.REQUEST, ends=now + LINK_LASTS, now=now)


Outcome = Done | Already | Refused | Stale


async def _name_yes(work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime) -> Outcome:
    return await own.answer_name(work, programme, who, request, yes=True, now=now)


async def _name_no(work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime) -> Outcome:
    return await own.answer_name(work, programme, who, request, yes=False, now=now)


_DEEDS: dict[Said, Callable[..., Awaitable[Outcome]]] = {
    Said.NAME_YES: _name_yes,
    Said.NAME_NO: _name_no,
    Said.IN_TOUCH: choices.in_touch,
    Said.NOT_YET: own.nobody_yet,
    Said.WAIT: choices.wait,
    Said.TRY_AGAIN: choices.try_again,
    Said.GOING_ON: choices.going_on,
    Said.DONE: choices.done,
    Said.SOMEONE_ELSE: own.someone_else,
    Said.WITHDRAW: own.withdraw,
}


async def put_down(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, said: Said, *, now: datetime
) -> Outcome:
    """Do for the requester what they said by phone, as if they had pressed it; who put it down is written down."""
    held = await hold(work, programme, who, request, Deed.SPEAK_FOR, now)
    if not isinstance(held, Held):
        return held
    needs = await work.requests.needs(request)
    if needs is None or said not in sayable(held.request, programme, now):
        return Stale(held.request.state)
    outcome = await _told(held) if said is Said.TOLD else await _by(held, needs, said)
    if isinstance(outcome, Done):
        await work.audit.write(replace(held.entry(Event.SAID_BY_PHONE), reason=said.value))
    return outcome


async def _told(held: Held) -> Done | Stale:
    saved = await held.save(replace(held.request, phoned_at=held.now), None)
    return saved if isinstance(saved, Stale) else Done(saved.request)


async def _by(held: Held, needs: Needs, said: Said) -> Outcome:
    return await _DEEDS[said](held.work, held.programme, needs.requester, held.request.id, now=held.now)


async def open_change(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Ask | Limited | Refused | Stale:
    """Open what the requester asked for, to change it with them on the phone; never whom they want kept out."""
    held = await hold(work, programme, who, request, Deed.SPEAK_FOR, now)
    if not isinstance(held, Held):
        return held
    needs, contact = await work.requests.needs(request), await work.requests.contact(request)
    if needs is None or contact is None:
        return Stale(held.request.state)
    limited = await reveals.record(held, Reason.PERSON_ASKED)
    bare = replace(
        needs,
        avoid_members=(),
        avoid_names=(),
        department="",
        not_my_department=False,
        opened_by=None,
        hidden_from=None,
    )
    return limited or Ask(bare, contact, held.request.ask_first, held.request.urgent)


async def change(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, ask: Ask, *, now: datetime
) -> Done | Invalid | NoOtherAdministrator | Refused | Stale:
    """Replace what was asked for; whoever is kept out stays so, and others can be added."""
    held = await hold(work, programme, who, request, Deed.SPEAK_FOR, now)
    if not isinstance(held, Held):
        return held
    before = await work.requests.needs(request)
    if before is None:
        return Stale(held.request.state)
    needs = replace(
        ask.needs,
        notify=before.notify,
        avoid_members=tuple(dict.fromkeys((*before.avoid_members, *ask.needs.avoid_members))),
        avoid_names=tuple(dict.fromkeys((*before.avoid_names, *ask.needs.avoid_names))),
        department=ask.needs.department or before.department,
        not_my_department=ask.needs.not_my_department or before.not_my_department,
    )
    if not needs.name.strip():
        return Invalid(((intake.Part.NAME, intake.Fault.MISSING),))
    outcome = await own.change(work, programme, before.requester, request, replace(ask, needs=needs), now=now)
    if isinstance(outcome, Done):
        await work.audit.write(replace(held.entry(Event.SAID_BY_PHONE), reason=CHANGED))
    return outcome
