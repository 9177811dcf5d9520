"""Somebody offers to present a date of a series; an organiser asks them for one; their name is shown after their yes.

An offer is sealed, and for the one who made it and the organisers. Taken back or declined, it is erased. Agreed to, the
name stands with that date until it is over, is moved, or the presenter takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from peersupport import announcements, schedule, session_rows, session_timers
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Kind, Message
from peersupport.organising import Day, Faster, day_of, organised
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.proposal import Presenter as Presenter
from peersupport.proposal import Proposal, ProposalState
from peersupport.schedule import Meeting
from peersupport.series import DateState, Series, SeriesState

LONGEST = 150
"""Most characters of a topic and of what somebody says about when they can; a name has fewer."""
LONGEST_NAME = 80
KEPT = timedelta(days=90)
"""So long an offer is kept that nothing comes of."""
TO_ASK = 10
"""So many dates can be asked for."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The offer is with the organisers."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class AlreadyOffered:
    """They have an offer for this series already; nothing was kept."""

    proposal: Proposal


@dataclass(frozen=True, slots=True, repr=False)
class Mine:
    """One's own offer: the series, the date it is about, if any, and what one wrote."""

    proposal: Proposal
    presenter: Presenter
    series: Series
    day: Day | None
    programme: Programme

    def __repr__(self) -> str:
        return "Mine(...)"


@dataclass(frozen=True, slots=True, repr=False)
class Received:
    """An offer as organisers see it, with the dates for which its author can be asked."""

    proposal: Proposal
    presenter: Presenter
    series: Series
    free: tuple[Meeting, ...] = ()

    def __repr__(self) -> str:
        return "Received(...)"


@dataclass(frozen=True, slots=True)
class Settled:
    """It is done."""

    proposal: Proposal


def takes_presenters(series: Series | None, programme: Programme) -> bool:
    """Say whether people can offer to present a series."""
    return series is not None and series.programme == programme.id and series.presenters and _meets(series)


def _meets(series: Series) -> bool:
    return series.state in (SeriesState.OPEN, SeriesState.PLANNED)


async def could_present(work: UnitOfWork, programmes: Mapping[str, Programme], who: Address) -> tuple[Series, ...]:
    """Return the series that somebody comes to and could offer to present, where they have no offer for it yet."""
    coming = {each.series_id for each in await work.registrations.of(who) if each.is_live}
    if not coming:
        return ()
    offered = {each.series_id for each in await work.proposals.of(who)}
    found = [await work.series.get(each) for each in sorted(coming - offered)]
    return tuple(
        each
        for each in found
        if each is not None
        and (programme := programmes.get(each.programme)) is not None
        and takes_presenters(each, programme)
    )


async def offer(
    work: UnitOfWork,
    programme: Programme,
    series_id: UUID,
    presenter: Presenter,
    *,
    key: str,
    now: datetime,
    ids: Ids,
) -> Offered | AlreadyOffered | Refused:
    """Take an offer to present, sealed; organisers are told that there is one. `key` tells a repeat."""
    series = await work.series.get(series_id)
    if series is None or not takes_presenters(series, programme):
        return await refuse(work, now)
    known = next((each for each in await work.proposals.of(presenter.address) if each.series_id == series.id), None)
    if known is not None:
        return AlreadyOffered(known)
    made = Proposal(ids.new(), programme.id, series.id, now)
    if not await work.receipts.keep(key):
        await work.rollback()
        return Offered(made)
    if not await work.proposals.add(made, presenter):
        await work.rollback()
        return AlreadyOffered(made)
    leaders = await session_timers.leaders(work, programme)
    await work.outbox.put(*session_rows.ask_leaders(series.id, programme.id, leaders, f"presenter:{made.id}"))
    return Offered(made)


async def of_series(
    work: UnitOfWork, programme: Programme, who: Address, series: UUID, *, now: datetime
) -> tuple[Received, ...] | Refused:
    """Return the offers to present a series, for whoever organises it."""
    found = await organised(work, programme, who, series)
    if found is None:
        return await refuse(work, now)
    return tuple([Received(each, presenter, found) for each, presenter in await work.proposals.of_series(found.id)])


async def received(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, *, now: datetime
) -> Received | Faster | Refused:
    """Return one offer with the dates to ask for, for whoever organises its series."""
    if await entitled(work, programme, who, Duty.ORGANISE) is None:
        return await refuse(work, now)
    proposal, presenter = await work.proposals.get(id), await work.proposals.presenter(id)
    if proposal is not None and proposal.programme != programme.id:
        return await refuse(work, now)
    if proposal is None or presenter is None:
        return Faster()
    series = await work.series.get(proposal.series_id)
    if series is None:
        return Faster()
    rows = await work.meeting_dates.of_series(series.id)
    taken = {row.on for row in rows if row.presenter}
    ahead = schedule.coming(series, rows, now, limit=TO_ASK) if series.state is SeriesState.OPEN else ()
    return Received(proposal, presenter, series, tuple(each for each in ahead if each.on not in taken))


async def ask(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, on: datetime, *, now: datetime
) -> Settled | Faster | Refused:
    """Ask whoever offered to present one date; nothing of it is shown to others before their yes."""
    member = await entitled(work, programme, who, Duty.ORGANISE)
    if member is None:
        return await refuse(work, now)
    found = await received(work, programme, who, id, now=now)
    proposal = await work.proposals.get(id, lock=True)
    if isinstance(found, Refused):
        return found
    if not isinstance(found, Received) or proposal is None or on not in {each.on for each in found.free}:
        return Faster()
    if proposal.state is ProposalState.AGREED:
        return Faster()
    asked = replace(proposal, state=ProposalState.ASKED, on=on, asked=proposal.asked + 1)
    await work.proposals.save(asked)
    await work.outbox.put(tell(asked))
    await work.audit.write(Entry(Event.SESSION_CHANGED, now, ActorKind.ADMIN, member, proposal.series_id))
    return Settled(asked)


async def decline(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, *, now: datetime
) -> Settled | Faster | Refused:
    """Thank whoever offered, and erase the offer; they find it gone, and nothing is written to them."""
    member = await entitled(work, programme, who, Duty.ORGANISE)
    if member is None:
        return await refuse(work, now)
    proposal = await work.proposals.get(id, lock=True)
    if proposal is not None and proposal.programme != programme.id:
        return await refuse(work, now)
    if proposal is None or proposal.state is ProposalState.AGREED:
        return Faster()
    await work.proposals.erase(id)
    await work.audit.write(Entry(Event.SESSION_CHANGED, now, ActorKind.ADMIN, member, proposal.series_id))
    return Settled(proposal)


async def own(work: UnitOfWork, programme: Programme, who: Address, id: UUID) -> Mine | None:
    """Return somebody's own offer; None where it is erased, or another's."""
    proposal, presenter = await work.proposals.get(id), await work.proposals.presenter(id)
    if proposal is None or presenter is None or presenter.address != who or proposal.programme != programme.id:
        return None
    series = await work.series.get(proposal.series_id)
    if series is None:
        return None
    day = await day_of(work, programme, series.id, proposal.on) if proposal.on else None
    return Mine(proposal, presenter, series, day, programme)


async def agree(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, on: datetime, *, now: datetime
) -> Settled | Faster:
    """Say yes to the date one is asked for: one's name is shown with it from now on."""
    found = await _held(work, programme, who, id)
    if found is None or found.proposal.state is not ProposalState.ASKED or found.proposal.on != on:
        return Faster()
    day = found.day
    if day is None or day.row.state is not DateState.PLANNED or day.row.presenter or _begun(day, now):
        return Faster()
    topic = found.presenter.topic
    row = replace(
        day.row,
        presenter=found.presenter.name,
        presenter_ok=True,
        topic_en=day.row.topic_en or topic,
        topic_fr=day.row.topic_fr or topic,
    )
    if await work.meeting_dates.get(row.id, lock=True) is None:
        await work.meeting_dates.add(row)
    else:
        await work.meeting_dates.save(row)
    await announcements.follow(work, programme.id, found.series.id)
    agreed = replace(found.proposal, state=ProposalState.AGREED)
    await work.proposals.save(agreed)
    leaders = await session_timers.leaders(work, programme)
    about = f"presenter:{agreed.id}:{agreed.asked}"
    await work.outbox.put(*session_rows.ask_leaders(row.id, programme.id, leaders, about))
    return Settled(agreed)


async def take_back(
    work: UnitOfWork, programme: Programme, who: Address, id: UUID, *, now: datetime
) -> Settled | Faster:
    """Take one's offer back, or say no: it is erased, and one's name stands with no date any more."""
    found = await _held(work, programme, who, id)
    if found is None:
        return Faster()
    await drop(work, found, now)
    return Settled(found.proposal)


async def drop(work: UnitOfWork, found: Mine, now: datetime) -> None:
    """Erase an offer, and take its name off the date where it stands with one."""
    day, proposal = found.day, found.proposal
    if proposal.state is ProposalState.AGREED and day is not None and day.row.presenter == found.presenter.name:
        await work.meeting_dates.save(replace(day.row, presenter="", presenter_ok=False))
        await announcements.follow(work, proposal.programme, proposal.series_id)
        if not _begun(day, now):
            leaders = await session_timers.leaders(work, found.programme)
            about = f"presenter:{proposal.id}:back"
            await work.outbox.put(*session_rows.ask_leaders(day.row.id, proposal.programme, leaders, about))
    await work.proposals.erase(proposal.id)


async def forget(
    work: UnitOfWork, programmes: Mapping[str, Programme], who: Address, now: datetime, *, everywhere: bool = False
) -> int:
    """Erase every offer of somebody in these programmes, and take their name off dates; return how many there were.

    `everywhere` does so also where a programme is not run here any more: nobody who leads it is told.
    """
    offered = [each for each in await work.proposals.of(who) if everywhere or each.programme in programmes]
    for each in sorted(offered, key=lambda proposal: proposal.id.hex):
        programme = programmes.get(each.programme)
        found = await own(work, programme, who, each.id) if programme else None
        if found is not None:
            await drop(work, found, now)
            continue
        if programme is None:
            await _take_name_off(work, each)
        await work.proposals.erase(each.id)
    return len(offered)


async def _take_name_off(work: UnitOfWork, proposal: Proposal) -> None:
    """Take the name of whoever offered off the date for which it was agreed."""
    presenter = await work.proposals.presenter(proposal.id)
    if presenter is None or proposal.on is None or proposal.state is not ProposalState.AGREED:
        return
    row = await work.meeting_dates.get(schedule.date_id(proposal.series_id, proposal.on), lock=True)
    if row is not None and row.presenter == presenter.name:
        await work.meeting_dates.save(replace(row, presenter="", presenter_ok=False))


async def ask_again(work: UnitOfWork, programme: Programme, series: UUID, on: datetime) -> None:
    """Ask whoever presents a date again, where it was moved: their yes was for another time, and no name is shown."""
    day = await day_of(work, programme, series, on)
    if day is None or not day.row.presenter_ok:
        return
    offers = [each for each, _ in await work.proposals.of_series(series)]
    theirs = [each for each in offers if each.state is ProposalState.AGREED and each.on == on]
    name = "" if theirs else day.row.presenter
    await work.meeting_dates.save(replace(day.row, presenter=name, presenter_ok=False))
    for proposal in theirs:
        asked = replace(proposal, state=ProposalState.ASKED, asked=proposal.asked + 1)
        await work.proposals.save(asked)
        await work.outbox.put(tell(asked))


def tell(proposal: Proposal) -> Message:
    """Tell whoever offered to present that something is asked of them; once each time."""
    key = f"{Kind.TELL_PRESENTER}:{proposal.id}:{proposal.asked}"
    return Message(Kind.TELL_PRESENTER, proposal.id, key, proposal.programme)


async def _held(work: UnitOfWork, programme: Programme, who: Address, id: UUID) -> Mine | None:
    """Return somebody's own offer with its row held, the series' first as everywhere."""
    found = await work.proposals.get(id)
    if found is not None:
        await work.series.get(found.series_id, lock=True)
        await work.proposals.get(id, lock=True)
    return await own(work, programme, who, id)


def _begun(day: Day, now: datetime) -> bool:
    return schedule.instant(day.series, day.row) <= now


async def tidy(work: UnitOfWork, programme: Programme, now: datetime) -> int:
    """Erase the offers whose date is over, and those of which nothing has come for long; return how many."""
    count = 0
    for proposal in await work.proposals.of_programme(programme.id):
        day = await day_of(work, programme, proposal.series_id, proposal.on) if proposal.on else None
        over = day is not None and _begun(day, now)
        if over or (proposal.state is not ProposalState.AGREED and now - proposal.made_at >= KEPT):
            await work.proposals.erase(proposal.id)
            count += 1
    return count
