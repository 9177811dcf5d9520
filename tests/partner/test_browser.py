"""The partner's page in a real browser: by keys alone, 320 px wide, no JavaScript, both languages, light and dark."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, Response, expect

from tests.front.web_stage import assert_strict
from tests.partner.desk import NAME, PAGE, PLACE, REACH, WHO, Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PATIENCE_MS = 15_000
MOST_TABS = 60
BARE = """() => [...document.querySelectorAll('input:not([type=hidden])')]
    .filter(each => !each.labels.length || !each.labels[0].textContent.trim()).map(each => each.id)"""
NAMELESS = """() => [...document.querySelectorAll('button, a, fieldset')].filter(each => {
    const name = each.matches('fieldset') ? each.querySelector('legend') : each;
    return !name || !name.textContent.trim() }).map(each => each.outerHTML.slice(0, 80))"""
ORDER = """() => { const lines = document.querySelector('.lines'), field = document.querySelector('main form');
    return !field || !!(lines.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING) }"""
SMALL = """() => [...document.querySelectorAll('button, .languages a, input[type=text], .choice')]
    .filter(each => each.getBoundingClientRect().height < 43).map(each => each.outerHTML.slice(0, 80))"""


@dataclass(frozen=True)
class Words:
    """What stands on the page."""

    language: str
    title: str
    criteria: str
    tick: str
    provider: str
    profession: str
    role: str
    community: str
    reach: str
    own: str
    who: str
    code: str
    send: str
    trouble: str
    unknown: str
    thanks: str
    sent: str


ENGLISH = Words(
    language="en",
    title="Ask for outreach to a provider",
    criteria="What applies?",
    tick="several hurt",
    provider="The provider's name",
    profession="Their profession",
    role="Physician in active practice in Vancouver",
    community="Where they work",
    reach="A phone number or e-mail at work",
    own="Yes, nobody else answers there.",
    who="Your name",
    code="The code of your authenticator app",
    send="Send",
    trouble="Nothing was kept.",
    unknown="do not fit together",
    thanks="Received",
    sent="You have sent 1 notice so far.",
)
FRENCH = Words(
    language="fr",
    title="Demander qu'on tende la main à un prestataire",
    criteria="Qu'est-ce qui s'applique?",
    tick="several hurt (fr)",
    provider="Nom du prestataire",
    profession="Sa profession",
    role="Médecin en exercice à Vancouver",
    community="Où travaille cette personne",
    reach="Téléphone ou courriel au travail",
    own="Oui, personne d'autre n'y répond.",
    who="Votre nom",
    code="Le code de votre application d'authentification",
    send="Envoyer",
    trouble="Rien n'a été conservé.",
    unknown="ne vont pas ensemble",
    thanks="Bien reçu",
    sent="Vous avez envoyé 1 avis jusqu'ici.",
)


@pytest.fixture(params=["sqlite"])
def server(request: pytest.FixtureRequest) -> None:
    """One kind of database is enough for what a page looks like."""


@pytest.mark.req("I2", "I11", "G8")
@pytest.mark.parametrize("words", [ENGLISH, FRENCH], ids=["english", "french"])
async def test_from_the_form_to_the_receipt_by_keys_alone(browser: Browser, desk: Desk, words: Words) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    context = await browser.new_context(
        viewport={"width": 320, "height": 800},
        color_scheme="dark" if words is FRENCH else "light",
        locale=f"{words.language}-CA",
        java_script_enabled=False,
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    answers: list[Response] = []
    page.on("response", lambda got: answers.append(got))  # noqa: PLW0108 - Playwright marks what it is given
    await page.goto(desk.site.url + PAGE)
    await looks(page, words, words.title, "partner-form")

    await presses(page, page.get_by_role("button", name=words.send))
    await expect(page.get_by_role("alert")).to_contain_text(words.trouble)
    await looks(page, words, words.title, "partner-empty")
    await presses(page, page.get_by_role("group", name=words.criteria).get_by_label(words.tick, exact=True), "Space")
    await types(page, words.provider, NAME)
    await presses(page, page.get_by_role("group", name=words.profession).get_by_label(words.role), "Space")
    await types(page, words.community, PLACE)
    await types(page, words.reach, REACH)
    await presses(page, page.get_by_role("checkbox", name=words.own), "Space")
    await types(page, words.who, WHO)
    await types(page, words.code, "000000")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("alert")).to_contain_text(words.unknown)
    await expect(page.get_by_role("textbox", name=words.provider)).to_have_value(NAME)
    await expect(page.get_by_role("checkbox", name=words.own)).to_be_checked()
    await expect(page.get_by_role("textbox", name=words.code)).to_have_value("")
    await looks(page, words, words.title, "partner-wrong")
    await types(page, words.code, desk.code())
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_contain_text(words.sent)
    await looks(page, words, words.thanks, "partner-thanks")
    for secret in (NAME, REACH, PLACE, WHO):
        await expect(page.get_by_text(secret)).to_have_count(0)
    assert {each.partition("?")[0] for each in asked} == {desk.site.url + PAGE}, "nothing else is asked of anybody"
    assert await context.cookies() == []
    for each in answers:
        assert_strict(await each.all_headers())
    assert len(answers) >= 4
    assert (await desk.rows())["notices"] == 1
    await context.close()


async def looks(page: Page, words: Words, heading: str, picture: str) -> None:
    """See one heading, the help lines, nothing cut off, and every field with a name and large enough."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert await page.locator("html").get_attribute("lang") == words.language
    for line in ("9-1-1", "9-8-8"):
        await expect(page.get_by_role("region").first).to_contain_text(line)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert await page.evaluate(BARE) == []
    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate(ORDER), "the help lines come before any field"
    assert await page.evaluate(SMALL) == []
    if folder := os.environ.get("PICTURES"):
        await page.screenshot(path=Path(folder) / f"{picture}-{words.language}.png", full_page=True)


async def types(page: Page, name: str, text: str) -> None:
    """Go to a field by the Tab key and type."""
    await reaches(page, page.get_by_role("textbox", name=name))
    await page.keyboard.type(text)


async def presses(page: Page, what: Locator, key: str = "Enter") -> None:
    """Go there by the Tab key and press a key."""
    await reaches(page, what)
    await page.keyboard.press(key)
    await page.wait_for_load_state()


async def reaches(page: Page, what: Locator) -> None:
    """Press Tab until this has the focus; of radio buttons the keyboard reaches the chosen or first one."""
    await expect(what).to_be_visible()
    for _ in range(MOST_TABS):
        if await what.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError("the Tab key does not lead there")
