"""What was published of each period, and the counts of a period that is over, from plain columns and the ledger."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from peersupport.audit import Event
from peersupport.requests import Outcome
from store.prepared import insert_or_ignore
from store.tables import UtcDateTime, audit, offers, reports, requests
from store.transaction import Transaction

_OF = requests.c.programme == bindparam("programme")
_SINCE, _UNTIL = bindparam("since", type_=UtcDateTime()), bindparam("until", type_=UtcDateTime())
_IN_TIME = (audit.c.at >= _SINCE, audit.c.at < _UNTIL)
_FIRST = select(func.min(requests.c.created_at, type_=UtcDateTime()).label("first")).where(_OF)
_RECEIVED = (
    select(requests.c.door, func.count().label("n"))
    .where(_OF, requests.c.created_at >= _SINCE, requests.c.created_at < _UNTIL)
    .group_by(requests.c.door)
)
_WAITED = select(requests.c.created_at, requests.c.contacted_at).where(
    _OF, requests.c.contacted_at >= _SINCE, requests.c.contacted_at < _UNTIL
)
_TALKED = (
    select(func.count().label("n"))
    .select_from(audit.join(requests, requests.c.id == audit.c.subject))
    .where(_OF, *_IN_TIME, audit.c.event == bindparam("event"))
)
_MATCHED = (
    select(func.count().label("n"))
    .select_from(
        audit.join(offers, offers.c.id == audit.c.subject).join(requests, requests.c.id == offers.c.request_id)
    )
    .where(_OF, *_IN_TIME, audit.c.event == bindparam("event"))
)
_CLOSED = (
    select(requests.c.outcome, func.count().label("n"))
    .where(_OF, requests.c.closed_at >= _SINCE, requests.c.closed_at < _UNTIL)
    .group_by(requests.c.outcome)
)
_PUBLISHED = select(reports.c.period, reports.c.what, reports.c.shown).where(reports.c.programme == bindparam("of"))
_PUBLISH = insert_or_ignore(reports)
_CLOSINGS = {Outcome.DONE: "finished", Outcome.WITHDRAWN: "withdrawn"}


class Reports:
    """Implements ``peersupport.ports.Reports``."""

    def __init__(self, transaction: Transaction) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction

    async def first(self, programme: str) -> datetime | None:
        """Return when the programme's first request came in."""
        row = await self._transaction.row(_FIRST, {"programme": programme})
        return None if row is None else row.first

    async def counted(self, programme: str, since: datetime, until: datetime) -> dict[str, int]:
        """Return what happened from `since` until before `until`, by name."""
        values = {"programme": programme, "since": since, "until": until}
        found = {"received": 0, "matched": 0, "conversations": 0, "finished": 0, "withdrawn": 0, "closed_otherwise": 0}
        for name, statement, more in (
            ("matched", _MATCHED, {"event": Event.OFFER_ACCEPTED}),
            ("conversations", _TALKED, {"event": Event.TALKED}),
        ):
            row = await self._transaction.row(statement, values | more)
            found[name] = 0 if row is None else row.n
        for row in await self._transaction.rows(_RECEIVED, values):
            found["received"] += row.n
            found[f"received.{row.door}"] = row.n
        for row in await self._transaction.rows(_CLOSED, values):
            found[_CLOSINGS.get(row.outcome, "closed_otherwise")] += row.n
        return found

    async def waits(self, programme: str, since: datetime, until: datetime) -> list[timedelta]:
        """Return how long each request waited whose first contact was from `since` until before `until`."""
        found = await self._transaction.rows(_WAITED, {"programme": programme, "since": since, "until": until})
        return [row.contacted_at - row.created_at for row in found]

    async def published(self, programme: str) -> dict[str, dict[str, str]]:
        """Return what was published, by period and line."""
        found: dict[str, dict[str, str]] = {}
        for row in await self._transaction.rows(_PUBLISHED, {"of": programme}):
            found.setdefault(row.period, {})[row.what] = row.shown
        return found

    async def publish(self, programme: str, period: str, shown: Mapping[str, str]) -> None:
        """Keep what a period's report says; what was published before stands."""
        for what in sorted(shown):
            values = {"programme": programme, "period": period, "what": what, "shown": shown[what]}
            await self._transaction.run(_PUBLISH, values)
