"""People with verbs, for stories: they type, press, fill, choose and see, and only what Slack would let them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from simulator.client import Client
from simulator.errors import ClientRefusalError, NeedsConfirmError
from simulator.finding import Found, buttons, fields, option_value
from simulator.screen import Reader, channel_title, message_lines, view_lines
from simulator.workspace import Desk, Message, View, Workspace

T = TypeVar("T")


class Actor:
    """One person at their own Slack client.

    Verbs wait up to `patience` seconds for what they need to appear, and fail with an AssertionError that shows the
    screen. `where` narrows a verb to "modal", "home", "messages" (the app's direct message) or a channel such as
    "#general"; left out, an open modal comes first, as it covers everything else.
    """

    def __init__(self, workspace: Workspace, client: Client, person_id: str) -> None:
        self.workspace = workspace
        self.client = client
        self.id = person_id
        self.profile = workspace.people[person_id]
        self.reader = Reader(workspace, self.profile)
        self.patience = 5.0

    # --- verbs ------------------------------------------------------------------------------------------------------

    async def types(self, text: str, *, channel: str = "general") -> None:
        """Type into a channel's composer: a slash command, or an ordinary message."""
        place = self._channel_id(channel)
        if text.startswith("/"):
            await self._do(self.client.command(self.id, place, text))
        else:
            await self._do(self.client.say(self.id, place, text))

    async def uses_shortcut(self, callback_id: str) -> None:
        """Use a global shortcut of the app."""
        await self._do(self.client.shortcut(self.id, callback_id))

    async def opens_home(self) -> None:
        """Open the app's Home tab."""
        await self._do(self.client.open_home(self.id))

    async def opens_messages(self) -> None:
        """Open the app's Messages tab."""
        await self._do(self.client.open_messages(self.id))

    async def reads(self, channel: str) -> None:
        """Read everything in a channel."""
        self.workspace.mark_read(self.id, self._channel_id(channel))

    async def presses(
        self, text: str = "", *, where: str = "", action_id: str = "", near: str = "", confirm: str | None = None
    ) -> None:
        """Press a button or overflow option by its words; `near` picks one of several by words beside it.

        `confirm` is "accept" or "deny", and must be given exactly when the button asks first.
        """
        wanted = text or action_id
        if text and not near and not where and await self._presses_frame(text):
            return
        found = await self._wait(lambda: self._one_button(text, where, action_id, near), f"no button {wanted!r}")
        if confirm is not None and "confirm" not in found.element:
            raise AssertionError(f"{wanted!r} does not ask first")
        await self._act(found, found.value, confirm)

    async def fills(self, label: str, value: object, *, where: str = "") -> None:
        """Type into a field found by its label (or block id, action id or placeholder)."""
        found = await self._wait(lambda: self._one_field(label, where), f"no field {label!r}")
        await self._act(found, str(value))

    async def chooses(self, label: str, choice: object, *, where: str = "", confirm: str | None = None) -> None:
        """Choose by visible words in a menu, group or picker; a list chooses exactly those.

        People are chosen by handle or name, channels by name, dates as YYYY-MM-DD, times as HH:MM.
        """
        found = await self._wait(lambda: self._one_field(label, where), f"no field {label!r}")
        choices = list(choice) if isinstance(choice, list | tuple | set) else [choice]
        answers = [await self._meant(found, one) for one in choices]
        many = isinstance(choice, list | tuple | set) or found.element["type"].startswith(("multi_", "checkboxes"))
        await self._act(found, answers if many else answers[0], confirm)

    async def clears(self, label: str, *, where: str = "") -> None:
        """Empty a field or take a choice back."""
        found = await self._wait(lambda: self._one_field(label, where), f"no field {label!r}")
        await self._act(found, None)

    async def submits(self) -> None:
        """Press the submit button of the open modal."""
        view = await self._wait(lambda: self.modal, "no modal to submit")
        await self._do(self.client.submit(self.id, view.id))

    async def closes(self, *, everything: bool = False) -> None:
        """Close the open modal, or all of them at once."""
        view = await self._wait(lambda: self.modal, "no modal to close")
        await self._do(self.client.close(self.id, view.id, everything=everything))

    # --- seeing -----------------------------------------------------------------------------------------------------

    async def sees(self, *texts: str, where: str = "", within: float | None = None) -> None:
        """Wait until all these words are on the screen."""

        def missing() -> list[str]:
            shown = self.screen(where)
            return [text for text in texts if text not in shown]

        await self._wait(lambda: not missing(), lambda: f"does not see {missing()}", within)

    async def eventually_sees(self, text: str, seconds: float = 10.0, *, where: str = "") -> None:
        """Wait longer until these words are on the screen."""
        await self.sees(text, where=where, within=seconds)

    async def sees_no_more(self, text: str, *, where: str = "", within: float | None = None) -> None:
        """Wait until these words have gone from the screen."""
        await self._wait(lambda: text not in self.screen(where), f"still sees {text!r}", within)

    def sees_nothing_of(self, *texts: str, where: str = "") -> None:
        """Check that none of these words are on the screen or on the locked phone just now."""
        shown = self.screen(where)
        if not where:
            shown += "\n".join(self.notifications)
        for text in texts:
            if text in shown:
                raise AssertionError(f"{self.profile.key} sees {text!r}:\n{shown}")

    async def sees_no_modal(self) -> None:
        """Wait until no modal is open."""
        await self._wait(lambda: self.modal is None, "a modal is open")

    def screen(self, where: str = "") -> str:
        """Return everything this person can see (or one part of it) as plain text."""
        if self.profile.deleted:
            return ""
        parts: list[str] = []
        if where in ("", "notices"):
            parts += [f"(Slack: {notice.text})" for notice in self.desk.notices]
        if where in ("", "modal") and self.modal is not None:
            parts += view_lines(self.reader, self.modal)
        if where in ("", "home") and self.home is not None:
            parts += view_lines(self.reader, self.home)
        for channel in self.workspace.visible_channels(self.id):
            title = channel_title(self.reader, channel)
            wanted = where in ("", title, channel.id) or (where == "messages" and channel.kind == "dm")
            messages = self.workspace.visible_messages(self.id, channel.id)
            if wanted and messages:
                parts.append(f"== {title} ==")
                for message in messages:
                    parts += message_lines(self.reader, message, self._values(message))
        return "\n".join(parts)

    @property
    def desk(self) -> Desk:
        """This person's own client."""
        return self.workspace.desk(self.id)

    @property
    def modal(self) -> View | None:
        """The modal on top."""
        return self.desk.modal

    @property
    def home(self) -> View | None:
        """The app's Home as this person has it."""
        return self.desk.home

    @property
    def notifications(self) -> list[str]:
        """What the locked phone has shown so far."""
        return [notification.body for notification in self.desk.notifications]

    @property
    def notices(self) -> list[str]:
        """What Slack itself told this person, such as a command that failed."""
        return [notice.text for notice in self.desk.notices]

    @property
    def taps(self) -> int:
        """How often this person has had to press, choose or open something."""
        return self.desk.taps

    @property
    def filled(self) -> int:
        """How many fields this person has typed into."""
        return self.desk.fields

    def messages(self, channel: str = "") -> list[Message]:
        """Return the messages this person sees in a channel; without a name, in the app's direct message."""
        if channel:
            return self.workspace.visible_messages(self.id, self._channel_id(channel))
        direct = self.workspace.dm(self.id, create=False)
        return self.workspace.visible_messages(self.id, direct.id) if direct else []

    def can_see_channel(self, name: str) -> bool:
        """Whether this person can see that a channel exists."""
        return self.workspace.sees_channel(self.id, self.workspace.channel(name))

    # --- finding ----------------------------------------------------------------------------------------------------

    def _surfaces(self, where: str) -> list[View | Message]:
        if where == "modal" or (not where and self.modal is not None):
            return [self.modal] if self.modal is not None else []
        if self.modal is not None:
            raise AssertionError(f"a modal is in the way: close it first\n{self.screen('modal')}")
        shown: list[View | Message] = [self.home] if self.home is not None and where in ("", "home") else []
        for channel in self.workspace.visible_channels(self.id) if where != "home" else []:
            title = channel_title(self.reader, channel)
            if where in ("", title, channel.id) or (where == "messages" and channel.kind == "dm"):
                shown += reversed(self.workspace.visible_messages(self.id, channel.id))
        return shown

    def _one_button(self, text: str, where: str, action_id: str, near: str) -> Found | None:
        for shown in self._surfaces(where):
            found = buttons(self.reader, shown, text, action_id, near)
            if len(found) > 1:
                raise AssertionError(f"several {text or action_id!r}: say near=\n{self.screen(where)}")
            if found:
                return found[0]
        return None

    def _one_field(self, label: str, where: str) -> Found | None:
        for shown in self._surfaces(where):
            found = fields(self.reader, shown, label)
            if len(found) > 1:
                raise AssertionError(f"several fields {label!r}\n{self.screen(where)}")
            if found:
                return found[0]
        return None

    async def _presses_frame(self, text: str) -> bool:
        """Press the modal's own submit or close button, if that is what the words say."""
        view = self.modal
        if view is not None and text == view.plain("submit"):
            await self._do(self.client.submit(self.id, view.id))
            return True
        if view is not None and text == view.plain("close"):
            await self._do(self.client.close(self.id, view.id))
            return True
        return False

    async def _meant(self, found: Found, choice: object) -> Any:
        kind = found.element["type"].removeprefix("multi_")
        if kind == "users_select":
            return self._person_id(choice)
        if kind in ("conversations_select", "channels_select"):
            return self.workspace.channel(str(choice)).id
        if kind == "external_select":
            typed = str(choice)
            block_id, action_id = found.block["block_id"], found.element["action_id"]
            options = await self.client.suggestions(self.id, found.surface, block_id, action_id, typed)
            value = option_value(self.reader, {"options": options}, typed)
            return next(one for one in options if one["value"] == value)
        if kind in ("static_select", "radio_buttons", "checkboxes"):
            return option_value(self.reader, found.element, str(choice))
        return choice

    def _person_id(self, choice: object) -> str:
        if isinstance(choice, Actor):
            return choice.id
        for person in self.workspace.people.values():
            if choice in (person.id, person.key, person.real_name, person.display_name):
                return person.id
        raise AssertionError(f"nobody called {choice!r} to choose")

    async def _act(self, found: Found, answer: Any = None, confirm: str | None = None) -> None:
        block_id, action_id = found.block["block_id"], found.element["action_id"]
        try:
            await self._do(self.client.act(self.id, found.surface, block_id, action_id, answer, confirm))
        except NeedsConfirmError as asked:
            raise AssertionError(f'{asked}: say confirm="accept" or confirm="deny"') from None

    async def _do(self, deed: Any) -> None:
        try:
            await deed
        except NeedsConfirmError:
            raise
        except ClientRefusalError as refusal:
            raise AssertionError(f"{self.profile.key} cannot: {refusal}\n{self.screen()}") from None

    async def _wait(
        self, look: Callable[[], T | None], failure: str | Callable[[], str], within: float | None = None
    ) -> T:
        loop = asyncio.get_running_loop()
        end = loop.time() + (self.patience if within is None else within)
        while True:
            since = self.workspace.version
            if found := look():
                return found
            if loop.time() >= end:
                words = failure if isinstance(failure, str) else failure()
                raise AssertionError(f"{self.profile.key}: {words}\n{self.screen() or '(an empty screen)'}")
            await self.workspace.wait_for_change(since, min(0.25, max(0.01, end - loop.time())))

    def _channel_id(self, name: str) -> str:
        if name == "messages":
            channel = self.workspace.dm(self.id)
            assert channel is not None
            return channel.id
        return self.workspace.channel(name).id

    def _values(self, message: Message) -> Any:
        return self.client.message_values(self.id, message) if message.blocks else {}
