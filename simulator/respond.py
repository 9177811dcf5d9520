"""The `response_url` endpoint: five uses in thirty minutes, into the channel where the person acted."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from simulator.calls_chat import checked_blocks, show_ephemeral
from simulator.errors import SlackError
from simulator.workspace import Message, Workspace

MOST_USES = 5
MOST_TICKETS = 5000
SECONDS = 30 * 60


@dataclass
class Ticket:
    """One response_url: for whom, where, and about which message (if any)."""

    person: str
    channel: str
    ts: str
    expires: float
    uses: int = 0


class Responder:
    """Hands out response urls and carries out what the app posts to them."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.base_url = ""
        self.tickets: dict[str, Ticket] = {}

    def add_routes(self, app: web.Application) -> None:
        """Answer POST on every response url."""
        app.router.add_post("/respond/{ticket}", self.handle)

    def new_url(self, person: str, channel: str, ts: str = "") -> str:
        """Make a response url for this person in this channel."""
        name = secrets.token_urlsafe(18)
        self.tickets[name] = Ticket(person, channel, ts, self.workspace.clock() + SECONDS)
        while len(self.tickets) > MOST_TICKETS:
            del self.tickets[next(iter(self.tickets))]
        return f"{self.base_url}/respond/{name}"

    async def handle(self, request: web.Request) -> web.Response:
        """Carry out one use of a response url."""
        ticket = self.tickets.get(request.match_info["ticket"])
        try:
            body = await request.json()
        except ValueError:
            body = None
        entry = self.workspace.record("from app", "response_url", "response_url", ticket.person if ticket else "", body)
        status, words = self._use(ticket, body)
        entry.status, entry.response = status, words
        self.workspace.touch()
        return web.Response(status=status, text=words)

    def _use(self, ticket: Ticket | None, body: Any) -> tuple[int, str]:
        if ticket is None:
            return 404, "no_such_url"
        if self.workspace.clock() > ticket.expires:
            return 404, "expired_url"
        if ticket.uses >= MOST_USES:
            return 404, "used_url"
        if not isinstance(body, dict):
            return 400, "invalid_payload"
        try:
            answer_into(self.workspace, ticket, body)
        except SlackError as refusal:
            return 400, refusal.error
        ticket.uses += 1
        return 200, "ok"


def answer_into(workspace: Workspace, ticket: Ticket, body: dict[str, Any]) -> None:
    """Show a message answer: replace or delete the original, or say something new. Raises SlackError."""
    channel = workspace.channels[ticket.channel]
    original = channel.message(ticket.ts) if ticket.ts else None
    if body.get("delete_original"):
        if original is not None:
            channel.messages.remove(original)
        return
    text = str(body.get("text") or "")
    blocks = checked_blocks(workspace, body["blocks"]) if body.get("blocks") else []
    if not text and not blocks:
        raise SlackError("no_text")
    if body.get("replace_original") and original is not None:
        original.text, original.blocks = text, blocks
        original.edited = "" if original.ephemeral_to else workspace.new_ts()
    elif body.get("response_type") == "in_channel":
        app = workspace.app
        workspace.post(Message(channel.id, workspace.new_ts(), app.bot_user_id, text, blocks, bot_id=app.bot_id))
    else:
        show_ephemeral(workspace, channel.id, ticket.person, text, blocks)
