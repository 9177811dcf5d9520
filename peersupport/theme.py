"""What is kept of a meeting's members: a place on a list, a yes to its terms, a theme."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from peersupport.addresses import Address


@dataclass(frozen=True, slots=True, repr=False)
class Listed:
    """Somebody on a programme's list."""

    address: Address
    name: str = ""
    """As Slack showed it when they were put on the list."""

    def __repr__(self) -> str:
        return "Listed(...)"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A yes to one version of a programme's terms."""

    id: UUID
    programme: str
    version: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of one date, without its words."""

    id: UUID
    programme: str
    date_id: UUID


@dataclass(frozen=True, slots=True, repr=False)
class ThemeWords:
    """What a theme says and who wrote it; `name` only where the author wants it shown."""

    address: Address
    text: str
    name: str = ""

    def __repr__(self) -> str:
        return "ThemeWords(...)"


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One theme as whoever leads the meeting reads it."""

    text: str
    author_name: str | None = None

    def __repr__(self) -> str:
        return "Line(...)"
