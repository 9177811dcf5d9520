"""Counts by closed words for whoever helps an operator: no id, no time of a deed, nothing that was sealed."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from store.connections import Connections
from store.schema import revision_of
from store.tables import cover_choices, members, outbox, posts, requests, supporters
from store.transaction import Transaction

SQLITE = sqlite3.sqlite_version
"""Which SQLite this machine has."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The rows of the outbox of one kind that stand alike."""

    kind: str
    state: str
    code: str | None
    """With what the last try ended."""
    rows: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is of what."""

    revision: str | None
    requests: tuple[tuple[str, int], ...] = ()
    """By state."""
    posts: tuple[tuple[str, int], ...] = ()
    """The app's own messages that stand, by kind."""
    supporters: int = 0
    members: int = 0
    cover_choices: int = 0
    waiting: tuple[Waiting, ...] = ()


def _by(column: Any) -> Select[Any]:
    return select(column, func.count().label("rows")).group_by(column).order_by(column)


def _all(table: Any, *conditions: Any) -> Select[Any]:
    return select(func.count().label("rows")).select_from(table).where(*conditions)


_REQUESTS, _POSTS = _by(requests.c.state), _by(posts.c.kind)
_SUPPORTERS, _MEMBERS = _all(supporters, supporters.c.active), _all(members, members.c.active)
_CHOICES = _all(cover_choices)
_STANDING = (outbox.c.kind, outbox.c.state, outbox.c.last_error)
_OUTBOX = (
    select(*_STANDING, func.count().label("rows"), func.min(outbox.c.run_at).label("oldest"))
    .group_by(*_STANDING)
    .order_by(*_STANDING)
)


async def look(url: str) -> Figures:
    """Count, without the keyring; raises StoreUnavailable or SchemaMismatch."""
    connections = Connections(url)
    try:
        revision = await revision_of(connections)
        if revision is None:
            return Figures(None)
        async with connections.begin() as transaction:
            return Figures(
                revision,
                requests=await _pairs(transaction, _REQUESTS),
                posts=await _pairs(transaction, _POSTS),
                supporters=await _one(transaction, _SUPPORTERS),
                members=await _one(transaction, _MEMBERS),
                cover_choices=await _one(transaction, _CHOICES),
                waiting=tuple(Waiting(*row) for row in await transaction.rows(_OUTBOX)),
            )
    finally:
        connections.close()


async def _pairs(transaction: Transaction, statement: Select[Any]) -> tuple[tuple[str, int], ...]:
    found: Sequence[Any] = await transaction.rows(statement)
    return tuple((str(word), int(rows)) for word, rows in found)


async def _one(transaction: Transaction, statement: Select[Any]) -> int:
    row = await transaction.row(statement)
    return 0 if row is None else int(row.rows)
