"""The JSON objects Slack speaks in: users, channels, messages, views and the parts of interaction payloads."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from simulator.workspace import Channel, Message, Person, Values, View, Workspace

Json = dict[str, Any]


def user_object(workspace: Workspace, person: Person, *, locale: bool, email: bool) -> Json:
    """Return a user as `users.info` does; `locale` and `email` only when asked for and permitted."""
    offset = datetime.fromtimestamp(workspace.clock(), UTC).astimezone(_zone(person.tz)).utcoffset()
    user: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": {
            "real_name": person.real_name,
            "real_name_normalized": person.real_name,
            "display_name": person.display_name,
            "display_name_normalized": person.display_name,
            "team": person.team_id,
            **({"email": person.email} if email and not person.is_bot else {}),
        },
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": int(workspace.clock()),
    }
    if person.deleted:
        return user
    user.update(
        {
            "real_name": person.real_name,
            "tz": person.tz,
            "tz_label": person.tz.rpartition("/")[2].replace("_", " "),
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_admin": person.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": person.is_restricted or person.is_ultra_restricted,
            "is_ultra_restricted": person.is_ultra_restricted,
        }
    )
    if person.is_stranger:
        user["is_stranger"] = True
    if locale:
        user["locale"] = person.locale
    return user


def channel_object(workspace: Workspace, channel: Channel) -> Json:
    """Return a conversation as `conversations.info` does."""
    common: Json = {
        "id": channel.id,
        "is_im": channel.kind == "dm",
        "is_mpim": False,
        "is_archived": channel.archived,
        "is_org_shared": False,
        "context_team_id": workspace.team_id,
    }
    if channel.kind == "dm":
        other = next((m for m in channel.members if m != workspace.app.bot_user_id), "")
        return {**common, "user": other, "is_user_deleted": workspace.people[other].deleted}
    return {
        **common,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_private": channel.kind == "private",
        "is_general": channel.name == "general",
        "is_member": workspace.bot_in(channel),
        "is_shared": channel.ext_shared,
        "is_ext_shared": channel.ext_shared,
        "is_pending_ext_shared": bool(channel.pending_shared),
        "pending_shared": list(channel.pending_shared),
        "pending_connected_team_ids": list(channel.pending_shared),
        "shared_team_ids": [workspace.team_id, *(["T0ELSEWHER"] if channel.ext_shared else [])],
        "unlinked": 0,
        "creator": channel.members[0] if channel.members else "",
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def message_object(workspace: Workspace, message: Message) -> Json:
    """Return a message as Slack hands it back."""
    body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    if message.bot_id:
        body.update({"bot_id": message.bot_id, "app_id": workspace.app.app_id, "team": workspace.team_id})
    if message.blocks:
        body["blocks"] = copy.deepcopy(message.blocks)
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.edited:
        body["edited"] = {"user": message.user, "ts": message.edited}
    if message.metadata:
        body["metadata"] = copy.deepcopy(message.metadata)
    return body


def view_object(workspace: Workspace, view: View) -> Json:
    """Return a view as Slack hands it back and as interaction payloads carry it."""
    app = workspace.app
    content = copy.deepcopy(view.content)
    return {
        "id": view.id,
        "team_id": workspace.team_id,
        "type": view.type,
        "blocks": content.get("blocks", []),
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "state": {"values": copy.deepcopy(view.values)},
        "hash": view.hash,
        "title": content.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": bool(content.get("clear_on_close", False)),
        "notify_on_close": bool(content.get("notify_on_close", False)),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "previous_view_id": view.previous_view_id or None,
        "root_view_id": view.root_view_id,
        "app_id": app.app_id,
        "external_id": view.external_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": app.bot_id,
    }


def interaction(workspace: Workspace, kind: str, person: Person) -> Json:
    """Return the fields that every interaction payload has."""
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": workspace.app.app_id,
        "token": "legacy-verification-token",
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_word(channel: Channel) -> str:
    """Return the channel name that payloads carry: private ones are not named."""
    return {"public": channel.name, "private": "privategroup", "dm": "directmessage"}[channel.kind]


def command_fields(workspace: Workspace, person: Person, channel: Channel, command: str, text: str) -> Json:
    """Return the form fields of a slash command, but for its response url and trigger id."""
    return {
        "token": "legacy-verification-token",
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel_word(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.app.app_id,
        "is_enterprise_install": "false",
    }


def message_fields(workspace: Workspace, message: Message, values: Values) -> Json:
    """Return what a block action in a message carries of that message, but for its response url."""
    channel = workspace.channels[message.channel]
    return {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": bool(message.ephemeral_to),
        },
        "channel": {"id": channel.id, "name": channel_word(channel)},
        "message": message_object(workspace, message),
        "state": {"values": copy.deepcopy(values)},
    }


def event(workspace: Workspace, inner: Json) -> Json:
    """Return an event wrapped as the Events API sends it."""
    return {
        "token": "legacy-verification-token",
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app.app_id,
        "event": inner,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


REMOVAL = ("tokens_revoked", "app_uninstalled")
"""The events that follow when an app is removed; their order is not promised."""


def removed(workspace: Workspace, name: str) -> Json:
    """Return an event that follows a removal; of the tokens it names whose they were, and nothing else."""
    tokens = {"tokens": {"oauth": [], "bot": [workspace.app.bot_user_id]}} if name == "tokens_revoked" else {}
    told = event(workspace, {"type": name, "event_ts": f"{workspace.clock():.6f}", **tokens})
    del told["authorizations"]
    return told


def user_changed(workspace: Workspace, person: Person) -> Json:
    """Return the event that follows a change of somebody's account or profile: the whole user, as far as permitted."""
    email = "users:read.email" in workspace.app.scopes
    now = workspace.clock()
    user = user_object(workspace, person, locale=True, email=email)
    return event(workspace, {"type": "user_change", "user": user, "cache_ts": int(now), "event_ts": f"{now:.6f}"})


def _zone(name: str) -> ZoneInfo:
    # The packaged zone data before the machine's, which may not know that British Columbia stopped changing its clocks.
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)
