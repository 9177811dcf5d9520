"""The administrator's modals: the sheet of a request, the opened identity, who could be asked, closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import cards, kit
from handlers.views.identity import labels, offer_words, when
from handlers.views.queue import put_off_choice
from peersupport.matching import Candidate, Ranking, Reason, Why
from peersupport.offers import Offer, OfferState
from peersupport.programme import Programme
from peersupport.queue import Until
from peersupport.requests import MATCHED, State, SupportRequest
from peersupport.triage import BEST, CLOSINGS, Sheet

SHOWN = 5
"""Candidates shown with their reasons; the drop-downs below hold more."""
CHOICES = BEST
OFFERS_SHOWN = 20
BLOCK_PLACES = ("first", "second", "third")
BLOCK_OUTCOME = "outcome"


@dataclass(frozen=True, slots=True, repr=False)
class Desk:
    """What the sheet needs besides the record: opaque handles, and the names of administrators."""

    handle: str
    claimed_by: str = ""
    offers: dict[str, str] = field(default_factory=dict)
    """A handle for each unanswered offer, by the offer's id."""
    colleagues: Sequence[tuple[str, str]] = ()
    """Handle and name of each administrator it could be handed to."""
    put_off: Mapping[Until, datetime] = field(default_factory=dict)
    """Until when it can be put off in the queue."""

    has_pages: bool = False
    """Whether there are pages for people outside Slack."""

    def __repr__(self) -> str:
        return "Desk(...)"


def sheet(held: Sheet, desk: Desk, programme: Programme, t: Translator, said: str = "") -> kit.View:
    """Return the sheet of a request, without a word of who asks; `said` is one line about what was just done."""
    request = held.request
    blocks = [kit.alert(said, "said")] if said else []
    blocks += [
        kit.header(t("cards.title", reference=request.reference), "title"),
        *_where_it_stands(held, desk, programme, t),
    ]
    blocks += _asked(held, desk, programme, t)
    buttons = _deeds(held, desk, programme, t)
    if buttons:
        blocks += [kit.divider("rule"), kit.actions(buttons, "deeds")]
    picks = list(put_off_choice(desk.put_off, programme, t))
    if desk.colleagues and request.state not in (State.RECEIVED, State.CLOSED):
        picks.append(kit.select(ids.HAND_OVER, desk.colleagues, placeholder=t("triage.hand_over")))
    if picks:
        blocks.append(kit.actions(picks, "picks"))
    blocks.append(kit.context(t("triage.sheet_note"), "note"))
    return kit.modal(
        t("triage.sheet_title"),
        blocks,
        callback_id=ids.VIEW_SHEET,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id, desk.handle),
    )


def _where_it_stands(held: Sheet, desk: Desk, programme: Programme, t: Translator) -> list[Block]:
    request = held.request
    pairs = [
        (t("cards.type"), cards.door(request, t, held.told_times)),
        (t("cards.status"), cards.state_words(request, t)),
        (t("cards.due"), cards.due(request, programme, t)),
        (t("cards.with"), t("triage.you") if held.mine else desk.claimed_by or t("cards.nobody")),
        (t("triage.came"), when(request.created_at, programme, t)),
        (t("triage.talks"), f"{request.talks} / {programme.promise.conversations[1] + request.fourth_agreed}"),
    ]
    if held.supporter:
        pairs.append((t("triage.supporter"), held.supporter))
    if request.urgent:
        pairs.append((t("triage.urgent"), t("triage.urgent_by_them")))
    if held.account_ended:
        pairs.append((t("departures.slack"), t("departures.by_phone")))
    elif request.off_slack_at is not None:
        pairs.append((t("by_phone.slack"), t("by_phone.not_on_slack")))
    alerts = [kit.alert(t("by_phone.to_phone"), "to_phone", "warning")] if held.owed else []
    return [*alerts, *kit.facts(pairs, "facts")]


def _asked(held: Sheet, desk: Desk, programme: Programme, t: Translator) -> list[Block]:
    """Return one line an offer, newest last, with a button on those that nobody has answered."""
    blocks: list[Block] = []
    for place, each in enumerate(held.asked[-OFFERS_SHOWN:]):
        handle = desk.offers.get(each.offer.id.hex)
        button = (
            kit.button(
                t("triage.do.withdraw_offer"),
                ids.WITHDRAW_OFFER,
                handle,
                ask=_question(ids.WITHDRAW_OFFER, t),
                says=t("triage.withdraw_says", name=each.supporter)[:75],
            )
            if handle
            else None
        )
        blocks.append(
            kit.section(f"{each.supporter}: {_offer_words(each.offer, programme, t)}", f"asked.{place}", button)
        )
    return blocks


def _offer_words(offer: Offer, programme: Programme, t: Translator) -> str:
    if offer.state is OfferState.OPEN and offer.expires_at is not None:
        return t("triage.offer.open_until", when=when(offer.expires_at, programme, t))
    return t(f"triage.offer.{offer.state.value}")


def _deeds(held: Sheet, desk: Desk, programme: Programme, t: Translator) -> list[Element]:
    """Return the buttons that make sense now; every press is judged again on the server."""
    request = held.request
    waits = any(each.offer.state is OfferState.QUEUED for each in held.asked)
    looking = request.state in (State.CONFIRMED, State.MATCHING, State.OFFERED)
    wanted = [
        (request.state is State.RECEIVED, ids.CLAIM, "primary"),
        (request.state in (State.CONFIRMED, State.MATCHING), ids.FIND, "primary"),
        (request.state is not State.CLOSED, ids.SHOW_IDENTITY, None),
        (_by_phone(request), ids.PHONE_CALL, "primary" if held.owed else None),
        (_by_phone(request), ids.PHONE_CHANGE, None),
        (_by_phone(request) and desk.has_pages, ids.LINK_FOR_REQUEST, None),
        (looking and waits, ids.SEND_NEXT, None),
        (request.state in MATCHED, ids.REASSIGN, None),
        (_wants_one_more(request, programme), ids.AGREE_FOURTH, None),
        (request.state not in (State.RECEIVED, State.CLOSED) and not held.mine, ids.TAKE_OVER, None),
        (request.state is not State.CLOSED, ids.CLOSE, None),
    ]
    return [
        kit.button(t(f"triage.do.{deed}"), deed, desk.handle, style=style, ask=_question(deed, t))
        for shown, deed, style in wanted
        if shown
    ]


def _by_phone(request: SupportRequest) -> bool:
    return request.state is not State.CLOSED and request.off_slack_at is not None


def _wants_one_more(request: SupportRequest, programme: Programme) -> bool:
    foreseen = programme.promise.conversations[1]
    return request.state is State.TALKING and request.talks >= foreseen and not request.fourth_agreed


def _question(deed: str, t: Translator) -> Any:
    if deed not in (ids.REASSIGN, ids.WITHDRAW_OFFER):
        return None
    return kit.confirm(t("triage.ask.title"), t(f"triage.ask.{deed}"), t(f"triage.ask.{deed}.yes"), t("triage.ask.no"))


@dataclass(frozen=True, slots=True)
class Preview:
    """The part of a request that an offer shows."""

    request: SupportRequest
    modalities: tuple[str, ...]
    times: tuple[str, ...]
    language: str


def candidates(
    preview: Preview, ranking: Ranking, programme: Programme, t: Translator, handles: dict[str, str]
) -> kit.View:
    """Return who could be asked, best first. `handles` holds the form's own under "" and one a supporter by id."""
    request = preview.request
    shown = ranking.candidates[:CHOICES]
    blocks = [kit.section(t("candidates.intro", reference=request.reference), "intro")]
    for place, each in enumerate(shown[:SHOWN]):
        blocks.append(kit.section(_why(each, programme, t), f"candidate.{place}"))
    counts = (("candidates.kept_out", ranking.excluded), ("candidates.away", ranking.away))
    if any(number for _, number in counts):
        words = " ".join(t.count(key, number) for key, number in counts if number)
        blocks.append(kit.context(words, "counts"))
    choices = [(handles[each.supporter.id.hex], each.profile.name[:75]) for each in shown]
    if not choices:
        blocks.append(kit.section(t("candidates.none"), "none"))
    else:
        blocks += _places(choices, programme, t)
        blocks += [kit.divider("rule"), kit.section(t("candidates.preview"), "preview")]
        blocks.append(kit.section(offer_words(preview, programme, t), "offer"))
    return kit.modal(
        t("candidates.title"),
        blocks,
        callback_id=ids.VIEW_CANDIDATES,
        close=t("pages.back"),
        submit=t("candidates.send") if choices else None,
        metadata=kit.meta(t.language, programme.id, handles[""]),
    )


def _places(choices: list[tuple[str, str]], programme: Programme, t: Translator) -> list[Block]:
    together = programme.match.offer_mode == "together"
    fields = []
    for place, block_id in enumerate(BLOCK_PLACES[: max(1, len(choices))]):
        chosen = choices[0][0] if place == 0 else None
        label = t(f"candidates.{'also' if together and place else block_id}")
        element = kit.select(block_id, choices, chosen, t("candidates.pick"))
        fields.append(kit.field(label, element, block_id, optional=place > 0))
    return fields


def _why(each: Candidate, programme: Programme, t: Translator) -> str:
    good = [words for why in each.why if not why.against and (words := _reason(why, programme, t))]
    bad = [words for why in each.why if why.against and (words := _reason(why, programme, t))]
    lines = [each.profile.name, ", ".join(good)]
    if bad:
        lines.append(t("candidates.but", reasons=", ".join(bad)))
    return "\n".join(line for line in lines if line)[:3000]


def _reason(why: Why, programme: Programme, t: Translator) -> str:
    form = programme.form
    match why.reason:
        case Reason.SHARED_MODALITY:
            return labels(form.modalities, why.params, t).lower()
        case Reason.SHARED_TIME:
            return labels(form.times, why.params, t).lower()
        case Reason.WISH_MET:
            option = programme.wish_option(*why.params)
            return option.label.get(t.language) if option else ""
        case Reason.FREE:
            return t("candidates.free", load=why.params[0], limit=why.params[1])
        case Reason.SHARED_LANGUAGE:
            return ", ".join(t(f"identity.language.{code}") for code in why.params)
        case _:
            return t(f"candidates.{why.reason.value}")


def close_form(request: SupportRequest, programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return the form that closes a request with one of the fixed outcomes."""
    choices = [(outcome.value, t(f"triage.outcome.{outcome.value}")) for outcome in sorted(CLOSINGS)]
    blocks = [
        kit.section(t("triage.close_words", reference=request.reference), "words"),
        kit.field(t("triage.outcome"), kit.radios(BLOCK_OUTCOME, choices), BLOCK_OUTCOME),
    ]
    return kit.modal(
        t("triage.close_title"),
        blocks,
        callback_id=ids.VIEW_CLOSE,
        close=t("pages.back"),
        submit=t("triage.close_submit"),
        metadata=kit.meta(t.language, programme.id, handle),
    )
