"""The honest note in one's own request: what is said, the choices that go with it, and the page behind one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, pages
from peersupport.notes import ABOUT_THE_PROMISE, Note, is_answered
from peersupport.programme import Programme
from peersupport.requests import SupportRequest
from peersupport.resources import Resource

if TYPE_CHECKING:
    from handlers.hear import Front


def blocks(
    t: Translator,
    note: Note,
    request: SupportRequest,
    programme: Programme,
    handle: str,
    line: Resource | None,
    when: str,
    answers: Sequence[Element] = (),
) -> list[Block]:
    """Return a note with its answers and choices; `line` helps physicians, `when` a request closes by itself."""
    prefix, answered = request.reference, is_answered(note, request)
    words = t("notes.waiting") if answered else t(f"notes.{note.value}", when=when)
    choices = _choices(t, note, programme, handle, line, prefix, answered=answered)
    elements = [*choices, *answers] if note is Note.UNREACHED else [*answers, *choices]
    found = [kit.section(words, f"{prefix}.note")]
    return [*found, kit.actions(elements, f"{prefix}.choices")] if elements else found


def _choices(
    t: Translator,
    note: Note,
    programme: Programme,
    handle: str,
    line: Resource | None,
    reference: str,
    *,
    answered: bool,
) -> list[Element]:
    def button(key: str, action: str, style: str | None = None) -> Element:
        return kit.button(t(key), action, handle, style=style, says=f"{t(key)}, {reference}"[:75])

    if note is Note.UNREACHED:
        return [button("notes.try_again", ids.TRY_AGAIN, "primary")]
    if note is Note.IDLE:
        ask = kit.confirm(t("notes.done_title"), t("notes.done_text"), t("notes.done"), t("own.keep"))
        over = kit.button(t("notes.done"), ids.TALKS_DONE, handle, ask=ask, says=f"{t('notes.done')}, {reference}"[:75])
        return [button("notes.going_on", ids.GOING_ON), over]
    found: list[Element] = []
    for choice in programme.match.none_available if note in ABOUT_THE_PROMISE else ():
        if choice == "wait" and not answered:
            found.append(button("notes.wait", ids.WAIT))
        elif choice == "physician_line" and line is not None:
            found.append(kit.button(line.label.get(t.language), ids.PHYSICIAN_LINE, handle))
        elif choice == "other_programme":
            found.append(kit.button(t("menu.elsewhere"), ids.ELSEWHERE))
    return found


def line_page(front: Front, language: str, line: Resource) -> kit.View:
    """Return how to reach the physicians' help line, and that nothing is passed on."""
    t = front.texts.in_language(language)
    found = [
        kit.section(t("notes.line_words"), "words"),
        *pages.resources([line], language, "line", t("information.open_link")),
        kit.divider("rule"),
        pages.strip(front, language),
    ]
    return kit.modal(
        t("notes.line_title"), found, callback_id=ids.VIEW_PAGE, close=t("pages.close"), metadata=kit.meta(language)
    )
