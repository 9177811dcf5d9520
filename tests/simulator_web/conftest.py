"""A running simulator with a tiny app behind it, and pages of a headless browser that tolerate no script error."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser import browser
from tests.simulator_web.fake_app import Simulation, running, with_menu

__all__ = ["browser"]

OpenPage = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture
async def simulation() -> AsyncIterator[Simulation]:
    """A fresh workspace whose app answers with a menu, a form and a Home."""
    async with running() as simulation:
        with_menu(simulation.app)
        yield simulation


@pytest_asyncio.fixture
async def open_page(browser: Browser, simulation: Simulation) -> AsyncIterator[OpenPage]:
    """Open the page as a person at a place; in the end there was no script error and no request elsewhere."""
    contexts = []
    wrong: list[str] = []

    async def open_it(person: str, place: str = "C0GENERAL1", width: int = 1280, theme: str = "light") -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme="dark" if theme == "dark" else "light"
        )
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.on("request", lambda sent: wrong.append(sent.url) if not sent.url.startswith(here) else None)
        await page.goto(simulation.at(person, place))
        return page

    here = simulation.simulator.url
    yield open_it
    for context in contexts:
        await context.close()
    assert wrong == []
