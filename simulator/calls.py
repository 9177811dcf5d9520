"""One call of a Web API method: its arguments read with care, and the table that says what each method takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.errors import SlackError
from simulator.workspace import Channel, Person, Workspace


@dataclass
class Call:
    """A method call that has passed authentication and has only known arguments."""

    workspace: Workspace
    method: str
    args: dict[str, Any]
    base_url: str = ""

    def text(self, name: str) -> str:
        """Return a string argument; an empty one if it was not given."""
        value = self.args.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise invalid_argument(name, "must be a string")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean argument, as JSON or as a form writes it."""
        value = self.args.get(name, default)
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("true", "1"):
            return True
        if str(value).lower() in ("false", "0", ""):
            return False
        raise invalid_argument(name, "must be a boolean")

    def number(self, name: str, default: int) -> int:
        """Return a whole number argument."""
        try:
            return int(self.args.get(name) or default)
        except (TypeError, ValueError):
            raise invalid_argument(name, "must be an integer") from None

    def data(self, name: str, error: str = "invalid_arguments") -> Any:
        """Return a structured argument, given as JSON or as a string of JSON; None if it was not given."""
        value = self.args.get(name)
        if not isinstance(value, str) or value == "":
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error, [f"[ERROR] must be valid JSON [json-pointer:/{name}]"]) from None

    def need(self, scope: str) -> None:
        """Refuse unless the app was granted this scope."""
        if scope not in self.workspace.app.scopes:
            raise missing_scope(self.workspace, scope)

    def person(self, person_id: str, error: str = "user_not_found") -> Person:
        """Return the person with this id; raises SlackError with `error` for an unknown one."""
        person = self.workspace.people.get(person_id)
        if person is None:
            raise SlackError(error)
        return person

    def channel(self, channel_id: str) -> Channel:
        """Return a conversation the app may know of; raises SlackError otherwise."""
        channel = self.workspace.channels.get(channel_id)
        if channel is None or (channel.kind != "public" and not self.workspace.bot_in(channel)):
            raise SlackError("channel_not_found")
        return channel


@dataclass(frozen=True)
class Method:
    """What one method takes and needs: any one of `scopes`, its rate tier, its arguments, whether it reads JSON."""

    run: Callable[[Call], dict[str, Any]]
    tier: str
    scopes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    reads_json: bool = True
    token: str = field(default="bot")


def invalid_argument(name: str, words: str) -> SlackError:
    """Return the error of a wrong argument."""
    return SlackError("invalid_arguments", [f"[ERROR] {words} [json-pointer:/{name}]"])


def missing_scope(workspace: Workspace, *needed: str) -> SlackError:
    """Return the error of an app that was not granted what the method needs."""
    provided = ",".join(sorted(workspace.app.scopes))
    return SlackError("missing_scope", needed=",".join(needed), provided=provided)


def page(items: list[Any], call: Call, most: int) -> tuple[list[Any], dict[str, str]]:
    """Return one page of a list and the `response_metadata` that leads to the next."""
    limit = call.number("limit", most)
    if not 0 < limit <= 1000:
        raise SlackError("invalid_limit")
    cursor = call.text("cursor")
    if cursor and not (cursor.startswith("next") and cursor[4:].isdigit()):
        raise SlackError("invalid_cursor")
    start = int(cursor[4:]) if cursor else 0
    end = start + min(limit, most)
    return items[start:end], {"next_cursor": f"next{end}" if end < len(items) else ""}
