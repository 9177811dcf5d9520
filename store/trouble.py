"""The drivers' errors in our own few words, which never hold a value."""

import sqlite3

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.errors import Conflict, Presumed, SchemaMismatch, StoreError, StoreUnavailable, StoreUndone

DRIVER_ERRORS: tuple[type[Exception], ...] = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    sqlite3.Error,
    DBAPIError,
    PoolTimeout,
    OSError,
    TimeoutError,
)
_LOST = "The connection to the database was lost."
_AWAY = "The database cannot be reached."
_UNABLE = "The database is not able to answer just now."
_RULE = "The database refused a row that breaks one of its rules."
_OLD_SCHEMA = "The database lacks a table or column this program needs."
_PRESUMED = "What was taken for done could not be."
_UNDONE = "The database undid everything because others wanted the same at once."
_REFUSED = "The database refused a statement."
# SQLite primary result codes: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB.
_SQLITE_OUTAGES = frozenset({5, 6, 8, 10, 11, 13, 14, 26})
_SQLITE_CONSTRAINT = 19
# PostgreSQL classes: connection, authorisation, missing database, rollback, resources, locks, operator, system.
_POSTGRES_OUTAGES = ("08", "28", "3D", "40", "53", "55", "57", "58", "25006", "25P03", "F0", "XX")
_POSTGRES_UNDONE = ("40001", "40P01")
_POSTGRES_DIVIDED = "22012"
_POSTGRES_OLD_SCHEMA = ("42P01", "42703", "3F000")


class _Guard:
    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is not None and isinstance(error, DRIVER_ERRORS):
            raise translated(error) from None


_GUARD = _Guard()  # One for all, as it stands around every statement.


def guarded() -> _Guard:
    """Turn the drivers' errors into StoreError's kinds; other errors pass unchanged."""
    return _GUARD


def translated(error: BaseException) -> StoreError:
    """Say in our own words what a driver's error means."""
    if isinstance(error, PoolTimeout):
        return StoreUnavailable("All database connections are busy.")
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or error.orig is None:
            return StoreUnavailable(_LOST)
        error = error.orig
    code = getattr(error, "sqlite_errorcode", None)
    state = getattr(error, "sqlstate", None)
    if code is not None:
        return _from_sqlite(int(code), str(error))
    if state is not None:
        return _from_postgres(str(state))
    if isinstance(error, (asyncpg.InterfaceError, asyncpg.InternalClientError)):
        return StoreUnavailable(_LOST)
    return StoreUnavailable(_AWAY) if isinstance(error, (OSError, TimeoutError)) else StoreError(_REFUSED)


def _from_postgres(state: str) -> StoreError:
    if state.startswith("23"):
        return Conflict(_RULE)
    if state == _POSTGRES_DIVIDED:
        # The only statements that divide are those of store.batch.
        return Presumed(_PRESUMED)
    if state in _POSTGRES_UNDONE:
        return StoreUndone(_UNDONE)
    if state in _POSTGRES_OLD_SCHEMA:
        return SchemaMismatch(_OLD_SCHEMA)
    return StoreUnavailable(_UNABLE) if state.startswith(_POSTGRES_OUTAGES) else StoreError(_REFUSED)


def _from_sqlite(code: int, text: str) -> StoreError:
    primary = code & 0xFF
    if primary == _SQLITE_CONSTRAINT:
        return Conflict(_RULE)
    if text.startswith(("no such table", "no such column")):
        return SchemaMismatch(_OLD_SCHEMA)
    return StoreUnavailable(_UNABLE) if primary in _SQLITE_OUTAGES else StoreError(_REFUSED)
