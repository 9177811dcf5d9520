"""How fast workers empty an outbox: two of them against one, on one PostgreSQL, with nothing of Slack's to hold them.

On the one core that the other loads give to the product, two workers could only share what one had. So here they leave
that plan: the first keeps the product's core, the second gets the core of the load, which has nothing to send then.
What else is on that core, PostgreSQL and the Slack that answers, has twice as much to do for two. On a machine of two
cores the row can therefore show little more than that two do not stand in each other's way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

from bench import machine
from bench.database import let_go
from bench.payloads import PROGRAMME
from bench.rounds import Rounds, quiet
from bench.scenes import Scene, asked
from bench.servers import Failed
from bench.slack import Slack
from peersupport.notifications import Kind, Message
from peersupport.requests import State

_AT_ONCE = 100
_people = count()
_PATIENCE = 120.0
_POST = "chat.postMessage"


async def drain(rounds: Rounds, times: int, number: int) -> None:
    """Let one worker, and two, post so many cards that fall due at once; measures how many go out a second."""
    scene, slack = rounds.unpaced, rounds.slack
    scene.server.stop()
    cores = {"one": [scene.installation.core], "two": [scene.installation.core, machine.cores()[1]]}
    for turn in range(times):
        for workers in sorted(cores, reverse=bool(turn % 2)):
            async with AsyncExitStack() as running:
                for place, core in enumerate(cores[workers]):
                    await running.enter_async_context(_worker(scene, slack, place, core))
                await _put(scene, number)
                slack.forget()
                begun = time.perf_counter()
                await let_go(scene.installation.database_url)
                rounds.figures.add(f"drain.{workers}.rate", number / (await _gone(slack, number) - begun))


@asynccontextmanager
async def _worker(scene: Scene, slack: Slack, place: int, core: int) -> AsyncIterator[None]:
    """Run a worker on a core of its own; it is ready when it has asked Slack who it is, and come to rest."""
    slack.forget()
    server = scene.installation.worker(f"worker-{place}", "tests.unpaced", core)
    try:
        await _until(lambda: slack.calls["auth.test"] > 0)
        await quiet(server)
        yield
    finally:
        server.stop()


async def _put(scene: Scene, number: int) -> None:
    """Put requests down, each with a card that is due tomorrow."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    async with scene.store() as store:
        for start in range(0, number, _AT_ONCE):
            async with store.work() as work:
                for _ in range(min(_AT_ONCE, number - start)):
                    request, needs, contact = asked(f"U3{next(_people):09d}", State.RECEIVED)
                    await work.requests.add(request, needs, contact)
                    card = Message(Kind.CARD, request.id, f"bench:{request.id}", PROGRAMME, run_at=tomorrow)
                    await work.outbox.put(card)


async def _gone(slack: Slack, number: int) -> float:
    await _until(lambda: slack.calls[_POST] >= number)
    return time.perf_counter()


async def _until(done: Callable[[], bool]) -> None:
    until = time.perf_counter() + _PATIENCE
    while not done():
        if time.perf_counter() > until:
            raise Failed("workers did not do what they had to do")
        await asyncio.sleep(0.001)
