"""Sessions, their dates and who has registered, in memory, for rules about when they meet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from peersupport import session_timers
from peersupport.notifications import Due, Kind, Message
from peersupport.people import Role
from peersupport.ports import Member, UnitOfWork
from peersupport.programme import Programme
from peersupport.series import MeetingDate, Registrant, Registration, Series, SeriesState
from tests.rules.world import World, address, vancouver

wall = datetime.fromisoformat
FACILITATOR = address("U0FERN")


class _Rows:
    """What the rules ask of a table."""

    def __init__(self, rows: dict[UUID, Any]) -> None:
        self._rows = rows

    async def get(self, id: UUID, *, lock: bool = False) -> Any:
        return self._rows.get(id)

    async def add(self, row: Any) -> None:
        assert row.id not in self._rows
        self._rows[row.id] = row

    async def save(self, row: Any) -> bool:
        assert self._rows[row.id].version == row.version
        self._rows[row.id] = replace(row, version=row.version + 1)
        return True

    async def of_programme(self, programme: str) -> list[Any]:
        return [row for row in self._rows.values() if row.programme == programme]

    async def erase(self, id: UUID) -> None:
        del self._rows[id]

    async def registrant(self, id: UUID) -> Registrant | None:
        number = list(self._rows).index(id) if id in self._rows else None
        return None if number is None else Registrant(address(f"U0REG{number}"))

    async def of_series(self, series: UUID, date: UUID | None = None) -> list[Any]:
        return [row for row in self._rows.values() if row.series_id == series and (not date or row.date_id == date)]


@dataclass
class Sessions:
    """A programme with one series, and a clock."""

    now: datetime
    series: dict[UUID, Series] = field(default_factory=dict)
    dates: dict[UUID, MeetingDate] = field(default_factory=dict)
    registrations: dict[UUID, Registration] = field(default_factory=dict)
    programme: Programme = field(default_factory=vancouver)
    carried: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.world = World(programme=self.programme, now=self.now)
        leads = Member(self.world.ids.new(), self.programme.id, frozenset({Role.FACILITATOR}), FACILITATOR)
        self.world.memory.tables.members[leads.id] = leads
        self.facilitator = leads.id

    def has(self, **fields: Any) -> Series:
        """Put a series down."""
        usual: dict[str, Any] = {
            "slug": "evenings", "kind": "drop_in_series", "state": SeriesState.OPEN, "zone": "America/Vancouver",
            "title_en": "Evenings", "title_fr": "Soirées", "about_en": "", "about_fr": "",
            "starts": wall("2026-10-12T19:15:00"),
            "repeats": "FREQ=WEEKLY;BYDAY=MO", "minutes": 75,
        }  # fmt: skip
        made = Series(id=self.world.ids.new(), programme=self.programme.id, **(usual | fields))
        self.series[made.id] = made
        return made

    def registers(self, series: Series, count: int = 1, **fields: Any) -> list[Registration]:
        """Let so many people register."""
        made = [Registration(self.world.ids.new(), series.id, self.programme.id, **fields) for _ in range(count)]
        self.registrations.update({each.id: each for each in made})
        return made

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        """Open a unit that knows sessions too."""
        async with self.world.memory() as unit:
            known: dict[str, dict[UUID, Any]] = {
                "series": self.series,
                "meeting_dates": self.dates,
                "registrations": self.registrations,
            }
            for name, rows in known.items():
                setattr(unit, name, _Rows(rows))
            yield unit

    async def plans(self) -> None:
        """Do the job of the day."""
        async with self.work() as work:
            await session_timers.plan(work, self.programme, self.now)

    async def until(self, moment: datetime) -> None:
        """Let time pass, each timer fire when it is due."""
        while True:
            waiting = sorted(self._timers(), key=lambda row: row.run_at or moment)
            due = next((row for row in waiting if row.run_at is not None and row.run_at <= moment), None)
            if due is None:
                break
            self.now = max(self.now, due.run_at or self.now)
            await self.fires(due)
        self.now = max(self.now, moment)

    async def fires(self, row: Message) -> None:
        """Carry one timer out now."""
        self.carried.add(row.dedupe)
        async with self.work() as work:
            due = Due(self.world.ids.new(), row.kind, row.subject, row.programme, row.audience)
            await session_timers.carry_out(work, self.programme, due, self.now)

    def _timers(self) -> Iterable[Message]:
        rows = self.world.memory.tables.outbox.values()
        return [row for row in rows if row.kind in session_timers.KINDS and row.dedupe not in self.carried]

    def told(self, kind: Kind) -> list[Message]:
        """Return what was said of a kind."""
        return [row for row in self.world.memory.tables.outbox.values() if row.kind is kind]
