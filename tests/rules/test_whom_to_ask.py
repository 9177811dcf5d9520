"""Whom an administrator is shown, and who is asked although they are not among the first."""

from typing import Any

import pytest

from peersupport import triage
from peersupport.triage import CannotAsk, Offered
from tests.rules.world import ADA, World, address, ask


@pytest.mark.req("V9")
async def test_the_best_are_shown_and_anybody_who_can_be_asked_is_asked() -> None:
    world = World()
    everybody = [world.supporter(f"U0SUP{number}") for number in range(triage.BEST + 2)]
    request = await world.confirmed()
    suggested = await world.do(triage.suggest, ADA, request.id)
    assert isinstance(suggested, triage.Suggestions)
    assert [each.supporter.id for each in suggested.ranking.candidates] == everybody[: triage.BEST]
    offered = await world.do(triage.offer, ADA, request.id, [everybody[-1]], ids=world.ids)
    assert isinstance(offered, Offered)


@pytest.mark.req("V5")
@pytest.mark.threat("T21")
@pytest.mark.parametrize("wants", [{"avoid_names": ("Dr. Sune",)}, {"avoid_members": (address("U0SUNE"),)}])
async def test_who_is_to_be_avoided_is_neither_shown_nor_asked(wants: dict[str, Any]) -> None:
    world = World()
    sune, tove = world.supporter("U0SUNE", "Sune"), world.supporter("U0TOVE", "Tove")
    request = await world.confirmed(asked=ask(**wants))
    suggested = await world.do(triage.suggest, ADA, request.id)
    assert isinstance(suggested, triage.Suggestions)
    assert [each.supporter.id for each in suggested.ranking.candidates] == [tove]
    assert suggested.ranking.excluded == 1
    assert await world.do(triage.offer, ADA, request.id, [tove, sune], ids=world.ids) == CannotAsk()
    assert world.offers(request.id) == []
