"""Pages for people who are not in Slack, as aiohttp serves them: small bodies, strict headers, nothing in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from bot import logs
from bot.installation import Files
from handlers.directory import Directory
from handlers.i18n import Texts
from handlers.web import plain, table
from handlers.web.request import LANGUAGE, MOST_BYTES, Page, Route, Takes, WebFront, WebRequest, language_for
from handlers.web.style import HEADERS
from peersupport.addresses import Address
from peersupport.ports import Clock, Handles, Ids, Work

BODY_SECONDS = 5.0
MOST_FIELDS = 100
MOST_PARTS = 4
"""No address of ours has more parts after its name."""


def front_of(
    work: Work,
    files: Files,
    texts: Texts,
    clock: Clock,
    ids: Ids,
    handles: Handles,
    directory: Callable[[], Directory | None],
) -> WebFront:
    """Put the services behind the pages together; all they ask of Slack, where it is there, is a name."""

    async def name_of(who: Address) -> str:
        known = directory()
        facts = await known.facts(who) if known is not None and who.on_slack else None
        return facts.name if facts is not None else ""

    return WebFront(work, files.programmes, files.resources, texts, clock, ids, handles, logs.tell, name_of)


class Web:
    """Adapts the front of pages to aiohttp."""

    def __init__(self, front: WebFront, body_seconds: float = BODY_SECONDS) -> None:
        """A body slower than `body_seconds` is refused."""
        self._front = front
        self._body_seconds = body_seconds

    def mount(self, application: web.Application) -> None:
        """Add every route, and everything below it, by whatever method."""
        for name, route in table.ROUTES.items():
            handler = self._handler(name, route)
            application.router.add_route("*", f"/{name}", handler)
            application.router.add_route("*", f"/{name}/{{rest:.*}}", handler)

    def _handler(self, name: str, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handler(request: web.Request) -> web.StreamResponse:
            return _response(await self._answer(name, route, request), request)

        return handler

    async def _answer(self, name: str, route: Route, request: web.Request) -> Page:
        asked = request.query.get(LANGUAGE, "")
        language = language_for(self._front, asked, request.headers.get("Accept-Language", ""))
        rest = request.match_info.get("rest", "")
        path = tuple(rest.split("/")) if rest else ()
        # One that came twice is none of the forms that a route knows.
        headers = {each: ", ".join(request.headers.getall(each)) for each in route.headers if each in request.headers}
        asks = WebRequest(request.method, path, dict(request.query), headers=headers, language=language)
        if len(path) > MOST_PARTS:
            return plain.short(self._front, asks, 404, route.takes)
        if request.method != "POST":
            return await table.answer(self._front, name, asks)
        if request.content_type != route.takes or "Content-Encoding" in request.headers:
            return plain.short(self._front, asks, 415, route.takes)
        try:
            body = await self._body(request)
            form = _fields(body) if route.takes is Takes.FORM else {}
        except TimeoutError:
            return plain.short(self._front, asks, 408, route.takes)
        except ValueError:
            return plain.short(self._front, asks, 400, route.takes)
        if body is None or form is None:
            return plain.short(self._front, asks, 413, route.takes)
        filled = WebRequest("POST", path, asks.query, form, body, headers, language)
        return await table.answer(self._front, name, filled)

    async def _body(self, request: web.Request) -> bytes | None:
        """Return the body; None where it is too large, whatever length it announced."""
        if request.content_length is not None and request.content_length > MOST_BYTES:
            return None
        async with asyncio.timeout(self._body_seconds):
            found = bytearray()
            async for piece in request.content.iter_any():
                found += piece
                if len(found) > MOST_BYTES:
                    return None
            return bytes(found)


def _fields(body: bytes | None) -> dict[str, tuple[str, ...]] | None:
    """Read a form; raises ValueError where it is none."""
    if body is None:
        return None
    found: dict[str, tuple[str, ...]] = {}
    pairs = parse_qsl(
        body.decode("ascii"),
        keep_blank_values=True,
        strict_parsing=bool(body),
        errors="strict",
        max_num_fields=MOST_FIELDS,
    )
    for name, value in pairs:
        if "\x00" in value:
            raise ValueError("no such character belongs into a form")
        found[name] = (*found.get(name, ()), value)
    return found


def _response(page: Page, request: web.Request) -> web.Response:
    headers: Mapping[str, str] = {**HEADERS, **page.headers}
    response = web.Response(
        text=page.body, status=page.status, content_type=page.content_type, charset="utf-8", headers=headers
    )
    if page.status in {400, 408, 413, 415} or (request.method != "GET" and not request.content.is_eof()):
        # What is left of its body is not waited for.
        response.force_close()
    return response
