"""The column's pages: where it is read, the monthly note, what is only thought of, and offers to write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, pages
from peersupport.column import LONGEST_LINE, LONGEST_WORDS, Pitching, Read
from peersupport.ports_pages import Pitch
from peersupport.programme import Programme
from peersupport.programme_values import Text
from peersupport.series import Series

if TYPE_CHECKING:
    from handlers.hear import Front

MOST_PLANNED, MOST_PITCHES = 10, 20


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of one person: whether they get the note, and where they said that they would come."""

    reads: bool
    planned: Sequence[tuple[Series, bool]] = ()


def door(programme: Programme, t: Translator) -> list[Block]:
    """Return the column's row in the menu; nothing where the programme has none."""
    if programme.column is None:
        return []
    words = programme.text(programme.column.about, t.language)
    button = kit.button(t("column.door"), ids.COLUMN, programme.id)
    return [kit.section(words, f"column.{programme.id}", button)]


def page(front: Front, t: Translator, programme: Programme, shown: Shown) -> kit.View:
    """Return the column's page."""
    column = programme.column
    assert column is not None
    blocks: list[Block] = [
        kit.header(programme.text(column.title, t.language), "title"),
        kit.section(programme.text(column.about, t.language), "about"),
    ]
    where = front.resources.get(column.read_at)
    if where is not None:
        blocks += pages.resources([where], t.language, "where", t("column.read_it"))
    blocks.append(kit.section(t("column.on" if shown.reads else "column.off"), "note", _switch(t, programme, shown)))
    if column.pitches:
        blocks.append(kit.section(t("column.offer"), "offer", kit.button(t("column.pitch"), ids.PITCH, programme.id)))
    if shown.planned:
        blocks.append(kit.header(t("column.planned"), "planned"))
        blocks.append(kit.context(t("column.planned_about"), "planned_about"))
    blocks += [thought_of(series, t, said=said) for series, said in shown.planned[:MOST_PLANNED]]
    return _page(t, t("column.door"), programme, blocks, ids.VIEW_COLUMN)


def idea(t: Translator, programme: Programme, text: Text, *, reads: bool) -> kit.View:
    """Return this month's idea for those who lead or teach, and the switch of its note."""
    blocks: list[Block] = [
        kit.context(t("column.ideas_about"), "about"),
        kit.section(programme.text(text, t.language), "idea"),
        kit.section(t("column.on" if reads else "column.off"), "note", _switch(t, programme, Shown(reads))),
    ]
    return _page(t, t("column.ideas"), programme, blocks, ids.VIEW_COLUMN)


def _switch(t: Translator, programme: Programme, shown: Shown) -> Element:
    words = t("column.stop" if shown.reads else "column.start")
    return kit.button(words, ids.READ, programme.id, style=None if shown.reads else "primary")


def thought_of(series: Series, t: Translator, *, said: bool) -> Block:
    """Return a row for what has no dates so far, with the button that says, or takes back, that one would come."""
    french = t.language == "fr"
    title, about = (series.title_fr, series.about_fr) if french else (series.title_en, series.about_en)
    words = t("column.take_back" if said else "column.would_come")
    button = kit.button(words, ids.INTEREST, str(series.id), says=f"{words}, {title}"[:75])
    lines = [title, about, *([t("column.said")] if said else [])]
    return kit.section("\n".join(lines), f"thought_of.{series.id}", button)


def pitch(front: Front, t: Translator, programme: Programme) -> kit.View:
    """Return the form of an offer to write."""
    reach = kit.text_field(ids.IN_PITCH_REACH, longest=LONGEST_LINE)
    name = kit.text_field(ids.IN_PITCH_NAME, longest=LONGEST_LINE)
    words = kit.text_field(ids.IN_PITCH_WORDS, longest=LONGEST_WORDS, multiline=True)
    blocks: list[Block] = [
        kit.alert(t("column.no_patient"), "no_patient", level="warning"),
        kit.section(t("column.pitch_about"), "about"),
        kit.field(t("column.pitch_words"), words, ids.IN_PITCH_WORDS, hint=t("column.pitch_hint")),
        kit.field(t("column.pitch_name"), name, ids.IN_PITCH_NAME, optional=True),
        kit.field(t("column.pitch_reach"), reach, ids.IN_PITCH_REACH, hint=t("column.pitch_reach_hint")),
        pages.strip(front, t.language),
    ]
    return kit.modal(
        t("column.pitch_title"),
        blocks,
        callback_id=ids.VIEW_PITCH,
        submit=t("column.send"),
        close=t("column.not_now"),
        metadata=kit.meta(t.language, programme.id),
        clear_on_close=True,
    )


def pitched(t: Translator, programme: Programme, outcome: Pitching) -> kit.View:
    """Return what becomes of an offer."""
    return _page(
        t, t("column.pitch_title"), programme, [kit.section(t(f"column.{outcome.value}"), "words")], ids.VIEW_PAGE
    )


# For administrators


def pitches(t: Translator, programme: Programme, found: Sequence[tuple[Pitch, str]]) -> kit.View:
    """Return the offers that wait, by day; whose they are is behind the button. Each comes with its handle."""
    blocks: list[Block] = [kit.section(t("column.list_about" if found else "column.list_none"), "about")]
    for place, (each, handle) in enumerate(found[:MOST_PITCHES]):
        when = t.when(each.made_at, programme.clock.tz, programme.clock.label.get(t.language))
        blocks.append(kit.section(when, f"pitch.{place}", kit.button(t("column.open"), ids.OPEN_PITCH, handle)))
    return _page(t, t("column.list_title"), programme, blocks, ids.VIEW_PAGE)


def opened(t: Translator, programme: Programme, read: Read, handle: str) -> kit.View:
    """Return one offer, with the button that erases it once it is answered."""
    if read.idea is None:
        return gone(t, programme)
    pairs = [(t("column.pitch_name"), read.idea.name), (t("column.pitch_reach"), read.idea.reach)]
    ask = kit.confirm(t("column.erase_title"), t("column.erase_ask"), t("column.erase_yes"), t("column.not_now"))
    blocks = [
        *kit.facts([(label, value) for label, value in pairs if value], "who"),
        kit.section(read.idea.words, "words"),
        kit.context(t("column.kept_until"), "kept"),
        kit.actions([kit.button(t("column.answered"), ids.PITCH_ANSWERED, handle, ask=ask)], "buttons"),
    ]
    return _page(t, t("column.list_title"), programme, blocks, ids.VIEW_PAGE)


def gone(t: Translator, programme: Programme) -> kit.View:
    """Return what stands where an offer was erased."""
    return _page(t, t("column.list_title"), programme, [kit.section(t("column.erased"), "words")], ids.VIEW_PAGE)


def _page(t: Translator, title: str, programme: Programme, blocks: Sequence[Block], callback: str) -> kit.View:
    metadata = kit.meta(t.language, programme.id)
    return kit.modal(title, blocks, callback_id=callback, close=t("pages.close"), metadata=metadata)
