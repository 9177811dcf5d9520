"""What the operator's numbers on promises are counted from: plain columns of open requests, in one look."""

from sqlalchemy import select

from peersupport.promises import Open
from store.connections import Connections
from store.tables import fixed, requests

MOST = 5000
"""So many open requests are looked at; a programme has a handful."""
_OPEN = (
    select(
        requests.c.programme,
        requests.c.created_at,
        requests.c.promised_at,
        requests.c.due_at,
        requests.c.contacted_at,
        requests.c.missed_at,
        requests.c.unreached_at,
    )
    .where(requests.c.state != fixed("closed"))
    .limit(MOST)
)


class Promises:
    """Looks at open requests, in a transaction of its own; nothing sealed is read."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def open(self) -> list[Open]:
        """Return what tells how the promise of each open request stands."""
        async with self._connections.begin() as transaction:
            return [Open(*row) for row in await transaction.rows(_OPEN)]
