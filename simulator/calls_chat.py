"""The chat methods: post, update, delete, ephemeral and permalink."""

from __future__ import annotations

import json
from typing import Any

from simulator.block_kit import MESSAGE_BLOCK_CHARACTERS, MESSAGE_TEXT, check_blocks
from simulator.calls import Call, Method, missing_scope
from simulator.errors import SlackError
from simulator.forms import fill_ids
from simulator.payloads import message_object
from simulator.workspace import Blocks, Channel, Message, Workspace

METADATA_BYTES = 16_000
CUSTOMISE = ("icon_emoji", "icon_url", "username")
POST = (
    "attachments", "blocks", "link_names", "markdown_text", "metadata", "mrkdwn", "parse", "reply_broadcast", "text",
    "thread_ts", "unfurl_links", "unfurl_media", *CUSTOMISE,
)  # fmt: skip
UPDATE = ("attachments", "blocks", "link_names", "markdown_text", "metadata", "parse", "reply_broadcast", "text")
EPHEMERAL = ("attachments", "blocks", "link_names", "markdown_text", "parse", "text", "thread_ts", *CUSTOMISE)


def post_message(call: Call) -> dict[str, Any]:
    """Post a message to a channel the app is in, or to a person's direct message."""
    workspace = call.workspace
    channel = _destination(call)
    text, blocks = _content(call)
    message = Message(
        channel.id,
        workspace.new_ts(),
        workspace.app.bot_user_id,
        text,
        blocks or [],
        bot_id=workspace.app.bot_id,
        thread_ts=_thread(call, channel),
        metadata=_metadata(call),
    )
    workspace.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": message_object(workspace, message)}


def update(call: Call) -> dict[str, Any]:
    """Change a message the app posted; blocks that are not given stay."""
    workspace = call.workspace
    message = _own_message(call, "cant_update_message")
    text, blocks = _content(call, existing=message.blocks)
    message.text = text if call.args.get("text") is not None else message.text
    message.blocks = message.blocks if blocks is None else blocks
    if call.args.get("metadata") is not None:
        message.metadata = _metadata(call)
    message.edited = workspace.new_ts()
    workspace.touch()
    shown = message_object(workspace, message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Call) -> dict[str, Any]:
    """Delete a message the app posted."""
    message = _own_message(call, "cant_delete_message")
    call.workspace.channels[message.channel].messages.remove(message)
    call.workspace.touch()
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(call: Call) -> dict[str, Any]:
    """Show a message to one member of a channel only."""
    workspace = call.workspace
    channel = _destination(call, people=False)
    person = workspace.people.get(call.text("user"))
    if person is None or person.id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = _content(call)
    ts = show_ephemeral(workspace, channel.id, person.id, text, blocks or [])
    return {"message_ts": ts}


def get_permalink(call: Call) -> dict[str, Any]:
    """Return the address of a message."""
    channel = call.channel(call.text("channel"))
    message = channel.message(call.text("message_ts"))
    if message is None or message.ephemeral_to:
        raise SlackError("message_not_found")
    place = f"https://{call.workspace.domain}.slack.com/archives/{channel.id}"
    return {"channel": channel.id, "permalink": f"{place}/p{message.ts.replace('.', '')}"}


def show_ephemeral(workspace: Workspace, channel: str, person: str, text: str, blocks: Blocks) -> str:
    """Put a message of the app before one person only and return its timestamp."""
    app = workspace.app
    message = Message(
        channel, workspace.new_ts(), app.bot_user_id, text, blocks, bot_id=app.bot_id, ephemeral_to=person
    )
    workspace.post(message)
    return message.ts


def checked_blocks(workspace: Workspace, blocks: Any) -> Blocks:
    """Return message blocks with their ids filled in; raises SlackError when Slack would refuse them."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if messages := check_blocks(blocks):
        raise SlackError("invalid_blocks", messages, errors=messages)
    if sum(len(json.dumps(block, ensure_ascii=False)) for block in blocks) > 4 * MESSAGE_BLOCK_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return fill_ids(blocks, lambda: workspace.new_id("", 5))


def _destination(call: Call, *, people: bool = True) -> Channel:
    workspace, wanted = call.workspace, call.text("channel")
    if people and wanted[:1] in ("U", "W"):
        return _direct(call, wanted)
    by_name = next(
        (c for c in workspace.channels.values() if c.kind == "public" and c.name == wanted.lstrip("#")), None
    )
    channel = by_name or call.channel(wanted)
    if channel.archived:
        raise SlackError("is_archived")
    if channel.kind == "dm":
        return _open_tab(workspace, channel)
    if not workspace.bot_in(channel) and "chat:write.public" not in workspace.app.scopes:
        raise SlackError("not_in_channel")
    return channel


def _direct(call: Call, person_id: str) -> Channel:
    person = call.person(person_id, "channel_not_found")
    if person.is_bot:
        raise SlackError("cannot_dm_bot")
    if person.deleted:
        raise SlackError("user_disabled")
    if person.is_stranger:
        raise SlackError("channel_not_found")
    channel = call.workspace.dm(person.id)
    assert channel is not None
    return _open_tab(call.workspace, channel)


def _open_tab(workspace: Workspace, channel: Channel) -> Channel:
    if not workspace.app.messages_enabled:
        raise SlackError("messages_tab_disabled")
    other = next((member for member in channel.members if member != workspace.app.bot_user_id), "")
    if workspace.people[other].deleted:
        raise SlackError("user_disabled")
    return channel


def _content(call: Call, existing: Blocks | None = None) -> tuple[str, Blocks | None]:
    customised = [name for name in CUSTOMISE if call.args.get(name)]
    if customised and "chat:write.customize" not in call.workspace.app.scopes:
        raise missing_scope(call.workspace, "chat:write.customize")
    text, raw = call.text("text"), call.args.get("blocks")
    markdown = call.text("markdown_text")
    if markdown and (text or raw):
        raise SlackError("markdown_text_conflict")
    text = text or markdown
    blocks = None if raw is None else checked_blocks(call.workspace, call.data("blocks", "invalid_blocks_format") or [])
    if not text and not (existing if blocks is None else blocks) and not call.args.get("attachments"):
        raise SlackError("no_text")
    if len(text) > MESSAGE_TEXT:
        raise SlackError("msg_too_long")
    return text, blocks


def _metadata(call: Call) -> dict[str, Any]:
    metadata = call.data("metadata", "invalid_metadata_format")
    if metadata is None:
        return {}
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata["event_type"], str) or not isinstance(metadata["event_payload"], dict):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return metadata


def _thread(call: Call, channel: Channel) -> str:
    thread_ts = call.text("thread_ts")
    parent = channel.message(thread_ts) if thread_ts else None
    if thread_ts and (parent is None or parent.ephemeral_to):
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def _own_message(call: Call, refusal: str) -> Message:
    channel = call.channel(call.text("channel"))
    message = channel.message(call.text("ts"))
    if message is None or message.ephemeral_to:
        raise SlackError("message_not_found")
    if channel.archived:
        raise SlackError("is_inactive")
    if message.bot_id != call.workspace.app.bot_id:
        raise SlackError(refusal)
    return message


WRITE = ("chat:write",)
METHODS = {
    "chat.postMessage": Method(post_message, "post", WRITE, ("channel",), POST),
    "chat.update": Method(update, "t3", WRITE, ("channel", "ts"), UPDATE),
    "chat.delete": Method(delete, "t3", WRITE, ("channel", "ts")),
    "chat.postEphemeral": Method(post_ephemeral, "t4", WRITE, ("channel", "user"), EPHEMERAL),
    "chat.getPermalink": Method(get_permalink, "special", (), ("channel", "message_ts"), reads_json=False),
}
