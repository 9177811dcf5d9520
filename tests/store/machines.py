"""A machine with data, and others with nothing on them, for backups to go from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Kind, Message
from peersupport.ports import Post
from store.backup import back_up_database
from store.database import Database
from store.keyring import Keyring
from store.master import FileMasterKey
from store.restore import restore_database
from store.store import Store
from store.tables import metadata
from tests.postgres import Server
from tests.store.records import (
    ADMIN,
    PROGRAMME,
    MovableClock,
    a_member,
    an_offer,
    open_request,
    register_supporter,
)

if TYPE_CHECKING:
    from tests.store.conftest import Places

_numbers = count()
SAGE = Address("T1", "U-SAGE")


@dataclass
class Machines:
    """A machine with its data, and how to come by another one with nothing on it."""

    here: Store
    places: Places
    server: Server | None
    clock: MovableClock
    folder: Path
    url: str = ""
    """Where the backup was put back last."""

    @property
    def file(self) -> Path:
        return self.folder / "copy.backup"

    async def back_up(self) -> Path:
        """Take a backup."""
        await back_up_database(self.places.url, self.file, self.clock)
        return self.file

    async def elsewhere(self) -> str:
        """Return the address of a database with nothing in it, of the same kind."""
        if self.server is None:
            return f"sqlite:///{self.folder}/elsewhere-{next(_numbers)}/main.db"
        return await self.server.create_database(f"elsewhere_{next(_numbers)}")

    def opened(self, url: str) -> Store:
        """Open a restored database with the keyring that is still here."""
        return Store(url, Keyring(self.places.keyring_url, FileMasterKey(self.places.master), self.clock), self.clock)

    async def restored(self) -> Store:
        """Put the backup back on another machine and open it."""
        self.url = await self.elsewhere()
        await restore_database(self.url, self.file, None, self.clock)
        store = self.opened(self.url)
        await store.ready()
        return store


async def everything(url: str, *, but: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Return every row of every table."""
    opened = Database(url)
    async with opened.begin() as connection:
        found = {}
        for table in metadata.sorted_tables:
            if table.name not in but:
                columns = [column for column in table.columns if column.name != "restored_at"]
                rows = await connection.execute(table.select().with_only_columns(*columns))
                found[table.name] = sorted(map(repr, rows))
    await opened.close()
    return found


async def fill(store: Store) -> Any:
    """Put something into every table that can hold something; return the request."""
    request = await open_request(store)
    supporter = await register_supporter(store)
    async with store.work() as work:
        await work.members.seed(PROGRAMME, [a_member(ADMIN)])
        await work.offers.add([an_offer(request.id, supporter.id)])
        await work.posts.add(Post(uuid4(), request.id, Kind.CARD, "C1", "1.0"))
        await work.audit.write(Entry(Event.REQUEST_OPENED, request.created_at, ActorKind.REQUESTER, None, request.id))
        await work.tallies.add(PROGRAMME, "opened", request.created_at)
        await work.outbox.put(Message(Kind.CARD, request.id, "card:1", PROGRAMME))
        await work.receipts.keep("view", request.id)
    return request
