"""The look-up by reference: one field, and what it found without a word of who asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import cards, kit
from handlers.views.identity import when
from peersupport.programme import Programme
from peersupport.requests import State, SupportRequest

LONGEST = 20
_ROW = 5
"""Buttons that Slack shows in one row of a narrow modal without hiding any."""


def door(programme: Programme, t: Translator) -> Block:
    """Return the way to the form, for an administrator's Home."""
    button = kit.button(t("lookup.open"), ids.LOOKUP, programme.id)
    return kit.section(t("lookup.home", programme=programme.name.get(t.language)), f"lookup.{programme.id}", button)


def form(programme: Programme, t: Translator) -> kit.View:
    """Return the form with its one field."""
    typed = kit.text_field(ids.IN_REFERENCE, longest=LONGEST)
    blocks = [
        kit.context(programme.text(programme.name, t.language), "programme"),
        kit.section(t("lookup.words"), "words"),
        kit.field(t("lookup.reference"), typed, ids.IN_REFERENCE, hint=t("lookup.hint")),
    ]
    return kit.modal(
        t("lookup.title"),
        blocks,
        callback_id=ids.VIEW_LOOKUP,
        close=t("pages.close"),
        submit=t("lookup.submit"),
        metadata=kit.meta(t.language, programme.id),
    )


def found(
    request: SupportRequest, programme: Programme, t: Translator, handle: str, buttons: Sequence[Element]
) -> kit.View:
    """Return where a request stands, whether open, closed or erased; `buttons` are what can be done with it."""
    dates: list[tuple[str, datetime | None]] = [
        ("triage.came", request.created_at),
        ("lookup.closed", request.closed_at),
        ("lookup.erased", request.erased_at),
        ("lookup.keep_until", request.keep_until),
    ]
    pairs = [
        (t("cards.status"), cards.state_words(request, t)),
        *[(t(label), when(instant, programme, t)) for label, instant in dates if instant is not None],
    ]
    blocks = [kit.header(t("cards.title", reference=request.reference), "title"), *kit.facts(pairs, "facts")]
    if request.state is not State.CLOSED:
        says = t("cards.open_says", reference=request.reference)
        buttons = [kit.button(t("cards.open"), ids.OPEN_SHEET, handle, says=says), *buttons]
    blocks += [kit.actions(buttons[start : start + _ROW], f"deeds.{start}") for start in range(0, len(buttons), _ROW)]
    blocks.append(kit.context(t("lookup.note"), "note"))
    return kit.modal(
        t("lookup.title"),
        blocks,
        callback_id=ids.VIEW_FOUND,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id, handle),
    )
