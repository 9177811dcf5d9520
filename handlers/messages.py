"""The one button of every direct message: opens what the message was about, for the one it was sent to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from handlers import (
    approvals,
    channels,
    check_ins,
    column,
    cover,
    editing,
    erasure,
    errors,
    ids,
    introductions,
    ledger,
    listings,
    offers,
    organise,
    own,
    presenting,
    queue,
    referrals,
    safety,
    sessions,
    tokens,
    triage,
)
from handlers.hear import Answer, Hear, Kind, Listener

_OPEN: dict[str, Callable[[Hear, UUID], Awaitable[Answer]]] = {
    ids.OWN: own.open_request,
    ids.OFFER: offers.show_offer,
    ids.MATCH: offers.show_match,
    ids.SHEET: triage.open_request,
    ids.CHANNEL: channels.open_notice,
    ids.LEDGER: ledger.open_told,
    ids.APPROVAL: approvals.show,
    ids.SELF_AUDIT: erasure.open_notice,
    ids.CONCERN: safety.show,
    ids.COVER: cover.open_note,
    ids.TODAY: queue.open_told,
    ids.REFERRAL: referrals.show,
    ids.REFERRAL_CARD: referrals.show_sheet,
    ids.INTRODUCTION: introductions.show,
    ids.LISTING: listings.show,
    ids.CHECKING: check_ins.show,
    ids.READING: column.open_note,
    ids.EDITOR: editing.open_told,
    ids.REGISTRATION: sessions.open_place,
    ids.LED: organise.open_told,
    ids.PROPOSAL: presenting.show,
}


async def open_message(hear: Hear) -> Answer:
    """Open what a message was about; one forwarded, expired or made for somebody else opens nothing."""
    found = tokens.from_message(hear)
    return await _OPEN[found[0]](hear, found[1]) if found else await errors.refused(hear)


LISTENERS: dict[tuple[Kind, str], Listener] = {(Kind.ACTION, ids.OPEN_MESSAGE): open_message}
