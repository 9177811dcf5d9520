"""Safety concerns, one row each; at most one of a request is ever open."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from peersupport.concerns import Concern, Ending, Route, Told
from store.tables import safety_concerns
from store.transaction import AnyRow, Transaction

_TABLE = safety_concerns
_FIELDS = tuple(field.name for field in fields(Concern))
_CODES: dict[str, Callable[[str], object]] = {"told": Told, "route": Route, "ending": Ending}
_CHANGING = ("pages", "paged", "next_page_at", "taken_by", "taken_at", "closed_by", "closed_at", "ending")
_IS_OPEN = _TABLE.c.closed_at.is_(None)
_ORDER = (_TABLE.c.raised_at, _TABLE.c.id)
_ALL = select(*(_TABLE.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_TABLE.c.id == bindparam("this"))
_OPEN_OF = _ALL.where(_TABLE.c.request_id == bindparam("request"), _IS_OPEN)
_OF_REQUEST = _ALL.where(_TABLE.c.request_id == bindparam("request")).order_by(*_ORDER)
_OF_SUPPORTER = _ALL.where(_TABLE.c.supporter_id == bindparam("supporter")).order_by(*_ORDER)
_OPEN_IN = _ALL.where(_TABLE.c.programme == bindparam("of"), _IS_OPEN).order_by(*_ORDER)
_ADD = insert(_TABLE)
_SAVE = update(_TABLE).where(_TABLE.c.id == bindparam("this")).values({name: bindparam(name) for name in _CHANGING})


class Concerns:
    """Implements ``peersupport.ports_beside.Concerns``."""

    def __init__(self, transaction: Transaction) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction

    async def add(self, concern: Concern) -> bool:
        """Store a new one; False where the request has an open one."""
        return await self._transaction.run_or_conflict(_ADD, _plain(concern)) == 1

    async def get(self, id: UUID) -> Concern | None:
        """Return one."""
        return await self._one(_BY_ID, this=id)

    async def open_of(self, request: UUID) -> Concern | None:
        """Return the open one of a request."""
        return await self._one(_OPEN_OF, request=request)

    async def of_request(self, request: UUID) -> list[Concern]:
        """Return every one of a request, the earliest first."""
        return await self._some(_OF_REQUEST, request=request)

    async def of_supporter(self, supporter: UUID) -> list[Concern]:
        """Return every one that a supporter raised, the earliest first."""
        return await self._some(_OF_SUPPORTER, supporter=supporter)

    async def open_in(self, programme: str) -> list[Concern]:
        """Return the open ones of a programme, the earliest first."""
        return await self._some(_OPEN_IN, of=programme)

    async def save(self, concern: Concern) -> None:
        """Write what became of one whose request's row is held."""
        values = {name: value for name, value in _plain(concern).items() if name in _CHANGING}
        await self._transaction.run(_SAVE, values | {"this": concern.id})

    async def _one(self, statement: Any, **values: object) -> Concern | None:
        row = await self._transaction.row(statement, values)
        return None if row is None else _read(row)

    async def _some(self, statement: Any, **values: object) -> list[Concern]:
        return [_read(row) for row in await self._transaction.rows(statement, values)]


def _plain(concern: Concern) -> dict[str, Any]:
    values = {name: getattr(concern, name) for name in _FIELDS}
    return values | {"paged": " ".join(map(str, concern.paged))}


def _read(row: AnyRow) -> Concern:
    values = dict(zip(_FIELDS, row, strict=True))
    codes = {name: of(values[name]) for name, of in _CODES.items() if values[name] is not None}
    paged = tuple(map(UUID, values["paged"].split()))
    return Concern(**(values | codes | {"paged": paged}))
