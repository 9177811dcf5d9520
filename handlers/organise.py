"""Whoever organises sessions opens the list of series, one of them, one date; forms and changes lie on top."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from slackblocks import Block

from handlers import errors, ids, presenting
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.led import At, at, organised, wall_time
from handlers.views import organise as views
from handlers.views import organise_changes as change_views
from peersupport import organising
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.organising import Day, Page
from peersupport.organising_dates import course_needs_decision, needs_decision
from peersupport.outcomes import Refused
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme


async def home_part(
    work: UnitOfWork,  # noqa: ARG001 - every part of Home is asked alike
    front: Front,
    who: Address,  # noqa: ARG001
    standing: Standing,
    language: str,
    now: datetime,  # noqa: ARG001
) -> list[Block]:
    """Return, for each programme whose sessions this person organises, the button that opens them."""
    t = front.texts.in_language(language)
    return [
        views.desk(programme, t)
        for id, (_, roles) in standing.members.items()
        if (programme := organised(front.programmes.get(id))) and may_in_programme(Duty.ORGANISE, roles)
    ]


async def open_desk(hear: Hear) -> Answer:
    """Open the list of series from Home."""
    view = await desk_view(hear, organised(hear.front.programmes.get(hear.value)))
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def back(hear: Hear) -> Answer:
    """Show the list again, in place of a series."""
    view = await desk_view(hear, organised(hear.programme))
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


async def desk_view(hear: Hear, programme: Programme | None) -> dict[str, Any] | None:
    """Return the list of series as it stands; None where it is not for this person."""
    if programme is None:
        return None
    async with hear.front.work() as work:
        found = await organising.desk(work, programme, hear.who, now=hear.now)
    if isinstance(found, Refused):
        return None
    handles = {row.series.id: hear.handle(ids.LED_SERIES, row.series.id) for row in found}
    return views.listing(found, handles, programme, hear.t)


async def open_series(hear: Hear) -> Answer:
    """Show one series in place of the list."""
    programme, series = organised(hear.programme), hear.record(ids.LED_SERIES)
    view = await page_view(hear, programme, series) if programme and series else None
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


async def page_view(hear: Hear, programme: Programme, series: UUID) -> dict[str, Any] | None:
    """Return a series as it stands; None where it is not for this person."""
    async with hear.front.work() as work:
        found = await organising.page(work, programme, hear.who, series, now=hear.now)
    if isinstance(found, Refused):
        return None
    offers = await presenting.blocks_for(hear, programme, series) if found.series.presenters else []
    return views.page(found, hear.handle(ids.LED_SERIES, series), programme, hear.t, hear.now, more=offers)


async def open_day(hear: Hear) -> Answer:
    """Open one date on top of its series."""
    here, on = at(hear), wall_time(hear.value)
    view = await day_view(hear, here.programme, here.series, on) if here and on else None
    if view is None:
        return await errors.refused(hear)
    await hear.push(view)
    return None


async def day_view(hear: Hear, programme: Programme, series: UUID, on: datetime) -> dict[str, Any] | None:
    """Return one date as it stands; None where it is not for this person."""
    async with hear.front.work() as work:
        found = await organising.day(work, programme, hear.who, series, on, now=hear.now)
        leads = await entitled(work, programme, hear.who, Duty.FACILITATE) is not None
    if isinstance(found, Refused):
        return None
    handle = hear.handle(ids.LED_SERIES, series)
    return views.day(found, handle, programme, hear.t, hear.now, leads=leads)


async def open_told(hear: Hear, subject: UUID) -> Answer:
    """Open what a message to whoever leads a session asks of them; `subject` is a date or a series."""
    found = await _told(hear, subject)
    if found is None:
        return await errors.refused(hear)
    await hear.open(found)
    return None


async def _told(hear: Hear, subject: UUID) -> dict[str, Any] | None:
    async with hear.front.work() as work:
        date = await work.meeting_dates.get(subject)
        series = await work.series.get(date.series_id if date else subject)
        programme = organised(hear.front.programmes.get(series.programme)) if series else None
        if series is None or programme is None:
            await refuse(work, hear.now)
            return None
        found: Day | Page | Refused
        if date is not None:
            found = await organising.day(work, programme, hear.who, series.id, date.on, now=hear.now)
        else:
            found = await organising.page(work, programme, hear.who, series.id, now=hear.now)
    if isinstance(found, Refused):
        return None
    handle = hear.handle(ids.LED_SERIES, series.id)
    if isinstance(found, Page):
        if course_needs_decision(found, hear.now):
            return change_views.decide(hear.t, programme, found, handle)
        return await page_view(hear, programme, series.id)
    if needs_decision(found, programme, hear.now):
        return change_views.decide(hear.t, programme, found, handle)
    return await day_view(hear, programme, series.id, found.meeting.on)


def refresh(hear: Hear, here: At) -> None:
    """Show what lies below a form as it stands now, in its own time: the date, and the series below it."""
    hear.front.spawn(_refresh(hear, here))


async def _refresh(hear: Hear, here: At) -> None:
    below = {name: (hear.view or {}).get(name) for name in ("previous_view_id", "root_view_id")}
    previous, root = below["previous_view_id"], below["root_view_id"]
    if not isinstance(previous, str) or not isinstance(root, str):
        return
    if here.on is not None:
        view = await day_view(hear, here.programme, here.series, here.on)
        if view is not None:
            await hear.front.screens.replace(previous, view)
    if here.on is None or root != previous:
        view = await page_view(hear, here.programme, here.series)
        if view is not None:
            await hear.front.screens.replace(root, view)


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.ORGANISE): open_desk,
    (Kind.ACTION, ids.ORGANISE_BACK): back,
    (Kind.ACTION, ids.OPEN_SERIES): open_series,
    (Kind.ACTION, ids.OPEN_DAY): open_day,
}
