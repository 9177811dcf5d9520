"""Opaque addresses of people: a workspace and a member of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """A member of a workspace, as an opaque pair; its repr never shows the ids."""

    team: str
    user: str

    def __repr__(self) -> str:
        return "Address(...)"
