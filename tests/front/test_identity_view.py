"""What the sheet says of how to reach somebody: what was given, that nothing is known, or that it is kept no longer."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest

from handlers.views.identity import identity
from peersupport.requests import Contact, Door, Needs, State, SupportRequest
from tests.front.stage import Stage
from tests.rules.partner_world import IMPACT
from tests.rules.world import ROBIN, START, VANCOUVER

REQUEST = SupportRequest(UUID(int=1), "PS-1", VANCOUVER.id, Door.PARTNER, State.RECEIVED, 1, START, START, "1")
NEEDS = Needs(ROBIN, "Robin Roy", "en", "physician", ("phone",))


@pytest.mark.req("U38")
@pytest.mark.parametrize(
    ("language", "contact", "said"),
    [
        ("en", Contact("604-555-0142"), "604-555-0142"),
        ("en", Contact(" "), "None is known. Find one once, or close the request; then everything is erased."),
        ("fr", Contact(""), "Aucune coordonnée connue."),
        ("en", None, "No longer kept"),
    ],
)
def test_the_sheet_says_where_no_way_to_reach_them_is_known(language: str, contact: Contact | None, said: str) -> None:
    t = Stage().front.texts.in_language(language)
    shown = json.dumps(identity(REQUEST, NEEDS, contact, VANCOUVER, t), ensure_ascii=False)
    assert said in shown


@pytest.mark.req("I2")
@pytest.mark.parametrize(("language", "said"), [("en", "Their community"), ("fr", "Sa localité")])
def test_where_a_partner_says_they_work_is_shown_with_how_to_reach_them(language: str, said: str) -> None:
    t = Stage().front.texts.in_language(language)
    there = replace(NEEDS, department="terrace")
    shown = json.dumps(identity(REQUEST, there, None, IMPACT, t), ensure_ascii=False)
    assert said in shown
    assert "Terrace" in shown
    theirs = json.dumps(identity(replace(REQUEST, door=Door.SELF), there, None, IMPACT, t), ensure_ascii=False)
    assert "Terrace" not in theirs, "what somebody said of their own place keeps others away and is shown to nobody"
