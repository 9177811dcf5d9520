"""Home: put together from what each journey has for this person, in one unit of work."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from slackblocks import Block

from handlers import (
    announcements,
    approvals,
    cafe,
    delivery,
    errors,
    feedback,
    ids,
    informal,
    lookup,
    mine,
    offers,
    organise,
    partners,
    phone_door,
    presenting,
    queue,
    referral_list,
    referred,
    reports,
    safety,
    session_items,
)
from handlers.hear import Answer, Front, Hear, Kind
from handlers.views import cover as cover_views
from handlers.views import home as views
from handlers.views import pages
from peersupport import cover, intake
from peersupport.addresses import Address
from peersupport.ports import StoreUnavailable, UnitOfWork

PARTS = (
    delivery.home_part,
    mine.home_part,
    referred.home_part,
    feedback.home_part,
    safety.home_part,
    offers.home_part,
    approvals.home_part,
    queue.home_part,
    referral_list.home_part,
    lookup.home_part,
    phone_door.home_part,
    partners.home_part,
    reports.home_part,
    # Sessions
    session_items.home_part,
    organise.home_part,
    presenting.home_part,
    # Meetings and themes
    cafe.home_part,
    # The column, announcements and resources
    announcements.home_part,
    # Colleague to colleague
    informal.home_part,
)
"""What concerns the person, in the order in which Home shows it."""


class As(StrEnum):
    """Why a Home is published, which decides whether a discreet one stays covered."""

    CHANGED = "changed"
    """Something changed while nobody asked to see it: what is covered stays covered."""
    OPENED = "opened"
    """The person opened it: what they hid for now is there again, a discreet one is covered."""
    PRESSED = "pressed"
    """The person pressed something in it while it stood open: it stays open, unless they have hidden it since."""
    SHOWN = "shown"
    """The person pressed the button that shows it."""

    def covers(self, *, discreet: bool, hidden: bool) -> bool:
        """Say whether nothing of the person's own is to be shown."""
        return (discreet and self in (As.CHANGED, As.OPENED)) or (hidden and self in (As.CHANGED, As.PRESSED))


async def build(front: Front, who: Address, language: str, why: As = As.CHANGED) -> dict[str, Any]:
    """Return somebody's Home; the help lines where the database cannot be reached."""
    facts = await front.directory.facts(who)
    if facts is None or not facts.full:
        return views.visitor(front, language)
    front, now = replace(front, texts=front.texts.read_in(facts.zone)), front.clock.now()
    try:
        async with front.work() as work:
            discreet, hidden = await work.preferences.cover(who)
            if why.covers(discreet=discreet, hidden=hidden):
                return views.covered(front, language)
            if hidden:
                await work.preferences.hide(who, hidden=False)
            standing = await work.members.standing(who)
            parts = [await part(work, front, who, standing, language, now) for part in PARTS]
            privacy = await _monthly_note(work, front, who, language)
            partner = await partners.doors(work, front, who)
            taken = [request.programme for request in await intake.known(work, who)]
    except StoreUnavailable:
        return pages.trouble_home(front, language)
    return views.home(front, language, facts.name, parts, taken, discreet=discreet, privacy=privacy, partner=partner)


async def _monthly_note(work: UnitOfWork, front: Front, who: Address, language: str) -> list[Block]:
    """Return the switch of the monthly note; nothing where no programme sends it."""
    if not cover.switched_on(front.programmes):
        return []
    on = await cover.is_on(work, front.programmes, who)
    return [cover_views.switch(front.texts.in_language(language), on=on)]


async def publish(front: Front, who: Address, language: str, why: As = As.CHANGED) -> None:
    """Publish somebody's Home, in the language they chose last."""
    async with front.lanes.alone(who):
        spoken = front.directory.language(who) or language
        await front.screens.home(who.user, await build(front, who, spoken, why))


def publish_soon(hear: Hear, language: str = "", why: As = As.PRESSED) -> None:
    """Publish the Home of whoever pressed something in it, in its own time; what still waits to open is done by it."""
    hear.front.homes.leave(hear.who)
    hear.front.spawn(publish(hear.front, hear.who, language or hear.language, why))


async def opened(hear: Hear) -> Answer:
    """Publish Home when somebody opens it; the other tab needs nothing."""
    event = hear.payload.get("event")
    if isinstance(event, dict) and event.get("tab") == "home" and hear.front.homes.join(hear.who):
        hear.front.spawn(_publish_in_turn(hear))
    return None


async def _publish_in_turn(hear: Hear) -> None:
    async with hear.front.homes.turn(hear.who) as still:
        if still:
            await publish(hear.front, hear.who, hear.language, As.OPENED)


async def show(hear: Hear) -> Answer:
    """Uncover Home until it is opened again, or published again for another reason."""
    publish_soon(hear, why=As.SHOWN)
    return None


async def hide(hear: Hear) -> Answer:
    """Cover Home at once, until the person opens it again."""
    hear.front.homes.leave(hear.who)
    async with hear.front.lanes.alone(hear.who):
        await hear.front.screens.home(hear.who.user, views.covered(hear.front, hear.language))
        async with hear.front.work() as work:
            await work.preferences.hide(hear.who, hidden=True)
    return None


async def choose_discreet(hear: Hear) -> Answer:
    """Turn discreet mode on or off; the Home that stands open stays open, so that the choice can be seen."""
    if hear.value not in (views.ON, views.OFF):
        return await errors.refused(hear)
    async with hear.front.work() as work:
        await work.preferences.choose_discreet(hear.who, discreet=hear.value == views.ON)
    publish_soon(hear)
    return None


LISTENERS = {
    (Kind.EVENT, ids.HOME_OPENED): opened,
    (Kind.ACTION, ids.SHOW_HOME): show,
    (Kind.ACTION, ids.HIDE_HOME): hide,
    (Kind.ACTION, ids.DISCREET): choose_discreet,
}
PUBLIC = frozenset({(Kind.EVENT, ids.HOME_OPENED)})
