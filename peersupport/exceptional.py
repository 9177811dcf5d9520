"""Deeds that need two different administrators: what they are, and what is kept of two people agreeing on one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID


class Act(StrEnum):
    """What one administrator alone may not do."""

    REOPEN_IDENTITY = "reopen_identity"
    """Open the identity of a closed request. subject = request."""
    EXTEND_RETENTION = "extend_retention"
    """Keep a closed request longer than the programme says. subject = request."""
    NAME_ADMINISTRATOR = "name_administrator"
    """Give somebody a role in the programme. code = what the operator reads out; subject = the member who gains a
    further role by it, where it is one who has a role already."""
    KEY_OPERATION = "key_operation"
    """Put every data key under a new master key. code = what the operator reads out."""


class Why(StrEnum):
    """Why an administrator asks for an exceptional deed on a request; the only reasons there are."""

    PERSON_ASKED = "person_asked"
    SAFETY = "safety"
    COMPLAINT = "complaint"
    LAW = "law"


ABOUT_REQUESTS = frozenset({Act.REOPEN_IDENTITY, Act.EXTEND_RETENTION})
"""Administrators ask for these, about one request; for the others the operator asks."""

TO_AGREE = timedelta(hours=24)
"""How long two people have to agree."""

_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Thirty-two signs of which few are mistaken for each other on the phone."""
_TO_USE = timedelta(hours=1)
_TO_USE_OPERATOR = timedelta(hours=24)


def code_for(*lines: str) -> str:
    """Return a short code for exactly these lines, easy to say on the phone and the same at every run."""
    number = int.from_bytes(sha256("\n".join(lines).encode()).digest()[:5])
    signs = "".join(_SIGNS[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{signs[:4]}-{signs[4:]}"


def to_use(act: Act) -> timedelta:
    """Return how long something agreed on may be carried out."""
    return _TO_USE if act in ABOUT_REQUESTS else _TO_USE_OPERATOR


@dataclass(frozen=True, slots=True)
class Approval:
    """One such deed: asked for, agreed to by one and by another, used once or ended. Nobody is named in it.

    `first_by` and `second_by` are members; one of them is None where the privacy contact, who is none, said yes.
    """

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

    @property
    def complete(self) -> bool:
        """Whether two different people have said yes."""
        return None not in (self.first_at, self.second_at) and self.first_by != self.second_by

    def lives(self, now: datetime) -> bool:
        """Say whether it can still be agreed to or used."""
        return self.used_at is None and self.ended_at is None and now < self.expires_at
