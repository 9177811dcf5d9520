"""Two who may talk to each other: both stand in one sealed value, whose key is destroyed with the row."""

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, false, or_, select, update

from peersupport.addresses import Address
from peersupport.ports_informal import Introduction, Meeting, Pair, Side
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.records import Json
from store.tables_informal import introductions
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_FIELDS = tuple(field.name for field in fields(Introduction))
_PAIR = Place("introductions", "pair")
_THIS = introductions.c.id == bindparam("this")
_ALL = select(*(introductions.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_SEALED = select(introductions.c.key_id, introductions.c.pair).where(_THIS)
_ADD = GuardedInsert(introductions, "asker_hash", lambda _other: false())
_SAVE = (
    update(introductions)
    .where(_THIS)
    .values({name: bindparam(name) for name in ("state", "ends_at", "key_id", "pair")})
)
_WITHOUT_PEER = update(introductions).where(_THIS).values(peer_hash=None)
_DROP = delete(introductions).where(_THIS)


@cache
def _of(size: int) -> Select[Any]:
    mine = or_(theirs(introductions.c.asker_hash, size), theirs(introductions.c.peer_hash, size))
    columns = _ALL.add_columns(introductions.c.key_id, introductions.c.pair)
    return columns.where(mine).order_by(introductions.c.made_at, introductions.c.id)


class Introductions:
    """Implements ``peersupport.ports_informal.Introductions``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, introduction: Introduction, pair: Pair) -> None:
        """Store a new one."""
        key_id, key = await self._secrets.keyring.take()
        values = {**_plain(introduction), "key_id": key_id, "pair": _seal(Sealer(key), introduction.id, pair)}
        others: Mapping[str, Address | None] = {"peer_hash": pair.peer.address if pair.peer else None}
        await _ADD.run(self._transaction, self._secrets.lookups, pair.asker.address, values, others)

    async def get(self, id: UUID, *, lock: bool = False) -> Introduction | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def pair(self, id: UUID) -> Pair | None:
        """Unseal who the two are; None once it is gone."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        return None if row is None or sealer is None else _from_json(_PAIR.open(sealer, id, row.pair))

    async def of(self, who: Address) -> list[tuple[Introduction, Pair]]:
        """Return those that somebody is in, the earliest first."""
        hashes = self._secrets.hashes(who)
        rows = await self._transaction.rows(_of(len(hashes)), values_of(hashes))
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [
            (_read(row), _from_json(_PAIR.open(sealers[row.key_id], row.id, row.pair)))
            for row in rows
            if row.key_id in sealers
        ]

    async def save(self, introduction: Introduction, pair: Pair) -> None:
        """Write one whose row is held, sealed under a new data key, and destroy the old one."""
        row = await self._transaction.row(_SEALED, {"this": introduction.id})
        if row is None:
            return
        key_id, key = await self._secrets.keyring.take()
        values = {
            "state": introduction.state.value,
            "ends_at": introduction.ends_at,
            "key_id": key_id,
            "pair": _seal(Sealer(key), introduction.id, pair),
        }
        await self._transaction.run(_SAVE, {**values, "this": introduction.id})
        if pair.peer is None:
            await self._transaction.run(_WITHOUT_PEER, {"this": introduction.id})
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
        self._transaction.erases = True

    async def drop(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None:
            return
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
        await self._transaction.run(_DROP, {"this": id})
        self._transaction.erases = True


def _plain(introduction: Introduction) -> dict[str, Any]:
    return {name: getattr(introduction, name) for name in _FIELDS} | {"state": introduction.state.value}


def _read(row: AnyRow) -> Introduction:
    found = Introduction(**{name: getattr(row, name) for name in _FIELDS})
    return replace(found, state=Meeting(found.state))


def _seal(sealer: Sealer, id: UUID, pair: Pair) -> bytes:
    sides = {"asker": _side(pair.asker), "peer": _side(pair.peer) if pair.peer else None}
    asked = {"asked_for": pair.asked_for, "asked_of": pair.asked_of.hex if pair.asked_of else None}
    return _PAIR.seal(sealer, id, {**sides, **asked})


def _side(side: Side) -> Json:
    return {"address": [side.address.team, side.address.user], "name": side.name, "reach": side.reach}


def _from_json(data: Json) -> Pair:
    asker, peer = data["asker"], data["peer"]
    asked_of = UUID(data["asked_of"]) if data["asked_of"] else None
    return Pair(_from_side(asker), _from_side(peer) if peer else None, data["asked_for"], asked_of)


def _from_side(data: Json) -> Side:
    return Side(Address(*data["address"]), data["name"], data["reach"])
