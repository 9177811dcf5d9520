"""One person's screen: who is acting, what is open, and the surfaces their eyes give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from simulator.web.mrkdwn import Reader
from simulator.web.surface import Surface
from simulator.workspace import Channel, Desk, Message, Person, View, Workspace

APP_TABS = ("home", "messages", "about")


@dataclass(frozen=True)
class Screen:
    """What one person has on screen: `at` is an app tab ("home", "messages", "about") or a channel id."""

    workspace: Workspace
    person: Person
    at: str
    inspecting: bool = False

    @property
    def desk(self) -> Desk:
        """This person's open views, notices and read marks."""
        return self.workspace.desk(self.person.id)

    @property
    def french(self) -> bool:
        """Whether this person's Slack is set to French."""
        return self.person.locale.lower().startswith("fr")

    @cached_property
    def channel(self) -> Channel | None:
        """The conversation on screen, or None: what this person cannot see, or the app's before its first message."""
        if self.at == "messages":
            return self.workspace.dm(self.person.id, create=False)
        channel = self.workspace.channels.get(self.at)
        return channel if channel and self.workspace.sees_channel(self.person.id, channel) else None

    @cached_property
    def reader(self) -> Reader:
        """The eyes this person reads with."""
        workspace = self.workspace
        return Reader(
            names={person.id: person.real_name for person in workspace.people.values()},
            channels={channel.id: channel.name for channel in workspace.visible_channels(self.person.id)},
            me=self.person.id,
            tz=self.person.tz,
            language=self.person.locale.lower(),
            now=datetime.fromtimestamp(workspace.clock(), UTC),
        )

    @cached_property
    def people(self) -> list[tuple[str, str]]:
        """The people this person can choose in a menu: everyone at work, by name."""
        here = [person for person in self.workspace.people.values() if not person.is_bot and not person.deleted]
        return sorted(((person.id, person.real_name) for person in here), key=lambda pair: pair[1].casefold())

    @cached_property
    def rooms(self) -> list[tuple[str, str]]:
        """The channels this person can choose in a menu."""
        seen = self.workspace.visible_channels(self.person.id)
        return [(channel.id, f"#{channel.name}") for channel in seen if channel.kind != "dm"]

    def surface_of_message(self, message: Message) -> Surface:
        """Return the surface that a message's blocks are drawn on."""
        values = self.desk.message_values.get(f"{message.channel}:{message.ts}", {})
        return Surface(message.ts, self.reader, self.people, self.rooms, values)

    def surface_of_view(self, view: View) -> Surface:
        """Return the surface that a modal's or Home's blocks are drawn on."""
        heading = 3 if view.type == "modal" else 2
        return Surface(view.id, self.reader, self.people, self.rooms, view.values, view.errors, heading)


def default_place(workspace: Workspace, person: Person) -> str:
    """Return what opens first: the first channel the person is in, else the app's Home."""
    seen = workspace.visible_channels(person.id)
    mine = [channel for channel in seen if channel.kind != "dm" and person.id in channel.members]
    return mine[0].id if mine else "home"
