"""The run-sheet, in a modal, for whoever leads sessions; who may is looked up in the database each time."""

from __future__ import annotations

from handlers import errors, ids
from handlers.entitled import still_full_member
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.led import at
from handlers.views import run_sheets as views
from peersupport import run_sheet
from peersupport.outcomes import Refused


async def show(hear: Hear) -> Answer:
    """Open the run-sheet of a date on top of it."""
    if not await still_full_member(hear):
        return await errors.refused(hear)
    here = at(hear)
    if here is None or here.on is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await run_sheet.sheet(work, here.programme, hear.who, here.series, here.on, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    await hear.push(views.sheet(found, here.programme, hear.t))
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {(Kind.ACTION, ids.RUN_SHEET): show}
