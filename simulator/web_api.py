"""The Web API over HTTP: reads form and JSON bodies, checks token, scope, arguments and rate, and suffers faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from simulator import calls_chat, calls_directory, calls_views
from simulator.calls import Call, Method, missing_scope
from simulator.errors import SlackError
from simulator.faults import Fault, Faults
from simulator.rates import Rates
from simulator.workspace import LogEntry, Workspace

EVERYWHERE = ("team_id",)  # the SDK sends it with every call, and Slack passes over it
BODY_BYTES = 4 * 1024 * 1024


class WebApi:
    """Answers `/api/{method}` as slack.com does."""

    def __init__(self, workspace: Workspace, faults: Faults, rates: Rates, socket_url: Callable[[], str]) -> None:
        self.workspace = workspace
        self.faults = faults
        self.rates = rates
        self.methods: dict[str, Method] = {
            **calls_chat.METHODS,
            **calls_views.METHODS,
            **calls_directory.METHODS,
            "apps.connections.open": Method(lambda _call: {"url": socket_url()}, "t3", token="app"),  # noqa: S106
        }

    def add_routes(self, app: web.Application) -> None:
        """Answer GET and POST on every method."""
        app.router.add_route("*", "/api/{method}", self.handle)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, or fail in the way a test asked for."""
        method = request.match_info["method"]
        args, is_json = await _read(request)
        token = _token(request, args)
        entry = self.workspace.record("from app", "api", method, _about(args), args)
        fault, place, now = self.faults.take(method), str(args.get("channel") or ""), self.workspace.clock()
        tier = self.methods[method].tier if method in self.methods else "special"
        self.rates.watch(method, tier, place, now)
        if fault is not None and fault.kind == "ratelimited":
            self.rates.ask(method, tier, place, fault.retry_after, now)
        if fault is not None and fault.kind not in ("dropped", "slow", "truncated"):
            return await _suffer(fault, request, entry)
        status, headers, body = self._answer(method, args, token, is_json=is_json)
        entry.response, entry.status = body, status
        self.workspace.touch()
        if fault is not None:
            return await _suffer_after(fault, request, entry, body)
        return web.json_response(body, status=status, headers=headers)

    def _answer(
        self, method: str, args: dict[str, Any], token: str, *, is_json: bool
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        spec = self.methods.get(method)
        if spec is None:
            return 200, {}, {"ok": False, "error": "unknown_method", "req_method": method}
        headers = {"X-Accepted-OAuth-Scopes": ",".join(spec.scopes)}
        if spec.token == "bot":  # noqa: S105 - a kind, not a secret
            headers["X-OAuth-Scopes"] = ",".join(sorted(self.workspace.app.scopes))
        try:
            self._authorise(spec, token)
            place = str(args.get("channel") or "")
            if wait := self.rates.wait(method, spec.tier, place, self.workspace.clock()):
                return 429, {"Retry-After": str(wait)}, {"ok": False, "error": "ratelimited"}
            given = args if spec.reads_json or not is_json else {}
            _check_arguments(spec, given)
            return 200, headers, {"ok": True, **spec.run(Call(self.workspace, method, given))}
        except SlackError as refusal:
            metadata = {"response_metadata": {"messages": refusal.messages}} if refusal.messages else {}
            return 200, headers, {"ok": False, "error": refusal.error, **metadata, **refusal.fields}

    def _authorise(self, spec: Method, token: str) -> None:
        app = self.workspace.app
        if spec.token == "none":  # noqa: S105 - a kind, not a secret
            return
        if not token:
            raise SlackError("not_authed")
        if token in app.dead_tokens:
            raise SlackError("account_inactive")
        if token not in (app.bot_token, app.app_token):
            raise SlackError("invalid_auth")
        if app.token_revoked:
            raise SlackError("token_revoked")
        if token != (app.app_token if spec.token == "app" else app.bot_token):  # noqa: S105
            raise SlackError("not_allowed_token_type")
        if spec.scopes and not set(spec.scopes) & app.scopes:
            raise missing_scope(self.workspace, *spec.scopes)


def _check_arguments(spec: Method, args: dict[str, Any]) -> None:
    absent = [name for name in spec.required if args.get(name) in (None, "")]
    if absent:
        raise SlackError("invalid_arguments", [f"[ERROR] missing required field: {n} [json-pointer:/]" for n in absent])
    unknown = [name for name in args if name not in (*spec.required, *spec.optional, *EVERYWHERE)]
    if unknown:
        raise SlackError("invalid_arguments", [f"[ERROR] unknown argument [json-pointer:/{n}]" for n in unknown])


async def _read(request: web.Request) -> tuple[dict[str, Any], bool]:
    args: dict[str, Any] = dict(request.query)
    if request.method == "POST" and request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            body = {}
        return {**args, **(body if isinstance(body, dict) else {})}, True
    if request.method == "POST":
        args.update({name: value for name, value in (await request.post()).items() if isinstance(value, str)})
    return args, False


def _token(request: web.Request, args: dict[str, Any]) -> str:
    given = str(args.pop("token", "") or "")
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else given


def _about(args: dict[str, Any]) -> str:
    return str(args.get("user_id") or args.get("user") or args.get("channel") or "")


async def _suffer(fault: Fault, request: web.Request, entry: LogEntry) -> web.StreamResponse:
    entry.status = f"fault: {fault.kind}"
    if fault.kind == "ratelimited":
        headers = {"Retry-After": str(fault.retry_after)}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    if fault.kind == "status":
        return web.Response(status=fault.status, text="Service unavailable")
    if fault.kind == "html":
        return web.Response(text="<html><body>Slack is having trouble</body></html>", content_type="text/html")
    if fault.kind == "empty":
        return web.Response(text="", content_type="application/json")
    if fault.kind == "error":
        return web.json_response({"ok": False, "error": fault.error})
    if fault.kind == "timeout":
        await asyncio.sleep(fault.seconds)
    return _cut(request)


async def _suffer_after(fault: Fault, request: web.Request, entry: LogEntry, body: Any) -> web.StreamResponse:
    entry.status = f"fault: {fault.kind}"
    if fault.kind == "truncated":
        whole = json.dumps(body)
        return web.Response(text=whole[: len(whole) // 2], content_type="application/json")
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        return web.json_response(body)
    return _cut(request)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
