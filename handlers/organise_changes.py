"""An organiser moves, skips, calls off or adds: first what people would get, then, with the next press, the change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from handlers import errors, ids
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.led import At, at
from handlers.organise import refresh
from handlers.organise_forms import faster, moment
from handlers.views import organise as page_views
from handlers.views import organise_changes as views
from handlers.views.organise_changes import OF_SERIES, TIMED, Deed
from peersupport import organising, organising_dates, schedule, session_changes
from peersupport.organising import Faster
from peersupport.outcomes import Refused
from peersupport.series import Series
from peersupport.session_changes import Change, Step, Unfit

_DEEDS = {
    ids.ADD_DAY: Deed.ADD,
    ids.MOVE_DAY: Deed.MOVE,
    ids.SKIP_DAY: Deed.SKIP,
    ids.CANCEL_DAY: Deed.CANCEL,
    ids.RESTORE_DAY: Deed.RESTORE,
    ids.KEEP_DAY: Deed.KEEP,
    ids.CANCEL_SERIES: Deed.CALL_OFF,
}
"""What each button begins."""


async def open_change(hear: Hear) -> Answer:
    """Open a change: where it needs a time, the fields for it, else at once what people would get."""
    here, deed = at(hear), _DEEDS[hear.id]
    view = await _begin(hear, here, deed) if here else None
    if view is None:
        return await errors.refused(hear)
    await hear.push(view)
    return None


async def _begin(hear: Hear, here: At, deed: Deed) -> dict[str, Any] | None:
    """Return the first view of a change; None where it is not for this person."""
    async with hear.front.work() as work:
        if deed in OF_SERIES:
            page = await organising.page(work, here.programme, hear.who, here.series, now=hear.now)
            if isinstance(page, Refused):
                return None
            series, seen, wall = page.series, page.seen, page.series.enrol_closes if deed is Deed.EXTEND else None
            here = replace(here, on=None)
        elif here.on is None:
            return None
        else:
            day = await organising.day(work, here.programme, hear.who, here.series, here.on, now=hear.now)
            if isinstance(day, Refused):
                return None
            series, seen, wall = day.series, day.seen, schedule.wall(day.row)
    if deed not in TIMED:
        return await _previewed(hear, replace(here, seen=seen), deed, series, wall, None)
    return _view(hear, replace(here, seen=seen), deed, series, wall)


def _view(
    hear: Hear,
    here: At,
    deed: Deed,
    series: Series,
    wall: datetime | None,
    to: datetime | None = None,
    preview: Change | None = None,
) -> dict[str, Any]:
    return views.change(
        hear.t,
        hear.front.texts,
        here.programme,
        deed,
        series,
        handle=here.handle,
        seen=here.seen,
        on=here.on.isoformat() if here.on else "",
        wall=wall,
        to=to,
        preview=preview,
    )


async def _previewed(
    hear: Hear, here: At, deed: Deed, series: Series, wall: datetime | None, to: datetime | None
) -> dict[str, Any] | None:
    """Return the view with what people would get, or the page that says why it cannot be; None where it is refused."""
    step = _step(deed, here.on, to)
    if step is None:
        return None
    async with hear.front.work() as work:
        outcome = await organising_dates.preview(
            work, here.programme, hear.who, here.series, step, here.seen, now=hear.now
        )
    match outcome:
        case Refused():
            return None
        case Faster():
            return page_views.gone(hear.t, here.programme, "organise.faster_page")
        case Unfit():
            return page_views.gone(hear.t, here.programme, f"change.unfit.{outcome.value}")
        case Change():
            return _view(hear, here, deed, series, wall, to, outcome)


def _step(deed: Deed, on: datetime | None, to: datetime | None) -> Step | None:
    """Return the step that a deed takes; None where it lacks a date or a time."""
    match deed:
        case Deed.RUN_SERIES:
            return session_changes.RunSeries()
        case Deed.CALL_OFF:
            return session_changes.CallOff()
        case Deed.EXTEND:
            return session_changes.Extend(to) if to else None
        case Deed.ADD:
            return session_changes.Add(to) if to else None
    if on is None:
        return None
    match deed:
        case Deed.MOVE:
            return session_changes.Move(on, to) if to else None
        case Deed.SKIP:
            return session_changes.Skip(on)
        case Deed.CANCEL:
            return session_changes.Cancel(on)
        case Deed.RESTORE:
            return session_changes.Restore(on)
        case Deed.KEEP:
            return session_changes.Keep(on)
        case _:
            return session_changes.Run(on)


async def send_change(hear: Hear) -> Answer:
    """Show what people would get, or make the change where that was shown and nothing was typed anew."""
    here = at(hear)
    deed = next((each for each in Deed if each.value == hear.meta.get("k")), None)
    if here is None or deed is None:
        return await errors.refused(hear)
    to = moment(hear.values, ids.IN_NEW_ON, ids.IN_NEW_AT) if deed in TIMED else None
    if deed in TIMED and to is None:
        return {"response_action": "errors", "errors": {ids.IN_NEW_ON: hear.t("series.fault.missing")}}
    step = _step(deed, here.on, to)
    if step is None:
        return await errors.refused(hear)
    checked = hear.meta.get("c") == (to.isoformat() if to else "yes")
    act = organising_dates.change if checked else organising_dates.preview
    async with hear.front.work() as work:
        outcome = await act(work, here.programme, hear.who, here.series, step, here.seen, now=hear.now)
        series = await work.series.get(here.series)
        day = await organising.day_of(work, here.programme, here.series, here.on) if here.on else None
    match outcome:
        case Faster():
            return faster(hear)
        case Unfit() if deed in TIMED:
            words = hear.t(f"change.unfit.{outcome.value}")
            return {"response_action": "errors", "errors": {ids.IN_NEW_ON: words}}
        case Unfit():
            view = page_views.gone(hear.t, here.programme, f"change.unfit.{outcome.value}")
            return {"response_action": "update", "view": view}
        case Change() if checked:
            refresh(hear, here)
            return {"response_action": "update", "view": views.made(hear.t, here.programme, deed, outcome)}
        case Change() if series is not None:
            wall = schedule.wall(day.row) if day else (series.enrol_closes if deed is Deed.EXTEND else None)
            view = _view(hear, here, deed, series, wall, to, outcome)
            return {"response_action": "update", "view": view}
        case _:
            return await errors.refused(hear)


async def open_decision(hear: Hear) -> Answer:
    """Open the choice where too few have registered: of a date, or of a course."""
    here = at(hear)
    if here is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found: Any
        if here.on is not None:
            found = await organising.day(work, here.programme, hear.who, here.series, here.on, now=hear.now)
        else:
            found = await organising.page(work, here.programme, hear.who, here.series, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    await hear.push(views.decide(hear.t, here.programme, found, here.handle))
    return None


async def send_decision(hear: Hear) -> Answer:
    """Go on to what was chosen, with what people would get."""
    here = at(hear)
    deed = next((each for each in Deed if each.value == hear.values.get(ids.IN_DECISION)), None)
    view = await _begin(hear, here, deed) if here and deed else None
    if view is None:
        return await errors.refused(hear)
    return {"response_action": "update", "view": view}


LISTENERS: dict[tuple[Kind, str], Listener] = {
    **{(Kind.ACTION, name): open_change for name in _DEEDS},
    (Kind.SUBMIT, ids.VIEW_SESSION_CHANGE): send_change,
    (Kind.ACTION, ids.DECIDE): open_decision,
    (Kind.SUBMIT, ids.VIEW_DECIDE): send_decision,
}
