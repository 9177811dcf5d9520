"""Keeps an eye on database and keyring: what is out of reach is told in /readyz, refused at once, looked at again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.health import Health, Reason
from bot.installation import Places, fit_schema
from peersupport.ports import StoreUnavailable, UnitOfWork
from store.errors import DatabaseMissing, KeyringSealed, KeyringUnavailable, SchemaMismatch, StoreBusy, StoreError

LOOK_SECONDS = 2.0
BUSY_LOOKS = 3
"""After so many looks in a row that got no connection, the database counts as out of reach."""
_REASONS = (Reason.DATABASE, Reason.SCHEMA, Reason.KEYRING, Reason.KEYRING_SEALED)


class StoreWatch:
    """The store as the front and the worker may use it: only while the last look found it well."""

    def __init__(self, places: Places, health: Health) -> None:
        self._places = places
        self._health = health

    async def first_look(self, *, migrate: bool) -> None:
        """Make or fit the tables; what does not fit raises StartRefused, what is out of reach is only noted."""
        try:
            await fit_schema(self._places, migrate=migrate)
        except (StoreUnavailable, StoreError) as error:
            self._note(error)
        else:
            self._note(None)

    async def keep_looking(self) -> None:
        """Look every two seconds until cancelled."""
        busy = 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            found = await self._look_twice()
            # A rush: to refuse everybody now would make it an outage.
            busy = busy + 1 if isinstance(found, StoreBusy) else 0
            if not isinstance(found, StoreBusy) or busy >= BUSY_LOOKS:
                self._note(found)

    async def _look_twice(self) -> Exception | None:
        """Return what is wrong; a single look that failed, as by a connection that was lost, says nothing yet."""
        found = await self._look()
        return found if found is None or isinstance(found, StoreBusy) else await self._look()

    async def _look(self) -> Exception | None:
        try:
            await self._places.store.ready()
        except (StoreUnavailable, StoreError) as error:
            return error
        return None

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work; refused at once, without a connection's patience, while the store is out of reach."""
        if not self._health.can_keep:
            raise StoreUnavailable("The last look found the database or the keyring out of reach.")
        async with self._places.store.work() as work:
            yield work

    def _note(self, error: Exception | None) -> None:
        found = _reason(error) if error else None
        for reason in _REASONS:
            self._health.put(reason, present=reason is found)


def _reason(error: Exception) -> Reason:
    if isinstance(error, DatabaseMissing):
        return Reason.DATABASE
    if isinstance(error, SchemaMismatch):
        return Reason.SCHEMA
    if isinstance(error, KeyringUnavailable):
        return Reason.KEYRING
    return Reason.KEYRING_SEALED if isinstance(error, KeyringSealed) else Reason.DATABASE
