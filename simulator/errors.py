"""Refusals: of the Web API to the app, and of a Slack client to the person in front of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """An `ok: false` answer of the Web API: the documented error, its messages and further fields."""

    def __init__(self, error: str, messages: Sequence[str] = (), **fields: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)
        self.fields = fields


class ClientRefusalError(Exception):
    """Slack's own client would not let this person do that; nothing was sent."""


class NeedsConfirmError(ClientRefusalError):
    """The element carries a confirm dialog, which must be accepted or denied first."""

    def __init__(self, dialog: dict[str, Any]) -> None:
        super().__init__(f"asks first: {dialog['title']['text']}")
        self.dialog = dialog
