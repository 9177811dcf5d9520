"""Deeds that need two different administrators: what they are, and how far the two are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Act(StrEnum):
    """What one administrator alone may not do."""

    REOPEN_IDENTITY = "reopen_identity"
    """Open the identity of a closed request. subject = request."""
    EXTEND_RETENTION = "extend_retention"
    """Keep a closed request longer than the programme says. subject = request."""
    NAME_ADMINISTRATOR = "name_administrator"
    """Give somebody a role in the programme. code = what the operator reads out."""
    KEY_OPERATION = "key_operation"
    """Put every data key under a new master key. code = what the operator reads out."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One such deed: asked for, agreed to by one and by another, used once or ended. Nobody is named in it."""

    id: UUID
    programme: str
    act: Act
    asked_at: datetime
    expires_at: datetime
    subject: UUID | None = None
    code: str | None = None
    reason: str | None = None
    first_by: UUID | None = None
    first_at: datetime | None = None
    second_by: UUID | None = None
    second_at: datetime | None = None
    used_at: datetime | None = None
    ended_at: datetime | None = None
