"""Sessions on a real database: series to register for, people who do, and timers as the worker carries them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from peersupport import places, reminders, waiting_list
from peersupport.addresses import Address
from peersupport.notifications import Delivered, Kind
from peersupport.place import Already, Joined, Joining, Left, Not, Waiting
from peersupport.programme import Programme
from peersupport.series import Registration, Series, SeriesState
from store.errors import StoreBusy
from store.store import Store
from tests.rules.world import PEOPLE
from tests.store.records import MovableClock
from tests.store.test_workflow_races import Ids as Ids

FILE = Path(__file__).parents[2] / "programmes" / "thriving.yml"
wall = datetime.fromisoformat


def thriving() -> Programme:
    """The shipped programme with invented people."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Programme.model_validate(content | {"people": PEOPLE})


THRIVING = thriving()


def somebody(number: int) -> Address:
    return Address("T0NORTH", f"U0PERSON{number:02}")


def a_series(**changes: Any) -> Series:
    """A weekly session from 9 November 2026 on, at 19:15 in Vancouver."""
    usual: dict[str, Any] = {
        "slug": None, "kind": "drop_in_series", "state": SeriesState.OPEN, "zone": "America/Vancouver",
        "title_en": "Evenings", "title_fr": "Soirées", "about_en": "", "about_fr": "",
        "starts": wall("2026-11-09T19:15:00"), "repeats": "FREQ=WEEKLY;BYDAY=MO", "alias": True,
    }  # fmt: skip
    return Series(id=uuid4(), programme=THRIVING.id, **(usual | changes))


def a_course(**changes: Any) -> Series:
    """Eight weekly classes for those who come to all of them."""
    usual = {"kind": "course", "repeats": "FREQ=WEEKLY;BYDAY=MO;COUNT=8", "all_dates": True, "capacity": 2}
    return a_series(**usual | changes)


@dataclass
class Hall:
    """The store, its clock, and what people do in it."""

    store: Store
    clock: MovableClock

    async def has(self, series: Series) -> Series:
        async with self.store.work() as work:
            assert await work.series.add(series)
        return series

    async def registers(
        self, series: Series, who: int, on: datetime | None = None, **form: Any
    ) -> Joined | Waiting | Already | Not:
        chosen = Joining(commits=series.all_dates, **form)
        while True:
            with suppress(StoreBusy):  # Many wait for one row: the listener asks again, and so does this.
                async with self.store.work() as work:
                    return await places.register(
                        work, THRIVING, series.id, on, somebody(who), chosen, now=self.clock.now(), ids=Ids()
                    )

    async def joins(self, series: Series, who: int, on: datetime | None = None, **form: Any) -> Registration:
        found = await self.registers(series, who, on, **form)
        assert isinstance(found, Joined | Waiting)
        return found.registration

    async def leaves(self, registration: Registration, who: int) -> Left | Not:
        async with self.store.work() as work:
            return await places.leave(work, THRIVING, registration.id, somebody(who), now=self.clock.now())

    async def takes_back(self, registration: Registration, who: int) -> Joined | Waiting | Not:
        async with self.store.work() as work:
            return await places.take_back(work, THRIVING, registration.id, somebody(who), now=self.clock.now())

    async def answers(self, registration: Registration, who: int, *, yes: bool) -> Joined | Left | Not:
        async with self.store.work() as work:
            now = self.clock.now()
            return await waiting_list.answer_place(work, THRIVING, registration.id, somebody(who), yes=yes, now=now)

    async def refills(self, series: Series, *, capacity: int | None) -> int:
        """Change how many places there are, and offer what comes free by it."""
        async with self.store.work() as work:
            held = await work.series.get(series.id, lock=True)
            assert held is not None
            assert await work.series.save(replace(held, capacity=capacity))
            return await waiting_list.refill_all(work, THRIVING, replace(held, capacity=capacity), self.clock.now())

    async def state(self, registration: Registration) -> str:
        async with self.store.work() as work:
            found = await work.registrations.get(registration.id)
        return found.state.value if found else "gone"

    async def passes(self, **time: float) -> list[Kind]:
        """Move time on, carry every timer that is due, and return what kinds there were to carry."""
        self.clock.move(**time)
        carried = []
        while claims := await self.store.queue.claim(10):
            for claim in claims:
                async with self.store.work() as work:
                    if claim.due.kind in reminders.KINDS:
                        await reminders.carry_out(work, THRIVING, claim.due, self.clock.now(), Ids())
                    assert await work.settle(claim, Delivered())
                carried.append(claim.due.kind)
        return carried
