"""One's own request, in Home and in a modal: where it stands, who has seen it, and what one can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, menu, notes, pages
from handlers.views.ledger import why
from handlers.views.requests import expectations, withdraw_button
from peersupport.audit import ActorKind, Entry
from peersupport.clocks import given_up_at, starts_at
from peersupport.notes import Note, note_of
from peersupport.own import Own
from peersupport.programme import Programme
from peersupport.requests import MATCHED, OPEN_STATES, State, SupportRequest
from peersupport.resources import Resource

if TYPE_CHECKING:
    from handlers.hear import Front

MOST_OPENINGS = 10
BEFORE_CONTACT = OPEN_STATES - {State.CONTACTED, State.TALKING}
_ROLES = {ActorKind.ADMIN: "admin", ActorKind.LEAD: "lead", ActorKind.SUPPORTER: "supporter"}


@dataclass(frozen=True, slots=True, repr=False)
class Card:
    """One's own request with what its buttons need.

    `pausable`: one is a supporter here who could still be asked. `line`: the programme's help line for physicians.
    """

    own: Own
    programme: Programme
    handle: str
    now: datetime
    pausable: bool = False
    line: Resource | None = None

    def __repr__(self) -> str:
        return "Card(...)"

    @property
    def request(self) -> SupportRequest:
        """The plain part of the request."""
        return self.own.request

    def when(self, t: Translator, instant: datetime) -> str:
        """Return an instant on the programme's own clock, in words."""
        clock = self.programme.clock
        label = self.programme.text(clock.label, t.language)
        return t.when(instant, clock.tz, label, yours=clock.show_viewer_time)


def blocks(t: Translator, card: Card) -> list[Block]:
    """Return the note that stands, so that a phone shows it first; then where it is, what comes next, who opened it."""
    prefix = card.request.reference
    found = [
        kit.header(t("own.header", reference=prefix), f"{prefix}.title"),
        *_note(t, card),
        *kit.facts(_facts(t, card), f"{prefix}.facts"),
        kit.section(_next(t, card), f"{prefix}.next"),
    ]
    if card.request.not_yet_at:
        found.append(kit.context(t("own.known"), f"{prefix}.known"))
    if card.request.urgent:
        found.append(kit.context(t("own.urgent"), f"{prefix}.urgent"))
    found.append(kit.actions(_buttons(t, card), f"{prefix}.buttons"))
    found.append(kit.context(_openings(t, card), f"{prefix}.openings"))
    return found


def _note(t: Translator, card: Card) -> list[Block]:
    """Return the note that stands now, if any."""
    note = note_of(card.request, card.programme, card.now)
    if note is None:
        return []
    closes = given_up_at(card.programme, card.request)
    when = card.when(t, closes) if closes else ""
    answers = _answers(t, card, note)
    return notes.blocks(t, note, card.request, card.programme, card.handle, card.line, when, answers)


def _answers(t: Translator, card: Card, note: Note) -> list[Element]:
    """Return what answers the question whether anyone has reached them."""
    found = [_button(t, card, "own.not_yet", ids.NOT_YET)] if note is Note.ASKED else []
    if can_say_in_touch(card):
        found.append(_button(t, card, "notes.in_touch", ids.IN_TOUCH))
    return found


def _facts(t: Translator, card: Card) -> list[tuple[str, str]]:
    request = card.request
    pairs = [(t("own.status"), t(f"own.status.{request.state.value}"))]
    if request.state in BEFORE_CONTACT:
        pairs.append((t("own.due"), card.when(t, request.due_at)))
    if card.own.supporter and request.state in MATCHED:
        pairs.append((t("own.supporter"), card.own.supporter))
    if request.talks:
        pairs.append((t("own.talks"), str(request.talks)))
    pairs.append((t("own.sent"), card.when(t, request.created_at)))
    return pairs


def _next(t: Translator, card: Card) -> str:
    """Return what comes next; where the person wants a say about their name, what that means now."""
    if waits_for_name(card):
        shown = card.own.name_shown_at
        assert shown is not None
        return t("own.next.name", when=card.when(t, shown))
    if card.own.again:
        return t("own.next.again")
    words = t(f"own.next.{card.request.state.value}")
    return f"{words} {expectations(t, card.programme)}" if card.request.state in MATCHED else words


def waits_for_name(card: Card) -> bool:
    """Say whether the supporter does not see the name yet, because the person wanted to be asked first."""
    request, shown = card.request, card.own.name_shown_at
    return request.state is State.ACCEPTED and request.ask_first and shown is not None and shown > card.now


def can_say_in_touch(card: Card) -> bool:
    """Say whether the person can say that they are in touch: with who accepted, sees the name and has not said so."""
    return card.request.state is State.ACCEPTED and card.request.contacted_at is None and not waits_for_name(card)


def can_say_not_yet(card: Card) -> bool:
    """Say whether the person is offered to say that nobody has contacted them: from half of this promise on, once."""
    request, start = card.request, starts_at(card.request)
    half = start + (request.due_at - start) / 2
    return request.state in BEFORE_CONTACT and request.not_yet_at is None and card.now >= half


def _buttons(t: Translator, card: Card) -> list[Element]:
    request = card.request
    found: list[Element] = []

    def add(key: str, action: str, style: str | None = None) -> None:
        found.append(_button(t, card, key, action, style))

    if waits_for_name(card):
        add("own.agree_name", ids.AGREE_NAME, "primary")
    add("own.change", ids.CHANGE)
    if request.state in MATCHED:
        add("own.someone_else", ids.SOMEONE_ELSE)
    if can_say_not_yet(card) and note_of(request, card.programme, card.now) is not Note.ASKED:
        add("own.not_yet", ids.NOT_YET)
    if card.pausable:
        add("own.pause_my_offers", ids.PAUSE_MY_OFFERS)
    found.append(withdraw_button(t, request.reference, card.handle))
    return found


def _button(t: Translator, card: Card, key: str, action: str, style: str | None = None) -> Element:
    return kit.button(t(key), action, card.handle, style=style, says=f"{t(key)}, {card.request.reference}"[:75])


def _openings(t: Translator, card: Card) -> str:
    """Return by which role and when the details were opened, the latest first."""
    if not card.own.openings:
        return t("own.not_opened")
    latest = list(reversed(card.own.openings))[:MOST_OPENINGS]
    lines = [_opening(t, card, entry) for entry in latest]
    return "\n".join([t("own.opened"), *lines])


def _opening(t: Translator, card: Card, entry: Entry) -> str:
    """Return one opening: by which role, when and why, never by whom."""
    words = t(f"own.opened.{_ROLES.get(entry.kind, 'other')}", when=card.when(t, entry.at))
    reason = why(entry.reason, t)
    return f"{words} ({reason})" if reason else words


def modal(front: Front, language: str, card: Card, *, note: str | None = None, restart: bool = False) -> kit.View:
    """Return one's own request as a modal; `note` is the key of a line about what just happened."""
    t = front.texts.in_language(language)
    found: list[Block] = (
        [kit.alert(t(note), "note", "success" if note != "own.already_open" else "info")] if note else []
    )
    found += blocks(t, card)
    if restart:
        found += [kit.section(t("own.restart_hint"), "restart", _restart_button(t, card))]
    found += [kit.divider("rule"), pages.strip(front, language)]
    return kit.modal(
        t("own.title"),
        found,
        callback_id=ids.VIEW_MINE,
        close=t("pages.close"),
        metadata=kit.meta(language, card.programme.id, card.handle),
        clear_on_close=note is not None,
    )


def _restart_button(t: Translator, card: Card) -> Element:
    ask = kit.confirm(
        t("own.restart_title"),
        t("own.restart_text", reference=card.request.reference),
        t("own.restart"),
        t("own.keep"),
        danger=True,
    )
    return kit.button(t("own.restart"), ids.RESTART, card.handle, ask=ask)


def over(front: Front, language: str, words: str, *, doors: bool = True, until: str = "") -> kit.View:
    """Return what is left of a request that is over: one sentence, `until` in it, the doors, the help lines."""
    t = front.texts.in_language(language)
    found: list[Block] = [kit.section(t(words, when=until) if until else t(words), "words")]
    if doors:
        found += menu.doors(front, language)
    found += [kit.divider("rule"), pages.strip(front, language)]
    return kit.modal(
        t("own.title"),
        found,
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(language),
    )
