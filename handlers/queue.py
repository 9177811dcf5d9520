"""The administrators' queue, in Home and in a modal; and putting a request off in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from slackblocks import Block

from handlers import errors, ids, tokens
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import queue as views
from peersupport import queue
from peersupport.actors import refuse
from peersupport.addresses import Address
from peersupport.outcomes import Refused
from peersupport.people import Duty, Role, may_in_programme
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.queue import Filter, Listing, Section
from peersupport.requests import State
from peersupport.upkeep import subject_of

HOME_SHOWN = 10
"""So many of those that need somebody stand in Home; the others are one tap away."""


async def home_part(
    work: UnitOfWork, front: Front, who: Address, standing: Standing, language: str, now: datetime
) -> list[Block]:
    """Return an administrator's part of Home, for each programme they look after."""
    t = front.texts.in_language(language)
    blocks: list[Block] = []
    for programme_id in standing.members:
        programme = front.programmes.get(programme_id)
        if programme is None or not programme.has_requests:
            continue
        found = await queue.listed(work, programme, who, now=now, size=HOME_SHOWN)
        if not isinstance(found, Refused):
            # What is open about somebody's safety stands above already, with what can be done.
            blocks += views.home_part(replace(found, concerns=()), _handles(front, who, found, now), programme, t, now)
    return blocks


def _handles(front: Front, who: Address, found: Listing, now: datetime) -> Mapping[UUID, str]:
    shown = [each for each in found.requests if each.state is not State.CLOSED]
    sheets = {each.id: tokens.for_viewer(front.handles, ids.SHEET, each.id, who, now) for each in shown}
    concerns = [each.concern.id for each in found.concerns]
    return sheets | {id: tokens.for_viewer(front.handles, ids.CONCERN, id, who, now) for id in concerns}


async def open_told(hear: Hear, programme: UUID) -> Answer:
    """Open the queue of the programme that a morning's message was about, with the day's numbers above it."""
    named = next((each for each in hear.front.programmes.values() if subject_of(each.id) == programme), None)
    if named is None or not named.has_requests:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        numbers = await queue.today(work, named, hear.who, hear.now)
    said = "" if isinstance(numbers, Refused) else views.today(numbers, hear.t)
    view = await _view(hear, named, said=said)
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def open_queue(hear: Hear) -> Answer:
    """Open the queue from Home."""
    programme = hear.front.programmes.get(hear.value)
    view = await _view(hear, programme) if programme and programme.has_requests else None
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def change_programme(hear: Hear) -> Answer:
    """Show the queue of another programme in place."""
    programme = hear.front.programmes.get(hear.value)
    view = await _view(hear, programme) if programme and programme.has_requests else None
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


async def turn(hear: Hear) -> Answer:
    """Show another part of the queue, another page of it, or it through another filter."""
    wanted, *rest = hear.value.split(".")
    section = next((each for each in Section if each.value == wanted), None)
    chosen = next((each for each in Filter if each.value == rest[0]), Filter.ALL) if rest else Filter.ALL
    number = rest[-1] if rest else ""
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    view = await _view(hear, hear.programme, section, page, chosen) if hear.programme and section else None
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


async def _view(
    hear: Hear,
    programme: Programme,
    section: Section = Section.NEEDS,
    page: int = 0,
    chosen: Filter = Filter.ALL,
    said: str = "",
) -> dict[str, Any] | None:
    async with hear.front.work() as work:
        found = await queue.listed(work, programme, hear.who, section, now=hear.now, page=page, chosen=chosen)
        if isinstance(found, Refused):
            await refuse(work, hear.now)
        standing = await work.members.standing(hear.who)
    if isinstance(found, Refused):
        return None
    handles = _handles(hear.front, hear.who, found, hear.now)
    mine = [each for each in hear.front.programmes.values() if _sees_queue(standing, each)]
    return views.queue(found, handles, programme, hear.t, hear.now, said, programmes=mine)


def _sees_queue(standing: Standing, programme: Programme) -> bool:
    _, roles = standing.members.get(programme.id, (None, frozenset[Role]()))
    return programme.has_requests and may_in_programme(Duty.SEE_QUEUE, roles)


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.QUEUE): open_queue,
    (Kind.ACTION, ids.QUEUE_OF): change_programme,
    (Kind.ACTION, ids.QUEUE_PART): turn,
    (Kind.ACTION, ids.QUEUE_FILTER): turn,
    (Kind.ACTION, ids.QUEUE_BACK): turn,
    (Kind.ACTION, ids.QUEUE_ON): turn,
}
