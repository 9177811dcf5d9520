"""An administrator's desk of public pages: the front-door message and announced dates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from slackblocks import Block

from handlers import errors, ids
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import announcements as views
from peersupport import announcements, column
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.announcements import DATE, FRONT_DOOR, Item
from peersupport.outcomes import Refused
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.series import SeriesState


async def home_part(
    _work: UnitOfWork, front: Front, _who: Address, standing: Standing, language: str, _now: datetime
) -> list[Block]:
    """Return the way to the desk for each programme whose pages somebody keeps, and an editor's to what is offered."""
    mine = [
        front.programmes[id]
        for id, (_, roles) in standing.members.items()
        if may_in_programme(Duty.KEEP_PAGES, roles) and id in front.programmes
    ]
    t = front.texts.in_language(language)
    edited = [
        front.programmes[id]
        for id, (_, roles) in standing.members.items()
        if may_in_programme(Duty.READ_OFFERS, roles) and id in front.programmes
    ]
    return [*views.home_part(mine, t), *views.offered(edited, t)]


async def _desk(hear: Hear, programme: Programme | None) -> dict[str, Any] | None:
    if programme is None:
        return None
    async with hear.front.work() as work:
        board = await announcements.board(work, programme, hear.who, now=hear.now)
        if isinstance(board, Refused):
            return None
        counts = await work.interests.counts(programme.id)
        planned = [each for each in await work.series.of_programme(programme.id) if each.state is SeriesState.PLANNED]
    interest = {
        (each.title_fr if hear.language == "fr" else each.title_en): column.shown(counts.get(each.id, 0))
        for each in planned
    }
    return views.desk(programme, hear.t, board.standing, board.coming, interest)


async def open_desk(hear: Hear) -> Answer:
    """Open the desk from Home."""
    view = await _desk(hear, hear.front.programmes.get(hear.value))
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def choose_door(hear: Hear) -> Answer:
    """Open the form that publishes the front door."""
    return await _form(hear, hear.front.programmes.get(hear.value), "")


async def choose_date(hear: Hear) -> Answer:
    """Open the form that announces a date."""
    return await _form(hear, hear.programme, hear.value)


async def _form(hear: Hear, programme: Programme | None, date: str) -> Answer:
    if programme is None:
        return await errors.refused(hear)
    item = None
    async with hear.front.work() as work:
        if await entitled(work, programme, hear.who, Duty.KEEP_PAGES) is None:
            await refuse(work, hear.now)
        else:
            item = await _item(work, programme, date, hear.now)
    if item is None:
        return await errors.refused(hear)
    await hear.open(views.form(hear.front.texts, programme, item, hear.t))
    return None


async def _item(work: UnitOfWork, programme: Programme, date: str, now: datetime) -> Item | None:
    """Return what a form is about: the front door, or the coming date with this id."""
    if not date:
        return Item()
    coming = await announcements.coming(work, programme, now)
    return next((each for each in coming if each.meeting and str(each.meeting.id) == date), None)


async def publish(hear: Hear) -> Answer:
    """Publish in the chosen channels; a repeat of the same form changes nothing."""
    programme = hear.programme
    if programme is None:
        return await errors.refused(hear)
    chosen = hear.values.get(ids.IN_CHANNELS)
    channels = chosen if isinstance(chosen, list) else []
    done: int | Refused | None = None
    async with hear.front.work() as work:
        item = await _item(work, programme, hear.meta.get("d", ""), hear.now)
        if item is not None:
            done = await announcements.publish(
                work, programme, hear.who, item, channels, now=hear.now, ids=hear.front.ids
            )
    if done is None or isinstance(done, Refused):
        return await errors.refused(hear)
    return {"response_action": "update", "view": views.published(hear.t, programme, done)}


async def update_all(hear: Hear) -> Answer:
    """Make everything of one kind new, wherever it stands."""
    return await _everywhere(hear, removing=False)


async def remove_all(hear: Hear) -> Answer:
    """Take everything of one kind down, wherever it stands."""
    return await _everywhere(hear, removing=True)


async def _everywhere(hear: Hear, *, removing: bool) -> Answer:
    programme = hear.programme
    if programme is None or hear.value not in (FRONT_DOOR, DATE):
        return await errors.refused(hear)
    act = announcements.remove_all if removing else announcements.update_all
    async with hear.front.work() as work:
        done = await act(work, programme, hear.who, hear.value, now=hear.now)
    view = None if isinstance(done, Refused) else await _desk(hear, programme)
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.PAGES): open_desk,
    (Kind.ACTION, ids.ANNOUNCE_DOOR): choose_door,
    (Kind.ACTION, ids.ANNOUNCE_DATE): choose_date,
    (Kind.SUBMIT, ids.VIEW_ANNOUNCE): publish,
    (Kind.ACTION, ids.UPDATE_ALL): update_all,
    (Kind.ACTION, ids.REMOVE_ALL): remove_all,
}
