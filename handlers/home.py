"""Home: put together from what each journey has for this person, in one unit of work."""

from __future__ import annotations

from typing import Any

from handlers import approvals, feedback, ids, lookup, mine, offers, triage
from handlers.hear import Answer, Front, Hear, Kind
from handlers.views import home as views
from handlers.views import pages
from peersupport.addresses import Address
from peersupport.ports import StoreUnavailable

PARTS = (mine.home_part, feedback.home_part, offers.home_part, approvals.home_part, triage.home_part, lookup.home_part)
"""What concerns the person, in the order in which Home shows it."""


async def build(front: Front, who: Address, language: str) -> dict[str, Any]:
    """Return somebody's Home; the help lines where the database cannot be reached."""
    facts = await front.directory.facts(who)
    if facts is None or not facts.full:
        return views.visitor(front, language)
    now = front.clock.now()
    try:
        async with front.work() as work:
            standing = await work.members.standing(who)
            parts = [await part(work, front, who, standing, language, now) for part in PARTS]
            taken = [request.programme for request in await work.requests.of(who)]
    except StoreUnavailable:
        return pages.trouble_home(front, language)
    return views.home(front, language, facts.name, parts, taken)


async def publish(front: Front, who: Address, language: str) -> None:
    """Publish somebody's Home."""
    await front.screens.home(who.user, await build(front, who, language))


async def opened(hear: Hear) -> Answer:
    """Publish Home when somebody opens it; the other tab needs nothing."""
    event = hear.payload.get("event")
    if isinstance(event, dict) and event.get("tab") == "home" and hear.front.homes.join(hear.who):
        hear.front.spawn(_publish_in_turn(hear))
    return None


async def _publish_in_turn(hear: Hear) -> None:
    async with hear.front.homes.turn(hear.who):
        await publish(hear.front, hear.who, hear.language)


LISTENERS = {(Kind.EVENT, ids.HOME_OPENED): opened}
PUBLIC = frozenset(LISTENERS)
