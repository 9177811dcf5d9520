"""Drains the outbox: one row, one transaction; rows of one lane in order, lanes side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random

from bot import logs
from bot.calm import Calm
from bot.metrics import Delivery, Meter
from bot.upkeep import JOBS, Rooms, next_of
from handlers.notifier import PACED, Notifier
from peersupport import reminders, retention, timer_rows, upkeep
from peersupport.notifications import Delivered, Kind, Later, Parked, Result
from peersupport.ports import Clock, StoreUnavailable
from store.outbox import ATTEMPTS, Claim
from store.queue import LEASE, back_off
from store.store import Store

HANDS = 6
"""How many rows are carried at once."""
POLL_SECONDS = 1.0
"""How often to look for timers, for leases that ended and, where no notices come, for other processes' rows."""
DELIVERY_SECONDS = LEASE.total_seconds() - 10
HANDS_IN_A_RUSH = 2
STEP_BACK_SECONDS = 0.2
"""How long the worker lets people be answered before it takes rows all the same."""
_PURGE_EVERY = timedelta(hours=1)
_KEEP_DONE = timedelta(days=2)
_KEEP_RECEIPTS = timedelta(days=60)
"""Longer than a finished request stays anybody's to rate."""
_KINDS = {Delivered: Delivery.DELIVERED, Later: Delivery.LATER, Parked: Delivery.PARKED}
_TELL_FIRST = timedelta(seconds=40)
"""For so long, and no longer, an erasure waits until the requester was told of the ending."""
_LOOK_AGAIN_SECONDS = 1.0
_TROUBLE_SECONDS = (0.2, 0.5, 1.0, 2.0)


class Worker:
    """Claims what is due, has it carried out, and settles it."""

    def __init__(
        self,
        store: Store,
        notifier: Notifier,
        clock: Clock,
        chance: Random,
        ready: Callable[[], bool],
        meter: Meter | None = None,
        calm: Calm | None = None,
        rooms: Rooms | None = None,
    ) -> None:
        """`ready` says whether database and keyring are in reach; while they are not, nothing is claimed.

        `rooms` is what the daily jobs use; without it there are none.
        """
        self._store = store
        self._notifier = notifier
        self._clock = clock
        self._chance = chance
        self._ready = ready
        self._meter = meter or Meter()
        self._calm = calm or Calm()
        self._rooms = rooms
        self._carrying: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._at_rest = asyncio.Event()
        self._purged = clock.now()

    async def run(self) -> None:
        """Work until told to stop."""
        failures = 0
        while not self._stopping.is_set():
            if not self._ready():
                self._at_rest.set()
                await self._pause(_TROUBLE_SECONDS[1])
                continue
            try:
                claims = await self._claim()
                failures = 0
            except StoreUnavailable:
                await self._pause(_TROUBLE_SECONDS[min(failures, len(_TROUBLE_SECONDS) - 1)])
                failures += 1
                continue
            except Exception as error:  # noqa: BLE001 - the worker outlives whatever a claim runs into
                logs.trouble("worker.failed", error)
                await self._pause(_TROUBLE_SECONDS[-1])
                continue
            if not claims:
                await self._idle()

    async def stop(self, patience: float) -> None:
        """Carry what is due already, take no more, finish; for so many seconds at most."""
        self._at_rest.clear()
        self._store.queue.stir()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._at_rest.wait(), patience / 2)
        self._stopping.set()
        self._store.queue.stir()
        if self._carrying:
            await asyncio.wait(self._carrying, timeout=patience / 2)
        for task in self._carrying:
            task.cancel()

    async def _claim(self) -> bool:
        """Claim as many rows as there are free hands; False where there was nothing to take."""
        free = HANDS - len(self._carrying)
        if free <= 0:
            await asyncio.wait(self._carrying, return_when=asyncio.FIRST_COMPLETED)
            return True
        # Slack takes about one message a second in a channel; people who wait for an answer come first.
        is_calm = await self._calm.wait(STEP_BACK_SECONDS)
        claims = await self._store.queue.claim(free if is_calm else min(free, HANDS_IN_A_RUSH))
        for claim in claims:
            task = asyncio.create_task(self.carry(claim))
            self._carrying.add(task)
            task.add_done_callback(self._let_go)
        return bool(claims)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        # The next row of this lane is free only now.
        self._carrying.discard(task)
        self._store.queue.stir()

    async def _idle(self) -> None:
        if not self._carrying:
            self._at_rest.set()
        if self._clock.now() - self._purged > _PURGE_EVERY:
            self._purged = self._clock.now()
            await self._quietly(self._store.queue.purge(self._purged - _KEEP_DONE))
            await self._quietly(self._store.purge(receipts=_KEEP_RECEIPTS))
            await self._quietly(self._store.paces.purge())
        await self._store.queue.wait(POLL_SECONDS)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def carry(self, claim: Claim) -> None:
        """Carry one row out and settle it; where that cannot be written down, the lease ends and another tries."""
        try:
            if claim.due.kind in retention.ERASURES:
                await self._erase(claim)
                return
            if claim.due.kind in reminders.KINDS:
                await self._remind(claim)
                return
            if claim.due.kind in upkeep.KINDS:
                await self._keep_up(claim)
                return
            async with asyncio.timeout(DELIVERY_SECONDS):
                result = await self._notifier.deliver(claim.due)
        except StoreUnavailable:
            result = Later(_TROUBLE_SECONDS[-1], "store_unavailable", counts=False)
        except TimeoutError:
            # What was being said may stand there: it counts, as where an answer was lost.
            said = claim.due.kind not in upkeep.KINDS
            result = Later(self._chance.uniform(10.0, 20.0), "took_too_long", counts=said)
        except Exception as error:  # noqa: BLE001 - one row must not end the worker
            logs.trouble("outbox.crashed", error, kind=claim.due.kind.value)
            result = Later(0.0, "crashed")
        await self._quietly(self._settle(claim, result))

    async def _erase(self, claim: Claim) -> None:
        if claim.due.kind is Kind.ERASE:
            since = self._clock.now() - _TELL_FIRST
            if await self._store.queue.waits_to_tell(claim.due.subject, since):
                await self._store.queue.settle(claim, Later(_LOOK_AGAIN_SECONDS, "tell_first", counts=False))
                return
            await self._notifier.take_leave(claim.due)
        async with self._store.work() as work:
            await retention.carry_out(work, claim.due, self._clock.now())
            await work.settle(claim, Delivered())

    async def _remind(self, claim: Claim) -> None:
        """Carry a timer out, and settle it with the same commit; one that a clock set back has made early waits."""
        programme, now = self._notifier.programme(claim.due), self._clock.now()
        if programme is None:
            await self._settle(claim, Parked("programme_not_enabled"))
            return
        async with self._store.work() as work:
            if claim.run_at > now:
                await work.outbox.put(timer_rows.again(claim.due, claim.run_at))
            else:
                await reminders.carry_out(work, programme, claim.due, now, self._notifier.ids)
            if not await work.settle(claim, Delivered()):
                # Another worker has taken it: what it does counts, and nothing of this.
                await work.rollback()

    async def _keep_up(self, claim: Claim) -> None:
        """Do a job of the day; done, its next day is put down with the same commit."""
        job = JOBS.get(claim.due.kind)
        if job is None or self._rooms is None:
            await self._settle(claim, Parked("no_such_job"))
            return
        async with asyncio.timeout(DELIVERY_SECONDS):
            result = await job(self._rooms, claim.due)
        if not isinstance(result, Delivered):
            await self._settle(claim, result)
            return
        async with self._store.work() as work:
            await work.settle(claim, result)
            await work.outbox.put(*next_of(self._rooms, claim.due))

    async def _settle(self, claim: Claim, result: Result) -> None:
        if isinstance(result, Later) and result.code == PACED:
            # Not an attempt: it was put back until its turn.
            await self._store.queue.settle(claim, result)
            return
        self._meter.delivered(_KINDS[type(result)])
        if isinstance(result, Later):
            if result.counts:
                result = replace(result, seconds=max(result.seconds, back_off(claim.attempts, self._chance)))
            logs.note("outbox.later", kind=claim.due.kind.value, code=result.code, attempts=claim.attempts)
        held = await self._store.queue.settle(claim, result)
        if not held:
            logs.note("outbox.lease_lost", kind=claim.due.kind.value)
        elif isinstance(result, Parked) or (isinstance(result, Later) and result.counts and claim.attempts >= ATTEMPTS):
            logs.trouble("outbox.parked", kind=claim.due.kind.value, code=result.code)

    async def _quietly(self, deed: Awaitable[object]) -> None:
        try:
            await deed
        except StoreUnavailable:
            return
        except Exception as error:  # noqa: BLE001 - as above
            logs.trouble("worker.failed", error)
