"""The supporter's modals and part of Home: an offer without a name, and a request that is with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import cards, kit
from handlers.views.feedback import question
from handlers.views.identity import offer_words
from handlers.views.safety import button as concern_button
from peersupport.answers import Glance
from peersupport.programme import Programme
from peersupport.requests import State, SupportRequest
from peersupport.supporters import Supporter


def offer(glance: Glance, programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return an offer with its three answers; nothing in it says who asked, or why."""
    says = glance.request.reference
    buttons = [
        kit.button(t("offer.accept"), ids.ACCEPT, handle, style="primary", says=t("offer.accept_says", reference=says)),
        kit.button(t("offer.decline"), ids.DECLINE, handle, says=t("offer.decline_says", reference=says)),
        kit.button(t("offer.not_me"), ids.NOT_ME, handle, says=t("offer.not_me_says", reference=says)),
    ]
    blocks = [
        kit.section(offer_words(glance, programme, t), "words"),
        kit.actions(buttons, "answers"),
        kit.context(t("offer.no_reason"), "note"),
    ]
    return _modal(t("offer.title"), blocks, ids.VIEW_OFFER, programme, t, handle)


def matched(
    request: SupportRequest,
    programme: Programme,
    t: Translator,
    handle: str,
    said: str = "",
    wait: str = "",
    *,
    quiet: bool = False,
    bridge: str = "",
) -> kit.View:
    """Return a request that is with this supporter.

    `wait` says until when the name stays closed, if it does; `quiet` that they are asked whether the talks go on;
    `bridge` is the line to go on with, where the last talk is over and somebody is still in distress.
    """
    blocks: list[Block] = [kit.alert(said, "said")] if said else []
    pairs = [
        (t("cards.status"), cards.state_words(request, t)),
        (t("cards.due"), cards.due(request, programme, t)),
    ]
    blocks += [
        kit.header(t("cards.title", reference=request.reference), "title"),
        *kit.facts(pairs, "facts"),
        kit.section(_frame(programme, t), "frame"),
    ]
    if wait:
        blocks.append(kit.section(t("match.wait", when=wait), "wait"))
    if quiet:
        button = kit.button(t("notes.going_on"), ids.STILL_GOING)
        blocks.append(kit.section(t("notes.supporter_idle"), "quiet", button))
    if bridge:
        blocks.append(kit.section(t("safety.bridge", line=bridge), "bridge"))
    blocks += [kit.divider("rule"), kit.actions(_deeds(request, programme, t, closed=bool(wait)), "deeds")]
    blocks.append(kit.actions([concern_button(t, request.reference)], "safety"))
    blocks.append(kit.context(t("match.safety_note"), "note"))
    return _modal(t("match.title"), blocks, ids.VIEW_MATCHED, programme, t, handle)


def _frame(programme: Programme, t: Translator) -> str:
    promise = programme.promise
    return t(
        "match.frame",
        shortest=promise.conversation_minutes[0],
        longest=promise.conversation_minutes[1],
        fewest=promise.conversations[0],
        most=promise.conversations[1],
    )


def _deeds(request: SupportRequest, programme: Programme, t: Translator, *, closed: bool) -> list[Element]:
    """Return the buttons that make sense now; a count carries the number it makes, so a double press counts once."""
    contacted = request.state in (State.CONTACTED, State.TALKING)
    more = request.talks < programme.promise.conversations[1] + request.fourth_agreed
    first = request.state is State.ACCEPTED and not closed
    talk, attempt = str(request.talks + 1), str(request.attempts + 1)
    wanted: list[tuple[bool, str, str | None, str | None]] = [
        (not closed, ids.SHOW_CONTACT, "primary" if first else None, None),
        (first, ids.REACHED, None, None),
        (first, ids.NOT_REACHED, None, attempt),
        (contacted and more, ids.TALKED, "primary", talk),
        (contacted and not more and not request.fourth_agreed, ids.ASK_FOURTH, None, None),
        (contacted, ids.OFFER_RESOURCES, None, None),
        (contacted, ids.FINISH, None, None),
        (True, ids.NOT_ME_AFTER, None, None),
        (True, ids.HAND_BACK, None, None),
    ]
    return [
        kit.button(t(f"match.do.{deed}"), deed, value, style=style, ask=_question(deed, t))
        for shown, deed, style, value in wanted
        if shown
    ]


def _question(deed: str, t: Translator) -> Any:
    if deed not in (ids.FINISH, ids.HAND_BACK, ids.NOT_ME_AFTER):
        return None
    return kit.confirm(t("triage.ask.title"), t(f"match.ask.{deed}"), t(f"match.ask.{deed}.yes"), t("triage.ask.no"))


def over(programme: Programme, t: Translator, handle: str | None = None) -> kit.View:
    """Return that this is no longer needed; one who knew the name (`handle`) is asked to delete what they noted."""
    blocks = [kit.section(t("match.over_knew" if handle else "match.over"), "words")]
    if handle:
        buttons = [kit.button(t("match.deleted"), ids.DELETED, style="primary"), concern_button(t)]
        blocks.append(kit.actions(buttons, "deeds"))
    return _modal(t("match.over_title"), blocks, ids.VIEW_PAGE, programme, t, handle)


def left(programme: Programme, t: Translator, handle: str, words: str, rating: str = "") -> kit.View:
    """Return thanks to one who leaves a request: nothing noted is left, and (where it is finished) did it help."""
    concern = [concern_button(t)] if rating else []
    row = kit.actions([kit.button(t("match.deleted"), ids.DELETED, style="primary"), *concern], "deeds")
    asked = question(t, rating, "left") if rating else []
    return _modal(t("match.title"), [kit.section(words, "words"), row, *asked], ids.VIEW_PAGE, programme, t, handle)


def thanks(programme: Programme, t: Translator, words: str) -> kit.View:
    """Return one sentence of thanks."""
    return _modal(t("offer.title"), [kit.section(words, "words")], ids.VIEW_PAGE, programme, t, None)


def home_part(
    me: Supporter,
    offers: Sequence[tuple[SupportRequest, str]],
    mine: Sequence[tuple[SupportRequest, str]],
    programme: Programme,
    t: Translator,
    *,
    paused: bool,
    silent: bool = False,
) -> list[Block]:
    """Return the supporter's part of Home: references only, each behind a button.

    `silent` says that they let their last offers lapse.
    """
    title = t("offer.home", programme=programme.name.get(t.language))
    blocks = [kit.header(title[:150], f"supporter.{programme.id}")]
    for place, (request, handle) in enumerate(offers):
        words = t("offer.home_offer", reference=request.reference, due=cards.due(request, programme, t))
        says = t("offer.open_says", reference=request.reference)
        button = kit.button(t("cards.direct_open"), ids.OPEN_OFFER, handle, style="primary", says=says)
        blocks.append(kit.section(words, f"offer.{programme.id}.{place}", button))
    for place, (request, handle) in enumerate(mine):
        words = t("offer.home_mine", reference=request.reference, state=cards.state_words(request, t))
        says = t("offer.open_says", reference=request.reference)
        button = kit.button(t("cards.direct_open"), ids.OPEN_MATCH, handle, says=says)
        blocks.append(kit.section(words, f"match.{programme.id}.{place}", button))
    if not offers and not mine:
        blocks.append(kit.section(t("offer.home_empty"), f"nothing.{programme.id}"))
    if silent:
        blocks.append(kit.section(t("notes.unanswered"), f"silent.{programme.id}"))
    pause = (
        kit.button(t("offer.resume"), ids.RESUME, programme.id)
        if paused
        else kit.button(t("offer.pause"), ids.PAUSE, programme.id)
    )
    row = [kit.button(t("offer.profile"), ids.MY_PROFILE, programme.id), pause]
    blocks.append(kit.actions(row, f"self.{programme.id}"))
    words = t("offer.paused_now") if paused else t.count("offer.limit", me.limit)
    blocks.append(kit.context(words, f"limit.{programme.id}"))
    return blocks


def _modal(
    title: str, blocks: Sequence[Block], callback_id: str, programme: Programme, t: Translator, handle: str | None
) -> kit.View:
    metadata = kit.meta(t.language, programme.id, handle)
    return kit.modal(title, blocks, callback_id=callback_id, close=t("pages.close"), metadata=metadata)
