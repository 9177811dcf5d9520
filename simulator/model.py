"""The records of a workspace: people, messages, channels, views, and one person's own client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Blocks = list[dict[str, Any]]
Values = dict[str, dict[str, dict[str, Any]]]
ChannelKind = Literal["public", "private", "dm"]
ViewType = Literal["modal", "home"]


@dataclass
class Person:
    """One member of the workspace (or a bot user); `key` is the short handle stories use, `role` is only a word."""

    key: str
    id: str
    name: str
    real_name: str
    display_name: str
    email: str = ""
    tz: str = "America/Vancouver"
    locale: str = "en-US"
    role: str = ""
    team_id: str = ""
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False

    @property
    def is_guest(self) -> bool:
        """Whether this is a single-channel or multi-channel guest."""
        return self.is_restricted or self.is_ultra_restricted


@dataclass
class Message:
    """One message; `ephemeral_to` names the only person who sees it, `bot_id` is set when the app posted it."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: Blocks = field(default_factory=list)
    bot_id: str = ""
    edited: str = ""
    ephemeral_to: str = ""
    thread_ts: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass
class Channel:
    """A public channel, a private channel or a direct message, with its messages in order of `ts`."""

    id: str
    name: str
    kind: ChannelKind
    members: list[str] = field(default_factory=list)
    archived: bool = False
    ext_shared: bool = False
    pending_shared: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def message(self, ts: str) -> Message | None:
        """Return the message with this timestamp, if it is there."""
        return next((message for message in self.messages if message.ts == ts), None)


@dataclass
class View:
    """A modal or a Home tab as one person has it open, with what they have filled in so far.

    `content` is the view as the app sent it (title, blocks, submit, close and so on), with missing ids filled in.
    `values` is what Slack calls `state.values`. `errors` (block id to words) and `trouble` are what Slack shows inside
    the modal when an answer refuses the input or never comes; `busy` is true while a submission is on its way.
    """

    id: str
    type: ViewType
    person: str
    content: dict[str, Any]
    hash: str
    root_view_id: str
    previous_view_id: str = ""
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""
    busy: bool = False

    @property
    def blocks(self) -> Blocks:
        """The blocks of the view, in order."""
        blocks: Blocks = self.content.get("blocks", [])
        return blocks

    @property
    def private_metadata(self) -> str:
        """The app's own string, never shown to anyone."""
        return str(self.content.get("private_metadata") or "")

    @property
    def callback_id(self) -> str:
        """The app's name for this view."""
        return str(self.content.get("callback_id") or "")

    @property
    def external_id(self) -> str:
        """The app's own unique id of this view, or an empty string."""
        return str(self.content.get("external_id") or "")

    def plain(self, key: str) -> str:
        """Return the words of `title`, `submit` or `close`; an empty string if the view has none."""
        text = self.content.get(key)
        return str(text.get("text", "")) if isinstance(text, dict) else ""


@dataclass(frozen=True)
class Notification:
    """What a locked phone shows: the sender and the message's `text`, nothing else."""

    at: float
    channel: str
    title: str
    body: str


@dataclass
class Notice:
    """A line that Slack itself shows to one person only, such as a failed command."""

    at: float
    channel: str
    text: str


@dataclass
class Desk:
    """One person's own Slack client: open modals (top last), Home, notices, notifications, read marks.

    `taps` and `fields` count what the person has had to do so far: presses and choices, and fields typed into.
    """

    modals: list[View] = field(default_factory=list)
    home: View | None = None
    notices: list[Notice] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)
    message_values: dict[str, Values] = field(default_factory=dict)
    taps: int = 0
    fields: int = 0

    @property
    def modal(self) -> View | None:
        """The modal on top, if one is open."""
        return self.modals[-1] if self.modals else None


@dataclass
class LogEntry:
    """One call in either direction, for the inspector: `way` is "to app" or "from app"."""

    number: int
    at: float
    way: Literal["to app", "from app"]
    kind: str
    title: str
    person: str
    request: Any
    response: Any = None
    status: int | str = ""
    took_ms: float = 0.0


@dataclass
class Trigger:
    """A trigger id: good for one view, for three seconds."""

    id: str
    person: str
    view_id: str
    expires: float
    used: bool = False


@dataclass
class App:
    """The installed app as its manifest declares it, and the secrets Slack gave it."""

    app_id: str
    bot_id: str
    bot_user_id: str
    name: str
    bot_token: str
    app_token: str
    signing_secret: str
    scopes: frozenset[str] = frozenset()
    commands: dict[str, dict[str, Any]] = field(default_factory=dict)
    shortcuts: list[dict[str, Any]] = field(default_factory=list)
    events: frozenset[str] = frozenset()
    home_enabled: bool = True
    messages_enabled: bool = True
    messages_read_only: bool = True
    token_revoked: bool = False
    uninstalled: bool = False
    """True while it is not installed: nobody can use it."""
    dead_tokens: set[str] = field(default_factory=set)
    """The bot tokens of installations that are over; they work never again."""
