"""Sets what was measured against the budgets, and says it in lines that a person can read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

Held = Mapping[str, list[float]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a value, or the ratio of two, against a budget and a goal."""

    what: str
    name: str
    budget: float | None = None
    goal: float | None = None
    against: str = ""
    at_least: bool = False
    """Whether the budget is a least value; else a most."""
    unit: str = ""
    minus: str = ""
    """What to take away from the value, for growth."""
    cores: int = 2
    """With fewer of them the row is shown but not judged."""


def _rate(what: str, name: str, against: str, budget: float | None = None, goal: float | None = None) -> Row:
    return Row(f"{what}, requests a second", f"{name}.rate", budget, goal, f"{against}.rate", at_least=True)


def _p50(what: str, name: str, against: str, budget: float | None = None, goal: float | None = None) -> Row:
    return Row(f"{what}, p50", f"{name}.p50", budget, goal, f"{against}.p50")


def _kept(what: str, name: str, budgets: tuple[float, float, float, float, float, float]) -> tuple[Row, ...]:
    """What is kept, against a floor that keeps the same, and as a person feels it: pairs of budget and goal."""
    floor = f"{name.partition('.')[0]}.{{}}.by_hand"
    return (
        _p50(f"{what}, c=1", name.format(1), floor.format(1), *budgets[0:2]),
        _rate(f"{what}, c=16", name.format(16), floor.format(16), *budgets[2:4]),
        _ms(f"{what}, c=1, p99", f"{name.format(1)}.p99", *budgets[4:6]),
    )


def _ms(what: str, name: str, budget: float, goal: float) -> Row:
    return Row(what, name, budget, goal, unit="ms")


ROWS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        "Slash command to HTTP answer",
        (
            _p50(
                "one person, each command after the last one's menu, against bare Bolt",
                "slash.1.product",
                "slash.1.bolt",
                0.10,
                0.04,
            ),
            _rate("c=16 against bare Bolt", "slash.16.product", "slash.16.bolt", 1.5, 3),
            _rate("c=16 against raw aiohttp", "slash.16.product", "slash.16.raw", 0.25, 0.45),
            Row("one listener against all of them, c=16", "slash.16.narrow.rate", 1.15, 1.05, "slash.16.product.rate"),
            _ms("views.open sent after the command, c=1 p99", "open.1.product.p99", 150, 50),
            _ms("views.open sent after the command, c=16 p99", "open.16.product.p99", 150, 50),
        ),
    ),
    (
        "Durable and sealed, on PostgreSQL, against what is written by hand and keeps the same rows",
        (
            *_kept("submission", "submission.{}.postgresql", (2.5, 1.7, 0.36, 0.72, 50, 15)),
            *_kept("accept with one winner", "accept.{}.product", (2.5, 1.7, 0.36, 0.72, 50, 15)),
            _ms("submission, sixteen at once, p99", "submission.16.postgresql.p99", 250, 100),
            _ms("accept, sixteen at once, p99", "accept.16.product.p99", 250, 100),
        ),
    ),
    (
        "The same, and Home, against bare Bolt's that only acknowledges and keeps nothing",
        (
            _p50("submission, PostgreSQL, c=1", "submission.1.postgresql", "submission.1.bolt"),
            _rate("submission, PostgreSQL, c=16", "submission.16.postgresql", "submission.16.bolt", 0.5, 1),
            _p50("submission, embedded SQLite, c=1", "submission.1.sqlite", "submission.1.bolt"),
            _rate("submission, embedded SQLite, c=16", "submission.16.sqlite", "submission.16.bolt", 0.25, 0.7),
            _p50("accept, c=1", "accept.1.product", "accept.1.bolt"),
            _rate("accept, c=16", "accept.16.product", "accept.16.bolt"),
            _p50("Home, c=1", "home.1.product", "home.1.bolt"),
            _rate("Home, c=16", "home.16.product", "home.16.bolt"),
        ),
    ),
    (
        "By itself",
        (
            _ms("any acknowledgement at 50 requests a second, p99", "pace.p99", 250, 100),
            _ms("outbox, commit to message received at 20 a second, p50", "outbox.p50", 50, 10),
            _ms("outbox, commit to message received at 20 a second, p99", "outbox.p99", 250, 30),
            Row(
                "outbox drain, PostgreSQL, two workers against one (no Slack limit)",
                "drain.two.rate",
                1.5,
                1.8,
                "drain.one.rate",
                at_least=True,
                cores=3,
            ),
            Row("start to ready", "start", 3, 1, unit="s"),
            Row("SIGTERM to exit, idle", "stop", 3, 2, unit="s"),
            Row("processor time of a bad signature against raw aiohttp's good one", "refusal.cpu", 2, 1.5),
            _ms("longest stall by unsigned megabytes", "refusal.stall", 20, 10),
            Row("longest stall without them, for comparison", "refusal.calm", unit="ms"),
        ),
    ),
)


def worth(row: Row, held: Held) -> float | None:
    """Return a row's value: the median over the rounds of the value, or of the ratio within each round."""
    values = held.get(row.name)
    if not values:
        return None
    if row.minus:
        return median(values) - median(held[row.minus])
    if not row.against:
        return median(values)
    floors = held.get(row.against)
    return median(value / floor for value, floor in zip(values, floors, strict=True) if floor) if floors else None


def lines(held: Held, more: Iterable[tuple[str, tuple[Row, ...]]] = ()) -> list[str]:
    """Return every row with its value, its budget and its goal."""
    found: list[str] = []
    for title, rows in (*ROWS, *more):
        found += ["", title]
        for row in rows:
            value = worth(row, held)
            if value is not None:
                found.append(_line(row, value))
    return found


def over(held: Held, more: Iterable[tuple[str, tuple[Row, ...]]] = ()) -> int:
    """Return how many rows are outside of their budget."""
    rows = [row for _, rows in (*ROWS, *more) for row in rows if _judged(row)]
    return sum(not _fits(row, value) for row in rows if (value := worth(row, held)) is not None)


def _judged(row: Row) -> bool:
    return (os.cpu_count() or 1) >= row.cores


def _fits(row: Row, value: float) -> bool:
    if row.budget is None:
        return True
    return value >= row.budget if row.at_least else value <= row.budget


def _line(row: Row, value: float) -> str:
    sign = ">=" if row.at_least else "<="
    wanted = [
        f"{name} {sign} {limit:g}" for name, limit in (("budget", row.budget), ("goal", row.goal)) if limit is not None
    ]
    if not _judged(row):
        wanted.append(f"not judged: it takes {row.cores} cores")
    verdict = " " if _fits(row, value) or not _judged(row) else "!"
    return f"{verdict} {row.what:<76}{value:>9.3g} {row.unit:<3} {', '.join(wanted)}".rstrip()


def table(held: Held) -> list[str]:
    """Return the plain figures behind the ratios."""
    names = sorted({name.rpartition(".")[0] for name in held if name.endswith(".rate")})
    found = ["", f"{'load (connections, server)':<34}{'p50 ms':>10}{'p99 ms':>10}{'a second':>10}"]
    for name in names:
        p50, p99 = (f"{median(held[key]):.2f}" if (key := f"{name}.{part}") in held else "" for part in ("p50", "p99"))
        found.append(f"{name:<34}{p50:>10}{p99:>10}{median(held[f'{name}.rate']):>10.0f}")
    return found
