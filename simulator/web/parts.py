"""Small pieces that several regions of the page share: avatars, languages, roles, clock times."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

from simulator.web.dates import write_date, zone
from simulator.web.markup import Html, el
from simulator.web.mrkdwn import Reader
from simulator.workspace import Person

_LANGUAGES = {"en": "English", "fr": "Français"}
_COLOURS = 8


def initials(name: str) -> str:
    """Return one or two capitals for a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def avatar(name: str, size: str = "medium", app: bool = False) -> Html:
    """Return a round-cornered square with initials, its colour fixed by the name; an app's is marked as one."""
    colour = "app" if app else str(zlib.crc32(name.encode()) % _COLOURS)
    return el("span", initials(name), class_=f"avatar avatar-{size} tint-{colour}", aria_hidden="true")


def language(person: Person) -> str:
    """Return the person's language in that language."""
    return _LANGUAGES.get(person.locale[:2].lower(), person.locale)


def role_words(person: Person) -> str:
    """Return the person's role, with what Slack itself would call them when that matters."""
    role = person.role or "member"
    guest = person.is_guest and "guest" not in role
    return f"{role}, guest" if guest else role


def moment(seconds: float, pattern: str, reader: Reader) -> Html:
    """Return a time element that writes the instant in the reader's zone and language."""
    when = datetime.fromtimestamp(seconds, UTC).astimezone(zone(reader.tz))
    words = write_date(pattern, when, reader.now, reader.language) or ""
    return el("time", words, datetime=when.isoformat(timespec="seconds"))


def capital(words: str) -> str:
    """Return the words with their first letter as a capital."""
    return words[:1].upper() + words[1:]
