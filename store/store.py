"""The store as the rest of the house holds it: units of work, handles, the worker's queue, and whether all is well."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update

from peersupport.audit import ActorKind, Entry, Event
from peersupport.ports import Clock
from peersupport.programme_parts import Retention
from store import audit, change_over, index_keys, ledger_marks
from store.connections import Connections
from store.ears import Ears
from store.encryption import Handles, LookupIndex, Sealer
from store.errors import KeyringSealed, KeyringUnavailable, StoreError, StoreUnavailable
from store.keyring import Keyring, Opened
from store.leftovers import Leftovers
from store.leftovers_referrals import ReferralLeftovers
from store.leftovers_shared import SharedLeftovers
from store.lookups import ASK_AGAIN, AT_MOST, Lookups
from store.paces import Paces
from store.prepared import insert_or_ignore
from store.promises import Promises
from store.queue import Queue
from store.repositories import consent_links
from store.repositories.receipts import Receipts
from store.schema import check_schema
from store.self_audit import Findings, look
from store.settlement import Settled, settle
from store.sweep import sweep
from store.tables import installation
from store.tidying import tidy
from store.unit_of_work import UnitOfWork
from store.unsealing import Secrets

_BOUND = select(installation.c.keyring_id, installation.c.restored_at, installation.c.index_id).where(
    installation.c.id == 1
)
_BIND = insert_or_ignore(installation)
_NAME_INDEX = (
    update(installation)
    .where(installation.c.id == 1, installation.c.index_id.is_(None), installation.c.restored_at.is_(None))
    .values(index_id=bindparam("present"))
)
_UNSETTLE = (
    update(installation)
    .where(installation.c.id == 1, installation.c.index_id == bindparam("unknown"))
    .values(restored_at=bindparam("now"))
)


class LateHandles:
    """Implements ``peersupport.ports.Handles``; raises KeyringUnavailable until the keyring was opened once."""

    def __init__(self) -> None:
        """The store hands over the handles when it has their key."""
        self.opened: Handles | None = None

    def make(self, purpose: str, record: UUID, viewer: str, expires_at: datetime) -> str:
        """Return a token that only this viewer can use, for this purpose, until then."""
        return self._handles().make(purpose, record, viewer, expires_at)

    def open(self, token: str, purpose: str, viewer: str, now: datetime) -> UUID | None:
        """Return the record's id, or None for anything unknown, expired, foreign, malformed or of another purpose."""
        return self._handles().open(token, purpose, viewer, now)

    def _handles(self) -> Handles:
        if self.opened is None:
            raise KeyringUnavailable("The keyring was not opened yet.")
        return self.opened


class Store:
    """The main database and its keyring. Nothing connects before first use; trouble passes without a restart."""

    def __init__(self, url: str, keyring: Keyring, clock: Clock, *, index_life: timedelta = change_over.LIFE) -> None:
        """``url`` is the main database's address; an index key older than ``index_life`` is to be replaced."""
        self._clock = clock
        self._url = url
        self._keyring = keyring
        self._index_life = index_life
        self._connections = Connections(url)
        self._opening = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._ask_at = clock.now()
        self._secrets: Secrets | None = None
        self.handles = LateHandles()
        """Opaque tokens for buttons and hidden metadata."""
        self.queue = Queue(self._connections, clock)
        """The worker's side of the outbox."""
        self.paces = Paces(self._connections)
        """When Slack's channels and methods may be used next, for all processes."""
        self.ears = Ears(url, self._connections, self.queue.stir)
        """What hears of rows that other processes put down."""
        self.settled: Settled | None = None
        """What this process found to be erased when it first opened a restored database."""
        self.leftovers = Leftovers(self._connections, clock)
        """What outlived its time."""
        self.referral_leftovers = ReferralLeftovers(self._connections)
        self.shared_leftovers = SharedLeftovers(self._connections)
        """What outlived its time of referrals."""
        self.promises = Promises(self._connections)
        """What the operator's numbers on promises are counted from."""

    async def ready(self) -> None:
        """Check the schema, open the keyring and see that the two belong together.

        Raises SchemaMismatch, StoreUnavailable, KeyringSealed or KeyringUnavailable, each with a plain sentence.
        """
        await check_schema(self._connections)
        opened = await self._keyring.ready()
        secrets = self._secrets or self._first(opened)
        if await self._belong(opened.keyring_id, secrets.lookups):
            await self._settle(secrets)
        if self._secrets is None:
            self._secrets = secrets
            self.handles.opened = Handles(opened.handles)

    def _first(self, opened: Opened) -> Secrets:
        known = [LookupIndex(key) for key in (opened.index, opened.index_next) if key is not None]
        lasting = LookupIndex(opened.lasting)
        lookups = Lookups(known, None, self._clock.now(), self._index_keys)
        return Secrets(self._keyring, lookups, Handles(opened.handles).receipts(), Sealer(opened.posts), lasting)

    async def _index_keys(self) -> Sequence[LookupIndex]:
        return (await index_keys.read(self._keyring)).known

    async def _settle(self, secrets: Secrets) -> None:
        """See that what was erased after a backup was taken stays so, now that the backup was put back."""
        await secrets.lookups.learn(self._clock.now())
        async with self._connections.begin() as transaction:
            unit = UnitOfWork(transaction, secrets, self._clock)
            self.settled = await settle(transaction, unit, secrets, self._clock.now()) or self.settled
            await unit.commit()

    async def _belong(self, keyring_id: UUID, lookups: Lookups) -> bool:
        """The first keyring that opens becomes this database's own, any other is refused; True just after a restore."""
        async with self._connections.begin() as transaction:
            row = await transaction.row(_BOUND)
            if row is None:
                bound = {"keyring_id": keyring_id, "restored_at": None, "index_id": lookups.writing.id}
                await transaction.run(_BIND, {"id": 1, **bound})
                row = await transaction.row(_BOUND)
            if row is None or row.keyring_id != keyring_id:
                raise KeyringSealed("This keyring belongs to another database.")
            if row.index_id is None and row.restored_at is None:
                await transaction.run(_NAME_INDEX, {"present": lookups.writing.id})
        if row.index_id is not None and not lookups.knows(row.index_id):
            await lookups.learn(self._clock.now())
            if not lookups.knows(row.index_id):
                # Of the two, one was put back without the other, and not by our own commands.
                async with self._connections.begin() as transaction:
                    await transaction.run(_UNSETTLE, {"unknown": row.index_id, "now": self._clock.now()})
                return True
        lookups.name(row.index_id)
        return row.restored_at is not None

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work: commits on a clean exit, rolls back on an exception."""
        secrets = await self._opened()
        transaction = await self._connections.open()
        try:
            unit = UnitOfWork(transaction, secrets, self._clock)
            yield unit
            await unit.commit()
        finally:
            await self._connections.release(transaction)
        if unit.has_messages:
            self.queue.stir()
        if unit.erases:
            # What cannot be done now, the daily job does.
            with suppress(StoreError):
                await self._connections.checkpoint()

    async def _opened(self) -> Secrets:
        if self._secrets is None:
            async with self._opening:
                if self._secrets is None:
                    await self.ready()
        assert self._secrets is not None
        lookups, now = self._secrets.lookups, self._clock.now()
        # Also where a clock was set back.
        if now >= self._ask_at or not lookups.asked_at <= now < lookups.asked_at + AT_MOST:
            await self._keep_up(lookups)
        return self._secrets

    async def _keep_up(self, lookups: Lookups) -> None:
        """Know of a new index key long before it is used; raises KeyringUnavailable where that has become doubtful."""
        now = self._clock.now()
        if self._asking.locked() and now < lookups.asked_at + AT_MOST:
            return
        async with self._asking:
            if timedelta(0) <= now - lookups.asked_at < ASK_AGAIN:
                self._ask_at = lookups.asked_at + ASK_AGAIN
                return
            self._ask_at = now + ASK_AGAIN
            try:
                await lookups.learn(now)
            except StoreUnavailable:
                if now >= lookups.asked_at + AT_MOST:
                    raise

    async def verify_audit(self) -> audit.Broken | None:
        """Walk the ledger of deeds, hold it beside what the keyring noted, and return its first fault, or None."""
        async with self._connections.begin() as transaction:
            broken = await audit.verify(transaction)
        return broken or (await ledger_marks.held(self._connections, self._keyring)).broken

    async def note_ledger(self) -> bool:
        """Note in the keyring where the ledger ends; False where that was done or it does not fit earlier notes.

        To be called where the ledger was just found whole.
        """
        return await ledger_marks.note(self._connections, self._keyring, self._clock.now())

    async def ledger_end(self) -> int:
        """Return the number of the ledger's last line."""
        async with self._connections.begin() as transaction:
            head = await transaction.row(audit.HEAD)
        return head.seq if head else 0

    async def accept_ledger(self, *, beyond: int = 0) -> int:
        """Forget the marks of lines beyond this one that the ledger does not fit, on record, and say how many.

        Only for an operator who put a backup back.
        """
        found = await ledger_marks.held(self._connections, self._keyring)
        marks = [mark for mark in found.misfits if mark.seq > beyond]
        if marks:
            async with self.work() as work:
                await work.audit.write(Entry(Event.LEDGER_ACCEPTED, self._clock.now(), ActorKind.SYSTEM))
            await ledger_marks.drop(self._keyring, marks)
        return len(marks)

    async def purge(self, *, receipts: timedelta) -> int:
        """Forget receipts older than this, and consent links that ended as long ago; say how many."""
        secrets = await self._opened()
        async with self._connections.begin() as transaction:
            kept = Receipts(transaction, secrets, self._clock)
            before = self._clock.now() - receipts
            return await kept.purge(before) + await consent_links.purge(transaction, before)

    async def self_audit(self, kept: Mapping[str, Retention]) -> Findings:
        """Look whether anything is left of what was erased; `kept` says how long each programme keeps requests."""
        secrets, now = await self._opened(), self._clock.now()
        found = await look(self._connections, self._keyring, kept, now, secrets.lasting.id)
        if not found.ledger and (await ledger_marks.held(self._connections, self._keyring)).broken:
            found = replace(found, ledger=1)
        is_late = change_over.is_late(await index_keys.read(self._keyring), now, self._index_life)
        return replace(found, lookup_key=int(is_late))

    async def sweep(self) -> int:
        """Destroy the data keys that nothing refers to and no process holds, and say how many."""
        await self._opened()
        return await sweep(self._connections, self._keyring, self._clock.now())

    async def renew_index(self) -> change_over.Stage:
        """Take the index key over to a new one, as far as that is due; see ``store/change_over.py``."""
        await self._opened()
        await self.ready()
        return await change_over.go_on(self._connections, await self._opened(), self._clock.now(), self._index_life)

    async def announce_index(self) -> None:
        """Begin to take the index key over to a new one, however old it is."""
        await change_over.begin(await self._opened(), self._clock.now())

    async def tidy(self) -> bool:
        """Clear the files of both databases of what was erased; False where that must be tried again."""
        return await tidy(self._connections, self._url, self._keyring.url)

    async def close(self) -> None:
        """Close every connection."""
        self._connections.close()
        await self._keyring.close()
