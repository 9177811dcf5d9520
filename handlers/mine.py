"""What one's own request needs wherever it is shown: its handle, its card, its part of Home."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from slackblocks import Block

from handlers import ids, tokens
from handlers.hear import HANDLE_DAYS, Front
from handlers.views import own as views
from peersupport import own as rules
from peersupport import register
from peersupport.addresses import Address
from peersupport.ports import Standing, UnitOfWork
from peersupport.supporters import Supporter


def handle(front: Front, who: Address, request: UUID, now: datetime) -> str:
    """Return an opaque token with which this person finds their own request again."""
    return front.handles.make(ids.OWN, request, tokens.viewer_of(who), now + timedelta(days=HANDLE_DAYS))


async def card(
    work: UnitOfWork, front: Front, who: Address, standing: Standing, own: rules.Own, now: datetime
) -> views.Card:
    """Return one's own request with what its buttons need."""
    programme = front.programmes[own.request.programme]
    listed = await register.own(work, programme, who) if programme.id in standing.supporters else None
    return views.Card(
        own=own,
        programme=programme,
        handle=handle(front, who, own.request.id, now),
        now=now,
        pausable=listed is not None and not _paused(listed.supporter, now),
        line=programme.physician_line(front.resources),
    )


def _paused(supporter: Supporter, now: datetime) -> bool:
    return supporter.paused_until is not None and supporter.paused_until > now


async def home_part(
    work: UnitOfWork, front: Front, who: Address, standing: Standing, language: str, now: datetime
) -> list[Block]:
    """Return one's own open requests for Home; nothing where there are none."""
    found: list[Block] = []
    for own in await rules.overview(work, front.programmes, who):
        shown = await card(work, front, who, standing, own, now)
        found += views.blocks(front.texts.in_language(language), shown)
    return found
