"""The pages of the web over real HTTP, without Slack: a server on a free port, programmes, and a client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot import logs
from bot.closed import Closed
from bot.door import Door
from bot.health import Health
from bot.help_page import help_page
from bot.installation import Files, load_files
from bot.machine import RandomIds, SystemClock
from bot.server import Server
from bot.web import Web
from handlers.i18n import Texts
from handlers.web.request import WebFront
from peersupport.addresses import Address
from peersupport.ports import Clock, Work
from peersupport.programme import Programme
from tests.front.process import Install
from tests.front.stage import Handles

FORM = "application/x-www-form-urlencoded"
ELSEWHERE = "https://support.example.org"


@dataclass
class Answered:
    """What came back: its status, its words, its headers."""

    status: int
    words: str
    headers: Mapping[str, str]


@dataclass
class Site:
    """Pages that are up, and a client without memory: it keeps no cookies."""

    port: int
    front: WebFront
    session: aiohttp.ClientSession
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def get(self, path: str, method: str = "GET", **headers: str) -> Answered:
        """Open an address."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, self.url + path, headers=sent, allow_redirects=False) as answer:
            return Answered(answer.status, await answer.text(), dict(answer.headers))

    async def post(
        self, path: str, fields: Mapping[str, Any] | None = None, *, body: bytes | None = None, **headers: str
    ) -> Answered:
        """Send a form, or these very bytes."""
        content = urlencode(fields or {}, doseq=True).encode() if body is None else body
        sent = {"Content-Type": FORM, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.session.post(self.url + path, data=content, headers=sent, allow_redirects=False) as answer:
            return Answered(answer.status, await answer.text(), dict(answer.headers))


async def name_of(_who: Address) -> str:
    """Know nobody: there is no Slack here."""
    return ""


@asynccontextmanager
async def site(
    folder: Path,
    work: Work,
    clock: Clock | None = None,
    body_seconds: float = 5.0,
    programmes: Mapping[str, Programme] | None = None,
) -> AsyncIterator[Site]:
    """Serve the pages on a free port until the block ends; without `programmes` those that ship."""
    files = load_files(Install.make(folder).read_settings())
    if programmes is not None:
        files = Files(programmes, files.resources)
    texts = Texts.load()
    front = WebFront(
        work,
        files.programmes,
        files.resources,
        texts,
        clock or SystemClock(),
        RandomIds(),
        Handles(),
        logs.tell,
        name_of,
    )
    page = help_page(Closed(files, texts), texts)
    server = Server(Door("{}"), Health(), None, help_page=page, pages=Web(front, body_seconds))
    runner = server.runner()
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield Site(runner.addresses[0][1], front, session)
    finally:
        await runner.cleanup()


def assert_strict(headers: Mapping[str, str]) -> None:
    """See that an answer lets nothing run, load, frame, follow or keep the page; names of headers in any case."""
    sent = {name.lower(): value for name, value in headers.items()}
    policy = dict(part.strip().partition(" ")[::2] for part in sent["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["style-src"].startswith("'sha256-")
    assert set(policy) == {"default-src", "style-src", "form-action", "frame-ancestors", "base-uri"}
    assert sent["referrer-policy"] == "no-referrer"
    assert sent["x-frame-options"] == "DENY"
    assert sent["x-content-type-options"] == "nosniff"
    assert sent["cache-control"] == "no-store"
    assert sent["cross-origin-opener-policy"] == sent["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in sent["permissions-policy"]
    assert not {"server", "set-cookie"} & sent.keys()
