"""A headless Chromium for tests that look at a page.

Where none is installed they are skipped with a reason, but never in CI. A folder that needs it says
`from tests.browser import browser` in its conftest.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NoReturn

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    """Return the path of an installed Chromium: the one named in CHROMIUM, else the first on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def without_browser(reason: str) -> NoReturn:
    """Skip with this reason; in CI, where a browser must be, fail."""
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(f"CI must test in a browser: {reason}")
    pytest.skip(reason)


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A running headless Chromium; ask it for `new_page()` or `new_context(...)`."""
    path = find_browser()
    if path is None:
        without_browser("no Chromium is installed (apt install chromium, or set CHROMIUM to its path)")
    async with async_playwright() as playwright:
        try:
            running = await playwright.chromium.launch(executable_path=path, headless=True, args=list(ARGUMENTS))
        except Error as error:
            without_browser(f"the Chromium at {path} does not start: {error.message.splitlines()[0]}")
        yield running
        await running.close()
