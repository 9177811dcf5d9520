"""After a restore: what was erased since the backup was taken has no key any more, and is marked as erased.

It is done once, when database and keyring are first opened together, before anything else reads or writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, Select, Table, bindparam, delete, or_, select, union_all, update

from peersupport import referrals as referral_rules
from peersupport import restored, retention
from store import rehash
from store.tables import cover_choices, installation, members, posts, preferences, referrals, requests, supporters
from store.tables_informal import check_ins, introductions, listings
from store.tables_sessions import proposals, registrations
from store.transaction import Transaction
from store.unit_of_work import UnitOfWork
from store.unsealing import Secrets

_RESTORED = select(installation.c.restored_at, installation.c.index_id).where(installation.c.id == 1).with_for_update()
_SETTLED = update(installation).where(installation.c.id == 1).values(restored_at=None, index_id=bindparam("present"))
_REQUESTS = (
    select(requests.c.id, requests.c.identity_key, requests.c.contact_key, requests.c.requester_hash)
    .where(or_(requests.c.identity_key.is_not(None), requests.c.contact_key.is_not(None)))
    .order_by(requests.c.id)
)
_REFERRALS = (
    select(referrals.c.id, referrals.c.colleague_key, referrals.c.referrer_key)
    .where(or_(referrals.c.colleague_key.is_not(None), referrals.c.referrer_key.is_not(None)))
    .order_by(referrals.c.id)
)
_FORGET_MEMBER = (
    update(members)
    .where(members.c.id == bindparam("this"))
    .values(active=False, key_id=None, person=None, person_hash=bindparam("nobody", type_=members.c.person_hash.type))
)
_FORGET_POST = delete(posts).where(posts.c.id == bindparam("this"))
_FORGET_CHOICE = delete(preferences).where(preferences.c.person_hash == bindparam("who"))
_OWN = (preferences, cover_choices, registrations, proposals, listings, introductions, check_ins)
"""What somebody keeps or chose for themselves: gone with its key."""
_FORGET_BY_KEY = [delete(table).where(table.c.key_id == bindparam("this")) for table in _OWN]
_CHOICES = union_all(
    *(select(table.c.key_id.label("id"), table.c.key_id).where(table.c.key_id.is_not(None)) for table in _OWN)
)


def _keyed(table: Table) -> Select[Any]:
    return select(table.c.id, table.c.key_id).where(table.c.key_id.is_not(None)).order_by(table.c.id)


_MEMBERS, _SUPPORTERS, _POSTS = _keyed(members), _keyed(supporters), _keyed(posts)


@dataclass(frozen=True, slots=True)
class Settled:
    """What was found to be erased: requests, contacts of requests that stay, and entries of people with a role."""

    requests: int = 0
    contacts: int = 0
    people: int = 0
    found_again: int = 0
    """Rows that stood under a look-up key that the keyring does not have, and are found by the one it has."""


async def settle(transaction: Transaction, work: UnitOfWork, secrets: Secrets, now: datetime) -> Settled | None:
    """Mark what has no key as erased; None where another process has done so."""
    row = await transaction.row(_RESTORED)
    if row is None or row.restored_at is None:
        return None
    requests, contacts = await _requests(transaction, work, secrets, now)
    people = await _people(transaction, work, secrets)
    await _referrals(transaction, work, secrets, now)
    for post in await _without_key(transaction, secrets, _POSTS):
        await transaction.run(_FORGET_POST, {"this": post})
    for choice in await _without_key(transaction, secrets, _CHOICES):
        for statement in _FORGET_BY_KEY:
            await transaction.run(statement, {"this": choice})
    secrets.lookups.name(row.index_id)
    present = secrets.lookups.writing
    rehashed = await rehash.within(transaction, secrets, present)
    await transaction.run(_SETTLED, {"present": present.id})
    return Settled(requests, contacts, people, rehashed.moved)


async def _requests(transaction: Transaction, work: UnitOfWork, secrets: Secrets, now: datetime) -> tuple[int, int]:
    rows = await transaction.rows(_REQUESTS)
    there = await secrets.sealers([key for row in rows for key in (row.identity_key, row.contact_key)])
    erased = contacts = 0
    for row in rows:
        if row.identity_key is not None and row.identity_key not in there:
            await restored.forget(work, row.id, now)
            if row.requester_hash is not None:
                await transaction.run(_FORGET_CHOICE, {"who": row.requester_hash})
            erased += 1
        elif row.contact_key is not None and row.contact_key not in there:
            await retention.erase_contact(work, row.id)
            contacts += 1
    return erased, contacts


async def _referrals(transaction: Transaction, work: UnitOfWork, secrets: Secrets, now: datetime) -> None:
    """Close those whose colleague has answered since the backup, and forget the referrers who wanted it."""
    rows = await transaction.rows(_REFERRALS)
    there = await secrets.sealers([key for row in rows for key in (row.colleague_key, row.referrer_key)])
    for row in rows:
        if row.colleague_key is not None and row.colleague_key not in there:
            await referral_rules.end(work, row.id, now)
        if row.referrer_key is not None and row.referrer_key not in there:
            await work.referrals.forget_referrer(row.id)


async def _people(transaction: Transaction, work: UnitOfWork, secrets: Secrets) -> int:
    entries = await _without_key(transaction, secrets, _SUPPORTERS)
    for entry in entries:
        await work.supporters.erase(entry)
    seats = await _without_key(transaction, secrets, _MEMBERS)
    for member in seats:
        await transaction.run(_FORGET_MEMBER, {"this": member, "nobody": token_bytes(32)})
    return len(entries) + len(seats)


async def _without_key(transaction: Transaction, secrets: Secrets, statement: Executable) -> Sequence[UUID]:
    rows = await transaction.rows(statement)
    there = await secrets.sealers([row.key_id for row in rows])
    return [row.id for row in rows if row.key_id not in there]
