"""The partner's side and the invitation in French: list, form, receipt, voicemail, words to say, and every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from peersupport.requests import Outcome, State
from simulator.people import Actor
from tests.stories.francophone import (
    IMPACT,
    WAITS,
    claimed,
    joins,
    newest,
    offered_to,
    on_postgresql,
    on_sqlite,
    open_ville,
)
from tests.stories.town import CHANNEL, Places, Town

NAME, LINE, PLACE = "Rowan Alder", "250-555-0187", "Terrace"
ORGANISATION = "Coordination des transferts de patients"


@pytest_asyncio.fixture
async def ville(places: Places) -> AsyncIterator[Town]:
    async with open_ville(places) as town:
        yield town


async def lets_in(town: Town, *names: str) -> None:
    gwen = town.person("gwen")
    await gwen.opens_home()
    await gwen.presses("Qui peut aviser pour un partenaire", where="home")
    await gwen.sees("Ces membres voient une seule porte et rien d'autre du programme.")
    await gwen.chooses(ORGANISATION, list(names))
    await gwen.submits()
    await gwen.sees("Enregistré", where="modal")
    await gwen.closes(everything=True)


async def fills_in(who: Actor, *, profession: str = "Médecin en milieu rural", reach: str = LINE, **more: str) -> None:
    await who.fills("Nom de la ou du collègue", more.get("name", NAME))
    await who.chooses("Sa profession", profession)
    await who.fills("Sa localité", PLACE)
    if reach:
        await who.fills("Numéro de téléphone ou courriel au travail", reach)
        await who.chooses("À qui est ce numéro ou cette boîte?", ["C'est le sien; personne d'autre n'y répond"])


async def ticks(who: Actor) -> None:
    await who.chooses("De quel genre d'incident s'agissait-il?", ["Un enfant était en cause"])


async def message_left(town: Town, *, member: str = "", **how: str) -> None:
    """Let an administrator write down what was left on the voicemail two hours ago."""
    farah = town.person("farah")
    local = (town.clock.now() - timedelta(hours=2)).astimezone(ZoneInfo("America/Vancouver"))
    await farah.opens_home()
    await farah.presses("Consigner le message d'un partenaire", where="home")
    await farah.sees("Rien sur la personne soignée", "Les 72 heures courent depuis ce moment.")
    await farah.fills("Laissé le", local.date().isoformat())
    await farah.fills("À, heure de Vancouver", f"{local:%H:%M}")
    await fills_in(farah, **how)
    await ticks(farah)
    if member:
        await farah.chooses("provider_member", member)
    await farah.submits()
    await farah.sees("Merci, nous l'avons bien reçu.", where="modal")
    await farah.closes(everything=True)


async def references(town: Town) -> list[str]:
    async with town.house.store.work() as work:
        return [each.reference for each in await work.requests.in_states(IMPACT, frozenset(State), limit=9)]


async def outcome(town: Town, reference: str) -> Outcome | None:
    """Return how a request ended, once nothing is left that names its person."""
    async with town.house.store.work() as work:
        request = await work.requests.by_reference(IMPACT, reference)
        assert request is not None
        assert await work.requests.needs(request.id) is None
        assert await work.requests.contact(request.id) is None
    return request.outcome


@on_postgresql
@pytest.mark.req("I1", "I2", "I3", "I6", "I10", "I11", "I12", "I17", "U36", "G4")
@pytest.mark.req("I7", "I8", "I9", "I13", "U33", "U34", "G30")
async def test_from_the_notice_to_never_again(ville: Town) -> None:
    await joins(ville, IMPACT, "iris", profession="remote_station_nurse", rural_practice="yes")
    await joins(ville, IMPACT, "luc", profession="rural_physician", rural_practice="yes")
    await joins(ville, IMPACT, "kaya", profession="rural_physician", rural_practice="yes", department="terrace")
    await lets_in(ville, "quinn", "emil")
    quinn, emil, farah = ville.person("quinn"), ville.person("emil"), ville.person("farah")
    await quinn.types("/peersupport")
    await quinn.sees("Vous avez envoyé 0 avis.", where="modal")
    quinn.sees_nothing_of("Une conversation avec une ou un collègue du milieu rural", where="modal")
    await quinn.presses("Demander qu'on tende la main", where="modal")
    await quinn.sees("9-8-8", "on ne vous dira pas ce qu'elle décide")
    assert quinn.screen("modal").index("9-8-8") < quinn.screen("modal").index("Nom de la ou du collègue")
    await fills_in(quinn, name="Rowan, patient 9698 658 215")
    await quinn.submits()
    await quinn.sees("Sans l'une des cases, il n'y a rien à envoyer, et rien n'a été gardé.")
    await quinn.closes()
    await ticks(quinn)
    await quinn.submits()
    await quinn.sees("Cela peut désigner une patiente ou un patient. Rien n'a été gardé.")
    assert await references(ville) == []
    await fills_in(quinn)
    await quinn.submits()
    await quinn.sees("Merci, nous l'avons bien reçu.", "Vous avez envoyé 1 avis.")
    await quinn.closes(everything=True)
    await ville.at_rest()
    await emil.opens_home()
    await emil.presses("Demander qu'on tende la main", where="home")
    await fills_in(emil)
    await ticks(emil)
    await emil.submits()
    await emil.sees("Merci, nous l'avons bien reçu.", "Vous avez envoyé 1 avis.")
    await emil.closes(everything=True)
    await farah.sees("L'avis d'un partenaire ×2", "heure de Vancouver", where=CHANNEL)
    [reference] = await references(ville)

    await claimed(ville, reference)
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("la même profession", "travaille aussi en milieu rural", "Iris Wintergreen")
    shown = farah.screen("modal")
    assert shown.index("Luc Mélilot") < shown.index("Iris Wintergreen")
    assert "Kaya" not in shown
    await farah.closes(everything=True)
    luc = await offered_to(ville, reference, "luc")
    await luc.sees("Cette personne n'a rien demandé.", "Certaines journées de travail restent avec nous.")
    await luc.sees(f"d'où vient le nom\u00a0: de {ORGANISATION}. Qui a écrit au juste n'est pas transmis")
    await luc.sees("Pas un mot d'un événement", "Ne plus me contacter", "Jointe\u00a0: je vais bien")
    luc.sees_nothing_of(NAME, LINE, "Quinn", "Un enfant")
    await luc.presses("Pas de réponse")
    await luc.sees("Vous aurez un rappel pour le second essai.")
    await luc.closes(everything=True)
    await farah.sees("Invitation faite une fois, sans réponse encore", where=CHANNEL)
    await ville.passes(days=3)
    await luc.sees(WAITS, "[Ouvrir]", where="messages")
    await newest(luc)
    await luc.sees("Vous pouvez essayer une seconde fois maintenant; c'est la dernière.")
    await luc.presses(action_id="said_never")
    await luc.sees("La personne a-t-elle dit que ce numéro ou ce courriel est le sien")
    await luc.presses("C'est le sien")
    await luc.sees("une marque qui ne nomme personne tient à l'écart les avis de partenaires")
    await farah.sees(f"Demande {reference}\u00a0: fermée", where=CHANNEL)
    assert await outcome(ville, reference) is Outcome.ANSWERED
    cards = len(ville.sim.calls("chat.postMessage"))
    await quinn.types("/peersupport")
    await quinn.presses("Demander qu'on tende la main", where="modal")
    await fills_in(quinn)
    await ticks(quinn)
    await quinn.submits()
    await quinn.sees("Merci, nous l'avons bien reçu.", "Vous avez envoyé 2 avis.")
    await ville.at_rest()
    assert (await references(ville), len(ville.sim.calls("chat.postMessage"))) == ([reference], cards)
    assert not [word for word in (NAME, LINE, PLACE, "Quinn", "Emil", ORGANISATION) if word in ville.said()]


@on_sqlite
@pytest.mark.req("I4", "I7", "I10", "I13", "I16", "U33", "G30")
async def test_i_am_fine_and_yes_please(ville: Town) -> None:
    await joins(ville, IMPACT, "luc", profession="rural_physician", rural_practice="yes")
    await lets_in(ville, "quinn")
    quinn, chloe, farah = ville.person("quinn"), ville.person("chloe"), ville.person("farah")
    await quinn.types("/peersupport")
    await quinn.presses("Demander qu'on tende la main", where="modal")
    await fills_in(quinn)
    await ticks(quinn)
    await quinn.chooses("may_tell_who", ["Vous pouvez dire que c'était moi"])
    await quinn.submits()
    await quinn.sees("Merci, nous l'avons bien reçu.")
    await quinn.closes(everything=True)
    await ville.at_rest()
    [fine] = await references(ville)
    await claimed(ville, fine)
    luc = await offered_to(ville, fine, "luc")
    await luc.sees("Quinn Hawkbit a écrit, et a accepté d'être nommé.")
    await luc.presses(action_id="said_fine", confirm="accept")
    await luc.sees("C'est une réponse entière, et c'est fermé", "Veuillez supprimer ce que vous avez noté")
    await luc.presses(action_id="contact_deleted")
    await luc.sees("Merci. C'est tout.")
    await luc.closes(everything=True)
    await farah.sees(f"Demande {fine}\u00a0: fermée", where=CHANNEL)
    assert await outcome(ville, fine) is Outcome.ANSWERED

    await message_left(ville, member="chloe", reach="250-555-0188")
    await ville.at_rest()
    [yes] = [each for each in await references(ville) if each != fine]
    await chloe.opens_home()
    chloe.sees_nothing_of(yes)
    await claimed(ville, yes)
    await offered_to(ville, yes, "luc")
    await luc.presses(action_id="said_yes")
    await luc.sees("Noté. Convenez d'un moment", "Premier contact établi")
    await chloe.opens_home()
    await chloe.sees(yes, "En contact", where="home")
    await chloe.presses("Mes données", where="home")
    await chloe.sees("Organisme qui a avisé le programme à votre sujet", ORGANISATION)
    await chloe.closes(everything=True)
    await luc.presses(action_id="talked")
    await farah.sees("En contact, 1 conversation", where=CHANNEL)
    await luc.presses(action_id="finish", confirm="accept")
    await luc.sees("Le nom et les coordonnées vous sont maintenant fermés.")
    await ville.at_rest()
    async with ville.house.store.work() as work:
        request = await work.requests.by_reference(IMPACT, yes)
        assert request is not None
        needs, contact = await work.requests.needs(request.id), await work.requests.contact(request.id)
        notice = await work.notices.of_request(request.id)
        assert notice is not None
        told = await work.notices.told(notice.id)
    assert (needs is not None, contact, told) == (True, None, None), "the work contact goes wherever it stands"
    assert not [word for word in (NAME, LINE, "Chloé", "Quinn", ORGANISATION) if word in ville.said()]
