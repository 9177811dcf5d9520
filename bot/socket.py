"""Socket Mode: the same door over a connection that we open, so that no public address is needed.

The SDK's own client keeps trying a spent address after a failed connect and notices a dead connection late, hence this
one: every attempt asks for a new address, and a replacement is opened before the old connection's answers are all out.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs
from bot.decoding import Malformed, decode
from bot.door import Door
from bot.health import Health, Reason
from bot.identity import REFUSED
from bot.refusals import StartRefused
from bot.token_source import TokenSource
from bot.web_client import TOKEN_REFUSED

HEARTBEAT_SECONDS = 8.0
_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_MOST_AT_ONCE = 500
MOST_DENIALS = 3
"""So often is an app-level token tried that Slack says it does not take."""
TOKEN_SECONDS = 5.0


class Socket:
    """Keeps one connection to Slack and answers what comes over it."""

    def __init__(
        self, door: Door, health: Health, app_token: str, client: AsyncWebClient, source: TokenSource | None = None
    ) -> None:
        """`client` asks for the address of each connection; its own token is not used.

        `source` is where a new app-level token is looked for once Slack does not take the present one any more.
        """
        self._door = door
        self._health = health
        self._app_token = app_token
        self._client = client
        self._answering: set[asyncio.Task[None]] = set()
        self._connections: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._closing = False
        self._source = source
        self._denials = 0
        self._address = ""
        health.put(Reason.SOCKET, present=True)

    async def ask_first(self) -> None:
        """Ask for the first address before anything is served; raises StartRefused on a token that is none."""
        try:
            answer = await self._client.apps_connections_open(app_token=self._app_token)
        except SlackApiError as error:
            code = error.response.get("error")
            if code in REFUSED:
                raise StartRefused(
                    f"Slack does not accept SLACK_APP_TOKEN ({code}); copy the token again from Basic Information, "
                    "App-Level Tokens, of the app's page at api.slack.com/apps."
                ) from None
            logs.trouble("socket.refused", error)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            logs.trouble("socket.failed", error)
        else:
            self._address = str(answer["url"])

    async def keep(self) -> None:
        """Stay connected until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, connect=5)) as session:
            while not self._closing:
                await self._wait_for_token()
                over = asyncio.Event()
                connection = asyncio.create_task(self._connection(session, over))
                self._connections.add(connection)
                connection.add_done_callback(self._connections.discard)
                await over.wait()
                if self._failures:
                    self._health.put(Reason.SOCKET, present=True)
                    await asyncio.sleep(_RETRY_SECONDS[min(self._failures, len(_RETRY_SECONDS)) - 1])

    async def close(self, patience: float) -> None:
        """Take nothing more, and finish what is being answered, for so many seconds at most."""
        self._closing = True
        if self._answering:
            await asyncio.wait(self._answering, timeout=patience)
        for connection in list(self._connections):
            connection.cancel()
        if self._connections:
            await asyncio.wait(self._connections, timeout=1.0)

    async def _connection(self, session: aiohttp.ClientSession, over: asyncio.Event) -> None:
        """Serve one connection; sets `over` as soon as the next one should be opened."""
        try:
            # An address opens once: what the start asked for is taken by the first attempt only.
            address, self._address = self._address, ""
            if not address:
                answer = await self._client.apps_connections_open(app_token=self._app_token)
                address = str(answer["url"])
            self._denials = 0
            async with session.ws_connect(address, heartbeat=HEARTBEAT_SECONDS, proxy=self._client.proxy) as wire:
                await self._listen(wire, over)
                over.set()
                if self._answering:
                    await asyncio.wait(self._answering, timeout=3.0)
        except SlackApiError as error:
            self._denials += error.response.get("error") in TOKEN_REFUSED
            self._failed("socket.refused", error)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            self._failed("socket.failed", error)
        finally:
            over.set()

    async def _wait_for_token(self) -> None:
        """Ask no more with a token that was refused again and again, until there is another."""
        if self._denials < MOST_DENIALS:
            return
        logs.trouble("socket.token_refused")
        if self._source is None or not self._source.can_change:
            logs.trouble("slack.token_needs_restart")
        while True:
            token = self._source.read() if self._source else None
            if token and token != self._app_token:
                self._app_token, self._denials = token, 0
                return
            await asyncio.sleep(TOKEN_SECONDS)

    def _failed(self, event: str, error: Exception) -> None:
        self._failures += 1
        logs.trouble(event, error, count=self._failures)

    async def _listen(self, wire: aiohttp.ClientWebSocketResponse, over: asyncio.Event) -> None:
        greeted = False
        async for message in wire:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            envelope = _envelope(message.data)
            kind = envelope.get("type")
            if kind == "hello":
                greeted, self._failures = True, 0
                self._health.put(Reason.SOCKET, present=False)
            elif kind == "disconnect":
                # Slack goes on delivering over this one for a moment; the next one is opened meanwhile.
                self._failures = len(_RETRY_SECONDS) if envelope.get("reason") == "link_disabled" else 0
                over.set()
            elif isinstance(envelope.get("envelope_id"), str) and not self._closing:
                await self._take(wire, envelope)
        if not greeted or not over.is_set():
            self._failures += 1

    async def _take(self, wire: aiohttp.ClientWebSocketResponse, envelope: dict[str, Any]) -> None:
        while len(self._answering) >= _MOST_AT_ONCE:
            await asyncio.wait(self._answering, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._answer(wire, envelope))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, wire: aiohttp.ClientWebSocketResponse, envelope: dict[str, Any]) -> None:
        """Answer one envelope; Slack sends an unanswered one again, and the same deed changes nothing twice."""
        payload = envelope.get("payload")
        reply = await self._door.answer(payload if isinstance(payload, dict) else {})
        answer: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if reply.body:
            answer["payload"] = json.loads(reply.body)
        try:
            await wire.send_json(answer)
        except (aiohttp.ClientError, ConnectionError) as error:
            logs.trouble("socket.answer_lost", error)


def _envelope(data: str) -> dict[str, Any]:
    try:
        return decode(data.encode("utf-8", "surrogatepass"), "application/json")
    except Malformed:
        logs.note("request.malformed")
        return {}
