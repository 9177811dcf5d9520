"""Keeps messages, direct messages, Homes and read marks in a file, so that a demonstration survives a restart.

What Slack itself would lose stays lost: open modals and ephemeral messages are gone after a restart.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from simulator.workspace import Channel, Desk, Message, Notification, View, Workspace

SECONDS_BETWEEN = 0.5
SECRETS = ("bot_token", "app_token", "signing_secret")


class Saver:
    """Writes the workspace to its file soon after every change, and reads it back."""

    def __init__(self, workspace: Workspace, path: Path) -> None:
        self.workspace = workspace
        self.path = path
        self._saved = -1
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to save after changes."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Save for the last time."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self.save()

    def save(self) -> None:
        """Write everything that is kept; the file is replaced as a whole and only its owner can read it."""
        if self._saved == self.workspace.version:
            return
        self._saved = self.workspace.version
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(snapshot(self.workspace), ensure_ascii=False), "utf-8")
        fresh.replace(self.path)

    def restore(self) -> None:
        """Take up what the file holds, if there is one."""
        if self.path.exists():
            resume(self.workspace, json.loads(self.path.read_text("utf-8")))

    async def _watch(self) -> None:
        while True:
            await self.workspace.wait_for_change(max(self._saved, 0), 60.0)
            self.save()
            await asyncio.sleep(SECONDS_BETWEEN)


def snapshot(workspace: Workspace) -> dict[str, Any]:
    """Return what is kept of a workspace, ready for JSON."""
    channels = []
    for channel in workspace.channels.values():
        kept = [asdict(message) for message in channel.messages if not message.ephemeral_to]
        channels.append({**asdict(channel), "messages": kept})
    desks = {}
    for person_id, desk in workspace.desks.items():
        desks[person_id] = {
            "home": asdict(desk.home) if desk.home else None,
            "notifications": [asdict(each) for each in desk.notifications],
            "last_read": desk.last_read,
        }
    secrets = {name: getattr(workspace.app, name) for name in SECRETS}
    return {"team": workspace.team_id, "secrets": secrets, "channels": channels, "desks": desks}


def resume(workspace: Workspace, saved: dict[str, Any]) -> None:
    """Put what was kept back into a workspace loaded from the same file; anything of another team is left out."""
    if saved.get("team") != workspace.team_id:
        return
    for name in SECRETS:
        setattr(workspace.app, name, saved["secrets"][name])
    for row in saved["channels"]:
        messages = [Message(**each) for each in row["messages"]]
        workspace.channels[row["id"]] = Channel(**{**row, "messages": messages})
    for person_id, row in saved["desks"].items():
        home = View(**{**row["home"], "busy": False, "trouble": ""}) if row["home"] else None
        notifications = [Notification(**each) for each in row["notifications"]]
        workspace.desks[person_id] = Desk(home=home, notifications=notifications, last_read=row["last_read"])
