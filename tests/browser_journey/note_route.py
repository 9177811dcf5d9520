"""The consent page as somebody outside Slack takes it: by keyboard alone, on a narrow screen, without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Browser, Locator, Page, expect

from peersupport.consent_link import Link
from tests.browser_journey.route import LINES, Camera, no_camera
from tests.browser_journey.stage import PATIENCE_MS
from tests.stories.consent import NAME, REACH
from tests.stories.town import Town

MOST_TABS = 60


@dataclass(frozen=True)
class NoteWords:
    """What stands on the pages."""

    language: str
    other: str
    door: str
    code: str
    open: str
    wrong: str
    note: str
    yes: str
    no: str
    form: str
    name: str
    role: str
    eligible: str
    ways: str
    phone: str
    reach: str
    send: str
    missing: str
    thanks: str
    sent: str


ENGLISH = NoteWords(
    language="en",
    other="Français",
    door="A private page",
    code="Your code of eight digits",
    open="Open the page",
    wrong="This link and this code do not open anything",
    note="A private note for you",
    yes="Yes, go ahead",
    no="No, erase my details",
    form="How may we reach you?",
    name="What should we call you?",
    role="Which fits you best?",
    eligible="Physician in active practice in Vancouver",
    ways="How would you like to talk? Choose one or more",
    phone="By phone",
    reach="How can your supporter reach you?",
    send="Send my request",
    missing="Please choose at least one way to talk.",
    thanks="Thank you",
    sent="Your request is with the programme administrators.",
)
FRENCH = NoteWords(
    language="fr",
    other="English",
    door="Page privée",
    code="Votre code de huit chiffres",
    open="Ouvrir la page",
    wrong="Ce lien et ce code n'ouvrent rien",
    note="Un mot confidentiel pour vous",
    yes="Oui, allez-y",
    no="Non, effacez mes coordonnées",
    form="Comment vous joindre?",
    name="Comment vous appeler?",
    role="Qu'est-ce qui vous décrit le mieux?",
    eligible="Médecin en exercice à Vancouver",
    ways="Comment aimeriez-vous parler?",
    phone="Par téléphone",
    reach="Comment vous joindre?",
    send="Envoyer ma demande",
    missing="Veuillez choisir au moins une façon de parler.",
    thanks="Merci",
    sent="Votre demande est entre les mains de l'administration du programme.",
)


class NoteJourney:
    """One way from the link to the thanks, by keys alone; every page is looked at on the way."""

    def __init__(self, words: NoteWords, page: Page, address: str, camera: Camera = no_camera) -> None:
        self.words, self.page, self.address, self.camera = words, page, address, camera

    @classmethod
    async def open(
        cls,
        browser: Browser,
        town: Town,
        link: Link,
        words: NoteWords,
        camera: Camera = no_camera,
        *,
        width: int = 320,
        dark: bool = False,
    ) -> NoteJourney:
        """Open a window in which no script runs."""
        context = await browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            locale="fr-CA" if words.language == "fr" else "en-CA",
            java_script_enabled=False,
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return cls(words, page, f"http://127.0.0.1:{town.settings['PORT']}/note/{link.token}", camera)

    async def goes_all_the_way(self, code: str) -> None:
        """Open, mistype, look, say yes, forget something, send."""
        w, page = self.words, self.page
        await page.goto(self.address)
        await self.looks(w.door)
        await expect(page.get_by_text(NAME)).to_have_count(0)
        await self.camera("note-door", page)
        await self.types_code("1" if code[0] != "1" else "2")
        await expect(page.get_by_role("alert")).to_contain_text(w.wrong)
        await self.types_code(code)
        await self.looks(w.note)
        await expect(page.get_by_role("main")).to_contain_text(NAME)
        await self.camera("note-question", page)
        await self.presses(page.get_by_role("button", name=w.yes, exact=True))
        await self.looks(w.form)
        await expect(page.get_by_role("textbox", name=w.reach)).to_have_value(REACH)
        await expect(page.get_by_role("textbox", name=w.name)).to_have_value(NAME)
        await self.presses(page.get_by_role("group", name=w.role).get_by_role("radio", name=w.eligible), "Space")
        await self.camera("note-form", page)
        await self.presses(page.get_by_role("button", name=w.send))
        await self.looks(w.form)
        ways = page.get_by_role("group", name=w.ways)
        await expect(ways).to_contain_text(w.missing)
        await expect(page.get_by_role("radio", name=w.eligible)).to_be_checked()
        await self.presses(ways.get_by_role("checkbox", name=w.phone), "Space")
        await self.presses(page.get_by_role("button", name=w.send))
        await self.looks(w.thanks)
        await expect(page.get_by_role("main")).to_contain_text(w.sent)
        await expect(page.get_by_text(NAME)).to_have_count(0)
        await self.camera("note-thanks", page)

    async def types_code(self, code: str) -> None:
        """Type the code and press Enter in the field."""
        field = self.page.get_by_role("textbox", name=self.words.code)
        await self.reaches(field)
        await self.page.keyboard.type(code)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_load_state()

    async def presses(self, what: Locator, key: str = "Enter") -> None:
        """Go there by the Tab key and press a key."""
        await self.reaches(what)
        await self.page.keyboard.press(key)
        await self.page.wait_for_load_state()

    async def reaches(self, what: Locator) -> None:
        """Press Tab until this has the focus."""
        await expect(what).to_be_visible()
        for _ in range(MOST_TABS):
            if await what.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError("the Tab key does not lead there")

    async def looks(self, heading: str) -> None:
        """See one heading, the help lines before any field, nothing cut off, and every field with a name."""
        page, w = self.page, self.words
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert await page.title() == w.door
        assert await page.locator("html").get_attribute("lang") == w.language
        for line in LINES:
            await expect(page.get_by_role("region").first).to_contain_text(line)
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert await page.evaluate(_BARE) == []
        assert await page.evaluate(_NAMELESS) == []
        assert await page.evaluate(_SMALL) == []
        order = await page.evaluate(_ORDER)
        assert order


_BARE = """() => [...document.querySelectorAll('input:not([type=hidden])')]
    .filter(each => !each.labels.length || !each.labels[0].textContent.trim()).map(each => each.id)"""
"""Fields without a name."""
_NAMELESS = """() => [...document.querySelectorAll('button, a, fieldset')].filter(each => {
    const name = each.matches('fieldset') ? each.querySelector('legend') : each;
    return !name || !name.textContent.trim() }).map(each => each.outerHTML.slice(0, 80))"""
"""Buttons, links and groups without a name."""
_SMALL = """() => [...document.querySelectorAll('button, .languages a, input[type=text], .choice')]
    .filter(each => each.getBoundingClientRect().height < 43).map(each => each.outerHTML.slice(0, 80))"""
"""What is too small for a finger."""
_ORDER = """() => { const lines = document.querySelector('.lines'), field = document.querySelector('main form');
    return !field || !!(lines.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING) }"""
"""Whether the help lines come before any field."""
