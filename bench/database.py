"""What the bench does behind the product's back: strikes what waits to be delivered, and fills in the past."""

from __future__ import annotations

import asyncio
import sqlite3

import asyncpg
from sqlalchemy import make_url

from bench.payloads import PROGRAMME

_STRIKE = "UPDATE outbox SET state = 'done', done_at = {now} WHERE state = 'due'"
# Finished long ago, and as far as the plain columns go like any other.
_PAST = """
    INSERT INTO requests (id, reference, programme, door, state, version, created_at, due_at, notice_version, urgent,
        private_card, ask_first, outcome, closed_at, talks, attempts, fourth_agreed, none_left)
    SELECT gen_random_uuid(), 'past-' || n, $1, 'self', 'closed', 7, t, t + interval '3 days', '2026-11', false,
        false, false, 'done', t + interval '30 days', 2, 0, false, false
    FROM (SELECT n, now() - n * interval '1 minute' AS t FROM generate_series($2::int, $3::int) AS n) AS past
"""
_DELIVERED = """
    INSERT INTO outbox (id, kind, subject, programme, lane, dedupe, state, run_at, fence, attempts, created_at, done_at)
    SELECT gen_random_uuid(), 'card', id, programme, 'card:' || id, 'past:' || reference, 'done', created_at, 1, 1,
        created_at, created_at
    FROM requests WHERE reference LIKE 'past-%' AND NOT EXISTS
        (SELECT 1 FROM outbox WHERE dedupe = 'past:' || reference)
"""


async def strike_backlog(url: str) -> None:
    """Mark everything that waits to be delivered as done, so that the next load does not pay for the last."""
    if url.startswith("sqlite"):
        await asyncio.to_thread(_strike_sqlite, url.removeprefix("sqlite:///"))
        return
    connection = await connect(url)
    try:
        await connection.execute(_STRIKE.format(now="now()"))
    finally:
        await connection.close()


def _strike_sqlite(file: str) -> None:
    connection = sqlite3.connect(file, timeout=30, isolation_level=None)
    try:
        connection.execute(_STRIKE.format(now="run_at"))
    finally:
        connection.close()


async def let_go(url: str) -> None:
    """Let every card that waits be due, and every worker hear of it."""
    connection = await connect(url)
    try:
        await connection.execute("UPDATE outbox SET run_at = now() WHERE state = 'due' AND kind = 'card'")
        await connection.execute("NOTIFY peersupport_outbox")
    finally:
        await connection.close()


async def connect(url: str) -> asyncpg.Connection:
    """Open a connection of our own to the product's PostgreSQL."""
    parts = make_url(url)
    host = parts.query.get("host") or parts.host
    return await asyncpg.connect(
        host=host, port=parts.port, user=parts.username, password=parts.password, database=parts.database
    )


async def remember(url: str, first: int, last: int) -> None:
    """Put finished requests number `first` to `last` into the tables, and what was delivered about them."""
    connection = await connect(url)
    try:
        await connection.execute(_PAST, PROGRAMME, first, last)
        await connection.execute(_DELIVERED)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
