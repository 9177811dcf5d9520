"""When many people come at once: who waits for an answer comes first, and nothing piles up."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from bot import installation, store_watch
from bot.calm import Calm
from bot.health import Health
from handlers import ids
from handlers.turns import Line, Places
from store.errors import StoreBusy, StoreUnavailable
from tests.front.screen import TEAM
from tests.front.stage import Stage


async def test_it_is_calm_while_nobody_waits() -> None:
    calm = Calm()
    assert await calm.wait(5.0)
    with calm.waited_for():
        assert not await calm.wait(0.0)
    assert await calm.wait(5.0)


async def test_places_are_taken_once_each() -> None:
    places = Places(2)
    assert [places.take(), places.take(), places.take()] == [True, True, False]
    places.give_back()
    assert places.take()


async def test_places_are_not_taken_faster_than_they_come_back_for_long() -> None:
    now = [100.0]
    places = Places(2, burst=3, a_second=2.0, seconds=lambda: now[0])

    def takes() -> bool:
        taken = places.take()
        if taken:
            places.give_back()
        return taken

    assert [takes() for _ in range(4)] == [True, True, True, False]
    now[0] += 0.4
    assert not takes()
    now[0] += 0.2
    assert [takes(), takes()] == [True, False]
    now[0] += 3600
    assert [takes() for _ in range(4)] == [True, True, True, False], "an idle hour is worth one burst, not more"
    now[0] += 0.5
    assert takes()


async def test_everybody_stands_in_line_at_most_once_and_two_are_served_at_once() -> None:
    line, served = Line(2), list[str]()
    inside, most = set[str](), 0

    async def serve(who: str) -> None:
        nonlocal most
        async with line.turn(who):
            served.append(who)
            inside.add(who)
            most = max(most, len(inside))
            await asyncio.sleep(0)
            inside.discard(who)

    people = [f"U{number}" for number in range(6)]
    assert all(line.join(who) for who in people)
    assert not any(line.join(who) for who in people)
    await asyncio.gather(*map(serve, people))
    assert (served, most) == (people, 2)
    assert all(line.join(who) for who in people), "who was served may come again"


async def test_a_menu_that_would_come_too_late_is_answered_in_words() -> None:
    stage = Stage()
    robin = stage.person("U0ROBIN")
    taken = 0
    while stage.front.openings.take():
        taken += 1
    body = {"command": ids.COMMAND, "text": "", "user_id": robin.user, "team_id": TEAM, "trigger_id": "1.2.x"}
    answer = await stage.dispatcher.answer(body)
    assert answer is not None
    assert answer["response_type"] == "ephemeral"
    assert "9-8-8" in answer["text"]
    assert stage.client.calls == []
    stage.front.openings.give_back()
    await robin.types()
    await robin.types()
    assert stage.client.calls.count("views.open") == 2, "the only place was given back each time"
    assert taken > 4


async def test_a_home_opened_twice_in_a_moment_is_published_once() -> None:
    stage = Stage()
    robin = stage.person("U0ROBIN")
    event = {"type": "app_home_opened", "user": robin.user, "tab": "home"}
    body = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
    await stage.dispatcher.answer(body)
    await stage.dispatcher.answer({**body, "event_id": "Ev2"})
    await stage.settle()
    assert stage.client.calls.count("views.publish") == 1
    await robin.opens_home()
    assert stage.client.calls.count("views.publish") == 2


class Store:
    """Answers each look with what comes next."""

    def __init__(self, *looks: Exception | None) -> None:
        self.looks = list(looks)
        self.seen: list[bool] = []
        self.health = Health()
        self.done = asyncio.Event()

    async def ready(self) -> None:
        self.seen.append(self.health.can_keep)
        if not self.looks:
            self.done.set()
            await asyncio.Event().wait()
        look = self.looks.pop(0)
        if look is not None:
            raise look


@pytest.mark.parametrize(
    ("looks", "kept"),
    [
        ((StoreBusy("busy"), StoreBusy("busy"), None, StoreBusy("busy")), [True] * 5),
        ((StoreBusy("busy"),) * 3, [True, True, True, False]),
        ((StoreUnavailable("away"), None), [True, True, True]),
        ((StoreUnavailable("away"),) * 2 + (None,), [True, True, False, True]),
    ],
)
async def test_a_rush_is_no_outage_at_once(
    looks: tuple[Exception | None, ...], kept: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_watch, "LOOK_SECONDS", 0.0)
    store = Store(*looks)
    places = cast("installation.Places", SimpleNamespace(store=store))
    looking = asyncio.create_task(store_watch.StoreWatch(places, store.health).keep_looking())
    await asyncio.wait_for(store.done.wait(), 10)
    looking.cancel()
    assert store.seen == kept
