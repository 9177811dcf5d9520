"""Every view of a referral, from extreme inputs, in both languages, is one that Slack takes; nothing is shown early."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from handlers import ids
from handlers.i18n import LANGUAGES
from handlers.payloads import Filled, Passing
from handlers.views import kit, referral_list, referrals, requests
from peersupport.referral import ReferralState
from peersupport.referral_list import Filter, Listing, Row
from simulator.block_kit import check_blocks, check_view, view_too_large
from tests.front.stage import Stage, texts
from tests.front.test_requester_views import HANDLE, WIDE
from tests.rules.world import START, VANCOUVER
from tests.store.records import a_referral

UNTIL = START + timedelta(days=7)
FULL = Passing(True, "U0ROBIN", "<!channel> & *b* :tada:", "x" * referrals.LONGEST_REACH, "tell")
ANSWERS = (
    ids.REFERRAL_NO,
    ids.REFERRAL_LATER,
    ids.REFERRAL_NEVER,
    ids.REFERRAL_NEVER_FROM,
    ids.REFERRAL_MISTAKE,
)


def fits(view: dict[str, Any]) -> None:
    assert check_view(view, view["type"]) == []
    assert not view_too_large(view)


@pytest.mark.req("G4", "V19")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", [VANCOUVER, WIDE], ids=["shipped", "wide"])
def test_the_forms_fit_and_begin_with_the_numbers(language: str, programme: Any) -> None:
    front = Stage(programmes={each.id: each for each in (VANCOUVER, WIDE)}).front
    for filled in (Passing(), Passing(attested=True), FULL):
        view = referrals.form(front, language, programme, filled)
        fits(view)
        assert view["blocks"][0]["block_id"] == "crisis"
        shown = {block["block_id"] for block in view["blocks"]}
        whom = {ids.IN_COLLEAGUE, ids.IN_COLLEAGUE_NAME, ids.IN_COLLEAGUE_REACH, ids.IN_TELLS}
        assert (shown & whom) == (whom if filled.attested else set())
        assert FULL.reach not in view["private_metadata"]
    for page in (referrals.words, referrals.thanks, referrals.too_many):
        fits(page(front, language, programme))


@pytest.mark.req("G4", "G7")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["", "x" * 3000, "<!channel> *b*"], ids=["unnamed", "long", "markup"])
def test_the_note_and_its_answers_fit(language: str, name: str) -> None:
    front = Stage().front
    view = referrals.note(front, language, VANCOUVER, HANDLE, UNTIL, name)
    fits(view)
    assert view["blocks"][0]["block_id"] == "crisis"
    for action in ANSWERS:
        page = referrals.answered(front, language, VANCOUVER, action, UNTIL)
        fits(page)
        assert name == "" or name not in json.dumps(page)
    fits(requests.form(front, language, VANCOUVER, Filled(name="Robin"), referral=HANDLE))
    fits(requests.redirected(front, language, VANCOUVER, VANCOUVER.eligibility.roles[-1], HANDLE))
    parts = referrals.home_part(texts().in_language(language), [HANDLE] * 9, ["1er novembre 2026"] * 9)
    assert check_blocks([each._resolve() for each in parts], "home") == []


@pytest.mark.req("V8", "G30")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", [VANCOUVER, WIDE], ids=["shipped", "wide"])
@pytest.mark.parametrize("count", [0, 1, referral_list.SHOWN + 1])
def test_the_list_of_open_referrals_fits(language: str, programme: Any, count: int) -> None:
    t = texts().in_language(language)
    rows = tuple(
        Row(a_referral(id=UUID(int=n), state=ReferralState.HELD), late=True, ends_soon=True) for n in range(count)
    )
    handles = {each.referral.id: HANDLE for each in rows}
    for chosen in Filter:
        found = Listing(rows, dict.fromkeys(Filter, count), chosen)
        fits(referral_list.listing(found, handles, programme, t))
        home = referral_list.home_part(found, handles, programme, t)
        assert check_blocks(kit.message(home), "home") == []
        assert bool(home) == bool(count)
