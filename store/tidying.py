"""Clears the databases' own files of rows that were deleted or blanked, as far as a database lets us."""

from contextlib import suppress
from dataclasses import replace

from store.connections import Connections
from store.engine import MAIN, async_url, sqlite_file
from store.links import PostgresLink
from store.trouble import DRIVER_ERRORS, guarded

SMALL = 64 * 1024 * 1024
"""Up to so many bytes a table is written anew, which keeps others out of it for less than a second."""
MAIN_TABLES = (
    "requests",
    "supporters",
    "members",
    "posts",
    "preferences",
    "cover_choices",
    "receipts",
    "referrals",
    "silences",
    "outbox",
    "approvals",
    "series",
    "meeting_dates",
    "registrations",
    "listings",
    "introductions",
    "check_ins",
    "proposals",
)
KEYRING_TABLES = ("data_keys", "named_keys")

_SIZE = "SELECT pg_total_relation_size(to_regclass($1)) AS size"
_TUNING = replace(MAIN, statement_timeout=15.0, lock_timeout=0.5)


async def tidy(connections: Connections, url: str, keyring_url: str) -> bool:
    """Clear what was erased from the files of both databases; False where some of it must be tried again.

    SQLite: the write-ahead log is emptied; everything else went with the erasure. PostgreSQL: tables are written anew,
    without what was deleted or overwritten. What its write-ahead log holds goes as the server recycles that: for the
    keyring it is asked to at once, which it does where the operator has granted it.
    """
    done = [await connections.checkpoint()]
    if sqlite_file(url) is None:
        done.append(await _write_anew(url, MAIN_TABLES))
    if sqlite_file(keyring_url) is None:
        done.append(await _write_anew(keyring_url, KEYRING_TABLES))
        await _turn_over_log(keyring_url)
    return all(done)


async def _write_anew(url: str, tables: tuple[str, ...]) -> bool:
    with guarded():
        link = await PostgresLink.open(async_url(url), _TUNING)
    try:
        whole = True
        for table in tables:
            try:
                [[size]] = await link.fetch(_SIZE, (table,))
                await link.run(f"VACUUM (FULL) {table}" if (size or 0) <= SMALL else f"VACUUM {table}", ())
            except DRIVER_ERRORS:  # Somebody was in it for long, or it is not ours: the next night tries again.
                whole = False
        return whole
    finally:
        with suppress(*DRIVER_ERRORS):
            link.close()


async def _turn_over_log(url: str) -> None:
    """Have the server go on to a new segment and let go of those before it, twice: then no old one is left."""
    with guarded():
        link = await PostgresLink.open(async_url(url), _TUNING)
    try:
        with suppress(*DRIVER_ERRORS):  # Not granted: it recycles in its own time.
            for _ in range(2):
                await link.fetch("SELECT pg_switch_wal()", ())
                await link.run("CHECKPOINT", ())
    finally:
        with suppress(*DRIVER_ERRORS):
            link.close()
