"""Addresses of databases, and how connections to them behave.

SQLite writes inside BEGIN IMMEDIATE, so that reading and then writing cannot fail half-way; PostgreSQL runs with short
timeouts, so that a person is answered within Slack's three seconds even when the database is not well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from store.errors import StoreError

_DRIVERS = {
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
}


@dataclass(frozen=True, slots=True)
class Tuning:
    """How an engine behaves: connections, seconds to wait, and SQLite's pragmas."""

    pool_size: int = 10
    pool_timeout: float = 0.7
    """Together with a lock that is waited for then, less than a listener has: so that "not sent" is certain."""
    connect_timeout: float = 1.5
    statement_timeout: float = 1.2
    lock_timeout: float = 1.1
    """Longer than the second after which PostgreSQL looks for a deadlock, which may be done again."""
    busy_timeout: float = 1.0
    create: bool = False
    """Whether SQLAlchemy's engine makes a missing SQLite file; otherwise that is an outage."""
    pragmas: Mapping[str, str] = field(
        default_factory=lambda: {
            "journal_mode": "WAL",
            "foreign_keys": "ON",
            "secure_delete": "ON",
            "synchronous": "FULL",
            # In kilobytes and for each connection: left to itself every one of them fills up to twice that.
            "cache_size": "-1000",
        }
    )

    def for_postgres(self) -> dict[str, Any]:
        """The arguments of an asyncpg connection."""
        return {
            "timeout": self.connect_timeout,
            # Else each is prepared anew every five minutes, on every connection, and whoever comes by waits for that.
            "max_cached_statement_lifetime": 0,
            # A little above the server's own limit: it ends a wait on a server that no longer answers at all.
            "command_timeout": self.statement_timeout + 0.3 if self.statement_timeout else None,
            "server_settings": {
                "application_name": "peersupport",
                # Rows are locked where it matters; a stricter default of the server would only refuse people.
                "default_transaction_isolation": "read committed",
                "statement_timeout": _milliseconds(self.statement_timeout),
                "lock_timeout": _milliseconds(self.lock_timeout),
                "idle_in_transaction_session_timeout": "30000",
                "timezone": "UTC",
            },
        }


MAIN = Tuning()
KEYRING = Tuning(
    pool_size=4,
    pragmas={
        # Never WAL: a destroyed key must not live on in a second file.
        "journal_mode": "TRUNCATE",
        "foreign_keys": "ON",
        "secure_delete": "ON",
        "synchronous": "FULL",
        # In kilobytes. Keys lie anywhere in the file, so that more of it, in every connection, would only fill up.
        "cache_size": "-256",
    },
)
MIGRATION = Tuning(
    create=True,
    pool_size=1,
    connect_timeout=10,
    statement_timeout=0,
    lock_timeout=60,
    busy_timeout=60,
    # Rebuilding a table drops the old one, which would run its cascades.
    pragmas={"journal_mode": "WAL", "foreign_keys": "OFF", "secure_delete": "ON", "synchronous": "FULL"},
)


def async_url(url: str) -> URL:
    """Read a database address as people write it (``postgres://``, ``postgresql://``, ``sqlite:///``)."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("The database address must start with sqlite:/// or postgresql://.") from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise StoreError("The database address must start with sqlite:/// or postgresql://.")
    parsed = parsed.set(drivername=driver)
    if "sslmode" in parsed.query:
        parsed = parsed.update_query_dict({"ssl": parsed.query["sslmode"]}).difference_update_query(["sslmode"])
    return parsed


def sqlite_file(url: str) -> Path | None:
    """The file behind an SQLite address, or None for PostgreSQL."""
    parsed = async_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))
