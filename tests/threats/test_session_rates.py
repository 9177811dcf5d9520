"""Two hundred people are reminded, and told of a change, once each, and Slack is never asked for more than it gives."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from handlers.notifier import Notifier
from handlers.pace import Pace
from peersupport.notifications import Delivered, Due, Kind
from peersupport.session_changes import Move, apply
from simulator.faults import Faults
from simulator.rates import Rates
from simulator.web_api import WebApi
from tests.rules.fake_sessions import FACILITATOR, Sessions, wall
from tests.threats.post_office import PostOffice

pytestmark = pytest.mark.asyncio

PEOPLE = 200
SPEAKING = (Kind.TELL_REMINDER, Kind.TELL_CHANGED)


class Evening:
    """A session with many people, the notifier, and the simulated Slack with its limits; time is passed in."""

    def __init__(self) -> None:
        self.here = Sessions(datetime(2026, 10, 6, 16, tzinfo=UTC))
        self.series = self.here.has(repeats=None)
        self.here.registers(self.series, PEOPLE)
        world = self.here.world
        self.office = PostOffice(world, *(f"U0REG{number}" for number in range(PEOPLE)))
        self.rates = Rates()
        slack = self.office.slack
        slack._api = WebApi(slack.workspace, Faults(), self.rates, lambda: "")
        front = replace(self.office.front, work=self.here.work)
        self.notifier = Notifier(front, pace=Pace(lambda: world.now.timestamp()))  # noqa: PLW0108 - the world's time moves
        self.carried: set[str] = set()

    async def carries(self) -> timedelta:
        """Carry out every message, each when its time has come; return how long it took."""
        began = self.here.world.now = self.here.now
        rows = [row for kind in SPEAKING for row in self.here.told(kind) if row.dedupe not in self.carried]
        for row in sorted(rows, key=lambda row: row.run_at or began):
            self.here.world.now = max(self.here.world.now, row.run_at or began)
            self.carried.add(row.dedupe)
            due = Due(UUID(int=len(self.carried)), row.kind, row.subject, row.programme, row.audience)
            assert isinstance(await self.notifier.deliver(due), Delivered)
        self.here.now = self.here.world.now
        return self.here.now - began

    @property
    def got(self) -> Counter[int]:
        """How many people got how many messages."""
        posted = Counter(str(args["channel"]) for _, args in self.office.slack.messages)
        return Counter(posted.values())


@pytest.mark.req("T5", "T11")
@pytest.mark.threat("T44")
async def test_two_hundred_people_get_each_reminder_and_each_change_once_within_what_slack_takes() -> None:
    evening = Evening()
    here, starts = evening.here, datetime(2026, 10, 13, 2, 15, tzinfo=UTC)
    await here.plans()
    await here.until(starts - timedelta(days=1))
    assert timedelta(minutes=2) < await evening.carries() < timedelta(minutes=5)
    assert evening.got == {1: PEOPLE}
    async with here.work() as work:
        step = Move(wall("2026-10-12T19:15"), wall("2026-10-15T19:15"))
        await apply(work, here.programme, FACILITATOR, evening.series.id, step, now=here.now)
    await evening.carries()
    assert evening.got == {2: PEOPLE}
    for count, ahead in ((3, timedelta(days=1)), (4, timedelta(hours=1)), (4, -timedelta(days=1))):
        await here.until(starts + timedelta(days=3) - ahead)
        await evening.carries()
        assert evening.got == {count: PEOPLE}, "each of the new date's once, and nobody anything twice"
    assert evening.rates.refused == []
    assert len({args["text"] for _, args in evening.office.slack.messages}) == 1, "one constant sentence"
