"""A tiny app behind the simulator: it answers what Slack sends as a test has told it to, and calls the Web API back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from simulator.simulator import Simulator
from simulator.workspace import Workspace
from tests.simulator_web import screens

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Peer support"},
    "features": {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "bot_user": {"display_name": "Peer support"},
        "slash_commands": [{"command": "/peersupport", "description": "Open peer support", "usage_hint": "[help]"}],
        "shortcuts": [
            {"name": "Peer support", "type": "global", "callback_id": "open", "description": "Open the private menu"}
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "im:write", "users:read"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
}


@dataclass
class FakeApp:
    """The app: what it heard, and what it answers; with `slow` it does nothing for so many seconds."""

    workspace: Workspace
    base: str = ""
    heard: list[tuple[str, Json]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    slow: float = 0.0
    on: dict[str, Callable[[Json], Awaitable[None]]] = field(default_factory=dict)

    async def handle(self, request: web.Request) -> web.Response:
        kind, payload = await _read(request)
        name = _name(kind, payload)
        self.heard.append((name, payload))
        if self.slow:
            await asyncio.sleep(self.slow)
            return web.Response()
        if name in self.on:
            await self.on[name](payload)
        return web.json_response(self.answers[name]) if name in self.answers else web.Response()

    async def call(self, method: str, **args: Any) -> Json:
        """Call the Web API and return its answer."""
        headers = {"Authorization": f"Bearer {self.workspace.app.bot_token}"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.base}/api/{method}", json=args, headers=headers) as response,
        ):
            answer: Json = await response.json()
        assert answer["ok"], answer
        return answer

    def opens(self, name: str, view: Json) -> None:
        """Answer this command, shortcut or action by opening a modal."""

        async def open_it(payload: Json) -> None:
            await self.call("views.open", trigger_id=payload["trigger_id"], view=view)

        self.on[name] = open_it

    def pushes(self, name: str, view: Json) -> None:
        """Answer this action by pushing a modal on the open one."""

        async def push_it(payload: Json) -> None:
            await self.call("views.push", trigger_id=payload["trigger_id"], view=view)

        self.on[name] = push_it

    def names(self) -> list[str]:
        """Return what was heard, in order."""
        return [name for name, _ in self.heard]

    def last(self, name: str) -> Json:
        """Return the last payload heard under this name."""
        return next(payload for heard, payload in reversed(self.heard) if heard == name)


@dataclass
class Simulation:
    """A running simulator with its page, and the app it talks to."""

    simulator: Simulator
    app: FakeApp

    @property
    def workspace(self) -> Workspace:
        return self.simulator.workspace

    def at(self, person: str, place: str = "C0GENERAL1") -> str:
        """Return the address of one person's page."""
        return f"{self.simulator.url}/?as={person}&at={place}"

    async def post(self, channel: str, text: str, blocks: list[Json] | None = None) -> str:
        """Let the app post a message and return its timestamp."""
        answer = await self.app.call("chat.postMessage", channel=channel, text=text, blocks=blocks or [])
        return str(answer["ts"])


@asynccontextmanager
async def running() -> AsyncIterator[Simulation]:
    """Start the simulator and the fake app, each on a free loopback port."""
    simulator = await Simulator.start(manifest=MANIFEST, rate_scale=0)
    fake = FakeApp(simulator.workspace, simulator.url)
    application = web.Application()
    application.router.add_post("/", fake.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    simulator.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield Simulation(simulator, fake)
    finally:
        await simulator.stop()
        await runner.cleanup()


async def _read(request: web.Request) -> tuple[str, Json]:
    if request.content_type == "application/json":
        event: Json = await request.json()
        return "event", event
    body = await request.post()
    if "payload" in body:
        interaction: Json = json.loads(str(body["payload"]))
        return "interaction", interaction
    return "command", {key: str(value) for key, value in body.items()}


def _name(kind: str, payload: Json) -> str:
    if kind == "command":
        return str(payload["command"])
    if kind == "event":
        return str(payload["event"]["type"])
    if payload["type"] == "block_actions":
        return str(payload["actions"][0]["action_id"])
    if payload["type"] == "shortcut":
        return str(payload["callback_id"])
    return f"{payload['type']} {payload['view']['callback_id']}"


def with_menu(fake: FakeApp) -> None:
    """Let the fake app answer the command as the real one does: a menu, from it a form, a pushed view, a Home."""
    people = fake.workspace.people

    async def menu(payload: Json) -> None:
        person = people[payload.get("user_id") or payload["user"]["id"]]
        await fake.call("views.open", trigger_id=payload["trigger_id"], view=screens.menu(person.locale))

    async def publish(payload: Json) -> None:
        if payload["event"]["tab"] == "home":
            await fake.call("views.publish", user_id=payload["event"]["user"], view=screens.home())

    fake.on["/peersupport"] = fake.on["open"] = menu
    fake.on["app_home_opened"] = publish
    fake.pushes("ask", screens.form())
    fake.pushes("who", screens.pushed())
