"""The worker's side of the outbox: claims what is due, settles it, waits for more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, or_, select, tuple_, union_all, update

from peersupport.notifications import Due, Kind, Parked, Result
from peersupport.ports import Clock
from store.connections import Connections
from store.errors import StoreUndone
from store.outbox import ATTEMPTS, DONE, DUE, PARKED, Claim, lane_of, settle
from store.tables import fixed, outbox
from store.transaction import AnyRow, Transaction

LEASE = timedelta(seconds=30)
_TRIES = 3
_LONGEST_WAIT = 900.0

_IS_DUE = outbox.c.state == fixed(DUE)
_FREE = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= bindparam("now"))
_front = outbox.alias("front")


def _nobody_before() -> ColumnElement[bool]:
    """True for the first of its lane; a row that is held comes before all others of its lane."""
    held = _front.c.lease_until > bindparam("now")
    earlier = tuple_(_front.c.run_at, _front.c.seq) < tuple_(outbox.c.run_at, outbox.c.seq)
    others = (_front.c.lane == outbox.c.lane, _front.c.state == fixed(DUE), _front.c.seq != outbox.c.seq)
    return ~exists(select(1).select_from(_front).where(*others, or_(held, earlier)))


_NEXT = (
    select(outbox.c.seq)
    .where(_IS_DUE, outbox.c.run_at <= bindparam("now"), _FREE)
    # A newer program may have put down kinds that this one cannot carry out.
    .where(outbox.c.kind.in_([fixed(kind.value) for kind in Kind]))
    .where(_nobody_before())
    .order_by(outbox.c.run_at, outbox.c.seq)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=outbox)
    # Materialised, or PostgreSQL might run it again and take more than the limit.
    .cte("next")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.seq.in_(select(_NEXT.c.seq)))
    .values(lease_until=bindparam("until"), fence=outbox.c.fence + 1, attempts=outbox.c.attempts + 1)
    .returning(
        outbox.c.id,
        outbox.c.kind,
        outbox.c.subject,
        outbox.c.programme,
        outbox.c.audience,
        outbox.c.attempts,
        outbox.c.seq,
        outbox.c.fence,
        outbox.c.lane,
        outbox.c.run_at,
    )
)
_NEXT_AT = select(func.min(func.coalesce(outbox.c.lease_until, outbox.c.run_at))).where(_IS_DUE)
_IS_PARKED = outbox.c.state == fixed(PARKED)
_COUNTS = union_all(
    select(fixed(DUE).label("state"), func.count().label("rows"), func.min(outbox.c.run_at)).where(_IS_DUE),
    select(fixed(PARKED), func.count(), func.min(outbox.c.run_at)).where(_IS_PARKED),
)
_PARKED_KINDS = select(outbox.c.kind, func.count().label("rows")).where(_IS_PARKED).group_by(outbox.c.kind)
_WAITING_CODES = (
    select(outbox.c.last_error, func.count().label("rows"))
    .where(_IS_DUE, outbox.c.last_error.is_not(None))
    .group_by(outbox.c.last_error)
)
_WAITING_WITH = select(
    exists(select(1).where(_IS_DUE, outbox.c.last_error == bindparam("code")).select_from(outbox)).label("found")
)
_WAITS = select(
    exists(
        select(1)
        .select_from(outbox)
        .where(
            _IS_DUE,
            outbox.c.lane == bindparam("this_lane"),
            outbox.c.kind == bindparam("this_kind"),
            outbox.c.created_at > bindparam("since"),
        )
    ).label("found")
)
_PARKED = (
    select(outbox.c.id, outbox.c.kind, outbox.c.last_error, outbox.c.done_at)
    .where(_IS_PARKED)
    .order_by(outbox.c.done_at)
    .limit(bindparam("limit"))
)
_REVIVE_ALL = (
    update(outbox)
    .where(outbox.c.state == PARKED)
    .values(state=DUE, attempts=0, run_at=bindparam("now"), lease_until=None, done_at=None)
)
_REVIVE = _REVIVE_ALL.where(outbox.c.id == bindparam("this"))
_PURGE = delete(outbox).where(outbox.c.state == fixed(DONE), outbox.c.done_at < bindparam("before"))


def back_off(attempts: int, chance: Random) -> float:
    """Seconds to wait after so many failed attempts: doubling, with jitter, a quarter of an hour at most."""
    return min(_LONGEST_WAIT, 2.0 ** max(0, attempts - 1)) * chance.uniform(0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the outbox stands: rows waiting, since when the oldest could have gone, and rows parked."""

    due: int
    oldest: datetime | None
    parked: int


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A row that was given up, for a person to look at."""

    id: UUID
    kind: str
    code: str
    parked_at: datetime


class Queue:
    """Claims and settles rows, each call in a transaction of its own."""

    def __init__(self, connections: Connections, clock: Clock, *, lease: timedelta = LEASE) -> None:
        """``lease`` is how long a worker may take before another may take over."""
        self._connections = connections
        self._clock = clock
        self._lease = lease
        self._stirred = asyncio.Event()

    async def claim(self, limit: int = 10) -> list[Claim]:
        """Take up to ``limit`` rows that are due, in order; a row that ended too many workers is parked instead."""
        now = self._clock.now()
        values = {"now": now, "limit": limit, "until": now + self._lease}
        async with self._transaction() as transaction:
            claims = sorted(map(_claim, await transaction.rows(_CLAIM, values)), key=lambda claim: claim.seq)
            spent = [claim for claim in claims if claim.attempts > ATTEMPTS]
            for claim in spent:
                await settle(transaction, claim, Parked("worker_lost"), now)
        return [claim for claim in claims if claim.attempts <= ATTEMPTS]

    async def settle(self, claim: Claim, result: Result) -> bool:
        """Write down what became of a claim; False where the lease had passed to another worker."""
        for _ in range(_TRIES - 1):
            # What was delivered and is not settled is delivered again.
            with suppress(StoreUndone):
                return await self._settle(claim, result)
        return await self._settle(claim, result)

    async def _settle(self, claim: Claim, result: Result) -> bool:
        async with self._transaction() as transaction:
            return await settle(transaction, claim, result, self._clock.now())

    async def next_at(self) -> datetime | None:
        """When the next row can be claimed, or None where nothing waits."""
        async with self._transaction() as transaction:
            row = await transaction.row(_NEXT_AT)
            return None if row is None else row[0]

    async def backlog(self) -> Backlog:
        """How the outbox stands."""
        async with self._transaction() as transaction:
            due, parked = await transaction.rows(_COUNTS)
        return Backlog(due[1], due[2], parked[1])

    async def parked(self, limit: int = 100) -> list[ParkedRow]:
        """The rows that were given up, the oldest first."""
        async with self._transaction() as transaction:
            return [ParkedRow(*row) for row in await transaction.rows(_PARKED, {"limit": limit})]

    async def parked_kinds(self) -> dict[str, int]:
        """How many rows of each kind were given up."""
        async with self._transaction() as transaction:
            return {row.kind: row.rows for row in await transaction.rows(_PARKED_KINDS)}

    async def waits_with(self, code: str) -> bool:
        """Say whether a row waits whose last try ended with this code."""
        async with self._transaction() as transaction:
            row = await transaction.row(_WAITING_WITH, {"code": code})
        return row is not None and bool(row.found)

    async def waiting_codes(self) -> dict[str, int]:
        """How many rows wait after a try that ended with each code."""
        async with self._transaction() as transaction:
            return {row.last_error: row.rows for row in await transaction.rows(_WAITING_CODES)}

    async def waits_to_tell(self, request: UUID, since: datetime) -> bool:
        """Say whether the requester is still to be told something that was put down after an instant."""
        kind = Kind.TELL_REQUESTER
        values = {"this_lane": lane_of(kind, request), "this_kind": kind, "since": since}
        async with self._transaction() as transaction:
            row = await transaction.row(_WAITS, values)
        return row is not None and bool(row.found)

    async def revive_all(self) -> int:
        """Let every parked row go again, and say how many."""
        async with self._transaction() as transaction:
            revived = await transaction.run(_REVIVE_ALL, {"now": self._clock.now()})
        self.stir()
        return revived

    async def revive(self, id_: UUID) -> bool:
        """Let a parked row go again; False where there is none."""
        async with self._transaction() as transaction:
            revived = await transaction.run(_REVIVE, {"this": id_, "now": self._clock.now()}) == 1
        self.stir()
        return revived

    async def purge(self, before: datetime) -> int:
        """Drop the rows done before an instant, and say how many."""
        async with self._transaction() as transaction:
            return await transaction.run(_PURGE, {"before": before})

    def stir(self) -> None:
        """Say that there may be something to do."""
        self._stirred.set()

    async def wait(self, seconds: float) -> None:
        """Return when something was put down, here or where ``store.ears`` listens, or after so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), seconds)
        self._stirred.clear()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        async with self._connections.begin() as transaction:
            yield transaction


def _claim(row: AnyRow) -> Claim:
    due = Due(row.id, Kind(row.kind), row.subject, row.programme, row.audience, row.attempts - 1)
    return Claim(due, row.seq, row.fence, row.lane, row.run_at, row.attempts)
