"""A message before it goes out: its words, and what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from peersupport.ports import Member
from peersupport.requests import SupportRequest


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, and what it is about."""

    text: str
    blocks: list[dict[str, Any]]
    subject: UUID
    """The request, offer, referral or programme that it is about."""
    request: SupportRequest | None = None
    """Whose reference, due time and counts may stand in it; None where nothing of the kind may."""
    by: Member | None = None
    """The administrator whose name may stand in it."""
    name: str = ""
    """That administrator's name as Slack gives it."""
    referral: str = ""
    """The reference of a referral, which may stand in its card."""
    public: frozenset[str] = frozenset()
    """What an announcement says: the programme's own words and its dates, which everybody may read."""
