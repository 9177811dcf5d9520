"""A small control endpoint, for tests and demonstrations that run the simulator as a process of its own."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from simulator.simulator import Simulator

VERBS = frozenset(
    {
        "types", "uses_shortcut", "opens_home", "opens_messages", "reads", "presses", "fills", "chooses", "clears",
        "submits", "closes", "sees", "sees_no_more", "sees_no_modal",
    }
)  # fmt: skip


def add_routes(app: web.Application, simulator: Simulator) -> None:
    """Mount the control endpoint under /control/."""
    desk = Control(simulator)
    app.router.add_get("/control/app", desk.app)
    app.router.add_get("/control/log", desk.log)
    app.router.add_post("/control/faults", desk.add_fault)
    app.router.add_delete("/control/faults", desk.clear_faults)
    app.router.add_post("/control/settings", desk.settings)
    app.router.add_post("/control/disconnect", desk.disconnect)
    app.router.add_get("/control/people/{key}", desk.screen)
    app.router.add_post("/control/people/{key}/account", desk.account)
    app.router.add_post("/control/people/{key}/{verb}", desk.verb)


class Control:
    """Answers control requests about one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    async def app(self, _request: web.Request) -> web.Response:
        """Return the app's ids and how many Socket Mode connections it has."""
        app = self.simulator.workspace.app
        return web.json_response(
            {"app_id": app.app_id, "name": app.name, "connections": len(self.simulator.sockets.connections)}
        )

    async def log(self, request: web.Request) -> web.Response:
        """Return the calls in both directions after number `since`."""
        since = int(request.query.get("since", "0"))
        rows = [asdict(entry) for entry in self.simulator.workspace.log if entry.number > since]
        return web.json_response(rows)

    async def add_fault(self, request: web.Request) -> web.Response:
        """Make the next calls of a method fail; the body is a `Fault`."""
        body = await _json(request)
        try:
            fault = self.simulator.faults.add(**body)
        except (TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response(asdict(fault))

    async def clear_faults(self, _request: web.Request) -> web.Response:
        """Let everything work again."""
        self.simulator.faults.clear()
        return web.json_response({"ok": True})

    async def settings(self, request: web.Request) -> web.Response:
        """Set the deadline in seconds, the retry delays of events, the request address or the rate scale."""
        body = await _json(request)
        simulator = self.simulator
        simulator.dispatcher.deadline = float(body.get("deadline", simulator.dispatcher.deadline))
        simulator.dispatcher.retry_delays = list(body.get("retry_delays", simulator.dispatcher.retry_delays))
        simulator.request_url = str(body.get("request_url", simulator.request_url))
        simulator.rates.scale = float(body.get("rate_scale", simulator.rates.scale))
        return web.json_response({"ok": True})

    async def disconnect(self, request: web.Request) -> web.Response:
        """Tell every Socket Mode connection to go, for the given reason."""
        body = await _json(request)
        await self.simulator.sockets.disconnect(body.get("reason", "refresh_requested"))
        return web.json_response({"ok": True})

    async def screen(self, request: web.Request) -> web.Response:
        """Return one person's screen as plain text."""
        return web.Response(text=self._actor(request).screen(request.query.get("where", "")))

    async def account(self, request: web.Request) -> web.Response:
        """Change somebody's account; the body holds the facts, and `told` false to lose the event."""
        body = await _json(request)
        try:
            self.simulator.changes_account(request.match_info["key"], **body)
        except KeyError as error:
            raise web.HTTPNotFound(text=str(error)) from None
        except (TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response({"ok": True})

    async def verb(self, request: web.Request) -> web.Response:
        """Let one person do something; the body holds `args` and `kwargs` of the verb. 409 when it is not possible."""
        verb, body = request.match_info["verb"], await _json(request)
        if verb not in VERBS:
            raise web.HTTPNotFound(text=f"no such verb: {verb}")
        actor = self._actor(request)
        try:
            await getattr(actor, verb)(*body.get("args", []), **body.get("kwargs", {}))
        except AssertionError as failure:
            raise web.HTTPConflict(text=str(failure)) from None
        except (TypeError, LookupError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.Response(text=actor.screen())

    def _actor(self, request: web.Request) -> Any:
        try:
            return self.simulator.person(request.match_info["key"])
        except KeyError as error:
            raise web.HTTPNotFound(text=str(error)) from None


async def _json(request: web.Request) -> dict[str, Any]:
    # Only this content type: another site's page cannot send it here without being asked first.
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send application/json")
    try:
        body = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="not JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="not an object")
    return body
