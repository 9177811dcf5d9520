"""When Home offers to say that nobody has made contact: from half of the promise that stands now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.views.own import Card, can_say_not_yet
from peersupport.own import Own
from peersupport.requests import State
from tests.rules.world import World


@pytest.mark.req("V14")
async def test_it_is_offered_from_half_of_the_promise_that_stands_now() -> None:
    world = World()
    first = await world.opens()
    anew = world.now + timedelta(days=20)
    second = replace(first, state=State.MATCHING, promised_at=anew, due_at=world.programme.due_at(anew))
    for request, start in ((first, world.now), (second, anew)):
        half = start + (request.due_at - start) / 2
        card = Card(Own(request, None, None), world.programme, "", half)
        assert can_say_not_yet(card)
        assert not can_say_not_yet(replace(card, now=half - timedelta(minutes=1)))
