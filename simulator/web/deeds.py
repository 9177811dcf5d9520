"""What the page can ask for: each verb is one thing a person does in Slack, through the same client as the stories."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from simulator.answers import new_state
from simulator.client import Client
from simulator.errors import ClientRefusalError, NeedsConfirmError, SlackError
from simulator.forms import STATEFUL, find
from simulator.workspace import NotVisibleError, View, Workspace

Json = Mapping[str, Any]
Deed = Callable[[Client, str, Json], Awaitable[None]]


async def perform(client: Client, pid: str, verb: str, body: Json) -> str:
    """Do one deed as this person; return what Slack says if it refuses, else nothing. Raises KeyError for no verb."""
    deed = _DEEDS[verb]
    try:
        await deed(client, pid, body)
    except NeedsConfirmError:
        return "This asks for a confirmation first."
    except ClientRefusalError as refusal:
        return _sentence(str(refusal))
    except NotVisibleError:
        return "Slack does not show you this."
    except SlackError as refusal:
        return f"Slack refused: {refusal.error}."
    return ""


async def _say(client: Client, pid: str, body: Json) -> None:
    channel, text = str(body.get("channel", "")), str(body.get("text", ""))
    # A leading space makes a command an ordinary message in Slack too: people do post them by accident.
    if text.startswith("/"):
        await client.command(pid, channel, text)
    elif text.strip():
        await client.say(pid, channel, text.strip())


async def _shortcut(client: Client, pid: str, body: Json) -> None:
    await client.shortcut(pid, str(body.get("callback", "")))


async def _open(client: Client, pid: str, body: Json) -> None:
    await (client.open_messages(pid) if body.get("tab") == "messages" else client.open_home(pid))


async def _fill(client: Client, pid: str, body: Json) -> None:
    _take_values(client, pid, body)


async def _act(client: Client, pid: str, body: Json) -> None:
    _take_values(client, pid, body)
    confirm = "accept" if body.get("confirmed") else None
    block, action = str(body.get("block", "")), str(body.get("action", ""))
    await client.act(pid, _surface(body), block, action, body.get("value"), confirm)


async def _submit(client: Client, pid: str, body: Json) -> None:
    _take_values(client, pid, body)
    await client.submit(pid, str(body.get("view", "")))


async def _close(client: Client, pid: str, body: Json) -> None:
    await client.close(pid, str(body.get("view", "")), everything=bool(body.get("all")))


_DEEDS: dict[str, Deed] = {
    "say": _say,
    "shortcut": _shortcut,
    "open": _open,
    "fill": _fill,
    "act": _act,
    "submit": _submit,
    "close": _close,
}


def _surface(body: Json) -> str:
    view = body.get("view")
    return str(view) if view else f"{body.get('channel', '')}:{body.get('ts', '')}"


def _take_values(client: Client, pid: str, body: Json) -> None:
    """Write what is filled in on the page into the simulator's own record of the view or message."""
    raw = body.get("values")
    if not isinstance(raw, Mapping):
        return
    blocks, values = _shown(client, pid, _surface(body))
    for block_id, actions in raw.items():
        for action_id, answer in actions.items():
            found = find(blocks, block_id, action_id)
            if found is None or found[1]["type"] not in STATEFUL:
                continue
            try:
                state = new_state(client.workspace, found[1], answer)
            except ClientRefusalError:
                continue
            values.setdefault(block_id, {})[action_id] = state


def _shown(client: Client, pid: str, surface: str) -> tuple[list[dict[str, Any]], Any]:
    workspace = client.workspace
    view = _own_view(workspace, pid, surface)
    if view is not None:
        return view.blocks, view.values
    channel, _, ts = surface.partition(":")
    for message in workspace.visible_messages(pid, channel) if ts else ():
        if message.ts == ts:
            return message.blocks, client.message_values(pid, message)
    return [], {}


def _own_view(workspace: Workspace, pid: str, view_id: str) -> View | None:
    desk = workspace.desk(pid)
    views = [*desk.modals, *([desk.home] if desk.home else [])]
    return next((view for view in views if view.id == view_id), None)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?", "!")) else ".")
