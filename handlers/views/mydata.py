"""What is held about a person, in plain words, as pages of text that can be copied; and what deleting it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, pages
from handlers.views.held import texts
from peersupport.addresses import Address
from peersupport.erasure import PersonErased
from peersupport.held import Section
from peersupport.programme import Programme

if TYPE_CHECKING:
    from handlers.hear import Front

PAGE = 6000
"""About as many characters as one page holds."""
MOST_CORRECTIONS = 20
LABEL = 75


@dataclass(frozen=True, slots=True)
class Corrections:
    """What can be corrected: open requests by reference and handle, own entries by programme."""

    requests: tuple[tuple[str, str], ...] = ()
    entries: tuple[Programme, ...] = ()


@dataclass(frozen=True, slots=True)
class Turns:
    """The handles behind the buttons of one page; None where there is no such page."""

    delete: str
    previous: str | None = None
    next: str | None = None


def paged(
    t: Translator, programmes: Mapping[str, Programme], sections: Sequence[Section], names: Mapping[Address, str]
) -> list[list[Block]]:
    """Return everything held, cut into pages: a heading and its text blocks stay together where they fit."""
    found: list[list[Block]] = [[]]
    size = 0
    for place, section in enumerate(sections):
        programme = programmes.get(section.programme or "")
        written = texts(t, programme, section, names)
        for part, text in enumerate(written):
            if size and size + len(text) > PAGE:
                found.append([])
                size = 0
            if part == 0 or size == 0:
                found[-1].append(kit.header(heading(t, programme, section)[:150], f"section.{place}.{part}"))
            found[-1].append(kit.section(text, f"text.{place}.{part}"))
            size += len(text)
    return found


def heading(t: Translator, programme: Programme | None, section: Section) -> str:
    """Return what a section is about, with its programme or reference."""
    words = t(f"mydata.topic.{section.topic.value}")
    name = programme.text(programme.name, t.language) if programme else section.programme or ""
    more = " · ".join(each for each in (section.reference, name) if each)
    return f"{words} · {more}" if more else words


def page(
    front: Front, language: str, shown: Sequence[Sequence[Block]], number: int, turns: Turns, corrections: Corrections
) -> kit.View:
    """Return one page, counted from zero, with the ways to turn, to correct and to delete."""
    t = front.texts.in_language(language)
    turning = [
        kit.button(t(f"mydata.{name}"), action, handle)
        for name, action, handle in (
            ("previous", ids.MY_DATA_BACK, turns.previous),
            ("next", ids.MY_DATA_ON, turns.next),
        )
        if handle is not None
    ]
    blocks: list[Block] = [
        kit.context(t("mydata.page", page=number + 1, pages=len(shown)), "page"),
        *shown[number],
        *([kit.actions(turning, "turns")] if turning else []),
        kit.divider("end"),
        kit.section(t("mydata.what_now"), "what_now"),
        *_corrections(t, corrections),
        kit.actions([_delete(t, turns.delete)], "delete"),
        pages.strip(front, language),
    ]
    return kit.modal(
        t("mydata.title"), blocks, callback_id=ids.VIEW_PAGE, close=t("pages.close"), metadata=kit.meta(language)
    )


def _corrections(t: Translator, corrections: Corrections) -> list[Block]:
    """Return a row for each: two buttons with one id cannot stand in the same."""
    found = [
        kit.button(t("mydata.correct_request", reference=reference), ids.CHANGE, handle)
        for reference, handle in corrections.requests
    ]
    for programme in corrections.entries:
        words = t("mydata.correct_profile", programme=programme.text(programme.name, t.language))
        found.append(kit.button(words[:LABEL], ids.MY_PROFILE, programme.id))
    return [kit.actions([each], f"correct.{place}") for place, each in enumerate(found[:MOST_CORRECTIONS])]


def _delete(t: Translator, handle: str) -> Element:
    return kit.button(t("mydata.delete"), ids.DELETE_MY_DATA, handle)


def deletion(front: Front, language: str, handle: str, *, role: bool) -> kit.View:
    """Return what deleting takes away, what remains and why, and the button that does it; `role` says they have one."""
    t = front.texts.in_language(language)
    ask = kit.confirm(
        t("mydata.delete_title"), t("mydata.delete_ask"), t("mydata.delete_now"), t("mydata.keep"), danger=True
    )
    blocks: list[Block] = [
        kit.header(t("mydata.goes_title"), "goes_title"),
        kit.section(t("mydata.goes"), "goes"),
        kit.header(t("mydata.stays_title"), "stays_title"),
        kit.section(t("mydata.stays"), "stays"),
        *([kit.section(t("mydata.stays_role"), "stays_role")] if role else []),
        kit.actions([kit.button(t("mydata.delete_now"), ids.DELETE_NOW, handle, style="danger", ask=ask)], "buttons"),
        kit.divider("end"),
        pages.strip(front, language),
    ]
    return kit.modal(
        t("mydata.delete_title"), blocks, callback_id=ids.VIEW_PAGE, close=t("pages.back"), metadata=kit.meta(language)
    )


def deleted(front: Front, language: str, gone: PersonErased) -> kit.View:
    """Return what was deleted and what stays, without a name."""
    t = front.texts.in_language(language)
    lines = [t("mydata.deleted")]
    if gone.requests:
        lines.append(t.count("mydata.deleted_requests", gone.requests))
    if gone.entries:
        lines.append(t.count("mydata.deleted_entries", gone.entries))
    if gone.held:
        hours = max(programme.safety.hold_erasure_hours for programme in front.programmes.values())
        lines.append(t("safety.held_note", hours=hours))
    for each in gone.remains:
        programme = front.programmes.get(each.programme)
        name = programme.text(programme.name, language) if programme else each.programme
        lines.append(t(f"mydata.remains.{each.why.value}", programme=name))
    blocks = [kit.section("\n".join(lines)[:3000], "words"), kit.divider("end"), pages.strip(front, language)]
    return kit.modal(
        t("mydata.delete_title"),
        blocks,
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(language),
        clear_on_close=True,
    )
