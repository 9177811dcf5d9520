"""The one tap after a request is finished: Home says at once that it was taken."""

from __future__ import annotations

import pytest

from handlers import ids
from peersupport import conversations
from peersupport.outcomes import Done
from tests.front.screen import words
from tests.front.stage import Stage
from tests.rules.test_feedback import SUNE, talked
from tests.rules.world import ROBIN


@pytest.mark.req("V18")
async def test_home_asks_no_more_as_soon_as_it_was_answered() -> None:
    stage = Stage()
    request = await talked(stage.world)
    assert isinstance(await stage.world.do(conversations.finish, SUNE, request.id), Done)
    robin = stage.person(ROBIN.user)
    await robin.opens_home()
    assert request.reference in words(robin.home)
    await robin.presses(ids.RATE_HELPED, on_home=True)
    assert "Thank you" in robin.sees
    assert request.reference in words(robin.home)
    assert ids.RATE_HELPED not in str(robin.home)
