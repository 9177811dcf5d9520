"""The monthly note: switched on or off by everybody for themselves, and opened from its button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from handlers import errors, home, ids, offers, own, triage
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.views import cover as views
from peersupport import cover
from peersupport.cover import Waits

_OPEN: dict[Waits, Callable[[Hear, UUID], Awaitable[Answer]]] = {
    Waits.OWN: own.open_request,
    Waits.OFFER: offers.show_offer,
    Waits.MATCH: offers.show_match,
    Waits.SHEET: triage.open_request,
}


async def open_note(hear: Hear, _record: UUID) -> Answer:
    """Open what waits for the person, as any other message would; where nothing does, say why the note came."""
    async with hear.front.work() as work:
        found = await cover.waiting(work, hear.front.programmes, hear.who)
    if found is not None:
        return await _OPEN[found[0]](hear, found[1])
    await hear.open(views.nothing(hear.front, hear.language))
    return None


async def choose(hear: Hear) -> Answer:
    """Switch the note on or off, in Home or on the page behind the note."""
    if hear.value not in (views.ON, views.OFF):
        return await errors.refused(hear)
    async with hear.front.work() as work:
        await cover.choose(work, hear.front.programmes, hear.who, wanted=hear.value == views.ON)
    if hear.in_modal:
        await hear.update(views.stopped(hear.front, hear.language))
        hear.front.spawn(home.publish(hear.front, hear.who, hear.language))
    else:
        home.publish_soon(hear)
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {(Kind.ACTION, ids.COVER_NOTE): choose}
