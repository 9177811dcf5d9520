"""The column for everybody: its page, the monthly note in one tap, offers to write, interest in what is planned."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from handlers import errors, ids
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.payloads import unseen
from handlers.views import column as views
from peersupport import column
from peersupport.column import COLUMN, IDEAS, READING, Pitching
from peersupport.ports import UnitOfWork
from peersupport.ports_pages import Idea
from peersupport.programme import Programme
from peersupport.series import SeriesState

_AT = {Pitching.EMPTY: "column.fault.empty", Pitching.PATIENT: "column.fault.patient"}


async def _page(work: UnitOfWork, hear: Hear, programme: Programme) -> dict[str, Any]:
    reads = (programme.id, COLUMN) in await work.readers.of(hear.who)
    planned = [
        (each, await work.interests.has(each.id, hear.who))
        for each in await work.series.of_programme(programme.id)
        if each.state is SeriesState.PLANNED
    ]
    return views.page(hear.front, hear.t, programme, views.Shown(reads, planned))


async def _read(work: UnitOfWork, hear: Hear, programme: Programme) -> dict[str, Any]:
    """Return what a programme has to read each month: its column or, where it has none, this month's idea."""
    if programme.column is not None:
        return await _page(work, hear, programme)
    reads = (programme.id, IDEAS) in await work.readers.of(hear.who)
    return views.idea(hear.t, programme, column.idea_of(programme, hear.now), reads=reads)


def _with_note(programme: Programme | None) -> Programme | None:
    """Return the programme where it has something to read each month."""
    has = programme is not None and (programme.column is not None or column.ideas(programme))
    return programme if has else None


def _with_column(programme: Programme | None) -> Programme | None:
    return programme if programme is not None and programme.column is not None else None


async def open_page(hear: Hear) -> Answer:
    """Open the page of what there is to read each month."""
    programme = _with_note(hear.front.programmes.get(hear.value))
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        view = await _read(work, hear, programme)
    await hear.open(view)
    return None


async def open_note(hear: Hear, record: UUID) -> Answer:
    """Open the page from a monthly note; whoever stopped it since finds the same page."""
    notes = {column.subject_of(each.id, what): each for each in hear.front.programmes.values() for what in READING}
    programme = _with_note(notes.get(record))
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        view = await _read(work, hear, programme)
    await hear.open(view)
    return None


async def switch(hear: Hear) -> Answer:
    """Turn the monthly note on or off in one tap."""
    programme = _with_note(hear.front.programmes.get(hear.value))
    if programme is None:
        return await errors.refused(hear)
    what = COLUMN if programme.column is not None else IDEAS
    async with hear.front.work() as work:
        await column.switch(work, programme.id, what, hear.who, hear.front.ids)
        view = await _read(work, hear, programme)
    await hear.update(view)
    return None


async def interest(hear: Hear) -> Answer:
    """Say that one would come, or take it back; nobody is shown who did."""
    programme = _with_column(hear.programme)
    try:
        series = UUID(hear.value)
    except ValueError:
        return await errors.refused(hear)
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await column.interest(work, programme.id, series, hear.who)
        view = await _page(work, hear, programme)
    if found is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


async def open_pitch(hear: Hear) -> Answer:
    """Open the form of an offer to write."""
    programme = _with_column(hear.front.programmes.get(hear.value))
    if programme is None or programme.column is None or not programme.column.pitches:
        return await errors.refused(hear)
    await hear.open(views.pitch(hear.front, hear.t, programme))
    return None


async def send_pitch(hear: Hear) -> Answer:
    """Keep an offer, unless it may point to a patient: then nothing is kept, and the form says so."""
    programme = _with_column(hear.programme)
    if programme is None:
        return await errors.refused(hear)
    name, reach, words = (_text(hear, each) for each in (ids.IN_PITCH_NAME, ids.IN_PITCH_REACH, ids.IN_PITCH_WORDS))
    amiss = {
        block: hear.t("pages.unseen")
        for block, held in ((ids.IN_PITCH_NAME, name), (ids.IN_PITCH_REACH, reach), (ids.IN_PITCH_WORDS, words))
        if unseen(held)
    }
    if amiss:
        return {"response_action": "errors", "errors": amiss}
    idea = Idea(hear.who, name.strip(), reach.strip(), words.strip())
    async with hear.front.work() as work:
        outcome = await column.pitch(work, programme, idea, key=hear.key, now=hear.now, ids=hear.front.ids)
    if outcome in _AT:
        return {"response_action": "errors", "errors": {ids.IN_PITCH_WORDS: hear.t(_AT[outcome])}}
    view = views.pitched(hear.t, programme, outcome or Pitching.KEPT)
    return {"response_action": "update", "view": view}


def _text(hear: Hear, block: str) -> str:
    held = hear.values.get(block)
    return held if isinstance(held, str) else ""


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.COLUMN): open_page,
    (Kind.ACTION, ids.READ): switch,
    (Kind.ACTION, ids.INTEREST): interest,
    (Kind.ACTION, ids.PITCH): open_pitch,
    (Kind.SUBMIT, ids.VIEW_PITCH): send_pitch,
}
DOORS = frozenset(LISTENERS)
