"""What the soak reads off: how soon payloads were answered, what Slack refused, what processes hold in memory."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from bench.machine import resident_megabytes
from simulator.faults import Fault, FaultKind
from simulator.simulator import Simulator
from simulator.workspace import LogEntry

SHARE = 0.01
"""Of all calls, how many go wrong."""
PASSING = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
"""Errors of which Slack says that they pass."""
UNKNOWN = ("dropped", "truncated", "slow")
"""After these the app may not know that something was done."""
EXPIRED = ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id")
_CENTURY = 100


class Weather:
    """Draws the faults, of every kind alike, from a seed."""

    def __init__(self, seed: str) -> None:
        self.drawn: Counter[str] = Counter()
        self.unknown_posts = 0
        """How many messages may have been posted without the app hearing of it."""
        self.holds = True
        self._chance = Random(seed)

    def __call__(self, method: str) -> Fault | None:
        """Return what this call suffers, if anything."""
        if not self.holds or self._chance.random() >= SHARE:
            return None
        kinds: tuple[FaultKind, ...] = (
            "ratelimited", "status", "html", "empty", "truncated", "reset", "timeout", "dropped", "slow", "error",
        )  # fmt: skip
        kind = self._chance.choice(kinds)
        self.drawn[kind] += 1
        self.unknown_posts += method == "chat.postMessage" and kind in UNKNOWN
        return Fault(
            method,
            kind,
            status=self._chance.choice((500, 503)),
            retry_after=self._chance.randint(1, 10),
            seconds=self._chance.uniform(0.5, 4.0) if kind == "slow" else 15.0,
            error=self._chance.choice(PASSING),
        )


@dataclass
class Histogram:
    """How many of each hundredth of a doubling: no list of what was measured is kept."""

    counts: Counter[int] = field(default_factory=Counter)
    most: float = 0.0

    def add(self, milliseconds: float) -> None:
        """Count one."""
        self.counts[round(math.log2(max(milliseconds, 0.1)) * _CENTURY)] += 1
        self.most = max(self.most, milliseconds)

    @property
    def number(self) -> int:
        """How many there were."""
        return self.counts.total()

    def percentile(self, part: float) -> float:
        """Return the milliseconds within which so large a part of them were, to one part in a hundred."""
        left = part * self.number
        for step, count in sorted(self.counts.items()):
            left -= count
            if left <= 0:
                return min(2 ** (step / _CENTURY), self.most)
        return self.most


@dataclass
class Wire:
    """What passed between the workspace and the app, counted as it comes, for the workspace's log is short."""

    sim: Simulator
    answered: dict[str, Histogram] = field(default_factory=dict)
    unanswered: Counter[str] = field(default_factory=Counter)
    """Payloads that the app did not answer with 200 in time, by what went wrong."""
    errors: Counter[str] = field(default_factory=Counter)
    """What Slack refused of what the app asked for, faults left out."""
    calls: Counter[str] = field(default_factory=Counter)
    _minutes: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Calls of a method in each minute of the clock."""
    _open: list[LogEntry] = field(default_factory=list)
    _seen: int = 0

    def harvest(self) -> None:
        """Count what has come to its end since the last time."""
        fresh = [entry for entry in self.sim.workspace.log if entry.number > self._seen]
        self._seen = fresh[-1].number if fresh else self._seen
        waiting, self._open = [*self._open, *fresh], []
        for entry in waiting:
            if entry.status == "":
                self._open.append(entry)
            elif entry.way == "to app":
                self._payload(entry)
            elif entry.kind == "api":
                self._call(entry)
            elif entry.status != 200:
                self.errors[f"{entry.kind}: {entry.status}"] += 1

    @property
    def all(self) -> Histogram:
        """All kinds of payloads together."""
        together = Histogram()
        for each in self.answered.values():
            together.counts += each.counts
            together.most = max(together.most, each.most)
        return together

    def most_in_a_minute(self, method: str) -> int:
        """Return how many calls of a method there were in the busiest minute."""
        return max((number for (called, _), number in self._minutes.items() if called == method), default=0)

    def _payload(self, entry: LogEntry) -> None:
        if entry.status == 200:
            kind = entry.title.partition(" ")[0] if entry.kind == "interactive" else entry.kind
            self.answered.setdefault(kind, Histogram()).add(entry.took_ms)
        else:
            self.unanswered[f"{entry.kind}: {entry.status}"] += 1

    def _call(self, entry: LogEntry) -> None:
        self.calls[entry.title] += 1
        self._minutes[entry.title, int(entry.at // 60)] += 1
        if isinstance(entry.status, int) and isinstance(entry.response, dict) and not entry.response.get("ok"):
            self.errors[f"{entry.title}: {entry.response.get('error')}"] += 1


@dataclass
class Memory:
    """What one process holds, sample after sample."""

    name: str
    pid: int
    samples: list[tuple[float, float]] = field(default_factory=list)
    """Minutes since the beginning, and megabytes."""

    def sample(self, minutes: float) -> None:
        """Look once."""
        self.samples.append((minutes, resident_megabytes(self.pid)))

    def quarter(self, number: int) -> float:
        """Return the mean of one quarter of the samples, the first being 0."""
        size = max(1, len(self.samples) // 4)
        part = self.samples[-size:] if number == 3 else self.samples[number * size : (number + 1) * size]
        return mean([megabytes for _, megabytes in part])

    @property
    def slope(self) -> float:
        """Megabytes an hour, from the samples of the second half: what a start brings in is left out."""
        half = self.samples[len(self.samples) // 2 :]
        middle, level = mean([at for at, _ in half]), mean([megabytes for _, megabytes in half])
        spread = sum((at - middle) ** 2 for at, _ in half)
        return 60 * sum((at - middle) * (held - level) for at, held in half) / spread if spread else 0.0


def mean(numbers: Sequence[float]) -> float:
    """Return the mean; 0 of nothing."""
    return sum(numbers) / len(numbers) if numbers else 0.0
