"""The report on a period that is over: counts that name nobody, published once and never again otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.disclosure import COUNTED, DOORS, WITHHELD, Row, Shown, protected
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.waits import Fact, share, waited

MONTHS = {"month": 1, "quarter": 3, "year": 12}
SMALLEST = 5
"""No programme shows a count below this as it is."""
Line = Row | Fact
SECTIONS: Mapping[str, tuple[Line, ...]] = {
    "requests_received": (Row.RECEIVED,),
    "requests_by_door": DOORS,
    "redirected": (Row.REDIRECTED,),
    "matched": (Row.MATCHED,),
    "time_to_first_contact": (Fact.MEDIAN, Fact.NINETIETH),
    "share_contacted_in_time": (Row.CONTACTED, Row.IN_TIME, Row.LATE, Row.MISSED, Fact.SHARE),
    "conversations": (Row.CONVERSATIONS,),
    "requests_closed": (Row.CLOSED, Row.FINISHED, Row.WITHDRAWN, Row.OTHERWISE),
    "safety_concerns": (Row.CONCERNS,),
    "ratings": tuple(row for row in Row if row.startswith("rated_by_")),
    "sessions_held": (Fact.HELD,),
    "series_registrations": (Row.REGISTRATIONS,),
    "course_participants": (Row.IN_COURSES,),
    "attendances": (Row.ATTENDANCES,),
}
"""The lines behind each word of the programme's `reports.show`; words for what this version does not do are passed."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Some whole months of a year; they begin and end by UTC, as the counts do."""

    year: int
    month: int
    months: int

    @property
    def id(self) -> str:
        """Return 2026, 2026-Q3 or 2026-11."""
        if self.months == MONTHS["year"]:
            return f"{self.year}"
        quarter = self.months == MONTHS["quarter"]
        return f"{self.year}-Q{(self.month + 2) // 3}" if quarter else f"{self.year}-{self.month:02}"

    @property
    def start(self) -> datetime:
        """Return its first instant."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """Return the first instant after it."""
        return self.next.start

    @property
    def next(self) -> Period:
        """Return the one after it."""
        month = self.month + self.months
        return Period(self.year + (month > 12), month - 12 if month > 12 else month, self.months)

    def holds(self, month: str) -> bool:
        """Say whether a month, as YYYY-MM, is in it."""
        return f"{self.year}-{self.month:02}" <= month <= f"{self.year}-{self.month + self.months - 1:02}"

    def overlaps(self, other: Period) -> bool:
        """Say whether they have time in common."""
        return self.start < other.end and other.start < self.end


def period_of(instant: datetime, months: int) -> Period:
    """Return the period of so many months that this aware instant is in."""
    local = instant.astimezone(UTC)
    return Period(local.year, (local.month - 1) // months * months + 1, months)


def period_from(id: str) -> Period | None:
    """Read what `Period.id` wrote; None for anything else."""
    found = re.fullmatch(r"([1-9]\d{3})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", id, re.ASCII)
    if found is None:
        return None
    year, quarter, month = int(found[1]), found[2], found[3]
    if quarter:
        return Period(year, int(quarter) * 3 - 2, MONTHS["quarter"])
    return Period(year, int(month), MONTHS["month"]) if month else Period(year, 1, MONTHS["year"])


@dataclass(frozen=True, slots=True)
class Report:
    """What is published about one period."""

    period: Period
    rows: Shown
    facts: Mapping[Fact, str] = field(default_factory=dict)

    def said(self, line: Line) -> str:
        """Return what stands in a line; an earlier version may not have had it."""
        if line is Fact.SHARE:
            return share(self.rows, SMALLEST)
        return self.facts.get(line, WITHHELD) if isinstance(line, Fact) else self.rows[line]


async def latest(work: UnitOfWork, programme: Programme) -> Report | None:
    """Return the last report that was published, without publishing any."""
    known = await _known(work, programme)
    return known[-1] if known else None


async def reports(
    work: UnitOfWork, programme: Programme, who: Address, *, now: datetime
) -> tuple[Report, ...] | Refused:
    """Return every report of a programme, the latest first, for one of its administrators."""
    if await entitled(work, programme, who, Duty.SEE_REPORT) is None:
        return await refuse(work, now)
    return await published(work, programme, now=now)


async def published(work: UnitOfWork, programme: Programme, *, now: datetime) -> tuple[Report, ...]:
    """Return every report of a programme, the latest first; what is over and not yet published is published now."""
    known = await _known(work, programme)
    for period in await _due(work, programme, [each.period for each in known], now):
        least = programme.reports.min_cell
        counts, held = await _counted(work, programme, period)
        shown = protected(counts, [each.rows for each in known], least)
        waits = await work.reports.waits(programme.id, period.start, period.end)
        facts = {**waited(waits, least), Fact.HELD: str(held)}
        lines = {line.value: said for line, said in (*shown.items(), *facts.items())}
        await work.reports.publish(programme.id, period.id, lines)
        # Somebody else may just have published it; what counts is what stands.
        known = await _known(work, programme)
    return tuple(reversed(known))


async def _known(work: UnitOfWork, programme: Programme) -> list[Report]:
    found = [
        Report(period, {row: rows.get(row, WITHHELD) for row in Row}, {fact: rows.get(fact, WITHHELD) for fact in Fact})
        for id, rows in (await work.reports.published(programme.id)).items()
        if (period := period_from(id)) is not None
    ]
    return sorted(found, key=lambda each: each.period)


async def _due(work: UnitOfWork, programme: Programme, known: list[Period], now: datetime) -> list[Period]:
    """Return what is over and unpublished, oldest first; no window ever overlaps another, however they are chosen."""
    asked = await work.reports.first(programme.id)
    months = [month for month, _ in await work.tallies.read(programme.id)]
    first = min(
        (*([asked] if asked else []), *(datetime.fromisoformat(f"{each}-01T00:00Z") for each in months)), default=None
    )
    if first is None:
        return []
    later = [each for each in _until(now, first, programme) if not known or each > known[0]]
    return [each for each in later if not any(each.overlaps(other) for other in known)]


def _until(now: datetime, first: datetime, programme: Programme) -> Iterator[Period]:
    period = period_of(first, MONTHS[programme.reports.period])
    while period.end <= now:
        yield period
        period = period.next


async def _counted(work: UnitOfWork, programme: Programme, period: Period) -> tuple[dict[Row, int], int]:
    """Return the counts of a period, and how many dates were held in it."""
    found = dict(await work.reports.counted(programme.id, period.start, period.end))
    for (month, what), count in (await work.tallies.read(programme.id)).items():
        if period.holds(month):
            found[what] = found.get(what, 0) + count
    return {row: found.get(row, 0) for row in COUNTED}, found.get(Fact.HELD, 0)


def lines(programme: Programme, report: Report) -> Iterator[tuple[str, tuple[tuple[Line, str], ...]]]:
    """Give the sections that the programme shows, each with its lines and what they say."""
    for section in programme.reports.show:
        rows = SECTIONS.get(section, ())
        if rows:
            yield section, tuple((row, report.said(row)) for row in rows)
