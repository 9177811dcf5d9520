"""The forms of whoever organises: each comes back once with what it would do, and does it when it is sent once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from handlers import errors, ids
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.led import At, at, organised
from handlers.organise import desk_view, refresh
from handlers.payloads import blocks_of, unseen
from handlers.views import organise as page_views
from handlers.views import organise_forms as views
from peersupport import organising, organising_dates, series_form
from peersupport.actors import entitled, refuse
from peersupport.organising import Faster, Kept, Unsound
from peersupport.organising_dates import Counted, Details
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.programme import Programme
from peersupport.rhythm import Rhythm
from peersupport.series import Series
from peersupport.series_form import Draft, Part

FIELD = {
    Part.TITLE: ids.IN_TITLE_EN,
    Part.TITLE_FR: ids.IN_TITLE_FR,
    Part.KIND: ids.IN_SERIES_KIND,
    Part.FIRST: ids.IN_FIRST_ON,
    Part.ZONE: ids.IN_ZONE,
    Part.TIMES: ids.IN_TIMES,
    Part.MINUTES: ids.IN_MINUTES,
    Part.CAPACITY: ids.IN_CAPACITY,
    Part.MINIMUM: ids.IN_MINIMUM,
    Part.CLOSES: ids.IN_CLOSES_ON,
}
"""The field at which a fault of each part is shown."""
TYPED = (ids.IN_TITLE_EN, ids.IN_TITLE_FR, ids.IN_ABOUT_EN, ids.IN_ABOUT_FR, ids.IN_HOST)
AMISS = -1


async def new(hear: Hear) -> Answer:
    """Open an empty form."""
    programme = organised(hear.front.programmes.get(hear.value))
    if programme is None or not await _organises(hear, programme):
        return await errors.refused(hear)
    await hear.push(views.series(hear.t, programme, Draft("", zone=programme.clock.tz)))
    return None


async def copy(hear: Hear) -> Answer:
    """Open the form as another series fills it, without its times."""
    found = await _series(hear)
    if found is None:
        return await errors.refused(hear)
    here, series = found
    await hear.push(views.series(hear.t, here.programme, series_form.draft_of(series, copied=True)))
    return None


async def edit(hear: Hear) -> Answer:
    """Open the form of a series that there is."""
    found = await _series(hear)
    if found is None:
        return await errors.refused(hear)
    here, series = found
    draft, seen = series_form.draft_of(series), organising.mark(series)
    view = views.series(hear.t, here.programme, draft, before=series, handle=here.handle, seen=seen)
    await hear.push(view)
    return None


async def _series(hear: Hear) -> tuple[At, Series] | None:
    here = at(hear)
    if here is None:
        return None
    async with hear.front.work() as work:
        series = await organising.organised(work, here.programme, hear.who, here.series)
        if series is None:
            await refuse(work, hear.now)
    return (here, series) if series is not None else None


async def send_series(hear: Hear) -> Answer:
    """Check the form of a series, or do what it says where it was checked and has not changed since."""
    programme = organised(hear.programme)
    if programme is None or not await _organises(hear, programme):
        return await errors.refused(hear)
    amiss = {block: hear.t("pages.unseen") for block in TYPED if unseen(_text(hear.values, block))}
    if amiss:
        return {"response_action": "errors", "errors": amiss}
    return await (_edit(hear) if hear.meta.get("x") == views.EDIT else _create(hear, programme))


async def _create(hear: Hear, programme: Programme) -> Answer:
    draft = _draft(hear.values)
    faults = series_form.check(programme, draft, hear.now)
    if faults:
        return _errors(hear, faults)
    made, checked = series_form.made_of(programme, draft, hear.front.ids.new()), _digest(draft)
    if hear.meta.get("c") != checked:
        view = views.series(hear.t, programme, draft, made=made, checked=checked)
        return {"response_action": "update", "view": view}
    async with hear.front.work() as work:
        outcome = await organising.create(
            work, programme, hear.who, draft, key=hear.key, now=hear.now, ids=hear.front.ids
        )
    match outcome:
        case Unsound(faults):
            return _errors(hear, faults)
        case Refused():
            return await errors.refused(hear)
        case Kept(series):
            hear.front.spawn(_refresh_desk(hear, programme))
            words = hear.t("series.created", title=page_views.title_of(series, hear.t))
            view = page_views.done(hear.t, programme, words, after=hear.t("series.created_then"))
            return {"response_action": "update", "view": view}


async def _refresh_desk(hear: Hear, programme: Programme) -> None:
    root = (hear.view or {}).get("root_view_id")
    view = await desk_view(hear, programme) if isinstance(root, str) else None
    if isinstance(root, str) and view is not None:
        await hear.front.screens.replace(root, view)


async def _edit(hear: Hear) -> Answer:
    found = await _series(hear)
    if found is None:
        return await errors.refused(hear)
    here, series = found
    draft = _draft(hear.values, series)
    checked = _digest(draft)
    again = hear.meta.get("c") == checked
    act = organising.edit if again else organising.check_edit
    async with hear.front.work() as work:
        outcome = await act(work, here.programme, hear.who, here.series, draft, here.seen, now=hear.now)
    match outcome:
        case Unsound(faults):
            return _errors(hear, faults)
        case Faster():
            return faster(hear)
        case Refused():
            return await errors.refused(hear)
        case Kept(made) if again:
            refresh(hear, here)
            words = hear.t("series.saved", title=page_views.title_of(made, hear.t))
            return {"response_action": "update", "view": page_views.done(hear.t, here.programme, words)}
        case Kept(made):
            view = views.series(
                hear.t, here.programme, draft, before=series, handle=here.handle, seen=here.seen, made=made,
                checked=checked,
            )  # fmt: skip
            return {"response_action": "update", "view": view}


def faster(hear: Hear) -> Answer:
    """Say that somebody else was faster, at the first field: what was typed stays. Without fields, in a page."""
    shown = blocks_of(hear.view)
    first = next(iter(shown), None)
    if first is not None:
        return {"response_action": "errors", "errors": {first: hear.t("organise.faster")}}
    view = page_views.gone(hear.t, hear.programme, "organise.faster_page")
    return {"response_action": "update", "view": view}


def _errors(hear: Hear, faults: tuple[tuple[Part, series_form.Fault], ...]) -> Answer:
    shown = blocks_of(hear.view)
    found = {FIELD[part]: hear.t(f"series.fault.{fault.value}") for part, fault in faults}
    there = {block: words for block, words in found.items() if block in shown}
    return {"response_action": "errors", "errors": there or {next(iter(shown)): next(iter(found.values()))}}


def _digest(draft: Draft) -> str:
    return sha256(repr(draft).encode()).hexdigest()[:12]


def _draft(values: Mapping[str, Any], before: Series | None = None) -> Draft:
    """Read the form; what a series that is changed has no field for stays as it is."""
    base = series_form.draft_of(before) if before is not None else Draft("")
    options = values.get(ids.IN_SERIES_OPTIONS) or ()
    draft = replace(
        base,
        title_en=_text(values, ids.IN_TITLE_EN),
        title_fr=_text(values, ids.IN_TITLE_FR),
        about_en=_text(values, ids.IN_ABOUT_EN),
        about_fr=_text(values, ids.IN_ABOUT_FR),
    )
    if ids.IN_SERIES_KIND in values:
        draft = replace(draft, kind=_text(values, ids.IN_SERIES_KIND))
    if ids.IN_RHYTHM in values:
        rhythm = _text(values, ids.IN_RHYTHM)
        draft = replace(
            draft,
            planned=values.get(ids.IN_SERIES_STATE) == views.PLANNED,
            first=moment(values, ids.IN_FIRST_ON, ids.IN_FIRST_AT),
            zone=_text(values, ids.IN_ZONE),
            rhythm=Rhythm(rhythm) if rhythm in set(Rhythm) else Rhythm.ONCE,
            times=number(values, ids.IN_TIMES),
        )
    if ids.IN_MINUTES not in values:
        return draft
    return replace(
        draft,
        minutes=number(values, ids.IN_MINUTES),
        capacity=number(values, ids.IN_CAPACITY),
        minimum=number(values, ids.IN_MINIMUM),
        waitlist=views.WAITLIST in options,
        alias=views.ALIAS in options,
        presenters=views.PRESENTERS in options,
        formats=tuple(values.get(ids.IN_FORMATS) or ()),
        roles=tuple(values.get(ids.IN_SERIES_ROLES) or ()),
        place=_text(values, ids.IN_PLACE),
        host=_text(values, ids.IN_HOST),
        closes=moment(values, ids.IN_CLOSES_ON, ids.IN_CLOSES_AT),
    )


def number(values: Mapping[str, Any], block: str) -> int | None:
    """Read a whole number: None where nothing was typed, -1 where it is none."""
    text = _text(values, block).strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() else AMISS


def moment(values: Mapping[str, Any], on: str, at_hour: str) -> datetime | None:
    """Read a day and an hour as a wall time; None where one of them is missing."""
    try:
        day = date.fromisoformat(_text(values, on))
        return datetime.combine(day, time.fromisoformat(_text(values, at_hour)))
    except ValueError:
        return None


def _text(values: Mapping[str, Any], block: str) -> str:
    held = values.get(block)
    return held if isinstance(held, str) else ""


async def _organises(hear: Hear, programme: Programme) -> bool:
    async with hear.front.work() as work:
        allowed = await entitled(work, programme, hear.who, Duty.ORGANISE) is not None
        if not allowed:
            await refuse(work, hear.now)
    return allowed


async def open_link(hear: Hear) -> Answer:
    """Open the form for the link to join."""
    found = await _series(hear)
    if found is None:
        return await errors.refused(hear)
    here, series = found
    async with hear.front.work() as work:
        text = await organising.link(work, here.programme, hear.who, here.series, now=hear.now)
    if isinstance(text, Refused):
        return await errors.refused(hear)
    await hear.push(views.link(hear.t, here.programme, series, text, here.handle))
    return None


async def send_link(hear: Hear) -> Answer:
    """Keep the link to join, sealed."""
    here, text = at(hear), _text(hear.values, ids.IN_LINK).strip()
    if here is None or not await _organises(hear, here.programme):
        return await errors.refused(hear)
    if text and not organising.is_link(text):
        return {"response_action": "errors", "errors": {ids.IN_LINK: hear.t("link.fault")}}
    async with hear.front.work() as work:
        kept = await organising.keep_link(work, here.programme, hear.who, here.series, text, now=hear.now)
    if isinstance(kept, Refused):
        return await errors.refused(hear)
    refresh(hear, here)
    words = hear.t("link.kept" if text else "link.gone")
    return {"response_action": "update", "view": page_views.done(hear.t, here.programme, words)}


async def open_describe(hear: Hear) -> Answer:
    """Open the form for topic, presenter and format of a date."""
    return await _open_day_form(hear, views.describe)


async def open_count(hear: Hear) -> Answer:
    """Open the form for the number that came."""
    return await _open_day_form(hear, views.count)


async def _open_day_form(hear: Hear, form: Any) -> Answer:
    here = at(hear)
    if here is None or here.on is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await organising.day(work, here.programme, hear.who, here.series, here.on, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    await hear.push(form(hear.t, here.programme, found, here.handle))
    return None


async def send_describe(hear: Hear) -> Answer:
    """Write down what is said about a date; nobody is written to."""
    here = at(hear)
    if here is None or here.on is None or not await _organises(hear, here.programme):
        return await errors.refused(hear)
    typed = (ids.IN_TOPIC_EN, ids.IN_TOPIC_FR, ids.IN_PRESENTER)
    amiss = {block: hear.t("pages.unseen") for block in typed if unseen(_text(hear.values, block))}
    if amiss:
        return {"response_action": "errors", "errors": amiss}
    details = Details(
        topic_en=_text(hear.values, ids.IN_TOPIC_EN),
        topic_fr=_text(hear.values, ids.IN_TOPIC_FR),
        presenter=_text(hear.values, ids.IN_PRESENTER),
        presenter_ok=views.SAID_YES in (hear.values.get(ids.IN_PRESENTER_OK) or ()),
        format=_text(hear.values, ids.IN_FORMAT),
    )
    async with hear.front.work() as work:
        outcome = await organising_dates.describe(
            work, here.programme, hear.who, here.series, here.on, details, here.seen, now=hear.now
        )
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    if isinstance(outcome, Faster):
        return faster(hear)
    refresh(hear, here)
    return {"response_action": "update", "view": page_views.done(hear.t, here.programme, hear.t("describe.kept"))}


async def send_count(hear: Hear) -> Answer:
    """Ask once whether the number is meant, then write it down for good."""
    here, present = at(hear), number(hear.values, ids.IN_PRESENT)
    if here is None or here.on is None or not await _organises(hear, here.programme):
        return await errors.refused(hear)
    if present is None or not 0 <= present <= organising_dates.MOST_PRESENT:
        return {"response_action": "errors", "errors": {ids.IN_PRESENT: hear.t("series.fault.not_a_number")}}
    async with hear.front.work() as work:
        if hear.meta.get("c") != str(present):
            found = await organising.day(work, here.programme, hear.who, here.series, here.on, now=hear.now)
            if isinstance(found, Refused):
                return await errors.refused(hear)
            view = views.count(hear.t, here.programme, found, here.handle, number=present)
            return {"response_action": "update", "view": view}
        outcome = await organising_dates.count(
            work, here.programme, hear.who, here.series, here.on, present, now=hear.now
        )
    match outcome:
        case Refused():
            return await errors.refused(hear)
        case Faster():
            return faster(hear)
        case Counted(kept):
            refresh(hear, here)
            words = hear.t.count("count.kept", kept)
            return {"response_action": "update", "view": page_views.done(hear.t, here.programme, words)}


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.NEW_SERIES): new,
    (Kind.ACTION, ids.COPY_SERIES): copy,
    (Kind.ACTION, ids.EDIT_SERIES): edit,
    (Kind.SUBMIT, ids.VIEW_SERIES): send_series,
    (Kind.ACTION, ids.SERIES_LINK): open_link,
    (Kind.SUBMIT, ids.VIEW_SERIES_LINK): send_link,
    (Kind.ACTION, ids.DESCRIBE_DAY): open_describe,
    (Kind.SUBMIT, ids.VIEW_DAY): send_describe,
    (Kind.ACTION, ids.COUNT_DAY): open_count,
    (Kind.SUBMIT, ids.VIEW_COUNT): send_count,
}
