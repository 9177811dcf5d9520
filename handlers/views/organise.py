"""What whoever organises sees: the series of a programme, one of them with its dates, one date. Counts, never names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, session_times
from peersupport import dates, schedule
from peersupport.organising import Counts, Day, Listed, Page
from peersupport.organising_dates import can_be_counted, course_needs_decision, needs_decision
from peersupport.programme import Programme
from peersupport.rhythm import LAST, Rhythm, read
from peersupport.series import DateState, MeetingDate, Series, SeriesState
from peersupport.series_form import OUTSIDE, SMALL_GROUP

OFF = (DateState.SKIPPED, DateState.CANCELLED)


def desk(programme: Programme, t: Translator) -> Block:
    """Return what Home has for somebody who organises the sessions of a programme."""
    name = programme.text(programme.name, t.language)
    button = kit.button(t("organise.open"), ids.ORGANISE, programme.id, says=f"{t('organise.open')}, {name}"[:75])
    return kit.section(t("organise.desk", programme=name), f"organise.{programme.id}", button)


def title_of(series: Series, t: Translator) -> str:
    """Return the name of a series in the reader's language."""
    return series.title_fr if t.language == "fr" else series.title_en


def topic_of(row: MeetingDate, t: Translator) -> str:
    """Return the topic of a date in the reader's language; empty where it has none."""
    return row.topic_fr if t.language == "fr" else row.topic_en


def listing(rows: Sequence[Listed], handles: Mapping[UUID, str], programme: Programme, t: Translator) -> kit.View:
    """Return the series of a programme, each with its next date and how many come."""
    blocks: list[Block] = [kit.section(t("organise.about"), "about")]
    blocks.append(kit.actions([kit.button(t("organise.new"), ids.NEW_SERIES, programme.id)], "new"))
    for place, row in enumerate(rows):
        title = title_of(row.series, t)
        button = kit.button(
            t("organise.look"), ids.OPEN_SERIES, handles[row.series.id], says=f"{t('organise.look')}, {title}"[:75]
        )
        lines = [title, _where_it_stands(row, programme, t)]
        if row.series.state is SeriesState.OPEN and row.series.kind != OUTSIDE and row.next is not None:
            lines.append(counted(row.counts, row.series, t))
        blocks.append(kit.section("\n".join(lines), f"series.{place}", button))
    if not rows:
        blocks.append(kit.section(t("organise.none"), "none"))
    return _page(t, "organise.title", programme, blocks)


def _where_it_stands(row: Listed, programme: Programme, t: Translator) -> str:
    if row.series.state is not SeriesState.OPEN:
        return t(f"organise.state.{row.series.state.value}")
    if row.next is None:
        return t("organise.no_date")
    return t("organise.next", when=session_times.begins(row.series, row.next, programme, t))


def counted(counts: Counts, series: Series, t: Translator) -> str:
    """Return how many have a place, are offered one and wait for one."""
    words = [t.count("organise.in", counts.places)]
    if series.capacity is not None:
        words = [t("organise.in_of", n=counts.places, capacity=series.capacity)]
    if counts.offered:
        words.append(t("organise.offered", n=counts.offered))
    if counts.waiting:
        words.append(t("organise.waiting", n=counts.waiting))
    return " · ".join(words)


def page(
    found: Page, handle: str, programme: Programme, t: Translator, now: datetime, *, more: Sequence[Block] = ()
) -> kit.View:
    """Return a series with its dates and everything that can be done to it."""
    series = found.series
    blocks: list[Block] = [
        kit.actions([kit.button(t("organise.back"), ids.ORGANISE_BACK, programme.id)], "back"),
        kit.header(title_of(series, t), "title"),
        kit.section(rhythm(series, programme, t), "rhythm"),
        *kit.facts(_facts(found, t), "facts"),
    ]
    if course_needs_decision(found, now):
        decide = kit.button(t("organise.decide"), ids.DECIDE, style="primary")
        words = t("organise.course_too_few", n=found.counts.places, minimum=series.minimum)
        blocks.append(kit.section(words, "too_few", decide))
    blocks += more
    if series.state in (SeriesState.OPEN, SeriesState.PLANNED):
        blocks.append(kit.actions(_deeds(found, handle, t), "deeds"))
    else:
        copy = kit.button(t("organise.copy"), ids.COPY_SERIES, handle)
        blocks += [kit.section(t(f"organise.state.{series.state.value}"), "state"), kit.actions([copy], "deeds")]
    if found.days:
        blocks.append(kit.divider("rule"))
    blocks += [_day_row(place, day, programme, t, now) for place, day in enumerate(found.days)]
    return _page(t, "organise.title", programme, blocks, h=handle)


def _facts(found: Page, t: Translator) -> list[tuple[str, str]]:
    series = found.series
    pairs = [
        (t("organise.fact.kind"), t(f"organise.kind.{series.kind}")),
        (t("organise.fact.minutes"), t("organise.minutes", n=series.minutes)),
    ]
    if series.kind == OUTSIDE:
        return pairs
    pairs.append((t("organise.fact.places"), _places(series, t)))
    if series.kind != SMALL_GROUP:
        pairs.append((t("organise.fact.registered"), counted(found.counts, series, t)))
    if series.minimum is not None:
        pairs.append((t("organise.fact.minimum"), str(series.minimum)))
    if series.place != "in_person":
        pairs.append((t("organise.fact.link"), t("organise.link_there" if found.has_link else "organise.link_none")))
    return pairs


def _places(series: Series, t: Translator) -> str:
    if series.capacity is None:
        return t("organise.no_limit")
    line = t("organise.with_line" if series.waitlist else "organise.without_line")
    return f"{series.capacity}, {line}"


def _deeds(found: Page, handle: str, t: Translator) -> list[Element]:
    series = found.series
    outside, meets = series.kind == OUTSIDE, series.state is SeriesState.OPEN
    deeds = [kit.button(t("organise.edit"), ids.EDIT_SERIES, handle)]
    if meets:
        deeds.append(kit.button(t("organise.add"), ids.ADD_DAY))
    if not outside:
        deeds.append(kit.button(t("organise.link"), ids.SERIES_LINK, handle))
        deeds.append(kit.button(t("organise.copy"), ids.COPY_SERIES, handle))
    if meets:
        deeds.append(kit.button(t("organise.cancel_series"), ids.CANCEL_SERIES, style="danger"))
    return deeds


def _day_row(place: int, day: Day, programme: Programme, t: Translator, now: datetime) -> Block:
    when = session_times.begins(day.series, day.row, programme, t)
    button = kit.button(
        t("organise.look"), ids.OPEN_DAY, day.meeting.on.isoformat(), says=f"{t('organise.look')}, {when}"[:75]
    )
    return kit.section("\n".join([when, *_standing(day, programme, t, now)]), f"day.{place}", button)


def _standing(day: Day, programme: Programme, t: Translator, now: datetime) -> list[str]:
    """Return what there is to say of a date: whether it stands, what it is about, and how many come."""
    row, series = day.row, day.series
    lines = [topic_of(row, t)] if topic_of(row, t) else []
    if row.state in OFF:
        return [*lines, t(f"organise.day.{row.state.value}")]
    if row.moved_to is not None:
        lines.append(t("organise.day.moved", was=session_times.at_wall(series, row.on, programme, t, yours=False)))
    if day.holiday:
        holiday = dates.holiday_in(series, schedule.wall(row).date(), t.language)
        lines.append(t("organise.day.holiday", holiday=holiday or day.holiday))
    if row.attended is not None:
        lines.append(t.count("organise.came", row.attended))
    elif can_be_counted(day, now):
        lines.append(t("organise.day.count_missing"))
    elif needs_decision(day, programme, now):
        lines.append(t("organise.day.too_few"))
    elif series.kind == SMALL_GROUP and schedule.instant(series, row) > now:
        lines.append(counted(day.counts, series, t))
    return lines


def day(found: Day, handle: str, programme: Programme, t: Translator, now: datetime, *, leads: bool) -> kit.View:
    """Return one date with everything that can be done to it; the run-sheet is for whoever leads sessions."""
    series, row = found.series, found.row
    blocks: list[Block] = [
        kit.header(title_of(series, t), "title"),
        kit.section(session_times.begins(series, row, programme, t), "when"),
    ]
    standing = _standing(found, programme, t, now)
    if standing:
        blocks.append(kit.section("\n".join(standing), "standing"))
    if row.presenter:
        key = "organise.presenter_shown" if row.presenter_ok else "organise.presenter_hidden"
        blocks.append(kit.section(t(key, name=row.presenter), "presenter"))
    if series.kind not in (OUTSIDE, SMALL_GROUP):
        blocks.append(kit.context(t("organise.expected", words=counted(found.counts, series, t)), "counts"))
    blocks += _day_deeds(found, programme, t, now, leads=leads)
    return _page(t, "organise.day_title", programme, blocks, h=handle, o=found.meeting.on.isoformat(), v=found.seen)


def _day_deeds(found: Day, programme: Programme, t: Translator, now: datetime, *, leads: bool) -> list[Block]:
    row, series = found.row, found.series
    ahead = schedule.instant(series, row) > now and series.state is SeriesState.OPEN
    first: list[Element] = []
    if needs_decision(found, programme, now):
        first.append(kit.button(t("organise.decide"), ids.DECIDE, style="primary"))
    if leads and row.state not in OFF and series.kind != OUTSIDE:
        first.append(kit.button(t("organise.run_sheet"), ids.RUN_SHEET))
    if can_be_counted(found, now) and series.kind != OUTSIDE:
        first.append(kit.button(t("organise.count"), ids.COUNT_DAY))
    if ahead and row.state is DateState.PLANNED:
        first.append(kit.button(t("organise.describe"), ids.DESCRIBE_DAY))
    if ahead and row.state in OFF:
        first.append(kit.button(t("organise.restore"), ids.RESTORE_DAY))
    blocks = [kit.actions(first, "deeds")] if first else []
    if ahead and row.state is DateState.PLANNED:
        second = [kit.button(t("organise.keep"), ids.KEEP_DAY)] if found.holiday else []
        second += [kit.button(t("organise.move"), ids.MOVE_DAY), kit.button(t("organise.skip"), ids.SKIP_DAY)]
        blocks.append(
            kit.actions([*second, kit.button(t("organise.cancel"), ids.CANCEL_DAY, style="danger")], "changes")
        )
        blocks.append(kit.context(t("organise.preview_first"), "preview_first"))
    return blocks


def rhythm(series: Series, programme: Programme, t: Translator) -> str:
    """Return how a series repeats, with date, wall time and zone in words."""
    if series.starts is None:
        return t("organise.rhythm.none")
    first = in_full(series, series.starts, programme, t)
    found = read(series.repeats, series.starts)
    if found is None:
        return t("organise.rhythm.by_list", first=first)
    if found.rhythm is Rhythm.ONCE:
        return t("organise.rhythm.once", first=first)
    day = t(f"dates.day.{found.weekday}")
    place = t(f"organise.place.{'last' if found.place == LAST else found.place}") if found.place else ""
    words = t(
        f"organise.rhythm.{found.rhythm.value}",
        day=day.lower() if t.language == "fr" else day,
        place=place,
        first=first,
    )
    return words if found.times is None else f"{words} {t('organise.rhythm.times', n=found.times)}"


def in_full(series: Series, moment: datetime, programme: Programme, t: Translator) -> str:
    """Return a wall time with weekday, date, year and label, and on the reader's clock too where that differs."""
    words = session_times.at_wall(series, moment, programme, t)
    head, _, tail = words.partition(", ")
    return f"{head} {moment.year}, {tail}"


def gone(t: Translator, programme: Programme | None, key: str) -> kit.View:
    """Return a short page that says what became of a deed."""
    metadata = kit.meta(t.language, programme.id if programme else None)
    blocks = [kit.section(t(key), "words")]
    return kit.modal(t("organise.title"), blocks, callback_id=ids.VIEW_PAGE, close=t("pages.close"), metadata=metadata)


def done(t: Translator, programme: Programme, words: str, *, after: str = "") -> kit.View:
    """Return what follows a deed: what was done, and what else may be wanted."""
    blocks = [kit.section(words, "words")]
    if after:
        blocks.append(kit.context(after, "after"))
    return _page(t, "organise.title", programme, blocks)


def _page(t: Translator, title: str, programme: Programme, blocks: Sequence[Block], **meta: str) -> kit.View:
    return kit.modal(
        t(title),
        blocks,
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id, meta.pop("h", None), **meta),
    )
