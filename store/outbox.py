"""Messages and timers due: put down with the deed, claimed by lease, settled with a fencing token.

Rows carry a kind and ids, never words or names. A row is delivered at least once; a repeat happens only where a worker
died or was too slow between delivering and settling. Rows of one lane go one at a time, in order; a row that keeps
failing steps back behind the others, and after enough attempts it is parked for a person to look at.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Delete, bindparam, delete, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.sqlite import Insert

from peersupport.notifications import Delivered, Due, Kind, Later, Message, Result, place_of
from peersupport.ports import Clock
from store.tables import fixed, outbox, paces
from store.transaction import Transaction

DUE: Final = "due"
DONE: Final = "done"
PARKED: Final = "parked"
ATTEMPTS: Final = 10
"""After so many attempts that count, a row is parked."""

_CODE = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_LANES = {
    Kind.CARD: "card",
    Kind.STRIP_CARD: "card",
    Kind.PARTNER_FLOOD: "card",
    Kind.CLOSE_MESSAGES: "card",
    Kind.TELL_MEMBER: "dm",
    Kind.TELL_CHANNEL: "dm",
    Kind.TELL_SELF_AUDIT: "dm",
    Kind.TELL_DIGEST: "dm",
    Kind.TELL_OPENINGS: "dm",
    Kind.TELL_COVER: "dm",
    Kind.TELL_APPROVAL: "dm",
    Kind.TELL_SAFETY: "dm",
    Kind.TELL_COLLEAGUE: "dm",
    Kind.TELL_REFERRAL: "dm",
    Kind.REFERRAL_CARD: "card",
    Kind.REMIND_REFERRAL: "timer",
    Kind.EXPIRE_REFERRAL: "timer",
    Kind.TELL_SUPPORTER: "dm",
    Kind.TELL_SUPPORTER_OFFER: "dm",
    Kind.TELL_REQUESTER: "dm",
    Kind.HOME_REQUESTER: "home",
    Kind.HOME_SUPPORTER: "home",
    Kind.HOME_MEMBER: "home",
    Kind.ERASE_CONTACT: "erase",
    Kind.ERASE: "erase",
    Kind.REMIND_ADMINS: "timer",
    Kind.REMIND_BACKUPS: "timer",
    Kind.ASK_REQUESTER: "timer",
    Kind.PAGE_SAFETY: "safety",
    Kind.TAKE_NOTICE: "timer",
    Kind.ALERT_RISK: "timer",
    Kind.NONE_LEFT: "timer",
    Kind.OFFER_UNASKED: "timer",
    Kind.NOTE_REQUESTER: "timer",
    Kind.LAPSE_OFFER: "timer",
    Kind.NUDGE_SUPPORTER: "timer",
    Kind.ASK_GOING_ON: "timer",
    Kind.CLOSE_UNREACHED: "timer",
    Kind.REMIND_OUTREACH: "timer",
    Kind.END_OUTREACH: "timer",
    Kind.RECONCILE: "upkeep",
    Kind.RETAIN: "upkeep",
    Kind.COVER: "upkeep",
    Kind.SELF_AUDIT: "upkeep",
    Kind.DIGEST: "upkeep",
    Kind.TELL_READER: "dm",
    Kind.TELL_EDITOR: "dm",
    Kind.ANNOUNCE: "card",
    Kind.READERS: "upkeep",
    Kind.PLAN_SESSIONS: "upkeep",
    Kind.REMIND_DATE: "timer",
    Kind.DECIDE_DATE: "timer",
    Kind.DECIDE_SERIES: "timer",
    Kind.END_DATE: "timer",
    Kind.TELL_REMINDER: "dm",
    Kind.TELL_CHANGED: "dm",
    Kind.TELL_ORGANISER: "dm",
    Kind.TELL_PRESENTER: "dm",
    Kind.OFFER_PLACE_ENDS: "timer",
    Kind.TELL_PLACE: "dm",
    Kind.TELL_ASKED: "dm",
    Kind.TELL_ASKER: "dm",
    Kind.END_INTRODUCTION: "timer",
    Kind.TELL_LISTED: "dm",
    Kind.REVIEW_LISTING: "timer",
    Kind.END_LISTING: "timer",
    Kind.TELL_CHECK_IN: "dm",
}
_OF_SUBJECT = frozenset({Kind.TELL_REMINDER, Kind.TELL_CHANGED})
"""What goes to the person behind its subject; the audience says what about."""

# Only the claim that still holds the row may settle it: a later claim has raised the fence.
_IS_DUE = outbox.c.state == fixed(DUE)
_HELD = (outbox.c.seq == bindparam("this"), outbox.c.fence == bindparam("held"), _IS_DUE)
_SETTLE = (
    update(outbox)
    .where(*_HELD)
    .values(
        state=bindparam("new_state"),
        run_at=bindparam("new_run_at"),
        attempts=bindparam("new_attempts"),
        last_error=bindparam("error"),
        done_at=bindparam("ended"),
        lease_until=None,
    )
)
_WAITING = select(outbox.c.kind).where(outbox.c.subject == bindparam("subject"), _IS_DUE)
_ABOUT = outbox.c.subject == bindparam("subject")
_EACH = ("id", "kind", "subject", "audience", "programme", "lane", "dedupe", "run_at")
# PostgreSQL takes a column of values as one, so that seven rows are nine values to hand over and not sixty-three.
_INSERT_ALL = text(f"""
    INSERT INTO outbox ({", ".join(_EACH)}, state, fence, attempts, created_at)
    SELECT {", ".join(_EACH)}, '{DUE}', 0, 0, :created_at
    FROM unnest({", ".join(f":{name}" for name in _EACH)}) WITH ORDINALITY AS each ({", ".join(_EACH)}, place)
    ORDER BY place
    ON CONFLICT DO NOTHING
""").bindparams(  # noqa: S608 - our own words
    *(bindparam(name, type_=postgresql.ARRAY(outbox.c[name].type)) for name in _EACH),
    bindparam("created_at", type_=outbox.c.created_at.type),
)
_FORGET_PACE = delete(paces).where(paces.c.place == bindparam("place"))
_HOLD_LANE = (
    update(outbox)
    .where(outbox.c.lane == bindparam("this_lane"), _IS_DUE, outbox.c.run_at < bindparam("until"))
    .values(run_at=bindparam("until"))
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that one worker holds until its lease ends."""

    due: Due
    seq: int
    fence: int
    lane: str
    run_at: datetime
    attempts: int
    """Attempts so far that count, this one included."""


class Outbox:
    """Implements ``peersupport.ports.Outbox``, and settles claims inside a unit of work. Rows are written at commit."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._clock = clock
        self._pending: list[Message] = []
        self.wrote = False
        """Whether rows were added, so that a worker should look."""

    async def put(self, *messages: Message) -> None:
        """Add rows; one whose dedupe key exists already is left out silently."""
        self._pending.extend(messages)

    async def waiting(self, subject: UUID) -> frozenset[Kind]:
        """Return which kinds wait for a subject, now or later, as far as they are written."""
        rows = await self._transaction.rows(_WAITING, {"subject": subject})
        return frozenset(Kind(row.kind) for row in rows)

    async def forget(self, subject: UUID, kinds: frozenset[Kind]) -> None:
        """Drop what is done about a subject, and what waits or was given up of these kinds."""
        await self._transaction.run(_forget(tuple(sorted(kinds))), {"subject": subject})
        await self._transaction.run(_FORGET_PACE, {"place": place_of(subject)})

    async def settle(self, claim: Claim, result: Result) -> bool:
        """Write down what became of a claim; False where the lease had passed to another worker."""
        return await settle(self._transaction, claim, result, self._clock.now())

    async def flush(self) -> None:
        """Write what was added."""
        if not self._pending:
            return
        now = self._clock.now()
        # In one order for everybody: two transactions with the same dedupe keys then never wait for each other.
        messages = sorted(self._pending, key=lambda message: message.dedupe)
        self._pending.clear()
        rows = [_row(message, now) for message in messages]
        if self._transaction.is_sqlite:
            values = {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}
            await self._transaction.later(_insert(len(rows)), values)
        else:
            values = {name: [row[name] for row in rows] for name in _EACH}
            await self._transaction.later(_INSERT_ALL, values | {"created_at": now})
        self.wrote = True

    def discard(self) -> None:
        """Forget what was added and not written."""
        self._pending.clear()


async def settle(transaction: Transaction, claim: Claim, result: Result, now: datetime) -> bool:
    """Write down what became of a claim; False where the lease had passed to another worker."""
    values: dict[str, Any] = {
        "this": claim.seq,
        "held": claim.fence,
        "new_state": DUE,
        "new_run_at": claim.run_at,
        "new_attempts": claim.attempts,
        "error": None,
        "ended": None,
    }
    if isinstance(result, Delivered):
        values |= {"new_state": DONE, "ended": now}
    elif not isinstance(result, Later) or (result.counts and claim.attempts >= ATTEMPTS):
        values |= {"new_state": PARKED, "ended": now, "error": _code(result.code)}
    else:
        attempts = claim.attempts if result.counts else claim.attempts - 1
        values |= {"new_run_at": now + timedelta(seconds=result.seconds), "new_attempts": attempts}
        values["error"] = _code(result.code)
    held = await transaction.run(_SETTLE, values) == 1
    if held and isinstance(result, Later) and not result.counts:
        # Nobody's fault, as when Slack says slow down: what stands behind in the lane waits too, and keeps its order.
        await transaction.run(_HOLD_LANE, {"this_lane": claim.lane, "until": values["new_run_at"]})
    return held


@lru_cache(maxsize=32)
def _insert(rows: int) -> Insert:
    """An insert of so many rows at once into SQLite, leaving out known dedupe keys."""
    fresh = {"state": DUE, "fence": 0, "attempts": 0}
    values = [
        {name: bindparam(f"{name}_{number}", type_=outbox.c[name].type) for name in (*_EACH, "created_at")} | fresh
        for number in range(rows)
    ]
    return sqlite.insert(outbox).values(values).on_conflict_do_nothing()


@lru_cache(maxsize=8)
def _forget(kinds: tuple[Kind, ...]) -> Delete:
    """A delete of what is done about a subject, and of whatever is of these kinds."""
    chosen = outbox.c.kind.in_([fixed(kind.value) for kind in kinds])
    return delete(outbox).where(_ABOUT, or_(outbox.c.state == fixed(DONE), chosen))


def lane_of(kind: Kind, subject: UUID, audience: UUID | None = None) -> str:
    """Return the name of the lane in which rows go one at a time."""
    lane = _LANES[kind]
    alone = lane in {"card", "erase"} or kind in _OF_SUBJECT
    return f"{lane}:{subject if alone else audience or subject}"


def _row(message: Message, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "kind": message.kind,
        "subject": message.subject,
        "audience": message.audience,
        "programme": message.programme,
        "lane": lane_of(message.kind, message.subject, message.audience),
        "dedupe": message.dedupe,
        "run_at": message.run_at or now,
        "created_at": now,
    }


def _code(code: str) -> str:
    """A code as it may be kept: a fixed word; whatever else comes is not written down."""
    return code if _CODE.fullmatch(code) else "unknown"
