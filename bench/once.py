"""What is measured once in a run: starting and ending, memory, refusals, and how cost grows with what is stored."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from uuid import uuid4

from bench import machine, payloads
from bench.client import Connection, Gone, closed_loop, sealed
from bench.database import remember
from bench.payloads import ADMINS, PROGRAMME, TEAM, Letter, person
from bench.rounds import Rounds, quiet
from bench.scenes import Scene, asked, entry
from bench.servers import Failed
from handlers import ids
from peersupport.addresses import Address
from peersupport.requests import State

_WRONG_SECRET = b"0" * 32
_MEGABYTE = b"a=" + b"b" * (1_000_000)
_LOOKS = 15


async def refusals(rounds: Rounds, number: int) -> None:
    """Measure the processor time of a bad signature, and how long an unsigned megabyte holds everybody up."""
    letter = rounds.product.submit("U0ANYBODY1")

    async def send(port: int, secret: bytes) -> None:
        request = sealed(letter, secret)
        for _ in range(number):
            line = await Connection.to(port)
            await line.send(request)
            line.close()

    # Both on a new connection each time: a refusal closes its own.
    for _ in range(3):
        spent = []
        for server, secret in (
            (rounds.raw, payloads.SIGNING_SECRET.encode()),
            (rounds.product.server, _WRONG_SECRET),
        ):
            before = machine.cpu_seconds(server.pid)
            await send(server.port, secret)
            spent.append(machine.cpu_seconds(server.pid) - before)
        rounds.figures.add("refusal.cpu", spent[1] / max(spent[0], 1e-9))
    rounds.figures.add("refusal.stall", await _stall(rounds.product, secret=_WRONG_SECRET))
    rounds.figures.add("refusal.calm", await _stall(rounds.product, secret=None))


async def _stall(scene: Scene, secret: bytes | None) -> float:
    """Return the longest wait for a sign of life, in ms, while megabytes come in; without a secret none do."""
    line = await Connection.to(scene.server.port)
    request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    waits: list[float] = []
    done = asyncio.Event()

    async def look() -> None:
        while not done.is_set():
            begun = time.perf_counter()
            await line.send(request)
            waits.append(time.perf_counter() - begun)
            await asyncio.sleep(0.001)

    async def flood() -> None:
        for _ in range(10):
            if secret is not None:
                big = await Connection.to(scene.server.port)
                with suppress(Gone, ConnectionError):
                    await big.send(sealed(Letter(_MEGABYTE, b"application/x-www-form-urlencoded", 0, ""), secret))
                big.close()
            await asyncio.sleep(0.05)
        done.set()

    await asyncio.gather(look(), flood())
    line.close()
    return max(waits) * 1000


async def memory(rounds: Rounds, number: int) -> None:
    """Measure what a new process holds after so many requests of all kinds, and after as many again."""
    installation = rounds.narrow.installation
    rounds.narrow.server.stop()
    server = await installation.start("memory")
    scene = Scene(rounds.slack, installation, server)
    try:
        await scene.record_form()
        for name in ("memory.first", "memory.second"):
            await _serve(scene, number)
            await quiet(server, patience=60)
            rounds.figures.add(name, machine.resident_megabytes(server.pid))
    finally:
        server.stop()


async def _serve(scene: Scene, number: int) -> None:
    people = cycle([f"U6{number:09d}" for number in range(1000)])
    kinds = cycle([scene.command, scene.home, scene.command, scene.home, scene.submission])
    submitters = iter(await scene.known_people(number // 5))
    steps = count()

    def make() -> Letter | None:
        kind = next(kinds)
        assert kind is not None
        user = next(submitters, None) if next(steps) % 5 == 4 else next(people)
        return kind.letter(user) if user else None

    run = await closed_loop(scene.server.port, make, 8, 600, most=number)
    if run.wrong:
        raise Failed(f"{run.wrong} of {number} requests were answered wrongly")


async def start_and_end(rounds: Rounds, times: int) -> None:
    """Start the product again and again, idle, and end it."""
    for _ in range(times):
        server = await rounds.lite.installation.start("idle")
        rounds.figures.add("start", rounds.lite.installation.started[-1])
        await asyncio.sleep(0.5)
        rounds.figures.add("stop", server.stop())


async def growth(rounds: Rounds, small: int, large: int) -> None:
    """Measure Home with its queue, and the list of whom to ask, with few and with many requests stored."""
    scene = rounds.product
    url = scene.installation.database_url
    press = await _find_press(scene)
    stored = 0
    for name, number in (("small", small), ("large", large)):
        await remember(url, stored + 1, number)
        stored = number
        await quiet(scene.server)
        for what, look in (
            ("admin", _published(scene, ADMINS[0])),
            ("person", _published(scene, person(next(_persons)))),
            ("match", _opened(scene, press)),
        ):
            rounds.figures.add(f"growth.{what}.{name}", await _median(look))


async def ranking(rounds: Rounds, sizes: tuple[int, ...]) -> None:
    """Measure the list of whom to ask with ever more supporters in the register."""
    scene, there = rounds.lite, 0
    press = await _find_press(scene)
    for size in sizes:
        async with scene.store() as store:
            while there < size:
                async with store.work() as work:
                    for _ in range(min(500, size - there)):
                        await work.supporters.add(*entry(f"U5{there:09d}"))
                        there += 1
        rounds.figures.add(f"ranking.{size}", await _median(_opened(scene, press), 5))


_persons = count(900_000_000)
Look = Callable[[], Awaitable[float]]


async def _median(look: Look, times: int = _LOOKS) -> float:
    await look()
    return sorted([await look() for _ in range(times)])[times // 2] * 1000


def _published(scene: Scene, user: str) -> Look:
    async def look() -> float:
        scene.slack.forget()
        begun = time.perf_counter()
        await scene.say(scene.home.letter(user))
        return await _seen(lambda: scene.slack.published.get(user)) - begun

    return look


def _opened(scene: Scene, press: Callable[[], Letter]) -> Look:
    async def look() -> float:
        letter = press()
        begun = time.perf_counter()
        await scene.say(letter)
        return await _seen(lambda: scene.slack.opened.get(letter.number)) - begun

    return look


async def _seen(when: Callable[[], float | None]) -> float:
    until = time.perf_counter() + 20
    while time.perf_counter() < until:
        found = when()
        if found is not None:
            return found
        await asyncio.sleep(0.0005)
    raise Failed("a view that was asked for never came")


async def _find_press(scene: Scene) -> Callable[[], Letter]:
    """Put down a request that an administrator has claimed, and return their press on "find a supporter"."""
    now = datetime.now(UTC)
    async with scene.store() as store:
        async with store.work() as work:
            standing = await work.members.standing(_admin())
            member, _ = standing.members[PROGRAMME]
            request, needs, contact = asked(f"U4{uuid4().int % 10**9:09d}", State.CONFIRMED)
            await work.requests.add(request, needs, contact)
            await work.requests.save(replace(request, claimed_by=member, claimed_at=now))
        handle = store.handles.make(ids.SHEET, request.id, f"{TEAM}:{ADMINS[0]}", now + timedelta(days=1))
    template = payloads.pressed(ids.FIND, value=handle)
    return lambda: template.letter(ADMINS[0])


def _admin() -> Address:
    return Address(TEAM, ADMINS[0])
