"""Offers of a match: one supporter is asked, without a name; at most one ever wins."""

from __future__ import annotations

from collections.abc import Iterable
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


SILENT = 2
"""After so many offers in a row without an answer a supporter is asked, in their own Home, whether to pause."""
_ANSWERED_OR_LAPSED = frozenset(OfferState) - {OfferState.QUEUED, OfferState.OPEN, OfferState.WITHDRAWN}


def went_unanswered(newest_first: Iterable[Offer]) -> bool:
    """Say whether a supporter let their last offers lapse; those that were taken back from them do not count."""
    ended = [each.state for each in newest_first if each.state in _ANSWERED_OR_LAPSED][:SILENT]
    return len(ended) == SILENT and set(ended) == {OfferState.LAPSED}
