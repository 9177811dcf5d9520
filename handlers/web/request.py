"""What a page is asked with, what it answers, and the services behind every page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from handlers.i18n import LANGUAGES, Texts, Translator, language_of
from handlers.web.pace import Pace
from peersupport.addresses import Address
from peersupport.ports import Clock, Handles, Ids, Work
from peersupport.programme import Programme
from peersupport.resources import Resource

MOST_BYTES = 16 * 1024
"""The largest body of any request."""
LANGUAGE = "l"
"""The part of an address that says in which language to answer."""


NameOf = Callable[[Address], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class WebFront:
    """The services behind every page, put together once by the bot."""

    work: Work
    programmes: Mapping[str, Programme]
    resources: Mapping[str, Resource]
    texts: Texts
    clock: Clock
    ids: Ids
    handles: Handles
    note: Callable[[str, BaseException | None], None]
    """Write one event name, and the class and place of an exception, to the log; never a value."""
    name_of: NameOf
    """Ask Slack what a member is called; empty where it does not say."""
    pace: Pace = field(default_factory=Pace)

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages of the programmes, the default one of the first before the others."""
        found = [language for each in self.programmes.values() for language in each.languages.all]
        return tuple(each for each in dict.fromkeys(found) if each in LANGUAGES)


@dataclass(frozen=True, slots=True, repr=False)
class WebRequest:
    """One request: its address in parts, the fields of its form or its body, and the language to answer in."""

    method: str
    path: tuple[str, ...]
    """The parts of the address after the route's own name; it may hold a token, so it goes into no log."""
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: bytes = b""
    """The body as it came, for a route that takes JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers that the route asked for, by their names in small letters."""
    language: str = "en"

    def __repr__(self) -> str:
        return "WebRequest(...)"

    def one(self, name: str) -> str:
        """Return a field of the form, without spaces around it; empty where it was not sent."""
        return next(iter(self.form.get(name, ())), "").strip()

    def every(self, name: str) -> tuple[str, ...]:
        """Return every value of a field of the form."""
        return self.form.get(name, ())

    def t(self, front: WebFront) -> Translator:
        """Return the texts in the language to answer in."""
        return front.texts.in_language(self.language)


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """An answer: a whole page, or a JSON document."""

    body: str
    status: int = 200
    content_type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)
    """What comes on top of the headers that every answer carries."""


class Takes(StrEnum):
    """The one type of body that a route takes."""

    FORM = "application/x-www-form-urlencoded"
    JSON = "application/json"


Answering = Callable[[WebFront, WebRequest], Awaitable[Page]]


@dataclass(frozen=True, slots=True)
class Route:
    """One name at the root of the addresses, and what answers there."""

    answer: Answering
    takes: Takes = Takes.FORM
    methods: frozenset[str] = frozenset({"GET", "POST"})
    headers: tuple[str, ...] = ()
    """The headers, in small letters, that the answer needs."""
    paced: Callable[[WebRequest], str] = lambda request: request.path[0] if request.path else ""
    """By what requests are slowed apart from others: a token or the name of a key, never anything of a person's."""


def language_for(front: WebFront, asked: str, accepted: str) -> str:
    """Return the language to answer in: the address's own, else the browser's, else the default one."""
    offered = front.languages
    for wanted in (asked, *(each.partition(";")[0].strip() for each in accepted.split(",")[:8])):
        found = language_of(wanted)
        if found in offered:
            return found
    return offered[0]
