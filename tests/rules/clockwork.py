"""The worker's part in the rules: carries out each timer once, in order, when its time has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from peersupport import reminders
from peersupport.notifications import Due, Kind, Message
from tests.rules.world import World


@dataclass
class Clockwork:
    """The timers of a world, and which of them have been carried out."""

    world: World
    done: set[str] = field(default_factory=set)

    def waiting(self) -> list[Message]:
        """Return the timers that are due now, the earliest first."""
        rows = [each for each in self.world.memory.tables.outbox.values() if each.kind in reminders.KINDS]
        due = [
            each for each in rows if each.dedupe not in self.done and (each.run_at or self.world.now) <= self.world.now
        ]
        return sorted(due, key=lambda each: (each.run_at or self.world.now, each.dedupe))

    async def run(self) -> None:
        """Carry everything out that is due, and what it leads to at once."""
        while rows := self.waiting():
            for row in rows:
                self.done.add(row.dedupe)
                await carry_out(self.world, row)

    async def until(self, instant: datetime) -> None:
        """Move time forward as a running worker sees it: every timer fires at its own instant."""
        while True:
            rows = [each for each in self.world.memory.tables.outbox.values() if each.kind in reminders.KINDS]
            times = [each.run_at for each in rows if each.run_at and each.dedupe not in self.done]
            nearest = min((each for each in times if each <= instant), default=None)
            if nearest is None:
                break
            self.world.now = max(self.world.now, nearest)
            await self.run()
        self.world.now = instant
        await self.run()


async def carry_out(world: World, row: Message) -> None:
    """Carry one timer out now, as often as this is called."""
    async with world.memory() as work:
        due = Due(world.ids.new(), row.kind, row.subject, world.programme.id, row.audience)
        await reminders.carry_out(work, world.programme, due, world.now, world.ids)


def said(world: World, kind: Kind, mark: str = "") -> list[Message]:
    """Return the messages of a kind whose key holds a mark."""
    return [each for each in world.memory.told(kind) if f":{mark}" in each.dedupe]


def told(world: World, rung: Kind) -> list[UUID | None]:
    """Return which administrators were told on one rung."""
    return [each.audience for each in said(world, Kind.TELL_MEMBER, f"{rung}:")]


def rows_of(world: World, kind: Kind) -> list[Message]:
    """Return the timers of a kind."""
    return world.memory.told(kind)
