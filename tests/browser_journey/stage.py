"""A town to be travelled through the page: its data in a folder, its supporters registered, its pages in a browser."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page

from store import migrations
from store.keyring import Keyring
from store.master import FileMasterKey
from tests.stories.town import PROGRAMME, ROOT, MovedClock, Places, Town, open_town

SUPPORTERS = {("en",): ("iris", "jonas", "kaya"), ("fr", "en"): ("luc", "mina")}
"""Who has which languages."""
PATIENCE_MS = 15_000


@asynccontextmanager
async def inhabited_town(
    folder: Path, language: str, *, public_url: str = "", programmes: str = PROGRAMME
) -> AsyncIterator[Town]:
    """Open a town on SQLite in this folder, whose programme speaks this language first, with its supporters."""
    places = Places(f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keyring.db", folder / "master.key", folder)
    FileMasterKey.create(places.master)
    await migrations.upgrade(places.url)
    keyring = Keyring(places.keyring_url, FileMasterKey(places.master), MovedClock(), spares=1)
    await keyring.create()
    await keyring.close()
    files = str(_programmes(folder, language))
    async with open_town(places, PROGRAMMES_DIR=files, PROGRAMMES=programmes, PUBLIC_URL=public_url) as town:
        for languages, keys in SUPPORTERS.items():
            await town.register(*keys, languages=languages)
        yield town


def _programmes(folder: Path, language: str) -> Path:
    """Copy the programme files, with this language as the one of the administrators' channel."""
    copy = folder / "programmes"
    shutil.copytree(ROOT / "programmes", copy)
    file, english = copy / "vancouver.yml", "languages: {default: en, also: [fr]}"
    text = file.read_text("utf-8")
    assert english in text
    if language == "fr":
        file.write_text(text.replace(english, "languages: {default: fr, also: [en]}"), "utf-8")
    return copy


class Pages:
    """Browser windows of people, one each; in the end it tells what went wrong in them."""

    def __init__(self, browser: Browser, town: Town, *, width: int = 1280, height: int = 860, theme: str = "light"):
        """Make no window yet; `theme` is what the machine asks for."""
        self.wrong: list[str] = []
        self._browser, self._town = browser, town
        self._size, self._theme = (width, height), theme
        self._contexts: list[BrowserContext] = []

    async def open(self, person: str, place: str) -> Page:
        """Open a window as this person at this place."""
        context = await self._browser.new_context(
            viewport={"width": self._size[0], "height": self._size[1]},
            color_scheme="dark" if self._theme == "dark" else "light",
            reduced_motion="reduce",
        )
        self._contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        here = self._town.sim.url
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" else None)
        page.on("request", lambda sent: self.wrong.append(sent.url) if not sent.url.startswith(here) else None)
        await page.goto(f"{here}/?as={person}&at={place}")
        return page

    async def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            await context.close()
