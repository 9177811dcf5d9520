"""The answers that several workflows give besides their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peersupport.requests import State, SupportRequest


@dataclass(frozen=True, slots=True)
class Refused:
    """Unknown, foreign or forbidden: one answer for all of them."""


@dataclass(frozen=True, slots=True)
class Stale:
    """The caller may know the request, but what they pressed no longer fits it; nothing was changed."""

    state: State


@dataclass(frozen=True, slots=True)
class Over:
    """What was asked of this supporter is no longer needed; nothing was changed, and no more is said."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """The requester still has a say about their name, until that instant."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """The deed is carried out; this is the request as it stands now."""

    request: SupportRequest


@dataclass(frozen=True, slots=True)
class Already:
    """The deed was carried out before; nothing was changed."""

    request: SupportRequest


@dataclass(frozen=True, slots=True)
class NoOtherAdministrator:
    """Everyone who could look after this request is the requester or somebody they want kept out; nothing was kept."""
