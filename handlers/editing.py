"""What people offer to write for the column, read and answered by its editor, each behind its own handle."""

from __future__ import annotations

from uuid import UUID

from handlers import errors, ids, tokens
from handlers.entitled import still_full_member
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.views import column as views
from peersupport import column, upkeep
from peersupport.outcomes import Refused
from peersupport.programme import Programme


async def open_list(hear: Hear) -> Answer:
    """Open the offers that wait, from the desk."""
    return await _list(hear, hear.front.programmes.get(hear.value))


async def open_told(hear: Hear, record: UUID) -> Answer:
    """Open the offers that wait, from the message that told of one."""
    found = (each for each in hear.front.programmes.values() if upkeep.subject_of(each.id) == record)
    return await _list(hear, next(found, None))


async def _list(hear: Hear, programme: Programme | None) -> Answer:
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await column.waiting(work, programme, hear.who, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    made = [(each, tokens.for_viewer(hear.front.handles, ids.EDITOR, each.id, hear.who, hear.now)) for each in found]
    await hear.open(views.pitches(hear.t, programme, made))
    return None


async def open_pitch(hear: Hear) -> Answer:
    """Open one offer from the list, for somebody who is still a full member."""
    full, record = await still_full_member(hear), hear.record(ids.EDITOR)
    if not full or record is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await column.read(work, hear.front.programmes, hear.who, record, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    programme = hear.front.programmes[found.pitch.programme]
    handle = tokens.for_viewer(hear.front.handles, ids.EDITOR, record, hear.who, hear.now)
    await hear.open(views.opened(hear.t, programme, found, handle))
    return None


async def answered(hear: Hear) -> Answer:
    """Erase an offer that was answered."""
    record = hear.record(ids.EDITOR)
    if record is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await column.answered(work, hear.front.programmes, hear.who, record, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    await hear.update(views.gone(hear.t, hear.front.programmes[found.programme]))
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.PITCHES): open_list,
    (Kind.ACTION, ids.OPEN_PITCH): open_pitch,
    (Kind.ACTION, ids.PITCH_ANSWERED): answered,
}
