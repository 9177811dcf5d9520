"""The keys that partners' systems sign with: several at once, so that one can take over; ended for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

QUOTA = 30
"""So many notices one key may send in an hour; what is more is asked to wait."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, repr=False)
class PartnerKey:
    """One key of a partner, as it is listed: never with its secret."""

    id: UUID
    programme: str
    partner: str
    made_at: datetime
    ended_at: datetime | None = None

    def __repr__(self) -> str:
        return "PartnerKey(...)"


class PartnerKeys(Protocol):
    """The keys of partners' systems; each secret is sealed under a data key of its own."""

    async def add(self, key: PartnerKey, secret: bytes) -> None:
        """Store a new one; the secret is ASCII."""

    async def secret(self, id: UUID) -> tuple[PartnerKey, bytes] | None:
        """Return a key that was not ended, with its secret."""

    async def all(self, programme: str) -> list[PartnerKey]:
        """Return a programme's keys, ended ones too, the oldest first."""

    async def take(self, id: UUID, now: datetime, quota: int = QUOTA) -> PartnerKey | None:
        """Count one notice of this key's hour; None where it was ended, or has sent as many as it may."""

    async def end(self, id: UUID, now: datetime) -> PartnerKey | None:
        """Destroy a key's secret for good; None where there is no such key, or it was ended before."""
