"""Look up by reference: an administrator types one, sees where that request stands, and what can be done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from slackblocks import Block, Element

from handlers import approvals, erasure, errors, ids, ledger
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import lookup as views
from peersupport import lookup
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.outcomes import Refused
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import SupportRequest

Deeds = Callable[[UnitOfWork, Hear, Programme, SupportRequest, Standing], Awaitable[list[Element]]]
"""What one journey offers for a request that was found, as buttons. A press is judged anew; the request is
`tokens.request_of(hear)` and the programme `hear.programme`, as from a sheet."""

DEEDS: tuple[Deeds, ...] = (approvals.deeds, ledger.deeds, erasure.deeds)
"""What can be done with a request that was found, in the order of the buttons."""


async def open_lookup(hear: Hear) -> Answer:
    """Open the form with one field, from an administrator's Home."""
    programme = hear.front.programmes.get(hear.value)
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        allowed = await entitled(work, programme, hear.who, Duty.LOOK_UP) is not None
        if not allowed:
            await refuse(work, hear.now)
    if not allowed:
        return await errors.refused(hear)
    await hear.open(views.form(programme, hear.t))
    return None


async def look_up(hear: Hear) -> Answer:
    """Show the request with this reference; unknown and kept out are answered with the same words."""
    programme, typed = hear.programme, hear.values.get(ids.IN_REFERENCE)
    if programme is None or not isinstance(typed, str):
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await lookup.find(work, programme, hear.who, typed, now=hear.now)
        view = await _found(work, hear, programme, found) if isinstance(found, SupportRequest) else None
    if isinstance(found, Refused):
        return await errors.refused(hear)
    if view is None:
        words = "lookup.malformed" if isinstance(found, lookup.Malformed) else "lookup.none_such"
        return {"response_action": "errors", "errors": {ids.IN_REFERENCE: hear.t(words)}}
    return {"response_action": "update", "view": view}


async def show_found(hear: Hear) -> Answer:
    """Show a request that a button named, as if its reference had been typed."""
    programme, request = hear.programme, hear.record(ids.SHEET, hear.value)
    if programme is None or request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await lookup.again(work, programme, hear.who, request, now=hear.now)
        view = await _found(work, hear, programme, found) if isinstance(found, SupportRequest) else None
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def _found(work: UnitOfWork, hear: Hear, programme: Programme, request: SupportRequest) -> dict[str, Any]:
    standing = await work.members.standing(hear.who)
    offered = [await deeds(work, hear, programme, request, standing) for deeds in DEEDS]
    buttons = [button for each in offered for button in each]
    return views.found(request, programme, hear.t, hear.handle(ids.SHEET, request.id), buttons)


async def home_part(
    work: UnitOfWork,  # noqa: ARG001 - every part of Home is asked alike
    front: Front,
    who: Address,  # noqa: ARG001
    standing: Standing,
    language: str,
    now: datetime,  # noqa: ARG001
) -> list[Block]:
    """Return the door to the look-up for each programme that this person looks after."""
    t = front.texts.in_language(language)
    mine = [
        front.programmes[programme]
        for programme, (_, roles) in standing.members.items()
        if programme in front.programmes and may_in_programme(Duty.LOOK_UP, roles)
    ]
    return [views.door(programme, t) for programme in mine if programme.has_requests]


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.LOOKUP): open_lookup,
    (Kind.SUBMIT, ids.VIEW_LOOKUP): look_up,
    (Kind.ACTION, ids.SHOW_FOUND): show_found,
}
