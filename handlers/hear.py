"""What a listener is given: who did what, where, in which language, and the services to answer with."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from slack_sdk.web.async_client import AsyncWebClient

from handlers.directory import Directory
from handlers.i18n import Texts, Translator
from handlers.screens import Screens, Shown
from handlers.trace import Trace
from handlers.turns import Lanes, Line, Places
from peersupport.addresses import Address
from peersupport.ports import Clock, Handles, Ids, Work
from peersupport.ports_beside import Paces
from peersupport.programme import Programme
from peersupport.resources import Resource


class Kind(StrEnum):
    """How Slack spoke to us."""

    COMMAND = "command"
    SHORTCUT = "shortcut"
    ACTION = "action"
    SUBMIT = "submit"
    CLOSE = "close"
    EVENT = "event"


Answer = dict[str, Any] | None
"""The body of the acknowledgement; None is an empty one."""

HANDLE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Front:
    """The services behind every listener, put together once by the bot."""

    work: Work
    handles: Handles
    client: AsyncWebClient
    programmes: Mapping[str, Programme]
    resources: Mapping[str, Resource]
    texts: Texts
    clock: Clock
    ids: Ids
    directory: Directory
    screens: Screens
    team: str
    default_language: str
    note: Callable[[str, BaseException | None], None]
    """Write one event name, and the class and place of an exception, to the log; never a value."""
    spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[None]]
    """Start a task that is kept, awaited at shutdown and never raises; the returned awaitable may be ignored."""
    answer_url: Callable[[str, dict[str, Any]], Awaitable[None]]
    """Answer a slash command privately through its one-time address."""
    ailing: Callable[[], bool] = lambda: False
    """Say whether messages do not go out as they should."""
    public_url: str = ""
    """Where pages for people outside Slack are found; empty where there are none."""
    paces: Paces | None = None
    """When places may be written to next, as all processes know it; None where nobody else writes."""
    skeletons: dict[tuple[str, bool], dict[str, Any]] = field(default_factory=dict)
    """The menu as it opens before anything is looked up, built once for each language."""
    notifying: dict[Address, dict[str, int]] = field(default_factory=dict)
    """The partners' people met so far, as they were found last, so that a menu opens with their one door only."""
    fallbacks: dict[str, dict[str, str]] = field(default_factory=dict)
    """What is said where the menu cannot open, put together once for each language."""
    openings: Places = field(default_factory=lambda: Places(8))
    """The menus on their way at once, and how many follow each other: Slack allows about two a second of them for long,
    and a menu that comes late cannot open."""
    homes: Line = field(default_factory=lambda: Line(6))
    """The people whose Home is to be published because they opened it."""
    lanes: Lanes = field(default_factory=Lanes)
    """One a person: of two of their Homes the one that was put together last is published last."""


@dataclass(frozen=True, slots=True)
class Hear:
    """One thing that one person did."""

    kind: Kind
    id: str
    front: Front
    payload: Mapping[str, Any]
    who: Address
    now: datetime
    language: str
    key: str
    """The same for every repeat of this one deed: the view's id, the trigger's, or the event's."""
    trace: Trace
    meta: Mapping[str, str] = field(default_factory=dict)

    @property
    def t(self) -> Translator:
        """The texts in the person's language."""
        return self.front.texts.in_language(self.language)

    @property
    def viewer(self) -> str:
        """The person as handles know them."""
        return f"{self.who.team}:{self.who.user}"

    @property
    def trigger(self) -> str | None:
        """The single-use permission to open a view, good for three seconds."""
        value = self.payload.get("trigger_id")
        return value if isinstance(value, str) else None

    @property
    def view(self) -> Mapping[str, Any] | None:
        """The view this came from, if it came from one."""
        value = self.payload.get("view")
        return value if isinstance(value, dict) else None

    @property
    def in_modal(self) -> bool:
        """Whether this came from a modal rather than a message or Home."""
        return self.view is not None and self.view.get("type") == "modal"

    @property
    def value(self) -> str:
        """What the pressed button carries, or the option that was chosen; empty where nothing fits."""
        actions = self.payload.get("actions")
        action = actions[0] if isinstance(actions, list) and actions else {}
        if not isinstance(action, dict):
            return ""
        option = action.get("selected_option")
        value = option.get("value") if isinstance(option, dict) else action.get("value")
        return value if isinstance(value, str) else ""

    @property
    def programme(self) -> Programme | None:
        """The programme that the view or the pressed button names; None where there is no such one."""
        return self.front.programmes.get(self.meta.get("p", ""))

    @property
    def values(self) -> dict[str, Any]:
        """What the view's inputs hold, by block id: a string, a list of strings, or None."""
        state = self.view.get("state") if self.view else None
        values = state.get("values") if isinstance(state, dict) else None
        if not isinstance(values, dict):
            return {}
        return {block: _held(next(iter(parts.values()))) for block, parts in values.items() if _is_parts(parts)}

    def handle(self, purpose: str, record: UUID, days: int = HANDLE_DAYS) -> str:
        """Return an opaque token for this person, for one purpose."""
        return self.front.handles.make(purpose, record, self.viewer, self.now + timedelta(days=days))

    def record(self, purpose: str, token: str | None = None, viewer: str | None = None) -> UUID | None:
        """Open a token: the given one, else the pressed button's, else the view's own; None for any doubt."""
        held = token if token is not None else self.value or self.meta.get("h", "")
        found = self.front.handles.open(held, purpose, viewer or self.viewer, self.now)
        self.trace.forged = self.trace.forged or found is None
        return found

    async def open(self, view: dict[str, Any]) -> Shown | None:
        """Open a modal for this person, or put it on top of the one they are in; None where Slack did not take it."""
        shown = await (self.push(view) if self.in_modal else self.front.screens.open(self.trigger, view))
        self.trace.unopened = self.trace.unopened or (shown is None and not self.in_modal)
        return shown

    async def push(self, view: dict[str, Any]) -> Shown | None:
        """Put a modal on top of the one this came from; where the stack is full, replace that one, but never a form."""
        held = self.view or {}
        blocks = held.get("blocks")
        shown = blocks if isinstance(blocks, list) else []
        form = any(isinstance(each, dict) and each.get("type") == "input" for each in shown)
        full = held.get("id") if not form and isinstance(held.get("id"), str) else None
        return await self.front.screens.push(self.trigger, view, full=full)

    async def update(self, view: dict[str, Any]) -> Shown | None:
        """Replace the view this came from, keeping what was typed in inputs whose ids stay."""
        held = self.view.get("id") if self.view else None
        return await self.front.screens.replace(held, view) if isinstance(held, str) and held else None


def _is_parts(parts: object) -> bool:
    return isinstance(parts, dict) and bool(parts) and all(isinstance(part, dict) for part in parts.values())


def _held(part: Mapping[str, Any]) -> Any:
    """Return what one input holds, whatever its type."""
    if "selected_options" in part:
        options = part["selected_options"]
        return _texts([_value(option) for option in options] if isinstance(options, list) else [])
    if "selected_users" in part:
        return _texts(part["selected_users"])
    if "selected_channels" in part:
        return _texts(part["selected_channels"])
    if "selected_option" in part:
        return _value(part["selected_option"])
    names = ("value", "selected_user", "selected_date", "selected_time")
    found = next((part[name] for name in names if name in part), None)
    return found if isinstance(found, str) else None


def _value(option: object) -> str | None:
    value = option.get("value") if isinstance(option, dict) else None
    return value if isinstance(value, str) else None


def _texts(found: object) -> list[str]:
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def meta_of(view: object) -> dict[str, str]:
    """Read a view's hidden metadata; empty for anything that is not ours."""
    held = view.get("private_metadata") if isinstance(view, dict) else None
    try:
        found = json.loads(held) if isinstance(held, str) and held else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(key, str) and isinstance(value, str)}


Listener = Callable[[Hear], Awaitable[Answer]]
Listeners = Mapping[tuple[Kind, str], Listener]
