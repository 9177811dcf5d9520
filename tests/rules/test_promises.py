"""How a promise stands, as the operator's numbers have it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from peersupport.promises import Open, Promise, counted, promise_of
from tests.rules.world import VANCOUVER, World

MINUTE = timedelta(minutes=1)


@pytest.mark.req("G13")
async def test_each_promise_stands_in_one_way() -> None:
    world = World()
    request = await world.opens()
    start, due = request.created_at, request.due_at
    open_now = Open(VANCOUVER.id, start, request.promised_at, due, None, None, None)
    at_risk = VANCOUVER.later(start, VANCOUVER.timing.contact_alert_admin)
    assert promise_of(open_now, VANCOUVER, start) is Promise.WAITING
    assert promise_of(open_now, VANCOUVER, at_risk) is Promise.AT_RISK
    assert promise_of(open_now, VANCOUVER, due) is Promise.MISSED
    assert promise_of(replace(open_now, missed_at=due), VANCOUVER, due + MINUTE) is Promise.MISSED_ANNOUNCED
    assert promise_of(replace(open_now, unreached_at=start), VANCOUVER, due) is Promise.NOT_REACHED
    assert promise_of(replace(open_now, contacted_at=due), VANCOUVER, due + MINUTE) is Promise.IN_TIME
    assert promise_of(replace(open_now, contacted_at=due + MINUTE), VANCOUVER, due) is Promise.LATE
    several = [open_now, open_now, replace(open_now, programme="not-enabled")]
    assert counted(several, {VANCOUVER.id: VANCOUVER}, start) == {Promise.WAITING: 2}
