"""People who are not on Slack: the form that is filled on the phone, what they are owed, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slackblocks import Block

from handlers import ids
from handlers.i18n import LANGUAGES, Translator
from handlers.payloads import Filled
from handlers.views import kit, pages
from handlers.views import requests as parts
from handlers.views.identity import when
from peersupport.by_phone import Call
from peersupport.clocks import given_up_at
from peersupport.conversations import name_shown_from
from peersupport.phone_tasks import Owed
from peersupport.programme import Programme
from peersupport.programme_asking import Role
from peersupport.requests import SupportRequest

if TYPE_CHECKING:
    from handlers.hear import Front

HEARD, OWN = "heard", "own"
"""What the two ticks carry."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What the form holds besides the request: the language of the talk, their yes, and whose the contact is."""

    spoken: str
    heard: bool = False
    own_line: bool = False


def door(programme: Programme, t: Translator) -> Block:
    """Return the way to the form, for an administrator's Home."""
    button = kit.button(t("by_phone.open"), ids.BY_PHONE, programme.id)
    return kit.section(t("by_phone.home", programme=programme.name.get(t.language)), f"by_phone.{programme.id}", button)


def form(
    front: Front, language: str, programme: Programme, filled: Filled, talk: Talk, called: str | None = None
) -> kit.View:
    """Return the form with the notice that is read out, in the language of the talk.

    `called` is the handle of the call in which a colleague said yes: whose the contact is, is known then.
    """
    t = front.texts.in_language(language)
    heard = kit.checkboxes(ids.IN_HEARD, [(HEARD, t("by_phone.heard_yes"))], [HEARD] if talk.heard else [])
    roles = parts.labels(programme.eligibility.roles, programme, language)
    blocks = [
        pages.strip(front, language),
        kit.section(t("by_phone.opening"), "opening"),
        _language(t, talk),
        *parts.panel(front, talk.spoken, programme),
        kit.field(t("by_phone.heard"), heard, ids.IN_HEARD, optional=True),
        kit.field(t("requests.role"), kit.radios(ids.IN_ROLE, roles, filled.role), ids.IN_ROLE),
        *_asked(t, programme, filled, None if called else talk),
    ]
    return kit.modal(
        t("by_phone.title"),
        blocks,
        callback_id=ids.VIEW_CALL_YES if called else ids.VIEW_BY_PHONE,
        submit=t("by_phone.send"),
        close=t("by_phone.not_now"),
        metadata=kit.meta(language, programme.id, called),
    )


def change(front: Front, language: str, programme: Programme, filled: Filled, talk: Talk, handle: str) -> kit.View:
    """Return the form with what they asked for, to change it with them."""
    t = front.texts.in_language(language)
    blocks = [
        pages.strip(front, language),
        kit.section(t("by_phone.change_opening"), "opening"),
        _language(t, talk),
        *_asked(t, programme, filled, None),
    ]
    return kit.modal(
        t("by_phone.change_title"),
        blocks,
        callback_id=ids.VIEW_PHONE_CHANGE,
        submit=t("by_phone.save"),
        close=t("pages.back"),
        metadata=kit.meta(language, programme.id, handle),
    )


def _language(t: Translator, talk: Talk) -> Block:
    tongues = [(code, t(f"identity.language.{code}")) for code in LANGUAGES]
    radios = kit.radios(ids.PHONE_LANGUAGE, tongues, talk.spoken)
    return kit.field(t("by_phone.language"), radios, ids.IN_SPOKEN, live=True)


def _asked(t: Translator, programme: Programme, filled: Filled, talk: Talk | None) -> list[Block]:
    """Return the questions; whose the contact is, is asked once."""
    name = kit.text_field(ids.IN_NAME, value=filled.name, longest=parts.LONGEST_NAME)
    ways, reach, notes = parts.needed(t, programme, filled, ids.PHONE_MODALITY)
    blocks = [kit.field(t("by_phone.name"), name, ids.IN_NAME, hint=t("by_phone.name_hint")), ways, reach]
    if talk is not None:
        own = kit.checkboxes(ids.IN_OWN_LINE, [(OWN, t("by_phone.own_yes"))], [OWN] if talk.own_line else [])
        hint = t("by_phone.own_hint")
        blocks.append(kit.field(t("by_phone.own_line"), own, ids.IN_OWN_LINE, hint=hint, optional=True))
    blocks += [notes, *parts.ticks(t, programme, filled, notify=False), *parts.lists(t, programme, filled)]
    return [*blocks, *parts.wishes(t, programme, filled), *parts.apart(t, programme, filled)]


def recorded(front: Front, language: str, programme: Programme, request: SupportRequest, handle: str) -> kit.View:
    """Return what to tell them once the request stands."""
    t = front.texts.in_language(language)
    due = when(request.due_at, programme, t)
    words = t("by_phone.done", reference=request.reference, when=due)
    return _page(front, t, programme, request, handle, words)


def met(front: Front, language: str, programme: Programme, request: SupportRequest, handle: str) -> kit.View:
    """Return that their contact has an open request already, with the way to it."""
    t = front.texts.in_language(language)
    return _page(front, t, programme, request, handle, t("by_phone.met", reference=request.reference))


def _page(
    front: Front, t: Translator, programme: Programme, request: SupportRequest, handle: str, words: str
) -> kit.View:
    says = t("cards.open_says", reference=request.reference)
    blocks = [
        kit.header(t("cards.title", reference=request.reference), "title"),
        kit.section(words, "words"),
        kit.actions([kit.button(t("cards.open"), ids.OPEN_SHEET, handle, says=says)], "buttons"),
        kit.divider("rule"),
        pages.strip(front, t.language),
    ]
    return kit.modal(
        t("by_phone.done_title"),
        blocks,
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id, handle),
        clear_on_close=True,
    )


def redirected(front: Front, language: str, programme: Programme, role: Role) -> kit.View:
    """Return which services to read out to somebody in a role that the programme does not serve."""
    t = front.texts.in_language(language)
    services = [front.resources[name] for name in role.to if name in front.resources]
    blocks = [
        kit.section(t("by_phone.redirected"), "words"),
        *([kit.section(programme.text(role.note, language), "note")] if role.note else []),
        *pages.resources(services, language, "service", t("information.open_link")),
        kit.divider("rule"),
        pages.strip(front, language),
    ]
    return kit.modal(
        t("by_phone.title"),
        blocks,
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(language, programme.id),
        clear_on_close=True,
    )


def call(found: Call, programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return what to tell them and what they can say; nobody is named in it."""
    request = found.request
    blocks = [kit.section(t("by_phone.call_intro", reference=request.reference), "intro")]
    if found.owed is not None:
        blocks += [
            kit.header(t("by_phone.words"), "title"),
            kit.section(_words(found, found.owed, programme, t), "words"),
        ]
    choices = [(said.value, t(f"by_phone.said.{said.value}")) for said in found.sayable]
    radios = kit.radios(ids.IN_SAID, choices)
    blocks.append(kit.field(t("by_phone.said"), radios, ids.IN_SAID, hint=t("by_phone.said_hint")))
    return kit.modal(
        t("by_phone.call_title"),
        blocks,
        callback_id=ids.VIEW_PHONE_CALL,
        submit=t("by_phone.submit"),
        close=t("pages.back"),
        metadata=kit.meta(t.language, programme.id, handle),
    )


def _words(found: Call, owed: Owed, programme: Programme, t: Translator) -> str:
    request = found.request
    at = name_shown_from(programme, request) if owed is Owed.NAME else given_up_at(programme, request)
    return t(f"by_phone.owed.{owed.value}", when=when(at, programme, t) if at else "")
