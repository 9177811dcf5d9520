"""Turns a Slack payload into the few facts a listener needs; None for whatever is not shaped as Slack's are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers import ids
from handlers.hear import Kind, meta_of
from peersupport.addresses import Address

_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
"""How Slack's ids look; what looks otherwise can be neither looked up nor kept."""


APP = "app"
"""Who did it, where an event names nobody."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Who did what, before language and services are known."""

    kind: Kind
    id: str
    who: Address
    key: str
    meta: Mapping[str, str]
    payload: Mapping[str, Any]


def read(body: object) -> Heard | None:
    """Read a decoded body; None where it is not something we listen to."""
    if not isinstance(body, dict):
        return None
    if isinstance(body.get("command"), str):
        return _command(body)
    kind = body.get("type")
    if kind == "event_callback":
        return _event(body)
    who = _who(body)
    if who is None:
        return None
    if kind == "block_actions":
        return _action(body, who)
    if kind in ("view_submission", "view_closed"):
        return _view(body, who, Kind.SUBMIT if kind == "view_submission" else Kind.CLOSE)
    if kind == "shortcut" and isinstance(body.get("callback_id"), str):
        return Heard(Kind.SHORTCUT, body["callback_id"], who, _key("trigger", body.get("trigger_id")), {}, body)
    return None


def _key(sort: str, value: object) -> str:
    return f"{sort}:{value}" if _is_id(value) else ""


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _address(team: Any, user: Any) -> Address | None:
    return Address(team, user) if _is_id(team) and _is_id(user) else None


def _who(body: Mapping[str, Any]) -> Address | None:
    user = body.get("user")
    if not isinstance(user, dict):
        return None
    team = body.get("team")
    home = user.get("team_id") or (team.get("id") if isinstance(team, dict) else None)
    return _address(home, user.get("id"))


def _command(body: Mapping[str, Any]) -> Heard | None:
    who = _address(body.get("team_id"), body.get("user_id"))
    if who is None:
        return None
    return Heard(Kind.COMMAND, body["command"], who, _key("trigger", body.get("trigger_id")), {}, body)


def _event(body: Mapping[str, Any]) -> Heard | None:
    event = body.get("event")
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        return None
    user = APP if event["type"] in ids.OF_NOBODY else event.get("user")
    if event["type"] == ids.USER_CHANGED and not is_outside(user):
        # Every new photograph in the workspace arrives here; only accounts that ended matter.
        return None
    who = _address(body.get("team_id"), user.get("id") if isinstance(user, dict) else user)
    if who is None:
        return None
    key = _key("event", body.get("event_id"))
    return Heard(Kind.EVENT, event["type"], who, key, meta_of(event.get("view")), body)


def is_outside(user: object) -> bool:
    """Say whether a user as Slack describes them is gone, or a guest, and may not use the app."""
    flags = ("deleted", "is_restricted", "is_ultra_restricted", "is_stranger")
    return isinstance(user, dict) and any(user.get(flag) is True for flag in flags)


def _action(body: Mapping[str, Any], who: Address) -> Heard | None:
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(action, dict) or not isinstance(action.get("action_id"), str):
        return None
    key = _key("trigger", body.get("trigger_id"))
    return Heard(Kind.ACTION, action["action_id"], who, key, meta_of(body.get("view")), body)


def _view(body: Mapping[str, Any], who: Address, kind: Kind) -> Heard | None:
    view = body.get("view")
    if not isinstance(view, dict) or not isinstance(view.get("callback_id"), str) or not _is_id(view.get("id")):
        return None
    return Heard(kind, view["callback_id"], who, _key("view", view["id"]), meta_of(view), body)
