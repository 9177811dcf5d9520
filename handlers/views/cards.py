"""The administrators' card and the constant direct message: reference, door, due time and state, never a person."""

from __future__ import annotations

from typing import Any

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit
from peersupport.programme import Programme
from peersupport.referral import Referral, ReferralState, Route
from peersupport.requests import State, SupportRequest


def due(request: SupportRequest, programme: Programme, t: Translator) -> str:
    """Return the latest time of first contact in words."""
    clock = programme.clock
    return t.when(request.due_at, clock.tz, clock.label.get(t.language), yours=clock.show_viewer_time)


def state_words(request: SupportRequest, t: Translator) -> str:
    """Return the state as an administrator reads it, with the requester's own "not yet"."""
    words = _state(request, t)
    return t("cards.state.not_yet", state=words) if request.not_yet_at and request.state is not State.CLOSED else words


def _state(request: SupportRequest, t: Translator) -> str:
    if request.none_left:
        return t("cards.state.none_left")
    if request.attempts and request.state is State.ACCEPTED:
        return t.count("cards.state.attempts", request.attempts)
    if request.state is State.INVITED:
        return t.count("cards.state.invited", request.attempts)
    if request.state is State.TALKING:
        return t.count("cards.state.talking", request.talks)
    return t(f"cards.state.{request.state.value}")


def door(request: SupportRequest, t: Translator, times: int = 0) -> str:
    """Return how a request came in and, of a partner's notice, how many there were where there was more than one."""
    # In words of their own for each number: what goes out is compared with the catalogue.
    return t(f"cards.door.times.{min(times, 4)}") if times > 1 else t(f"cards.door.{request.door.value}")


def card(
    request: SupportRequest, programme: Programme, t: Translator, handle: str, claimed_by: str, times: int = 0
) -> tuple[str, list[dict[str, Any]]]:
    """Return the text and blocks of a request's card.

    `claimed_by` is the name of the administrator who has it, `times` how many notices of partners it stands for.
    """
    if request.state is State.CLOSED:
        return closed(request, t)
    title = t("cards.urgent" if request.urgent else "cards.title", reference=request.reference)
    pairs = [
        (t("cards.type"), door(request, t, times)),
        (t("cards.due"), due(request, programme, t)),
        (t("cards.status"), state_words(request, t)),
        (t("cards.with"), claimed_by or t("cards.nobody")),
    ]
    blocks = [
        kit.header(title, "title"),
        *kit.facts(pairs, "facts"),
        kit.actions(_buttons(request, t, handle), "buttons"),
        kit.context(t("cards.no_names"), "note"),
    ]
    return t("cards.text", reference=request.reference), kit.message(blocks)


def _buttons(request: SupportRequest, t: Translator, handle: str) -> list[Any]:
    reference = request.reference
    buttons = [kit.button(t("cards.open"), ids.OPEN_SHEET, handle, says=t("cards.open_says", reference=reference))]
    if request.state is State.RECEIVED:
        claim = kit.button(
            t("cards.claim"), ids.CLAIM, handle, style="primary", says=t("cards.claim_says", reference=reference)
        )
        return [claim, *buttons]
    if request.state in (State.CONFIRMED, State.MATCHING):
        find = kit.button(
            t("cards.find"), ids.FIND, handle, style="primary", says=t("cards.find_says", reference=reference)
        )
        return [find, *buttons]
    return buttons


def closed(request: SupportRequest, t: Translator) -> tuple[str, list[dict[str, Any]]]:
    """Return what a card is edited down to at the end: the reference and one word."""
    text = t("cards.closed", reference=request.reference)
    return text, kit.message([kit.section(text, "closed")])


def flood(t: Translator) -> tuple[str, list[dict[str, Any]]]:
    """Return the line that says that a partner sends more than it may."""
    text = t("cards.flood")
    return text, kit.message([kit.section(text, "words")])


def stripped(t: Translator) -> tuple[str, list[dict[str, Any]]]:
    """Return what is left of a card where others than the administrators can read it."""
    text = t("cards.stripped")
    return text, kit.message([kit.section(text, "closed")])


def superseded(t: Translator) -> tuple[str, list[dict[str, Any]]]:
    """Return what is left of a card after a newer one for the same request was posted."""
    text = t("cards.superseded")
    return text, kit.message([kit.section(text, "closed")])


def direct(t: Translator, value: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the one direct message that anybody ever gets."""
    text = t("cards.direct")
    row = kit.actions([kit.button(t("cards.direct_open"), ids.OPEN_MESSAGE, value)], "open")
    return text, kit.message([kit.section(text, "words"), row])


def direct_closed(t: Translator) -> tuple[str, list[dict[str, Any]]]:
    """Return what a direct message is edited down to once it leads nowhere."""
    text = t("cards.direct_closed")
    return text, kit.message([kit.section(text, "words")])


def referral(held: Referral, t: Translator, handle: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the text and blocks of a referral's card: reference, door and state, and nobody in it."""
    reference = held.reference
    if held.state is ReferralState.CLOSED:
        text = t("cards.referral.closed", reference=reference)
        return text, kit.message([kit.section(text, "closed")])
    outside = held.state is ReferralState.ASKED and held.route is Route.OUTSIDE
    state = "outside" if outside else held.state.value
    pairs = [(t("cards.type"), t("cards.door.colleague")), (t("cards.status"), t(f"cards.referral.state.{state}"))]
    says = t("cards.referral.open_says", reference=reference)
    button = kit.button(t("cards.referral.open"), ids.OPEN_REFERRAL_CARD, handle, says=says)
    blocks = [
        kit.header(t("cards.referral.title", reference=reference), "title"),
        *kit.facts(pairs, "facts"),
        kit.actions([button], "buttons"),
        kit.context(t("cards.no_names"), "note"),
    ]
    return t("cards.referral.text", reference=reference), kit.message(blocks)
