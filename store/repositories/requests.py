"""Support requests, one row each, with what was told us sealed under two keys of the request's own."""

from dataclasses import fields
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, exists, select, tuple_, update

from peersupport.people import Address
from peersupport.requests import MATCHED, OPEN_STATES, Contact, Door, Needs, Outcome, State, SupportRequest
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.prepared import among, slots, spread
from store.records import contact_from_json, contact_to_json, needs_from_json, needs_to_json
from store.tables import fixed, requests, safety_concerns
from store.transaction import AnyRow, Held, Transaction
from store.unsealing import Place, Secrets

FIELDS = tuple(field.name for field in fields(SupportRequest))
COLUMNS = tuple(requests.c[name] for name in FIELDS)
IS_MATCHED = requests.c.state.in_([fixed(state) for state in sorted(MATCHED)])
_FIXED = frozenset({"id", "reference", "programme", "created_at"})
_NEEDS, _CONTACT = Place("requests", "needs"), Place("requests", "contact")
_THIS = requests.c.id == bindparam("this")

_BY_ID = select(*COLUMNS).where(_THIS)
LOCKED_COLUMNS = (*COLUMNS, requests.c.requester_hash)
_BY_ID_LOCKED = select(*LOCKED_COLUMNS).where(_THIS).with_for_update()
_IS_OPEN = requests.c.state != fixed("closed")
_HASH = select(requests.c.requester_hash).where(_THIS)
_OF_SUPPORTER = (
    select(*COLUMNS)
    .where(requests.c.supporter == bindparam("supporter"), IS_MATCHED)
    .order_by(requests.c.due_at, requests.c.id)
)
_FINISHED_OF = (
    select(*COLUMNS)
    .where(requests.c.supporter == bindparam("supporter"), requests.c.state == fixed("closed"))
    .where(requests.c.outcome == fixed(Outcome.DONE))
    .where(requests.c.erased_at.is_(None), requests.c.erase_asked_at.is_(None))
    .order_by(requests.c.closed_at.desc(), requests.c.id)
    .limit(bindparam("limit"))
)
_BY_REFERENCE = select(*COLUMNS).where(
    requests.c.reference == bindparam("reference"), requests.c.programme == bindparam("programme")
)
_UNERASED = (
    select(*COLUMNS)
    .where(requests.c.state == fixed("closed"), requests.c.erased_at.is_(None), requests.c.id > bindparam("after"))
    .order_by(requests.c.id)
    .limit(bindparam("limit"))
)
_CLOSED_SINCE = (
    select(*COLUMNS)
    .where(requests.c.state == fixed("closed"), requests.c.programme == bindparam("programme"))
    .where(requests.c.closed_at >= bindparam("since", type_=requests.c.closed_at.type))
    .order_by(requests.c.closed_at.desc())
    .limit(bindparam("limit"))
)
_DUE = select(requests.c.due_at).where(_THIS)
_SEALED = select(requests.c.identity_key, requests.c.contact_key, requests.c.needs, requests.c.contact).where(_THIS)
_SEALED_LOCKED = _SEALED.with_for_update()
_ADD = GuardedInsert(
    requests,
    "requester_hash",
    lambda other: and_(other.c.programme == bindparam("programme"), other.c.state != fixed("closed")),
)
_SAVE = (
    update(requests)
    .where(_THIS, requests.c.version == bindparam("was"))
    .values({name: bindparam(name) for name in FIELDS if name not in _FIXED})
)
_RESEAL = update(requests).where(_THIS).values(needs=bindparam("needs"), contact=bindparam("contact"))
_BLANK_CONTACT = update(requests).where(_THIS).values(contact=None, contact_key=None)
_BLANK = (
    update(requests)
    .where(_THIS)
    .values(contact=None, contact_key=None, needs=None, identity_key=None, requester_hash=None)
)


@cache
def _of(size: int, *, open_only: bool) -> Select[Any]:
    statement = select(*COLUMNS).where(theirs(requests.c.requester_hash, size)).order_by(requests.c.created_at.desc())
    return statement.where(_IS_OPEN) if open_only else statement


@cache
def _held(size: int) -> Select[Any]:
    """One statement whatever is found, so that it does not tell who has asked before."""
    concern = safety_concerns.c.request_id == requests.c.id
    is_held = exists(select(1).where(concern, safety_concerns.c.closed_at.is_(None)).select_from(safety_concerns))
    return _of(size, open_only=False).where(requests.c.state == fixed("closed"), is_held)


@lru_cache(maxsize=32)
def _queue(*, closed: bool, paged: bool, states: int) -> Select[Any]:
    statement = (
        select(*COLUMNS)
        # In the very words of the partial indexes, or the planner would not use them.
        .where(requests.c.state == fixed("closed") if closed else requests.c.state != fixed("closed"))
        .where(requests.c.programme == bindparam("programme"))
        .where(among(requests.c.state, "state", states))
        .order_by(requests.c.due_at, requests.c.id)
        .limit(bindparam("limit"))
    )
    if not paged:
        return statement
    last = tuple_(bindparam("due", type_=requests.c.due_at.type), bindparam("after", type_=requests.c.id.type))
    return statement.where(tuple_(requests.c.due_at, requests.c.id) > last)


class Requests:
    """Implements ``peersupport.ports.Requests``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, request: SupportRequest, needs: Needs, contact: Contact) -> bool:
        """Store a new request under new data keys; False where the person has an open one or the reference is taken."""
        identity, shorter = await self._secrets.keyring.take(), await self._secrets.keyring.take()
        values = {
            **_plain(request),
            "identity_key": identity[0],
            "contact_key": shorter[0],
            "needs": _NEEDS.seal(Sealer(identity[1]), request.id, needs_to_json(needs)),
            "contact": _CONTACT.seal(Sealer(shorter[1]), request.id, contact_to_json(contact)),
        }
        hashed = await _ADD.run(self._transaction, self._secrets.lookups, needs.requester, values)
        if hashed is not None:
            # Where that was only presumed, and in vain, the keys have sealed something: the sweep destroys them.
            self._transaction.locked[request.id] = Held(hashed, request.version)
            return True
        self._secrets.keyring.give_back(*identity)
        self._secrets.keyring.give_back(*shorter)
        return False

    async def get(self, id: UUID, *, lock: bool = False) -> SupportRequest | None:
        """Return one request; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        if row is None:
            return None
        if lock:
            self._transaction.locked[id] = Held(row.requester_hash, row.version)
        return read(row)

    async def of(self, who: Address, *, open_only: bool = True) -> list[SupportRequest]:
        """Return the person's own requests, newest first."""
        hashes = self._secrets.hashes(who)
        statement = _of(len(hashes), open_only=open_only)
        return [read(row) for row in await self._transaction.rows(statement, values_of(hashes))]

    async def held_of(self, who: Address) -> list[SupportRequest]:
        """Return the person's own closed requests about which a safety concern is open, newest first."""
        hashes = self._secrets.hashes(who)
        return [read(row) for row in await self._transaction.rows(_held(len(hashes)), values_of(hashes))]

    async def is_requester(self, id: UUID, who: Address) -> bool:
        """Say whether this request is that person's own."""
        held = self._transaction.locked.get(id) or await self._transaction.row(_HASH, {"this": id})
        return held is not None and held.requester_hash in self._secrets.hashes(who)

    async def in_states(
        self, programme: str, states: frozenset[State], *, limit: int, after: UUID | None = None
    ) -> list[SupportRequest]:
        """Return up to ``limit`` requests of a programme, the earliest due first, those after ``after``."""
        found: list[SupportRequest] = []
        for closed in (False, True):
            chosen = sorted(state.value for state in states if (state not in OPEN_STATES) == closed)
            if chosen:
                found += await self._in_states(programme, chosen, limit, after, closed=closed)
        return sorted(found, key=lambda request: (request.due_at, request.id.hex))[:limit]

    async def _in_states(
        self, programme: str, states: list[str], limit: int, after: UUID | None, *, closed: bool
    ) -> list[SupportRequest]:
        size = slots(len(states))
        values: dict[str, Any] = {"programme": programme, "limit": limit, **spread("state", states, size)}
        if after is not None:
            last = await self._transaction.row(_DUE, {"this": after})
            if last is None:
                return []
            values |= {"due": last.due_at, "after": after}
        statement = _queue(closed=closed, paged=after is not None, states=size)
        return [read(row) for row in await self._transaction.rows(statement, values)]

    async def closed_since(self, programme: str, since: datetime, *, limit: int) -> list[SupportRequest]:
        """Return up to ``limit`` requests of a programme that closed since then, the newest first."""
        values = {"programme": programme, "since": since, "limit": limit}
        return [read(row) for row in await self._transaction.rows(_CLOSED_SINCE, values)]

    async def by_reference(self, programme: str, reference: str) -> SupportRequest | None:
        """Return the request with this reference, in whatever state."""
        row = await self._transaction.row(_BY_REFERENCE, {"programme": programme, "reference": reference})
        return None if row is None else read(row)

    async def unerased(self, *, limit: int, after: UUID | None = None) -> list[SupportRequest]:
        """Return up to ``limit`` closed requests of every programme that are not erased, by id."""
        values = {"limit": limit, "after": after or UUID(int=0)}
        return [read(row) for row in await self._transaction.rows(_UNERASED, values)]

    async def of_supporter(self, supporter: UUID) -> list[SupportRequest]:
        """Return the requests now with this supporter, the earliest due first."""
        return [read(row) for row in await self._transaction.rows(_OF_SUPPORTER, {"supporter": supporter})]

    async def finished_of_supporter(self, supporter: UUID, *, limit: int) -> list[SupportRequest]:
        """Return up to ``limit`` requests finished with them and not erased, the newest first."""
        values = {"supporter": supporter, "limit": limit}
        return [read(row) for row in await self._transaction.rows(_FINISHED_OF, values)]

    async def save(self, request: SupportRequest) -> bool:
        """Write the plain columns where the stored version is still ``request.version``, and add one to it."""
        values = {name: value for name, value in _plain(request).items() if name not in _FIXED}
        values |= {"this": request.id, "was": request.version, "version": request.version + 1}
        held = self._transaction.locked.get(request.id)
        if held is None:
            return await self._transaction.run(_SAVE, values) == 1
        if held.version != request.version:
            return False
        held.version += 1
        # First: everybody holds a request's row before a supporter's, so that no two ever wait for each other.
        presumed = held.presumed
        await self._transaction.later(_SAVE, values, request.id, presumed=presumed, first=presumed)
        return True

    async def needs(self, id: UUID) -> Needs | None:
        """Unseal the needs; None once erased."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None or row.needs is None:
            return None
        sealer = await self._secrets.sealer(row.identity_key)
        return None if sealer is None else needs_from_json(_NEEDS.open(sealer, id, row.needs))

    async def contact(self, id: UUID) -> Contact | None:
        """Unseal the contact; None once erased."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None or row.contact is None:
            return None
        sealer = await self._secrets.sealer(row.contact_key)
        return None if sealer is None else contact_from_json(_CONTACT.open(sealer, id, row.contact))

    async def reseal(self, id: UUID, needs: Needs, contact: Contact) -> None:
        """Replace both sealed parts under the keys they have; what was erased stays erased."""
        row = await self._transaction.row(_SEALED_LOCKED, {"this": id})
        if row is None:
            return
        sealers = await self._secrets.sealers([row.identity_key, row.contact_key])
        identity, shorter = sealers.get(row.identity_key), sealers.get(row.contact_key)
        values = {
            "this": id,
            "needs": None if identity is None else _NEEDS.seal(identity, id, needs_to_json(needs)),
            "contact": None if shorter is None else _CONTACT.seal(shorter, id, contact_to_json(contact)),
        }
        await self._transaction.run(_RESEAL, values)

    async def erase_contact(self, id: UUID) -> None:
        """Destroy the contact key, then blank the contact. Safe to repeat."""
        row = await self._transaction.row(_SEALED_LOCKED, {"this": id})
        if row is not None:
            await self._destroy(row.contact_key)
            await self._transaction.run(_BLANK_CONTACT, {"this": id})

    async def erase(self, id: UUID) -> None:
        """Destroy both keys, then blank the sealed columns and the requester's hash. Safe to repeat."""
        row = await self._transaction.row(_SEALED_LOCKED, {"this": id})
        if row is not None:
            await self._destroy(row.identity_key, row.contact_key)
            await self._transaction.run(_BLANK, {"this": id})
            if held := self._transaction.locked.get(id):
                held.requester_hash = None

    async def _destroy(self, *key_ids: UUID | None) -> None:
        self._transaction.erases = True
        await self._secrets.keyring.destroy(*(key_id for key_id in key_ids if key_id is not None))


def _plain(request: SupportRequest) -> dict[str, Any]:
    return {name: getattr(request, name) for name in FIELDS}


def read(row: AnyRow) -> SupportRequest:
    """A request from a row that begins with COLUMNS."""
    values = dict(zip(FIELDS, row, strict=False))
    values["door"], values["state"] = Door(values["door"]), State(values["state"])
    if values["outcome"] is not None:
        values["outcome"] = Outcome(values["outcome"])
    return SupportRequest(**values)
