"""A bot token that Slack no longer takes: nothing more is asked with it, and a new one is taken up by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
from slack_sdk.errors import SlackApiError

from bot import identity, logs
from bot.door import Identity
from bot.health import Health, Reason
from bot.refusals import StartRefused
from bot.settings import Settings
from bot.slack import make_client
from bot.token_source import TokenSource
from bot.web_client import Client

LOOK_SECONDS = 5.0
"""How often a new token is looked for; Slack is asked about each one once."""
_UNREACHABLE = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


class TokenWatch:
    """Waits for a token that works, and gives it to the client of the whole process."""

    def __init__(
        self,
        client: Client,
        session: aiohttp.ClientSession,
        settings: Settings,
        source: TokenSource,
        health: Health,
        *,
        close: Callable[[], None],
    ) -> None:
        """`close` shuts the door to Slack's payloads: who somebody is cannot be asked."""
        self._client = client
        self._session = session
        self._settings = settings
        self._source = source
        self._health = health
        self._close = close
        self._spent: set[str] = set()
        self.over = asyncio.Event()
        """Set as soon as Slack refuses the token."""
        client.tell_when_refused(self.over.set)

    async def new_token(self, known: Identity) -> Identity:
        """Shut the door, wait for a token of the same workspace, and return whose it is."""
        self._health.put(Reason.REFUSED, present=True)
        self._close()
        self._spent.add(self._client.token or "")
        logs.trouble("slack.token_refused", code=self._client.refused)
        if not self._source.can_change:
            # It came from the environment of the process, which nobody can change from outside.
            logs.trouble("slack.token_needs_restart")
        while True:
            token = self._source.read()
            found = await self._try(token, known) if token and token not in self._spent else None
            if found is not None and token:
                self._client.take_token(token)
                self.over.clear()
                self._health.put(Reason.REFUSED, present=False)
                logs.note("slack.token_taken")
                return found
            await asyncio.sleep(LOOK_SECONDS)

    async def _try(self, token: str, known: Identity) -> Identity | None:
        """Ask Slack once whose token this is; None where it does not work, or belongs to another workspace."""
        client = make_client(token, self._settings.slack_api_url, self._session)
        try:
            found = await identity.ask(client, self._settings)
        except StartRefused:
            self._spent.add(token)
            logs.trouble("slack.token_refused")
            return None
        except _UNREACHABLE as error:
            logs.trouble("slack.unreachable", error)
            return None
        if found.team != known.team:
            self._spent.add(token)
            logs.trouble("slack.token_of_another_workspace")
            return None
        return found
