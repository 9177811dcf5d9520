"""Offers to present a session: plain state and date; who made one, and its words, are sealed."""

from dataclasses import fields, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, select, update

from peersupport.addresses import Address
from peersupport.proposal import Presenter, Proposal, ProposalState
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.records import Json
from store.tables_sessions import proposals
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_FIELDS = tuple(field.name for field in fields(Proposal))
_FIXED = frozenset({"id", "programme", "series_id", "made_at"})
_PERSON = Place("proposals", "person")
_TABLE = proposals
_THIS = _TABLE.c.id == bindparam("this")
_ALL = select(*(_TABLE.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_SEALED = select(_TABLE.c.key_id, _TABLE.c.person).where(_THIS)
_OF_SERIES = (
    _ALL.add_columns(_TABLE.c.key_id, _TABLE.c.person)
    .where(_TABLE.c.series_id == bindparam("series"))
    .order_by(_TABLE.c.made_at, _TABLE.c.id)
)
_IN_PROGRAMME = _ALL.where(_TABLE.c.programme == bindparam("programme")).order_by(_TABLE.c.id)
_ADD = GuardedInsert(_TABLE, "person_hash", lambda other: other.c.series_id == bindparam("series_id"))
_SAVE = update(_TABLE).where(_THIS).values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})
_DROP = delete(_TABLE).where(_THIS)


@cache
def _of(size: int) -> Select[Any]:
    return _ALL.where(theirs(_TABLE.c.person_hash, size)).order_by(_TABLE.c.made_at)


class Proposals:
    """Implements ``peersupport.ports_organising.Proposals``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, proposal: Proposal, presenter: Presenter) -> bool:
        """Store a new one under a new data key; False where this person has one for the series."""
        key_id, key = await self._secrets.keyring.take()
        sealed = _PERSON.seal(Sealer(key), proposal.id, _to_json(presenter))
        values = {**_plain(proposal), "key_id": key_id, "person": sealed}
        if await _ADD.run(self._transaction, self._secrets.lookups, presenter.address, values):
            return True
        self._secrets.keyring.give_back(key_id, key)
        return False

    async def get(self, id: UUID, *, lock: bool = False) -> Proposal | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def presenter(self, id: UUID) -> Presenter | None:
        """Unseal who made an offer, and its words; None once erased."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        return None if row is None or sealer is None else _from_json(_PERSON.open(sealer, id, row.person))

    async def of(self, who: Address) -> list[Proposal]:
        """Return somebody's own offers in every programme."""
        hashes = self._secrets.hashes(who)
        return [_read(row) for row in await self._transaction.rows(_of(len(hashes)), values_of(hashes))]

    async def of_series(self, series: UUID) -> list[tuple[Proposal, Presenter]]:
        """Return the offers for a series with who made them, the oldest first."""
        rows = await self._transaction.rows(_OF_SERIES, {"series": series})
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [
            (_read(row), _from_json(_PERSON.open(sealers[row.key_id], row.id, row.person)))
            for row in rows
            if row.key_id in sealers
        ]

    async def of_programme(self, programme: str) -> list[Proposal]:
        """Return every offer of a programme."""
        return [_read(row) for row in await self._transaction.rows(_IN_PROGRAMME, {"programme": programme})]

    async def save(self, proposal: Proposal) -> None:
        """Write the plain columns of one whose row is held."""
        values = {name: value for name, value in _plain(proposal).items() if name not in _FIXED}
        await self._transaction.run(_SAVE, {**values, "this": proposal.id})

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is None:
            return
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
        await self._transaction.run(_DROP, {"this": id})
        self._transaction.erases = True


def _plain(proposal: Proposal) -> dict[str, Any]:
    found = {name: getattr(proposal, name) for name in _FIELDS}
    return found | {"state": proposal.state.value}


def _read(row: AnyRow) -> Proposal:
    found = Proposal(**{name: getattr(row, name) for name in _FIELDS})
    return replace(found, state=ProposalState(found.state))


def _to_json(presenter: Presenter) -> Json:
    address = [presenter.address.team, presenter.address.user]
    return {"address": address, "name": presenter.name, "topic": presenter.topic, "when": presenter.when}


def _from_json(data: Json) -> Presenter:
    return Presenter(Address(*data["address"]), data["name"], data["topic"], data.get("when", ""))
