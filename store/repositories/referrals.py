"""Colleagues' referrals, one row each: whom it is about and who passed it on are sealed under a key each."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, bindparam, false, func, or_, select, tuple_, update

from peersupport.addresses import Address
from peersupport.referral import Colleague, Passed, Referral, ReferralState, Route
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.tables import UtcDateTime, fixed, referrals
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_FIELDS = tuple(field.name for field in fields(Referral))
COLUMNS = tuple(referrals.c[name] for name in _FIELDS)
_FIXED = frozenset({"id", "reference", "programme", "created_at", "version"})
_COLLEAGUE, _REFERRER = Place("referrals", "colleague"), Place("referrals", "referrer")
_THIS = referrals.c.id == bindparam("this")
_IS_OPEN = referrals.c.state != fixed("closed")
_ADD = GuardedInsert(referrals, "referrer_hash", lambda _other: false())
_BY_ID = select(*COLUMNS).where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_SEALED = select(
    referrals.c.colleague_key, referrals.c.colleague, referrals.c.referrer_key, referrals.c.referrer
).where(_THIS)
_SEALED_LOCKED = _SEALED.with_for_update()
_HASHES = select(referrals.c.colleague_hash, referrals.c.referrer_hash).where(_THIS)
_SAVE = (
    update(referrals)
    .where(_THIS, referrals.c.version == bindparam("was"))
    .values({name: bindparam(name) for name in (*(set(_FIELDS) - _FIXED), "version")})
)
_ERASE = update(referrals).where(_THIS).values(colleague_hash=None, colleague_key=None, colleague=None)
_FORGET = update(referrals).where(_THIS).values(referrer_key=None, referrer=None)
# Said to be for an update, which begins the transaction that the hold lasts for.
_HOLD = select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger()))).with_for_update()
_DROP_COUNT = update(referrals).where(_THIS, referrals.c.referrer_key.is_(None)).values(referrer_hash=None)


@cache
def _open_of(size: int) -> Select[Any]:
    whose = select(*COLUMNS).where(theirs(referrals.c.colleague_hash, size), _IS_OPEN)
    return whose.order_by(referrals.c.created_at.desc(), referrals.c.id)


@cache
def _passed_on(size: int) -> Select[Any]:
    columns = (referrals.c.id, referrals.c.programme, referrals.c.created_at)
    whose = select(*columns).where(theirs(referrals.c.referrer_hash, size), referrals.c.referrer_key.is_not(None))
    return whose.order_by(referrals.c.created_at.desc(), referrals.c.id)


@cache
def _concerning(size: int) -> Select[Any]:
    either = or_(theirs(referrals.c.colleague_hash, size), theirs(referrals.c.referrer_hash, size))
    return select(referrals.c.id).where(referrals.c.programme == bindparam("of"), _IS_OPEN, either)


@cache
def _count(size: int) -> Select[Any]:
    since = referrals.c.created_at >= bindparam("since", type_=UtcDateTime())
    return select(func.count().label("found")).where(theirs(referrals.c.referrer_hash, size), since)


@cache
def _page(*, open_only: bool, paged: bool) -> Select[Any]:
    order = (referrals.c.created_at, referrals.c.id)
    found = select(*COLUMNS).where(referrals.c.programme == bindparam("of"))
    if open_only:
        found = found.where(_IS_OPEN)
    if paged:
        last = (bindparam("made", type_=referrals.c.created_at.type), bindparam("after", type_=referrals.c.id.type))
        found = found.where(tuple_(*order) > tuple_(*last))
    return found.order_by(*order).limit(bindparam("limit"))


class Referrals:
    """Implements ``peersupport.ports_doors.Referrals``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, referral: Referral, colleague: Colleague | None, referrer: Address) -> bool:
        """Store a new one; False where its reference is used, or another that is open asks this colleague here."""
        # As much is done where nobody is asked, so that it takes no less time.
        theirs_, own = await self._secrets.keyring.take(), await self._secrets.keyring.take()
        about = _COLLEAGUE.seal(Sealer(theirs_[1]), referral.id, _to_json(colleague or Colleague(referrer)))
        values = {
            **_plain(referral),
            "colleague_key": theirs_[0] if colleague else None,
            "colleague": about if colleague else None,
            "referrer_key": own[0],
            "referrer": _REFERRER.seal(Sealer(own[1]), referral.id, {"address": [referrer.team, referrer.user]}),
        }
        others = {"colleague_hash": colleague.address if colleague else None}
        added = await _ADD.run(self._transaction, self._secrets.lookups, referrer, values, others)
        if added is None or colleague is None:
            self._secrets.keyring.give_back(*theirs_)
        if added is None:
            self._secrets.keyring.give_back(*own)
        return added is not None

    async def get(self, id: UUID, *, lock: bool = False) -> Referral | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else read(row)

    async def colleague(self, id: UUID) -> Colleague | None:
        """Unseal whom it is about; None once erased, or where nobody is asked."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None or row.colleague is None:
            return None
        sealer = await self._secrets.sealer(row.colleague_key)
        return None if sealer is None else _from_json(_COLLEAGUE.open(sealer, id, row.colleague))

    async def referrer(self, id: UUID) -> Address | None:
        """Unseal who passed it on; None once they wanted it forgotten."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None or row.referrer is None:
            return None
        sealer = await self._secrets.sealer(row.referrer_key)
        return None if sealer is None else Address(*_REFERRER.open(sealer, id, row.referrer)["address"])

    async def is_colleague(self, id: UUID, who: Address) -> bool:
        """Say whether it is about this person."""
        row = await self._transaction.row(_HASHES, {"this": id})
        return row is not None and row.colleague_hash in self._secrets.hashes(who)

    async def is_referrer(self, id: UUID, who: Address) -> bool:
        """Say whether this person passed it on; also where they wanted it forgotten."""
        row = await self._transaction.row(_HASHES, {"this": id})
        return row is not None and row.referrer_hash in self._secrets.hashes(who)

    async def open_of(self, who: Address) -> list[Referral]:
        """Return the open ones that are about a person, the newest first."""
        hashes = self._secrets.hashes(who)
        return _read_all(await self._transaction.rows(_open_of(len(hashes)), values_of(hashes)))

    async def passed_on(self, referrer: Address) -> list[Passed]:
        """Return what a person passed on, newest first."""
        hashes = self._secrets.hashes(referrer)
        rows = await self._transaction.rows(_passed_on(len(hashes)), values_of(hashes))
        return [Passed(row.id, row.programme, row.created_at) for row in rows]

    async def hold(self, referrer: Address) -> None:
        """Let nobody else hold this referrer until the transaction ends, by a number that changes with no key."""
        if not self._transaction.is_sqlite:  # Whoever writes there has the file to themselves.
            mark = self._secrets.lasting.member(referrer.team, referrer.user)
            await self._transaction.run(_HOLD, {"number": int.from_bytes(mark[:8], "big", signed=True)})

    async def count_since(self, referrer: Address, since: datetime) -> int:
        """Return how many a person passed on since then."""
        hashes = self._secrets.hashes(referrer)
        row = await self._transaction.row(_count(len(hashes)), {**values_of(hashes), "since": since})
        return 0 if row is None else int(row.found)

    async def in_programme(
        self, programme: str, *, open_only: bool = True, limit: int = 100, after: UUID | None = None
    ) -> list[Referral]:
        """Return up to ``limit`` of a programme, the oldest first, those after ``after``."""
        values: dict[str, Any] = {"of": programme, "limit": limit}
        if after is not None:
            last = await self.get(after)
            if last is None:
                return []
            values |= {"made": last.created_at, "after": after}
        statement = _page(open_only=open_only, paged=after is not None)
        return _read_all(await self._transaction.rows(statement, values))

    async def concerning(self, programme: str, who: Address) -> frozenset[UUID]:
        """Return which open ones of a programme are about a person or were passed on by them."""
        hashes = self._secrets.hashes(who)
        rows = await self._transaction.rows(_concerning(len(hashes)), values_of(hashes) | {"of": programme})
        return frozenset(row.id for row in rows)

    async def save(self, referral: Referral) -> bool:
        """Write the plain columns where the stored version is still ``referral.version``, and add one to it."""
        values = {name: value for name, value in _plain(referral).items() if name not in _FIXED}
        values |= {"this": referral.id, "was": referral.version, "version": referral.version + 1}
        return await self._transaction.run(_SAVE, values) == 1

    async def erase(self, id: UUID) -> None:
        """Destroy the colleague's key, then blank what it sealed and whose it was. Safe to repeat."""
        row = await self._transaction.row(_SEALED_LOCKED, {"this": id})
        if row is not None:
            await self._destroy(row.colleague_key)
            await self._transaction.run(_ERASE, {"this": id})

    async def forget_referrer(self, id: UUID) -> None:
        """Destroy the referrer's key, then blank what it sealed. Safe to repeat."""
        row = await self._transaction.row(_SEALED_LOCKED, {"this": id})
        if row is not None:
            await self._destroy(row.referrer_key)
            await self._transaction.run(_FORGET, {"this": id})

    async def drop_count(self, id: UUID) -> None:
        """Blank whose a forgotten one was."""
        await self._transaction.run(_DROP_COUNT, {"this": id})

    async def _destroy(self, key_id: UUID | None) -> None:
        self._transaction.erases = True
        if key_id is not None:
            await self._secrets.keyring.destroy(key_id)


def _plain(referral: Referral) -> dict[str, Any]:
    return {name: getattr(referral, name) for name in _FIELDS}


def _to_json(colleague: Colleague) -> dict[str, Any]:
    address = [colleague.address.team, colleague.address.user]
    return {"address": address, "name": colleague.name, "reach": colleague.reach}


def _from_json(data: dict[str, Any]) -> Colleague:
    return Colleague(Address(*data["address"]), data["name"], data["reach"])


def _read_all(rows: Sequence[AnyRow]) -> list[Referral]:
    return [read(row) for row in rows]


def read(row: AnyRow) -> Referral:
    """A referral from a row that begins with COLUMNS."""
    values = dict(zip(_FIELDS, row, strict=False))
    values["state"], values["route"] = ReferralState(values["state"]), Route(values["route"])
    return Referral(**values)
