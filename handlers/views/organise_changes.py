"""A change to when something meets: what it asks for, what people would get, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from slackblocks import Block

from handlers import ids
from handlers.i18n import Texts, Translator
from handlers.views import kit, session_news, session_times
from handlers.views.organise import counted, in_full, title_of
from peersupport.organising import Day, Page
from peersupport.programme import Programme
from peersupport.series import Series
from peersupport.session_changes import Change


class Deed(StrEnum):
    """What can be changed about when something meets; in hidden view data."""

    MOVE = "move"
    SKIP = "skip"
    CANCEL = "cancel"
    RESTORE = "restore"
    KEEP = "keep"
    ADD = "add"
    RUN = "run"
    RUN_SERIES = "run_series"
    EXTEND = "extend"
    CALL_OFF = "call_off"


TIMED = frozenset({Deed.MOVE, Deed.ADD, Deed.EXTEND})
"""What asks for a day and an hour."""
OF_SERIES = frozenset({Deed.ADD, Deed.RUN_SERIES, Deed.EXTEND, Deed.CALL_OFF})
"""What names no date that there is."""


def change(
    t: Translator,
    texts: Texts,
    programme: Programme,
    deed: Deed,
    series: Series,
    *,
    handle: str,
    seen: str,
    on: str = "",
    wall: datetime | None = None,
    to: datetime | None = None,
    preview: Change | None = None,
) -> kit.View:
    """Return the view of a change. `wall` is the date as it stands, `to` the new time as it was typed.

    With `preview` it shows what people would get, and the next press makes the change if nothing was typed anew.
    """
    blocks: list[Block] = [kit.header(title_of(series, t), "title")]
    if wall is not None:
        key = "change.extend_now" if deed is Deed.EXTEND else "change.now"
        blocks.append(kit.section(t(key, when=session_times.at_wall(series, wall, programme, t)), "now"))
    if preview is not None:
        if to is not None:
            blocks.append(kit.section(t("change.then", when=in_full(series, to, programme, t)), "then"))
        blocks.append(kit.section(t(f"change.{deed.value}.about"), "about"))
        blocks += session_news.preview(preview, programme, texts, t)
    elif deed in TIMED:
        blocks.append(kit.section(t(f"change.{deed.value}.about"), "about"))
    if deed in TIMED:
        begin = to or wall
        clock = session_times.label_of(series, programme, t)
        on_day = kit.date_field(ids.IN_NEW_ON, begin.date().isoformat() if begin else None)
        at = kit.time_field(ids.IN_NEW_AT, f"{begin:%H:%M}" if begin else None)
        blocks += [
            kit.field(t("change.on"), on_day, ids.IN_NEW_ON),
            kit.field(t("change.at", clock=clock), at, ids.IN_NEW_AT),
        ]
    checked = "" if preview is None else (to.isoformat() if to else "yes")
    send = t("series.check") if preview is None else _send(t, deed, preview)
    meta = kit.meta(t.language, programme.id, handle, k=deed.value, o=on, v=seen, c=checked)
    return kit.modal(
        t(f"change.{deed.value}.title"),
        blocks,
        callback_id=ids.VIEW_SESSION_CHANGE,
        submit=send,
        close=t("pages.back"),
        metadata=meta,
    )


def _send(t: Translator, deed: Deed, preview: Change) -> str:
    return t(f"change.{deed.value}.send") if not preview.told else t("change.send_and_tell")


def made(t: Translator, programme: Programme, deed: Deed, done: Change) -> kit.View:
    """Return what follows a change."""
    words = t(f"change.{deed.value}.done")
    told = t.count("change.told", done.told) if done.told else t("change.told_nobody")
    blocks = [kit.section(words, "words"), kit.context(told, "told")]
    metadata = kit.meta(t.language, programme.id)
    return kit.modal(t("organise.title"), blocks, callback_id=ids.VIEW_PAGE, close=t("pages.close"), metadata=metadata)


def decide(t: Translator, programme: Programme, found: Day | Page, handle: str) -> kit.View:
    """Return what whoever leads it chooses where too few have registered: nobody else is told how many."""
    series = found.series
    deeds: Sequence[Deed] = (Deed.RUN, Deed.MOVE, Deed.CANCEL)
    if isinstance(found, Page):
        deeds = (Deed.RUN_SERIES, Deed.EXTEND, Deed.CALL_OFF)
        when = t("decide.course", when=_starts(series, programme, t))
        on = ""
    else:
        when, on = session_times.begins(series, found.row, programme, t), found.meeting.on.isoformat()
    words = t("decide.about", registered=counted(found.counts, series, t), minimum=series.minimum)
    choices = [(each.value, t(f"decide.{each.value}")) for each in deeds]
    blocks = [
        kit.header(title_of(series, t), "title"),
        kit.section(when, "when"),
        kit.section(words, "about"),
        kit.field(t("decide.label"), kit.radios(ids.IN_DECISION, choices), ids.IN_DECISION),
        kit.context(t("decide.private"), "private"),
    ]
    return kit.modal(
        t("decide.title"),
        blocks,
        callback_id=ids.VIEW_DECIDE,
        submit=t("series.check"),
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id, handle, o=on, v=found.seen),
    )


def _starts(series: Series, programme: Programme, t: Translator) -> str:
    return in_full(series, series.starts, programme, t) if series.starts else ""
