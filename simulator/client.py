"""What one person can do in their own Slack client, by ids; the page and the stories both stand on this.

Nothing here knows what the app is for. A person can only use what Slack would show them, required fields and confirm
dialogs are enforced before anything is sent, and a missed deadline is shown the way Slack shows it.
"""

from __future__ import annotations

from typing import Any

from simulator import stack
from simulator.answers import action_object, new_state
from simulator.dispatch import Answer, Dispatcher
from simulator.errors import ClientRefusalError, NeedsConfirmError, SlackError
from simulator.forms import STATEFUL, carried_values, faults, find
from simulator.payloads import command_fields, event, interaction, message_fields, message_object, view_object
from simulator.respond import Responder, Ticket, answer_into
from simulator.workspace import Channel, Message, Notice, NotVisibleError, Person, Values, View, Workspace

Json = dict[str, Any]

TROUBLE = "We had some trouble connecting. Try again?"
NOT_RESPONDING = "{app} is not responding. Try again?"
MESSAGE_EVENTS = {
    "public": ("message.channels", "channel"),
    "private": ("message.groups", "group"),
    "dm": ("message.im", "im"),
}


class Client:
    """Everybody's Slack clients; each method names the person who acts."""

    def __init__(self, workspace: Workspace, dispatcher: Dispatcher, responder: Responder) -> None:
        self.workspace = workspace
        self.dispatcher = dispatcher
        self.responder = responder

    # --- commands, shortcuts, messages ------------------------------------------------------------------------------

    async def command(self, pid: str, channel_id: str, line: str) -> None:
        """Type a slash command in a channel; the line starts with its name."""
        person, channel = self._active(pid), self._channel(pid, channel_id)
        command, _, text = line.strip().partition(" ")
        self.workspace.desk(pid).taps += 1
        if command not in self.workspace.app.commands:
            self._notice(pid, channel.id, f"{command} is not a valid command.")
            return
        payload = {
            **command_fields(self.workspace, person, channel, command, text.strip()),
            "response_url": self.responder.new_url(pid, channel.id),
            "trigger_id": self.workspace.new_trigger(pid).id,
        }
        answer = await self.dispatcher.send("slash_commands", payload, command, pid)
        if answer.ok and answer.body not in (None, "", {}):
            body = answer.body if isinstance(answer.body, dict) else {"text": str(answer.body)}
            answer = self._shown(answer, Ticket(pid, channel.id, "", 0), body)
        if not answer.ok:
            self._notice(pid, channel.id, f'{command} failed with the error "{answer.failure}"')

    async def shortcut(self, pid: str, callback_id: str) -> None:
        """Use one of the app's global shortcuts."""
        person = self._active(pid)
        known = [one["callback_id"] for one in self.workspace.app.shortcuts if one.get("type", "global") == "global"]
        if callback_id not in known:
            raise ClientRefusalError(f"there is no shortcut {callback_id!r}")
        self.workspace.desk(pid).taps += 1
        payload = {
            **interaction(self.workspace, "shortcut", person),
            "action_ts": self.workspace.new_ts(),
            "callback_id": callback_id,
            "trigger_id": self.workspace.new_trigger(pid).id,
        }
        answer = await self.dispatcher.send("interactive", payload, f"shortcut {callback_id}", pid)
        if not answer.ok:
            self._notice(pid, "", NOT_RESPONDING.format(app=self.workspace.app.name))

    async def say(self, pid: str, channel_id: str, text: str) -> Message:
        """Write an ordinary message."""
        self._active(pid)
        channel = self._channel(pid, channel_id)
        app = self.workspace.app
        if channel.archived:
            raise ClientRefusalError("this channel is archived")
        if channel.kind == "dm" and (app.messages_read_only or not app.messages_enabled):
            raise ClientRefusalError("Sending messages to this app has been turned off.")
        if pid not in channel.members:
            raise ClientRefusalError("join the channel first")
        message = self.workspace.post(Message(channel.id, self.workspace.new_ts(), pid, text))
        name, kind = MESSAGE_EVENTS[channel.kind]
        if name in app.events and self.workspace.bot_in(channel):
            inner = {**message_object(self.workspace, message), "channel": channel.id, "channel_type": kind}
            self.dispatcher.send_event(event(self.workspace, {**inner, "event_ts": message.ts}), name, pid)
        self.workspace.mark_read(pid, channel.id)
        return message

    # --- Home -------------------------------------------------------------------------------------------------------

    async def open_home(self, pid: str) -> None:
        """Look at the app's Home tab."""
        if not self.workspace.app.home_enabled:
            raise ClientRefusalError("this app has no Home tab")
        self._open_app(pid, "home")

    async def open_messages(self, pid: str) -> None:
        """Look at the app's Messages tab."""
        channel = self._open_app(pid, "messages")
        self.workspace.mark_read(pid, channel.id)

    def _open_app(self, pid: str, tab: str) -> Channel:
        self._active(pid)
        self.workspace.desk(pid).taps += 1
        channel = self.workspace.dm(pid)
        assert channel is not None
        if "app_home_opened" in self.workspace.app.events:
            inner: Json = {"type": "app_home_opened", "user": pid, "channel": channel.id, "tab": tab}
            inner["event_ts"] = self.workspace.new_ts()
            home = self.workspace.desk(pid).home
            if home is not None and tab == "home":
                inner["view"] = view_object(self.workspace, home)
            self.dispatcher.send_event(event(self.workspace, inner), f"app_home_opened ({tab})", pid)
        return channel

    # --- acting on what is shown ------------------------------------------------------------------------------------

    async def act(
        self, pid: str, surface: str, block_id: str, action_id: str, answer: Any = None, confirm: str | None = None
    ) -> None:
        """Press, choose or fill one element of a view (by view id) or message ("CHANNEL:TS").

        Raises NeedsConfirmError when the element asks first and `confirm` is neither "accept" nor "deny".
        """
        person = self._active(pid)
        shown = self._shown_to(pid, surface)
        blocks = shown.blocks
        found = find(blocks, block_id, action_id)
        if found is None or not _visible(found[1], pid):
            raise ClientRefusalError(f"there is no {action_id!r} in {block_id!r}")
        block, element = found
        if not await self._confirmed(pid, element, confirm):
            return
        kind = element["type"]
        state = new_state(self.workspace, element, answer)
        values = shown.values if isinstance(shown, View) else self.message_values(pid, shown)
        if kind in STATEFUL:
            values.setdefault(block_id, {})[action_id] = state
        desk = self.workspace.desk(pid)
        typed = kind.endswith("_text_input") or kind in ("plain_text_input", "number_input", "rich_text_input")
        desk.fields, desk.taps = desk.fields + int(typed), desk.taps + int(not typed)
        if isinstance(shown, View):
            shown.errors.pop(block_id, None)
        self.workspace.touch()
        if block["type"] != "input" or block.get("dispatch_action"):
            action = action_object(element, block_id, state, self.workspace.new_ts())
            await self._block_action(person, shown, values, action)

    async def _confirmed(self, pid: str, element: Json, confirm: str | None) -> bool:
        dialog = element.get("confirm")
        if dialog is None:
            return True
        if confirm not in ("accept", "deny"):
            raise NeedsConfirmError(dialog)
        self.workspace.desk(pid).taps += 1
        return confirm == "accept"

    async def _block_action(self, person: Person, shown: View | Message, values: Values, action: Json) -> None:
        payload = {**interaction(self.workspace, "block_actions", person), "actions": [action]}
        if isinstance(shown, View):
            payload["trigger_id"] = self.workspace.new_trigger(person.id, shown.id).id
            payload["container"] = {"type": "view", "view_id": shown.id}
            payload["view"] = view_object(self.workspace, shown)
        else:
            payload["trigger_id"] = self.workspace.new_trigger(person.id).id
            payload |= message_fields(self.workspace, shown, values)
            payload["response_url"] = self.responder.new_url(person.id, shown.channel, shown.ts)
        title = f"block_actions {action['action_id']}"
        answer = await self.dispatcher.send("interactive", payload, title, person.id)
        if isinstance(shown, View):
            shown.trouble = "" if answer.ok else TROUBLE
        elif not answer.ok:
            self._notice(person.id, shown.channel, NOT_RESPONDING.format(app=self.workspace.app.name))
        self.workspace.touch()

    async def suggestions(self, pid: str, surface: str, block_id: str, action_id: str, typed: str) -> list[Json]:
        """Ask the app for the options of an external menu."""
        person = self._active(pid)
        shown = self._shown_to(pid, surface)
        if find(shown.blocks, block_id, action_id) is None:
            raise ClientRefusalError(f"there is no {action_id!r} in {block_id!r}")
        payload = {
            **interaction(self.workspace, "block_suggestion", person),
            "block_id": block_id,
            "action_id": action_id,
            "value": typed,
        }
        if isinstance(shown, View):
            payload["view"] = view_object(self.workspace, shown)
            payload["container"] = {"type": "view", "view_id": shown.id}
        answer = await self.dispatcher.send("interactive", payload, f"block_suggestion {action_id}", pid)
        options = answer.body.get("options", []) if answer.ok and isinstance(answer.body, dict) else []
        return [one for one in options if isinstance(one, dict)]

    # --- modals -----------------------------------------------------------------------------------------------------

    async def submit(self, pid: str, view_id: str) -> None:
        """Press the submit button of the top modal; nothing is sent while a field is missing or wrong."""
        person, view = self._active(pid), self._top(pid, view_id)
        if not view.plain("submit"):
            raise ClientRefusalError("this modal has no submit button")
        if view.busy:
            raise ClientRefusalError("this modal is being sent already")
        self.workspace.desk(pid).taps += 1
        view.errors, view.trouble = faults(view.blocks, view.values), ""
        self.workspace.touch()
        if view.errors:
            return
        view.busy = True
        payload = {
            **interaction(self.workspace, "view_submission", person),
            "trigger_id": self.workspace.new_trigger(pid, view.id).id,
            "view": view_object(self.workspace, view),
            "response_urls": [],
        }
        answer = await self.dispatcher.send("interactive", payload, f"view_submission {view.callback_id}", pid)
        view.busy = False
        self._submitted(pid, view, answer)
        self.workspace.touch()

    def _submitted(self, pid: str, view: View, answer: Answer) -> None:
        desk = self.workspace.desk(pid)
        body = answer.body if answer.body not in (None, "") else {}
        action = body.get("response_action", "close") if isinstance(body, dict) else ""
        errors = body.get("errors") if isinstance(body, dict) else None
        content = body.get("view") if isinstance(body, dict) else None
        if not answer.ok or (action == "close" and body != {}):
            view.trouble = TROUBLE
        elif action == "close":
            desk.modals = [each for each in desk.modals if each is not view]
        elif action == "clear":
            desk.modals = []
        elif action == "errors" and _fits(errors, view):
            view.errors = dict(errors or {})
        elif action in ("update", "push"):
            self._replace(pid, view, action, content)
        else:
            view.trouble = TROUBLE

    def _replace(self, pid: str, view: View, action: str, content: Any) -> None:
        try:
            checked = stack.checked(content, "modal")
            if action == "update":
                stack.update(self.workspace, view, checked)
            else:
                stack.push(self.workspace, pid, checked)
        except SlackError as refusal:
            view.trouble = TROUBLE
            entry = self.workspace.record("from app", "refused", f"response_action {action}", pid, content)
            entry.response, entry.status = {"error": refusal.error, "messages": refusal.messages}, refusal.error

    async def close(self, pid: str, view_id: str, *, everything: bool = False) -> None:
        """Close the top modal, or with `everything` the whole stack at once."""
        person, view = self._active(pid), self._top(pid, view_id)
        desk = self.workspace.desk(pid)
        desk.taps += 1
        cleared = everything or bool(view.content.get("clear_on_close"))
        closing = list(reversed(desk.modals)) if cleared else [view]
        desk.modals = [] if cleared else desk.modals[:-1]
        self.workspace.touch()
        for each in closing:
            if each.content.get("notify_on_close"):
                payload = {
                    **interaction(self.workspace, "view_closed", person),
                    "view": view_object(self.workspace, each),
                    "is_cleared": cleared,
                }
                await self.dispatcher.send("interactive", payload, f"view_closed {each.callback_id}", pid)

    # --- what is shown ----------------------------------------------------------------------------------------------

    def message_values(self, pid: str, message: Message) -> Values:
        """Return what this person has chosen in the menus of a message."""
        kept, key = self.workspace.desk(pid).message_values, f"{message.channel}:{message.ts}"
        kept[key] = carried_values(kept.get(key, {}), message.blocks)
        return kept[key]

    def _shown_to(self, pid: str, surface: str) -> View | Message:
        desk = self.workspace.desk(pid)
        if ":" in surface:
            channel_id, _, ts = surface.partition(":")
            self._channel(pid, channel_id)
            for message in self.workspace.visible_messages(pid, channel_id):
                if message.ts == ts:
                    return message
            raise ClientRefusalError("that message is not there")
        if desk.home is not None and desk.home.id == surface:
            return desk.home
        return self._top(pid, surface)

    def _top(self, pid: str, view_id: str) -> View:
        modal = self.workspace.desk(pid).modal
        if modal is None or modal.id != view_id:
            raise ClientRefusalError("that modal is not on top")
        return modal

    def _active(self, pid: str) -> Person:
        person = self.workspace.people.get(pid)
        if person is None or person.is_bot or person.deleted:
            raise ClientRefusalError("this person cannot sign in")
        return person

    def _channel(self, pid: str, channel_id: str) -> Channel:
        channel = self.workspace.channels.get(channel_id)
        if channel is None or not self.workspace.sees_channel(pid, channel):
            raise NotVisibleError(channel_id)
        return channel

    def _notice(self, pid: str, channel_id: str, words: str) -> None:
        self.workspace.desk(pid).notices.append(Notice(self.workspace.clock(), channel_id, words))
        self.workspace.touch()

    def _shown(self, answer: Answer, ticket: Ticket, body: Json) -> Answer:
        try:
            answer_into(self.workspace, ticket, body)
        except SlackError:
            return Answer("dispatch_failed")
        return answer


def _fits(errors: Any, view: View) -> bool:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    return isinstance(errors, dict) and bool(errors) and set(errors) <= inputs


def _visible(element: Json, pid: str) -> bool:
    return "visible_to_user_ids" not in element or pid in element["visible_to_user_ids"]
