"""The neutral note that everybody enrolled in notices gets once a month, so that a note of this app says nothing.

Enrolled are, where a programme has it switched on: whoever looks after it, its supporters, requesters who ticked
notices while their request is open, and anybody who switched it on for themselves; whoever switched it off is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from peersupport.actors import actor
from peersupport.addresses import Address
from peersupport.intake import known
from peersupport.notifications import Due, Kind, Message
from peersupport.people import Deed, Duty, may, may_in_programme
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, State, SupportRequest

OPENS, CLOSES = time(10), time(16)
"""Between these wall times, on the programme's clock, the notes of a month begin to go out."""
LATE = timedelta(days=7)
"""So late a month's notes are still sent, as after an outage; later they are left out."""
APART = timedelta(seconds=2)
"""Between one note and the next, so that they keep well within what Slack takes and hold up nobody."""
_TUESDAY = 1
_WORKING_DAYS = 5
_PAGE = 200


def switched_on(programmes: Mapping[str, Programme]) -> list[Programme]:
    """Return the programmes that want it; the first of them lends its clock to the whole installation."""
    return [programme for programme in programmes.values() if programme.privacy.cover_traffic]


def day_of(month: date) -> date:
    """Return the day of a month on which the notes go: its second Tuesday."""
    first = month.replace(day=1)
    return first + timedelta(days=(_TUESDAY - first.weekday()) % 7 + 7)


def begins_at(programme: Programme, now: datetime) -> datetime | None:
    """Return when the notes of this month begin to go, in working hours; None before their day and long after it."""
    local = now.astimezone(programme.clock.zone)
    day = local.date()
    if not day_of(day) <= day < day_of(day) + LATE:
        return None
    if local.time() >= CLOSES:
        day += timedelta(days=1)
    while day.weekday() >= _WORKING_DAYS:
        day += timedelta(days=1)
    return max(now, datetime.combine(day, OPENS, programme.clock.zone).astimezone(UTC))


async def plan(work: UnitOfWork, programmes: Mapping[str, Programme], now: datetime) -> int:
    """Put down the notes of this month, once for the whole installation, and say how many."""
    covering = switched_on(programmes)
    begin = begins_at(covering[0], now) if covering else None
    if begin is None:
        return 0
    month = f"{now.astimezone(covering[0].clock.zone):%Y-%m}"
    if not await work.receipts.keep(f"cover:{month}"):
        return 0
    # By id, so that the order in which the notes go says nothing about who is what.
    found = sorted(await _enrolled(work, covering, month), key=lambda each: each.subject.hex)
    await work.outbox.put(*(_at(each, begin + APART * place) for place, each in enumerate(found)))
    return len(found)


async def _enrolled(work: UnitOfWork, covering: Sequence[Programme], month: str) -> list[Message]:
    """Return one note for each person, the same whatever they are."""
    found: dict[Address, Message] = {}
    declined = set()
    for choice in await work.cover_choices.all():
        if choice.wanted:
            found[choice.who] = _note(choice.id, covering[0].id, month)
        else:
            declined.add(choice.who)
    for programme in covering:
        for supporter, profile in await work.supporters.all(programme.id):
            if supporter.active:
                found.setdefault(profile.address, _note(supporter.id, programme.id, month))
        for member in await work.members.all(programme.id):
            found.setdefault(member.address, _note(member.id, programme.id, month))
        for request in await _open(work, programme):
            needs = await work.requests.needs(request.id)
            if needs is not None and needs.notify:
                found.setdefault(needs.requester, _note(request.id, programme.id, month))
    return [each for who, each in found.items() if who not in declined]


async def _open(work: UnitOfWork, programme: Programme) -> list[SupportRequest]:
    found: list[SupportRequest] = []
    while page := await work.requests.in_states(
        programme.id, OPEN_STATES, limit=_PAGE, after=found[-1].id if found else None
    ):
        found += page
    return found


def _note(record: UUID, programme: str, month: str) -> Message:
    return Message(Kind.TELL_COVER, record, f"{Kind.TELL_COVER}:{month}:{record}", programme, audience=record)


def _at(message: Message, run_at: datetime) -> Message:
    return Message(message.kind, message.subject, message.dedupe, message.programme, message.audience, run_at)


async def recipient(work: UnitOfWork, due: Due) -> Address | None:
    """Return to whom a note goes; None for who is not enrolled any more or switched it off meanwhile."""
    choice = await work.cover_choices.get(due.subject)
    if choice is not None:
        return choice.who if choice.wanted else None
    entry = await work.supporters.get(due.subject)
    members = await work.members.all(due.programme)
    who = next((each.address for each in members if each.id == due.subject), None)
    if entry is not None and entry[0].active:
        who = entry[1].address
    if who is None:
        who = await _requester(work, due.subject)
    return None if who is None or await work.cover_choices.wanted(who) is False else who


async def _requester(work: UnitOfWork, id: UUID) -> Address | None:
    request = await work.requests.get(id)
    needs = await work.requests.needs(id) if request is not None and request.state in OPEN_STATES else None
    return needs.requester if needs is not None and needs.notify else None


async def is_on(work: UnitOfWork, programmes: Mapping[str, Programme], who: Address) -> bool:
    """Say whether somebody gets the note: by their own choice or, without one, by what they are."""
    chosen = await work.cover_choices.wanted(who)
    return await _by_role(work, programmes, who) if chosen is None else chosen


async def _by_role(work: UnitOfWork, programmes: Mapping[str, Programme], who: Address) -> bool:
    covering = {programme.id for programme in switched_on(programmes)}
    standing = await work.members.standing(who)
    if covering & (standing.members.keys() | standing.supporters.keys()):
        return True
    for request in await work.requests.of(who):
        needs = await work.requests.needs(request.id) if request.programme in covering else None
        if needs is not None and needs.notify:
            return True
    return False


async def choose(work: UnitOfWork, programmes: Mapping[str, Programme], who: Address, *, wanted: bool) -> None:
    """Switch the note on or off for oneself; "off" is kept only for as long as one would get it otherwise."""
    if wanted or await _by_role(work, programmes, who):
        await work.cover_choices.choose(who, wanted=wanted)
    else:
        await work.cover_choices.forget(who)


async def tidy(work: UnitOfWork, programmes: Mapping[str, Programme]) -> int:
    """Forget the choices that nothing depends on any more, and say how many."""
    offered, count = bool(switched_on(programmes)), 0
    for choice in await work.cover_choices.all():
        if not offered or not (choice.wanted or await _by_role(work, programmes, choice.who)):
            await work.cover_choices.forget(choice.who)
            count += 1
    return count


class Waits(StrEnum):
    """What can wait for somebody."""

    OFFER = "offer"
    MATCH = "match"
    OWN = "own"
    SHEET = "sheet"


async def waiting(work: UnitOfWork, programmes: Mapping[str, Programme], who: Address) -> tuple[Waits, UUID] | None:
    """Return what waits for who opens a note: their own request, an offer, a match, or what they look after."""
    for request in await known(work, who):
        if request.programme in programmes:
            return Waits.OWN, request.id
    standing = await work.members.standing(who)
    entries = [entry for programme, entry in standing.supporters.items() if programme in programmes]
    for entry in entries:
        for offer in await work.offers.open_of_supporter(entry):
            return Waits.OFFER, offer.id
    for entry in entries:
        for request in await work.requests.of_supporter(entry):
            return Waits.MATCH, request.id
    for programme, (_, roles) in standing.members.items():
        if programme in programmes and may_in_programme(Duty.LOOK_AFTER, roles):
            new = await work.requests.in_states(programme, frozenset({State.RECEIVED}), limit=_PAGE)
            for request in new:
                if may(Deed.SEE_SHEET, await actor(work, who, request), request):
                    return Waits.SHEET, request.id
    return None
