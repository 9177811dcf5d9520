"""Colleagues among themselves on a real database: who is listed, who asks, and timers as the worker carries them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import yaml

from peersupport import check_ins, introductions, listings, reminders
from peersupport.addresses import Address
from peersupport.introductions import View
from peersupport.listings import Kept
from peersupport.notifications import Delivered, Due, Kind
from peersupport.ports_informal import Listed, Side
from peersupport.programme import Programme
from store.store import Store
from tests.rules.world import PEOPLE
from tests.store.records import MovableClock
from tests.store.test_workflow_races import Ids as Ids

FILE = Path(__file__).parents[2] / "programmes" / "informal.yml"
WREN, ROWAN, SAGE = (Address("T0NORTH", user) for user in ("U0WREN", "U0ROWAN", "U0SAGE"))


def informal(**changes: Any) -> Programme:
    """The shipped programme with invented people; `changes` replace whole parts of it."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Programme.model_validate(content | {"people": PEOPLE} | changes)


INFORMAL = informal()


def words_of(who: Address, name: str = "Wren") -> Listed:
    return Listed(who, name, "250-555-0142", "Terrace", ("weekends",), ("alone_on_call", "loss"))


@dataclass
class Hamlet:
    """The store, its clock, and what people do in it."""

    store: Store
    clock: MovableClock

    async def lists(self, who: Address, name: str = "Wren", *, limit: int = 3) -> UUID:
        async with self.store.work() as work:
            kept = await listings.keep(
                work, INFORMAL, words_of(who, name), weekly_limit=limit, now=self.clock.now(), ids=Ids()
            )
        assert isinstance(kept, Kept)
        return kept.listing.id

    async def asks(self, who: Address, listing: UUID, key: str = "") -> object:
        side = Side(who, f"{who.user} asks", "604-555-0177")
        async with self.store.work() as work:
            return await introductions.ask(
                work, INFORMAL, side, listing, key=key or str(uuid4()), now=self.clock.now(), ids=Ids()
            )

    async def sees(self, who: Address) -> list[View]:
        async with self.store.work() as work:
            return await introductions.of(work, INFORMAL.id, who, self.clock.now())

    async def says(self, who: Address, id: UUID, *, yes: bool) -> object:
        async with self.store.work() as work:
            if yes:
                return await introductions.accept(work, INFORMAL, id, who, self.clock.now())
            return await introductions.decline(work, INFORMAL.id, id, who, self.clock.now())

    async def passes(self, **time: float) -> list[Kind]:
        """Move the time on, carry every row that is due as the worker would, and return what was said."""
        self.clock.move(**time)
        said: list[Kind] = []
        while claims := await self.store.queue.claim(10):
            for claim in claims:
                async with self.store.work() as work:
                    said += await self._carry(work, claim.due)
                    held = await work.settle(claim, Delivered())
                assert held or claim.due.kind not in reminders.KINDS
        return said

    async def _carry(self, work: Any, due: Due) -> list[Kind]:
        if due.kind in reminders.KINDS:
            await reminders.carry_out(work, INFORMAL, due, self.clock.now(), Ids())
            return []
        if due.kind is Kind.TELL_LISTED:
            return [due.kind]
        if due.kind is Kind.TELL_CHECK_IN:
            who = await check_ins.to_tell(work, due)
            await check_ins.told(work, due, self.clock.now())
        else:
            who = await introductions.to_tell(work, due)
            await introductions.told(work, due)
        return [due.kind] if who else []
