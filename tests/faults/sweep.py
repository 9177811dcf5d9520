"""The crash sweep: the app is ended at the n-th message of each deed of a journey, started again, and the rest told."""

from __future__ import annotations

import asyncio
import json
import signal
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import select

from handlers.views.cards import state_words
from peersupport.audit import Event
from peersupport.notifications import Kind
from peersupport.requests import State
from simulator.people import Actor
from store.tables import outbox
from tests.faults.deeds import JOURNEY, SHORT, WITHDRAW, Deed
from tests.faults.ground import Ground
from tests.faults.street import REST_SECONDS, Story, Street, street_on
from tests.stories.town import CHANNEL

SIDES = ("slack", "postgresql", "sqlite")
STORIES_IN_A_TOWN = 12
_POSTING = frozenset({Kind.CARD, Kind.TELL_MEMBER, Kind.TELL_SUPPORTER, Kind.TELL_SUPPORTER_OFFER, Kind.TELL_REQUESTER})
_HELD = select(outbox.c.kind).where(outbox.c.state == "due", outbox.c.lease_until.is_not(None))


@dataclass(frozen=True)
class Point:
    """Where the app is ended: at the n-th message of a deed; 0 for never."""

    deed: Deed
    at: int


# What is looked at


@dataclass
class Result:
    """What came of one side's sweep."""

    side: str
    points: int = 0
    kills: int = 0
    unheard: int = 0
    """After how many it was unknown whether something had been posted."""
    acknowledged: int = 0
    """How many of the deeds met by a kill had been acknowledged."""
    again: int = 0
    """How many were not, and were done again by the person."""
    repeats: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    """How many points each deed had."""
    doubts: list[str] = field(default_factory=list)
    """What failed once on a long way and not again: to be looked at by somebody."""


def _acknowledged(street: Street, title: str, since: int) -> bool:
    """Say whether a payload of this title got an answer in time which does not refuse it."""
    for entry in street.sim.workspace.log:
        if entry.number > since and entry.way == "to app" and entry.title == title and entry.status == 200:
            body = entry.response if isinstance(entry.response, dict) else {}
            if body.get("response_action") != "errors":
                return True
    return False


async def _held(street: Street) -> int:
    """Return how many rows that post something are with the worker that ended."""
    async with street.house.store._connections.begin() as transaction:
        return sum(Kind(row.kind) in _POSTING for row in await transaction.rows(_HELD))


def _posted(street: Street, since: int) -> Counter[str]:
    """Return how many messages were accepted by Slack, by channel, since a payload."""
    calls = [call for call in street.sim.calls("chat.postMessage") if call.number > since]
    return Counter(str(call.request["channel"]) for call in calls if call.response and call.response.get("ok"))


async def all_equal(street: Street, story: Story) -> None:
    """See that the card and the Homes say what the database says."""
    request = await street.request(story)
    farah = street.patient("farah")
    written = {each.ts: json.dumps(each.blocks) for each in farah.messages(CHANNEL)}
    cards = {ts: words for ts, words in written.items() if story.reference and story.reference in words}
    if request is not None and request.state is not State.CLOSED:
        async with street.house.store.work() as work:
            posts = [post for post in await work.posts.of(request.id) if post.kind == Kind.CARD]
        assert len(posts) == 1, f"{len(posts)} cards are known"
        words = state_words(request, street.house._texts.in_language("en"))
        assert words in cards[posts[0].ts], (words, cards)
    elif story.reference:
        assert any("closed" in words for words in cards.values()), cards
    # An administrator's Home is made when it is opened.
    for key in (story.key, "iris"):
        who = street.patient(key)
        if who.home is not None:
            before = _shown(who)
            await who.opens_home()
            await street.sim.settled(0.03, REST_SECONDS)
            now = _shown(who)
            assert now == before, f"{key}'s Home was not what the database says:\n{before}\n\n{now}"


def _shown(who: Actor) -> str:
    """Return what stands in Home, without what Slack itself says of a press that got no answer."""
    return "\n".join(line for line in who.screen("home").splitlines() if not line.startswith("!"))


class Sweep:
    """Goes through points in one town after another; in every story each deed may meet one."""

    def __init__(self, side: str, ground: Ground, folder: Path) -> None:
        self.result = Result(side)
        self._ground, self._folder = ground, folder
        self._usual: dict[Deed, Counter[str]] = {}

    async def measured(self) -> list[Point]:
        """Tell the journeys without a kill, and return every point that there is."""
        found = []
        async with self._town() as street:
            for number, journey in enumerate((JOURNEY, SHORT)):
                story = street.newcomer(number)
                for deed in journey:
                    await street.tidy(story)
                    since, before = _last(street), street.counts.seen
                    await deed.do(street, story)
                    await street.rests()
                    await all_equal(street, story)
                    if deed not in self._usual:
                        self._usual[deed] = _by_kind(street, since)
                        self.result.counted[deed.name] = street.counts.seen - before
                        found += [Point(deed, at) for at in range(1, street.counts.seen - before + 1)]
        return found

    async def goes(
        self, points: Sequence[Point], tell: Callable[[Result], None] = lambda result: None, *, again: bool = False
    ) -> Result:
        """End the app at each of these points; `again` tells a story that failed once more, in a town of its own."""
        waiting = deque(_stories(points))
        while waiting:
            ends: dict[Deed, Point] = {}
            try:
                async with self._town() as street:
                    for number in range(min(STORIES_IN_A_TOWN, len(waiting))):
                        ends = waiting.popleft()
                        await self._tells(street, street.newcomer(number), ends)
                    assert await street.house.store.verify_audit() is None
            except (AssertionError, TimeoutError) as error:
                if not again:
                    raise
                self.result.doubts.append(str(error))
                tell(self.result)
                async with self._town() as street:
                    await self._tells(street, street.newcomer(0), ends)
            tell(self.result)
        return self.result

    async def _tells(self, street: Street, story: Story, ends: dict[Deed, Point]) -> None:
        """Tell one story in which the app ends at these points."""
        for deed in SHORT if WITHDRAW in ends else JOURNEY:
            point = ends.get(deed)
            try:
                await self._deed(street, story, deed, point.at if point else 0)
            except (AssertionError, TimeoutError, KeyError) as error:
                place = f"{self.result.side}: {deed.name}, ended at message {point.at if point else 0}"
                raise AssertionError(f"{place}: {error!r}\n{street.alive.said[-4000:]}") from error
        await _once(street, story)

    async def _deed(self, street: Street, story: Story, deed: Deed, at: int) -> None:
        """Let one deed be done, by whoever can, with the app ending at this message of it."""
        await street.tidy(story)
        since, held = _last(street), 0
        if await _struck(street, story, deed, at):
            self.result.kills += 1
            held = await _held(street)
            acknowledged = _acknowledged(street, deed.title, since)
            done = deed.done(await street.request(story))
            assert done or not acknowledged, "what was acknowledged is lost"
            self.result.unheard += bool(held)
            self.result.acknowledged += acknowledged
            self.result.again += not done
            await street.starts()
            await street.rests()
            await all_equal(street, story)
            if not done:
                await street.tidy(story)
                await deed.do(street, story)
                await street.rests()
                await all_equal(street, story)
        self.result.points += bool(at)
        found, usual = _by_kind(street, since), self._usual[deed]
        assert not usual - found, f"a message is missing: {usual - found}"
        repeats = sum((found - usual).values())
        # At most one, and only where nobody could know whether the message had been posted.
        assert repeats <= min(1, held), f"{repeats} repeated, {held} unknown: {found - usual}"
        self.result.repeats += repeats

    @asynccontextmanager
    async def _town(self) -> AsyncIterator[Street]:
        self._folder.mkdir(exist_ok=True)
        folder = self._folder / f"town{len(list(self._folder.iterdir()))}"
        folder.mkdir()
        async with street_on(self.result.side, self._ground, folder) as street:
            yield street


async def _struck(street: Street, story: Story, deed: Deed, at: int) -> bool:
    """Do the deed, and say whether the app ended at the message meanwhile."""
    street.counts.arm(at)

    async def doing() -> None:
        await deed.do(street, story)
        await street.rests()

    tried = asyncio.create_task(doing())
    ended = asyncio.create_task(street.alive.process.wait())
    await asyncio.wait({tried, ended}, return_when=asyncio.FIRST_COMPLETED)
    # A person may hear of it before we do, or not at all.
    blown = street.counts.blown or ended.done()
    street.counts.arm(0)
    if not blown:
        ended.cancel()
        await tried
        return False
    await ended
    # Whatever was on its way comes to its end, as on a real wire.
    await street.sim.settled(0.03, REST_SECONDS)
    tried.cancel()
    await asyncio.gather(tried, return_exceptions=True)
    assert ended.result() == -signal.SIGKILL, street.alive.said
    return True


def _by_kind(street: Street, since: int) -> Counter[str]:
    """Return how many messages went to the channel, to the supporter, and to the others."""
    workspace = street.sim.workspace
    known = {workspace.channel(CHANNEL).id: "channel", workspace.person("iris").id: "supporter"}
    found: Counter[str] = Counter()
    for channel, number in _posted(street, since).items():
        found[known.get(channel, "others")] += number
    return found


async def _once(street: Street, story: Story) -> None:
    """See that nothing was done twice."""
    request = await street.request(story)
    if request is None:
        return
    async with street.house.store.work() as work:
        for event in (Event.REQUEST_OPENED, Event.REQUEST_CLOSED):
            assert len(await work.audit.of(request.id, event)) <= 1, event
        offers = await work.offers.of_request(request.id)
        accepted = [len(await work.audit.of(each.id, Event.OFFER_ACCEPTED)) for each in offers]
        assert sum(accepted) <= 1


def _stories(points: Sequence[Point]) -> list[dict[Deed, Point]]:
    """Put points together into stories: one of each deed, and the withdrawals in stories of their own."""
    by_deed = [[point for point in points if point.deed is deed] for deed in JOURNEY]
    told = [{point.deed: point for point in row if point} for row in zip_longest(*by_deed)]
    return told + [{WITHDRAW: point} for point in points if point.deed is WITHDRAW]


def _last(street: Street) -> int:
    return street.sim.workspace.log[-1].number if street.sim.workspace.log else 0


def spread(points: list[Point], number: int) -> list[Point]:
    """Return so many of these points, from the first to the last, evenly."""
    if len(points) <= number:
        return points
    step = (len(points) - 1) / (number - 1)
    return [points[round(each * step)] for each in range(number)]
