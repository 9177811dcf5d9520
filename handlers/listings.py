"""Listing oneself as glad to be asked: the form, and one tap to pause, show again, keep or remove it."""

from __future__ import annotations

from uuid import UUID

from handlers import errors, home, ids, informal
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.payloads import unseen
from handlers.views import listings as views
from peersupport import listings
from peersupport.listings import Lack, Lacking, part_of
from peersupport.ports_informal import Listed
from peersupport.programme import Programme

FIELD = {Lack.NAME: ids.IN_LISTED_NAME, Lack.REACH: ids.IN_LISTED_REACH}
"""The field at which what is missing is said."""
_TYPED = (ids.IN_LISTED_NAME, ids.IN_LISTED_REACH, ids.IN_LISTED_COMMUNITY)


async def open_form(hear: Hear) -> Answer:
    """Open the form: for whoever is listed, and for whoever said that the programme is for them."""
    programme = informal.named(hear)
    if programme is None:
        return await informal.refused(hear)
    async with hear.front.work() as work:
        listing = await work.listings.find(programme.id, hear.who)
        listed = await work.listings.listed(listing.id) if listing else None
    role = informal.role_in(hear, programme) if "h" in hear.meta else None
    if role is None and (listing is None or "h" in hear.meta):
        return await informal.refused(hear)
    facts = await hear.front.directory.facts(hear.who)
    handle = informal.handle_for(hear, programme, role) if role else None
    await hear.open(views.form(hear.t, programme, facts.name if facts else "", listing, listed, handle))
    return None


async def save(hear: Hear) -> Answer:
    """Keep the listing as it was said."""
    programme = informal.here(hear)
    if programme is None:
        return await informal.refused(hear)
    role = informal.role_in(hear, programme) if "h" in hear.meta else None
    async with hear.front.work() as work:
        listed = await work.listings.find(programme.id, hear.who) is not None
    if role is None and ("h" in hear.meta or not listed):
        return await informal.refused(hear)
    hidden = {block: hear.t("listings.fault_unseen") for block in _TYPED if unseen(_text(hear, block))}
    if hidden:
        return {"response_action": "errors", "errors": hidden}
    said = Listed(
        hear.who,
        _text(hear, ids.IN_LISTED_NAME),
        _text(hear, ids.IN_LISTED_REACH),
        _text(hear, ids.IN_LISTED_COMMUNITY),
        tuple(hear.values.get(ids.IN_LISTED_TIMES) or ()),
        tuple(hear.values.get(ids.IN_LISTED_TAGS) or ()),
    )
    async with hear.front.work() as work:
        kept = await listings.keep(work, programme, said, weekly_limit=_often(hear), now=hear.now, ids=hear.front.ids)
    if isinstance(kept, Lacking):
        found = {FIELD[part]: hear.t(f"informal.fault_{part.value}") for part in kept.parts}
        return {"response_action": "errors", "errors": found}
    home.publish_soon(hear)
    return {"response_action": "update", "view": views.said(hear.t, programme, "listings.kept")}


def _text(hear: Hear, block: str) -> str:
    held = hear.values.get(block)
    return held if isinstance(held, str) else ""


def _often(hear: Hear) -> int:
    held = _text(hear, ids.IN_WEEKLY)
    return int(held) if held.isdecimal() and held.isascii() and len(held) < len("1000") else 1


async def pause(hear: Hear) -> Answer:
    """Pause one's listing, or show it again, in one tap."""
    programme = informal.named(hear)
    if programme is None:
        return await informal.refused(hear)
    paused = hear.id == ids.PAUSE_LISTING
    async with hear.front.work() as work:
        found = await listings.pause(work, programme.id, hear.who, paused=paused)
    if found is None:
        return await informal.refused(hear)
    return await _said(hear, programme, "listings.stands_paused" if paused else "listings.stands")


async def remove(hear: Hear) -> Answer:
    """Erase one's listing."""
    programme = informal.named(hear)
    if programme is None:
        return await informal.refused(hear)
    async with hear.front.work() as work:
        found = await listings.remove(work, programme.id, hear.who)
    return await (_said(hear, programme, "listings.removed") if found else informal.refused(hear))


async def keep(hear: Hear) -> Answer:
    """Answer that the listing stays."""
    programme = informal.named(hear)
    if programme is None:
        return await informal.refused(hear)
    async with hear.front.work() as work:
        found = await listings.stay(work, programme, hear.who, hear.now)
    return await (_said(hear, programme, "listings.stays") if found else informal.refused(hear))


async def _said(hear: Hear, programme: Programme, words: str) -> Answer:
    """Say it where the button was: in the page, or in Home, which shows it by itself."""
    if hear.in_modal:
        await hear.update(views.said(hear.t, programme, words))
    home.publish_soon(hear)
    return None


async def show(hear: Hear, id: UUID) -> Answer:
    """Open the question whether a listing stays, from the message about it."""
    async with hear.front.work() as work:
        listing = await work.listings.get(id)
        own = await work.listings.find(listing.programme, hear.who) if listing else None
    programme = hear.front.programmes.get(listing.programme) if listing else None
    if listing is None or programme is None or own != listing or not part_of(programme):
        return await errors.stale(hear)
    await hear.open(views.review(hear.front, hear.language, programme))
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.EDIT_LISTING): open_form,
    (Kind.SUBMIT, ids.VIEW_LISTING): save,
    (Kind.ACTION, ids.PAUSE_LISTING): pause,
    (Kind.ACTION, ids.RESUME_LISTING): pause,
    (Kind.ACTION, ids.REMOVE_LISTING): remove,
    (Kind.ACTION, ids.KEEP_LISTING): keep,
}
