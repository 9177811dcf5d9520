"""A colleague's referral in French: form, note, every answer, the limit, and who is not on Slack, by page and phone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from peersupport.consent_link import Link
from peersupport.referral import ReferralState, Scope
from peersupport.requests import Door
from simulator.people import Actor
from tests.stories.consent import NAME, PUBLIC, REACH, linked, referred
from tests.stories.francophone import WAITS, claimed, joins, newest, on_postgresql, on_sqlite, open_ville
from tests.stories.test_consent_page import Visitor, state, the_reach
from tests.stories.test_referrals import left
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, Places, Town, fill_form, reference_on

FORM = "Initiative"
"""The programme beside whose name the button stands that these stories press."""
ROLE, BY_PHONE = "Médecin en exercice à Vancouver", ["Par téléphone"]


@pytest_asyncio.fixture
async def ville(places: Places) -> AsyncIterator[Town]:
    async with open_ville(places, PUBLIC_URL=PUBLIC) as town:
        yield town


async def opens(who: Actor) -> None:
    await who.types("/peersupport")
    await who.presses(action_id="refer", near=FORM)


async def passes_on(town: Town, referrer: str, colleague: str, *, tells: bool = False) -> None:
    """Let one person pass on another, by handle, or Robin, who is not on Slack."""
    who = town.person(referrer)
    await opens(who)
    await who.chooses("attest", ["Oui, c'est bien le cas"])
    if colleague == NAME:
        await who.fills("Son nom", NAME)
        await who.fills("Son numéro de téléphone ou son adresse courriel", REACH)
    else:
        await who.chooses("Votre collègue, si cette personne utilise ce Slack", colleague)
    words = "Oui, vous pouvez dire que c'était moi" if tells else "Non, ne le dites pas, s'il vous plaît"
    await who.chooses("Pouvons-nous dire qui l'a proposé?", words)
    await who.submits()
    await who.sees("Transmis. Votre collègue reçoit la question en privé et décide.")
    await who.closes(everything=True)


@on_postgresql
@pytest.mark.req("V19", "V20", "V21", "V22", "V23", "V24", "U21", "G4", "G7", "G30")
async def test_from_the_statement_to_the_colleagues_own_request(ville: Town) -> None:
    for key in ("luc", "dara"):
        await joins(ville, PROGRAMME, key)
    dara, ava, farah = ville.person("dara"), ville.person("ava"), ville.person("farah")
    await opens(dara)
    await dara.sees("9-8-8", "Parlez d'abord avec cette personne.")
    dara.sees_nothing_of("Son nom")
    await dara.submits()
    await dara.sees("Pas encore demandé? Voici des mots que vous pourriez envoyer", "Rien n'a été gardé.")
    await dara.closes()
    await dara.chooses("attest", ["Oui, c'est bien le cas"])
    await dara.chooses("tells_who", "Oui, vous pouvez dire que c'était moi")
    for wrong, words in (("dara", "C'est vous."), ("otto", "les applications et les invités ne peuvent pas")):
        await dara.chooses("colleague", wrong)
        await dara.submits()
        await dara.sees(words)
    await dara.chooses("colleague", "ava")
    await dara.submits()
    await dara.sees("Transmis. Votre collègue reçoit la question en privé", "Et vous, comment allez-vous?")
    await dara.closes(everything=True)
    await ava.sees(WAITS, where="messages")
    assert ava.notifications
    assert set(ava.notifications) == {WAITS}
    await newest(ava)
    await ava.sees("9-8-8", "Dara Quillwort nous a dit que vous acceptiez", "Ne plus jamais me le demander")
    await ava.presses("Oui, allez-y")
    await fill_form(ava, role=ROLE, modality=BY_PHONE)
    await ava.submits()
    reference = reference_on(ava.screen("modal"))
    await ava.closes(everything=True)
    assert await left(ville) == 0
    await farah.sees(reference, "Une ou un collègue, avec consentement", where=CHANNEL)
    await claimed(ville, reference)
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("Luc Mélilot")
    farah.sees_nothing_of("Dara", where="modal")
    await farah.closes(everything=True)
    await dara.opens_home()
    await dara.sees("Ce que vous avez transmis", "transmis", where="home")
    dara.sees_nothing_of(reference)
    assert not [word for word in ("Dara", "Ava", PHONE) if word in ville.said()]


@on_sqlite
@pytest.mark.req("V22", "V23", "V25", "U1", "U2", "U4", "U5", "U48", "G7", "G30")
async def test_no_silence_never_agreed_never_again_and_the_limit(ville: Town) -> None:
    ava, bruno, chloe, dara, farah = (ville.person(key) for key in ("ava", "bruno", "chloe", "dara", "farah"))
    await passes_on(ville, "dara", "chloe")
    await chloe.sees(WAITS, where="messages")
    await newest(chloe)
    await chloe.sees("Une ou un collègue nous a dit que vous acceptiez")
    chloe.sees_nothing_of("Dara")
    await chloe.presses("Demandez-le-moi plus tard")
    await chloe.sees("La note reste dans l'Accueil")
    await chloe.closes(everything=True)
    await passes_on(ville, "dara", "ava")
    await ava.sees(WAITS, where="messages")
    await newest(ava)
    await ava.presses("Non, effacez tout", confirm="accept")
    await ava.sees("C'est entendu. Vos coordonnées sont effacées")
    await ava.closes(everything=True)
    assert await left(ville) == 1
    await farah.sees("fermée", where=CHANNEL)
    await ville.passes(days=3, hours=1)
    await ville.at_rest()
    assert len(chloe.messages()) == 2, "one reminder"
    await ville.passes(days=4)
    await ville.at_rest()
    assert await left(ville) == 0
    await chloe.presses(action_id="open_referral", where="home")
    await chloe.sees("Il n'y a rien ici pour vous en ce moment.")
    await chloe.closes(everything=True)

    await passes_on(ville, "dara", "bruno")
    await bruno.sees(WAITS, where="messages")
    await newest(bruno)
    await bruno.presses("Je n'ai jamais accepté", confirm="accept")
    await bruno.sees("Merci de nous l'avoir dit.")
    await bruno.closes(everything=True)
    await opens(dara)
    await dara.chooses("attest", ["Oui, c'est bien le cas"])
    await dara.chooses("colleague", "emil")
    await dara.chooses("tells_who", "Non, ne le dites pas, s'il vous plaît")
    await dara.submits()
    await dara.sees("Vous avez transmis trois collègues en 30 jours")
    await dara.closes(everything=True)
    await ville.passes(days=31)
    await passes_on(ville, "dara", "bruno")
    await farah.sees("En attente d'une décision de l'administration", where=CHANNEL)
    await farah.presses(action_id="open_referral_card", where=CHANNEL)
    await farah.sees("Quelqu'un a déjà dit n'avoir jamais accepté", "Dara")
    farah.sees_nothing_of("Bruno", where="modal")
    await farah.presses("Poser la question", confirm="accept")
    await farah.sees("La question est posée maintenant.")
    await farah.closes(everything=True)
    await bruno.sees("[Ouvrir]", where="messages")
    await newest(bruno)
    await bruno.presses("Pas de cette personne", confirm="accept")
    await bruno.sees("cette personne ne pourra plus vous proposer ici")
    await bruno.closes(everything=True)
    await dara.opens_home()
    await dara.sees("transmis", where="home")
    assert not [word for word in ("Bruno", "Dara", "Chloé", "Ava") if word in ville.said()]


@on_sqlite
@pytest.mark.req("U3", "U21", "U41", "V23", "G4", "G8", "G30")
async def test_the_call_sheet_leads_to_a_page_or_to_a_yes_on_the_phone(ville: Town) -> None:
    farah, dara = ville.person("farah"), ville.person("dara")
    await passes_on(ville, "dara", NAME, tells=True)
    await farah.sees("La question est à poser par téléphone ou par courriel", where=CHANNEL)
    await farah.presses(action_id="open_referral_card", where=CHANNEL)
    await farah.presses("Ouvrir la fiche d'appel", where="modal")
    await farah.chooses("opening_why", "Pour organiser la prise de contact")
    await farah.submits()
    await farah.sees(
        NAME, REACH, "Dara", "Sur une boîte vocale ou à quelqu'un d'autre", "Plus jamais de cette personne"
    )
    await farah.presses(action_id="link_for_referral")
    await farah.sees("Un lien et un code", "Transmettez-les par deux voies différentes", f"{PUBLIC}/note/")
    shown = farah.screen("modal")
    token, code = re.search(r"/note/(\w+)", shown), re.search(r"\b(\d{4} ?\d{4})\b", shown)
    assert token
    assert code
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        visitor = Visitor(ville, session, Link(token[1], code[1].replace(" ", ""), ville.clock.now()))
        note = await visitor.sends("open", query="?l=fr")
        assert "Dara Quillwort nous a dit que vous acceptiez" in note.words
    await farah.closes()
    await farah.chooses("call_answer", "Oui\u00a0: passer aux questions")
    await farah.submits()
    await farah.sees("Lisez l'avis ci-dessous", NAME, REACH, "9-8-8")
    await farah.chooses("role", ROLE)
    await farah.chooses("modalities", BY_PHONE)
    await farah.chooses("notice_heard", ["Je lui ai lu l'avis, et elle y a dit oui"])
    await farah.submits()
    await farah.sees("Veuillez lui dire")
    reference = reference_on(farah.screen("modal"))
    await farah.closes(everything=True)
    async with ville.house.store.work() as work:
        request = await work.requests.by_reference(PROGRAMME, reference)
        assert request is not None
        needs = await work.requests.needs(request.id)
    assert needs is not None
    assert (request.door, needs.language, needs.opened_by) == (Door.COLLEAGUE, "fr", ville.address("dara"))
    assert await left(ville) == 0
    await dara.opens_home()
    dara.sees_nothing_of(reference)
    assert not [word for word in (NAME, REACH, "Dara", token[1], code[1]) if word in ville.said()]


@on_postgresql
@pytest.mark.req("U1", "U3", "U4", "U5", "V22", "V25", "G4", "G7", "G30")
async def test_the_consent_page_takes_every_answer(ville: Town) -> None:
    answers = {
        "never": ("plus aucune proposition", Scope.REFERRALS),
        "never_from": ("plus rien ne vous parviendra de cette personne", Scope.REFERRALS_FROM),
        "mistake": ("nous en sommes désolés.", None),
    }
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        for number, (answer, (words, scope)) in enumerate(answers.items()):
            reach = f"604-555-018{number}"
            subject = await referred(ville, reach=reach)
            visitor = Visitor(ville, session, await linked(ville, subject))
            note = await visitor.sends("open", query="?l=fr")
            assert "<title>Page privée</title>" in note.words
            assert "Une ou un collègue nous a dit que vous acceptiez" in note.words
            assert "Urgence" in note.words
            done = await visitor.sends("answer", query="?l=fr", answer=answer)
            assert words in done.words
            assert await state(ville, subject) == (ReferralState.CLOSED, False)
            assert (
                "Votre réponse est bien arrivée." in (await visitor.sends("answer", query="?l=fr", answer="no")).words
            )
            async with ville.house.store.work() as work:
                kept = {each.scope for each in await work.silences.of(the_reach(reach))}
            assert kept == ({scope} if scope else set())
