"""The switch of the monthly note in Home and the page behind a note: there for everybody, or for nobody at all."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest

from handlers import ids, tokens
from handlers.hear import Hear
from handlers.i18n import Translator
from handlers.views import cover as views
from peersupport.people import Address
from simulator.block_kit import check_blocks
from store.encryption import Handles
from tests.front.screen import TEAM, every_element, words
from tests.front.stage import Stage
from tests.front.test_mydata_limits import t as t
from tests.front.test_view_limits import assert_fits
from tests.rules.world import World, ask, vancouver

ROBIN = Address(TEAM, "U0ROBIN")


def covering() -> Stage:
    """Give a stage whose programme has it switched on."""
    return Stage(World(vancouver(privacy={"cover_traffic": True})))


def test_the_page_and_the_switch_fit_and_say_so(t: Translator) -> None:
    for view, key in (
        (views.nothing(covering().front, t.language), "cover.nothing"),
        (views.stopped(covering().front, t.language), "cover.stopped"),
    ):
        assert_fits(view)
        assert t(key) in words(view)
    for on in (True, False):
        assert check_blocks([views.switch(t, on=on)._resolve()], "home") == []


@pytest.mark.threat("T30")
async def test_home_offers_it_to_everybody_alike_and_where_it_is_off_to_nobody() -> None:
    without = Stage().person("U0ROBIN")
    await without.opens_home()
    assert ids.COVER_NOTE not in {each["action_id"] for each in every_element(without.home)}
    stage = covering()
    asked, never = stage.person("U0ROBIN"), stage.person("U0KAI")
    await never.opens_home()
    assert ids.COVER_NOTE in {each["action_id"] for each in every_element(never.home)}
    before = words(never.home)
    request = await stage.world.opens(asked=ask(notify=True))
    await asked.opens_home()
    assert "Stop the monthly note" in words(asked.home)
    await asked.presses(ids.COVER_NOTE, on_home=True)
    await asked.presses(ids.WITHDRAW, on_home=True)
    await asked.opens_home()
    assert request.reference not in words(asked.home)
    assert words(asked.home).replace("U0ROBIN", "U0KAI") == before


def test_every_message_has_a_button_of_the_same_shape_and_older_ones_work_on() -> None:
    handles, record, now = Handles(bytes(32)), UUID(int=7), datetime(2026, 11, 22, tzinfo=UTC)

    def opened(value: str, viewer: str = tokens.viewer_of(ROBIN)) -> tuple[str, UUID] | None:
        front, trace = SimpleNamespace(handles=handles), SimpleNamespace(forged=False)
        found = tokens.from_message(
            cast("Hear", SimpleNamespace(front=front, trace=trace, value=value, viewer=viewer, now=now))
        )
        assert trace.forged is (found is None)
        return found

    for purpose in (ids.OWN, ids.OFFER, ids.MATCH, ids.SHEET, ids.COVER):
        value = tokens.for_message(handles, purpose, record, ROBIN, now)
        assert len(value) == 64
        assert opened(value) == opened(f"r.{value}") == (purpose, record)
        assert opened(value, f"{TEAM}:U0KAI") is None
    assert opened("r.") is opened("A" * 64) is None
