"""The one way in for HTTP and Socket Mode: is this ours, then Bolt; whatever happens, an answer and no exception."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest

from bot import logs
from bot.calm import Calm
from bot.decoding import Payload
from bot.metrics import Answer, Meter

_SEEN_KINDS = frozenset({"block_actions", "view_submission", "view_closed", "shortcut"})


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the bot token belongs to, told by Slack at start."""

    team: str
    bot_user: str
    bot: str = ""
    app: str = ""
    enterprise: str = ""
    """Empty where Slack names none."""

    def owns(self, payload: Payload) -> bool:
        """Say whether a payload comes from this workspace and this app; only the app's id may be left out."""
        app, enterprise = payload.get("api_app_id"), _enterprise(payload)
        if self.app and app is not None and app != self.app:
            return False
        if enterprise and enterprise != self.enterprise:
            return False
        return bool(_team(payload) == self.team)


@dataclass(frozen=True, slots=True)
class Reply:
    """An acknowledgement: a status and a body, JSON text or nothing."""

    status: int = 200
    body: str = ""


NOTHING = Reply()
"""The constant answer to whatever is not for us."""


class _Request(AsyncBoltRequest):
    """A decoded payload for Bolt as it is; nothing is looked for in it that our one listener finds for itself."""

    def __init__(self, payload: Payload) -> None:
        # Not a word of HTTP goes along: unsigned headers can steer Bolt.
        self.raw_body, self.body, self.mode = "", payload, "socket_mode"
        self.query, self.headers, self.content_type = {}, {}, None
        self.lazy_only, self.lazy_function_name = False, None
        self.context = AsyncBoltContext()


class Door:
    """Hands Slack's payloads to Bolt. Closed until the workspace is known; then `open` gives it Bolt and identity."""

    def __init__(
        self,
        closed_answer: str = "",
        meter: Meter | None = None,
        calm: Calm | None = None,
        *,
        when_closed: Callable[[Payload], str] | None = None,
    ) -> None:
        """`closed_answer` is the JSON that a slash command gets while there is no way to serve it.

        `when_closed` instead says it for every payload.
        """
        self._meter = meter or Meter()
        self._calm = calm or Calm()
        self._closed = Reply(body=closed_answer)
        self._when_closed = when_closed
        self._bolt: AsyncApp | None = None
        self._identity: Identity | None = None

    def close(self) -> None:
        """Answer with help lines only, until it is opened again."""
        self._bolt = None

    def open(self, bolt: AsyncApp, identity: Identity) -> None:
        """Serve this workspace from now on."""
        self._bolt, self._identity = bolt, identity

    async def answer(self, payload: Payload) -> Reply:
        """Return the acknowledgement of a payload that is known to come from Slack. Never raises."""
        if not _is_seen(payload):
            self._meter.answered(Answer.IGNORED)
            return NOTHING
        if self._bolt is None or self._identity is None:
            return self._closed_reply(payload)
        if not self._identity.owns(payload):
            logs.note("payload.foreign")
            self._meter.answered(Answer.FOREIGN)
            return NOTHING
        began = perf_counter()
        with self._calm.waited_for():
            reply = await self._hand_over(payload, self._bolt)
        self._meter.answered(Answer.FAILED if reply is None else Answer.ANSWERED, began)
        return reply or NOTHING

    def _closed_reply(self, payload: Payload) -> Reply:
        if self._when_closed is not None:
            return Reply(body=self._when_closed(payload))
        return self._closed if "command" in payload else NOTHING

    async def _hand_over(self, payload: Payload, bolt: AsyncApp) -> Reply | None:
        """Return Bolt's answer, or None where it has none to give."""
        try:
            reply = await bolt.async_dispatch(_Request(payload))
        except Exception as error:  # noqa: BLE001 - an oddly shaped payload must not become an error page
            logs.trouble("payload.failed", error)
            return None
        if reply.status != 200:
            logs.trouble("payload.unanswered", status=reply.status)
            return None
        return Reply(body=reply.body or "")


def _is_seen(payload: Payload) -> bool:
    command = payload.get("command")
    if command is not None:
        return isinstance(command, str)
    kind = payload.get("type")
    if kind == "event_callback":
        return isinstance(payload.get("event"), dict)
    return isinstance(kind, str) and kind in _SEEN_KINDS


def _team(payload: Payload) -> Any:
    team = payload.get("team")
    return payload.get("team_id") or (team.get("id") if isinstance(team, dict) else None)


def _enterprise(payload: Payload) -> Any:
    enterprise = payload.get("enterprise")
    return payload.get("enterprise_id") or (enterprise.get("id") if isinstance(enterprise, dict) else enterprise)
