"""What counts in matching of a whole register: read each time, opened where that was not done a moment ago.

Each time the database says all of it in one value. Where that is what it said before, no row is looked at one by one.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, bindparam, cast, func, literal_column, select, type_coerce
from sqlalchemy.types import NullType

from peersupport.people import Address
from peersupport.supporters import Outline, Supporter, outline_of
from store.columns import fixed
from store.outlines import Kept, Register
from store.prepared import ByDialect, among, slots, spread
from store.records import profile_from_json
from store.repositories.register import LOAD, PLAIN, PROFILE
from store.repositories.requests import IS_MATCHED
from store.tables import requests, supporters
from store.transaction import Transaction
from store.unsealing import Secrets

_SEAL = 13
"""Version and nonce: drawn anew whenever a profile is sealed, so that while they stand, so does what was opened."""
_CHUNK = 512


def _as_driven(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it: only compared, and to make what it stands for would take milliseconds."""
    return type_coerce(column, NullType())


# What the condition settles is left out: every column counts a thousand times. The load is counted for all at once.
_LEFT_OUT = (supporters.c.programme, supporters.c.active, LOAD)
_SEAL_OF_ROW = func.substr(supporters.c.profile, 1, _SEAL)
_ROW = (
    *(_as_driven(column) for column in PLAIN if not any(column is each for each in _LEFT_OUT)),
    _as_driven(supporters.c.key_id),
    _SEAL_OF_ROW,
)
_WIDTH = len(_ROW)
_OPENABLE = supporters.c.active, supporters.c.key_id.is_not(None), supporters.c.profile.is_not(None)
_REGISTER = supporters.c.programme == bindparam("programme"), *_OPENABLE
_IN_PROGRAMME = select(*_ROW).where(*_REGISTER)
_COMMA: ColumnElement[str] = literal_column("','", Text())
_STATE = ByDialect(
    select(func.string_agg(cast(func.row(*_ROW), Text), _COMMA)).where(*_REGISTER),
    select(func.json_group_array(func.json_array(*_ROW[:-1], func.hex(_SEAL_OF_ROW)), type_=Text())).where(*_REGISTER),
)
"""The same rows in one value: to make an object of each takes longer than all the rest."""
# That it is open follows from the rest, but only so both databases see that the index of the queue has them all.
_OPEN = requests.c.state != fixed("closed")
_LOADS = (
    select(requests.c.supporter, func.count())
    .where(requests.c.programme == bindparam("programme"), _OPEN, IS_MATCHED, requests.c.supporter.is_not(None))
    .group_by(requests.c.supporter)
)


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
    age, register = memory.age, memory.of(programme)
    state = await _state(transaction, programme)
    there = await secrets.keyring.all_there(register.keys)
    if not there or register.state is None or register.state != state:
        register = await _brought_up(transaction, secrets, programme, register.kept if there else (), state)
        memory.keep(programme, register, age)
    loads = {row[0]: row[1] for row in await transaction.rows(_LOADS, {"programme": programme})}
    asks = memory.mark(requester)
    return register.entries(asks, {asks, *(memory.mark(each) for each in avoided)}, loads)


async def _state(transaction: Transaction, programme: str) -> str:
    ((state,),) = await transaction.rows(_STATE, {"programme": programme})
    return state or ""


async def _brought_up(
    transaction: Transaction, secrets: Secrets, programme: str, before: Sequence[Kept], state: str
) -> Register:
    """Return the register as it is now: what was kept of it, and what is opened only now."""
    rows = await transaction.rows(_IN_PROGRAMME, {"programme": programme})
    by_id = {kept.row[0]: kept for kept in before}
    found = [kept for row in rows if (kept := by_id.get(row[0])) is not None and kept.row == row]
    if len(found) < len(rows):
        here = {kept.row[0] for kept in found}
        found += await _open(transaction, secrets, [row[0] for row in rows if row[0] not in here])
    # Whose key is gone is looked for again each time, and what changed meanwhile is looked at once more.
    whole = len(found) == len(rows) and state == await _state(transaction, programme)
    return Register(found, state if whole else None)


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
                supporter = replace(Supporter(*plain), load=0)
                profile = profile_from_json(PROFILE.open(sealers[key_id], supporter.id, sealed))
                person, avoids = mark(profile.address), frozenset([mark(each) for each in profile.avoid_members])
                found.append(Kept(row[:_WIDTH], key_id, supporter, outline_of(profile), person, avoids))
    return found
