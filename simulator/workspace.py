"""The workspace itself: people, channels, messages, views, and who may see which of them.

Everything the simulated Slack knows is held here as plain data. The rules of who sees what are here too, in one place,
so that the page, the Python API of people and the Web API cannot disagree.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import string
import time
from collections.abc import Callable
from typing import Any, Literal

from simulator.model import (
    App,
    Blocks,
    Channel,
    ChannelKind,
    Desk,
    LogEntry,
    Message,
    Notice,
    Notification,
    Person,
    Trigger,
    Values,
    View,
    ViewType,
)

__all__ = [
    "App",
    "Blocks",
    "Channel",
    "ChannelKind",
    "Clock",
    "Desk",
    "LogEntry",
    "Message",
    "NotVisibleError",
    "Notice",
    "Notification",
    "Person",
    "Trigger",
    "Values",
    "View",
    "ViewType",
    "Workspace",
]

Clock = Callable[[], float]

MOST_LOG_ENTRIES = 5000
MOST_TRIGGERS = 5000
ID_ALPHABET = string.ascii_uppercase + string.digits


class NotVisibleError(LookupError):
    """Someone asked for something that Slack would not show them."""


TRIGGER_SECONDS = 3.0


class Workspace:
    """All of one workspace, with the few operations that keep it consistent."""

    def __init__(self, team_id: str, team_name: str, domain: str, app: App, clock: Clock = time.time) -> None:
        self.team_id = team_id
        self.team_name = team_name
        self.domain = domain
        self.app = app
        self.clock = clock
        self.trigger_seconds = TRIGGER_SECONDS
        self.has_guide = False
        """How long a trigger can be used; Slack's three seconds, unless a test on a busy machine says more."""
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.desks: dict[str, Desk] = {}
        self.triggers: dict[str, Trigger] = {}
        self.log: list[LogEntry] = []
        self.version = 0
        self._last_ts = 0
        self._calls = 0
        self._changed = asyncio.Event()
        self._random = random.SystemRandom()

    # --- change -----------------------------------------------------------------------------------------------------

    def touch(self) -> None:
        """Say that something a person could see has changed."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for_change(self, since: int, seconds: float) -> int:
        """Wait until `version` is greater than `since` (at most this many seconds) and return the version."""
        if self.version <= since:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)
        return self.version

    def new_id(self, prefix: str, length: int = 10) -> str:
        """Make an id of Slack's shape, such as V0ABC12DEF."""
        return prefix + "0" + "".join(self._random.choices(ID_ALPHABET, k=length - 1))

    def new_ts(self) -> str:
        """Make a message timestamp: seconds and microseconds, never the same twice."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_hash(self) -> str:
        """Make a view hash, in the form Slack uses: seconds, a dot, eight characters."""
        return f"{int(self.clock())}.{''.join(self._random.choices(string.ascii_letters + string.digits, k=8))}"

    def new_trigger(self, person: str, view_id: str = "") -> Trigger:
        """Make a trigger id for this person, tied to the view they acted in (if any)."""
        left, right = self._random.randrange(10**12, 10**13), self._random.randrange(10**10, 10**11)
        trigger = Trigger(
            f"{left}.{right}.{self._random.randbytes(16).hex()}", person, view_id, self.clock() + self.trigger_seconds
        )
        self.triggers[trigger.id] = trigger
        while len(self.triggers) > MOST_TRIGGERS:
            del self.triggers[next(iter(self.triggers))]
        return trigger

    # --- people and channels ----------------------------------------------------------------------------------------

    def person(self, key_or_id: str) -> Person:
        """Return a person by short handle or Slack id; raises KeyError for an unknown one."""
        found = self.people.get(key_or_id)
        if found is None:
            found = next((person for person in self.people.values() if person.key == key_or_id), None)
        if found is None:
            raise KeyError(f"nobody called {key_or_id!r} in this workspace")
        return found

    def desk(self, person_id: str) -> Desk:
        """Return this person's own client."""
        return self.desks.setdefault(person_id, Desk())

    def channel(self, name_or_id: str) -> Channel:
        """Return a channel by name (with or without #) or id; raises KeyError for an unknown one."""
        found = self.channels.get(name_or_id)
        if found is None:
            wanted = name_or_id.lstrip("#")
            found = next((c for c in self.channels.values() if c.name == wanted and c.kind != "dm"), None)
        if found is None:
            raise KeyError(f"no channel {name_or_id!r} in this workspace")
        return found

    def dm(self, person_id: str, create: bool = True) -> Channel | None:
        """Return the direct message between the bot and this person, opening it if asked."""
        pair = {self.app.bot_user_id, person_id}
        found = next((c for c in self.channels.values() if c.kind == "dm" and set(c.members) == pair), None)
        if found is None and create:
            channel_id = self.new_id("D")
            found = Channel(channel_id, "", "dm", [self.app.bot_user_id, person_id])
            self.channels[channel_id] = found
        return found

    def bot_in(self, channel: Channel) -> bool:
        """Whether the app's bot user is a member of this channel."""
        return self.app.bot_user_id in channel.members

    # --- who sees what ----------------------------------------------------------------------------------------------

    def sees_channel(self, person_id: str, channel: Channel) -> bool:
        """Whether Slack would show this channel to this person at all."""
        person = self.people.get(person_id)
        if person is None or person.deleted:
            return False
        if person_id in channel.members:
            return True
        return channel.kind == "public" and not person.is_guest and not person.is_stranger

    def visible_channels(self, person_id: str) -> list[Channel]:
        """Return the channels this person sees, public and private by name, then direct messages."""
        seen = [channel for channel in self.channels.values() if self.sees_channel(person_id, channel)]
        return sorted(seen, key=lambda channel: (channel.kind == "dm", channel.name, channel.id))

    def visible_messages(self, person_id: str, channel_id: str) -> list[Message]:
        """Return what this person sees in this channel, oldest first; raises NotVisibleError when they may not look."""
        channel = self.channels.get(channel_id)
        if channel is None or not self.sees_channel(person_id, channel):
            raise NotVisibleError(channel_id)
        return [message for message in channel.messages if message.ephemeral_to in ("", person_id)]

    def unread(self, person_id: str, channel_id: str) -> int:
        """Count the messages of others in this channel since the person last looked."""
        mark = self.desk(person_id).last_read.get(channel_id, "")
        messages = self.visible_messages(person_id, channel_id)
        return sum(1 for message in messages if message.ts > mark and message.user != person_id)

    def mark_read(self, person_id: str, channel_id: str) -> None:
        """Remember that this person has seen everything in this channel."""
        messages = self.visible_messages(person_id, channel_id)
        if messages and self.desk(person_id).last_read.get(channel_id, "") < messages[-1].ts:
            self.desk(person_id).last_read[channel_id] = messages[-1].ts
            self.touch()

    # --- writing ----------------------------------------------------------------------------------------------------

    def post(self, message: Message) -> Message:
        """Add a message to its channel and show it on the locked phones that Slack would wake."""
        channel = self.channels[message.channel]
        channel.messages.append(message)
        for person_id in channel.members:
            if person_id != message.user and self._notifies(person_id, channel, message):
                self.desk(person_id).notifications.append(
                    Notification(self.clock(), channel.id, self._sender(message), message.text)
                )
        self.touch()
        return message

    def find_view(self, view_id: str) -> View | None:
        """Return the open modal or the Home with this id, whoever has it."""
        for desk in self.desks.values():
            for view in [*desk.modals, *([desk.home] if desk.home else [])]:
                if view.id == view_id:
                    return view
        return None

    def record(self, way: Literal["to app", "from app"], kind: str, title: str, person: str, request: Any) -> LogEntry:
        """Write one line of the inspector; the answer is filled in by the caller when it comes."""
        self._calls += 1
        entry = LogEntry(self._calls, self.clock(), way, kind, title, person, request)
        self.log.append(entry)
        del self.log[:-MOST_LOG_ENTRIES]
        return entry

    def _notifies(self, person_id: str, channel: Channel, message: Message) -> bool:
        person = self.people.get(person_id)
        if person is None or person.is_bot or person.deleted or message.ephemeral_to:
            return False
        mentions = (f"<@{person_id}>", "<!here>", "<!channel>", "<!everyone>")
        return channel.kind == "dm" or any(mention in message.text for mention in mentions)

    def _sender(self, message: Message) -> str:
        if message.bot_id:
            return self.app.name
        person = self.people.get(message.user)
        return person.real_name if person else ""
