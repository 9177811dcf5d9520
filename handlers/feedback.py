"""After the talks: the list of other help where the person wants it, and what stands in Home of what is finished."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from slackblocks import Block

from handlers import errors, ids, tokens
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import feedback as views
from peersupport import feedback
from peersupport.addresses import Address
from peersupport.outcomes import Done
from peersupport.ports import Standing, UnitOfWork

SHOWN = 3


async def show_resources(hear: Hear) -> Answer:
    """Open the list that the supporter thought of."""
    found = tokens.from_message(hear)
    if found is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        request = await work.requests.get(found[1])
        programme = hear.front.programmes.get(request.programme) if request else None
        outcome = await feedback.resources(work, programme, hear.who, found[1], now=hear.now) if programme else None
    if programme is None or not isinstance(outcome, Done):
        return await errors.refused(hear)
    await hear.open(views.resources(hear.front, hear.language, programme))
    return None


async def home_part(
    work: UnitOfWork, front: Front, who: Address, _standing: Standing, language: str, now: datetime
) -> list[Block]:
    """Return a requester's finished requests, while they are kept: the list that was offered, and the one tap."""
    t = front.texts.in_language(language)
    blocks: list[Block] = []
    for place, each in enumerate((await feedback.finished(work, front.programmes, who))[:SHOWN]):
        value = tokens.for_message(front.handles, ids.OWN, each.request.id, who, now)
        blocks += views.finished(each, t, value, place)
    return blocks


def rating_value(hear: Hear, request: UUID) -> str:
    """Return what a supporter's rating buttons carry."""
    return tokens.for_message(hear.front.handles, ids.MATCH, request, hear.who, hear.now)


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.SHOW_RESOURCES): show_resources,
}
