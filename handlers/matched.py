"""A request that is with a supporter, as they see it: shared by what is done with one and by the invitation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from handlers import ids
from handlers.hear import Hear
from handlers.views import identity as identity_view
from handlers.views import offers as views
from handlers.views import outreach as outreach_views
from peersupport import conversations, outreach
from peersupport.notes import supporter_is_asked
from peersupport.programme import Programme
from peersupport.requests import SupportRequest
from peersupport.resources import Kind as HelpKind


def match_of(hear: Hear) -> UUID | None:
    """Return the request that the view, or else the pressed button, leads to; None for any doubt."""
    return hear.record(ids.MATCH, hear.meta.get("h", "") if hear.in_modal else hear.value)


def number_of(hear: Hear) -> int:
    """Return the number that a button carries, of the talk or the attempt that it makes; 0 for anything else."""
    return int(hear.value) if hear.value.isascii() and hear.value.isdigit() and len(hear.value) < 4 else 0


async def view_of(hear: Hear, programme: Programme, request: SupportRequest, said: str = "") -> dict[str, Any]:
    """Return the request before its name is opened; an invitation where the person did not ask."""
    if request.unasked:
        return await _invitation(hear, programme, request, said)
    shown_at = conversations.name_shown_from(programme, request)
    wait = identity_view.when(shown_at, programme, hear.t) if shown_at and shown_at > hear.now else ""
    quiet = supporter_is_asked(request, programme, hear.now)
    handle, line = hear.handle(ids.MATCH, request.id), _bridge(hear, programme, request)
    return views.matched(request, programme, hear.t, handle, said, wait, quiet=quiet, bridge=line)


async def _invitation(hear: Hear, programme: Programme, request: SupportRequest, said: str) -> dict[str, Any]:
    async with hear.front.work() as work:
        found = await outreach.script(work, programme, hear.who, request.id, now=hear.now)
    if not isinstance(found, outreach.Script):
        return await over(hear, programme, request.id)
    shown = outreach_views.Invitation(found, hear.front.resources)
    return outreach_views.invitation(shown, programme, hear.t, hear.handle(ids.MATCH, request.id), said)


async def over(hear: Hear, programme: Programme, request: UUID) -> dict[str, Any]:
    """Return that it is over; only one who opened the name is asked to delete what they noted."""
    async with hear.front.work() as work:
        knew = await conversations.has_opened(work, programme, hear.who, request)
    return views.over(programme, hear.t, hear.handle(ids.MATCH, request) if knew else None)


def _bridge(hear: Hear, programme: Programme, request: SupportRequest) -> str:
    """Return the physicians' line once the foreseen talks are over, for a colleague who is still in distress."""
    if not conversations.is_last(programme, request):
        return ""
    lines = programme.help_lines(hear.front.resources)
    own = [each for each in lines if each.kind is HelpKind.PHYSICIAN_HELP]
    return (own or lines)[0].line(hear.language)
