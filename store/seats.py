"""Who looks after a programme, presumed to be as it was read last: a submission need not go and ask before it writes.

Members seldom change. What was read stays in memory with what the database would say of it in one value; whoever goes
by it has that value compared in the very statement that writes. Where it differs nothing is written, and the deed is
done step by step, which reads anew. Only keyed hashes are kept, as the table has them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from store.tables import members
from store.transaction import AnyRow, Transaction

_OF_PROGRAMME = (members.c.programme == bindparam("programme"), members.c.active)
_SEATS = select(members.c.id, members.c.roles, members.c.person_hash).where(*_OF_PROGRAMME).order_by(members.c.id)
_COLON: ColumnElement[str] = literal_column("':'")
_ONE = cast(members.c.id, Text) + _COLON + members.c.roles + _COLON + func.encode(members.c.person_hash, "hex")
_SAID = select(
    func.string_agg(_ONE, aggregate_order_by(literal_column("','"), members.c.id)).label("said"),
).where(*_OF_PROGRAMME)
_said = _SAID.subquery()
_AS_BEFORE: Select[Any] = (
    select(literal_column("1")).select_from(_said).where(_said.c.said == bindparam("before", type_=Text()))
)
"""A row where the database says of the seats what it said before."""


class Seats:
    """What was read last of each programme, for as long as it stands."""

    def __init__(self) -> None:
        """Knows nothing at first."""
        self._known: dict[str, tuple[Sequence[AnyRow], str]] = {}

    async def of(self, transaction: Transaction, programme: str) -> Sequence[AnyRow]:
        """Return the rows of a programme's seats; where the transaction presumes, those that were read last."""
        if transaction.may_presume and programme in self._known:
            rows, before = self._known[programme]
            await transaction.presume_row(_AS_BEFORE, {"programme": programme, "before": before})
            return rows
        rows = await transaction.rows(_SEATS, {"programme": programme})
        if not transaction.is_sqlite:
            self._known[programme] = rows, ",".join(map(_word, rows))
        return rows


def _word(row: Any) -> str:
    return f"{row.id}:{row.roles}:{row.person_hash.hex()}"
