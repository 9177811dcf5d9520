"""The forms of whoever organises: a series, its link to join, what one date is about, how many came.

A form that is sent first comes back with what it would do on top, and does it when it is sent once more unchanged. What
was typed stays in its fields all the while: hidden view data hold a mark of it and no word.
"""

from __future__ import annotations

from collections.abc import Sequence

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, session_times
from handlers.views.organise import rhythm, title_of
from peersupport.organising import LONGEST_LINK, Day
from peersupport.organising_dates import LONGEST_NAME, LONGEST_TOPIC
from peersupport.programme import Programme
from peersupport.rhythm import Rhythm
from peersupport.series import Series
from peersupport.series_form import KINDS, LONGEST_ABOUT, LONGEST_TITLE, OUTSIDE, PLACES, Draft, zones

PLANNED, OPEN = "planned", "open"
WAITLIST, ALIAS, PRESENTERS, SAID_YES = "waitlist", "alias", "presenters", "yes"
"""What the ticks carry."""
NEW, EDIT = "new", "edit"
"""What becomes of the form, in its hidden data."""
FORMATS = ("large_group", "small_groups")


def series(
    t: Translator,
    programme: Programme,
    draft: Draft,
    *,
    before: Series | None = None,
    handle: str | None = None,
    seen: str = "",
    made: Series | None = None,
    checked: str = "",
) -> kit.View:
    """Return the form of a series; `before` is the one that is changed, `made` what the form would make of it."""
    changes = before is not None
    times = before is None or before.starts is None
    blocks: list[Block] = []
    if made is not None:
        blocks += _check(t, programme, made, changes=changes)
    elif not times:
        blocks.append(kit.context(t("series.times_elsewhere"), "elsewhere"))
    blocks += _words(t, draft)
    if not changes:
        blocks.append(_kind(t, draft))
    if times:
        blocks += _times(t, programme, draft)
    if draft.kind != OUTSIDE:
        blocks += _rest(t, programme, draft)
    send = ("series.save" if changes else "series.create") if made is not None else "series.check"
    what = EDIT if changes else NEW
    return _form(t, "series.title_edit" if changes else "series.title_new", programme, blocks, ids.VIEW_SERIES, send,
                 handle=handle, x=what, v=seen, c=checked)  # fmt: skip


def _check(t: Translator, programme: Programme, made: Series, *, changes: bool) -> list[Block]:
    return [
        kit.alert(t("series.checked"), "checked"),
        kit.section(f"{title_of(made, t)}\n{rhythm(made, programme, t)}", "checked_when"),
        kit.context(t("series.tells_nobody" if changes else "series.new_tells_nobody"), "checked_tells"),
    ]


def _words(t: Translator, draft: Draft) -> list[Block]:
    def title(block: str, value: str) -> Block:
        label = t("series.title.en" if block == ids.IN_TITLE_EN else "series.title.fr")
        return kit.field(label, kit.text_field(block, value=value, longest=LONGEST_TITLE), block, optional=True)

    def about(block: str, value: str) -> Block:
        label = t("series.about.en" if block == ids.IN_ABOUT_EN else "series.about.fr")
        field = kit.text_field(block, value=value, longest=LONGEST_ABOUT, multiline=True)
        return kit.field(label, field, block, optional=True)

    return [
        title(ids.IN_TITLE_EN, draft.title_en),
        title(ids.IN_TITLE_FR, draft.title_fr),
        about(ids.IN_ABOUT_EN, draft.about_en),
        about(ids.IN_ABOUT_FR, draft.about_fr),
    ]


def _kind(t: Translator, draft: Draft) -> Block:
    kinds = [(each, t(f"series.kind.{each}")) for each in KINDS]
    chosen = draft.kind if draft.kind in KINDS else KINDS[0]
    return kit.field(t("series.kind"), kit.radios(ids.IN_SERIES_KIND, kinds, chosen), ids.IN_SERIES_KIND)


def _times(t: Translator, programme: Programme, draft: Draft) -> list[Block]:
    states = [(OPEN, t("series.state.open")), (PLANNED, t("series.state.planned"))]
    where = [(zone, _zone(programme, zone, t)) for zone in zones(programme)]
    rhythms = [(each.value, t(f"series.rhythm.{each.value}")) for each in Rhythm]
    on = draft.first.date().isoformat() if draft.first else None
    at = f"{draft.first:%H:%M}" if draft.first else None
    times = kit.text_field(ids.IN_TIMES, value=_number(draft.times), longest=3)
    return [
        kit.field(
            t("series.state"),
            kit.radios(ids.IN_SERIES_STATE, states, PLANNED if draft.planned else OPEN),
            ids.IN_SERIES_STATE,
        ),
        kit.field(t("series.first_on"), kit.date_field(ids.IN_FIRST_ON, on), ids.IN_FIRST_ON, optional=True),
        kit.field(t("series.first_at"), kit.time_field(ids.IN_FIRST_AT, at), ids.IN_FIRST_AT, optional=True),
        kit.field(t("series.zone"), kit.select(ids.IN_ZONE, where, draft.zone or where[0][0]), ids.IN_ZONE),
        kit.field(
            t("series.rhythm"), kit.select(ids.IN_RHYTHM, rhythms, draft.rhythm.value), ids.IN_RHYTHM,
            hint=t("series.rhythm_hint"),
        ),
        kit.field(t("series.times"), times, ids.IN_TIMES, hint=t("series.times_hint"), optional=True),
    ]  # fmt: skip


def _zone(programme: Programme, zone: str, t: Translator) -> str:
    if zone == programme.clock.tz:
        return programme.clock.label.get(t.language)
    return zone.rpartition("/")[2].replace("_", " ")


def _rest(t: Translator, programme: Programme, draft: Draft) -> list[Block]:
    def number(label: str, block: str, value: int | None, *, hint: str = "", optional: bool = True) -> Block:
        field = kit.text_field(block, value=_number(value), longest=4)
        return kit.field(t(label), field, block, hint=t(hint) if hint else None, optional=optional)

    ticks = ((WAITLIST, draft.waitlist), (ALIAS, draft.alias), (PRESENTERS, draft.presenters))
    options = [(each, t(f"series.option.{each}")) for each, _ in ticks]
    places = [(each, t(f"series.place.{each}")) for each in PLACES]
    formats = [(each, t(f"series.format.{each}")) for each in FORMATS]
    roles = [
        (role.id, role.label.get(t.language)) for role in programme.eligibility.roles if role.outcome == "eligible"
    ]
    closes_on = draft.closes.date().isoformat() if draft.closes else None
    closes_at = f"{draft.closes:%H:%M}" if draft.closes else None
    chosen = [each for each, on in ticks if on]
    host = kit.text_field(ids.IN_HOST, value=draft.host, longest=LONGEST_NAME)
    blocks = [
        number("series.minutes", ids.IN_MINUTES, draft.minutes, optional=False),
        number("series.capacity", ids.IN_CAPACITY, draft.capacity, hint="series.capacity_hint"),
        number("series.minimum", ids.IN_MINIMUM, draft.minimum, hint="series.minimum_hint"),
        kit.field(
            t("series.options"), kit.checkboxes(ids.IN_SERIES_OPTIONS, options, chosen), ids.IN_SERIES_OPTIONS,
            optional=True,
        ),
        kit.field(
            t("series.formats"), kit.checkboxes(ids.IN_FORMATS, formats, draft.formats), ids.IN_FORMATS, optional=True
        ),
        kit.field(t("series.place"), kit.select(ids.IN_PLACE, places, draft.place), ids.IN_PLACE),
        kit.field(t("series.host"), host, ids.IN_HOST, hint=t("series.host_hint"), optional=True),
        kit.field(t("series.closes_on"), kit.date_field(ids.IN_CLOSES_ON, closes_on), ids.IN_CLOSES_ON, optional=True),
        kit.field(t("series.closes_at"), kit.time_field(ids.IN_CLOSES_AT, closes_at), ids.IN_CLOSES_AT, optional=True),
    ]  # fmt: skip
    if roles:
        picker = kit.multi_select(ids.IN_SERIES_ROLES, roles, draft.roles)
        hint = t("series.roles_hint")
        blocks.append(kit.field(t("series.roles"), picker, ids.IN_SERIES_ROLES, hint=hint, optional=True))
    return blocks


def _number(value: int | None) -> str | None:
    return None if value is None or value < 0 else str(value)


def link(t: Translator, programme: Programme, made: Series, text: str, handle: str) -> kit.View:
    """Return the form for the link to join."""
    field = kit.text_field(ids.IN_LINK, value=text, longest=LONGEST_LINK)
    blocks = [
        kit.section(t("link.about", title=title_of(made, t)), "about"),
        kit.field(t("link.label"), field, ids.IN_LINK, hint=t("link.hint"), optional=True),
    ]
    return _form(t, "link.title", programme, blocks, ids.VIEW_SERIES_LINK, "series.save", handle=handle)


def describe(t: Translator, programme: Programme, found: Day, handle: str) -> kit.View:
    """Return the form for topic, presenter and format of one date."""
    row = found.row
    formats = [(each, t(f"series.format.{each}")) for each in (found.series.formats or FORMATS)]

    def topic(block: str, value: str) -> Block:
        label = t("describe.topic.en" if block == ids.IN_TOPIC_EN else "describe.topic.fr")
        return kit.field(label, kit.text_field(block, value=value, longest=LONGEST_TOPIC), block, optional=True)

    presenter = kit.text_field(ids.IN_PRESENTER, value=row.presenter, longest=LONGEST_NAME)
    said_yes = kit.checkboxes(
        ids.IN_PRESENTER_OK, [(SAID_YES, t("describe.said_yes"))], [SAID_YES] if row.presenter_ok else []
    )
    blocks = [
        kit.section(session_times.begins(found.series, row, programme, t), "when"),
        topic(ids.IN_TOPIC_EN, row.topic_en),
        topic(ids.IN_TOPIC_FR, row.topic_fr),
        kit.field(t("describe.format"), kit.select(ids.IN_FORMAT, formats, row.format or None), ids.IN_FORMAT,
                  optional=True),
        kit.field(t("describe.presenter"), presenter, ids.IN_PRESENTER, hint=t("describe.presenter_hint"),
                  optional=True),
        kit.field(t("describe.yes_label"), said_yes, ids.IN_PRESENTER_OK, optional=True),
        kit.context(t("describe.tells_nobody"), "tells"),
    ]  # fmt: skip
    return _form(t, "describe.title", programme, blocks, ids.VIEW_DAY, "series.save",
                 handle=handle, o=found.meeting.on.isoformat(), v=found.seen)  # fmt: skip


def count(t: Translator, programme: Programme, found: Day, handle: str, *, number: int | None = None) -> kit.View:
    """Return the form for the number that came; with `number` it asks whether that is what is meant."""
    field = kit.text_field(ids.IN_PRESENT, value=_number(number), longest=3)
    blocks = [kit.section(session_times.begins(found.series, found.row, programme, t), "when")]
    if number is not None:
        blocks.append(kit.alert(t.count("count.checked", number), "checked"))
    blocks.append(kit.field(t("count.label"), field, ids.IN_PRESENT, hint=t("count.hint")))
    checked = "" if number is None else str(number)
    send = "series.check" if number is None else "series.save"
    return _form(t, "count.title", programme, blocks, ids.VIEW_COUNT, send,
                 handle=handle, o=found.meeting.on.isoformat(), v=found.seen, c=checked)  # fmt: skip


def _form(
    t: Translator,
    title: str,
    programme: Programme,
    blocks: Sequence[Block],
    view: str,
    send: str,
    *,
    handle: str | None,
    **meta: str,
) -> kit.View:
    return kit.modal(
        t(title),
        blocks,
        callback_id=view,
        submit=t(send),
        close=t("pages.back"),
        metadata=kit.meta(t.language, programme.id, handle, **meta),
    )
