"""`make soak`: an hour of ten times the busiest hour to be expected, with one call to Slack in a hundred failing.

MINUTES=60 SEED=1   for how long, and what everything random comes from
TIMES=10            how many times the peak
WRITE=FILE          also puts the tables into that file, between its two marks

The app runs at its own pace in processes of its own, one on SQLite and two on PostgreSQL, against a workspace that
refuses what Slack refuses; the clock is real. It ends with 1 where something was lost, a limit was exceeded, or an
answer came late.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select

from bench.machine import Busy, load, processor
from bench.soak_meter import EXPIRED, Histogram
from bench.soak_people import People
from bench.soak_town import SoakTown, soak_town
from bot.zones import use_packaged_zones
from handlers.views.cards import state_words
from peersupport import reminders, upkeep
from peersupport.requests import State
from store.tables import outbox
from tests import postgres
from tests.faults.process import lines_of

BEGIN_MARK, END_MARK = "<!-- soak: begin -->", "<!-- soak: end -->"
REQUESTS_AN_HOUR, LOOKS_AN_HOUR = 5, 150
"""The peak to be expected; docs/soak.md reckons it out."""
TIMES = 10.0
P99_MILLISECONDS, MOST_MILLISECONDS = 1000.0, 2500.0
REST_SECONDS = 300.0
SAMPLES = 60
_TIMERS = reminders.KINDS | upkeep.KINDS


@dataclass
class Result:
    """What came of one town."""

    town: SoakTown
    people: People
    kept: int = 0
    """Requests that stand in the database and on their cards as the people left them."""
    repeats: int = 0
    lost: list[str] = field(default_factory=list)
    """Lost, left over, or beyond a limit; empty where all is well."""

    @property
    def late(self) -> list[str]:
        """Say which answers came too late."""
        every = self.town.wire.all
        found = []
        if every.percentile(0.99) >= P99_MILLISECONDS:
            found.append(f"{self.town.name}: one answer in a hundred took {every.percentile(0.99):.0f} ms or more")
        if every.most > MOST_MILLISECONDS:
            found.append(f"{self.town.name}: an answer took {every.most:.0f} ms")
        found += [f"{self.town.name}: {what}, {n}" for what, n in self.town.wire.unanswered.items() if _timed_out(what)]
        return found


async def soak(folder: Path, minutes: float, seed: int, times: float = TIMES) -> tuple[list[str], list[Result]]:
    """Run both towns side by side; returns the lines of the tables, and what came of each."""
    use_packaged_zones()
    busy, before = Busy.now(), load()
    async with AsyncExitStack() as rooms:
        server = await rooms.enter_async_context(postgres.start(fast=False))
        towns = []
        for name, processes in (("SQLite, one process", 1), ("PostgreSQL, two processes", 2)):
            place = folder / f"town{processes}"
            place.mkdir()
            if processes == 1:
                urls = (f"sqlite:///{place}/main.db", f"sqlite:///{place}/keyring.db")
            else:
                urls = (await server.create_database("main"), await server.create_database("keyring"))
            towns.append(await rooms.enter_async_context(soak_town(name, urls, place, processes, f"{seed}:{name}")))
        results = await asyncio.gather(*(_lives(town, minutes, seed, times) for town in towns))
        said = [
            f"{minutes:g} minutes at {times:g} times the peak, seed {seed}; {processor()}",
            f"load averages before {before}, after {load()}; {Busy.now().since(busy)}",
        ]
        return [*said, "", *_table(results)], list(results)


async def _lives(town: SoakTown, minutes: float, seed: int, times: float) -> Result:
    people = People(town, pause=minutes * 60 * 0.01)
    await people.gather()
    await _rests(town)
    town.sim.faults.chance = town.weather
    watching = asyncio.create_task(_watches(town, minutes))
    chance = Random(f"{seed}:{town.name}")
    asked, looked = (
        max(least, round(rate * times * minutes / 60)) for rate, least in ((REQUESTS_AN_HOUR, 2), (LOOKS_AN_HOUR, 20))
    )
    starts = [(chance.uniform(0, 0.8), people.tells(number, f"{seed}")) for number in range(asked)]
    # In order: the first sixty are the first visits of sixty people.
    visits = sorted(chance.uniform(0, 0.95) for _ in range(looked))
    starts += [(at, people.looks(number, Random(f"{seed}:look:{number}"))) for number, at in enumerate(visits)]
    await asyncio.gather(*(_later(at * minutes * 60, deed) for at, deed in starts))
    town.weather.holds = False
    result = Result(town, people)
    await _looks_back(result)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return result


async def _later(seconds: float, deed: object) -> None:
    await asyncio.sleep(seconds)
    await deed  # type: ignore[misc]


async def _watches(town: SoakTown, minutes: float) -> None:
    """Count what passes, and look at the processes' memory every minute."""
    begun, every = time.monotonic(), min(60.0, minutes * 60 / SAMPLES * 2)
    sampled = -every
    while True:
        town.wire.harvest()
        passed = time.monotonic() - begun
        if passed - sampled >= every:
            sampled = passed
            for each in town.memory:
                each.sample(passed / 60)
        await asyncio.sleep(1.0)


# --- what is left in the end ------------------------------------------------------------------------------------------


async def _rests(town: SoakTown) -> list[str]:
    """Wait until the outbox has sent all but what is for later; returns what it still holds."""
    waits = select(outbox.c.kind, outbox.c.attempts, outbox.c.run_at).where(outbox.c.state == "due")
    until = time.monotonic() + REST_SECONDS
    while True:
        async with town.house.store._connections.begin() as transaction:
            rows = await transaction.rows(waits)
        # What is too early for Slack's pace waits for its turn without an attempt; timers wait for days.
        soon = town.now + timedelta(seconds=REST_SECONDS)
        left = [row.kind for row in rows if row.kind not in _TIMERS and (row.attempts or row.run_at <= soon)]
        if not left or time.monotonic() > until:
            return left
        await asyncio.sleep(0.5)


async def _looks_back(result: Result) -> None:
    """See whether everything is where it should be."""
    town, people, wrong = result.town, result.people, result.lost
    wrong += [f"still in the outbox: {kind}" for kind in await _rests(town)]
    await asyncio.sleep(2.0)
    town.wire.harvest()
    wrong += people.wrong
    for story in people.stories:
        request = await town.request(story.reference) if story.reference else None
        cards = people.cards(story.reference) if story.reference else []
        result.repeats += max(0, len(cards) - 1)
        if request is None or not story.stands(request):
            wrong.append(f"{story.reference or story.key}: '{story.deed}' was acknowledged and is lost")
            continue
        words = "closed" if request.state is State.CLOSED else state_words(request, town.house._texts.in_language("en"))
        if not any(words in card for card in cards):
            wrong.append(f"{story.reference}: its card does not say '{words}'")
            continue
        async with town.house.store.work() as work:
            contact = await work.requests.contact(request.id)
        if request.state is not State.CLOSED and (contact is None or contact.reach != story.contact):
            wrong.append(f"{story.reference}: a changed contact is lost")
            continue
        result.kept += 1
    if result.repeats > town.weather.unknown_posts:
        wrong.append(f"{result.repeats} cards came twice, {town.weather.unknown_posts} may have")
    wrong += await _of_the_store(town)
    wrong += _of_slack(town)


async def _of_the_store(town: SoakTown) -> list[str]:
    wrong = []
    backlog = await town.house.store.queue.backlog()
    if backlog.parked:
        wrong.append(f"{backlog.parked} rows were given up")
    if (broken := await town.house.store.verify_audit()) is not None:
        wrong.append(f"the ledger does not verify: {broken}")
    found = await town.house.store.self_audit({town.programme.id: town.programme.retention})
    if found.total:
        wrong.append(f"the self-audit finds {dict(found.counts)}")
    for bot in town.bots:
        if bot.process.returncode is not None:
            wrong.append(f"a process ended with {bot.process.returncode}")
        wrong += [f"a process said: {line}" for line in bot.said.splitlines() if "Traceback" in line]
    return wrong


def _of_slack(town: SoakTown) -> list[str]:
    """Say which of Slack's limits were exceeded."""
    wire, rates = town.wire, town.sim.rates
    wrong = [f"not acknowledged, {what}: {n}" for what, n in wire.unanswered.items() if not _timed_out(what)]
    wrong += [f"more often than Slack takes it: {method}" for method in rates.refused]
    if len(town.bots) == 1:
        # Each process keeps its own pace, and hears only of its own Retry-After: see docs/decisions/0020.
        wrong += [f"before Retry-After was over: {method}" for method in rates.broken]
        wrong += ["messages within a second of another in their channel"] * rates.hurried
    # A view that the person has closed meanwhile is not found any more, and one that has changed is left alone.
    passed = (*EXPIRED, "ratelimited", "not_found", "hash_conflict")
    wrong += [f"refused by Slack, {what}: {n}" for what, n in wire.errors.items() if not what.endswith(passed)]
    return wrong


def _timed_out(what: str) -> bool:
    return what.endswith("operation_timeout")


# --- the table --------------------------------------------------------------------------------------------------------


def _table(results: list[Result]) -> list[str]:
    rows: list[tuple[str, list[str]]] = [("", [each.town.name for each in results])]

    def add(words: str, of: object) -> None:
        rows.append((words, [str(of(each)) for each in results]))  # type: ignore[operator]

    kinds = sorted({kind for each in results for kind in each.town.wire.answered})
    add("payloads acknowledged", lambda r: f"{r.town.wire.all.number:,}")
    add("  p50 / p99 / most, ms", lambda r: _times(r.town.wire.all))
    for kind in kinds:
        add(
            f"  {kind}",
            lambda r, kind=kind: _times(r.town.wire.answered[kind]) if kind in r.town.wire.answered else "-",
        )
    add("not acknowledged in time", lambda r: r.town.wire.unanswered.total())
    add("calls to Slack", lambda r: f"{r.town.wire.calls.total():,}")
    for method in sorted({method for each in results for method in each.town.wire.calls}):
        add(f"    {method}", lambda r, method=method: _called(r, method))
    add("  faults drawn", lambda r: r.town.weather.drawn.total())
    for kind in sorted({kind for each in results for kind in each.town.weather.drawn}):
        add(f"    {kind}", lambda r, kind=kind: r.town.weather.drawn[kind])
    add("  beyond a method's or channel's limit", lambda r: len(r.town.sim.rates.refused))
    add("  before a Retry-After was over", lambda r: len(r.town.sim.rates.broken))
    add("  within a second of another in a channel", lambda r: r.town.sim.rates.hurried)
    add(
        "  with a trigger that was over", lambda r: sum(n for w, n in r.town.wire.errors.items() if w.endswith(EXPIRED))
    )
    for deed in sorted({deed for each in results for deed in each.people.done}):
        add(f"{deed}", lambda r, deed=deed: r.people.done[deed])
    add("deeds tried again by the person", lambda r: r.people.again.total())
    add("deeds done that the person saw nothing of", lambda r: r.people.silent)
    add("requests", lambda r: len(r.people.stories))
    add("  kept, on their card too, as people left them", lambda r: r.kept)
    add("  cards posted twice, of so many that may be", lambda r: f"{r.repeats} of {r.town.weather.unknown_posts}")
    for number in range(max(len(each.town.memory) for each in results)):
        add(f"memory of process {number + 1}, first / last quarter, MB", lambda r, n=number: _held(r, n))
        add("  slope over the second half, MB an hour", lambda r, n=number: _slope(r, n))
    troubles = [_troubles(each) for each in results]
    events = sorted(set().union(*troubles))
    rows += [(f"in the log, {event}", [str(each[event]) for each in troubles]) for event in events]
    add("lost, left over or beyond a limit", lambda r: len(r.lost))
    wide, columns = max(len(words) for words, _ in rows), max(len(cell) for _, cells in rows for cell in cells)
    return [f"{words:{wide}}  " + "  ".join(f"{cell:>{columns}}" for cell in cells) for words, cells in rows]


def _troubles(result: Result) -> Counter[str]:
    """Count the lines of the app's log that tell of trouble."""
    said = (line for bot in result.town.bots for line in lines_of(bot.said))
    return Counter(str(line.get("event")) for line in said if line["level"] in ("error", "warning", "critical"))


def _called(result: Result, method: str) -> str:
    wire = result.town.wire
    return f"{wire.calls[method]:,}, {wire.most_in_a_minute(method)} in a minute"


def _times(of: Histogram) -> str:
    return f"{of.percentile(0.5):.0f} / {of.percentile(0.99):.0f} / {of.most:.0f}"


def _held(result: Result, number: int) -> str:
    if number >= len(result.town.memory):
        return "-"
    memory = result.town.memory[number]
    return f"{memory.quarter(0):.1f} / {memory.quarter(3):.1f}"


def _slope(result: Result, number: int) -> str:
    return f"{result.town.memory[number].slope:+.1f}" if number < len(result.town.memory) else "-"


def main() -> int:
    """Soak both towns and print what came of it; 1 where something was not as it should be."""
    minutes, seed = float(os.environ.get("MINUTES") or 60), int(os.environ.get("SEED") or 1)
    peaks = float(os.environ.get("TIMES") or TIMES)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        lines, results = asyncio.run(soak(Path(folder), minutes, seed, peaks))
    wrong = [f"{each.town.name}: {words}" for each in results for words in each.lost]
    wrong += [words for each in results for words in each.late]
    wrong = [f"{times}x {words}" if times > 1 else words for words, times in Counter(wrong).items()]
    print("\n".join([*lines, *wrong[:60]]))
    if file := os.environ.get("WRITE"):
        path, table = Path(file), "\n".join([*lines, *wrong[:20]])
        before, rest = path.read_text(encoding="utf-8").split(BEGIN_MARK)
        _, after = rest.split(END_MARK)
        path.write_text(f"{before}{BEGIN_MARK}\n```\n{table}\n```\n{END_MARK}{after}", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
