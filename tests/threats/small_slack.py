"""Slack as far as a listener may call it, and what one payload came to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from handlers.hear import Answer

TEAM = "T0CLINIC"


@dataclass
class Client:
    """Slack as far as a listener may call it; remembers every call and what it showed."""

    calls: list[str] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    guests: frozenset[str] = frozenset()
    channel: tuple[str, ...] = ()
    """Who is in the administrators' channel."""
    gone: set[str] = field(default_factory=set)
    """Whose account has ended."""

    async def auth_test(self) -> dict[str, Any]:
        self.calls.append("auth.test")
        return {"ok": True, "team_id": TEAM}

    async def users_info(self, *, user: str, include_locale: bool = False) -> dict[str, Any]:
        self.calls.append("users.info")
        more = {"is_restricted": user in self.guests, "deleted": user in self.gone}
        name = {"real_name": f"Person {user}"}
        return {"user": {"id": user, "team_id": TEAM, "locale": "en-US", "profile": name, **more}}

    async def conversations_info(self, *, channel: str) -> dict[str, Any]:
        self.calls.append("conversations.info")
        return {"channel": {"id": channel, "is_private": True}}

    async def conversations_members(self, *, channel: str, limit: int = 200) -> dict[str, Any]:
        self.calls.append("conversations.members")
        return {"members": list(self.channel[:limit])}

    def _show(self, method: str, view: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(method)
        self.views.append(view)
        return {"view": {"id": "V0SHOWN", "hash": "1"}}

    async def views_open(self, *, trigger_id: str, view: dict[str, Any]) -> dict[str, Any]:
        return self._show("views.open", view)

    async def views_push(self, *, trigger_id: str, view: dict[str, Any]) -> dict[str, Any]:
        return self._show("views.push", view)

    async def views_update(self, *, view_id: str, view: dict[str, Any], **_: Any) -> dict[str, Any]:
        return self._show("views.update", view)

    async def views_publish(self, *, user_id: str, view: dict[str, Any]) -> dict[str, Any]:
        return self._show("views.publish", view)


@dataclass(frozen=True)
class Told:
    """What one payload came to: the acknowledgement, the views in order, and the calls of Slack."""

    answer: Answer
    views: tuple[str, ...]
    calls: tuple[str, ...]

    @property
    def seen(self) -> set[str]:
        """Every view that was put up, in whichever way."""
        answered = [json.dumps(self.answer["view"], sort_keys=True)] if self.answer and "view" in self.answer else []
        return {*self.views, *answered}
