"""Reads a workspace file and an app manifest into a `Workspace`."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import Any

import yaml

from simulator.workspace import App, Channel, Clock, Message, Person, Workspace

DEMO_WORKSPACE = Path(__file__).parent / "workspaces" / "demo.yml"


def load_workspace(path: Path, manifest: dict[str, Any], clock: Clock = time.time) -> Workspace:
    """Build the workspace described by a YAML file, with the app of this manifest installed in it."""
    data = yaml.safe_load(path.read_text("utf-8"))
    team = data["team"]
    workspace = Workspace(team["id"], team["name"], team["domain"], load_app(data["app"], manifest), clock)
    _add_bot(workspace)
    for row in data["people"]:
        first = row["real_name"].split()[0]
        person = Person(
            **{
                "display_name": first,
                "email": f"{row['name']}@{team['domain']}.example",
                "team_id": team["id"],
                **row,
            }
        )
        workspace.people[person.id] = person
    for row in data["channels"]:
        _add_channel(workspace, row)
    return workspace


def load_app(ids: dict[str, str], manifest: dict[str, Any]) -> App:
    """Read what the manifest asks of Slack; tokens and the signing secret are made up afresh."""
    features = manifest.get("features", {})
    settings = manifest.get("settings", {})
    home = features.get("app_home", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    return App(
        app_id=ids["id"],
        bot_id=ids["bot_id"],
        bot_user_id=ids["bot_user_id"],
        name=features.get("bot_user", {}).get("display_name") or manifest["display_information"]["name"],
        bot_token=f"xoxb-{secrets.token_hex(12)}",
        app_token=f"xapp-{secrets.token_hex(12)}",
        signing_secret=secrets.token_hex(16),
        scopes=frozenset(scopes),
        commands={row["command"]: row for row in features.get("slash_commands", [])},
        shortcuts=list(features.get("shortcuts", [])),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        home_enabled=bool(home.get("home_tab_enabled", False)),
        messages_enabled=bool(home.get("messages_tab_enabled", True)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
    )


def load_manifest(path: Path) -> dict[str, Any]:
    """Read an app manifest written in YAML."""
    manifest: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return manifest


def _add_bot(workspace: Workspace) -> None:
    app = workspace.app
    name = app.name.lower().replace(" ", "_")
    workspace.people[app.bot_user_id] = Person(
        "bot", app.bot_user_id, name, app.name, app.name, team_id=workspace.team_id, is_bot=True
    )


def _add_channel(workspace: Workspace, row: dict[str, Any]) -> None:
    members = [workspace.person(key).id for key in row.get("members", [])]
    channel = Channel(
        row["id"],
        row["name"],
        row.get("kind", "public"),
        members,
        archived=row.get("archived", False),
        ext_shared=row.get("ext_shared", False),
    )
    workspace.channels[channel.id] = channel
    for message in row.get("messages", []):
        sender = workspace.person(message["from"])
        channel.messages.append(Message(channel.id, workspace.new_ts(), sender.id, message["text"]))
    for member in members:
        if channel.messages:
            workspace.desk(member).last_read[channel.id] = channel.messages[-1].ts
