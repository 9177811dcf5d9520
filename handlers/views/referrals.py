"""A colleague's referral: the statement first, then whom; the thanks; the note to the colleague; the card's sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.payloads import ATTESTED, TELL, TELL_NOT, Passing
from handlers.views import kit, menu, pages, referral_calls
from handlers.views.identity import when
from peersupport.programme import Programme
from peersupport.referral import Referral, ReferralState, Route

if TYPE_CHECKING:
    from handlers.hear import Front

LONGEST_NAME = 100
LONGEST_REACH = 150
MOST_SHOWN = 5
_SURE = {
    ids.REFERRAL_NO: "no",
    ids.REFERRAL_LATER: "later",
    ids.REFERRAL_NEVER: "never",
    ids.REFERRAL_NEVER_FROM: "never_from",
    ids.REFERRAL_MISTAKE: "mistake",
}
"""The word for each answer but yes, by its button."""


def form(front: Front, language: str, programme: Programme, filled: Passing) -> kit.View:
    """Return the form: nothing but the statement until it is ticked, then the few fields below it."""
    t = front.texts.in_language(language)
    referral = programme.consent.referral
    days = referral.confirm_within.days if referral else 0
    tick = kit.checkboxes(ids.ATTEST, [(ATTESTED, t("referrals.attested"))], [ATTESTED] if filled.attested else [])
    blocks = [
        pages.strip(front, language),
        kit.alert(t("referrals.talk_first"), "talk_first"),
        kit.section(t("referrals.about", days=days), "about", _who_sees(t, programme)),
        kit.field(
            t("referrals.attest"),
            tick,
            ids.IN_ATTEST,
            hint=None if filled.attested else t("referrals.attest_hint"),
            optional=True,
            live=True,
        ),
        *(_whom(t, filled) if filled.attested else []),
    ]
    return kit.modal(
        t("referrals.title"),
        blocks,
        callback_id=ids.VIEW_REFERRAL,
        submit=t("referrals.send" if filled.attested else "referrals.continue"),
        close=t("referrals.not_now"),
        metadata=kit.meta(language, programme.id),
    )


def _who_sees(t: Translator, programme: Programme) -> Element:
    return kit.button(t("menu.who_sees"), ids.WHO_SEES, programme.id)


def _whom(t: Translator, filled: Passing) -> list[Block]:
    """Return the fields that only a ticked statement brings: whom, how to reach them, and whether one may be named."""
    picker = kit.member(ids.IN_COLLEAGUE, filled.member or None, t("referrals.choose_person"))
    name = kit.text_field(ids.IN_COLLEAGUE_NAME, value=filled.name, longest=LONGEST_NAME)
    reach = kit.text_field(ids.IN_COLLEAGUE_REACH, value=filled.reach, longest=LONGEST_REACH)
    hint = t("referrals.reach_hint")
    choices = [(TELL, t("referrals.tells_yes")), (TELL_NOT, t("referrals.tells_no"))]
    return [
        kit.field(t("referrals.member"), picker, ids.IN_COLLEAGUE, hint=t("referrals.member_hint"), optional=True),
        kit.context(t("referrals.or"), "or"),
        kit.field(t("referrals.name"), name, ids.IN_COLLEAGUE_NAME, optional=True),
        kit.field(t("referrals.reach"), reach, ids.IN_COLLEAGUE_REACH, hint=hint, optional=True),
        kit.field(t("referrals.tells"), kit.radios(ids.IN_TELLS, choices, filled.tells), ids.IN_TELLS),
    ]


def words(front: Front, language: str, programme: Programme) -> kit.View:
    """Return what somebody gets who has not talked with their colleague yet: words to send, and nothing kept."""
    t = front.texts.in_language(language)
    referral = programme.consent.referral
    blocks = [kit.section(t("referrals.words"), "words")]
    if referral is not None:
        blocks.append(kit.section(programme.text(referral.share_text, language), "share"))
    blocks += [kit.context(t("referrals.words_then"), "then"), kit.divider("rule"), pages.strip(front, language)]
    return _page(t, "referrals.words_title", programme, blocks, close="pages.back")


def thanks(front: Front, language: str, programme: Programme) -> kit.View:
    """Return what follows the sending, the same whatever becomes of it; nobody in particular is named."""
    t = front.texts.in_language(language)
    blocks: list[Block] = [kit.section(t("referrals.thanks"), "words"), kit.section(t("referrals.thanks_why"), "why")]
    if programme.doors.self_request:
        button = menu.ask_button(front, language, programme, first=False)
        blocks.append(kit.section(t("referrals.yourself"), "yourself", button))
    blocks += [kit.divider("rule"), pages.strip(front, language)]
    return _page(t, "referrals.thanks_title", programme, blocks)


def too_many(front: Front, language: str, programme: Programme) -> kit.View:
    """Return what somebody gets who has referred as many as one person may."""
    t = front.texts.in_language(language)
    blocks = [kit.section(t("referrals.too_many"), "words"), kit.divider("rule"), pages.strip(front, language)]
    return _page(t, "referrals.too_many_title", programme, blocks, close="pages.back")


def _page(
    t: Translator, title: str, programme: Programme, blocks: Sequence[Block], *, close: str = "pages.close"
) -> kit.View:
    metadata = kit.meta(t.language, programme.id)
    return kit.modal(t(title), blocks, callback_id=ids.VIEW_PAGE, close=t(close), metadata=metadata)


def note(front: Front, language: str, programme: Programme, handle: str, until: datetime, named: str = "") -> kit.View:
    """Return the colleague's private note with its six answers; `named` is who suggested it, where they allowed it."""
    t = front.texts.in_language(language)
    asked = t("referrals.note_named", name=named[:LONGEST_NAME]) if named else t("referrals.note")
    what = f"{programme.text(programme.name, language)}. {programme.text(programme.summary, language)}"
    yes = kit.button(t("referrals.yes"), ids.REFERRAL_YES, handle, style="primary")
    first = [yes, _answer(t, ids.REFERRAL_NO, handle), kit.button(t("referrals.later"), ids.REFERRAL_LATER, handle)]
    others = (ids.REFERRAL_NEVER, ids.REFERRAL_NEVER_FROM, ids.REFERRAL_MISTAKE)
    blocks = [
        pages.strip(front, language),
        kit.section(asked, "asked"),
        kit.section(what, "programme", _who_sees(t, programme)),
        kit.section(t("referrals.note_about", when=when(until, programme, t)), "about"),
        kit.actions(first, "answers"),
        kit.context(t("referrals.more"), "more"),
        kit.actions([_answer(t, each, handle) for each in others], "others"),
    ]
    return kit.modal(
        t("referrals.note_title"),
        blocks,
        callback_id=ids.VIEW_REFERRAL_NOTE,
        close=t("pages.close"),
        metadata=kit.meta(language, programme.id, handle),
        clear_on_close=True,
    )


def _answer(t: Translator, action: str, handle: str) -> Element:
    word = _SURE[action]
    ask = kit.confirm(t("referrals.sure"), t(f"referrals.sure.{word}"), t(f"referrals.{word}"), t("referrals.sure_no"))
    return kit.button(t(f"referrals.{word}"), action, handle, ask=ask)


def answered(front: Front, language: str, programme: Programme, action: str, until: datetime) -> kit.View:
    """Return what follows an answer other than yes: what it means, and the help lines."""
    t = front.texts.in_language(language)
    word = _SURE[action]
    filled = {"when": when(until, programme, t)} if action == ids.REFERRAL_LATER else {}
    said = kit.section(t(f"referrals.said.{word}", **filled), "words")
    return _page(t, "referrals.note_title", programme, [said, kit.divider("rule"), pages.strip(front, language)])


def sheet(
    held: Referral, programme: Programme, t: Translator, handle: str, *, referrer: str = "", said: str = ""
) -> kit.View:
    """Return how a referral stands, for an administrator: never whom it is about; of a held one, who passed it on."""
    blocks = [kit.alert(said, "said")] if said else []
    pairs = [(t("referrals.sheet_reference"), held.reference), (t("cards.status"), stands(held, t))]
    if held.is_open:
        pairs.append((t("referrals.sheet_at"), when(held.created_at, programme, t)))
        pairs.append((t("referrals.sheet_until"), when(held.expires_at, programme, t)))
    waits = held.state is ReferralState.HELD
    if waits and referrer:
        pairs.append((t("referrals.sheet_by"), referrer))
    blocks += kit.facts(pairs, "facts")
    if waits:
        choices = [_choice(t, ids.RELEASE_REFERRAL, "release"), _choice(t, ids.DROP_REFERRAL, "drop")]
        blocks += [kit.section(t("referrals.sheet"), "held"), kit.actions(choices, "choices")]
    elif held.is_open and held.route is Route.OUTSIDE:
        blocks += referral_calls.door(t)
    elif held.is_open:
        blocks.append(kit.section(t("referrals.sheet_wait"), "wait"))
    return kit.modal(
        t("referrals.sheet_title"),
        blocks,
        callback_id=ids.VIEW_REFERRAL_SHEET,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id, handle),
    )


def stands(held: Referral, t: Translator) -> str:
    """Say how a referral stands."""
    if not held.is_open:
        return t("cards.state.closed")
    outside = held.state is ReferralState.ASKED and held.route is Route.OUTSIDE
    return t(f"cards.referral.state.{'outside' if outside else held.state.value}")


def _choice(t: Translator, action: str, word: str) -> Element:
    ask = kit.confirm(t("referrals.sure"), t(f"referrals.sure.{word}"), t(f"referrals.{word}"), t("referrals.sure_no"))
    return kit.button(t(f"referrals.{word}"), action, ask=ask)


def home_part(t: Translator, notes: Sequence[str], passed: Sequence[str]) -> list[Block]:
    """Return the notes that wait for this person, by handle, and the days on which they passed something on."""
    blocks: list[Block] = []
    for place, handle in enumerate(notes[:MOST_SHOWN]):
        button = kit.button(t("referrals.home_open"), ids.OPEN_REFERRAL, handle)
        blocks.append(kit.section(t("referrals.home_note"), f"referral.{place}", button))
    if passed:
        lines = "\n".join(t("referrals.passed_on", day=day) for day in passed[:MOST_SHOWN])
        blocks += [kit.header(t("referrals.passed_title"), "passed_title"), kit.section(lines, "passed")]
    return blocks
