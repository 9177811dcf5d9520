"""Faults and rate limits: the chosen calls fail in the chosen way, and everything else goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import aiohttp
import pytest

from simulator import Simulator
from simulator.faults import FaultKind
from simulator.rates import Rates
from tests.simulator.bolt_app import ADMIN_CHANNEL


class Caller:
    def __init__(self, sim: Simulator, session: aiohttp.ClientSession) -> None:
        self.sim = sim
        self.session = session

    async def __call__(self, method: str, **args: Any) -> tuple[int, str, dict[str, str]]:
        async with self.session.post(self.sim.api_url + method, json=args) as response:
            return response.status, await response.text(), dict(response.headers)

    async def post(self) -> tuple[int, str, dict[str, str]]:
        return await self("chat.postMessage", channel=ADMIN_CHANNEL, text="x")

    @property
    def posted(self) -> int:
        return len(self.sim.workspace.channels[ADMIN_CHANNEL].messages)


@pytest.fixture
async def call(sim: Simulator) -> AsyncIterator[Caller]:
    headers = {"Authorization": f"Bearer {sim.credentials['bot_token']}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        yield Caller(sim, session)


async def test_ratelimited_for_as_many_calls_as_asked(sim: Simulator, call: Caller) -> None:
    sim.faults.add("chat.postMessage", "ratelimited", count=2, retry_after=30)
    for _ in range(2):
        status, body, headers = await call.post()
        assert (status, headers["Retry-After"], "ratelimited" in body) == (429, "30", True)
    assert (await call("auth.test"))[0] == 200
    assert call.posted == 0
    assert (await call.post())[0] == 200
    assert call.posted == 1


@pytest.mark.parametrize(
    ("kind", "options", "status", "body"),
    [
        ("status", {"status": 503}, 503, "Service unavailable"),
        ("html", {}, 200, "<html>"),
        ("empty", {}, 200, ""),
        ("error", {"error": "is_archived"}, 200, '"is_archived"'),
    ],
)
async def test_nothing_is_done(
    sim: Simulator, call: Caller, kind: str, options: dict[str, Any], status: int, body: str
) -> None:
    sim.faults.add("chat.postMessage", cast("FaultKind", kind), **options)
    answered = await call.post()
    assert (answered[0], body in answered[1]) == (status, True)
    assert call.posted == 0


async def test_truncated_json(sim: Simulator, call: Caller) -> None:
    sim.faults.add("*", "truncated")
    _, body, _ = await call.post()
    assert body.startswith("{")
    assert not body.endswith("}")


async def test_a_connection_that_is_cut(sim: Simulator, call: Caller) -> None:
    sim.faults.add("chat.postMessage", "reset")
    with pytest.raises(aiohttp.ClientError):
        await call.post()
    assert call.posted == 0
    sim.faults.add("chat.postMessage", "dropped")
    with pytest.raises(aiohttp.ClientError):
        await call.post()
    assert call.posted == 1


async def test_a_call_that_is_never_answered(sim: Simulator, call: Caller) -> None:
    sim.faults.add("chat.postMessage", "timeout", seconds=0.5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await call.post()
    assert call.posted == 0
    sim.faults.add("chat.postMessage", "slow", seconds=0.01)
    assert (await call.post())[0] == 200
    assert call.posted == 1


async def test_faults_can_be_cleared_and_must_exist(sim: Simulator, call: Caller) -> None:
    sim.faults.add("*", "status", count=100)
    sim.faults.clear()
    assert (await call.post())[0] == 200
    with pytest.raises(ValueError, match="no such fault"):
        sim.faults.add("*", cast("FaultKind", "gremlins"))


async def test_rate_limits_answer_over_http(sim: Simulator, call: Caller) -> None:
    sim.rates.scale = 1
    answers = [await call.post() for _ in range(7)]
    assert [status for status, _, _ in answers].count(429) >= 1
    assert all(int(headers["Retry-After"]) >= 1 for status, _, headers in answers if status == 429)
    assert call.posted == len([1 for status, _, _ in answers if status == 200])


def test_one_message_a_second_in_a_channel() -> None:
    rates = Rates()
    burst = [rates.wait("chat.postMessage", "post", "C1", 100.0) for _ in range(6)]
    assert burst == [0, 0, 0, 0, 0, 1]
    assert rates.wait("chat.postMessage", "post", "C2", 100.0) == 0
    assert rates.wait("chat.postMessage", "post", "C1", 101.0) == 0
    assert rates.wait("chat.postMessage", "post", "C1", 101.0) == 1


def test_tiers_count_calls_in_a_minute() -> None:
    rates = Rates()
    assert [rates.wait("users.list", "t2", "", 0.0) for _ in range(20)] == [0] * 20
    assert rates.wait("users.list", "t2", "", 10.0) == 50
    assert rates.wait("conversations.list", "t2", "", 10.0) == 0
    assert rates.wait("users.list", "t2", "", 60.0) == 0
    assert Rates(scale=0).wait("users.list", "t1", "", 0.0) == 0


def test_calls_that_do_not_wait_are_counted() -> None:
    rates = Rates()
    for now in (0.0, 0.5, 1.6):
        rates.watch("chat.postMessage", "post", "C1", now)
        rates.watch("chat.postMessage", "post", "C2", 0.0 if now == 0.0 else now + 5)
    assert (rates.hurried, rates.broken) == (1, [])
    rates.ask("chat.postMessage", "post", "C1", 30, 10.0)
    rates.watch("chat.postMessage", "post", "C2", 20.0)
    rates.watch("chat.postMessage", "post", "C1", 39.9)
    rates.watch("chat.postMessage", "post", "C1", 41.0)
    assert rates.broken == ["chat.postMessage"]
    rates.ask("views.open", "t4", "", 30, 50.0)
    rates.watch("views.open", "t4", "", 60.0)
    rates.watch("views.push", "t4", "", 60.0)
    assert rates.broken == ["chat.postMessage", "views.open"]


def test_a_limit_that_was_met_is_to_be_waited_for() -> None:
    rates = Rates()
    for number in range(21):
        rates.watch("users.list", "t2", "", number / 10)
        rates.wait("users.list", "t2", "", number / 10)
    assert rates.broken == []
    rates.watch("users.list", "t2", "", 30.0)
    assert rates.broken == ["users.list"]


async def test_a_call_before_its_time_is_counted_over_http(sim: Simulator, call: Caller) -> None:
    sim.faults.add("chat.postMessage", "ratelimited", retry_after=30)
    for _ in range(3):
        await call.post()
    assert sim.rates.broken == ["chat.postMessage"] * 2
    assert sim.rates.hurried == 2
