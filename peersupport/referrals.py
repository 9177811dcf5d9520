"""Speaking for a colleague: passed on with their consent, asked once, and gone unless they say yes themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from peersupport import intake, referral_rows
from peersupport.actors import first_asked, refuse
from peersupport.addresses import Address, outside, own_reach
from peersupport.audit import ActorKind, Entry, Event
from peersupport.intake import AlreadyOpen, Opened, Opening, Repeated
from peersupport.outcomes import Refused
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Ids, Member, UnitOfWork
from peersupport.programme import Programme
from peersupport.referral import (
    LIMIT,
    WINDOW,
    Answer,
    Answered,
    Colleague,
    Fault,
    Invalid,
    Note,
    Part,
    PassedOn,
    PassOn,
    Referral,
    ReferralState,
    Route,
    Scope,
    TooMany,
)
from peersupport.requests import Door

REFERRED = "referred"
"""What the tallies call a referral that was passed on."""


def check(referrer: Address, form: PassOn) -> tuple[tuple[Part, Fault], ...]:
    """Return what is wrong with a form: at most one fault for a part, and none about how the colleague stands."""
    return tuple(_faults(referrer, form))


def _faults(referrer: Address, form: PassOn) -> Iterable[tuple[Part, Fault]]:
    if not form.attested:
        yield Part.ATTESTED, Fault.MISSING
    if form.colleague_member is not None:
        if form.colleague_member == referrer:
            yield Part.COLLEAGUE, Fault.SELF
        return
    name, reach = form.name.strip(), form.reach.strip()
    if not name and not reach:
        yield Part.COLLEAGUE, Fault.MISSING
        return
    for part, text in ((Part.NAME, name), (Part.REACH, reach)):
        if not text:
            yield part, Fault.MISSING
        elif len(text) > intake.LONGEST:
            yield part, Fault.TOO_LONG
        elif part is Part.REACH and not intake.can_be_reached(text):
            yield part, Fault.NEEDS_PHONE_OR_EMAIL


async def pass_on(
    work: UnitOfWork,
    ids: Ids,
    programme: Programme,
    referrer: Address,
    form: PassOn,
    now: datetime,
    *,
    key: str | None = None,
) -> PassedOn | TooMany | Invalid | Refused:
    """Take a colleague's referral; what is answered and what is written are the same however the colleague stands.

    Where they have asked for themselves, were asked already or want no referrals, nobody is told anything: the row only
    counts for the referrer, and otherwise looks like one that is never answered. `key` makes a repeat harmless.
    """
    if not programme.doors.colleague_referral or programme.consent.referral is None:
        return await refuse(work, now)
    faults = check(referrer, form)
    if faults:
        return Invalid(faults)
    if key is not None and not await work.receipts.keep(key):
        return PassedOn()
    # Two forms at once would otherwise both be the third.
    await work.referrals.hold(referrer)
    if await work.referrals.count_since(referrer, now - WINDOW) >= LIMIT:
        await work.rollback()
        return TooMany()
    plan = await _plan(work, ids, programme, referrer, form, now)
    referral = await _add(work, ids, plan, referrer)
    await work.tallies.add(programme.id, REFERRED, now)
    await work.audit.write(Entry(Event.REFERRAL_PASSED_ON, now, ActorKind.REQUESTER, None, referral.id))
    await work.outbox.put(referral_rows.card(referral), *referral_rows.timers(programme, referral))
    if referral_rows.asks_administrators(referral):
        looking_after = first_asked(await _others(work, programme, [referrer, plan.colleague.address]))
        await work.outbox.put(*referral_rows.tell_members(referral, [each.id for each in looking_after]))
    else:
        await work.outbox.put(referral_rows.tell_colleague(referral))
    return PassedOn()


@dataclass(frozen=True, slots=True, repr=False)
class _Plan:
    """A referral as it is to be kept; `asks` says whether anybody is to be asked at all."""

    referral: Referral
    colleague: Colleague
    asks: bool


async def _plan(
    work: UnitOfWork, ids: Ids, programme: Programme, referrer: Address, form: PassOn, now: datetime
) -> _Plan:
    """Look at everything that counts, always at all of it."""
    id = ids.new()
    colleague = _colleague(id, form)
    who, of = colleague.address, programme.id
    wants_none = await work.silences.has(of, Scope.REFERRALS, who)
    not_from = await work.silences.has(of, Scope.REFERRALS_FROM, who, from_who=referrer)
    distrusted = await work.silences.has(of, Scope.DISTRUST, referrer)
    has_one = await intake.open_one_of(work, programme, who) is not None
    is_asked = any(each.programme == of for each in await work.referrals.open_of(who))
    named = any(seat.named for seat in await work.members.seats(of, [referrer, who]))
    referral = Referral(
        id=id,
        reference=ids.reference(),
        programme=of,
        state=ReferralState.HELD if distrusted else ReferralState.ASKED,
        route=Route.SLACK if who.on_slack else Route.OUTSIDE,
        version=1,
        created_at=now,
        expires_at=now + confirm_within(programme),
        asked_at=None if distrusted else now,
        tells_who=form.tells_who,
        private_card=named,
    )
    return _Plan(referral, colleague, not (wants_none or not_from or has_one or is_asked))


def _colleague(id: UUID, form: PassOn) -> Colleague:
    if form.colleague_member is not None:
        return Colleague(form.colleague_member)
    name, reach = form.name.strip(), form.reach.strip()
    return Colleague(own_reach(reach) or outside(id), name, reach)


async def _add(work: UnitOfWork, ids: Ids, plan: _Plan, referrer: Address) -> Referral:
    referral, colleague = plan.referral, plan.colleague if plan.asks else None
    for _ in range(intake.TRIES):
        if await work.referrals.add(referral, colleague, referrer):
            return referral
        # Somebody else's referral of the same colleague may have come first: theirs counts.
        if any(each.programme == referral.programme for each in await work.referrals.open_of(plan.colleague.address)):
            colleague = None
        referral = replace(referral, reference=ids.reference())
    raise RuntimeError("no free reference was found")


def confirm_within(programme: Programme) -> timedelta:
    """Return how long a colleague has to answer."""
    assert programme.consent.referral is not None
    return programme.consent.referral.confirm_within


async def administrators(work: UnitOfWork, programme: Programme, referral: Referral) -> list[Member]:
    """Return the administrators and backups who may look after a referral: never one whom it concerns."""
    members = await _others(work, programme, [])
    return [each for each in members if not await concerns(work, referral, each.address)]


async def concerns(work: UnitOfWork, referral: Referral, who: Address) -> bool:
    """Say whether somebody is the colleague or the referrer."""
    return await work.referrals.is_colleague(referral.id, who) or await work.referrals.is_referrer(referral.id, who)


async def _others(work: UnitOfWork, programme: Programme, people: Iterable[Address]) -> list[Member]:
    kept_out = set(people)
    return [
        member
        for member in await work.members.all(programme.id)
        if may_in_programme(Duty.LOOK_AFTER, member.roles) and member.address not in kept_out
    ]


# What the colleague does


async def note(work: UnitOfWork, programme: Programme, id: UUID, who: Address, now: datetime) -> Note | Refused:
    """Return what the colleague sees; anybody else, and anything that is over, is refused alike."""
    referral = await _hold(work, programme, id, who, now)
    if referral is None:
        return await refuse(work, now)
    return Note(referral, await work.referrals.referrer(id) if referral.tells_who else None)


async def answer(
    work: UnitOfWork, programme: Programme, id: UUID, who: Address, said: Answer, now: datetime
) -> Answered | Refused:
    """Take the colleague's word; whom it is about is erased within the same unit of work, unless they decide later."""
    referral = await _hold(work, programme, id, who, now)
    if referral is None:
        return await refuse(work, now)
    await take(work, referral, [who], said, now)
    return Answered(later=said is Answer.LATER)


async def take(work: UnitOfWork, referral: Referral, people: Iterable[Address], said: Answer, now: datetime) -> None:
    """Do what an answer asks for to a referral whose row is held; `people` are the addresses the colleague has."""
    if said is Answer.LATER:
        await work.referrals.save(replace(referral, later_at=now))
        return
    referrer = await work.referrals.referrer(referral.id)
    for who in people:
        if said is Answer.NEVER:
            await work.silences.keep(referral.programme, Scope.REFERRALS, who, now=now)
        if said is Answer.NEVER_FROM and referrer is not None:
            await work.silences.keep(referral.programme, Scope.REFERRALS_FROM, who, from_who=referrer, now=now)
    if said is Answer.MISTAKE and referrer is not None:
        await work.silences.keep(referral.programme, Scope.DISTRUST, referrer, now=now)
    await close(work, referral, now)


async def accept(
    work: UnitOfWork, ids: Ids, programme: Programme, id: UUID, who: Address, ask: intake.Ask, now: datetime
) -> Opening:
    """Open the colleague's own request: sending the form is their yes, and the clock starts now.

    The referral is closed and erased with it, also where they have an open request already, which stays theirs.
    """
    key = f"referral:{id}"
    repeated = await _repeated(work, key, who)
    if repeated is not None:
        return repeated
    referral = await _hold(work, programme, id, who, now)
    if referral is None:
        return await refuse(work, now)
    return await open_for(work, ids, programme, referral, who, ask, now)


async def open_for(
    work: UnitOfWork,
    ids: Ids,
    programme: Programme,
    referral: Referral,
    who: Address,
    ask: intake.Ask,
    now: datetime,
) -> Opening:
    """Open the request of a colleague who said yes to a referral whose row is held."""
    referrer = await work.referrals.referrer(referral.id)
    needs = replace(ask.needs, requester=who, opened_by=referrer, hidden_from=referrer)
    opened = await intake.open_by(
        work, programme, Door.COLLEAGUE, replace(ask, needs=needs), key=f"referral:{referral.id}", now=now, ids=ids
    )
    if isinstance(opened, Opened | Repeated | AlreadyOpen):
        # What stood in the way may have undone everything, and with it the hold on the row.
        held = referral if isinstance(opened, Opened) else await work.referrals.get(referral.id, lock=True)
        if held is not None and held.is_open:
            await close(work, held, now)
    return opened


async def _repeated(work: UnitOfWork, key: str, who: Address) -> Repeated | None:
    used, result = await work.receipts.find(key)
    own = await work.requests.of(who, open_only=False) if used else []
    return next((Repeated(each) for each in own if each.id == result), None)


async def _hold(work: UnitOfWork, programme: Programme, id: UUID, who: Address, now: datetime) -> Referral | None:
    """Hold the row of a referral that waits for this person's own word; None for every doubt."""
    found = await work.referrals.get(id, lock=True)
    if found is None or found.programme != programme.id or not is_asked(found, now):
        return None
    return found if await work.referrals.is_colleague(id, who) else None


def is_asked(referral: Referral, now: datetime) -> bool:
    """Say whether the colleague's answer counts now."""
    return referral.state is ReferralState.ASKED and now < referral.expires_at


async def close(work: UnitOfWork, referral: Referral, now: datetime, line: Entry | None = None) -> None:
    """Close a referral whose row is held and erase whom it is about; nothing that stays says why."""
    closed = replace(referral, state=ReferralState.CLOSED, closed_at=now, later_at=None)
    await work.referrals.save(closed)
    closed = replace(closed, version=closed.version + 1)
    await work.audit.write(
        *([line] if line else []), Entry(Event.REFERRAL_CLOSED, now, ActorKind.SYSTEM, None, closed.id)
    )
    await work.outbox.put(referral_rows.card(closed), referral_rows.close_messages(closed))
    # Last, as keys are gone for good even where everything else is undone.
    await work.referrals.erase(closed.id)


async def end(work: UnitOfWork, id: UUID, now: datetime) -> None:
    """Close a referral that is over, and erase whom it is about where that was not done. Safe to repeat."""
    found = await work.referrals.get(id, lock=True)
    if found is not None and found.is_open:
        await close(work, found, now)
    elif found is not None:
        await work.referrals.erase(id)
