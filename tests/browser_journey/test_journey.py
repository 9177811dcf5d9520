"""The first journey through the page, in a real browser: what people see, and what a screen reader is told."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser_journey.route import ENGLISH, FRENCH, Journey, Words, dialog
from tests.browser_journey.stage import PATIENCE_MS, Pages, inhabited_town

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(autouse=True)
def patience() -> None:
    """Wait as long for what should appear as for what should be pressed; the machine may be busy."""
    expect.set_options(timeout=PATIENCE_MS)


@pytest.mark.req("G2", "G8", "G9", "G30", "V9", "V12", "V14")
@pytest.mark.parametrize("words", [ENGLISH, FRENCH], ids=["english", "french"])
async def test_from_the_door_to_the_first_contact(browser: Browser, tmp_path: Path, words: Words) -> None:
    async with inhabited_town(tmp_path, words.language) as town:
        pages = Pages(browser, town)
        # English by keyboard alone, as far as the requester goes; French by pointer.
        journey = Journey(words, pages.open, by_keyboard=words is ENGLISH)
        await journey.goes_all_the_way()
        await pages.close()
        assert pages.wrong == []
        said = town.said()
        for secret in (*words.asker_name.split(), words.phone, town.address(words.asker).user):
            assert secret not in said


@pytest.mark.req("U14")
async def test_withdrawing_asks_once_with_the_safe_answer_first(browser: Browser, tmp_path: Path) -> None:
    async with inhabited_town(tmp_path, "en") as town:
        pages = Pages(browser, town)
        journey = Journey(ENGLISH, pages.open)
        page = await pages.open("ava", "C0GENERAL1")
        await journey.opens_the_menu(page)
        await journey.asks(page)
        await page.get_by_role("button", name=f"Withdraw my request {journey.reference}").click()
        asking = page.get_by_role("alertdialog")
        await expect(asking).to_contain_text("no reason is asked")
        await expect(asking.get_by_role("button", name="Keep my request")).to_be_focused()
        await asking.get_by_role("button", name="Withdraw my request").click()
        await expect(page.get_by_text("Nothing open. The door stays here.")).to_be_visible()
        await pages.close()
        assert pages.wrong == []


@pytest.mark.req("V1", "U26")
async def test_a_resident_is_led_on_without_leaving_the_window(browser: Browser, tmp_path: Path) -> None:
    async with inhabited_town(tmp_path, "en") as town:
        pages = Pages(browser, town, width=400)
        page = await pages.open("quinn", "C0GENERAL1")
        await Journey(ENGLISH, pages.open).opens_the_menu(page)
        await dialog(page, "Peer support").get_by_role("button", name="Ask for support").click()
        await dialog(page, "Ask for support").get_by_role("radio", name="Resident").click()
        services = dialog(page, "Other services")
        await expect(services).to_contain_text("resident.wellness@ubc.ca")
        await expect(services).to_contain_text("We kept nothing about you.")
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        await pages.close()
        assert pages.wrong == []
