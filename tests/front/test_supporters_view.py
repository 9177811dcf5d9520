"""The register says in words how much each supporter has taken on, and how much room there is among all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from handlers.i18n import Texts
from handlers.views.supporters import register
from peersupport.addresses import Address
from peersupport.register import Listing
from peersupport.supporters import Profile, Supporter
from tests.front.screen import words
from tests.rules.world import VANCOUVER

pytestmark = pytest.mark.req("V9")

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
TEXTS = Texts.load()
ABLE = Supporter(UUID(int=1), VANCOUVER.id, 1, date(2026, 1, 1), date(2026, 1, 1), limit=2)


def told(*supporters: Supporter, language: str = "en") -> str:
    """Return the page of these supporters as text."""
    people = [Listing(each, Profile(Address("T0NORTH", "U0SUNE"), "Sune")) for each in supporters]
    view = register([(each, "handle") for each in people], people, 0, VANCOUVER, TEXTS.in_language(language), NOW)
    return words(view)


@pytest.mark.parametrize(
    ("load", "said"),
    [(0, "with nobody now"), (1, "has room for more"), (2, "taken up now"), (3, "with more people than agreed")],
)
def test_a_load_is_words_and_no_number(load: int, said: str) -> None:
    page = told(replace(ABLE, load=load))
    assert said in page
    assert not [each for each in page if each.isdigit() and each != "1"]


def test_the_page_begins_with_how_much_room_there_is() -> None:
    full, away = replace(ABLE, load=2), replace(ABLE, paused_until=NOW + timedelta(days=1))
    assert "Several supporters have room now." in told(ABLE, ABLE, full)
    assert "Few supporters have room now." in told(ABLE, full, full)
    assert "Everybody who could be asked is taken up now." in told(full, full, away)
    assert "Nobody can be asked now" in told(away, replace(ABLE, trained_on=None), replace(ABLE, active=False))
    assert "Peu de personnes de soutien ont de la place." in told(ABLE, full, full, language="fr")
    assert "room" not in told()
