"""The open referrals of a programme for its administrators: what waits for them in Home, all of it in a modal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from slackblocks import Block

from handlers import errors, ids, tokens
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import referral_list as views
from peersupport import referral_list
from peersupport.addresses import Address
from peersupport.outcomes import Refused
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.referral_list import Filter, Listing


async def home_part(
    work: UnitOfWork, front: Front, who: Address, standing: Standing, language: str, now: datetime
) -> list[Block]:
    """Return the open referrals that wait for this administrator, for each programme they look after."""
    t = front.texts.in_language(language)
    blocks: list[Block] = []
    for programme_id, (_, roles) in standing.members.items():
        programme = front.programmes.get(programme_id)
        if programme is None or not programme.doors.colleague_referral:
            continue
        if not may_in_programme(Duty.LOOK_AFTER, roles):
            continue
        found = await referral_list.listed(work, programme, who, now=now)
        if not isinstance(found, Refused):
            blocks += views.home_part(found, _handles(front, who, found, now), programme, t)
    return blocks


def _handles(front: Front, who: Address, found: Listing, now: datetime) -> Mapping[UUID, str]:
    shown = [each.referral.id for each in found.rows]
    return {id: tokens.for_viewer(front.handles, ids.REFERRAL_CARD, id, who, now) for id in shown}


async def open_list(hear: Hear) -> Answer:
    """Open the list from Home."""
    view = await _view(hear, hear.front.programmes.get(hear.value), Filter.ALL)
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def choose(hear: Hear) -> Answer:
    """Show the list through another filter."""
    chosen = next((each for each in Filter if each.value == hear.value), Filter.ALL)
    view = await _view(hear, hear.programme, chosen)
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


async def _view(hear: Hear, programme: Programme | None, chosen: Filter) -> dict[str, Any] | None:
    if programme is None:
        return None
    async with hear.front.work() as work:
        found = await referral_list.listed(work, programme, hear.who, now=hear.now, chosen=chosen)
    if isinstance(found, Refused):
        return None
    return views.listing(found, _handles(hear.front, hear.who, found, hear.now), programme, hear.t)


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.REFERRALS): open_list,
    (Kind.ACTION, ids.REFERRALS_FILTER): choose,
}
