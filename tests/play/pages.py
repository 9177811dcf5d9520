"""Somebody who is not on Slack, at a browser that keeps nothing and runs no scripts."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import aiohttp

BLOCKS = frozenset({"p", "h1", "h2", "h3", "li", "label", "legend", "button", "dt", "dd", "div", "title", "summary"})
TRIES = 20
PAUSE_SECONDS = 0.5


class Browser:
    """One person with an address; what the last page said is `words`, a line for each part of it."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.status = 0
        self.words = ""
        self.page = ""
        self._root = f"http://127.0.0.1:{port}"

    async def opens(self, path: str) -> None:
        """Open an address."""
        await self._ask("GET", path)

    async def sends(self, path: str, **fields: Any) -> None:
        """Send a form."""
        await self._ask("POST", path, urlencode(fields, doseq=True).encode("utf-8"))

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> None:
        sent = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        for _ in range(TRIES):
            try:
                # A jar that keeps nothing, and a connection for each page: a page is one question and one answer.
                async with (
                    aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
                    session.request(method, self._root + path, data=body, headers=sent) as answer,
                ):
                    self.status, self.page = answer.status, await answer.text()
            except aiohttp.ClientError:
                # A process that is being ended takes its connections along; whoever reads presses again.
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                self.words = _read(self.page)
                return
        raise AssertionError(f"{self.name} finds no page")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in ("style", "title")
        if tag in BLOCKS:
            self.lines.append("[" if tag == "button" else "")
        value = dict(attrs).get("value")
        if tag == "input" and value and dict(attrs).get("type") not in ("hidden", "radio", "checkbox"):
            self.lines[-1] += f" {value}"

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in ("style", "title")
        if tag == "button":
            self.lines[-1] += "]"
        if tag in BLOCKS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.lines[-1] += data


def _read(page: str) -> str:
    reader = _Reader()
    reader.feed(page)
    return "\n".join(" ".join(line.split()) for line in reader.lines if line.strip(" []\n"))
