"""`make bench`: prints the ratios of docs/performance.md for this machine, and how busy it was.

ROUNDS=5 SECONDS=2     rounds, and seconds of each load in a round (ROUNDS=1 SECONDS=0.5 only tries whether it runs)
FULL=1                 a million stored requests, ten thousand supporters
WRITE=FILE             also puts the results into that file, between its two marks; otherwise nothing is written
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import drain, machine, once, report
from bench.report import Row
from bench.rounds import Rounds
from bench.scenes import Scene
from bench.servers import Failed, Installation, Server, floor
from bench.slack import Slack
from tests import postgres

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
QUICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure."""

    rounds: int
    seconds: float
    full: bool
    write: Path | None

    @classmethod
    def of_environment(cls) -> Plan:
        """Read the plan from the environment."""
        write = os.environ.get("WRITE")
        return cls(
            max(int(os.environ.get("ROUNDS") or 5), 1),
            max(float(os.environ.get("SECONDS") or 2), 0.2),
            os.environ.get("FULL") == "1",
            Path(write) if write else None,
        )

    @property
    def quick(self) -> bool:
        """Whether this only tries that it works."""
        return self.rounds == 1

    @property
    def stored(self) -> int:
        """How many stored requests are many."""
        return 1_000_000 if self.full else 5_000 if self.quick else 100_000

    @property
    def supporters(self) -> tuple[int, ...]:
        """How many supporters to rank."""
        return (1_000, 10_000) if self.full else (100, 300) if self.quick else (1_000,)

    @property
    def served(self) -> int:
        """After how many requests memory is measured, and after as many again."""
        return 500 if self.quick else 10_000

    @property
    def drained(self) -> int:
        """How many cards workers have to post."""
        return 100 if self.quick else 600

    def rows(self) -> list[tuple[str, tuple[Row, ...]]]:
        """Return the rows whose size depends on the plan."""
        many = f"{self.stored:,} stored requests against 1,000"
        homes = (("administrator's Home and queue", "admin"), ("anybody's Home", "person"), ("whom to ask", "match"))
        grown = [Row(f"{what}, {many}", f"growth.{name}.large", 2, 1.2, f"growth.{name}.small") for what, name in homes]
        allowed = {1_000: (15, 5), 10_000: (150, 30)}
        ranked = []
        for size in self.supporters:
            budget, goal = allowed.get(size, (15, 5))
            ranked.append(Row(f"whom to ask, {size:,} supporters", f"ranking.{size}", budget, goal, unit="ms"))
        kept = [
            Row(f"memory after {self.served:,} requests", "memory.first", 120, 95, unit="MB"),
            Row(f"growth from there to {2 * self.served:,}", "memory.second", 1, unit="MB", minus="memory.first"),
        ]
        return [("With what is stored, and with time", (*grown, *ranked, *kept))]


async def run(plan: Plan, say: Say) -> int:
    """Measure everything; returns how many rows are over budget."""
    core, own = machine.cores()
    # PostgreSQL inherits the core of the load: the product has one to itself, as where the database is elsewhere.
    os.sched_setaffinity(0, {own})
    database = postgres.start(fast=False)
    before = machine.Busy.now()
    slack = Slack()
    await slack.start()
    say(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {machine.processor()}")
    say(f"{plan.rounds} round(s) of {plan.seconds:g} s a load; load averages before: {machine.load()}")
    if core == own:
        say("Only one core: servers and load share it, and the ratios mean less.")
    started: list[Server] = []
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            rounds = await _set_up(Path(folder), database, slack, core, plan, started)
            await _measure(rounds, plan)
            held = rounds.figures.held
            for line in (*report.table(held), *report.lines(held, plan.rows())):
                say(line)
            share = held["open.16.product.share"]
            say("")
            say(f"Of the menus asked for at c=16, {100 * min(share):.1f} % opened; the others were answered in words.")
            say(f"Load averages after: {machine.load()}; {machine.Busy.now().since(before)}.")
            return report.over(held, plan.rows())
    finally:
        for server in started:
            server.stop()
        slack.stop()
        database.stop()


async def _set_up(
    folder: Path, database: postgres.Server, slack: Slack, core: int, plan: Plan, started: list[Server]
) -> Rounds:
    started.append(await floor("raw", slack.url, folder, core))
    started.append(await floor("bolt", slack.url, folder, core))
    scenes = []
    for name, url, module in (
        ("postgresql", await database.create_database("bench"), "bot"),
        ("sqlite", f"sqlite:///{folder}/main.db", "bot"),
        ("narrow", await database.create_database("narrow"), "bench.narrow"),
        ("unpaced", await database.create_database("unpaced"), "tests.unpaced"),
    ):
        installation = Installation(name, folder / name, url, slack.url, core)
        await installation.make()
        server = await installation.start(name, module)
        started.append(server)
        scenes.append(Scene(slack, installation, server))
    product, lite, narrow, unpaced = scenes
    for scene in (product, lite, unpaced):
        await scene.record_form()
    await product.record_offer()
    by_hand = await _by_hand(folder, await database.create_database("by_hand"), product, started)
    return Rounds(slack, started[0], started[1], by_hand, product, lite, narrow, unpaced, plan.seconds)


async def _by_hand(folder: Path, url: str, product: Scene, started: list[Server]) -> Scene:
    """Start the hand-written floor, to which the product's own payloads are sent."""
    installation = Installation("by-hand", folder / "by-hand", url, product.slack.url, product.installation.core)
    await installation.make()
    server = await installation.by_hand()
    started.append(server)
    return Scene(product.slack, installation, server, submission=product.submission, accept=product.accept)


async def _measure(rounds: Rounds, plan: Plan) -> None:
    rounds.figures.counting = False
    rounds.seconds = min(0.3, plan.seconds)
    await rounds.one()
    rounds.figures.counting, rounds.seconds = True, plan.seconds
    for number in range(plan.rounds):
        _show(f"round {number + 1} of {plan.rounds}")
        await rounds.one()
    _show("starting and ending")
    await once.start_and_end(rounds, plan.rounds)
    _show("refusals")
    await once.refusals(rounds, 100 if plan.quick else 500)
    _show("two workers")
    await drain.drain(rounds, plan.rounds, plan.drained)
    _show("memory")
    await once.memory(rounds, plan.served)
    _show("what is stored")
    await once.growth(rounds, 1_000, plan.stored)
    await once.ranking(rounds, plan.supporters)
    _show("")


def _show(doing: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{doing}", end="", file=sys.stderr, flush=True)


class Say:
    """Prints, and remembers what was printed."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, line: str) -> None:
        """Print one line."""
        print(line, flush=True)
        self.said.append(line)


def write(file: Path, said: list[str]) -> None:
    """Put the results between the file's two marks."""
    text = file.read_text("utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise Failed(f"{file} has no place for results: it lacks the lines {BEGIN} and {END}")
    results = "\n".join(said).strip()
    file.write_text(f"{head}{begin}\n```\n{results}\n```\n{end}{tail}", "utf-8")


def main() -> int:
    """Measure and print; the exit code says only whether it could be measured."""
    plan, say = Plan.of_environment(), Say()
    try:
        over = asyncio.run(run(plan, say))
    except (Failed, postgres.Unavailable) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    say(f"{over} row(s) over budget." if over else "Every row is within its budget.")
    if plan.write:
        with contextlib.suppress(FileNotFoundError):
            write(plan.write, say.said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
