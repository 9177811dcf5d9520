"""Counts for whoever watches the process: closed names only, nothing by person, programme or kind of request."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from time import perf_counter
from typing import Any

from bot.health import Reason
from bot.refusals import StartRefused
from handlers.slack_faults import Fault
from peersupport.promises import Promise

HOST = "127.0.0.1"
"""Never anywhere else: even counts say when a small department is busy."""


class Answer(StrEnum):
    """What became of something that Slack sent."""

    ANSWERED = "answered"
    FAILED = "failed"
    FOREIGN = "foreign"
    IGNORED = "ignored"
    REFUSED = "refused"


class Delivery(StrEnum):
    """What became of an attempt to deliver a row of the outbox."""

    DELIVERED = "delivered"
    LATER = "later"
    PARKED = "parked"


BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 2.5, 3.0)
"""Seconds; Slack waits for three."""
STEP = 5
"""Counts are exported in steps of so many: fewer would tell that, and when, somebody did something."""


def told(count: int) -> int:
    """Return what is exported of a count: nothing under five, and then every fifth."""
    return count // STEP * STEP


class Meter:
    """Counts, in memory; costs next to nothing whether anybody reads it or not."""

    def __init__(self) -> None:
        self.answers: Counter[Answer] = Counter()
        self.deliveries: Counter[Delivery] = Counter()
        self.refusals: Counter[Fault] = Counter()
        self.outbox: Waiting | None = None
        """How the outbox stood at the last look; None before the first one of this process."""
        self.seconds = 0.0
        self.timed: tuple[int, float] = (0, 0.0)
        """How many answers were timed, and how long they took together, when last a step was full."""
        self._timed = 0
        self.within = [0] * (len(BUCKETS) + 1)
        """How many answers fell into each bucket; the last one is for what took longer than all."""
        self.promises: Counter[Promise] | None = None
        """How the promises of open requests stood at the last look; None before the first one of this process."""
        self.left: int | None = None
        """How much the last look at erasures found left; None before the first one of this process."""

    def answered(self, answer: Answer, began: float | None = None) -> None:
        """Count one answer; `began` is when it was begun, by `perf_counter`."""
        self.answers[answer] += 1
        if began is not None:
            took = perf_counter() - began
            self.seconds += took
            self.within[bisect_left(BUCKETS, took)] += 1
            self._timed += 1
            if self._timed % STEP == 0:
                self.timed = self._timed, self.seconds

    def delivered(self, delivery: Delivery) -> None:
        """Count one attempt."""
        self.deliveries[delivery] += 1

    def refused(self, fault: Fault) -> None:
        """Count one refusal of Slack by its class."""
        self.refusals[fault] += 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """How the outbox stands: rows that could go, the seconds since when the oldest could, and rows given up."""

    due: int
    age: float
    parked: int


class Exporter:
    """Serves the counts to Prometheus on a loopback port."""

    def __init__(self, meter: Meter, troubles: Callable[[], tuple[str, ...]], port: int) -> None:
        """`troubles` gives the codes of what is out of reach. Raises StartRefused where the port cannot be used."""
        # Loaded only where it is wanted: it takes a tenth of a second.
        import prometheus_client as prometheus
        from prometheus_client import core

        self._core = core
        self._meter, self._troubles = meter, troubles
        registry = prometheus.CollectorRegistry()
        registry.register(self)
        try:
            self._server, self._thread = prometheus.start_http_server(port, addr=HOST, registry=registry)
        except OSError:
            raise StartRefused(f"METRICS_PORT {port} cannot be used (something else may hold it).") from None

    def collect(self) -> Iterator[Any]:
        """Give the counts as they stand; Prometheus calls this."""
        core, meter = self._core, self._meter
        answers = core.CounterMetricFamily("peersupport_answers", "What became of what Slack sent", labels=["outcome"])
        for answer in Answer:
            answers.add_metric([answer.value], told(meter.answers[answer]))
        yield answers
        deliveries = core.CounterMetricFamily("peersupport_deliveries", "Attempts to deliver", labels=["result"])
        for delivery in Delivery:
            deliveries.add_metric([delivery.value], told(meter.deliveries[delivery]))
        yield deliveries
        count, seconds = meter.timed
        several = [*map(str, BUCKETS), "+Inf"]
        # The last one is the count itself; what lies below it is in steps of its own, and never above it.
        reached = [*(told(upto) for upto in list(accumulate(meter.within))[:-1]), count]
        yield core.HistogramMetricFamily(
            "peersupport_answer_seconds",
            "Time taken to answer Slack",
            buckets=list(zip(several, reached, strict=True)),
            sum_value=seconds,
        )
        troubles = self._troubles()
        yield core.GaugeMetricFamily("peersupport_ready", "1 when all is well", value=float(not troubles))
        yield from self._slack(troubles)
        yield from self._outbox()
        yield from self._promises()
        if meter.left is not None:
            yield core.GaugeMetricFamily(
                "peersupport_self_audit_findings", "Left of what was erased; 0 is well", value=float(meter.left)
            )

    def _slack(self, troubles: tuple[str, ...]) -> Iterator[Any]:
        refusals = self._core.CounterMetricFamily("peersupport_slack_refusals", "Slack's refusals", labels=["fault"])
        for fault in Fault:
            refusals.add_metric([fault.value], told(self._meter.refusals[fault]))
        yield refusals
        trouble = self._core.GaugeMetricFamily("peersupport_trouble", "1 while it is present", labels=["reason"])
        for reason in Reason:
            trouble.add_metric([reason.value], float(reason.value in troubles))
        yield trouble

    def _outbox(self) -> Iterator[Any]:
        gauge, stands = self._core.GaugeMetricFamily, self._meter.outbox
        if stands is not None:
            yield gauge("peersupport_outbox_due", "Messages and timers that could go", value=told(stands.due))
            yield gauge("peersupport_outbox_age_seconds", "How late the oldest of them is", value=stands.age)
            yield gauge("peersupport_outbox_parked", "Messages and timers given up", value=told(stands.parked))

    def _promises(self) -> Iterator[Any]:
        if self._meter.promises is not None:
            words = "Open requests by how their promise stands, of the whole installation"
            stands = self._core.GaugeMetricFamily("peersupport_promises", words, labels=["state"])
            for promise in Promise:
                stands.add_metric([promise.value], told(self._meter.promises[promise]))
            yield stands

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=1.0)
