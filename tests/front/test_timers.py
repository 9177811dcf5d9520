"""The worker and a timer: said with the same commit that ends the row, and not before its time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from bot.worker import Worker
from peersupport.notifications import Delivered, Due, Kind, Message, Result
from store.outbox import Claim
from tests.rules.clockwork import told
from tests.rules.world import World

CLAIMED = 7


@dataclass
class Store:
    """Hands out one claim, and settles it inside the unit of work, as long as the lease is held."""

    world: World
    holds: bool = True
    settled: list[Result] = field(default_factory=list)

    @property
    def queue(self) -> "Store":
        return self

    async def settle(self, claim: Claim, result: Result) -> bool:
        assert claim.seq == CLAIMED
        self.settled.append(result)
        return self.holds

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Any]:
        async with self.world.memory() as unit:
            unit.settle = self.settle  # type: ignore[attr-defined]
            yield unit


@dataclass
class Notifier:
    """Knows the programme, unless it is switched off."""

    world: World
    on: bool = True

    @property
    def ids(self) -> Any:
        return self.world.ids

    def programme(self, _due: Due) -> Any:
        return self.world.programme if self.on else None


@dataclass
class At:
    world: World

    def now(self) -> datetime:
        return self.world.now


def claim_of(row: Message) -> Claim:
    assert row.run_at is not None
    due = Due(World().ids.new(), row.kind, row.subject, row.programme, row.audience)
    return Claim(due, CLAIMED, 1, "timer", row.run_at, 1)


async def carry(world: World, *, holds: bool = True, on: bool = True) -> list[Result]:
    """Let the worker carry the timer of the promise at risk; return how it was settled."""
    store = Store(world, holds)
    worker = Worker(store, Notifier(world, on), At(world), Random(1), lambda: True)  # type: ignore[arg-type]
    (row,) = world.memory.told(Kind.ALERT_RISK)
    await worker.carry(claim_of(row))
    return store.settled


@pytest.mark.req("G38")
async def test_a_timer_ends_with_what_it_says() -> None:
    world = World()
    await world.opens()
    world.later(hours=60)
    assert await carry(world) == [Delivered()]
    assert len(told(world, Kind.ALERT_RISK)) == 3


@pytest.mark.req("G38")
@pytest.mark.threat("T44")
async def test_who_lost_the_row_says_nothing() -> None:
    world = World()
    await world.opens()
    world.later(hours=60)
    before = world.memory.tables.copied()
    await carry(world, holds=False)
    assert world.memory.tables == before


@pytest.mark.threat("T53")
async def test_a_row_that_a_clock_set_back_has_made_early_waits_for_its_time() -> None:
    world = World()
    await world.opens()
    world.later(hours=59)
    (row,) = world.memory.told(Kind.ALERT_RISK)
    assert await carry(world) == [Delivered()]
    assert told(world, Kind.ALERT_RISK) == []
    first, again = world.memory.told(Kind.ALERT_RISK)
    assert replace(again, dedupe=first.dedupe) == row
    assert again.dedupe != first.dedupe
    assert again.run_at == world.now + timedelta(hours=1)


async def test_a_timer_of_a_programme_that_is_switched_off_is_kept_for_a_person_to_look_at() -> None:
    world = World()
    await world.opens()
    world.later(hours=60)
    (result,) = await carry(world, on=False)
    assert getattr(result, "code", "") == "programme_not_enabled"
    assert told(world, Kind.ALERT_RISK) == []
