"""When a series meets: its rule and what became of single dates, put together on the wall clock of its own zone.

Only wall times are kept. An instant is worked out from wall time and zone each time it is needed, so that a change of
law, or of the zone data, moves the instant and never the time on the wall (G21).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from peersupport.dates import Rule, dates_of, undecided

PLANNED = "planned"
HELD = "held"
_STAND = frozenset({PLANNED, HELD})
_DAY = timedelta(days=1)
_LOOK_AHEAD = (timedelta(days=45), timedelta(days=400), timedelta(days=1600))
"""So far is looked for a next date, the near first: a rule that never ends has no last one to look up to."""


class Repeating(Rule, Protocol):
    """A series: a rule with an id and a zone."""

    @property
    def id(self) -> UUID:
        """Return the id of the series."""

    @property
    def zone(self) -> str:
        """Return the IANA zone on whose wall its times stand."""


class Zoned(Protocol):
    """Whatever has a zone."""

    @property
    def zone(self) -> str:
        """Return the IANA zone."""


class Dated(Protocol):
    """One date of a series, as far as it is known when it is."""

    @property
    def on(self) -> datetime:
        """Return the wall time that the rule gave it, which names it for ever."""

    @property
    def moved_to(self) -> datetime | None:
        """Return the wall time to which it was moved."""


class Kept(Dated, Protocol):
    """What is kept of a date: also whether it stands."""

    @property
    def state(self) -> str:
        """Return planned, skipped, cancelled or held."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One date of a series, whether or not anything is kept of it."""

    id: UUID
    on: datetime
    """The wall time that the rule gave it, which names it for ever."""
    moved_to: datetime | None = None
    state: str = PLANNED
    """planned, skipped, cancelled or held."""

    @property
    def at(self) -> datetime:
        """Return the wall time at which it begins."""
        return self.moved_to or self.on

    @property
    def stands(self) -> bool:
        """Say whether people can come to it, or could."""
        return self.state in _STAND


def date_id(series: UUID, on: datetime) -> UUID:
    """Return the id of the date that the rule of a series gave this wall time."""
    return UUID(bytes=sha256(series.bytes + on.isoformat().encode()).digest()[:16])


def wall(meeting: Dated) -> datetime:
    """Return the wall time at which a date begins."""
    return meeting.moved_to or meeting.on


def dates(series: Repeating, rows: Iterable[Kept], since: date, until: date) -> tuple[Meeting, ...]:
    """Return every date of a series that begins from one day to another, both included, in order, off ones too.

    `rows` is what is kept of its dates. What the rule does not give any more is left out, unless it was held.
    """
    kept = {row.on: row for row in rows}
    found = {on: kept.get(on) for on in dates_of(series, since, until)}
    away = {on: row for on, row in kept.items() if on not in found}
    if away:
        given = set(dates_of(series, min(away).date(), max(away).date()))
        found |= {on: row for on, row in away.items() if on in given or row.state == HELD}
    made = (_meeting(series, on, row) for on, row in found.items())
    return tuple(sorted((each for each in made if since <= each.at.date() <= until), key=lambda each: each.at))


def _meeting(series: Repeating, on: datetime, row: Kept | None) -> Meeting:
    moved, state = (row.moved_to, str(row.state)) if row else (None, PLANNED)
    return Meeting(date_id(series.id, on), on, moved, state)


def find(series: Repeating, rows: Iterable[Kept], id_: UUID) -> Meeting | None:
    """Return a date by its id, where something is kept of it; for others `on` is needed, which an id does not tell."""
    row = next((row for row in rows if date_id(series.id, row.on) == id_), None)
    return _meeting(series, row.on, row) if row else None


def coming(series: Repeating, rows: Iterable[Kept], now: datetime, *, limit: int = 1) -> tuple[Meeting, ...]:
    """Return up to `limit` dates that are still to begin and stand, in order."""
    kept, today = tuple(rows), local(series, now).date()
    found: tuple[Meeting, ...] = ()
    for span in _LOOK_AHEAD:
        # A day more on each side: at a change of clocks a wall time and its instant can stand on two days.
        every = dates(series, kept, today - _DAY, today + span)
        found = tuple(each for each in every if each.stands and instant(series, each) > now)
        if len(found) >= limit:
            break
    return found[:limit]


def next_date(series: Repeating, rows: Iterable[Kept], now: datetime) -> Meeting | None:
    """Return the next date that stands; None where there is none in the years ahead."""
    return next(iter(coming(series, rows, now)), None)


def latest(series: Repeating, rows: Iterable[Kept], now: datetime) -> Meeting | None:
    """Return the last date that has begun by now, if it took place; None where there is none."""
    kept, today = tuple(rows), local(series, now).date()
    for span in _LOOK_AHEAD:
        every = dates(series, kept, today - span, today + _DAY)
        begun = [each for each in every if each.stands and instant(series, each) <= now]
        if begun:
            return begun[-1]
    return None


def ends(series: Rule) -> bool:
    """Say whether a series has a last date."""
    return series.repeats is None or "COUNT=" in series.repeats or "UNTIL=" in series.repeats


def whole(series: Repeating, rows: Iterable[Kept]) -> tuple[Meeting, ...]:
    """Return every date of a series that ends, as a course does; nothing where it has no last date."""
    begun = [moment for moment in (series.starts, *series.also_on) if moment is not None]
    if not ends(series) or not begun:
        return ()
    first = min(begun)
    return dates(series, rows, first.date() - _LOOK_AHEAD[1], first.date() + 2 * _LOOK_AHEAD[2])


def last_date(series: Repeating, rows: Iterable[Kept]) -> Meeting | None:
    """Return the last date that stands of a series that ends; None where it goes on for ever or has none."""
    return next((each for each in reversed(whole(series, rows)) if each.stands), None)


def instant(series: Zoned, meeting: Dated) -> datetime:
    """Return when a date begins, aware, in UTC, by the zone data of this moment."""
    return instant_of(wall(meeting), series.zone)


def instant_of(at: datetime, zone: str) -> datetime:
    """Return the instant of a wall time, as RFC 5545 says it.

    A time that a change of clocks leaves out is counted with the offset before the change, and so stands an hour later
    on the wall; of one that comes twice the first is meant.
    """
    return at.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def local(series: Zoned, now: datetime) -> datetime:
    """Return an aware instant as the naive wall time of a series."""
    return now.astimezone(ZoneInfo(series.zone)).replace(tzinfo=None)


def before(series: Zoned, meeting: Dated, span: timedelta) -> datetime:
    """Return the instant so long before a date begins: whole days on the wall, what is left of a day by the clock.

    So a day before 19:15 is 19:15, also where the clocks change between, and an hour before is an hour.
    """
    days = timedelta(days=span.days)
    return instant_of(wall(meeting) - days, series.zone) - (span - days)


def after(series: Zoned, meeting: Dated, minutes: int) -> datetime:
    """Return the instant so many minutes after a date begins."""
    return instant(series, meeting) + timedelta(minutes=minutes)


def on_holidays(series: Repeating, rows: Iterable[Kept], since: date, until: date) -> tuple[tuple[Meeting, str], ...]:
    """Return the dates that stand on a public holiday and about which nobody has decided, each with its English name.

    One that was moved is asked about anew where it fell on another holiday.
    """
    standing = [each for each in dates(series, rows, since, until) if each.state == PLANNED]
    names = dict(undecided(series, [each.at for each in standing]))
    return tuple((each, names[each.at]) for each in standing if each.at in names)
