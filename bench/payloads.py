"""What Slack would send, ready encoded: a load only puts in who, which trigger and which view."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode

SIGNING_SECRET = "5f2a9c04be7741d8a1630f9d27c4e8b3"
TOKEN = "xoxb-1000000000001-1000000000002-invented"
TEAM, APP, BOT_USER, BOT = "T0BENCH001", "A0BENCH001", "U0BENCHBOT", "B0BENCH001"
PROGRAMME = "vancouver-peer-support"
ADMINS = ("U0BENCHAD1", "U0BENCHAD2", "U0BENCHAD3")
LEAD = "U0BENCHLD1"
CHANNEL = "C0BENCH001"

_FORM = b"application/x-www-form-urlencoded"
_WHO, _TRIGGER, _VIEW, _HANDLE = "UMARKWHO", "MARKTRIGGER", "VMARKVIEW", "MARKHANDLE"
_numbers = count(1)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Letter:
    """A body to send, and the number by which what comes of it is known again."""

    body: bytes
    content_type: bytes
    number: int
    user: str


def person(number: int) -> str:
    """Return the id of one of the many invented members."""
    return f"U7{number:09d}"


def number() -> int:
    """Return a number never used before in this run."""
    return next(_numbers)


def trigger(number: int) -> str:
    """Return a trigger id in which the number can be found again."""
    return f"8100000000000.8200000000000.bench{number:09d}"


class Template:
    """A payload encoded once; `letter` only replaces its marks, which cost the load generator next to nothing."""

    def __init__(self, body: bytes, content_type: bytes = _FORM) -> None:
        self._body = body
        self._type = content_type

    def __len__(self) -> int:
        return len(self._body)

    def letter(self, user: str, handle: str = "") -> Letter:
        """Return the payload for one person, with a trigger, a view and an event of its own."""
        this = number()
        body = self._body.replace(_WHO.encode(), user.encode())
        body = body.replace(_TRIGGER.encode(), trigger(this).encode()).replace(_VIEW.encode(), b"V%09d" % this)
        return Letter(body.replace(_HANDLE.encode(), handle.encode()) if handle else body, self._type, this, user)


def command() -> Template:
    """`/peersupport`, without words."""
    fields = {
        "token": "invented",
        "team_id": TEAM,
        "team_domain": "harbour-physicians",
        "channel_id": "C0GENERAL1",
        "channel_name": "general",
        "user_id": _WHO,
        "user_name": "invented.person",
        "command": "/peersupport",
        "text": "",
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": f"http://127.0.0.1:9/commands/{TEAM}/1/invented",
        "trigger_id": _TRIGGER,
    }
    return Template(urlencode(fields).encode())


def home_opened() -> Template:
    """Somebody opens the app's Home."""
    event = {"type": "app_home_opened", "user": _WHO, "channel": "D0BENCH001", "tab": "home", "event_ts": "1.1"}
    payload = {
        "token": "invented",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{_VIEW}",
        "event_time": 1790000000,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "invented",
    }
    return Template(json.dumps(payload, separators=(",", ":")).encode(), b"application/json")


def pressed(action: str, view: Mapping[str, Any] | None = None, handle: str = "", **element: Any) -> Template:
    """Somebody presses a button: on Home or in a message, or in the modal that the app showed before."""
    if view is None:
        container: Json = {"type": "view", "view_id": _VIEW}
        shown: Json = {"id": _VIEW, "type": "home", "private_metadata": "", "callback_id": "home", "blocks": []}
    else:
        container = {"type": "view", "view_id": _VIEW}
        shown = as_sent(view, {})
    button = {"type": "button", "action_id": action, "block_id": "buttons", "action_ts": "1.1", **element}
    payload = {**_common("block_actions"), "container": container, "view": shown, "actions": [button]}
    return _interaction(payload, handle)


def submitted(view: Mapping[str, Any], state: Mapping[str, Any]) -> Template:
    """Somebody sends a modal that the app showed before."""
    return _interaction({**_common("view_submission"), "view": as_sent(view, state), "response_urls": []}, "")


def as_sent(view: Mapping[str, Any], state: Mapping[str, Any]) -> Json:
    """Return a view as Slack sends it back: with ids, hash and what its inputs hold."""
    return {
        "id": _VIEW,
        "team_id": TEAM,
        "state": {"values": state},
        "hash": "1790000000.invented",
        "previous_view_id": None,
        "root_view_id": _VIEW,
        "app_id": APP,
        "external_id": "",
        "app_installed_team_id": TEAM,
        "bot_id": BOT,
        **view,
    }


def _common(kind: str) -> Json:
    return {
        "type": kind,
        "user": {"id": _WHO, "username": "invented.person", "name": "invented.person", "team_id": TEAM},
        "api_app_id": APP,
        "token": "invented",
        "trigger_id": _TRIGGER,
        "team": {"id": TEAM, "domain": "harbour-physicians"},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _interaction(payload: Json, handle: str) -> Template:
    # Slack escapes slashes and whatever is not ASCII.
    text = json.dumps(payload, separators=(",", ":")).replace("/", "\\/")
    if handle:
        assert handle in text, "the handle to replace does not stand in the payload"
        text = text.replace(handle, _HANDLE)
    return Template(urlencode({"payload": text}).encode())


def filled(view: Mapping[str, Any], answers: Mapping[str, Any]) -> Json:
    """Return the state of a form: what `answers` names by block, and everything else left as Slack leaves it."""
    return {
        block["block_id"]: {block["element"]["action_id"]: _held(block["element"], answers.get(block["block_id"]))}
        for block in view["blocks"]
        if block["type"] == "input"
    }


def _held(element: Mapping[str, Any], answer: Any) -> Json:
    kind = element["type"]
    chosen = [option for option in element.get("options", []) if option["value"] in (answer or ())]
    if kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": chosen}
    if kind in ("radio_buttons", "static_select"):
        return {"type": kind, "selected_option": chosen[0] if chosen else None}
    if kind == "multi_users_select":
        return {"type": kind, "selected_users": answer or []}
    return {"type": kind, "value": answer}
