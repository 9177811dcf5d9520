"""T39: an event that Slack sends again, late or out of order, has one effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers import ids
from peersupport.requests import State
from tests.front.screen import TEAM
from tests.front.stage import Stage


def event(number: int, kind: str, **more: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number}", "event": {"type": kind, **more}}


@pytest.mark.req("G35")
@pytest.mark.threat("T39")
async def test_an_account_that_ended_ends_once_however_often_and_late_it_is_told() -> None:
    stage = Stage()
    request = await stage.world.accepted()
    stage.person("U0SUNE", deleted=True)
    gone = {"id": "U0SUNE", "team_id": TEAM, "deleted": True}
    told = event(1, ids.USER_CHANGED, user=gone)
    await stage.dispatcher.answer(told)
    await stage.settle()
    tables = stage.world.memory.tables
    after = (stage.world.request(request.id), list(tables.audit), set(tables.outbox))
    assert after[0].state is State.MATCHING
    earlier = event(2, ids.USER_CHANGED, user={**gone, "deleted": False})
    for body, late in ((told, 0), (told, 1), (earlier, 5), (told, 24 * 60)):
        stage.world.now += timedelta(minutes=late)
        await stage.dispatcher.answer(body)
        await stage.settle()
    assert (stage.world.request(request.id), list(tables.audit), set(tables.outbox)) == after
