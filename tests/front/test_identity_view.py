"""What the sheet says of how to reach somebody: what was given, that nothing is known, or that it is kept no longer."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from handlers.views.identity import identity
from peersupport.requests import Contact, Door, Needs, State, SupportRequest
from tests.front.stage import Stage
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
