"""T52: what the database undid for another's sake is done again from its start, unless something was done already."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import ids, middleware
from handlers.hear import Hear, Kind, Listeners
from handlers.table import public, table
from peersupport import own
from tests.front.stage import Person, Stage
from tests.rules.world import ROBIN

pytestmark = [pytest.mark.threat("T52"), pytest.mark.req("G29")]

RUNS = 1 + len(middleware.AGAIN_SECONDS)
DOWN = "Nothing was sent and nothing was changed."


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def robin(stage: Stage) -> Person:
    return stage.person("U0ROBIN", profile={"real_name": "Robin Roy"}, tz="America/Vancouver")


class Listener:
    """Withdraws a request; does something else first, and its own change is undone so many times."""

    def __init__(self, stage: Stage, first: str, undone: int) -> None:
        self.runs = 0
        self._stage, self._first, self._undone = stage, first, undone
        listeners: Listeners = {**table(), (Kind.ACTION, ids.WITHDRAW): self}
        stage.dispatcher = middleware.Dispatcher(stage.front, listeners, public())

    async def __call__(self, hear: Hear) -> Any:
        self.runs += 1
        request = hear.record(ids.OWN)
        assert request is not None
        await self._do_first(hear)
        if self.runs == 1:
            self._stage.store.undoes = self._undone
        async with hear.front.work() as work:
            await own.withdraw(work, self._stage.world.programme, hear.who, request, now=hear.now)

    async def _do_first(self, hear: Hear) -> None:
        if self._first == "look":
            async with hear.front.work() as work:
                assert await work.requests.of(hear.who)
        elif self._first == "save":
            async with hear.front.work() as work:
                await work.preferences.choose_language(hear.who, "en")
        elif self._first == "spawn":
            hear.front.spawn(_nothing())
        elif self._first == "answer":
            await hear.front.answer_url("https://hooks.slack.example/2", {})
        elif self._first == "show":
            await hear.front.screens.home(hear.who.user, self._stage.person(hear.who.user).home)


async def _nothing() -> None:
    pass


@pytest.mark.parametrize("first", ["", "look"])
@pytest.mark.parametrize("undone", range(RUNS))
async def test_it_runs_again_and_everything_is_done_once(stage: Stage, robin: Person, first: str, undone: int) -> None:
    request = await stage.world.opens()
    await robin.opens_home()
    listener = Listener(stage, first, undone)
    before = len(stage.world.memory.deeds(request.id))
    await robin.presses(ids.WITHDRAW, on_home=True)
    assert listener.runs == undone + 1
    assert stage.world.request(request.id).outcome is not None
    assert len(stage.world.memory.deeds(request.id)) == before + 1
    assert robin.modals == []


async def test_after_so_many_times_it_is_said(stage: Stage, robin: Person) -> None:
    request = await stage.world.opens()
    await robin.opens_home()
    listener = Listener(stage, "", RUNS)
    await robin.presses(ids.WITHDRAW, on_home=True)
    assert listener.runs == RUNS
    assert stage.world.request(request.id).outcome is None
    assert DOWN in robin.sees


@pytest.mark.parametrize("first", ["save", "spawn", "answer", "show"])
async def test_what_was_done_is_not_done_again(stage: Stage, robin: Person, first: str) -> None:
    request = await stage.world.opens()
    await robin.opens_home()
    listener = Listener(stage, first, 1)
    await robin.presses(ids.WITHDRAW, on_home=True)
    assert listener.runs == 1
    assert stage.world.request(request.id).outcome is None
    assert DOWN in robin.sees


async def test_a_form_is_sent_once_whatever_was_undone(stage: Stage, robin: Person) -> None:
    await robin.types()
    await robin.presses(ids.ASK)
    await robin.chooses(ids.IN_ROLE, "physician")
    await robin.chooses(ids.IN_MODALITIES, "phone")
    robin.fills(ids.IN_REACH, "604-555-0142")
    stage.store.undoes = RUNS
    await robin.submits()
    assert "was not sent" in " ".join(robin.errors.values())
    stage.store.undoes = RUNS - 1
    await robin.submits()
    assert robin.errors == {}
    async with stage.world.memory() as work:
        assert len(await work.requests.of(ROBIN, open_only=False)) == 1
