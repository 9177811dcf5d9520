"""Words of danger in the request form: the numbers come first, and only the person's own yes alerts anybody."""

from __future__ import annotations

from handlers import errors, ids, mine, own
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.payloads import Filled, blocks_of
from handlers.views import danger as views
from handlers.views import pages
from peersupport import crisis
from peersupport.crisis import speaks_of_danger
from peersupport.outcomes import Already, Done, Stale
from peersupport.requests import State, SupportRequest


def answered(
    hear: Hear, form: Filled, answer: Answer, *, request: SupportRequest | None = None, saved: bool = False
) -> Answer:
    """Return the answer to a form with the numbers first, where what was typed into it speaks of danger.

    `request` is the person's own that stands now, if one does; `saved` says that what they sent is in it.
    """
    typed = {ids.IN_REACH: form.reach, ids.IN_NAME: form.name, ids.IN_NAMES: form.names}
    spoken = [block for block, words in typed.items() if speaks_of_danger(words)]
    if answer is None or not spoken:
        return answer
    if answer.get("response_action") == "errors":
        return answer | {"errors": answer["errors"] | _at_fields(hear, spoken)}
    words = "crisis.first" if saved else "crisis.unsaved"
    handle = mine.handle(hear.front, hear.who, request.id, hear.now) if request else None
    urgent = request is not None and request.urgent
    return answer | {"view": views.first(hear.front, hear.language, answer["view"], words, handle, urgent=urgent)}


def _at_fields(hear: Hear, spoken: list[str]) -> dict[str, str]:
    """Return the number for each field that speaks of danger, while the form cannot be sent as it is."""
    words = hear.t("crisis.at_field", line=pages.first_line(hear.front, hear.language))
    return {block: words for block in blocks_of(hear.view) if block.partition(".")[0] in spoken}


async def hear_today(hear: Hear) -> Answer:
    """Mark one's own request urgent and tell the administrators: the person pressed the button that says so."""
    request = hear.record(ids.OWN)
    if request is None:
        return await errors.refused(hear)
    outcome: object = None
    async with hear.front.work() as work:
        programme = await own.programme_of(work, hear, request)
        if programme is not None:
            outcome = await crisis.ask_today(work, programme, hear.who, request, now=hear.now)
    match outcome:
        case Done() | Already():
            return await own.show(hear, request, note="crisis.told")
        case Stale(state=State.CLOSED):
            return await own.show(hear, request)
        case _:
            return await errors.refused(hear)


LISTENERS: dict[tuple[Kind, str], Listener] = {(Kind.ACTION, ids.HEAR_TODAY): hear_today}
