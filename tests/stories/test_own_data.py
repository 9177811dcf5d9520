"""Somebody reads what is held about them, covers their Home on a shared screen, and deletes it all."""

import pytest

from peersupport.audit import Event
from peersupport.requests import State
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, Town, fill_form, reference_on

WORDS = {
    "en": {
        "open": "My data",
        "name": "Name: Ava",
        "none": "You are not in the register of supporters.",
        "next": "Next page",
        "delete": "Delete my data",
        "goes": "An open request is withdrawn; nobody is told why.",
        "stays": "Totals, in which nobody is.",
        "now": "Delete my data now",
        "done": "It is being deleted.",
        "empty": "Nothing open. The door stays here.",
        "nothing": "No request of yours is held.",
    },
    "fr": {
        "open": "Mes données",
        "name": "Nom\u00a0: Ava",
        "none": "Vous n'êtes pas dans le registre de soutien.",
        "next": "Page suivante",
        "delete": "Supprimer mes données",
        "goes": "Une demande ouverte est retirée; personne ne saura pourquoi.",
        "stays": "Des totaux, où personne ne figure.",
        "now": "Supprimer maintenant",
        "done": "La suppression est en cours.",
        "empty": "Rien d'ouvert. La porte reste ici.",
        "nothing": "Aucune demande de vous n'est gardée.",
    },
}


async def speaks(town: Town, key: str, language: str) -> None:
    """Let somebody choose a language in Home."""
    who = town.person(key)
    await who.opens_home()
    await who.chooses("language", {"en": "English", "fr": "Français"}[language], where="home")
    await who.sees({"en": "Who will see this?", "fr": "Qui verra ceci"}[language], where="home")


@pytest.mark.req("G17")
@pytest.mark.threat("T64")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_all_that_is_held_is_read_and_then_deleted(town: Town, language: str) -> None:
    said = WORDS[language]
    reference = await town.matched("ava", "iris")
    await town.at_rest()
    ava = town.person("ava")
    await speaks(town, "ava", language)
    await ava.presses(said["open"], where="home")
    await ava.sees(reference, said["name"], PHONE, "2026-11", town.sim.workspace.person("iris").real_name)
    if said["next"] in ava.screen("modal"):
        await ava.presses(said["next"])
    await ava.sees(said["none"])
    await ava.presses(said["delete"])
    await ava.sees(said["goes"], said["stays"])
    await ava.presses(said["now"], confirm="accept")
    await ava.sees(said["done"])
    await town.at_rest()
    await ava.sees(said["empty"], where="home")
    await ava.closes(everything=True)
    await ava.sees_no_modal()
    async with town.house.store.work() as work:
        found = await work.requests.by_reference(PROGRAMME, reference)
        assert found is not None
        assert found.state is State.CLOSED
        assert await work.requests.needs(found.id) is None
        assert await work.requests.contact(found.id) is None
        assert await work.requests.of(town.address("ava"), open_only=False) == []
        told = [each for each in await work.audit.of(found.id) if each.event is Event.OWN_DATA_SEEN]
    assert told == [], "that somebody looked leads to no request"
    iris = town.person("iris")
    await iris.opens_home()
    iris.sees_nothing_of(PHONE, "Ava", where="home")
    assert PHONE not in town.said()
    await ava.presses(action_id="my_data", where="home")
    await ava.sees(said["nothing"])


@pytest.mark.req("G17")
async def test_a_supporter_reads_and_deletes_their_own_entry(town: Town) -> None:
    reference = await town.matched("ava", "iris")
    await town.at_rest()
    iris, ava = town.person("iris"), town.person("ava")
    await iris.closes(everything=True)
    await iris.opens_home()
    await iris.presses("My data", where="home")
    await iris.sees("Name shown to people you support", reference, "you said yes")
    iris.sees_nothing_of("Ava", PHONE, where="modal")
    await iris.presses("Delete my data")
    await iris.presses("Delete my data now", confirm="accept")
    await iris.sees("Your entry as a supporter is erased within a minute.")
    town.clock.move(seconds=30)
    await town.at_rest()
    await ava.opens_home()
    await ava.sees("Someone else will contact you", where="home")
    async with town.house.store.work() as work:
        assert await work.supporters.of(town.address("iris")) == []


@pytest.mark.req("U52")
async def test_a_discreet_home_stays_covered_whatever_happens(town: Town) -> None:
    reference = await town.asks("ava")
    ava = town.person("ava")
    await ava.closes(everything=True)
    await ava.opens_home()
    await ava.presses("Turn discreet mode on", where="home")
    await ava.sees(reference, "Discreet mode is on", where="home")
    await town.claims("farah", reference)
    await town.at_rest()
    await ava.sees("1 item", "9-8-8", "Ask for support", where="home")
    ava.sees_nothing_of(reference, where="home")
    await ava.presses("Show", where="home")
    await ava.sees(reference, "Confirmed", where="home")
    await ava.presses("Hide now", where="home")
    await ava.sees_no_more(reference, where="home")
    await ava.opens_home()
    await ava.sees("1 item", where="home")
    ava.sees_nothing_of(reference, where="home")


@pytest.mark.req("U23")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_words_of_danger_bring_numbers_and_alert_nobody_without_a_yes(town: Town, language: str) -> None:
    ava, farah = town.person("ava"), town.person("farah")
    await speaks(town, "ava", language)
    await ava.presses(action_id="ask", where="home")
    role = {"en": "Physician in active practice in Vancouver", "fr": "Médecin en exercice à Vancouver"}[language]
    words = {"en": "I want to die", "fr": "je veux mourir"}[language]
    modality = {"en": ["By phone"], "fr": ["Par téléphone"]}[language]
    await fill_form(ava, role=role, modality=modality, contact=f"{PHONE}, {words}")
    await ava.submits()
    await ava.sees("9-8-8", {"en": "nobody was alerted", "fr": "personne n'a été alerté"}[language])
    screen = ava.screen("modal")
    reference = reference_on(screen)
    assert screen.index("9-8-8") < screen.index(reference)
    await town.at_rest()
    await farah.sees(f"Request {reference}", where=CHANNEL)
    assert "urgent" not in farah.screen(CHANNEL).casefold()
    await ava.presses(action_id="hear_today")
    await ava.sees({"en": "The administrator is told", "fr": "L'administration est avisée"}[language])
    await town.at_rest()
    assert "urgent" in farah.screen(CHANNEL).casefold()
    assert words not in town.said()
