"""The column, and what is only thought of: who gets its monthly note, what people offer to write, who would come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from peersupport import guard, patient_detail, upkeep
from peersupport.actors import entitled, refuse
from peersupport.audit import ActorKind, Entry, Event
from peersupport.clocks import quiet_until
from peersupport.notifications import Kind, Message
from peersupport.outcomes import Refused
from peersupport.people import Address, Duty, may_in_programme
from peersupport.ports import Ids, UnitOfWork
from peersupport.ports_pages import Idea, Pitch, Reader
from peersupport.programme import Programme
from peersupport.programme_values import Text
from peersupport.series import SeriesState

COLUMN, IDEAS = "column", "ideas"
READING = (COLUMN, IDEAS)
"""What a monthly note can be about."""
SHOWN_FROM = 5
"""Fewer people than these who would come are never told as a number."""
MOST_WAITING = 3
"""So many offers of one person wait at once."""
KEPT = timedelta(days=90)
"""After so long an offer to write is erased, answered or not."""
LONGEST_WORDS, LONGEST_LINE = 600, 120
_TUESDAY, _LAST_OF_FIRST_WEEK = 1, 7


class Pitching(StrEnum):
    """What becomes of an offer to write."""

    KEPT = "kept"
    EMPTY = "empty"
    PATIENT = "patient"
    """It may point to a patient: nothing was kept."""
    TOO_MANY = "too_many"
    CLOSED = "closed"
    """The column takes no offers."""


def points_to_a_patient(words: str) -> bool:
    """Say whether a line may point to a patient; the one place where an offer is looked at."""
    return bool(patient_detail.signs(words) or guard.findings(words))


def subject_of(programme: str, what: str) -> UUID:
    """Return the id under which a note stands in the outbox and behind its button: it names nobody."""
    return UUID(bytes=sha256(f"reading:{programme}:{what}".encode()).digest()[:16])


async def switch(work: UnitOfWork, programme: str, what: str, who: Address, ids: Ids) -> bool:
    """Turn the monthly note on, or off where it is on; return whether it is on now."""
    if (programme, what) in await work.readers.of(who):
        await work.readers.drop(programme, what, who)
        return False
    await work.readers.add(Reader(ids.new(), programme, what, who))
    return True


def ideas(programme: Programme) -> tuple[Text, ...]:
    """Return the ideas for those who lead or teach, one a month in turn; none where the programme has none."""
    return programme.informal_connect.ideas if programme.informal_connect is not None else ()


def idea_of(programme: Programme, now: datetime) -> Text:
    """Return the idea of this month, by the programme's clock; it has some."""
    local, every = now.astimezone(programme.clock.zone), ideas(programme)
    return every[(local.year * 12 + local.month - 1) % len(every)]


async def plan(work: UnitOfWork, programme: Programme, now: datetime) -> int:
    """On the first Tuesday of a month put a note down for each reader; return how many that are."""
    local = now.astimezone(programme.clock.zone)
    if local.weekday() != _TUESDAY or local.day > _LAST_OF_FIRST_WEEK:
        return 0
    if quiet_until(programme.quiet_hours, programme.clock.tz, now) is not None:
        return 0
    rows = []
    for what in READING:
        for reader in await work.readers.all(programme.id, what):
            key = f"{Kind.TELL_READER}:{local:%Y-%m}:{reader.id}"
            subject = subject_of(programme.id, what)
            rows.append(Message(Kind.TELL_READER, subject, key, programme.id, audience=reader.id))
    await work.outbox.put(*rows)
    return len(rows)


# Offers to write


def reading(programme: Programme) -> Duty:
    """Return the duty of whoever reads offers: the column's editor, or the administrators where it has none."""
    has_editor = programme.column is not None and programme.column.editor is not None
    return Duty.READ_OFFERS if has_editor else Duty.KEEP_PAGES


async def pitch(
    work: UnitOfWork, programme: Programme, idea: Idea, *, key: str, now: datetime, ids: Ids
) -> Pitching | None:
    """Keep an offer and tell whoever reads it; None where the same form was sent before."""
    if programme.column is None or not programme.column.pitches:
        return Pitching.CLOSED
    if not idea.words.strip() or not idea.reach.strip():
        return Pitching.EMPTY
    if points_to_a_patient(idea.words) or points_to_a_patient(idea.name):
        return Pitching.PATIENT
    if not await work.receipts.keep(key):
        return None
    if len(await work.pitches.of(idea.who)) >= MOST_WAITING:
        return Pitching.TOO_MANY
    kept = Pitch(ids.new(), programme.id, now)
    await work.pitches.add(kept, idea)
    members = [
        each for each in await work.members.all(programme.id) if may_in_programme(reading(programme), each.roles)
    ]
    about = upkeep.subject_of(programme.id)
    rows = [
        Message(Kind.TELL_EDITOR, about, f"{Kind.TELL_EDITOR}:{kept.id}:{each.id}", programme.id, audience=each.id)
        for each in members
    ]
    await work.outbox.put(*rows)
    return Pitching.KEPT


async def waiting(work: UnitOfWork, programme: Programme, who: Address, *, now: datetime) -> list[Pitch] | Refused:
    """Return the offers that wait for an answer, for whoever reads them."""
    if await entitled(work, programme, who, reading(programme)) is None:
        return await refuse(work, now)
    return await work.pitches.all(programme.id)


@dataclass(frozen=True, slots=True, repr=False)
class Read:
    """An offer and its words; `idea` is None once it is erased."""

    pitch: Pitch
    idea: Idea | None

    def __repr__(self) -> str:
        return "Read(...)"


async def read(
    work: UnitOfWork, programmes: Mapping[str, Programme], who: Address, id: UUID, *, now: datetime
) -> Read | Refused:
    """Open one offer, for whoever reads them; that it was opened is written down."""
    found = await work.pitches.get(id)
    programme = programmes.get(found.programme) if found else None
    member = await entitled(work, programme, who, reading(programme)) if programme else None
    if found is None or member is None:
        return await refuse(work, now)
    await work.audit.write(Entry(Event.PITCH_OPENED, now, ActorKind.ADMIN, member, id))
    return Read(found, await work.pitches.idea(id))


async def answered(
    work: UnitOfWork, programmes: Mapping[str, Programme], who: Address, id: UUID, *, now: datetime
) -> Pitch | Refused:
    """Erase an offer that was answered, for whoever reads them."""
    found = await work.pitches.get(id)
    programme = programmes.get(found.programme) if found else None
    if found is None or programme is None or await entitled(work, programme, who, reading(programme)) is None:
        return await refuse(work, now)
    await work.pitches.erase(id)
    return found


# What is only thought of


async def interest(work: UnitOfWork, programme: str, series: UUID, who: Address) -> bool | None:
    """Say that one would come, or take it back; return whether it is said now.

    None where it cannot be said: the programme has no such thing, or it has dates by now.
    """
    found = await work.series.get(series)
    if found is None or found.programme != programme or found.state is not SeriesState.PLANNED:
        return None
    if await work.interests.has(series, who):
        await work.interests.drop(series, who)
        return False
    await work.interests.add(programme, series, who)
    return True


def shown(count: int) -> int | None:
    """Return how many would come where that may be told; else None."""
    return count if count >= SHOWN_FROM else None


async def forget(work: UnitOfWork, who: Address) -> int:
    """Forget everything of somebody here: notes, offers to write and interest; return how many offers that were."""
    for programme, what in await work.readers.of(who):
        await work.readers.drop(programme, what, who)
    offers = await work.pitches.of(who)
    for each in offers:
        await work.pitches.erase(each.id)
    for _, item in await work.interests.of(who):
        await work.interests.drop(item, who)
    return len(offers)
