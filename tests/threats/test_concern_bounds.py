"""T20, T21: a safety concern opens nothing to one person for longer than was said, nor to whom a request keeps out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers import ids
from peersupport import conversations, own
from tests.rules.world import VANCOUVER, ask
from tests.threats import scenes
from tests.threats.presses import Press, in_modal, opening_home
from tests.threats.scenes import SECRET, Ground, Scene

HOLD = timedelta(hours=VANCOUVER.safety.hold_erasure_hours)


async def shown(ground: Ground, scene: Scene) -> str:
    """Let the lead press for name and contact; return everything they see."""
    press: Any = in_modal(ids.CONCERN)(Press(ground, scene, scenes.LEAD, scenes.LEAD), ids.SHOW_CONCERNED)
    return "".join((await ground.told(press)).views)


@pytest.mark.req("G11", "G16")
@pytest.mark.threat("T20")
async def test_a_finished_request_opens_to_a_lead_alone_while_it_is_held_and_no_longer(prepared: Ground) -> None:
    scene, start = prepared.scenes["talks"], prepared.clock.at
    with prepared.aside():
        await prepared.do(conversations.finish, scene.with_, scene.request)
        prepared.keep()
        assert SECRET in await shown(prepared, scene)
        prepared.put_back()
        before = prepared.events("identity.")
        try:
            prepared.clock.at = start + HOLD
            late = await shown(prepared, scene)
        finally:
            prepared.clock.at = start
        assert SECRET not in late
        assert prepared.front.texts.in_language("en")("safety.over_time") in late
        assert prepared.events("identity.") == before


@pytest.mark.req("V5", "U25")
@pytest.mark.threat("T17", "T21")
async def test_a_lead_who_is_kept_out_later_loses_the_concern_from_home_and_sight(prepared: Ground) -> None:
    scene = prepared.scenes["talks"]
    with prepared.aside():
        prepared.keep()
        assert SECRET in await shown(prepared, scene)
        form = ask(requester=scene.own, name=SECRET, reach=scenes.PHONE)
        form = replace(form, needs=replace(form.needs, avoid_members=(scenes.LEAD,)))
        await prepared.do(own.change, scene.own, scene.request, form)
        prepared.keep()
        assert SECRET not in await shown(prepared, scene)
        home = await prepared.told(opening_home(Press(prepared, scene, scenes.LEAD, scenes.LEAD), ids.HOME_OPENED))
        assert home.views
        assert scene.reference not in "".join(home.views)
