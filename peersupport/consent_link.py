"""A link and a code with which somebody who is not in Slack answers one question on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

MOST_TRIES = 5
"""So many wrong codes, and the link opens nothing any more."""


class About(StrEnum):
    """What is asked on the page, and of what record the subject is the id."""

    REFERRAL = "referral"
    NOTICE = "notice"
    REQUEST = "request"
    """A request that was taken by phone."""


@dataclass(frozen=True, slots=True)
class ConsentLink:
    """The plain part of a link: neither its token nor its code, which are kept as keyed hashes only."""

    id: UUID
    subject: UUID
    about: About
    made_at: datetime
    expires_at: datetime
    """It ends with the question it asks."""
    tries: int = 0
    """How many wrong codes were tried."""
    spent_at: datetime | None = None
    """When an answer was given; opening the page spends nothing."""

    def opens(self, now: datetime) -> bool:
        """Say whether the right code opens it now."""
        return self.spent_at is None and self.tries < MOST_TRIES and now < self.expires_at


@dataclass(frozen=True, slots=True, repr=False)
class Link:
    """What an administrator passes on, by two ways, and what is shown once: the token of the address, and the code."""

    token: str
    """128 random bits in 26 small letters and digits."""
    code: str
    """Eight digits."""
    expires_at: datetime

    def __repr__(self) -> str:
        return "Link(...)"


class ConsentLinks(Protocol):
    """Links, one row each; token and code go in and never come out."""

    async def add(self, link: ConsentLink, token: str, code: str) -> None:
        """Store a new one in place of those that its subject had."""

    async def hold(self, token: str) -> ConsentLink | None:
        """Return the one with this token and hold its row until the transaction ends."""

    async def fits(self, id: UUID, code: str) -> bool:
        """Say whether this is the code of a link."""

    async def save(self, link: ConsentLink) -> None:
        """Write the tries and the answer's time of one whose row is held."""

    async def end(self, subject: UUID) -> None:
        """Drop every one about a subject, which asks nothing any more."""
