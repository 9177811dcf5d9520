"""Marked words that only their owner could have given, and a search for them in every spelling a program may write."""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import chain, groupby, takewhile
from urllib.parse import quote, quote_plus

from simulator.workspace import Person, Workspace
from tests.stories.town import TEAM
from tests.threats.streams import layers

NAME = "Kanarya Nomenclaturová"
PROFILE_NAME = "Kanarya Profilová"
PHONE = "604-555-0177"
EMAIL = "kanarya.letter@clinic.example"
AVOID = "Vermeidine Niemals"
DANGER = "Kanariengelbes"
USER = "U0KANARY77"
CANARIES = {
    "name": NAME,
    "profile": PROFILE_NAME,
    "phone": PHONE,
    "email": EMAIL,
    "avoided": AVOID,
    "danger": DANGER,
    "user": USER,
}
TYPED = {key: CANARIES[key] for key in ("name", "phone", "email", "avoided", "danger")}


def settle(workspace: Workspace) -> None:
    """Give the workspace the member whom the canaries belong to."""
    workspace.people[USER] = Person("canary", USER, "kanarya.p", PROFILE_NAME, PROFILE_NAME, team_id=TEAM)
    workspace.channel("general").members.append(USER)


def spellings(word: str) -> Iterator[tuple[str, bytes]]:
    """Give each way in which a word could stand in a file, a log or a message."""
    raw = word.encode()
    yield "raw", raw
    yield "lower case", word.lower().encode()
    yield "upper case", word.upper().encode()
    yield "taken apart", unicodedata.normalize("NFD", word).encode()
    yield "latin-1", word.encode("latin-1")
    yield "quoted", quote(word).encode()
    yield "quoted plus", quote_plus(word).encode()
    yield "quoted twice", quote(quote(word)).encode()
    yield "quoted wholly", "".join(f"%{byte:02X}" for byte in raw).encode()
    yield "html", html.escape(word).encode("ascii", "xmlcharrefreplace")
    yield "html wholly", "".join(f"&#{ord(letter)};" for letter in word).encode()
    yield "html wholly in hex", "".join(f"&#x{ord(letter):x};" for letter in word).encode()
    for encoding in ("latin-1", "utf-8"):
        # As `repr` of bytes, PostgreSQL's dumps of bytes and C's printers write them.
        shown = word.encode(encoding).decode("latin-1").encode("unicode_escape")
        yield f"escaped bytes of {encoding}", shown
    for how, width in (("escaped", 4), ("escaped long", 8)):
        mark = "u" if width == 4 else "U"
        for case in "xX":
            letters = [letter if ord(letter) < 128 else f"\\{mark}{ord(letter):0{width}{case}}" for letter in word]
            yield f"{how} {case}", "".join(letters).encode()
            yield f"{how} wholly {case}", "".join(f"\\{mark}{ord(letter):0{width}{case}}" for letter in word).encode()
    for how, data in (("", raw), ("utf-16-le ", word.encode("utf-16-le")), ("utf-16-be ", word.encode("utf-16-be"))):
        yield f"{how}plain", data
        yield f"{how}reversed", data[::-1]
        yield f"{how}hex", data.hex().encode()
        yield f"{how}hex upper", data.hex().upper().encode()
        for shift in range(3):
            yield f"{how}base64 at {shift}", _middle(base64.b64encode, data, shift)
            yield f"{how}base64 url at {shift}", _middle(base64.urlsafe_b64encode, data, shift)
    yield "letters reversed", word[::-1].encode()


def _middle(encode: object, data: bytes, shift: int) -> bytes:
    """Return the groups of four that are the same whatever stands before and after."""
    assert callable(encode)
    whole: bytes = encode(b"\0" * shift + data)
    return whole[4 if shift else 0 : -4]


@cache
def _spelt(words: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[bytes], dict[bytes, str]]:
    """Return one pattern for all spellings of all words, and what each spelling is."""
    known = {spelt: f"{key} ({how})" for key, word in words for how, spelt in reversed(list(spellings(word)))}
    return re.compile(_any_of(sorted(known))), known


def _any_of(spelt: list[bytes], at: int = 0) -> bytes:
    """Return a pattern for any of these, sorted and alike up to `at`, the longest first.

    What begins alike is asked for together: many times faster than one after the other, and files are long.
    """
    ends_here = len(spelt[0]) == at
    ways = []
    for _, group in groupby(spelt[ends_here:], key=lambda each: each[at]):
        alike = list(group)
        pairs = zip(alike[0][at:], alike[-1][at:], strict=False)
        end = at + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        ways.append(re.escape(alike[0][at:end]) + _any_of(alike, end))
    return b"(?:" + b"|".join(ways) + b")" + (b"?" if ends_here else b"") if ways else b""


def found_in(data: bytes, **words: str) -> list[str]:
    """Name the canaries that stand in these bytes or in what is packed in them, and how they are spelt."""
    pattern, known = _spelt(tuple((words or CANARIES).items()))
    found: dict[str, None] = {}
    for packed, layer in layers(data):
        sides = [layer]
        if b"\0" not in layer and b"\n" in layer:
            # In mails and PEM files words are broken into lines.
            sides.append(layer.replace(b"\r\n", b"").replace(b"\n", b""))
        for side in sides:
            found |= {f"{packed} {known[spelt]}".strip(): None for spelt in set(pattern.findall(side))}
    return list(found)


def sample(words: dict[str, str] | None = None) -> bytes:
    """Return bytes that hold every canary in every spelling, to show that the search bites."""
    wanted = (words or CANARIES).values()
    return b" ".join(chain.from_iterable(dict(spellings(word)).values() for word in wanted))
