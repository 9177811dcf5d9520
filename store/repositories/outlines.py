"""What counts in matching of a whole register: read each time, opened where that was not done a moment ago."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from operator import attrgetter, eq
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select, type_coerce
from sqlalchemy.types import NullType

from peersupport.people import Address
from peersupport.supporters import Outline, Supporter, outline_of
from store.outlines import Kept
from store.prepared import among, slots, spread
from store.records import profile_from_json
from store.repositories.register import PLAIN, PROFILE
from store.tables import supporters
from store.transaction import AnyRow, Transaction
from store.unsealing import Secrets

_SEAL = 13
"""Version and nonce: drawn anew whenever a profile is sealed, so that while they stand, so does what was opened."""
_CHUNK = 512
_row_of = attrgetter("row")


def _as_driven(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it: only compared, and to make what it stands for would take milliseconds."""
    return type_coerce(column, NullType())


# What the condition settles is left out: every column counts a thousand times.
_SETTLED = (supporters.c.programme, supporters.c.active)
_ROW = (
    *(_as_driven(column) for column in PLAIN if not any(column is each for each in _SETTLED)),
    _as_driven(supporters.c.key_id),
    func.substr(supporters.c.profile, 1, _SEAL),
)
_WIDTH = len(_ROW)
_OPENABLE = supporters.c.active, supporters.c.key_id.is_not(None), supporters.c.profile.is_not(None)
_IN_PROGRAMME = select(*_ROW).where(supporters.c.programme == bindparam("programme"), *_OPENABLE)


@lru_cache(maxsize=16)
def _sealed(size: int) -> Select[Any]:
    """The same columns, with what to open and how to read it."""
    among_these = among(supporters.c.id, "id", size)
    return select(*_ROW, supporters.c.key_id, supporters.c.profile, *PLAIN).where(among_these, *_OPENABLE)


async def read(
    transaction: Transaction, secrets: Secrets, programme: str, requester: Address, avoided: Collection[Address]
) -> list[tuple[Supporter, Outline, bool]]:
    """See ``peersupport.ports.Supporters.outlines``."""
    memory = secrets.outlines
    age, before = memory.age, memory.of(programme)
    rows = await transaction.rows(_IN_PROGRAMME, {"programme": programme})
    found = _again(before, rows)
    if found and not await secrets.keyring.all_there([kept.key_id for kept in found]):
        found = []
    if len(found) < len(rows):
        here = {kept.row[0] for kept in found}
        found = [*found, *await _open(transaction, secrets, [row[0] for row in rows if row[0] not in here])]
    if found is not before:
        memory.keep(programme, found, age)
    asks = memory.mark(requester)
    apart = {asks, *(memory.mark(each) for each in avoided)}
    return [(kept.supporter, kept.outline, kept.person in apart or asks in kept.avoids) for kept in found]


def _again(before: list[Kept], rows: Sequence[AnyRow]) -> list[Kept]:
    """Return what was kept of those rows that are still as they were."""
    if len(before) == len(rows) and all(map(eq, map(_row_of, before), rows)):
        return before
    by_id = {kept.row[0]: kept for kept in before}
    return [kept for row in rows if (kept := by_id.get(row[0])) is not None and kept.row == row]


async def _open(transaction: Transaction, secrets: Secrets, ids: Sequence[Any]) -> list[Kept]:
    """Open these profiles; one whose key was destroyed is gone."""
    found: list[Kept] = []
    mark = secrets.outlines.mark
    for start in range(0, len(ids), _CHUNK):
        wanted = [each if isinstance(each, UUID) else UUID(each) for each in ids[start : start + _CHUNK]]
        size = slots(len(wanted))
        # Read once more, so that row and profile belong together whatever was saved between the two.
        rows = await transaction.rows(_sealed(size), spread("id", wanted, size))
        sealers = await secrets.sealers([row[_WIDTH] for row in rows])
        for row in rows:
            key_id, sealed, *plain = row[_WIDTH:]
            if key_id in sealers:
                supporter = Supporter(*plain)
                profile = profile_from_json(PROFILE.open(sealers[key_id], supporter.id, sealed))
                person, avoids = mark(profile.address), frozenset([mark(each) for each in profile.avoid_members])
                found.append(Kept(row[:_WIDTH], key_id, supporter, outline_of(profile), person, avoids))
    return found
