"""Why an identity is opened, and who opened which: the question before, and the list that administrators keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit
from handlers.views.identity import when
from peersupport.audit import ActorKind
from peersupport.exceptional import Why
from peersupport.ledger import Log, Month, Opening
from peersupport.programme import Programme
from peersupport.requests import SupportRequest
from peersupport.reveals import ASKED_FOR, Reason

PAGE = 20
LINES = 60
"""Lines on one page of text."""
PARAGRAPH = 12
"""Lines in one paragraph of it, which holds 3000 characters."""
LONGEST = 240
"""Characters of a line of text."""
NAME = 75
PEOPLE = 99
_REASONS = frozenset(reason.value for reason in (*Reason, *Why))
_ROLES = {ActorKind.ADMIN: "admin", ActorKind.LEAD: "lead", ActorKind.SUPPORTER: "supporter"}


def ask_why(request: SupportRequest, programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return the one question before an identity is opened."""
    choices = [(reason.value, t(f"ledger.reason.{reason.value}")) for reason in ASKED_FOR]
    blocks = [
        kit.field(t("ledger.ask"), kit.radios(ids.IN_REASON, choices), ids.IN_REASON),
        kit.context(t("ledger.ask_note", reference=request.reference), "note"),
    ]
    return kit.modal(
        t("ledger.ask_title"),
        blocks,
        callback_id=ids.VIEW_REASON,
        close=t("pages.back"),
        submit=t("ledger.ask_submit"),
        metadata=kit.meta(t.language, programme.id, handle),
    )


def why(reason: str | None, t: Translator) -> str:
    """Return a reason in words for the person it concerns; nothing for one that is not known."""
    return t(f"ledger.why.{reason}") if reason in _REASONS else ""


def reopen_button(t: Translator) -> Element:
    """Return the button that opens the identity of a closed request, which two administrators have agreed on."""
    return kit.button(t("ledger.reopen"), ids.REOPEN_IDENTITY, style="primary")


def not_opened(words: str, programme: Programme, t: Translator) -> kit.View:
    """Return why the identity of a closed request was not opened."""
    return kit.modal(
        t("ledger.reopen_title"),
        [kit.section(words, "words")],
        callback_id=ids.VIEW_PAGE,
        close=t("pages.back"),
        metadata=kit.meta(t.language, programme.id),
    )


def limited(until: datetime, programme: Programme, t: Translator) -> str:
    """Return from when on one more identity can be opened, by the first whole minute that keeps the promise."""
    whole = until.replace(second=0, microsecond=0)
    minute = whole if whole == until else whole + timedelta(minutes=1)
    return t("ledger.limited", when=when(minute, programme, t, yours=False))


@dataclass(frozen=True, slots=True, repr=False)
class Shelf:
    """What the list needs besides the lines: names looked up now, opaque handles, and what is chosen."""

    month: Month
    months: Sequence[Month]
    names: Mapping[UUID, str]
    handles: Mapping[UUID, str]
    person: UUID | None = None
    page: int = 0
    text: bool = False

    def __repr__(self) -> str:
        return "Shelf(...)"


def ledger(log: Log, shelf: Shelf, programme: Programme, t: Translator) -> kit.View:
    """Return one page of who opened which reference, as a list or as text to copy."""
    size = LINES if shelf.text else PAGE
    shown = log.openings[shelf.page * size : (shelf.page + 1) * size]
    blocks = [
        kit.context(programme.text(programme.name, t.language), "programme"),
        kit.section(t.count("ledger.others", log.by_others), "others"),
    ]
    blocks += _as_text(shown, shelf, programme, t) if shelf.text else _as_list(shown, log, shelf, programme, t)
    if not shown:
        blocks.append(kit.section(t("ledger.none"), "none"))
    turns = _turns(len(log.openings), size, shelf, t)
    if turns:
        blocks.append(kit.actions(turns, "turns"))
    blocks.append(kit.context(t("ledger.note"), "note"))
    person = shelf.handles.get(shelf.person) if shelf.person else None
    more = {"m": str(shelf.month)} | ({"w": person} if person else {})
    return kit.modal(
        t("ledger.title"),
        blocks,
        callback_id=ids.VIEW_LEDGER,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id, **more),
    )


def _as_list(shown: Sequence[Opening], log: Log, shelf: Shelf, programme: Programme, t: Translator) -> list[Block]:
    months = [(str(month), _month(month, t)) for month in shelf.months]
    blocks = [
        kit.actions([kit.select(ids.LEDGER_MONTH, months, str(shelf.month), t("ledger.month"))], "month"),
    ]
    named = [(shelf.handles[each.id], _name(each.id, shelf, t)) for each in log.openers[:PEOPLE]]
    if named:
        people = [("*", t("ledger.everybody")), *named]
        chosen = shelf.handles.get(shelf.person, "*") if shelf.person else "*"
        blocks.append(kit.actions([kit.select(ids.LEDGER_PERSON, people, chosen, t("ledger.person"))], "person"))
    for place, each in enumerate(shown):
        first = f"{each.reference} · {when(each.at, programme, t)}"
        blocks.append(kit.section(f"{first}\n{_who(each, shelf, t)}: {_reason(each, t)}", f"opening.{place}"))
    return blocks


def _as_text(shown: Sequence[Opening], shelf: Shelf, programme: Programme, t: Translator) -> list[Block]:
    lines = [
        f"{_stamp(each.at, programme)} | {each.reference} | {_who(each, shelf, t)} | {_reason(each, t)}"[:LONGEST]
        for each in shown
    ]
    starts = range(0, len(lines), PARAGRAPH)
    return [kit.section("\n".join(lines[start : start + PARAGRAPH]), f"text.{start}") for start in starts]


def _month(month: Month, t: Translator) -> str:
    return t.month(month.month, month.year)


def _stamp(instant: datetime, programme: Programme) -> str:
    return instant.astimezone(programme.clock.zone).isoformat(sep=" ", timespec="minutes")


def _name(actor: UUID | None, shelf: Shelf, t: Translator) -> str:
    return ((shelf.names.get(actor) if actor else "") or t("ledger.gone"))[:NAME]


def _who(each: Opening, shelf: Shelf, t: Translator) -> str:
    role = t(f"ledger.role.{_ROLES.get(each.kind, 'admin')}")
    return f"{_name(each.actor, shelf, t)}, {role}"


def _reason(each: Opening, t: Translator) -> str:
    words = t(f"ledger.reason.{each.reason}") if each.reason in _REASONS else t("ledger.reason.unsaid")
    return f"{words} ({t('ledger.again')})" if each.again else words


def _turns(total: int, size: int, shelf: Shelf, t: Translator) -> list[Element]:
    turns = []
    form = "t" if shelf.text else ""
    if shelf.page > 0:
        turns.append(kit.button(t("ledger.newer"), ids.LEDGER_NEWER, f"{form}{shelf.page - 1}"))
    if (shelf.page + 1) * size < total:
        turns.append(kit.button(t("ledger.older"), ids.LEDGER_OLDER, f"{form}{shelf.page + 1}"))
    if shelf.text:
        turns.append(kit.button(t("ledger.as_list"), ids.LEDGER_LIST))
    elif total:
        turns.append(kit.button(t("ledger.as_text"), ids.LEDGER_TEXT))
    return turns
