"""Listed colleagues by pages, the one fixed question, and the two answers to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from handlers import home, ids, informal
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.payloads import unseen
from handlers.views import informal as pages
from handlers.views import introductions as views
from handlers.views import kit
from handlers.views import pages as common
from peersupport import introductions
from peersupport.introductions import Amiss, Asked, Enough, Missing, View
from peersupport.listings import available, part_of
from peersupport.ports_informal import Listed, Side
from peersupport.programme import Programme

FIELD = {Amiss.NAME: ids.IN_ASKER_NAME, Amiss.REACH: ids.IN_ASKER_REACH}
"""The field at which what is missing is said."""
_MOST_PAGES = 1000


async def browse(hear: Hear) -> Answer:
    """Show the first page of those who can be asked now, to somebody who said that it is for them."""
    programme = informal.here(hear)
    role = informal.role_in(hear, programme, hear.value) if programme else None
    if programme is None or role is None:
        return await informal.refused(hear)
    await hear.open(await _list(hear, programme, hear.value, 0, views.ALL))
    return None


async def turn(hear: Hear) -> Answer:
    """Turn to another page, or choose what people have been through."""
    programme = informal.here(hear)
    role = informal.role_in(hear, programme) if programme else None
    if programme is None or role is None:
        return await informal.refused(hear)
    number, tag = _number(hear.value), hear.meta.get("g", views.ALL)
    if hear.id == ids.PEERS_TAG:
        number, tag = 0, hear.value
    await hear.update(await _list(hear, programme, hear.meta.get("h", ""), number, tag))
    return None


def _number(value: str) -> int:
    return min(int(value), _MOST_PAGES) if value.isdecimal() and value.isascii() else 0


async def _list(hear: Hear, programme: Programme, handle: str, number: int, tag: str) -> kit.View:
    part = part_of(programme)
    assert part is not None
    if tag not in {each.id for each in part.tags}:
        tag = views.ALL
    async with hear.front.work() as work:
        found = [
            (listing, listed)
            for listing, listed in await work.listings.all(programme.id)
            if available(listing, hear.now) and listed.address != hear.who and tag in (views.ALL, *listed.tags)
        ]
    number = min(number, max(0, (len(found) - 1) // views.PAGE))
    start = number * views.PAGE
    shown = [
        views.Peer(listed, hear.handle(ids.ASK_PEER, listing.id, informal.DAYS))
        for listing, listed in found[start:][: views.PAGE]
    ]
    place = views.Place(number, len(found) > start + views.PAGE, tag)
    return views.peers(hear.front, hear.language, programme, shown, place, handle)


async def open_question(hear: Hear) -> Answer:
    """Open the form of whoever asks; somebody who is not available is not there."""
    programme, id = informal.here(hear), hear.record(ids.ASK_PEER)
    if programme is None or id is None:
        return await informal.refused(hear)
    async with hear.front.work() as work:
        listing, listed = await work.listings.get(id), await work.listings.listed(id)
    if listing is not None and listing.programme != programme.id:
        return await informal.refused(hear)
    if listing is None or listed is None or not available(listing, hear.now):
        await hear.open(_said(hear, programme, "informal.ask_title", "informal.unavailable"))
        return None
    await hear.open(await _form(hear, programme, listed, id))
    return None


async def _form(hear: Hear, programme: Programme, listed: Listed, id: UUID) -> kit.View:
    facts = await hear.front.directory.facts(hear.who)
    name = facts.name if facts else ""
    return views.ask_form(hear.t, programme, listed, name, hear.handle(ids.ASK_PEER, id, informal.DAYS))


async def ask(hear: Hear) -> Answer:
    """Ask, which is one's own yes."""
    programme, id = informal.here(hear), hear.record(ids.ASK_PEER)
    if programme is None or id is None:
        return await informal.refused(hear)
    name, reach = (_text(hear, block) for block in (ids.IN_ASKER_NAME, ids.IN_ASKER_REACH))
    hidden = {block: hear.t("pages.unseen") for block in FIELD.values() if unseen(_text(hear, block))}
    if hidden:
        return {"response_action": "errors", "errors": hidden}
    async with hear.front.work() as work:
        outcome = await introductions.ask(
            work, programme, Side(hear.who, name, reach), id, key=hear.key, now=hear.now, ids=hear.front.ids
        )
    match outcome:
        case Missing(parts):
            found = {FIELD[part]: hear.t(f"informal.fault_{part.value}") for part in parts}
            return {"response_action": "errors", "errors": found}
        case Asked():
            return _update(_said(hear, programme, "informal.asked_title", "informal.asked"))
        case Enough():
            return _update(_said(hear, programme, "informal.ask_title", "informal.enough"))
        case _:
            return _update(_said(hear, programme, "informal.ask_title", "informal.unavailable"))


def _text(hear: Hear, block: str) -> str:
    held = hear.values.get(block)
    return held if isinstance(held, str) else ""


def _said(hear: Hear, programme: Programme, title: str, words: str) -> kit.View:
    return views.said(hear.front, hear.language, programme, title, words)


def _update(view: kit.View) -> dict[str, Any]:
    return {"response_action": "update", "view": view}


async def open_introduction(hear: Hear) -> Answer:
    """Open what waits, from the page behind the door."""
    programme, id = informal.here(hear), hear.record(ids.INTRODUCTION)
    return await show(hear, id) if programme and id is not None else await informal.refused(hear)


async def show(hear: Hear, id: UUID) -> Answer:
    """Show an introduction to one of the two; what is gone is over, with the same words for everybody."""
    async with hear.front.work() as work:
        view = await introductions.seen(work, id, hear.who, hear.now)
    await hear.open(await _view(hear, view))
    return None


async def _view(hear: Hear, view: View | None) -> kit.View:
    found = hear.front.programmes.get(view.introduction.programme) if view else None
    if view is not None and found is not None and part_of(found):
        handle = hear.handle(ids.INTRODUCTION, view.introduction.id, 2)
        return views.shown(hear.front, hear.language, found, view, handle)
    programme = informal.here(hear) or next(iter(informal.informal_programmes(hear.front)), None)
    if programme is None:
        return common.stale(hear.front, hear.language)
    return pages.over(hear.front, hear.language, programme)


async def say_yes(hear: Hear) -> Answer:
    """Say yes; both see how to reach each other now."""
    programme, id = informal.here(hear), hear.record(ids.INTRODUCTION, hear.meta.get("h", ""))
    if programme is None or id is None:
        return await informal.refused(hear)
    async with hear.front.work() as work:
        view = await introductions.accept(work, programme, id, hear.who, hear.now)
    await hear.update(await _view(hear, view))
    home.publish_soon(hear)
    return None


async def say_not_now(hear: Hear) -> Answer:
    """Say "not now"; the other cannot tell it from silence."""
    programme, id = informal.here(hear), hear.record(ids.INTRODUCTION, hear.meta.get("h", ""))
    if programme is None or id is None:
        return await informal.refused(hear)
    async with hear.front.work() as work:
        await introductions.decline(work, programme.id, id, hear.who, hear.now)
    await hear.update(_said(hear, programme, "informal.asks_title", "informal.declined"))
    home.publish_soon(hear)
    return None


async def take_back(hear: Hear) -> Answer:
    """Take one's own question back."""
    programme, id = informal.here(hear), hear.record(ids.INTRODUCTION, hear.meta.get("h", ""))
    if programme is None or id is None:
        return await informal.refused(hear)
    async with hear.front.work() as work:
        await introductions.take_back(work, id, hear.who)
    await hear.update(_said(hear, programme, "informal.ask_title", "informal.taken_back"))
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.PEERS): browse,
    (Kind.ACTION, ids.PEERS_ON): turn,
    (Kind.ACTION, ids.PEERS_BACK): turn,
    (Kind.ACTION, ids.PEERS_TAG): turn,
    (Kind.ACTION, ids.ASK_PEER): open_question,
    (Kind.SUBMIT, ids.VIEW_ASK_PEER): ask,
    (Kind.ACTION, ids.OPEN_INTRODUCTION): open_introduction,
    (Kind.ACTION, ids.PEER_YES): say_yes,
    (Kind.ACTION, ids.PEER_NOT_NOW): say_not_now,
    (Kind.ACTION, ids.TAKE_BACK): take_back,
}
