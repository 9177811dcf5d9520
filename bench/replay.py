"""`make replay`: a year of requests in moved time, and whether every promise was kept or honestly announced.

REQUESTS=10000 SEED=1   how many people ask in the year, and what everything random comes from
WRITE=FILE              also puts the table into that file, between its two marks

The rules, the worker, the outbox and the sealed database (SQLite) are the app's own; only Slack is left out: what would
be sent is written down with the instant at which it would be. Whether a promise was missed is judged beside the app,
a minute after it was due, from the record alone.
"""

from __future__ import annotations

import asyncio
import heapq
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from bench.year import BEGIN, Clock, Ids, Year
from bot.worker import Worker
from bot.zones import use_packaged_zones
from peersupport import reminders
from peersupport.clocks import BEFORE_CONTACT, quiet_until
from peersupport.notes import ABOUT_THE_PROMISE, is_answered, note_of
from peersupport.notifications import Delivered, Due, Kind, Result
from peersupport.programme import Programme
from peersupport.requests import State, SupportRequest
from store import migrations
from store.keyring import Keyring
from store.master import FileMasterKey
from store.store import Store
from tests.rules.world import vancouver

BEGIN_MARK, END_MARK = "<!-- replay: begin -->", "<!-- replay: end -->"
MINUTE = timedelta(minutes=1)
DAYS = 365
DOWN = ((60, 72.0), (150, 5.0), (201, 0.5), (260, 26.0), (330, 2.0))
"""When nothing runs: the day of the year, and for how many hours."""
AWAY = ((40, 96.0), (180, 120.0))
"""When no administrator acts."""


@dataclass
class Post:
    """What would have been sent, by whom it is about; takes the place of the notifier."""

    year: Year
    ids: Ids
    carried: Counter[UUID] = field(default_factory=Counter)
    kinds: Counter[Kind] = field(default_factory=Counter)
    shown: dict[tuple[UUID, datetime], datetime] = field(default_factory=dict)
    """When Home first said that a promise was missed."""
    written: dict[tuple[UUID, datetime], datetime] = field(default_factory=dict)
    told: list[tuple[datetime, UUID, UUID | None]] = field(default_factory=list)
    """When which administrator heard of which request."""

    def programme(self, due: Due) -> Programme:  # noqa: ARG002
        """Return the one programme."""
        return self.year.programme

    async def take_leave(self, due: Due) -> None:
        """Nobody has a Home here."""

    async def deliver(self, due: Due) -> Result:
        """Write down what would be sent, and let the one it is for take note."""
        self.carried[due.id] += 1
        self.kinds[due.kind] += 1
        now = self.year.clock.now()
        match due.kind:
            case Kind.HOME_REQUESTER | Kind.TELL_REQUESTER:
                await self._requester(due, now)
            case Kind.TELL_MEMBER:
                self.told.append((now, due.subject, due.audience))
                if self.year.chance.random() < 0.5:
                    self.year.looks_after(due.subject, 0.2, 6)
            case Kind.TELL_SUPPORTER_OFFER if due.audience is not None:
                self.year.hears_of_offer(due.subject, due.audience)
            case _:
                pass
        return Delivered()

    async def _requester(self, due: Due, now: datetime) -> None:
        request = await self.year.request(due.subject)
        if request is None or note_of(request, self.year.programme, now) not in ABOUT_THE_PROMISE:
            return
        if now < request.due_at:
            return
        held = self.shown if due.kind is Kind.HOME_REQUESTER else self.written
        if (request.id, request.due_at) not in held:
            held[request.id, request.due_at] = now
            self.year.hears_of_note(request.id)


@dataclass
class Judge:
    """Looks, beside the app, whether each missed promise was announced when it should have been."""

    year: Year
    post: Post
    down: tuple[tuple[datetime, datetime], ...]
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def watch(self, request: UUID, due_at: datetime) -> None:
        """Look a minute after a promise is due, or a minute after the app has come back."""
        self.year.plan(self.up(due_at) + MINUTE, lambda: self._judge(request, due_at))

    def up(self, at: datetime) -> datetime:
        """Return the instant itself, or when the app was back after it."""
        return next((ends for begins, ends in self.down if begins <= at < ends), at)

    async def _judge(self, id: UUID, due_at: datetime) -> None:
        request = await self.year.request(id)
        if request is None:
            return
        if request.due_at != due_at:
            self.watch(id, request.due_at)
            return
        self.seen["promises that came due"] += 1
        if not _missed(request):
            return
        self.seen["missed"] += 1
        shown = self.post.shown.get((id, due_at))
        if shown is None or shown > self.up(due_at) + MINUTE:
            self.wrong.append(f"{request.reference}: not in Home by its minute ({shown})")
        else:
            self.seen["said in Home by the due minute" if self.up(due_at) == due_at else "... or on return"] += 1
        await self._expect_message(request, due_at)

    async def _expect_message(self, request: SupportRequest, due_at: datetime) -> None:
        async with self.year.store.work() as work:
            needs = await work.requests.needs(request.id)
        if needs is None or not needs.notify:
            return
        zone = "America/Vancouver" if needs.zone == "UTC" else needs.zone
        at = self.up(due_at)
        # Whoever's night is over while the app is down is written to after the night in which it comes back.
        while rests := quiet_until(self.year.programme.quiet_hours, zone, at):
            at = self.up(rests)
        self.year.plan(at + MINUTE, lambda: self._judge_message(request.id, due_at))

    async def _judge_message(self, id: UUID, due_at: datetime) -> None:
        request = await self.year.request(id)
        if (id, due_at) in self.post.written:
            self.seen["written of after quiet hours"] += 1
        elif request is None or request.due_at != due_at or _settled(request, self.year.programme, self.year.clock):
            self.seen["settled before the message was due"] += 1
        else:
            self.wrong.append(f"{request.reference}: no message after quiet hours")


def _missed(request: SupportRequest) -> bool:
    return request.state in BEFORE_CONTACT and request.contacted_at is None and request.unreached_at is None


def _settled(request: SupportRequest, programme: Programme, clock: Clock) -> bool:
    note = note_of(request, programme, clock.now())
    return request.state is State.CLOSED or note not in ABOUT_THE_PROMISE or is_answered(note, request)


async def replay(folder: Path, requests: int, seed: int) -> tuple[list[str], list[str]]:
    """Live through the year; returns the lines of the table, and what went wrong."""
    use_packaged_zones()
    store, clock = await _store(folder)
    chance = Random(seed)
    down = tuple((BEGIN + timedelta(days=day), BEGIN + timedelta(days=day, hours=hours)) for day, hours in DOWN)
    away = tuple((BEGIN + timedelta(days=day), BEGIN + timedelta(days=day, hours=hours)) for day, hours in AWAY)
    year = Year(store, vancouver(), clock, chance, away, down)
    post = Post(year, year.ids)
    judge = Judge(year, post, down)
    year.watch = judge.watch
    await year.settle()
    for number in range(requests):
        at = BEGIN + timedelta(days=chance.uniform(0, DAYS))
        year.plan(judge.up(at), lambda number=number: year.asks(number))  # type: ignore[misc]
    timers = await _live(year, post, judge)
    lines = _table(year, post, judge, timers)
    await store.close()
    return lines, judge.wrong


async def _store(folder: Path) -> tuple[Store, Clock]:
    url, keys, master = f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keyring.db", folder / "master.key"
    FileMasterKey.create(master)
    await migrations.upgrade(url)
    clock = Clock()
    keyring = Keyring(keys, FileMasterKey(master), clock)
    await keyring.create()
    store = Store(url, keyring, clock)
    await store.ready()
    return store, clock


async def _live(year: Year, post: Post, judge: Judge) -> Counter[UUID]:
    """Jump from deed to timer to deed until nothing is left of the year; returns how often each timer was carried."""
    worker = Worker(year.store, post, year.clock, year.chance, ready=lambda: True)  # type: ignore[arg-type]
    timers: Counter[UUID] = Counter()
    end = BEGIN + timedelta(days=DAYS + 45)
    while True:
        coming = [each for each in (year.deeds[0][0] if year.deeds else None, await year.store.queue.next_at()) if each]
        at = judge.up(min(coming, default=end))
        if at >= end:
            return timers
        year.clock.instant = max(year.clock.instant, at)
        while claims := await year.store.queue.claim(20):
            for claim in claims:
                if claim.due.kind in reminders.KINDS:
                    timers[claim.due.id] += 1
                await worker.carry(claim)
        await _next_deed(year)


async def _next_deed(year: Year) -> None:
    if year.deeds and year.deeds[0][0] <= year.clock.instant:
        await heapq.heappop(year.deeds)[2]()


def _table(year: Year, post: Post, judge: Judge, timers: Counter[UUID]) -> list[str]:
    """Return the year in lines, and note what was done twice."""
    twice = sum(times > 1 for times in timers.values())
    again = sum(times > 1 for times in post.carried.values())
    storm = _most_at_once(post, judge)
    for number, words in ((twice, "timers fired twice"), (again, "messages sent twice")):
        if number:
            judge.wrong.append(f"{number} {words}")
    if storm > 1:
        judge.wrong.append(f"on return an administrator heard {storm} times of one request")
    seen = judge.seen
    late = "said in Home by the due minute"
    rows = [
        ("requests", year.done["asked"]),
        ("accepted by a supporter", year.done["accepted"]),
        ("promises that came due", seen["promises that came due"]),
        ("missed", seen["missed"]),
        (f"  {late}", seen[late]),
        ("  said in Home on return, the app being down at that minute", seen["... or on return"]),
        ("  written of after quiet hours, to those who ticked it", seen["written of after quiet hours"]),
        ("  settled before that message was due", seen["settled before the message was due"]),
        ("timers fired", len(timers)),
        ("  fired twice", twice),
        ("messages and Homes sent", len(post.carried)),
        ("  sent twice", again),
        ("messages to administrators and backups", post.kinds[Kind.TELL_MEMBER]),
        ("  most about one request to one person on a return", storm),
        ("promises not announced as they should have been", len(judge.wrong)),
    ]
    wide = max(len(words) for words, _ in rows)
    return [f"{words:{wide}}  {number:>8,}" for words, number in rows]


def _most_at_once(post: Post, judge: Judge) -> int:
    heard: Counter[tuple[datetime, UUID, UUID | None]] = Counter()
    for at, request, member in post.told:
        for _, ends in judge.down:
            # What people do after that brings messages of its own; nobody does anything sooner than this.
            if ends <= at < ends + MINUTE:
                heard[ends, request, member] += 1
    return max(heard.values(), default=0)


def main() -> int:
    """Replay the year and print its table; 1 where something was not as it should be."""
    requests, seed = int(os.environ.get("REQUESTS") or 10_000), int(os.environ.get("SEED") or 1)
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        lines, wrong = asyncio.run(replay(Path(folder), requests, seed))
    hours = ", ".join(f"{hours:g}" for _, hours in DOWN)
    said = [f"{requests:,} requests in a year, seed {seed}; the app down five times, for {hours} hours", "", *lines]
    print("\n".join([*said, *wrong[:20]]))
    if file := os.environ.get("WRITE"):
        path = Path(file)
        before, rest = path.read_text(encoding="utf-8").split(BEGIN_MARK)
        _, after = rest.split(END_MARK)
        table = "\n".join(said)
        path.write_text(f"{before}{BEGIN_MARK}\n```\n{table}\n```\n{END_MARK}{after}", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
