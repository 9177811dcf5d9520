"""Deeds that two administrators agree on, one row each."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from peersupport.exceptional import Act, Approval
from store.tables import UtcDateTime, approvals
from store.transaction import AnyRow, Transaction

_FIELDS = tuple(field.name for field in fields(Approval))
_FIXED = frozenset({"id", "programme", "act", "asked_at", "subject", "code"})
_THIS = approvals.c.id == bindparam("this")
_ALL = select(*(approvals.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_LIVE = (
    _ALL.where(approvals.c.used_at.is_(None), approvals.c.ended_at.is_(None))
    .where(approvals.c.programme == bindparam("of"), approvals.c.expires_at > bindparam("now", type_=UtcDateTime()))
    .order_by(approvals.c.asked_at, approvals.c.id)
)
_ADD = insert(approvals)
_SAVE = update(approvals).where(_THIS).values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})


class Approvals:
    """Implements ``peersupport.ports.Approvals``."""

    def __init__(self, transaction: Transaction) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction

    async def add(self, approval: Approval) -> None:
        """Store a new one."""
        await self._transaction.run(_ADD, _plain(approval))

    async def get(self, id: UUID, *, lock: bool = False) -> Approval | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def live(self, programme: str, now: datetime) -> list[Approval]:
        """Return those neither used, ended nor expired, oldest first."""
        return [_read(row) for row in await self._transaction.rows(_LIVE, {"of": programme, "now": now})]

    async def save(self, approval: Approval) -> None:
        """Write one whose row is held."""
        values = {name: value for name, value in _plain(approval).items() if name not in _FIXED}
        await self._transaction.run(_SAVE, values | {"this": approval.id})


def _plain(approval: Approval) -> dict[str, Any]:
    return {name: getattr(approval, name) for name in _FIELDS}


def _read(row: AnyRow) -> Approval:
    values = dict(zip(_FIELDS, row, strict=True))
    values["act"] = Act(values["act"])
    return Approval(**values)
