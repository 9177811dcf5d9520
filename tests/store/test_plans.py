"""What is asked often finds its rows by an index, whatever is stored (G41's queue, Home, the worker)."""

from typing import Any

import pytest
from sqlalchemy import Executable

from store import audit, outbox, queue, seats
from store.connections import Connections
from store.prepared import ByDialect, prepared
from store.repositories import concerns, members, offers, outlines, posts, preferences, receipts, requests, supporters
from tests.store.conftest import Places

STATEMENTS: dict[str, Executable | ByDialect] = {
    "the open queue": requests._queue(closed=False, paged=False, states=8),
    "the open queue, next page": requests._queue(closed=False, paged=True, states=8),
    "closed requests": requests._queue(closed=True, paged=True, states=1),
    "one request": requests._BY_ID_LOCKED,
    "a person's requests": requests._of(1, open_only=False),
    "a person's open requests": requests._of(1, open_only=True),
    "a person's open requests by two keys": requests._of(2, open_only=True),
    "a supporter's requests": requests._OF_SUPPORTER,
    "a supporter's finished requests": requests._FINISHED_OF,
    "an offer": offers._REQUEST_LOCKED,
    "a request's offers": offers._OF_REQUEST,
    "a supporter's offers": offers._OPEN_OF_SUPPORTER,
    "all a supporter was ever sent": offers._OF_SUPPORTER,
    "one's own entries everywhere": supporters._everywhere(2),
    "one's own roles everywhere": members._of_person(2),
    "somebody's deeds": audit._BY,
    "the register": supporters._IN_PROGRAMME,
    "what counts of the register": outlines._IN_PROGRAMME,
    "the same in one value": outlines._STATE,
    "the loads": outlines._LOADS,
    "profiles to open": outlines._sealed(4),
    "some of the register": supporters._some(4),
    "one's own entry": supporters._of_person(1),
    "standing": members.standing(1),
    "standing by two keys": members.standing(2),
    "which are members": members._which(4),
    "the seats": seats._SEATS,
    "the seats as before": ByDialect(seats._AS_BEFORE, seats._SEATS),
    "a receipt": receipts._FIND,
    "a language": preferences._CHOSEN[2],
    "a subject's posts": posts._OF,
    "a subject's deeds": audit._OF,
    "a concern": concerns._BY_ID,
    "a request's open concern": concerns._OPEN_OF,
    "a request's concerns": concerns._OF_REQUEST,
    "a supporter's concerns": concerns._OF_SUPPORTER,
    "open concerns": concerns._OPEN_IN,
    "the claim": queue._CLAIM,
    "the next timer": queue._NEXT_AT,
    "the backlog": queue._COUNTS,
    "rows to purge": queue._PURGE,
    "a lane held": outbox._HOLD_LANE,
}


@pytest.mark.parametrize("what", STATEMENTS)
async def test_no_table_is_read_from_end_to_end(what: str, database: Places) -> None:
    connections = Connections(database.url)
    transaction = await connections.open()
    ready = prepared(STATEMENTS[what], is_sqlite=database.is_sqlite)
    plan = await _plan(transaction.link, ready.sql, len(ready._binds), is_sqlite=database.is_sqlite)
    await connections.release(transaction)
    connections.close()
    tables = (
        "requests",
        "offers",
        "outbox",
        "front",
        "audit",
        "members",
        "supporters",
        "receipts",
        "posts",
        "safety_concerns",
    )
    whole = [f"SCAN {table}" for table in tables] if database.is_sqlite else ["Seq Scan"]
    covered = [line for line in plan if "USING" not in line and any(sign in line for sign in whole)]
    assert covered == []


async def _plan(link: Any, sql: str, values: int, *, is_sqlite: bool) -> list[str]:
    if is_sqlite:
        return [row[3] for row in await link.fetch(f"EXPLAIN QUERY PLAN {sql}", [1] * values)]
    # The plan for unknown values, and with the tables small as they are only an index that fits is taken.
    await link.run("SET plan_cache_mode = force_generic_plan", ())
    await link.run("SET enable_seqscan = off", ())
    await link.run(f"PREPARE asked AS {sql}", ())
    arguments = f"({', '.join(['NULL'] * values)})" if values else ""
    plan = await link.fetch(f"EXPLAIN EXECUTE asked{arguments}", ())
    await link.run("DEALLOCATE asked", ())
    await link.run("RESET ALL", ())
    return [row[0] for row in plan]
