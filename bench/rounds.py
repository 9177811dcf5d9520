"""What is measured in every round: product and floors in turn, the order turned round each time."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle

from bench import machine
from bench.client import Gone, Judge, Make, Rest, Run, closed_loop, paced, percentile
from bench.database import strike_backlog
from bench.payloads import Letter
from bench.scenes import Scene, took
from bench.servers import Failed, Server
from bench.slack import REFERENCE, Slack

ANYBODY = "U0ANYBODY1"
_SLASH_PEOPLE = 300
_TYPED = 50
"""Commands of one person in a row: each gets its menu, as the app opens sixty at once before it answers in words."""
_CARDS_SECONDS = 60.0
"""How long all cards of a load may take on a machine that has much else to do."""
_BREATH = 0.005
"""Seconds from the menu to the next command, a moment in which the app looks up what else the menu should say."""


@dataclass
class Figures:
    """Everything measured, by name: one value a round."""

    held: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    counting: bool = True
    """False while warming up."""

    def add(self, name: str, value: float) -> None:
        """Keep one value."""
        if self.counting:
            self.held[name].append(value)

    def keep(self, name: str, run: Run) -> None:
        """Keep what a load measured: median, p99 and rate."""
        self.add(f"{name}.p50", run.at(0.5))
        self.add(f"{name}.p99", run.at(0.99))
        self.add(f"{name}.rate", run.rate)


@dataclass
class Rounds:
    """The servers, and one round of every load."""

    slack: Slack
    raw: Server
    bolt: Server
    by_hand: Scene
    """The hand-written floor, which keeps what the product keeps."""
    product: Scene
    """On PostgreSQL."""
    lite: Scene
    """On the embedded SQLite."""
    narrow: Scene
    """With one listener."""
    unpaced: Scene
    """That posts as fast as it can: with one message a second in a channel the pace would be all that is measured."""
    seconds: float
    figures: Figures = field(default_factory=Figures)
    turned: bool = False
    rates: dict[str, float] = field(default_factory=dict)
    """How fast each load went last, to know how many people the next needs."""

    async def one(self) -> None:
        """Measure one round."""
        for part in (self._slash, self._submission, self._accept, self._home):
            for connections in (1, 16):
                await part(connections)
        await self._pace()
        await self._outbox()
        self.turned = not self.turned

    async def _load(
        self,
        name: str,
        server: Server,
        make: Make,
        connections: int,
        judge: Judge | None = None,
        most: int | None = None,
        rest: Rest | None = None,
    ) -> Run:
        try:
            run = await closed_loop(server.port, make, connections, self.seconds, judge, most, rest)
        except (Gone, ConnectionError) as error:
            said = server.log.read_text(errors="replace")[-4000:]
            raise Failed(f"{name}: the server closed a connection, as after any answer but 200:\n{said}") from error
        if run.wrong:
            raise Failed(f"{name}: {run.wrong} of {len(run.answers)} answers were wrong; see {server.log}")
        self.rates[name] = run.rate
        self.figures.keep(name, run)
        return run

    async def _person(self, name: str, server: Server, make: Make, rest: Rest) -> Run:
        """One person alone, who sends the next command when the last one's menu stands; an answer in words is wrong."""
        return await self._load(name, server, make, 1, lambda _, body: not body, most=_TYPED, rest=rest)

    async def _in_turn(self, *loads: Callable[[], object]) -> None:
        for load in reversed(loads) if self.turned else loads:
            await load()  # type: ignore[misc]

    # The loads

    async def _slash(self, connections: int) -> None:
        anyone = cycle([f"U6{number:09d}" for number in range(_SLASH_PEOPLE)])

        def make(scene: Scene) -> Make:
            return lambda: scene.command.letter(next(anyone))

        async def floor(kind: str, server: Server) -> None:
            name = f"slash.{connections}.{kind}"
            if connections == 1:
                await self._person(name, server, make(self.product), lambda _: asyncio.sleep(_BREATH))
            else:
                await self._load(name, server, make(self.product), connections)

        async def menu_stands(letter: Letter) -> None:
            await self.slack.stands(letter.number)
            await asyncio.sleep(_BREATH)

        async def product(kind: str, scene: Scene) -> None:
            self.slack.forget()
            name = f"slash.{connections}.{kind}"
            if connections == 1:
                run = await self._person(name, scene.server, make(scene), menu_stands)
            else:
                run = await self._load(name, scene.server, make(scene), connections)
            await quiet(scene.server)
            opened = [
                self.slack.opened[number] - sent for number, sent in run.sent.items() if number in self.slack.opened
            ]
            self.figures.add(f"open.{connections}.{kind}.p50", percentile(opened, 0.5) * 1000)
            self.figures.add(f"open.{connections}.{kind}.p99", percentile(opened, 0.99) * 1000)
            self.figures.add(f"open.{connections}.{kind}.share", len(opened) / max(len(run.sent), 1))

        await self._in_turn(
            lambda: floor("raw", self.raw),
            lambda: floor("bolt", self.bolt),
            lambda: product("product", self.product),
            lambda: product("narrow", self.narrow),
        )

    async def _submission(self, connections: int) -> None:
        async def floor() -> None:
            name = f"submission.{connections}.bolt"
            await self._load(name, self.bolt, lambda: self.product.submit(ANYBODY), connections)

        async def product(kind: str, scene: Scene) -> None:
            name = f"submission.{connections}.{kind}"
            people = iter(await scene.known_people(self._enough(name)))

            def make() -> Letter | None:
                user = next(people, None)
                return scene.submit(user) if user else None

            await self._load(name, scene.server, make, connections, took)
            await strike_backlog(scene.installation.database_url)
            await quiet(scene.server)

        await self._in_turn(
            floor,
            lambda: product("by_hand", self.by_hand),
            lambda: product("postgresql", self.product),
            lambda: product("sqlite", self.lite),
        )

    async def _accept(self, connections: int) -> None:
        accept = self.product.accept
        assert accept is not None

        async def floor() -> None:
            name = f"accept.{connections}.bolt"
            await self._load(name, self.bolt, lambda: accept.letter(ANYBODY, "x" * 64), connections)

        async def product(kind: str, scene: Scene) -> None:
            name = f"accept.{connections}.{kind}"
            offers = iter(await scene.offers(self._enough(name)))

            def make() -> Letter | None:
                offer = next(offers, None)
                return accept.letter(*offer) if offer else None

            self.slack.forget()
            run = await self._load(name, scene.server, make, connections)
            shown = self.slack.calls["views.update"]
            if shown < len(run.answers):
                raise Failed(
                    f"{len(run.answers)} offers were accepted, but only {shown} of the supporters were shown so"
                )
            await strike_backlog(scene.installation.database_url)
            await quiet(scene.server)

        await self._in_turn(floor, lambda: product("by_hand", self.by_hand), lambda: product("product", self.product))

    async def _home(self, connections: int) -> None:
        people = cycle(await self.product.known_people(50))

        async def floor() -> None:
            make = lambda: self.product.home.letter(next(people))  # noqa: E731
            await self._load(f"home.{connections}.bolt", self.bolt, make, connections)

        async def product() -> None:
            make = lambda: self.product.home.letter(next(people))  # noqa: E731
            await self._load(f"home.{connections}.product", self.product.server, make, connections)
            await quiet(self.product.server)

        await self._in_turn(floor, product)

    async def _pace(self) -> None:
        """Fifty requests a second of all kinds, as no programme will ever see them."""
        count = int(50 * 2 * self.seconds)
        people = iter(await self.product.known_people(count))
        kinds = cycle([self.product.command, self.product.home, self.product.submission])

        def make() -> Letter | None:
            user, kind = next(people, None), next(kinds)
            return kind.letter(user) if user and kind else None

        run = await paced(self.product.server.port, make, 50, 2 * self.seconds)
        if run.wrong:
            raise Failed(f"at 50 requests a second {run.wrong} answers were wrong")
        self.figures.keep("pace", run)
        await strike_backlog(self.product.installation.database_url)
        await quiet(self.product.server)

    async def _outbox(self) -> None:
        """How long after a submission is kept the channel has its card."""
        people = iter(await self.unpaced.known_people(int(20 * 2 * self.seconds)))

        def make() -> Letter | None:
            user = next(people, None)
            return self.unpaced.submit(user) if user else None

        self.slack.forget()
        run = await paced(self.unpaced.server.port, make, 20, 2 * self.seconds, took)
        kept = {
            found[0]: run.answered[number] for number, body in run.bodies.items() if (found := REFERENCE.search(body))
        }
        until = time.perf_counter() + _CARDS_SECONDS
        while not kept.keys() <= self.slack.posted.keys():
            if time.perf_counter() > until:
                raise Failed("a request was kept, but its card never came")
            await asyncio.sleep(0.05)
        await quiet(self.unpaced.server)
        # The answer leaves right after the commit; a card may even be there first.
        waits = [max(self.slack.posted[reference] - answered, 0.0) for reference, answered in kept.items()]
        self.figures.add("outbox.p50", percentile(waits, 0.5) * 1000)
        self.figures.add("outbox.p99", percentile(waits, 0.99) * 1000)

    def _enough(self, name: str) -> int:
        """Return how many people a load needs so as not to run out, going by how fast it went last."""
        return max(20, int(self.rates.get(name, 100.0) * self.seconds * 1.5))


async def quiet(server: Server, patience: float = 10.0) -> None:
    """Wait until a server has worked off what it still had to do."""
    until = time.perf_counter() + patience
    before = machine.cpu_seconds(server.pid)
    while time.perf_counter() < until:
        await asyncio.sleep(0.15)
        now = machine.cpu_seconds(server.pid)
        if now - before < 0.015:
            return
        before = now
