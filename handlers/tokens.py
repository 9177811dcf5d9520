"""What the buttons of messages carry: which screen they open, and an opaque handle for the one they were made for."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from handlers import ids
from handlers.hear import Hear
from peersupport.addresses import Address
from peersupport.ports import Handles

ADMINS = "admins"
"""The viewer of a card's handles: whoever presses is looked up in the database all the same."""
CARD_DAYS = 400
MESSAGE_DAYS = 120

_PURPOSES = (
    ids.OWN,
    ids.OFFER,
    ids.MATCH,
    ids.SHEET,
    ids.CHANNEL,
    ids.LEDGER,
    ids.APPROVAL,
    ids.SELF_AUDIT,
    ids.CONCERN,
    ids.COVER,
    ids.TODAY,
    ids.REFERRAL,
    ids.REFERRAL_CARD,
    ids.READING,
    ids.EDITOR,
    ids.REGISTRATION,
    ids.LED,
    ids.INTRODUCTION,
    ids.LISTING,
    ids.CHECKING,
    ids.PROPOSAL,
)
"""What a message can be about. Its button does not say which: whoever reads an export would know who asked."""


def viewer_of(who: Address) -> str:
    """Return a person as handles know them."""
    return f"{who.team}:{who.user}"


def for_message(handles: Handles, purpose: str, record: UUID, who: Address, now: datetime) -> str:
    """Return what the button of a direct message carries."""
    assert purpose in _PURPOSES
    return handles.make(purpose, record, viewer_of(who), now + timedelta(days=MESSAGE_DAYS))


def for_viewer(handles: Handles, purpose: str, record: UUID, who: Address, now: datetime) -> str:
    """Return what a button in somebody's Home carries."""
    return handles.make(purpose, record, viewer_of(who), now + timedelta(days=MESSAGE_DAYS))


def from_message(hear: Hear) -> tuple[str, UUID] | None:
    """Return the purpose and record of a pressed message button; None for any doubt."""
    # Buttons of older messages begin with a letter and a full stop.
    token = hear.value.rpartition(".")[2]
    for purpose in _PURPOSES:
        record = hear.front.handles.open(token, purpose, hear.viewer, hear.now)
        if record is not None:
            return purpose, record
    hear.trace.forged = True
    return None


def for_card(handles: Handles, request: UUID, now: datetime) -> str:
    """Return what the buttons of an administrators' card carry."""
    return handles.make(ids.CARD, request, ADMINS, now + timedelta(days=CARD_DAYS))


def for_referral_card(handles: Handles, referral: UUID, now: datetime) -> str:
    """Return what the button of a referral's card carries."""
    return handles.make(ids.REFERRAL_CARD, referral, ADMINS, now + timedelta(days=CARD_DAYS))


def request_of(hear: Hear) -> UUID | None:
    """Return the request of a pressed card or sheet button, or of a form opened from a sheet; None for any doubt."""
    if hear.view is None:
        return hear.record(ids.CARD, viewer=ADMINS)
    return hear.record(ids.SHEET, hear.meta.get("h", "") if hear.in_modal else hear.value)
