"""Takes the pictures in docs/images/ anew: the journey through the page, in both languages, as the browser tests go it.

Needs an installed Chromium (see tests/browser.py). `python -m tools.screenshots FOLDER` writes elsewhere.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser import ARGUMENTS, find_browser
from tests.browser_journey import note_route as note
from tests.browser_journey.route import ENGLISH, FRENCH, Camera, Journey, Words
from tests.browser_journey.stage import PATIENCE_MS, Pages, inhabited_town
from tests.stories.consent import PUBLIC, linked, referred
from tests.stories.test_partners import IMPACT, lets_in
from tests.stories.town import PROGRAMME

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
# Every picture is taken on a Monday morning in Vancouver, so that no date in one contradicts another.
MONDAY, HOUR_UTC = 0, 17


@dataclass(frozen=True)
class Series:
    """One journey to be photographed: which of its stations, on what kind of screen, under which names."""

    words: Words
    stations: Mapping[str, str]
    """Names of stations, and the names of their pictures."""
    width: int = 1280
    height: int = 800
    theme: str = "light"


STATIONS = ("menu", "form", "thanks", "home", "card", "identity", "candidates", "offer", "home-matched")
SERIES = (
    Series(ENGLISH, {name: f"{name}-en" for name in STATIONS}),
    Series(FRENCH, {name: f"{name}-fr" for name in STATIONS}),
    Series(ENGLISH, {"menu": "menu-dark", "home-matched": "home-dark"}, theme="dark"),
    Series(
        ENGLISH,
        {"menu": "menu-narrow", "form": "form-narrow", "home": "home-narrow", "offer": "offer-narrow"},
        width=400,
        height=800,
    ),
)

NOTE_STATIONS = ("note-door", "note-question", "note-form", "note-thanks")
NOTES = (
    (note.ENGLISH, {name: f"{name}-en" for name in NOTE_STATIONS}, False),
    (note.FRENCH, {"note-question": "note-question-fr", "note-form": "note-form-fr"}, False),
    (note.ENGLISH, {"note-question": "note-question-dark"}, True),
)
"""The consent page as it stands on a phone: words, pictures, and whether it is dark."""
PHONE_WIDTH = 390
GENERAL = "C0GENERAL1"


def _camera(folder: Path, stations: Mapping[str, str]) -> Camera:
    async def take(name: str, page: Page) -> None:
        if name not in stations:
            return
        # Out of the way: what hovers, the caret, and the notice that a message came.
        await page.mouse.move(0, 0)
        await expect(page.locator("[data-pending]")).to_have_count(0)
        await page.wait_for_load_state()
        await page.screenshot(path=folder / f"{stations[name]}.png", animations="disabled", caret="hide")

    return take


async def _photograph(browser: Browser, series: Series, images: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="peersupport-pictures-") as folder:
        async with inhabited_town(Path(folder), series.words.language) as town:
            town.clock.move(seconds=_until_monday(datetime.now(UTC)).total_seconds())
            pages = Pages(browser, town, width=series.width, height=series.height, theme=series.theme)
            await Journey(series.words, pages.open, _camera(images, series.stations)).goes_all_the_way()
            await pages.close()


def _until_monday(now: datetime) -> timedelta:
    days = (MONDAY - now.weekday() - 1) % 7 + 1
    return now.replace(hour=HOUR_UTC, minute=20, second=0, microsecond=0) + timedelta(days=days) - now


async def _photograph_note(browser: Browser, words: note.NoteWords, images: Mapping[str, Path], *, dark: bool) -> None:
    async def take(name: str, page: Page) -> None:
        if name in images:
            await page.screenshot(path=images[name], full_page=True, animations="disabled", caret="hide")

    with tempfile.TemporaryDirectory(prefix="peersupport-pictures-") as folder:
        async with inhabited_town(Path(folder), words.language, public_url=PUBLIC) as town:
            town.clock.move(seconds=_until_monday(datetime.now(UTC)).total_seconds())
            link = await linked(town, await referred(town, tells_who=True))
            way = await note.NoteJourney.open(browser, town, link, words, take, width=PHONE_WIDTH, dark=dark)
            await way.goes_all_the_way(link.code)
            await way.page.context.close()


async def _photograph_doors(browser: Browser, images: Path) -> None:
    """Take the menu of two programmes, and a partner's door and form."""
    with tempfile.TemporaryDirectory(prefix="peersupport-pictures-") as folder:
        async with inhabited_town(Path(folder), "en", programmes=f"{PROGRAMME},{IMPACT}") as town:
            town.clock.move(seconds=_until_monday(datetime.now(UTC)).total_seconds())
            pages = Pages(browser, town, width=1000, height=820)

            async def take(name: str, key: str, place: str) -> None:
                page = await pages.open(key, place)
                shown = page.get_by_role("dialog").last
                await expect(shown).to_be_visible()
                await shown.screenshot(path=images / f"{name}.png", animations="disabled", caret="hide")

            ava, tess = town.person("ava"), town.person("tess")
            await ava.types("/peersupport")
            await ava.sees("[Refer a colleague who said yes]")
            await take("choice-en", "ava", GENERAL)
            await lets_in(town, "tess")
            await tess.types("/peersupport")
            await tess.sees("You have sent 0 notices.")
            await take("partner-door-en", "tess", GENERAL)
            await tess.presses("Ask for outreach to a provider", where="modal")
            await tess.sees("Their profession")
            await take("notice-en", "tess", GENERAL)
            await pages.close()


async def _all(path: str, images: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, headless=True, args=list(ARGUMENTS))
        for series in SERIES:
            await _photograph(browser, series, images)
        for words, pictures, dark in NOTES:
            files = {station: images / f"{name}.png" for station, name in pictures.items()}
            await _photograph_note(browser, words, files, dark=dark)
        await _photograph_doors(browser, images)
        await browser.close()


def main() -> int:
    """Take every picture and say how large they are together."""
    images = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    path = find_browser()
    if path is None:
        print("No Chromium is installed (apt install chromium, or set CHROMIUM to its path).", file=sys.stderr)
        return 2
    images.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    asyncio.run(_all(path, images))
    names = [*(each.stations for each in SERIES), *(pictures for _, pictures, _ in NOTES)]
    taken = [images / f"{name}.png" for stations in names for name in stations.values()]
    print(f"{len(taken)} pictures, {sum(each.stat().st_size for each in taken) // 1024} KiB, in {images}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
