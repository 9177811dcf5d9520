"""The reports of the store in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from peersupport.audit import Event
from peersupport.requests import Outcome
from tests.rules.fake_tables import Tables


class _Unit(Protocol):
    tables: Tables


class Reports:
    def __init__(self, unit: _Unit) -> None:
        self._unit = unit

    @property
    def _now(self) -> Tables:
        return self._unit.tables

    async def first(self, programme: str) -> datetime | None:
        mine = [each.created_at for each in self._now.requests.values() if each.programme == programme]
        return min(mine, default=None)

    async def counted(self, programme: str, since: datetime, until: datetime) -> dict[str, int]:
        mine = {id: each for id, each in self._now.requests.items() if each.programme == programme}
        subjects = {id: id for id in mine} | {id: each.request_id for id, each in self._now.offers.items()}
        found: Counter[str] = Counter(received=sum(since <= each.created_at < until for each in mine.values()))
        for each in mine.values():
            found[f"received.{each.door}"] += since <= each.created_at < until
        names = {Event.OFFER_ACCEPTED: "matched", Event.TALKED: "conversations"}
        for entry in self._now.audit:
            if entry.event in names and since <= entry.at < until and entry.subject in subjects:
                found[names[entry.event]] += subjects[entry.subject] in mine
        closings = {Outcome.DONE: "finished", Outcome.WITHDRAWN: "withdrawn"}
        for each in mine.values():
            if each.outcome is not None and each.closed_at is not None and since <= each.closed_at < until:
                found[closings.get(each.outcome, "closed_otherwise")] += 1
        return dict(found)

    async def waits(self, programme: str, since: datetime, until: datetime) -> list[timedelta]:
        mine = [each for each in self._now.requests.values() if each.programme == programme]
        made = [(each.contacted_at, each.created_at) for each in mine if each.contacted_at is not None]
        return [at - asked for at, asked in made if since <= at < until]

    async def published(self, programme: str) -> dict[str, dict[str, str]]:
        return {period: dict(rows) for (of, period), rows in self._now.reports.items() if of == programme}

    async def publish(self, programme: str, period: str, shown: Mapping[str, str]) -> None:
        self._now.reports.setdefault((programme, period), dict(shown))
