"""One page for a newcomer to the demonstration: what runs, what to try, and how somebody outside Slack gets in."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyotp
from aiohttp import web

from simulator.web.markup import Child, Html, el, join

PATH = "/guide"
LANGUAGES = ("en", "fr")
"""The languages of the page, the usual one first; `?in=` chooses."""
_SECONDS = 30
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Try:
    """One thing to try: what it shows, and the steps."""

    title: str
    steps: Sequence[Child]


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody outside Slack signs in with on a page: an address, a name, and the secret their codes come from."""

    address: str
    name: str
    secret: str

    def code(self, now: float) -> str:
        """Return the code of this half minute."""
        return pyotp.TOTP(self.secret).at(int(now))

    @property
    def enrolment(self) -> str:
        """Return the address that an authenticator app takes."""
        return pyotp.TOTP(self.secret).provisioning_uri(name=self.name, issuer_name="Peer support")


@dataclass(frozen=True, slots=True)
class Guide:
    """What the page tells."""

    runs: Sequence[str]
    tries: Sequence[Try]
    words: Mapping[str, str]
    """The page's own words, by their names."""
    sign_in: SignIn | None = None


def at(person: str, place: str, words: str) -> Html:
    """Return a link to a place in the workspace, as seen by somebody."""
    return el("a", words, href=f"./?as={person}&at={place}")


def add_route(app: web.Application, guides: Callable[[], Mapping[str, Guide]]) -> None:
    """Serve the page where there is something to tell."""

    async def answer(request: web.Request) -> web.Response:
        found, language = guides(), request.query.get("in", LANGUAGES[0])
        if language not in found:
            raise web.HTTPNotFound
        text = _page(found[language], language, time.time())
        return web.Response(text=text, content_type="text/html", headers=_HEADERS)

    app.router.add_get(PATH, answer)


def _page(guide: Guide, language: str, now: float) -> str:
    words = guide.words
    other = next(each for each in LANGUAGES if each != language)
    body = el(
        "main",
        el("h1", words["title"]),
        el("p", el("a", words["other"], href=f"guide?in={other}", lang=other)),
        el("p", words["invented"]),
        el("h2", words["runs"]),
        el("ul", [el("li", each) for each in guide.runs]),
        el("p", words["choice"]),
        [_try(each) for each in guide.tries],
        _sign_in(guide.sign_in, words, now) if guide.sign_in else None,
        el("p", el("a", words["back"], href="./")),
    )
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        # A code lasts for half a minute; the page comes again when the next one does.
        el("meta", http_equiv="refresh", content=str(_SECONDS - int(now) % _SECONDS + 1)) if guide.sign_in else None,
        el("title", words["title"]),
        el("link", rel="stylesheet", href="static/guide.css"),
    )
    return f"<!doctype html>{el('html', head, el('body', body), lang=language)}"


def _try(each: Try) -> Html:
    return join(el("h2", each.title), el("ol", [el("li", step) for step in each.steps]))


def _sign_in(known: SignIn, words: Mapping[str, str], now: float) -> Html:
    return join(
        el("h2", words["sign_in"]),
        el("p", el("a", known.address, href=known.address, rel="noreferrer")),
        el(
            "dl",
            el("dt", words["sign_in_name"]),
            el("dd", known.name),
            el("dt", words["sign_in_code"]),
            el("dd", known.code(now), class_="code"),
        ),
        el("p", words["sign_in_once"]),
        el("p", known.enrolment, class_="address"),
    )
