"""A supporter asks for support themselves, in both languages: nobody's candidate meanwhile, and paused on request."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from peersupport.offers import OfferState
from peersupport.requests import State
from tests.stories.francophone import OTHER_TURNS, joins, open_ville
from tests.stories.town import CHANNEL, PROGRAMME, Places, Town, fill_form, open_town, reference_on

SAID = {
    "en": {
        "open": "Open",
        "role": "Physician in active practice in Vancouver",
        "phone": "By phone",
        "paused": "You get no more offers as a supporter",
        "looking": "A supporter is to be found",
    },
    "fr": {
        "open": "Ouvrir",
        "role": "Médecin en exercice à Vancouver",
        "phone": "Par téléphone",
        "paused": "On ne vous offre plus de demandes comme collègue de soutien",
        "looking": "Jumelage à faire",
    },
}


@pytest_asyncio.fixture
async def place(places: Places, language: str) -> AsyncIterator[Town]:
    async with open_ville(places) if language == "fr" else open_town(places) as town:
        for person in town.sim.workspace.people.values():
            person.locale = f"{language}-CA"
        yield town


async def asks(town: Town, key: str, language: str) -> str:
    who = town.person(key)
    await who.types("/peersupport")
    await who.presses(action_id="ask", near="Initiative")
    await fill_form(who, role=SAID[language]["role"], modality=[SAID[language]["phone"]])
    await who.submits()
    reference = reference_on(who.screen("modal"))
    await who.closes(everything=True)
    return reference


@pytest.mark.parametrize(("language", "story_urls"), OTHER_TURNS, indirect=True)
@pytest.mark.req("U20", "G30")
async def test_a_supporter_who_asks_pauses_their_offers_and_is_nobodys_candidate(
    place: Town,
    language: str,
) -> None:
    said, farah, luc = SAID[language], place.person("farah"), place.person("luc")
    for key in ("luc", "kaya"):
        await joins(place, PROGRAMME, key)
    offered = await asks(place, "ava", language)
    await farah.presses(action_id="claim", near=offered, where=CHANNEL)
    await farah.presses(action_id="find", near=offered, where=CHANNEL)
    await farah.chooses("first", "Luc Mélilot")
    await farah.submits()
    await farah.closes(everything=True)
    await luc.presses(said["open"], where="messages")
    await luc.sees(offered, where="modal")
    await luc.closes(everything=True)

    own = await asks(place, "luc", language)
    await farah.sees(own, where=CHANNEL)
    await farah.presses(action_id="claim", near=own, where=CHANNEL)
    await farah.presses(action_id="find", near=own, where=CHANNEL)
    await farah.sees("Kaya Bunchberry", where="modal")
    farah.sees_nothing_of("Luc Mélilot", where="modal")
    await farah.closes(everything=True)
    await luc.presses(action_id="pause_my_offers", where="home")
    await luc.sees(said["paused"])
    await luc.closes(everything=True)
    await farah.sees(said["looking"], where=CHANNEL)
    await place.at_rest()
    async with place.house.store.work() as work:
        request = await work.requests.by_reference(PROGRAMME, offered)
        assert request is not None
        entry = await work.supporters.find(PROGRAMME, place.address("luc"))
        assert entry is not None
        offers = [each.state for each in await work.offers.of_request(request.id)]
    assert request.state is State.MATCHING
    assert entry[0].paused_until is not None
    assert offers == [OfferState.WITHDRAWN]
    await farah.presses(action_id="find", near=offered, where=CHANNEL)
    await farah.sees("Kaya Bunchberry", where="modal")
    farah.sees_nothing_of("Luc Mélilot", where="modal")
