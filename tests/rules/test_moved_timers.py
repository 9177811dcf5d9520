"""Timers whose time has moved since their row was written: none is lost, and none says its piece twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peersupport import conversations
from peersupport.notifications import Kind
from peersupport.requests import Outcome, State
from tests.rules.clockwork import Clockwork, rows_of, told
from tests.rules.world import World, address, ask, vancouver

SUNE = address("U0SUNE")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
"""Nine in the morning in Vancouver, so that whatever comes up to eleven hours later is by day as well."""
TICKED: dict[str, Any] = {"notify": True, "zone": "America/Vancouver"}

pytestmark = [pytest.mark.req("G21", "G38", "U53"), pytest.mark.threat("T44")]


def edit(world: World, **timers: timedelta) -> None:
    """Have somebody change the programme's times while requests are open."""
    programme = vancouver()
    world.programme = programme.model_copy(update={"timers": programme.timing.model_copy(update=timers)})


async def opened(world: World) -> None:
    await world.opens(asked=ask(**TICKED))


async def accepted(world: World) -> None:
    await world.accepted(asked=ask(**TICKED))


async def talking(world: World) -> None:
    request = await world.accepted(asked=ask(**TICKED))
    await world.do(conversations.contact_made, SUNE, request.id)


def reminded(rung: Kind) -> Callable[[World], int]:
    return lambda world: len(told(world, rung))


def supporter_told(about: Kind) -> Callable[[World], int]:
    return lambda world: len([each for each in rows_of(world, Kind.TELL_SUPPORTER) if f":{about}:" in each.dedupe])


def note_written(world: World) -> int:
    return len([each for each in rows_of(world, Kind.TELL_REQUESTER) if ":idle:" in each.dedupe])


@pytest.mark.parametrize(
    ("begins", "timer", "was", "becomes", "count", "once"),
    [
        (opened, "admin_reminder", 4, 6, reminded(Kind.REMIND_ADMINS), 2),
        (opened, "backup_admin_at", 24, 26, reminded(Kind.REMIND_BACKUPS), 3),
        (opened, "contact_alert_admin", 60, 62, reminded(Kind.ALERT_RISK), 3),
        (accepted, "contact_nudge", 24, 26, supporter_told(Kind.NUDGE_SUPPORTER), 1),
        (talking, "idle_close_prompt", 14 * 24, 15 * 24, supporter_told(Kind.ASK_GOING_ON), 1),
        (talking, "idle_close_prompt", 14 * 24, 15 * 24, note_written, 1),
    ],
)
async def test_a_time_that_was_moved_on_is_kept_and_once(
    begins: Callable[[World], Awaitable[None]],
    timer: str,
    was: int,
    becomes: int,
    count: Callable[[World], int],
    once: int,
) -> None:
    world = World(now=START)
    edit(world, **{timer: was * HOUR})
    clockwork = Clockwork(world)
    await begins(world)
    edit(world, **{timer: becomes * HOUR})
    await clockwork.until(START + becomes * HOUR - MINUTE)
    assert count(world) == 0
    await clockwork.until(START + becomes * HOUR)
    assert count(world) == once
    await clockwork.until(START + becomes * HOUR + 11 * HOUR)
    assert count(world) == once


@pytest.mark.req("U13")
async def test_who_is_asked_unasked_is_asked_at_the_time_that_stands_now() -> None:
    world = World(now=START)
    world.supporter("U0TOVE")
    edit(world, offer_unasked=30 * HOUR)
    clockwork = Clockwork(world)
    request = await world.opens()
    edit(world, offer_unasked=33 * HOUR)
    await clockwork.until(START + 33 * HOUR - MINUTE)
    assert world.offers(request.id) == []
    await clockwork.until(START + 33 * HOUR)
    assert len(world.offers(request.id)) == 1


@pytest.mark.req("U16")
async def test_whoever_was_not_reached_is_erased_though_the_days_were_made_more() -> None:
    world = World(now=START)
    clockwork = Clockwork(world)
    request = await world.accepted(asked=ask(**TICKED))
    for number in (1, 2):
        await world.do(conversations.could_not_reach, SUNE, request.id, number)
    edit(world, unreachable_close=timedelta(days=10))
    await clockwork.until(START + timedelta(days=10) - MINUTE)
    assert world.request(request.id).state is State.ACCEPTED
    await clockwork.until(START + timedelta(days=10))
    closed = world.request(request.id)
    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.UNREACHABLE)
    assert rows_of(world, Kind.ERASE)


async def test_a_talk_leaves_one_question_whatever_rows_there_are() -> None:
    world = World(now=START)
    clockwork = Clockwork(world)
    await talking(world)
    (request,) = world.memory.tables.requests.values()
    for number in (1, 2, 3):
        world.later(days=5)
        await world.do(conversations.talked, SUNE, request.id, number)
    rows = len(rows_of(world, Kind.ASK_GOING_ON))
    await clockwork.until(START + timedelta(days=29) - MINUTE)
    assert len(rows_of(world, Kind.ASK_GOING_ON)) == rows, "what is there already is not put down again"
    await clockwork.until(START + timedelta(days=29))
    assert (note_written(world), supporter_told(Kind.ASK_GOING_ON)(world)) == (1, 1)
