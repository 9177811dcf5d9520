"""The supporter's invitation to somebody who did not ask: words to use, and a button for every answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import cards, kit
from handlers.views.identity import when
from handlers.views.safety import button as concern_button
from peersupport.outreach import Script
from peersupport.programme import Programme
from peersupport.resources import Library


@dataclass(frozen=True, slots=True, repr=False)
class Invitation:
    """What the rules say of it, with the help lines that the right door may be found among."""

    script: Script
    library: Library

    def __repr__(self) -> str:
        return "Invitation(...)"


def invitation(found: Invitation, programme: Programme, t: Translator, handle: str, said: str = "") -> kit.View:
    """Return the invitation as its supporter sees it before opening the name; nothing in it says who it is for."""
    request = found.script.request
    pairs = [(t("cards.status"), cards.state_words(request, t))]
    if request.contacted_at is None:
        pairs.append((t("cards.due"), cards.due(request, programme, t)))
    blocks: list[Block] = [kit.alert(said, "said")] if said else []
    blocks += [
        kit.header(t("cards.title", reference=request.reference), "title"),
        *kit.facts(pairs, "facts"),
        kit.section(t("outreach.frame"), "frame"),
        kit.header(t("outreach.words"), "words"),
        kit.section(_words(found, programme, t), "script"),
        kit.section(_source(found.script, programme, t), "source"),
        kit.section(t("outreach.voicemail"), "voicemail"),
        kit.context(_attempts(found.script, programme, t), "attempts"),
        kit.divider("rule"),
        kit.actions(_deeds(found.script, t), "deeds"),
    ]
    leave = [_leaving(deed, t) for deed in (ids.NOT_ME_AFTER, ids.HAND_BACK)]
    blocks.append(kit.actions([*leave, concern_button(t, request.reference)], "safety"))
    blocks.append(kit.context(t("match.safety_note"), "note"))
    return _modal(blocks, ids.VIEW_MATCHED, programme, t, handle)


def whose(programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return the question on which "never again" depends: whether the line is the person's own."""
    buttons = [
        kit.button(t("outreach.do.said_never_theirs"), ids.SAID_NEVER_THEIRS, style="primary"),
        kit.button(t("outreach.do.said_never_shared"), ids.SAID_NEVER_SHARED),
    ]
    blocks = [kit.section(t("outreach.whose"), "words"), kit.actions(buttons, "deeds")]
    return _modal(blocks, ids.VIEW_MATCHED, programme, t, handle)


def _words(found: Invitation, programme: Programme, t: Translator) -> str:
    organisation = organisation_of(found.script.partner, programme, t)
    if found.script.served:
        return t("outreach.script", organisation=organisation)
    lines = [found.library[each].line(t.language) for each in found.script.services if each in found.library]
    return t("outreach.script_door", organisation=organisation, services="; ".join(lines))


def _source(script: Script, programme: Programme, t: Translator) -> str:
    organisation = organisation_of(script.partner, programme, t)
    if script.notifier:
        return t("outreach.source_named", organisation=organisation, name=script.notifier)
    return t("outreach.source", organisation=organisation)


def organisation_of(partner: str, programme: Programme, t: Translator) -> str:
    """Return the name of a partner's organisation; what can be said of one that the programme no longer has."""
    notified = programme.partner_notification
    found = notified.partner(partner) if notified else None
    return programme.text(found.label, t.language) if found else t("outreach.partner")


def _attempts(script: Script, programme: Programme, t: Translator) -> str:
    """Return how often it may be tried, and what follows."""
    if script.not_before is not None:
        return t("outreach.second_from", when=when(script.not_before, programme, t))
    if script.attempts_left and script.request.attempts:
        return t("outreach.second_now")
    if script.attempts_left > 1:
        return t("outreach.first", days=script.days_between)
    if script.attempts_left:
        return t("outreach.once")
    return t("outreach.last", when=when(script.ends_at or script.request.due_at, programme, t))


def _deeds(script: Script, t: Translator) -> list[Element]:
    """Return the buttons; that of an attempt carries the number it makes, so that a double press counts once."""
    number = str(script.request.attempts + 1)
    wanted: list[tuple[bool, str, str | None, str | None]] = [
        (True, ids.SHOW_CONTACT, "primary", None),
        (script.served, ids.SAID_YES, None, None),
        (True, ids.SAID_FINE, None, None),
        (True, ids.SAID_NEVER, None, None),
        (script.attempts_left > 0 and script.not_before is None, ids.NO_ANSWER, None, number),
    ]
    return [_deed(deed, t, value, style, asks=not script.asks_whose) for shown, deed, style, value in wanted if shown]


def _deed(deed: str, t: Translator, value: str | None, style: str | None, *, asks: bool) -> Element:
    if deed == ids.SHOW_CONTACT:
        return kit.button(t(f"match.do.{deed}"), deed, value, style=style)
    sure = deed == ids.SAID_FINE or (deed == ids.SAID_NEVER and asks)
    question = (
        kit.confirm(t("triage.ask.title"), t(f"outreach.ask.{deed}"), t(f"outreach.ask.{deed}.yes"), t("triage.ask.no"))
        if sure
        else None
    )
    return kit.button(t(f"outreach.do.{deed}"), deed, value, style=style, ask=question)


def _leaving(deed: str, t: Translator) -> Element:
    question: Any = kit.confirm(
        t("triage.ask.title"), t(f"match.ask.{deed}"), t(f"match.ask.{deed}.yes"), t("triage.ask.no")
    )
    return kit.button(t(f"match.do.{deed}"), deed, ask=question)


def _modal(blocks: Sequence[Block], callback_id: str, programme: Programme, t: Translator, handle: str) -> kit.View:
    metadata = kit.meta(t.language, programme.id, handle)
    return kit.modal(t("outreach.title"), blocks, callback_id=callback_id, close=t("pages.close"), metadata=metadata)
