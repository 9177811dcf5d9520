"""Opaque addresses of people: a member of a workspace, somebody's own phone or e-mail, or nobody that can be found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize
from uuid import UUID

_PHONE, _MAIL, _OUTSIDE, _NAMED = "tel:", "mailto:", "outside:", "named:"
_ELSEWHERE = frozenset({_PHONE, _MAIL, _OUTSIDE, _NAMED})
_SHORTEST, _LONGEST = 10, 15


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """A person as an opaque pair, a workspace and a member of it; its repr never shows the ids."""

    team: str
    user: str

    @property
    def on_slack(self) -> bool:
        """Say whether this is a member of a workspace, who can be shown something there."""
        return self.team not in _ELSEWHERE

    def __repr__(self) -> str:
        return "Address(...)"


def outside(record: UUID) -> Address:
    """Return the address of somebody outside Slack who cannot be told from others: each record has its own."""
    return Address(_OUTSIDE, record.hex)


def signing_name(name: str) -> Address:
    """Return the address of somebody known by the name they sign in by, however it is spaced or capitalised."""
    return Address(_NAMED, " ".join(normalize("NFKC", name).casefold().split()))


def own_reach(reach: str) -> Address | None:
    """Return the address that somebody's own phone number or e-mail is; None where the text is neither.

    Ten digits without a country are taken for North American, so that "604 555-0199" and "+1 (604) 555-0199" are one.
    """
    words = reach.strip()
    if re.fullmatch(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+", words):
        return Address(_MAIL, words.casefold())
    if re.search(r"[^\d\s().+\-]", words):
        return None
    digits = re.sub(r"\D", "", words)
    if not _SHORTEST <= len(digits) <= _LONGEST:
        return None
    return Address(_PHONE, digits if len(digits) > _SHORTEST else f"1{digits}")
