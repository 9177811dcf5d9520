"""The page: act as anyone in the simulated workspace, and see only what that person would see."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from aiohttp import web

from simulator.client import Client
from simulator.web.deeds import perform
from simulator.web.overlays import payload
from simulator.web.page import page, regions, title
from simulator.web.screen import APP_TABS, Screen, default_place
from simulator.workspace import Person, Workspace

STATIC = Path(__file__).parent / "static"
WAIT_SECONDS = 25.0
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Simulated(Protocol):
    """What the page needs of the simulator: the workspace and everybody's clients."""

    @property
    def workspace(self) -> Workspace:
        """All that the simulated Slack knows."""

    @property
    def client(self) -> Client:
        """What people can do in it."""


def add_routes(app: web.Application, sim: Simulated) -> None:
    """Serve the page, its refreshes and its deeds on this application."""
    routes = _Routes(sim)
    app.router.add_get("/", routes.page)
    app.router.add_get("/live", routes.live)
    app.router.add_get("/payload/{number}", routes.payload)
    app.router.add_get("/static/{name}", routes.static)
    app.router.add_post("/do/{verb}", routes.do)
    app.on_shutdown.append(routes.stop)


class _Routes:
    def __init__(self, sim: Simulated) -> None:
        self.sim = sim
        self.closing = asyncio.Event()
        self.run = secrets.token_hex(6)

    async def stop(self, _app: web.Application) -> None:
        """Let waiting pages go, so that the server can end at once."""
        self.closing.set()

    async def page(self, request: web.Request) -> web.Response:
        """Answer with the whole page of the person named in `as`, at the place named in `at`."""
        _check_host(request)
        workspace = self.sim.workspace
        screen = self._screen(request)
        if screen is None:
            person = _first(workspace)
            raise web.HTTPFound(f"?as={person.key}&at={default_place(workspace, person)}")
        self._see(screen)
        return web.Response(text=page(screen, workspace.version, self.run), content_type="text/html", headers=_HEADERS)

    async def live(self, request: web.Request) -> web.Response:
        """Wait until something changed since the version the page has, then answer with its regions."""
        _check_host(request)
        since = int(request.query.get("since", "-1") or "-1")
        if request.query.get("run", self.run) == self.run:
            await self._changed(since)
        screen = self._screen(request)
        if screen is None:
            raise web.HTTPNotFound
        if request.query.get("seen"):
            self._see(screen)
        version = self.sim.workspace.version
        answer: dict[str, Any] = {"run": self.run, "version": version, "title": title(screen), "regions": {}}
        if version != since:
            answer["regions"] = regions(screen)
        response = web.json_response(answer, headers=_HEADERS)
        if self.closing.is_set():
            response.force_close()
        return response

    async def payload(self, request: web.Request) -> web.Response:
        """Answer with one payload of the inspector."""
        _check_host(request)
        number = request.match_info["number"]
        entry = next((e for e in self.sim.workspace.log if str(e.number) == number), None)
        if entry is None:
            raise web.HTTPNotFound
        return web.Response(text=payload(entry), content_type="text/html", headers=_HEADERS)

    async def static(self, request: web.Request) -> web.StreamResponse:
        """Answer with one of the page's own files."""
        name = request.match_info["name"]
        if name not in {path.name for path in STATIC.iterdir()}:
            raise web.HTTPNotFound
        headers = {**_HEADERS, "Cache-Control": "no-cache"}
        return web.FileResponse(STATIC / name, headers=headers)

    async def do(self, request: web.Request) -> web.Response:
        """Carry out one deed of one person and say how Slack would answer."""
        _check_host(request)
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        body = await request.json()
        person = _find(self.sim.workspace, str(body.get("as", "")))
        if person is None:
            raise web.HTTPNotFound
        try:
            trouble = await perform(self.sim.client, person.id, request.match_info["verb"], body)
        except KeyError as missing:
            raise web.HTTPNotFound from missing
        return web.json_response({"ok": not trouble, "trouble": trouble}, headers=_HEADERS)

    async def _changed(self, since: int) -> None:
        waits = [
            asyncio.ensure_future(self.sim.workspace.wait_for_change(since, WAIT_SECONDS)),
            asyncio.ensure_future(self.closing.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _screen(self, request: web.Request) -> Screen | None:
        workspace = self.sim.workspace
        person = _find(workspace, request.query.get("as", ""))
        if person is None:
            return None
        at = request.query.get("at", "")
        if at not in APP_TABS and at not in workspace.channels:
            at = default_place(workspace, person)
        return Screen(workspace, person, at, inspecting=bool(request.query.get("inspect")))

    def _see(self, screen: Screen) -> None:
        if screen.channel is not None:
            screen.workspace.mark_read(screen.person.id, screen.channel.id)


def _find(workspace: Workspace, key_or_id: str) -> Person | None:
    try:
        person = workspace.person(key_or_id)
    except KeyError:
        return None
    return None if person.is_bot or person.deleted else person


def _first(workspace: Workspace) -> Person:
    return next(person for person in workspace.people.values() if not person.is_bot and not person.deleted)


def _check_host(request: web.Request) -> None:
    """Refuse a request that another site made a browser send, under its own name or from its own page."""
    host = urlsplit(f"//{request.host}").hostname or ""
    if host != "localhost":
        try:
            ipaddress.ip_address(host)
        except ValueError as wrong:
            raise web.HTTPForbidden from wrong
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden
