"""On the morning of a weekday, who looks after a programme hears if there is something to do, and only then."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from peersupport import digest, queue
from peersupport.notifications import Kind
from peersupport.queue import Today
from tests.rules.world import ADA, BEN, World, ask

FRIDAY, MONDAY = "2026-11-20", "2026-11-23"
pytestmark = pytest.mark.req("U11")


def at(world: World, local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=world.programme.clock.zone).astimezone(UTC)


async def told(world: World, local: str) -> list[str]:
    world.now = at(world, local)
    before = len(world.memory.told(Kind.TELL_DIGEST))
    async with world.memory() as work:
        count = await digest.tell(work, world.programme, world.now)
    new = world.memory.told(Kind.TELL_DIGEST)[before:]
    names = {world.member(ADA): "ada", world.member(BEN): "ben"}
    assert count >= len(new)
    return [names[each.audience] for each in new if each.audience is not None]


async def test_nothing_to_say_says_nothing_and_something_tells_each_administrator_once_a_day() -> None:
    world = World()
    assert await told(world, f"{FRIDAY}T08:30") == []
    await world.opens()
    assert await told(world, f"{FRIDAY}T08:31") == ["ada", "ben"]
    assert await told(world, f"{FRIDAY}T08:32") == [], "the same day once"
    assert await told(world, f"{MONDAY}T08:30") == ["ada", "ben"]


@pytest.mark.parametrize(
    ("local", "sent"),
    [
        (f"{FRIDAY}T08:29:59", False),
        (f"{FRIDAY}T08:30", True),
        (f"{FRIDAY}T12:29:59", True),
        (f"{FRIDAY}T12:30", False),
        (f"{FRIDAY}T23:00", False),
        ("2026-11-21T08:30", False),
        ("2026-11-22T08:30", False),
    ],
)
async def test_only_on_a_weekdays_morning_however_late_the_row_is_carried(local: str, *, sent: bool) -> None:
    world = World()
    world.now = at(world, "2026-11-19T12:00")
    await world.opens()
    assert bool(await told(world, local)) == sent


async def test_who_is_kept_out_of_the_only_request_hears_nothing() -> None:
    world = World()
    await world.opens(asked=ask(avoid_members=(BEN,)))
    assert await told(world, f"{MONDAY}T08:30") == ["ada"]


async def test_the_days_numbers() -> None:
    world = World()
    request = await world.offered(world.supporter("U0SUNE"))
    read = await world.read(lambda work: queue.today(work, world.programme, ADA, request.due_at))
    assert read == Today(overdue=1, unanswered=1)
    before = await world.read(lambda work: queue.today(work, world.programme, ADA, world.now))
    assert before == Today(unanswered=1)
    morning = at(world, request.due_at.astimezone(world.programme.clock.zone).date().isoformat() + "T08:30")
    assert morning < request.due_at
    assert await world.read(lambda work: queue.today(work, world.programme, ADA, morning)) == Today(due=1, unanswered=1)
