"""What people would build instead, each a process of its own: `python -m bench.floors raw|bolt PORT API_URL`."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import sys
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bench.payloads import SIGNING_SECRET, TOKEN

PATH = "/slack/events"


def raw() -> web.Application:
    """Make the lowest floor: aiohttp, the signature checked, an empty 200."""
    secret = SIGNING_SECRET.encode()

    async def answer(request: web.Request) -> web.Response:
        body = await request.read()
        stamp = request.headers["X-Slack-Request-Timestamp"]
        digest = hmac.new(secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        fits = hmac.compare_digest(f"v0={digest}", request.headers["X-Slack-Signature"])
        return web.Response(status=200 if fits else 401)

    application = web.Application()
    application.router.add_post(PATH, answer)
    return application


def bolt(api_url: str) -> web.Application:
    """Make the floor that counts: Bolt as its documentation shows it, listeners that only acknowledge."""
    app = AsyncApp(signing_secret=SIGNING_SECRET, client=AsyncWebClient(token=TOKEN, base_url=api_url))

    async def acknowledge(ack: Callable[[], Awaitable[object]]) -> None:
        await ack()

    async def opened() -> None:
        """Take note of nothing; Bolt acknowledges events itself."""

    app.command("/peersupport")(acknowledge)
    app.view("request_form")(acknowledge)
    app.action("accept")(acknowledge)
    app.event("app_home_opened")(opened)

    async def answer(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    application = web.Application()
    application.router.add_post(PATH, answer)
    return application


async def serve(application: web.Application, port: int) -> None:
    """Serve until the process is ended."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main(kind: str, port: str, api_url: str) -> None:
    """Run one floor."""
    logging.getLogger("slack_bolt").setLevel(logging.WARNING)
    asyncio.run(serve(raw() if kind == "raw" else bolt(api_url), int(port)))


if __name__ == "__main__":
    main(*sys.argv[1:])
