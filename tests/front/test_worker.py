"""The worker and its client: leases, Retry-After by method, crashes of one row, and no blind repeats."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.slack import make_client, make_session
from bot.web_client import Client
from bot.worker import DELIVERY_SECONDS, HANDS, Worker
from handlers.slack_faults import EVERY, POST_TO_PERSON, TABLE
from peersupport.notifications import Delivered, Due, Kind, Later, Parked, Result
from peersupport.ports import StoreUnavailable
from simulator import Simulator
from simulator.faults import FaultKind
from store.outbox import Claim
from store.queue import LEASE
from tests.front.process import ROOT
from tests.front.signed import captured_log

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


class StillClock:
    def now(self) -> datetime:
        return NOW


def claim(kind: Kind = Kind.CARD, attempts: int = 1) -> Claim:
    due = Due(uuid4(), kind, uuid4(), "vancouver-peer-support")
    return Claim(due, seq=1, fence=1, lane="card:1", run_at=NOW, attempts=attempts)


@dataclass
class FakeQueue:
    """Hands out what it is given, once, and remembers how each was settled."""

    waiting: list[Claim]
    settled: dict[UUID, Result] = field(default_factory=dict)
    outages: int = 0
    stirred: asyncio.Event = field(default_factory=asyncio.Event)

    async def claim(self, limit: int = 10) -> list[Claim]:
        if self.outages:
            self.outages -= 1
            raise StoreUnavailable("away")
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    async def settle(self, claim: Claim, result: Result) -> bool:
        self.settled[claim.due.id] = result
        return True

    async def purge(self, _before: datetime) -> int:
        return 0

    def stir(self) -> None:
        self.stirred.set()

    async def wait(self, _seconds: float) -> None:
        await self.stirred.wait()
        self.stirred.clear()


@dataclass
class FakeStore:
    queue: FakeQueue


@dataclass
class FakeNotifier:
    """Answers each row with what `plan` says, and counts how many are carried at once."""

    plan: Callable[[Due], Result]
    carrying: int = 0
    most: int = 0
    gate: asyncio.Event | None = None

    async def deliver(self, due: Due) -> Result:
        self.carrying += 1
        self.most = max(self.most, self.carrying)
        try:
            await asyncio.sleep(0)
            if self.gate is not None:
                await self.gate.wait()
            return self.plan(due)
        finally:
            self.carrying -= 1


async def work_off(queue: FakeQueue, notifier: FakeNotifier, ready: Callable[[], bool] = lambda: True) -> None:
    """Let a worker run until everything it was given is settled."""
    wanted = len(queue.waiting)
    worker = Worker(FakeStore(queue), notifier, StillClock(), Random(1), ready)  # type: ignore[arg-type]
    running = asyncio.create_task(worker.run())
    for _ in range(1000):
        if len(queue.settled) == wanted:
            break
        await asyncio.sleep(0.005)
    await worker.stop(1)
    await running
    assert len(queue.settled) == wanted


def crash(_due: Due) -> Result:
    raise KeyError("CANARY")


def out_of_reach(_due: Due) -> Result:
    raise StoreUnavailable("away")


async def test_every_row_is_settled_with_what_came_of_it() -> None:
    answers: dict[UUID, Result] = {}
    kinds: list[Result] = [Delivered(), Parked("gone"), Later(30, "ratelimited", counts=False)]
    queue = FakeQueue([claim() for _ in range(20)])
    for number, each in enumerate(queue.waiting):
        answers[each.due.id] = kinds[number % 3]
    notifier = FakeNotifier(lambda due: answers[due.id])
    await work_off(queue, notifier)
    assert queue.settled == answers
    assert 1 < notifier.most <= HANDS


@pytest.mark.threat("T43")
async def test_a_row_that_crashes_is_tried_later_and_the_others_go_on(log: io.StringIO) -> None:
    queue = FakeQueue([claim(attempts=3), claim(Kind.HOME_MEMBER)])
    bad = queue.waiting[0].due.id
    await work_off(queue, FakeNotifier(lambda due: crash(due) if due.id == bad else Delivered()))
    later = queue.settled.pop(bad)
    assert isinstance(later, Later)
    assert (later.code, later.counts) == ("crashed", True)
    assert 2 <= later.seconds <= 4
    assert list(queue.settled.values()) == [Delivered()]
    assert "KeyError" in log.getvalue()
    assert "CANARY" not in log.getvalue()


@pytest.mark.threat("T46")
async def test_a_delivery_that_is_cut_short_counts_since_its_message_may_stand_there() -> None:
    def too_long(_due: Due) -> Result:
        raise TimeoutError

    queue = FakeQueue([claim()])
    await work_off(queue, FakeNotifier(too_long))
    counted = {result.code: result.counts for result in queue.settled.values() if isinstance(result, Later)}
    assert counted == {"took_too_long": True}


@pytest.mark.threat("T43")
async def test_a_row_at_its_last_attempt_is_told_to_the_operator(log: io.StringIO) -> None:
    await work_off(FakeQueue([claim(attempts=10)]), FakeNotifier(crash))
    assert '"outbox.parked"' in log.getvalue()


@pytest.mark.threat("T51")
async def test_an_outage_costs_no_attempt() -> None:
    queue = FakeQueue([claim()], outages=2)
    await work_off(queue, FakeNotifier(out_of_reach))
    assert [isinstance(result, Later) and result.counts for result in queue.settled.values()] == [False]


async def test_nothing_is_claimed_while_the_store_is_out_of_reach() -> None:
    asked = 0

    def ready() -> bool:
        nonlocal asked
        asked += 1
        return asked > 1

    queue = FakeQueue([claim()])
    await work_off(queue, FakeNotifier(lambda _due: Delivered()), ready)
    assert asked > 1


@pytest.mark.threat("T41")
async def test_what_is_due_is_carried_and_finished_before_the_end() -> None:
    queue = FakeQueue([claim() for _ in range(3 * HANDS)])
    notifier = FakeNotifier(lambda _due: Delivered(), gate=asyncio.Event())
    worker = Worker(FakeStore(queue), notifier, StillClock(), Random(1), lambda: True)  # type: ignore[arg-type]
    running = asyncio.create_task(worker.run())
    while not notifier.carrying:  # noqa: ASYNC110 - there is nothing to wait on
        await asyncio.sleep(0)
    stopping = asyncio.create_task(worker.stop(5))
    await asyncio.sleep(0)
    assert notifier.gate is not None
    notifier.gate.set()
    await stopping
    await running
    assert list(queue.settled.values()) == [Delivered()] * 3 * HANDS


# The client


@dataclass
class Slack:
    simulator: Simulator
    client: Client
    seconds: list[float]

    async def error(self, method: str, **arguments: Any) -> SlackApiError:
        with pytest.raises(SlackApiError) as refusal:
            await getattr(self.client, method)(**arguments)
        return refusal.value

    def post(self, channel: str = "C0PSADMIN1") -> Any:
        return self.client.chat_postMessage(channel=channel, text="constant")


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    starting = Simulator.start(manifest=ROOT / "manifest.yml", rate_scale=0)
    async with await starting as simulator, make_session() as session:
        client = make_client(simulator.workspace.app.bot_token, simulator.api_url, session)
        seconds = [1000.0]
        client.keep_time_by(lambda: seconds[0])
        yield Slack(simulator, client, seconds)


@pytest.mark.req("U46")
@pytest.mark.threat("T45")
async def test_a_channel_is_left_alone_until_its_time_is_over(slack: Slack) -> None:
    slack.simulator.faults.add(method="chat.postMessage", kind="ratelimited", retry_after=30)
    error = await slack.error("chat_postMessage", channel="C0PSADMIN1", text="constant")
    assert error.response.headers["Retry-After"] == "30"
    slack.seconds[0] += 29
    error = await slack.error("chat_postMessage", channel="C0PSADMIN1", text="constant")
    assert (error.response["error"], error.response.headers["Retry-After"]) == ("ratelimited", "1.000")
    assert len(slack.simulator.calls("chat.postMessage")) == 1
    assert (await slack.post("U0IRISWIN1"))["ok"], "others go on"
    slack.seconds[0] += 2
    assert (await slack.post())["ok"]
    assert len(slack.simulator.calls("chat.postMessage")) == 3


CALLS: dict[str, dict[str, Any]] = {
    "auth.test": {},
    "chat.postMessage": {"channel": "C0PSADMIN1", "text": "constant"},
    "chat.update": {"channel": "C0PSADMIN1", "ts": "1.1", "text": "constant"},
    "conversations.info": {"channel": "C0PSADMIN1"},
    "conversations.members": {"channel": "C0PSADMIN1"},
    "users.info": {"user": "U0IRISWIN1"},
    "views.open": {"trigger_id": "1.1.a", "view": {}},
    "views.publish": {"user_id": "U0IRISWIN1", "view": {}},
    "views.push": {"trigger_id": "1.1.a", "view": {}},
    "views.update": {"view_id": "V1", "view": {}},
}


@pytest.mark.req("U46")
@pytest.mark.threat("T45")
async def test_each_method_is_left_alone_for_as_long_as_slack_says_and_no_other_is(slack: Slack) -> None:
    assert CALLS.keys() == TABLE.keys() - {EVERY, POST_TO_PERSON, "apps.connections.open"}
    for method, arguments in CALLS.items():
        name = method.replace(".", "_", 1)
        before = len(slack.simulator.calls(method))
        slack.simulator.faults.add(method=method, kind="ratelimited", retry_after=30)
        for _ in range(3):
            error = await slack.error(name, **arguments)
            assert error.response["error"] == "ratelimited"
            slack.seconds[0] += 9.9
        assert len(slack.simulator.calls(method)) == before + 1, method
        others = [each for each in CALLS if each != method]
        for other in others:
            await _any_answer(slack, other)
        slack.seconds[0] += 0.4
        await _any_answer(slack, method)
        assert len(slack.simulator.calls(method)) == before + 2, method


async def _any_answer(slack: Slack, method: str) -> None:
    """Make a call that goes out, whatever Slack says to it."""
    before = len(slack.simulator.calls(method))
    with suppress(SlackApiError):
        await getattr(slack.client, method.replace(".", "_", 1))(**CALLS[method])
    assert len(slack.simulator.calls(method)) == before + 1


async def test_every_answer_is_told_with_its_method_and_code(slack: Slack) -> None:
    told: list[tuple[str, str]] = []
    slack.client.tell_of_calls(lambda method, code: told.append((method, code)))
    await slack.error("chat_postMessage", channel="C0NOWHERE1", text="constant")
    for kind in ("html", "ratelimited"):
        slack.simulator.faults.add(method="chat.postMessage", kind=kind)
        await slack.error("chat_postMessage", channel="C0PSADMIN1", text="constant")
    await slack.error("chat_postMessage", channel="C0PSADMIN1", text="constant")
    refusals = ["channel_not_found", "unreadable_answer", "ratelimited"]
    assert told == [("chat.postMessage", code) for code in refusals], "what was not asked is not told"
    await slack.client.users_info(user="U0IRISWIN1")
    await slack.post("U0IRISWIN1")
    assert told[3:] == [("users.info", ""), ("chat.postMessage/person", "")]


@pytest.mark.threat("T46")
@pytest.mark.parametrize("kind", ["status", "html", "empty", "truncated"])
async def test_an_unreadable_answer_is_one_refusal_and_one_call(slack: Slack, kind: FaultKind) -> None:
    slack.simulator.faults.add(method="chat.postMessage", kind=kind)
    error = await slack.error("chat_postMessage", channel="C0PSADMIN1", text="CANARY")
    assert error.response["error"] == "unreadable_answer"
    assert error.response.get("error") == "unreadable_answer"
    assert isinstance(error.response.data, dict)
    assert "CANARY" not in str(error)
    assert len(slack.simulator.calls("chat.postMessage")) == 1


@pytest.mark.threat("T42", "T46")
async def test_a_lost_answer_is_not_asked_for_again(slack: Slack) -> None:
    slack.simulator.faults.add(method="chat.postMessage", kind="dropped")
    with pytest.raises(ClientError):
        await slack.post()
    assert len(slack.simulator.calls("chat.postMessage")) == 1


async def test_refusals_come_as_slack_words_them(slack: Slack) -> None:
    error = await slack.error("chat_postMessage", channel="C0NOWHERE1", text="constant")
    assert error.response["error"] == "channel_not_found"


async def test_a_proxy_of_the_environment_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    async with make_session() as session:
        assert make_client("xoxb-1", "http://127.0.0.1:9/api/", session).proxy is None
        assert make_client("xoxb-1", "https://slack.com/api/", session).proxy == "http://proxy.example.org:3128"


def test_the_lease_outlives_a_delivery() -> None:
    assert timedelta(seconds=DELIVERY_SECONDS) + timedelta(seconds=5) <= LEASE
