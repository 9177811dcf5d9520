"""Offers of a match: one supporter is asked, without a name; at most one ever wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class OfferState(StrEnum):
    """Where an offer stands: queued behind another, open with the supporter, or over."""

    QUEUED = "queued"
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_ME = "not_me"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    HANDED_BACK = "handed_back"
    ENDED = "ended"
    """Accepted once; the request has closed or moved on since."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One request offered to one supporter."""

    id: UUID
    request_id: UUID
    supporter_id: UUID
    position: int
    state: OfferState
    created_at: datetime
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    decided_at: datetime | None = None
