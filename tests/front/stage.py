"""A stage without Slack: the real dispatcher and texts, a store in memory, and people who press what they are shown."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from slack_sdk.web.async_client import AsyncWebClient

from bot.programmes import load_resources
from bot.zones import use_packaged_zones
from handlers import ids, table
from handlers.directory import Directory
from handlers.hear import Front
from handlers.i18n import Texts
from handlers.middleware import Dispatcher
from handlers.screens import Screens
from peersupport.ports import StoreUnavailable, Undone, UnitOfWork
from peersupport.programme import Programme
from peersupport.resources import Resource
from simulator.block_kit import check_view, elements_of
from tests.front.screen import TEAM, Client, Modal, every_element, words
from tests.rules.world import World

PROGRAMMES = Path(__file__).parents[2] / "programmes"


@cache
def texts() -> Texts:
    return Texts.load()


@cache
def library() -> dict[str, Resource]:
    return dict(load_resources(PROGRAMMES / "resources.yml"))


class Handles:
    """Opaque tokens, kept in a table."""

    def __init__(self) -> None:
        self.made: dict[str, tuple[str, UUID, str, datetime]] = {}

    def make(self, purpose: str, record: UUID, viewer: str, expires_at: datetime) -> str:
        token = f"handle-{len(self.made)}-{'x' * 80}"
        self.made[token] = (purpose, record, viewer, expires_at)
        return token

    def open(self, token: str, purpose: str, viewer: str, now: datetime) -> UUID | None:
        found = self.made.get(token)
        known = found is not None and (found[0], found[2]) == (purpose, viewer) and found[3] > now
        return found[1] if found and known else None


class Store:
    """The store in memory; `down` closes it, `opened` counts its transactions, `undoes` of those that write fail."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.down = False
        self.opened = 0
        self.undoes = 0

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        if self.down:
            raise StoreUnavailable("closed for the test")
        self.opened += 1
        return self._undoing() if self.undoes else self._world.memory()

    @asynccontextmanager
    async def _undoing(self) -> AsyncIterator[UnitOfWork]:
        """Undo what was written at its commit, as PostgreSQL does for one of two that wait for each other."""
        before = self._world.memory.tables
        async with self._world.memory() as unit:
            yield unit
        if unit.has_changes and self.undoes:
            self.undoes -= 1
            self._world.memory.tables = before
            raise Undone("undone for the test")


class Person:
    """Somebody in front of Slack."""

    def __init__(self, stage: Stage, user: str) -> None:
        self.stage = stage
        self.user = user
        self.modals: list[Modal] = []
        self.home: dict[str, Any] = {}
        self.errors: dict[str, str] = {}

    @property
    def top(self) -> Modal:
        """The modal on top."""
        return self.modals[-1]

    @property
    def sees(self) -> str:
        """Everything that can be read in the modal on top."""
        return words(self.top.view)

    async def types(self, text: str = "") -> None:
        body = {"command": ids.COMMAND, "text": text, "response_url": "https://hooks.slack.example/1"}
        await self._send(body | {"user_id": self.user, "team_id": TEAM, "trigger_id": self.stage.trigger(self)})

    async def shortcut(self) -> None:
        await self._send(self._body("shortcut") | {"callback_id": ids.SHORTCUT})

    async def opens_home(self, tab: str = "home") -> None:
        event = {"type": "app_home_opened", "user": self.user, "tab": tab}
        event_id = f"Ev{next(self.stage.numbers)}"
        await self._send({"type": "event_callback", "team_id": TEAM, "event_id": event_id, "event": event})

    async def presses(self, action_id: str, *, value: str | None = None, on_home: bool = False) -> None:
        """Press the first button with this id where the person looks."""
        view = self.home if on_home else self.top.view
        button = next(each for each in every_element(view) if each.get("action_id") == action_id)
        pressed = {"type": "button", "action_id": action_id, "value": value or button.get("value")}
        await self._act({name: held for name, held in pressed.items() if held is not None}, on_home=on_home)

    async def chooses(self, block_id: str, *values: str, on_home: bool = False) -> None:
        """Choose in an input or a select; where it is live, the app hears of it."""
        view = self.home if on_home else self.top.view
        block = next(each for each in view["blocks"] if each["block_id"] == block_id)
        element = next(each for each in elements_of(block) if "options" in each or each["type"] == "multi_users_select")
        options = [option for option in element.get("options", []) if option["value"] in values]
        assert element["type"] == "multi_users_select" or len(options) == len(values)
        held: dict[str, Any] = {"type": element["type"], "selected_option": options[0] if options else None}
        if element["type"] in ("checkboxes", "multi_static_select"):
            held = {"type": element["type"], "selected_options": options}
        if element["type"] == "multi_users_select":
            held = {"type": element["type"], "selected_users": list(values)}
        if not on_home:
            self.top.state[block_id] = {element["action_id"]: held}
        if block["type"] != "input" or block.get("dispatch_action"):
            await self._act(held | {"action_id": element["action_id"]}, on_home=on_home)

    def fills(self, block_id: str, text: str) -> None:
        block = next(each for each in self.top.view["blocks"] if each["block_id"] == block_id)
        self.top.state[block_id] = {block["element"]["action_id"]: {"type": "plain_text_input", "value": text}}

    async def submits(self) -> None:
        """Press the modal's own button, and let Slack do what the answer says."""
        self.errors = {}
        modal = self.top
        answer = await self._send(self._body("view_submission") | {"view": self._view(modal)})
        match answer:
            case {"response_action": "errors", "errors": errors}:
                shown = {block["block_id"] for block in modal.view["blocks"] if block["type"] == "input"}
                assert set(errors) <= shown
                self.errors = errors
            case {"response_action": "update", "view": view}:
                assert check_view(view, "modal") == []
                modal.become(view)
            case {"response_action": "push", "view": view}:
                assert check_view(view, "modal") == []
                assert len(self.modals) < 3
                self.modals.append(Modal(self.stage.view_id(), view))
            case None:
                self.modals.remove(modal)
            case _:
                raise AssertionError(answer)

    async def again(self, modal: Modal) -> dict[str, Any] | None:
        """Send the submission of a modal once more, as a repeat would arrive."""
        return await self._send(self._body("view_submission") | {"view": self._view(modal)})

    def _view(self, modal: Modal) -> dict[str, Any]:
        place = self.modals.index(modal) if modal in self.modals else 0
        previous = self.modals[place - 1].id if place else None
        return modal.view | {"id": modal.id, "state": {"values": modal.state}, "previous_view_id": previous}

    async def _act(self, action: dict[str, Any], *, on_home: bool) -> None:
        view = self.home | {"id": "VHOME"} if on_home else self._view(self.top)
        await self._send(self._body("block_actions") | {"view": view, "actions": [action]})

    def _body(self, kind: str) -> dict[str, Any]:
        user = {"id": self.user, "team_id": TEAM}
        return {"type": kind, "user": user, "team": {"id": TEAM}, "trigger_id": self.stage.trigger(self)}

    async def _send(self, body: dict[str, Any]) -> dict[str, Any] | None:
        answer = await self.stage.dispatcher.answer(body)
        await self.stage.settle()
        return answer


class Stage:
    """The front, put together around the fakes."""

    def __init__(self, world: World | None = None, programmes: dict[str, Programme] | None = None) -> None:
        use_packaged_zones()
        self.world = world or World()
        self.client = Client(self)
        self.store = Store(self.world)
        self.handles = Handles()
        self.numbers = itertools.count(1)
        self.triggers: dict[str, Person] = {}
        self.people: dict[str, Person] = {}
        self.notes: list[str] = []
        self.answers: list[dict[str, Any]] = []
        self._tasks: list[asyncio.Task[None]] = []
        client = cast("AsyncWebClient", self.client)
        self.front = Front(
            work=self.store,
            handles=self.handles,
            client=client,
            programmes=programmes or {self.world.programme.id: self.world.programme},
            resources=library(),
            texts=texts(),
            clock=self,
            ids=self.world.ids,
            directory=Directory(client, self, TEAM),
            screens=Screens(client, self.notes.append),
            team=TEAM,
            default_language="en",
            note=self._note,
            spawn=self._spawn,
            answer_url=self._answer_url,
        )
        self.dispatcher = Dispatcher(self.front, table.table(), table.public(), table.doors())

    def now(self) -> datetime:
        """Return the world's own time: the stage is its clock."""
        return self.world.now

    def person(self, user: str, **profile: Any) -> Person:
        """Return somebody by their id; `profile` is what Slack says of them."""
        if profile:
            self.client.members[user] = {"id": user, "team_id": TEAM, "profile": {"real_name": user}, **profile}
        return self.people.setdefault(user, Person(self, user))

    def trigger(self, person: Person) -> str:
        trigger = f"trigger-{next(self.numbers)}"
        self.triggers[trigger] = person
        return trigger

    def view_id(self) -> str:
        return f"V{next(self.numbers):04}"

    async def settle(self) -> None:
        """Wait for what was started on the side."""
        while self._tasks:
            await self._tasks.pop(0)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.append(task)
        return task

    def _note(self, event: str, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, StoreUnavailable):
            raise AssertionError(event) from error
        self.notes.append(event)

    async def _answer_url(self, _: str, body: dict[str, Any]) -> None:
        self.answers.append(body)
