"""Sends views to Slack at once, within a bound, and never raises: a view that cannot open is answered another way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

PATIENCE = 1.8
_NO_ROOM = frozenset({"push_limit_reached", "expired_trigger_id", "exchanged_trigger_id", "ratelimited"})
"""Refusals of one view more, after which the one that stands there can still be replaced."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A view as Slack took it: its id, and the mark that changes with every update."""

    id: str
    hash: str


class Screens:
    """The four `views.*` methods, with one bound and one way to fail."""

    def __init__(
        self,
        client: AsyncWebClient,
        note: Callable[[str], None],
        tell: Callable[[], None] = lambda: None,
        opened: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`note` writes one event name to the log, nothing else of a view ever goes there; `tell` hears of each try.

        `opened` stands around each Home that is published, to count it.
        """
        self._client = client
        self._note = note
        self._tell = tell
        self._opened = opened

    def telling(self, tell: Callable[[], None]) -> Screens:
        """Return the same methods for somebody who wants to know that one was used."""
        return Screens(self._client, self._note, tell, self._opened)

    async def open(self, trigger: str | None, view: dict[str, Any]) -> Shown | None:
        """Open a modal; None where Slack refused or did not answer in time."""
        return await self._send("open", self._client.views_open, trigger_id=trigger or "", view=view)

    async def push(self, trigger: str | None, view: dict[str, Any], *, full: str | None = None) -> Shown | None:
        """Put a modal on top of the stack; where that cannot be, replace the view that `full` names, if any."""
        shown, code = await self._ask("push", self._client.views_push, trigger_id=trigger or "", view=view)
        return await self.replace(full, view) if full and code in _NO_ROOM else shown

    async def replace(self, view_id: str, view: dict[str, Any], *, only: Shown | None = None) -> Shown | None:
        """Replace a view by its id; `only` leaves it alone where it has changed since it was shown like that."""
        more = {"hash": only.hash} if only and only.hash else {}
        return await self._send("update", self._client.views_update, view_id=view_id, view=view, **more)

    async def home(self, user: str, view: dict[str, Any]) -> bool:
        """Publish somebody's Home."""
        with self._opened():
            return await self._send("publish", self._client.views_publish, user_id=user, view=view) is not None

    async def _send(self, what: str, method: Any, **arguments: Any) -> Shown | None:
        return (await self._ask(what, method, **arguments))[0]

    async def _ask(self, what: str, method: Any, **arguments: Any) -> tuple[Shown | None, str]:
        """Return what was shown, or the code of Slack's refusal; "failed" where there was no answer in time."""
        self._tell()
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await method(**arguments)
        except SlackApiError as error:
            code = error.response.get("error")
            code = code if isinstance(code, str) and code.isidentifier() else "unknown"
            self._note(f"view.{what}.refused.{code}")
            return None, code
        except (TimeoutError, ClientError, ValueError, OSError):
            self._note(f"view.{what}.failed")
            return None, "failed"
        view = answer.get("view")
        if not isinstance(view, dict):
            return None, "unreadable"
        return Shown(str(view.get("id", "")), str(view.get("hash", ""))), ""
