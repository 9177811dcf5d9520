"""The administrator makes a link and a code for the consent page, and is shown them once."""

from __future__ import annotations

from handlers import errors, ids, tokens
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.views import consent_links as views
from handlers.views import pages
from peersupport import by_phone
from peersupport.consent_link import Link
from peersupport.outcomes import Refused
from peersupport.programme import Programme


async def for_request(hear: Hear) -> Answer:
    """Make them for a request that was taken by phone, from its sheet."""
    programme, request = hear.programme, tokens.request_of(hear)
    if programme is None or request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        made = await by_phone.make_link(work, hear.front.ids, programme, hear.who, request, now=hear.now)
    if isinstance(made, Refused):
        return await errors.refused(hear)
    return await show(hear, programme, made)


async def show(hear: Hear, programme: Programme, made: object) -> Answer:
    """Show a link and its code, which no view holds a second time; or that nobody is asked any more."""
    if isinstance(made, Link):
        await hear.open(views.made(hear.front, hear.language, programme, made))
    else:
        words = hear.t("triage.changed")
        await hear.open(pages.notice(hear.front, hear.language, hear.t("consent_link.title"), words))
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {(Kind.ACTION, ids.LINK_FOR_REQUEST): for_request}
