"""The page of help lines, for when Slack does not work: put together once at start, the same for everybody."""

from __future__ import annotations

import base64
from hashlib import sha256
from html import escape

from aiohttp import web

from bot.closed import Closed
from handlers.i18n import Texts

PATH = "/help"
_STYLE = (
    "body{font:1.1rem/1.6 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#1d1c1d;background:#fff}"
    "li{margin:.5rem 0}section+section{border-top:1px solid #ccc;margin-top:2rem}"
)
_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""No script, no picture, no frame, nothing from elsewhere, and no trace in a shared browser."""


def help_page(closed: Closed, texts: Texts) -> str:
    """Return the page as HTML, one section a language."""
    languages = closed.languages
    title = escape(texts.in_language(languages[0])("help.title"))
    sections = "".join(_section(closed, texts, language) for language in languages)
    return (
        f'<!doctype html><html lang="{languages[0]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>{sections}</main></body></html>"
    )


def _section(closed: Closed, texts: Texts, language: str) -> str:
    t = texts.in_language(language)
    lines = "".join(f"<li>{escape(line)}</li>" for line in closed.lines(language))
    words = f"<p>{escape(t('help.words'))}</p><p>{escape(t('pages.not_watched'))}</p>"
    return f'<section lang="{language}"><h1>{escape(t("help.title"))}</h1>{words}<ul>{lines}</ul></section>'


def answer(page: str) -> web.Response:
    """Return the response that carries the page."""
    return web.Response(text=page, content_type="text/html", charset="utf-8", headers=HEADERS)
