"""Marked words that only their owner could have given, and a search for them in every spelling a program may write."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator
from itertools import chain
from urllib.parse import quote, quote_plus

from simulator.workspace import Person, Workspace
from tests.stories.town import TEAM

NAME = "Kanarya Nomenclaturová"
PROFILE_NAME = "Kanarya Profilová"
PHONE = "604-555-0177"
EMAIL = "kanarya.letter@clinic.example"
AVOID = "Vermeidine Niemals"
USER = "U0KANARY77"
CANARIES = {"name": NAME, "profile": PROFILE_NAME, "phone": PHONE, "email": EMAIL, "avoided": AVOID, "user": USER}
TYPED = {key: CANARIES[key] for key in ("name", "phone", "email", "avoided")}


def settle(workspace: Workspace) -> None:
    """Give the workspace the member whom the canaries belong to."""
    workspace.people[USER] = Person("canary", USER, "kanarya.p", PROFILE_NAME, PROFILE_NAME, team_id=TEAM)
    workspace.channel("general").members.append(USER)


def spellings(word: str) -> Iterator[tuple[str, bytes]]:
    """Give each way in which a word could stand in a file, a log or a message."""
    raw = word.encode()
    yield "raw", raw
    yield "lower case", word.lower().encode()
    yield "reversed", word[::-1].encode()
    yield "quoted", quote(word).encode()
    yield "quoted plus", quote_plus(word).encode()
    yield "escaped", word.encode("unicode_escape")
    yield "escaped wholly", "".join(f"\\u{ord(c):04x}" for c in word).encode()
    yield "html", html.escape(word).encode("ascii", "xmlcharrefreplace")
    yield "hex", raw.hex().encode()
    yield "hex upper", raw.hex().upper().encode()
    # Without the zero at the end, which is at the beginning in the other order of bytes.
    yield "utf-16", word.encode("utf-16-le")[:-1]
    for shift in range(3):
        # Whatever stands before and after, the middle groups of four are always the same.
        whole = base64.b64encode(b"\0" * shift + raw)
        yield f"base64 at {shift}", whole[4 if shift else 0 : -4]
        yield f"base64 url at {shift}", base64.urlsafe_b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4]


def found_in(data: bytes, **words: str) -> list[str]:
    """Name the canaries that stand in these bytes, and how they are spelt."""
    lowered = data.lower()
    wanted = words or CANARIES
    return [
        f"{key} ({how})"
        for key, word in wanted.items()
        for how, spelt in dict(spellings(word)).items()
        if spelt in (lowered if how == "lower case" else data)
    ]


def sample(words: dict[str, str] | None = None) -> bytes:
    """Return bytes that hold every canary in every spelling, to show that the search bites."""
    wanted = (words or CANARIES).values()
    return b" ".join(chain.from_iterable(dict(spellings(word)).values() for word in wanted))
