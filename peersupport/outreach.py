"""Reaching out to somebody who did not ask, of whom a partner told: an invitation that can be refused for good.

The supporter makes at most two attempts, some days apart. "I'm fine" is as good an answer as yes; where it is not yes,
everything that names the person is erased with the answer itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport import clocks, retention, timer_rows
from peersupport.actors import Held, hold_matched
from peersupport.addresses import Address, own_reach
from peersupport.audit import Event
from peersupport.clocks import quiet_until
from peersupport.conversations import contacted, count_contact
from peersupport.endings import close
from peersupport.notice import Told
from peersupport.notifications import Due, Kind
from peersupport.outcomes import Already, Done, Over, Refused, Stale
from peersupport.people import Deed
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.referral import Scope
from peersupport.requests import Move, Needs, Outcome, State, SupportRequest, after
from peersupport.timers_promise import is_early, zone_of


class Reply(StrEnum):
    """What somebody who was reached said."""

    YES = "yes"
    FINE = "fine"
    """They are fine, or would rather not; or there is another door for them, and they know of it."""
    NEVER = "never"
    """They do not want to be written to because of a partner again."""


@dataclass(frozen=True, slots=True, repr=False)
class Script:
    """What the supporter has at hand for the invitation: the organisation, and how often it may be tried."""

    request: SupportRequest
    partner: str
    """The partner's id, by which its organisation is named."""
    served: bool
    """False where the programme is not for them: the invitation points to the right door, and is made once."""
    services: tuple[str, ...] = ()
    """The resources for somebody whom the programme is not for."""
    asks_whose: bool = False
    """True where "never again" can be kept for their own phone or e-mail, which they must confirm to be theirs."""
    not_before: datetime | None = None
    """From when the next attempt may be made, where it may not be yet."""
    attempts_left: int = 0
    days_between: int = 0
    ends_at: datetime | None = None
    """When everything is erased if no answer comes."""
    notifier: str = ""
    """Who wrote for the organisation, only where that person agreed to be named."""

    def __repr__(self) -> str:
        return "Script(...)"


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt without an answer is counted."""

    request: SupportRequest
    last: bool
    """True where no further one is to be made."""


@dataclass(frozen=True, slots=True)
class TooSoon:
    """The second attempt is not to be made yet; nothing was counted."""

    request: SupportRequest
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The invitation is over and what names the person is erased, but where an open safety concern holds it."""

    request: SupportRequest
    silenced: bool = False
    """True where a mark is kept so that nobody tries them again because of a partner."""


def attempts_of(programme: Programme, needs: Needs) -> int:
    """Return how often somebody is tried: once where the programme is not for them."""
    return programme.timing.outreach_attempts if _is_served(programme, needs) else 1


async def script(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Script | Over | Refused | Stale:
    """Return what the supporter of an invitation needs for it; nothing in it says who it is for."""
    held = await _hold(work, programme, who, request, now)
    if not isinstance(held, Held):
        return held
    needs = await work.requests.needs(request)
    if needs is None:
        return Over()
    notice = await work.notices.of_request(request)
    told = await work.notices.told(notice.id) if notice else None
    role, served = programme.role(needs.role), _is_served(programme, needs)
    again = clocks.second_try_at(programme, held.request)
    return Script(
        held.request,
        notice.partner if notice else "",
        served,
        () if served or role is None else role.to,
        asks_whose=await _own_line(held) is not None,
        not_before=again if again is not None and again > now else None,
        attempts_left=max(0, attempts_of(programme, needs) - held.request.attempts),
        days_between=programme.timing.outreach_gap.days,
        notifier=await notifier_named(work, told) if told else "",
        ends_at=clocks.invitation_ends_at(programme, held.request) if held.request.contacted_at else None,
    )


async def no_answer(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, number: int, *, now: datetime
) -> Tried | TooSoon | Already | Over | Refused | Stale:
    """Count the attempt with this number; the first one stops the clock of the promise."""
    held = await _hold(work, programme, who, request, now)
    if not isinstance(held, Held):
        return held
    needs = await work.requests.needs(request)
    if needs is None:
        return Over()
    most = attempts_of(programme, needs)
    if number != held.request.attempts + 1 or number > most:
        return Already(held.request)
    again = clocks.second_try_at(programme, held.request)
    if again is not None and again > now:
        return TooSoon(held.request, again)
    saved = await _invited(held, most)
    return saved if isinstance(saved, Stale) else Tried(saved.request, last=number >= most)


async def answered(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    request: UUID,
    reply: Reply,
    *,
    theirs: bool = False,
    now: datetime,
) -> Done | Ended | Over | Refused | Stale:
    """Take the answer of somebody who was reached, or who called back.

    After yes the talks go on as after any other request. After all else it is closed and erased at once. `theirs` is
    that they confirmed that the phone or e-mail is their own, which is what "never again" can be kept for.
    """
    held = await _hold(work, programme, who, request, now)
    if not isinstance(held, Held):
        return held
    if held.request.state is State.ACCEPTED:
        needs = await work.requests.needs(request)
        if needs is None:
            return Over()
        saved = await _invited(held, attempts_of(programme, needs), silent=True)
        if isinstance(saved, Stale):
            return saved
        held = saved
    if reply is Reply.YES:
        reached = await contacted(held)
        return reached if isinstance(reached, Stale) else Done(reached.request)
    silenced = reply is Reply.NEVER and await _silence(held, theirs=theirs)
    closed = await retention.end_now(held, Outcome.ANSWERED, Event.REQUEST_CLOSED)
    return closed if isinstance(closed, Stale) else Ended(closed.request, silenced)


async def notifier_named(work: UnitOfWork, told: Told) -> str:
    """Return the name of who wrote for the partner, only where they agreed to it; else an empty text."""
    if not told.form.tells_who:
        return ""
    if told.form.teller or told.notifier.person is None:
        return told.form.teller
    person = await work.partner_people.identity(told.notifier.person)
    return person.name if person else ""


async def remind(held: Held, due: Due) -> None:
    """Remind the supporter, once, that the second attempt can be made; after their quiet hours."""
    request, at = held.request, clocks.second_try_at(held.programme, held.request)
    if at is None or request.supporter is None or await is_early(held, due, at):
        return
    entry = await held.work.supporters.get(request.supporter)
    if entry is None:
        return
    rests = quiet_until(held.programme.quiet_hours, zone_of(held, entry[1].zone), held.now)
    told = timer_rows.tell_supporter(request, request.supporter, Kind.REMIND_OUTREACH, at)
    await held.tell(timer_rows.again(due, rests) if rests else told)


async def end(held: Held, due: Due) -> None:
    """Close an invitation to which no answer has come; the row that closing puts down erases it at once."""
    at = clocks.invitation_ends_at(held.programme, held.request)
    if at is None or await is_early(held, due, at):
        return
    await close(held, Outcome.UNREACHABLE, Event.REQUEST_CLOSED)


async def _hold(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, now: datetime
) -> Held | Over | Refused | Stale:
    """Hold an invitation for its supporter; stale where the person asked, or has said yes."""
    held = await hold_matched(work, programme, who, request, Deed.REPORT_CONTACT, now)
    if not isinstance(held, Held):
        return held
    return held if _is_invitation(held.request) else Stale(held.request.state)


def _is_invitation(request: SupportRequest) -> bool:
    return after(request.state, Move.INVITE, unasked=request.unasked) is not None


def _is_served(programme: Programme, needs: Needs) -> bool:
    role = programme.role(needs.role)
    return role is None or role.eligible


async def _invited(held: Held, most: int, *, silent: bool = False) -> Held | Stale:
    """Count one attempt; `silent` where its answer is taken along, so that no timer needs to follow."""
    request = held.request
    state, first = after(request.state, Move.INVITE, unasked=request.unasked), request.contacted_at is None
    if state is None:
        return Stale(request.state)
    attempts = min(request.attempts + 1, most)
    changed = replace(
        request,
        state=state,
        attempts=attempts,
        contacted_at=held.now if first else request.contacted_at,
        unreached_at=held.now if attempts >= most and not silent else request.unreached_at,
        not_yet_at=None,
    )
    saved = await held.save(changed, Event.INVITED)
    if isinstance(saved, Stale):
        return saved
    if first:
        await count_contact(held)
        await held.work.tallies.add(held.programme.id, "invited", held.now)
    if not silent:
        again = [timer_rows.second_try(held.programme, saved.request)] if attempts < most else []
        await saved.tell(*again, timer_rows.invitation_ends(held.programme, saved.request))
    return saved


async def _own_line(held: Held) -> Address | None:
    contact = await held.work.requests.contact(held.request.id)
    return own_reach(contact.reach) if contact else None


async def _silence(held: Held, *, theirs: bool) -> bool:
    """Keep that somebody wants no more of it: for their place in Slack, and a line that they said is their own."""
    needs = await held.work.requests.needs(held.request.id)
    line = await _own_line(held) if theirs else None
    member = needs.requester if needs and needs.requester.on_slack else None
    found = [each for each in (member, line) if each is not None]
    for each in found:
        await held.work.silences.keep(held.programme.id, Scope.NOTICES, each, now=held.now)
    return bool(found)
