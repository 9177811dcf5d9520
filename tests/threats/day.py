"""One long day for all tests of a process, with what was sent on it, and ways to send it again, changed."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import pytest_asyncio

from handlers import ids
from handlers.hear import Answer, Front, Kind
from handlers.middleware import Dispatcher, as_response
from handlers.screens import Screens, Shown
from handlers.table import doors, public, table
from peersupport.offers import OfferState
from peersupport.ports import StoreUnavailable
from peersupport.requests import MATCHED, OPEN_STATES, State
from simulator.block_kit import check_view
from simulator.workspace import LogEntry
from tests.faults.ground import Ground
from tests.stories.town import PROGRAMME, Town, open_town
from tests.threats.door_words import doors_settings
from tests.threats.everything import Recorded, alike, everybody_uses_everything, recorded, with_neighbours
from tests.threats.other_doors import Doors, other_doors_used

Key = tuple[Kind, str]


@dataclass(frozen=True)
class Told:
    """What one payload was answered with."""

    answer: Answer
    views: list[tuple[str, dict[str, Any]]]

    @property
    def contents(self) -> list[str]:
        """The views as they would be sent, however they would be put up."""
        return [json.dumps(view, sort_keys=True) for _, view in self.views]


class Caught(Screens):
    """Keeps views instead of sending them."""

    def __init__(self, front: Front, views: list[tuple[str, dict[str, Any]]]) -> None:
        super().__init__(front.client, lambda event: None)
        self._views = views

    def telling(self, tell: Callable[[], None]) -> Screens:
        return self

    async def _ask(self, what: str, method: Any, **arguments: Any) -> tuple[Shown | None, str]:
        self._views.append((what, arguments["view"]))
        return Shown("VCAUGHT", ""), ""


@dataclass
class Day:
    """The town after everybody has used everything once."""

    town: Town
    payloads: Recorded
    log: list[LogEntry]
    """Every payload and call of the day itself, in order."""
    troubles: list[BaseException] = field(default_factory=list)

    @property
    def front(self) -> Front:
        notifier = self.town.house._notifier
        assert notifier is not None
        return notifier._front

    @property
    def keys(self) -> list[Key]:
        """What the app listens to, in order."""
        return sorted(self.payloads)

    def dispatcher(self) -> Dispatcher:
        """Return the app's own dispatcher, telling this day of exceptions inside listeners."""
        return Dispatcher(replace(self.front, note=self._note), table(), public(), doors())

    def _note(self, event: str, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, StoreUnavailable | TimeoutError):
            self.troubles.append(error)

    async def answer(self, payload: Any) -> bytes:
        """Have a payload answered; fails on any exception, and on an answer that Slack would not take."""
        self.troubles.clear()
        answer = await self.dispatcher().answer(payload)
        if self.troubles:
            raise self.troubles[0]
        body = (as_response(answer).body or "").encode()
        if answer is not None and "view" in answer:
            assert check_view(answer["view"], "modal") == []
        return body

    async def told(self, payload: Any) -> Told:
        """Have a payload answered, and return every view that Slack would have got, without sending any."""
        views: list[tuple[str, dict[str, Any]]] = []
        tasks: list[asyncio.Task[None]] = []

        def spawn(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
            tasks.append(asyncio.get_running_loop().create_task(work))
            return tasks[-1]

        front = replace(self.front, note=self._note, spawn=spawn, screens=Caught(self.front, views), skeletons={})
        self.troubles.clear()
        answer = await Dispatcher(front, table(), public(), doors()).answer(payload)
        for task in tasks:
            await task
        if self.troubles:
            raise self.troubles[0]
        if answer is not None and "view" in answer:
            views.append((str(answer["response_action"]), answer["view"]))
        return Told(answer, views)

    def refusals(self) -> int:
        """Count the refusals that the ledger holds."""
        with sqlite3.connect(self.town.places.folder / "main.db") as database:
            [count] = database.execute("SELECT count(*) FROM audit WHERE event = 'refused'").fetchone()
        database.close()
        return int(count)

    async def fingerprint(self) -> str:
        """Return everything that a refusal may not change."""
        async with self.town.house.store.work() as work:
            requests = await work.requests.in_states(PROGRAMME, frozenset(State), limit=1000)
            offers = [await work.offers.of_request(each.id) for each in requests]
            register = await work.supporters.all(PROGRAMME)
            members = await work.members.all(PROGRAMME)
            whole = [requests, offers, [(entry, vars_of(profile)) for entry, profile in register], members]
        return repr(whole)

    async def assert_sound(self) -> None:
        """See that every request and offer is where it may be, and the ledger whole."""
        assert await self.town.house.store.verify_audit() is None
        async with self.town.house.store.work() as work:
            requests = await work.requests.in_states(PROGRAMME, frozenset(State), limit=1000)
            for request in requests:
                offers = await work.offers.of_request(request.id)
                accepted = [offer for offer in offers if offer.state is OfferState.ACCEPTED]
                assert len(accepted) == (1 if request.state in MATCHED else 0)
                if accepted:
                    assert accepted[0].supporter_id == request.supporter
                if request.state not in OPEN_STATES:
                    assert not [offer for offer in offers if offer.state in (OfferState.OPEN, OfferState.QUEUED)]


def vars_of(profile: Any) -> Any:
    """Return the parts of a profile, which does not show them by itself."""
    return [(name, getattr(profile, name)) for name in profile.__slots__]


@pytest_asyncio.fixture(scope="session")
async def day(sqlite_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Day]:
    """Give the day, played once."""
    places = await sqlite_ground.places(tmp_path_factory.mktemp("day"))
    async with open_town(places, SLACK_APP_ID="A0PEERSUP1") as town:
        await everybody_uses_everything(town)
        await town.at_rest()
        payloads = with_neighbours(recorded(town.sim.workspace))
        yield Day(town, payloads, list(town.sim.workspace.log))


@dataclass
class DoorsDay(Day):
    """Another town, after everybody has used once what somebody else opens."""

    doors: Doors = field(kw_only=True)


NOT_TOLD = (
    (ids.REFERRAL_NEVER, ids.REFERRAL_NO),
    (ids.REFERRAL_NEVER_FROM, ids.REFERRAL_NO),
    (ids.DROP_REFERRAL, ids.RELEASE_REFERRAL),
    (ids.SAID_YES, ids.SAID_NEVER_THEIRS),
    (ids.SAID_FINE, ids.SAID_NEVER_THEIRS),
    (ids.SAID_NEVER_SHARED, ids.SAID_NEVER_THEIRS),
    (ids.REFERRALS, ids.RECORD_NOTICE),
    (ids.REFERRALS_FILTER, ids.RELEASE_REFERRAL),
    (ids.OPEN_LISTED_REFERRAL, ids.RECORD_NOTICE),
)
"""Answers that stand beside the one that was given, and the list of referrals."""


@pytest_asyncio.fixture(scope="session")
async def doors_day(sqlite_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DoorsDay]:
    """Give the day of the other doors, played once."""
    places = await sqlite_ground.places(tmp_path_factory.mktemp("doors"))
    more: dict[str, Any] = {**doors_settings(places.folder)}
    async with open_town(places, SLACK_APP_ID="A0PEERSUP1", **more) as town:
        doors = await other_doors_used(town)
        await town.at_rest()
        payloads = alike(recorded(town.sim.workspace), NOT_TOLD)
        yield DoorsDay(town, payloads, list(town.sim.workspace.log), doors=doors)
