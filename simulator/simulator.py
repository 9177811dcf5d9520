"""Puts the simulator together: one workspace, its Web API, its people, and the app on the other end."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator import control, guide
from simulator.client import Client
from simulator.dispatch import Dispatcher
from simulator.faults import Faults
from simulator.loading import DEMO_WORKSPACE, load_manifest, load_workspace
from simulator.payloads import REMOVAL, removed, user_changed
from simulator.people import Actor
from simulator.rates import Rates
from simulator.respond import Responder
from simulator.saving import Saver
from simulator.socket_mode import Sockets
from simulator.web_api import BODY_BYTES, WebApi
from simulator.workspace import Clock, LogEntry

ACCOUNT = ("deleted", "is_restricted", "is_ultra_restricted", "is_admin")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Simulator:
    """A running workspace on loopback. Make it with `await Simulator.start(...)` and end it with `await stop()`."""

    def __init__(self, workspace: Path, manifest: dict[str, Any], request_url: str, clock: Clock) -> None:
        self.workspace = load_workspace(workspace, manifest, clock)
        self.faults = Faults()
        self.rates = Rates()
        self.sockets = Sockets(self.workspace)
        self.responder = Responder(self.workspace)
        self.dispatcher = Dispatcher(self.workspace, request_url, self.sockets)
        self.client = Client(self.workspace, self.dispatcher, self.responder)
        self.saver: Saver | None = None
        self.guides: Mapping[str, guide.Guide] = {}
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._actors: dict[str, Actor] = {}

    @classmethod
    async def start(
        cls,
        *,
        manifest: Path | dict[str, Any],
        workspace: Path = DEMO_WORKSPACE,
        request_url: str = "",
        port: int = 0,
        state: Path | None = None,
        credentials: dict[str, str] | None = None,
        rate_scale: float = 1.0,
        clock: Clock = time.time,
    ) -> Self:
        """Start on loopback (port 0: any free one); without a `request_url` the app connects by Socket Mode.

        `credentials` may give bot_token, app_token and signing_secret; `rate_scale` multiplies the rate limits and 0
        turns them off; `state` is a file in which messages and Homes survive a restart.
        """
        read = load_manifest(manifest) if isinstance(manifest, Path) else manifest
        simulator = cls(workspace, read, request_url, clock)
        simulator.rates.scale = rate_scale
        if state is not None:
            simulator.saver = Saver(simulator.workspace, state)
            simulator.saver.restore()
        for name, value in (credentials or {}).items():
            setattr(simulator.workspace.app, name, value)
        try:
            await simulator._serve(port)
        except OSError:
            await simulator.stop()
            raise
        return simulator

    async def stop(self) -> None:
        """Stop serving, hang up and save."""
        await self.dispatcher.close()
        await self.sockets.cut()
        if self._runner is not None:
            await self._runner.cleanup()
        if self.saver is not None:
            await self.saver.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # --- for the app ------------------------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """The Web API's address, to be given to the app instead of https://slack.com/api/."""
        return f"{self.url}/api/"

    @property
    def credentials(self) -> dict[str, str]:
        """What Slack's app pages would show: bot token, app token and signing secret."""
        app = self.workspace.app
        return {"bot_token": app.bot_token, "app_token": app.app_token, "signing_secret": app.signing_secret}

    @property
    def request_url(self) -> str:
        """Where payloads are sent over HTTP; empty for Socket Mode."""
        return self.dispatcher.request_url

    @request_url.setter
    def request_url(self, url: str) -> None:
        self.dispatcher.request_url = url

    async def connected(self, connections: int = 1, seconds: float = 10.0) -> None:
        """Wait until the app has this many Socket Mode connections; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while len(self.sockets.connections) < connections:
                await self.workspace.wait_for_change(self.workspace.version, 0.1)

    # --- for stories ------------------------------------------------------------------------------------------------

    def person(self, key: str) -> Actor:
        """Return somebody of the workspace, by handle or id, with verbs."""
        person_id = self.workspace.person(key).id
        if person_id not in self._actors:
            self._actors[person_id] = Actor(self.workspace, self.client, person_id)
        return self._actors[person_id]

    def changes_account(self, key: str, *, told: bool = True, **facts: bool) -> None:
        """Do what a workspace administrator does to an account, such as `deleted=True`; the app is told of it.

        With `told=False` the event is lost on the way, as Slack's documentation says may happen.
        """
        person = self.workspace.person(key)
        for name, value in facts.items():
            if name not in ACCOUNT:
                raise ValueError(f"no such fact of an account: {name}")
            setattr(person, name, value)
        if person.deleted:
            self.workspace.desk(person.id).modals.clear()
        self.workspace.touch()
        if told and "user_change" in self.workspace.app.events:
            self.dispatcher.send_event(user_changed(self.workspace, person), "user_change", person.id)

    def uninstalls_app(self, *told: str) -> None:
        """Remove the app, as an owner of the workspace does: its bot token is dead, its bot in no channel any more.

        `told` are the events that follow, in this order; without any, both that Slack sends.
        """
        app = self.workspace.app
        app.uninstalled = True
        app.dead_tokens.add(app.bot_token)
        for channel in self.workspace.channels.values():
            if channel.kind != "dm" and app.bot_user_id in channel.members:
                channel.members.remove(app.bot_user_id)
        for person in self.workspace.people:
            self.workspace.desk(person).modals.clear()
        self.workspace.touch()
        for name in told or REMOVAL:
            self.tells_of_removal(name)

    def tells_of_removal(self, name: str) -> None:
        """Send one of the events that follow a removal, now; Slack may repeat it, or send it late."""
        if name in self.workspace.app.events:
            self.dispatcher.send_event(removed(self.workspace, name), name)

    def installs_app(self, bot_token: str, bot_user: str, bot: str) -> None:
        """Install the app again, under another token and another bot user, which nobody has invited anywhere yet."""
        app, people = self.workspace.app, self.workspace.people
        people[bot_user] = replace(people[app.bot_user_id], key=bot_user.lower(), id=bot_user)
        app.bot_token, app.bot_user_id, app.bot_id, app.uninstalled = bot_token, bot_user, bot, False
        self.workspace.touch()

    def calls(self, method: str) -> list[LogEntry]:
        """Return the calls of one Web API method so far, oldest first."""
        return [entry for entry in self.workspace.log if entry.kind == "api" and entry.title == method]

    async def settled(self, quiet: float = 0.3, seconds: float = 30.0) -> None:
        """Wait until nothing is on its way and nothing has changed for a moment; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                before = self.workspace.version
                after = await self.workspace.wait_for_change(before, quiet)
                if after == before and self.dispatcher.idle:
                    return

    # --- serving ----------------------------------------------------------------------------------------------------

    async def _serve(self, port: int) -> None:
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[_loopback_only])
        WebApi(self.workspace, self.faults, self.rates, self.sockets.new_url).add_routes(app)
        self.responder.add_routes(app)
        self.sockets.add_routes(app)
        control.add_routes(app, self)
        guide.add_route(app, lambda: self.guides)
        # Loaded late: the page is built on everything above.
        importlib.import_module("simulator.web").add_routes(app, self)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.responder.base_url = self.sockets.base_url = self.url
        if self.saver is not None:
            self.saver.start()


@web.middleware
async def _loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    # A page elsewhere may point a name of its own at this machine; only names of this machine are served.
    if request.host.rpartition(":")[0] not in LOOPBACK and request.host not in LOOPBACK:
        return web.Response(status=403, text="only on this machine")
    return await handler(request)
