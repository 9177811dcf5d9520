"""Puts the rows that are found by a person under another look-up key, from the sealed address of each.

A row whose data key is gone is left as it is: it is erased, or about to be, and nobody is found by it any more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, bindparam, delete, select, update

from peersupport.addresses import Address
from store.encryption import LookupIndex
from store.errors import Sealed
from store.records import Json, needs_from_json, profile_from_json
from store.tables import cover_choices, members, preferences, requests, supporters
from store.tables_beside import partner_people, referrals
from store.tables_cafe import list_members, terms_accepted, themes
from store.tables_informal import check_ins, introductions, listings
from store.tables_pages import pitches, readers
from store.tables_sessions import proposals, registrations
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

PAGE = 50
"""So many rows go over in one transaction: nobody waits for them for long."""

_UNSEALED = delete(preferences).where(preferences.c.key_id.is_(None))


class Carried:
    """A table whose rows are found by a person's keyed hash, and where the person stands sealed beside it."""

    def __init__(
        self,
        table: Table,
        hashed: str = "person_hash",
        key: str = "key_id",
        sealed: str = "person",
        id: str = "id",
        address: Callable[[Json], Address] = lambda person: Address(*person["address"]),
    ) -> None:
        """`id` is the column that the sealed value is bound to."""
        self.column = f"{table.name}.{hashed}"
        self.address = address
        self.place = Place(table.name, sealed)
        row, person_hash = table.c[id], table.c[hashed]
        columns = (row.label("id"), table.c[key].label("key_id"), table.c[sealed].label("sealed"))
        self.page = (
            select(*columns, person_hash.label("was"))
            .where(table.c[key].is_not(None), person_hash.is_not(None), row > _bound("after", row))
            .order_by(row)
            .limit(PAGE)
        )
        self.change = (
            update(table)
            .where(row == _bound("this", row), person_hash == _bound("was", person_hash))
            .values({hashed: _bound("new", person_hash)})
        )


def _bound(name: str, column: Column[Any]) -> Any:
    return bindparam(name, type_=column.type)


CARRIED = (
    Carried(
        requests, "requester_hash", "identity_key", "needs", address=lambda needs: needs_from_json(needs).requester
    ),
    Carried(members),
    Carried(supporters, sealed="profile", address=lambda profile: profile_from_json(profile).address),
    Carried(preferences, id="key_id"),
    Carried(cover_choices),
    Carried(partner_people),
    Carried(list_members),
    Carried(terms_accepted),
    Carried(themes),
    Carried(referrals, "colleague_hash", "colleague_key", "colleague"),
    Carried(referrals, "referrer_hash", "referrer_key", "referrer"),
    Carried(registrations),
    Carried(readers),
    Carried(pitches, sealed="pitch"),
    Carried(listings),
    Carried(introductions, "asker_hash", sealed="pair", address=lambda pair: Address(*pair["asker"]["address"])),
    Carried(introductions, "peer_hash", sealed="pair", address=lambda pair: Address(*pair["peer"]["address"])),
    Carried(check_ins),
    Carried(proposals),
)
APART = frozenset(
    {
        "receipts.key_hash",
        "consent_links.token_hash",
        "consent_links.code_hash",
        "silences.person_hash",
        "silences.from_hash",
        "interests.person_hash",
    }
)
"""Look-up hashes that are not of people, or outlive them; they stand under keys of their own, which do not change."""


@dataclass(slots=True)
class Rehashed:
    """How many rows went over, and how many could not although their data key is there."""

    moved: int = 0
    stuck: int = 0


async def page(
    transaction: Transaction, secrets: Secrets, carried: Carried, after: UUID, to: LookupIndex, found: Rehashed
) -> tuple[UUID | None, list[Mapping[str, Any]]]:
    """Return where the next page begins, or None at the end, and the changes that this one needs."""
    rows: Sequence[AnyRow] = await transaction.rows(carried.page, {"after": after})
    if not rows:
        return None, []
    sealers = await secrets.sealers([row.key_id for row in rows])
    changes: list[Mapping[str, Any]] = []
    for row in rows:
        if row.key_id not in sealers:
            continue
        try:
            person = carried.address(carried.place.open(sealers[row.key_id], row.id, row.sealed))
        except (Sealed, TypeError, KeyError):
            found.stuck += 1
            continue
        new = to.member(person.team, person.user)
        if new != row.was:
            changes.append({"this": row.id, "was": row.was, "new": new})
    found.moved += len(changes)
    return rows[-1].id, changes


async def within(transaction: Transaction, secrets: Secrets, to: LookupIndex) -> Rehashed:
    """Put every row under this key, in one transaction."""
    found = Rehashed()
    for carried in CARRIED:
        after: UUID | None = UUID(int=0)
        while after is not None:
            after, changes = await page(transaction, secrets, carried, after, to, found)
            if changes:
                await transaction.run_many(carried.change, changes)
    return found


async def drop_unsealed(transaction: Transaction) -> int:
    """Drop choices from before addresses stood beside them: under a key that is gone nobody finds them."""
    return await transaction.run(_UNSEALED)
