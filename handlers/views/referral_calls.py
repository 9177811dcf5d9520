"""Asking a colleague who is not on Slack: why it is opened, the words to read, and what they said."""

from __future__ import annotations

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit
from handlers.views.identity import when
from peersupport.programme import Programme
from peersupport.referral import Answer
from peersupport.referral_desk import CallSheet
from peersupport.reveals import ASKED_FOR

YES = "yes"


def door(t: Translator) -> list[Block]:
    """Return what is needed, and the way to the call sheet, for the sheet of a referral."""
    button = kit.button(t("calls.open"), ids.CALL_SHEET, style="primary")
    return [kit.section(t("calls.needed"), "calls"), kit.actions([button], "call")]


def ask_why(programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return the one question before the colleague's name is shown."""
    choices = [(reason.value, t(f"ledger.reason.{reason.value}")) for reason in ASKED_FOR]
    blocks = [
        kit.field(t("calls.reason"), kit.radios(ids.IN_REASON, choices), ids.IN_REASON),
        kit.context(t("calls.reason_note"), "note"),
    ]
    return kit.modal(
        t("calls.title"),
        blocks,
        callback_id=ids.VIEW_CALL_REASON,
        close=t("pages.back"),
        submit=t("calls.submit_reason"),
        metadata=kit.meta(t.language, programme.id, handle),
    )


def sheet(found: CallSheet, programme: Programme, t: Translator, handle: str, referrer: str) -> kit.View:
    """Return whom to ask, the words, and what they can say. Only ever sent after the opening is written down."""
    pairs = [(t("calls.name"), found.colleague.name), (t("calls.reach"), found.colleague.reach)]
    if referrer:
        pairs.append((t("calls.by"), referrer))
    said = [each for each in Answer if each is not Answer.NEVER_FROM or referrer]
    choices = [(YES, t("calls.said.yes")), *((each.value, t(f"calls.said.{each.value}")) for each in said)]
    hint = t("calls.said_hint", when=when(found.referral.expires_at, programme, t))
    blocks = [
        *kit.facts(pairs, "facts"),
        kit.section(t("calls.careful"), "careful"),
        kit.header(t("calls.words_title"), "words_title"),
        kit.section(t("calls.words", programme=programme.name.get(t.language)), "words"),
        kit.field(t("calls.said"), kit.radios(ids.IN_CALLED, choices), ids.IN_CALLED, hint=hint),
        # The way to a consent page goes here, in an actions block: its handle is the one of this view.
    ]
    return kit.modal(
        t("calls.title"),
        blocks,
        callback_id=ids.VIEW_CALL_SHEET,
        close=t("pages.close"),
        submit=t("calls.submit"),
        metadata=kit.meta(t.language, programme.id, handle),
    )
