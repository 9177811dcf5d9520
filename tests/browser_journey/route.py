"""The journey as people take it through the page: each at a browser of their own, by what they see and are told.

The screenshots in docs/images/ are taken on the same way (tools/screenshots.py), by the `camera` that looks on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

OpenPage = Callable[[str, str], Awaitable[Page]]
"""Opens the page as a person at a place."""
Camera = Callable[[str, Page], Awaitable[None]]
"""Takes a picture of a page under a name."""

ADMIN_CHANNEL = "C0PSADMIN1"
LINES = ("9-1-1", "9-8-8", "1-800-663-6729")
MOST_TABS = 80


@dataclass(frozen=True)
class Words:
    """Who travels, and what stands on their screens."""

    language: str
    asker: str
    admin: str
    supporter: str
    asker_name: str
    supporter_name: str
    phone: str
    menu: str
    not_watched: str
    ask: str
    form: str
    role_label: str
    role: str
    ways: str
    by_phone: str
    reach: str
    reach_by_phone: str
    send: str
    thanks: str
    sent: str
    close: str
    received: str
    request: str
    claim: str
    confirmed: str
    details: str
    sheet: str
    show_name: str
    before: str
    why: str
    open_it: str
    identity: str
    recorded: str
    opened: str
    find: str
    candidates: str
    first: str
    send_offer: str
    offer_sent: str
    message: str
    open: str
    offer: str
    no_reason: str
    accept: str
    accepted: str
    show_contact: str
    said_yes: str
    back: str
    made_contact: str
    promise_kept: str
    in_contact: str
    contacted: str


ENGLISH = Words(
    language="en",
    asker="ava",
    admin="farah",
    supporter="iris",
    asker_name="Ava Larkspur",
    supporter_name="Iris Wintergreen",
    phone="604-555-0142",
    menu="Peer support",
    not_watched="Nobody watches this app around the clock.",
    ask="Ask for support",
    form="Ask for support",
    role_label="Which fits you best?",
    role="Physician in active practice in Vancouver",
    ways="How would you like to talk?",
    by_phone="By phone",
    reach="How can your supporter reach you?",
    reach_by_phone="Your phone number",
    send="Send my request",
    thanks="Thank you",
    sent="Your request is with the programme administrators.",
    close="Close",
    received="Received",
    request="Request",
    claim="Claim request",
    confirmed="Confirmed, a supporter is to be found",
    details="Open the details of request",
    sheet="Request details",
    show_name="Show name and contact",
    before="Before you open it",
    why="To find a supporter",
    open_it="Open",
    identity="Name and contact",
    recorded="This opening is recorded.",
    opened="by an administrator",
    find="Find a supporter",
    candidates="Find a supporter",
    first="Ask first",
    send_offer="Send offer",
    offer_sent="The offer is on its way, without a name.",
    message="There is something for you in the app.",
    open="Open",
    offer="A request for you",
    no_reason="No reason is needed.",
    accept="Yes, I can take request",
    accepted="Thank you. It is with you now.",
    show_contact="Show name and contact",
    said_yes="A supporter has said yes",
    back="Back",
    made_contact="I made contact",
    promise_kept="Noted. The clock has stopped.",
    in_contact="You are in contact",
    contacted="First contact made",
)

FRENCH = Words(
    language="fr",
    asker="chloe",
    admin="hugo",
    supporter="luc",
    asker_name="Chloé Bellérable",
    supporter_name="Luc Mélilot",
    phone="604-555-0147",
    menu="Soutien par les pairs",
    not_watched="Personne ne surveille cette appli jour et nuit.",
    ask="Demander du soutien",
    form="Demander du soutien",
    role_label="Qu'est-ce qui vous décrit le mieux?",
    role="Médecin en exercice à Vancouver",
    ways="Comment aimeriez-vous parler?",
    by_phone="Par téléphone",
    reach="Comment vous joindre?",
    reach_by_phone="Votre numéro de téléphone",
    send="Envoyer ma demande",
    thanks="Merci",
    sent="Votre demande est entre les mains de l'administration du programme.",
    close="Fermer",
    received="Reçue",
    request="Demande",
    claim="Prendre en charge la demande",
    confirmed="Confirmée, jumelage à faire",
    details="Ouvrir les détails de la demande",
    sheet="Détails de la demande",
    show_name="Afficher nom et coordonnées",
    before="Avant d'ouvrir",
    why="Pour trouver une personne de soutien",
    open_it="Ouvrir",
    identity="Nom et coordonnées",
    recorded="Cette ouverture est consignée.",
    opened="par une personne de l'administration",
    find="Trouver une personne de soutien pour la demande",
    candidates="Trouver quelqu'un",
    first="Solliciter d'abord",
    send_offer="Envoyer l'offre",
    offer_sent="sans nom",
    message="Il y a quelque chose pour vous dans l'appli.",
    open="Ouvrir",
    offer="Une demande pour vous",
    no_reason="Aucune raison n'est nécessaire.",
    accept="Oui, je peux prendre la demande",
    accepted="Merci. Vous en avez maintenant la charge.",
    show_contact="Afficher nom et coordonnées",
    said_yes="Une ou un collègue de soutien a accepté",
    back="Retour",
    made_contact="J'ai établi le contact",
    promise_kept="C'est noté. Le délai ne court plus.",
    in_contact="En contact",
    contacted="Premier contact établi",
)


async def no_camera(_name: str, _page: Page) -> None:
    """Take no picture."""


class Journey:
    """One request on its way, with the pages of the three people in it."""

    def __init__(
        self, words: Words, open_page: OpenPage, camera: Camera = no_camera, *, by_keyboard: bool = False
    ) -> None:
        self.words = words
        self.open_page = open_page
        self.camera = camera
        self.by_keyboard = by_keyboard
        self.reference = ""

    async def goes_all_the_way(self) -> None:
        """Ask, claim, look, offer, accept, make contact."""
        asker = await self.open_page(self.words.asker, "C0GENERAL1")
        await self.opens_the_menu(asker)
        await self.asks(asker)
        admin = await self.open_page(self.words.admin, ADMIN_CHANNEL)
        await self.claims(admin, asker)
        await self.offers(admin)
        supporter = await self.open_page(self.words.supporter, "messages")
        await self.accepts(supporter, asker)
        await self.makes_contact(supporter, asker, admin)

    async def opens_the_menu(self, page: Page) -> None:
        """Type the command: help lines first, then the doors."""
        w = self.words
        field = page.get_by_label("Message #general")
        await field.press_sequentially("/peersupport")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Enter")
        menu = dialog(page, w.menu)
        await expect(menu).to_contain_text(w.not_watched)
        for line in LINES:
            await expect(menu).to_contain_text(line)
        await expect(menu.get_by_role("button", name=w.ask)).to_be_enabled()
        await self.camera("menu", page)

    async def asks(self, page: Page) -> None:
        """Fill in the three required fields and send."""
        w = self.words
        await self._presses(page, dialog(page, w.menu).get_by_role("button", name=w.ask))
        form = dialog(page, w.form)
        await expect(form.get_by_role("radiogroup", name=w.role_label)).to_be_visible()
        await self.camera("form", page)
        await self._ticks(page, form.get_by_role("radio", name=w.role))
        await expect(form.get_by_role("textbox", name=w.reach)).to_be_visible()
        ways = form.get_by_role("group", name=w.ways)
        await self._ticks(page, ways.get_by_role("checkbox", name=w.by_phone))
        await self._writes(page, form.get_by_role("textbox", name=w.reach_by_phone), w.phone)
        await self.camera("form-answers", page)
        await self._presses(page, form.get_by_role("button", name=w.send))
        thanks = dialog(page, w.thanks)
        await expect(thanks).to_contain_text(w.sent)
        await expect(thanks).to_contain_text(LINES[1])
        heading = await thanks.get_by_role("heading", level=3).first.inner_text()
        self.reference = heading.split()[-1]
        await self.camera("thanks", page)
        await self._presses(page, thanks.get_by_role("button", name=w.close, exact=True).last)
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await goes(page, "Peer Support")
        await expect(page.get_by_role("heading", name=self.reference)).to_be_visible()
        await expect(home(page)).to_contain_text(w.received)
        await self.camera("home", page)

    async def claims(self, page: Page, asker: Page) -> None:
        """Read the card, which names nobody, claim it, open who it is; the requester sees that."""
        w = self.words
        await expect(page.get_by_role("heading", name=f"{w.request} {self.reference}")).to_be_visible()
        await expect(page.get_by_role("log")).not_to_contain_text(w.asker_name.split()[-1])
        await self.camera("card", page)
        await page.get_by_role("button", name=f"{w.claim} {self.reference}").click()
        await expect(page.get_by_role("log")).to_contain_text(w.confirmed)
        await page.get_by_role("button", name=f"{w.details} {self.reference}").click()
        sheet = dialog(page, w.sheet)
        await expect(sheet).to_contain_text(self.reference)
        await expect(sheet).not_to_contain_text(w.asker_name)
        await self.camera("details", page)
        await sheet.get_by_role("button", name=w.show_name).click()
        question = dialog(page, w.before)
        await expect(question).not_to_contain_text(w.asker_name)
        await question.get_by_role("radio", name=w.why).check()
        await question.get_by_role("button", name=w.open_it, exact=True).click()
        identity = dialog(page, w.identity)
        for words in (w.asker_name, w.phone, w.recorded):
            await expect(identity).to_contain_text(words)
        await self.camera("identity", page)
        await page.keyboard.press("Escape")
        await expect(sheet).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(home(asker)).to_contain_text(w.opened)

    async def offers(self, page: Page) -> None:
        """Look who could be asked and send the offer."""
        w = self.words
        await page.get_by_role("button", name=f"{w.find}").click()
        candidates = dialog(page, w.candidates)
        await expect(candidates).to_contain_text(w.supporter_name)
        await expect(candidates).not_to_contain_text(w.asker_name)
        await self.camera("candidates", page)
        await candidates.get_by_label(w.first).select_option(label=w.supporter_name)
        await candidates.get_by_role("button", name=w.send_offer).click()
        await expect(dialog(page, w.sheet)).to_contain_text(w.offer_sent)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)

    async def accepts(self, page: Page, asker: Page) -> None:
        """Open the neutral message, say yes, and only then see who it is; the requester sees who said yes."""
        w = self.words
        await expect(page.get_by_role("log")).to_contain_text(w.message)
        await self.camera("message", page)
        await page.get_by_role("button", name=w.open, exact=True).click()
        offer = dialog(page, w.offer)
        for words in (self.reference, w.by_phone.lower(), w.no_reason):
            await expect(offer).to_contain_text(words, ignore_case=True)
        await expect(offer).not_to_contain_text(w.asker_name.split()[0])
        await self.camera("offer", page)
        await offer.get_by_role("button", name=f"{w.accept} {self.reference}").click()
        matched = page.get_by_role("dialog")
        await expect(matched).to_contain_text(w.accepted)
        await expect(matched).not_to_contain_text(w.asker_name.split()[0])
        await self.camera("accepted", page)
        await matched.get_by_role("button", name=w.show_contact).click()
        contact = dialog(page, w.identity)
        for words in (w.asker_name, w.phone, w.recorded):
            await expect(contact).to_contain_text(words)
        await expect(home(asker)).to_contain_text(w.said_yes)
        await expect(home(asker)).to_contain_text(w.supporter_name)
        await self.camera("home-matched", asker)

    async def makes_contact(self, page: Page, asker: Page, admin: Page) -> None:
        """Say that contact is made; everybody sees it."""
        w = self.words
        await page.get_by_role("dialog").get_by_role("button", name=w.back).first.click()
        await page.get_by_role("dialog").get_by_role("button", name=w.made_contact).click()
        await expect(page.get_by_role("dialog")).to_contain_text(w.promise_kept)
        await expect(home(asker)).to_contain_text(w.in_contact)
        await expect(admin.get_by_role("log")).to_contain_text(w.contacted)

    # How things are touched

    async def _presses(self, page: Page, button: Locator) -> None:
        if self.by_keyboard:
            await tabs_to(page, button)
            await page.keyboard.press("Enter")
        else:
            await button.click()

    async def _ticks(self, page: Page, box: Locator) -> None:
        if self.by_keyboard:
            await tabs_to(page, box)
            await page.keyboard.press("Space")
        else:
            await box.check()
        await expect(box).to_be_checked()
        await expect(page.locator("[data-pending]")).to_have_count(0)

    async def _writes(self, page: Page, field: Locator, text: str) -> None:
        if self.by_keyboard:
            await tabs_to(page, field)
            await page.keyboard.type(text)
        else:
            await field.fill(text)
        await expect(field).to_have_value(text)


def dialog(page: Page, name: str) -> Locator:
    """Return the open modal with this title."""
    return page.get_by_role("dialog", name=name, exact=True)


def home(page: Page) -> Locator:
    """Return the app's Home tab."""
    return page.get_by_role("group", name="Home", exact=True)


async def goes(page: Page, name: str) -> None:
    """Go to a place in the sidebar, which a narrow window folds away."""
    folded = page.get_by_role("button", name="Channels and apps")
    if await folded.is_visible():
        await folded.click()
    await page.get_by_role("navigation", name="Channels and apps").get_by_role("link", name=name).click()


async def tabs_to(page: Page, wanted: Locator) -> None:
    """Press Tab until this has the focus; a group of radio buttons is one stop, and arrows go on in it."""
    await wanted.wait_for()
    for _ in range(MOST_TABS):
        if await wanted.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {wanted}")
