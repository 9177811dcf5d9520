"""Hears from PostgreSQL that another process put rows down, so that no worker has to find them at its next look.

A trigger on the outbox notifies with the commit that puts rows down; the notice carries nothing. One connection of
its own listens. Whether notices come at all is tried out each time it opens: some poolers let LISTEN pass and bring
nothing. Then, and while the connection is lost, the worker's looks are all there is, as on SQLite.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg

from store.connections import Connections
from store.engine import MAIN, Tuning, async_url
from store.errors import StoreError
from store.prepared import POSTGRES
from store.trouble import DRIVER_ERRORS, guarded

CHANNEL = "peersupport_outbox"
"""As the trigger of the third migration names it."""
TRIAL_SECONDS = 5.0
"""How long a notice may take on its way before notices count as not coming."""
ALIVE_SECONDS = 30.0
"""How often to see that somebody is there at the other end."""
DEAF_SECONDS = 600.0
"""After so long, notices that did not come are tried again."""
_FAILURES: tuple[type[Exception], ...] = (StoreError, *DRIVER_ERRORS)
_LOST_SECONDS = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)


class Deaf(Exception):
    """The database can be reached, and brings no notices."""


class Ears:
    """Listens on a connection of its own, outside the pool, and stirs the worker."""

    def __init__(self, url: str, connections: Connections, stir: Callable[[], None], tuning: Tuning = MAIN) -> None:
        """`connections` are the process's own; what they put down, the process knows by itself."""
        self._url = async_url(url)
        self._connections = connections
        self._stir = stir
        self._tuning = tuning
        self._heard = asyncio.Event()
        self._lost = asyncio.Event()
        self.open = False
        """Whether notices come."""

    async def keep(self, note: Callable[[str], None]) -> None:
        """Listen until cancelled, whatever happens to the connection; on SQLite there is nothing to listen to.

        `note` gets one word at each change: "listening", "lost", and once in a process "deaf".
        """
        if self._connections.file is not None:
            return
        tries, said = 0, False
        while True:
            pause = DEAF_SECONDS
            try:
                await self._listen(note)
            except Deaf:
                if not said:
                    note("deaf")
                said = True
            except _FAILURES:
                if self.open:
                    tries = 0
                    note("lost")
                pause = _LOST_SECONDS[min(tries, len(_LOST_SECONDS) - 1)]
                tries += 1
            self.open = False
            await asyncio.sleep(pause)

    async def _listen(self, note: Callable[[str], None]) -> None:
        """Listen on a new connection until it is lost; raises Deaf, StoreError or the driver's error."""
        self._lost.clear()
        _, arguments = POSTGRES.create_connect_args(self._url)
        connection = await asyncpg.connect(**arguments, **self._tuning.for_postgres())
        try:
            connection.add_termination_listener(self._end)
            try:
                await connection.add_listener(CHANNEL, self._hear)
            except asyncpg.PostgresError as error:
                if connection.is_closed():
                    raise
                # As on a server that only follows another, or behind some poolers.
                raise Deaf from error
            await self._try_out()
            self.open = True
            note("listening")
            # What was put down while nobody listened.
            self._stir()
            await self._while_alive(connection)
        finally:
            connection.terminate()

    async def _try_out(self) -> None:
        """See that a notice of another connection arrives; raises Deaf where it does not."""
        self._heard.clear()
        async with self._connections.begin() as transaction:
            with guarded():
                await transaction.link.run(f"NOTIFY {CHANNEL}", ())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), TRIAL_SECONDS)
        if self._lost.is_set():
            raise ConnectionError
        if not self._heard.is_set():
            raise Deaf

    async def _while_alive(self, connection: Any) -> None:
        while not self._lost.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), ALIVE_SECONDS)
                break
            await connection.execute("SELECT 1")
        raise ConnectionError

    def _hear(self, _connection: object, sender: int, _channel: str, _payload: object) -> None:
        self._heard.set()
        if not self._connections.has(sender):
            self._stir()

    def _end(self, _connection: object) -> None:
        self._lost.set()
