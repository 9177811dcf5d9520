"""What outlived its time of what people share with others: who met whom, who comes, themes, offers and reminders."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, Table, and_, bindparam, exists, func, or_, select

from peersupport import column, presenting, retention
from peersupport.notifications import Kind
from peersupport.programme_parts import Retention
from store.columns import UtcDateTime, fixed
from store.connections import Connections
from store.tables import outbox
from store.tables_cafe import department_lines, themes
from store.tables_informal import check_ins, introductions, listings
from store.tables_pages import pitches
from store.tables_sessions import meeting_dates, proposals, registrations, series
from store.transaction import Transaction

ON_ANY_WALL = timedelta(hours=14)
"""A wall time is over everywhere so long after UTC shows it."""
SOON = timedelta(hours=1)
TOLD_FOR = timedelta(days=2)
"""So long whoever asked stays in a question that came to nothing, while they cannot be told, as while Slack is away."""
LEFT_FOR = timedelta(days=1)
_LIMIT = 500
_AT = bindparam("at", type_=UtcDateTime())
_SOON = bindparam("soon", type_=UtcDateTime())
_TOLD = bindparam("told", type_=UtcDateTime())
_WALL = bindparam("wall", type_=DateTime())
_ON = func.coalesce(meeting_dates.c.moved_to, meeting_dates.c.on)


def _of(table: Table, condition: ColumnElement[bool]) -> Select[Any]:
    return select(table.c.id).where(condition).order_by(table.c.id).limit(_LIMIT)


def _dates(condition: ColumnElement[bool]) -> Select[Any]:
    return select(meeting_dates.c.id).where(condition)


_TIMED = exists(
    select(1).where(
        outbox.c.subject == listings.c.id,
        outbox.c.state == fixed("due"),
        outbox.c.kind.in_([fixed(Kind.REVIEW_LISTING.value), fixed(Kind.END_LISTING.value)]),
    )
)
_FOUND: Mapping[str, Select[Any]] = {
    "introductions": _of(
        introductions,
        or_(
            and_(introductions.c.state != fixed("over"), introductions.c.ends_at < _SOON),
            introductions.c.ends_at < _TOLD,
            and_(introductions.c.state.in_([fixed("declined"), fixed("over")]), introductions.c.peer_hash.is_not(None)),
        ),
    ),
    "check_ins": _of(check_ins, check_ins.c.due_at < _TOLD),
    "listings": _of(listings, and_(listings.c.review_at < _TOLD, ~_TIMED)),
    "themes": _of(themes, themes.c.date_id.in_(_dates(_ON < _WALL))),
    "department_lines": _of(department_lines, department_lines.c.expires_at < _AT),
    "pitches": _of(pitches, pitches.c.made_at < bindparam("pitched", type_=UtcDateTime())),
    "proposals": _of(
        proposals,
        or_(
            and_(
                proposals.c.state != fixed("agreed"),
                proposals.c.made_at < bindparam("proposed", type_=UtcDateTime()),
            ),
            and_(
                proposals.c.on < _WALL,
                ~exists(
                    select(1).where(
                        meeting_dates.c.series_id == proposals.c.series_id,
                        meeting_dates.c.on == proposals.c.on,
                        meeting_dates.c.moved_to >= _WALL,
                    )
                ),
            ),
            ~proposals.c.series_id.in_(select(series.c.id)),
        ),
    ),
}
_ENDED = select(series.c.id).where(
    or_(
        and_(series.c.state == fixed("cancelled"), series.c.enrol_closes < _WALL),
        and_(
            series.c.state == fixed("ended"),
            exists(select(1).where(meeting_dates.c.series_id == series.c.id)),
            ~exists(select(1).where(meeting_dates.c.series_id == series.c.id, _ON >= _WALL)),
        ),
    )
)
_REGISTERED = select(registrations.c.programme).distinct()
_REGISTRATIONS = _of(
    registrations,
    and_(
        registrations.c.programme == bindparam("of"),
        or_(
            registrations.c.date_id.in_(_dates(_ON < _WALL)),
            and_(registrations.c.state == fixed("left"), func.coalesce(registrations.c.undo_until, _AT) <= _AT),
            registrations.c.series_id.in_(_ENDED),
            ~registrations.c.series_id.in_(select(series.c.id)),
        ),
    ),
)
_SHOWN = select(meeting_dates.c.programme).where(meeting_dates.c.key_id.is_not(None)).distinct()
_PRESENTERS = _of(
    meeting_dates,
    and_(meeting_dates.c.programme == bindparam("of"), meeting_dates.c.key_id.is_not(None), _ON < _WALL),
)


async def find(
    transaction: Transaction, kept: Mapping[str, Retention], now: datetime, *, soon: timedelta, late: timedelta
) -> dict[str, list[UUID]]:
    """Return by table the ids of what outlived its time by so much; of programmes that are not run any more too.

    What links two people may be late by `soon` at most.
    """
    found: dict[str, list[UUID]] = {}
    at = now - late
    values: dict[str, object] = {
        "soon": now - soon,
        "at": at,
        "told": at - TOLD_FOR,
        "wall": _wall(at - ON_ANY_WALL),
        "pitched": at - column.KEPT,
        "proposed": at - presenting.KEPT,
    }
    for name, statement in _FOUND.items():
        held = {each: value for each, value in values.items() if each in statement.compile().params}
        found[name] = [row.id for row in await transaction.rows(statement, held)]
    found |= {"registrations": [], "meeting_dates": []}
    for row in await transaction.rows(_REGISTERED):
        over = {"of": row.programme, "at": at - LEFT_FOR, "wall": _over(kept, row.programme, at)}
        found["registrations"] += [each.id for each in await transaction.rows(_REGISTRATIONS, over)]
    for row in await transaction.rows(_SHOWN):
        over = {"of": row.programme, "wall": _over(kept, row.programme, at)}
        found["meeting_dates"] += [each.id for each in await transaction.rows(_PRESENTERS, over)]
    return found


def _over(kept: Mapping[str, Retention], programme: str, at: datetime) -> datetime:
    """Return the wall time before which a date was, whose people are not kept any more."""
    days = timedelta(days=retention.of_programme(kept, programme).registration_days_after_event)
    return _wall(at - ON_ANY_WALL - days)


def _wall(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


class SharedLeftovers:
    """Finds, each call in a transaction of its own."""

    def __init__(self, connections: Connections) -> None:
        """The store makes one."""
        self._connections = connections

    async def over(self, kept: Mapping[str, Retention], now: datetime) -> dict[str, list[UUID]]:
        """Return by table what the night's job is to erase, wherever its own timer was lost."""
        async with self._connections.begin() as transaction:
            return await find(transaction, kept, now, soon=SOON, late=SOON)
