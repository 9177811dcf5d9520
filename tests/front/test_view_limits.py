"""Every view of administrators and supporters, from extreme inputs, in both languages, is one that Slack takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from handlers.i18n import LANGUAGES, Texts, Translator
from handlers.views import cards, identity, triage
from handlers.views import feedback as feedback_views
from handlers.views import offers as offer_views
from handlers.views import supporters as register_views
from peersupport.answers import Glance
from peersupport.feedback import Finished
from peersupport.offers import Offer, OfferState
from peersupport.register import Listing
from peersupport.requests import Contact, Door, Needs, Outcome, State, SupportRequest
from peersupport.supporters import Profile, Supporter
from peersupport.triage import Asked, Sheet
from simulator.block_kit import check_blocks, check_view, view_too_large
from tests.rules.world import ROBIN, VANCOUVER, address, rank

NOW = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
TEXTS = Texts.load()
HANDLE = "h" * 90
WORDS = [
    "Robin",
    "x" * 3000,
    "🫶🏽" * 500,
    "مرحبا \u202e\u2066 abc",
    "<!channel> <@U0ROBIN> <https://x|y> & < > *b* :tada:",
]
WISHES = {wish.id: wish.options[-1].id for wish in VANCOUVER.form.wishes}
EVERYTHING = Needs(
    requester=ROBIN,
    name="Robin",
    language="fr",
    role="physician",
    modalities=tuple(each.id for each in VANCOUVER.form.modalities),
    reasons=tuple(each.id for each in VANCOUVER.form.reasons),
    times=tuple(each.id for each in VANCOUVER.form.times),
    wishes=WISHES,
    avoid_members=(address("U0A"),) * 20,
    not_my_department=True,
)


def request(**changes: Any) -> SupportRequest:
    usual = SupportRequest(
        id=UUID(int=7),
        reference="K7-4Q2M",
        programme=VANCOUVER.id,
        door=Door.SELF,
        state=State.RECEIVED,
        version=1,
        created_at=NOW,
        due_at=NOW + timedelta(hours=72),
        notice_version="2026-11",
    )
    return replace(usual, **changes)


REQUESTS = [
    *(request(state=state) for state in State),
    request(state=State.ACCEPTED, attempts=1),
    request(state=State.ACCEPTED, attempts=2, urgent=True),
    request(state=State.TALKING, talks=1),
    request(state=State.TALKING, talks=3),
    request(state=State.TALKING, talks=4, fourth_agreed=True),
    request(state=State.MATCHING, none_left=True),
    request(state=State.CLOSED, outcome=Outcome.DONE),
]


def entry(number: int, name: str) -> tuple[Supporter, Profile]:
    supporter = Supporter(UUID(int=100 + number), VANCOUVER.id, 1, NOW.date(), NOW.date(), 2)
    return supporter, Profile(address(f"U0S{number}"), name, modalities=("phone",), traits=WISHES)


@pytest.fixture(params=LANGUAGES)
def t(request: pytest.FixtureRequest) -> Translator:
    return TEXTS.in_language(request.param)


def assert_fits(view: dict[str, Any]) -> None:
    assert check_view(view, view["type"]) == []
    assert not view_too_large(view)


@pytest.mark.threat("T13")
@pytest.mark.parametrize("held", REQUESTS, ids=lambda held: f"{held.state}-{held.talks}-{held.attempts}")
def test_cards_fit(t: Translator, held: SupportRequest) -> None:
    text, blocks = cards.card(held, VANCOUVER, t, HANDLE, "x" * 1500)
    assert check_blocks(blocks) == []
    assert held.reference in text
    assert check_blocks(cards.direct(t, HANDLE)[1]) == check_blocks(cards.direct_closed(t)[1]) == []


@pytest.mark.parametrize("count", [0, 1, 25, 100])
@pytest.mark.threat("T13")
@pytest.mark.parametrize("held", REQUESTS, ids=lambda held: f"{held.state}-{held.talks}-{held.attempts}")
def test_sheets_fit(t: Translator, held: SupportRequest, count: int) -> None:
    states = list(OfferState)
    asked = tuple(
        Asked(Offer(UUID(int=n + 1), held.id, UUID(int=n), n, states[n % len(states)], NOW, NOW, NOW), "x" * 75)
        for n in range(count)
    )
    desk = triage.Desk(
        HANDLE,
        "x" * 75,
        {each.offer.id.hex: HANDLE for each in asked},
        [(f"{HANDLE}{n}", "x" * 75) for n in range(min(count, 20))],
    )
    assert_fits(triage.sheet(Sheet(held, False, asked, "x" * 75), desk, VANCOUVER, t, "said"))


@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_candidates_fit(t: Translator, count: int) -> None:
    ranking = rank(EVERYTHING, [entry(n, "x" * 75) for n in range(count)], VANCOUVER, NOW)
    assert len(ranking.candidates) == count
    handles = {each.supporter.id.hex: f"{HANDLE}{n}" for n, each in enumerate(ranking.candidates)} | {"": HANDLE}
    preview = triage.Preview(request(), EVERYTHING.modalities, EVERYTHING.times, "fr")
    assert_fits(triage.candidates(preview, ranking, VANCOUVER, t, handles))
    assert_fits(triage.close_form(request(), VANCOUVER, t, HANDLE))


@pytest.mark.parametrize("words", WORDS, ids=["plain", "long", "emoji", "rtl", "markup"])
@pytest.mark.parametrize("contact", [None, Contact("x" * 3000, voicemail=True)])
def test_identities_fit_and_stay_literal(t: Translator, words: str, contact: Contact | None) -> None:
    view = identity.identity(request(), replace(EVERYTHING, name=words), contact, VANCOUVER, t, kept_out=3)
    assert_fits(view)
    # Labels, in our words, stand beside values.
    fields = [field for block in view["blocks"] for field in block.get("fields", [])[1::2]]
    assert all(field["type"] == "plain_text" and field["emoji"] is False for field in fields)
    assert any(words[:1000] in field["text"] for field in fields)


@pytest.mark.threat("T13")
@pytest.mark.parametrize("held", REQUESTS, ids=lambda held: f"{held.state}-{held.talks}-{held.attempts}")
def test_supporters_modals_fit(t: Translator, held: SupportRequest) -> None:
    offer = Offer(UUID(int=1), held.id, UUID(int=2), 1, OfferState.OPEN, NOW)
    glance = Glance(offer, held, EVERYTHING.modalities, EVERYTHING.times, "fr")
    assert_fits(offer_views.offer(glance, VANCOUVER, t, HANDLE))
    assert_fits(offer_views.matched(held, VANCOUVER, t, HANDLE, t("offer.accepted")))
    assert_fits(offer_views.matched(held, VANCOUVER, t, HANDLE, wait="x" * 60))
    assert_fits(offer_views.over(VANCOUVER, t, HANDLE))
    assert_fits(offer_views.left(VANCOUVER, t, HANDLE, t("match.finished")))


@pytest.mark.parametrize("key", ["match.attempt_first", "match.talked_last", "match.talk_limit", "match.attempt_more"])
def test_what_is_said_after_a_press_fits(t: Translator, key: str) -> None:
    assert_fits(offer_views.matched(request(state=State.TALKING), VANCOUVER, t, HANDLE, t(key)))


@pytest.mark.parametrize("words", WORDS, ids=["plain", "long", "emoji", "rtl", "markup"])
def test_the_register_fits(t: Translator, words: str) -> None:
    name = words[: register_views.NAME_LONGEST]
    listings = [(Listing(*entry(n, name)), HANDLE) for n in range(register_views.PAGE)]
    assert_fits(register_views.register(listings, [each for each, _ in listings] * 6, 1, VANCOUVER, t, NOW))
    assert_fits(register_views.register([], [], 0, VANCOUVER, t, NOW))
    assert_fits(register_views.entry_form(VANCOUVER, t, listings[0][0], HANDLE))
    assert_fits(register_views.entry_form(VANCOUVER, t, None, None))
    assert_fits(register_views.own_form(VANCOUVER, t, listings[0][0]))


@pytest.mark.parametrize("count", [0, 1, 20])
def test_parts_of_home_fit(t: Translator, count: int) -> None:
    rows = [(request(), HANDLE)] * count
    me = entry(1, "Iris")[0]
    parts = offer_views.home_part(me, rows[:10], rows[:10], VANCOUVER, t, paused=bool(count))
    assert check_blocks([b._resolve() for b in parts], "home") == []


def test_the_opened_identity_tells_private_contact_zone_and_the_own_department(t: Translator) -> None:
    needs = replace(EVERYTHING, zone="America/Halifax")
    shown = str(identity.identity(request(), needs, Contact("604-555-0142", private=True), VANCOUVER, t, apart=True))
    assert all(words in shown for words in (t("identity.private.yes"), "America/Halifax", t("triage.kept_department")))
    bare = str(identity.identity(request(), needs, Contact("604-555-0142"), VANCOUVER, t))
    assert not any(words in bare for words in (t("identity.private.yes"), t("triage.kept_department")))


def test_what_was_rated_is_not_asked_again(t: Translator) -> None:
    assert len(feedback_views.finished(Finished(request(), resources_offered=False), t, HANDLE, 0)) == 3
    assert len(feedback_views.finished(Finished(request(), resources_offered=False, rated=True), t, HANDLE, 0)) == 1
