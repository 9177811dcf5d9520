"""The doors: the menu, the words after the command, languages, guests, roles that belong elsewhere, mistakes."""

import pytest
from sqlalchemy import func, select

from simulator.errors import ClientRefusalError
from store.database import Database
from store.tables import metadata
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, Town, fill_form, opens_identity, press_newest, reference_on

LINES = ("9-1-1", "9-8-8", "1-800-663-6729")


async def rows(town: Town, table: str) -> int:
    """Count the rows of a table, from outside the repositories."""
    database = Database(town.places.url)
    try:
        async with database.begin() as connection:
            found = await connection.execute(select(func.count()).select_from(metadata.tables[table]))
            return int(found.scalar_one())
    finally:
        await database.close()


@pytest.mark.req("G2", "G4", "U22")
@pytest.mark.parametrize("way", ["command", "shortcut", "home"])
async def test_every_way_in_begins_with_the_help_lines(town: Town, way: str) -> None:
    ava = town.person("ava")
    if way == "command":
        await ava.types("/peersupport")
    elif way == "shortcut":
        await ava.uses_shortcut("peersupport_menu")
    else:
        await ava.opens_home()
    await ava.sees(*LINES, "Nobody watches this app around the clock", "Ask for support")
    screen = ava.screen("home" if way == "home" else "modal")
    assert screen.index("9-1-1") < screen.index("Ask for support")
    await ava.presses(action_id="help_now")
    await ava.sees(*LINES, where="modal")


@pytest.mark.req("G3")
async def test_words_after_the_command_are_dropped_unread(town: Town) -> None:
    ava = town.person("ava")
    await ava.types("/peersupport I cannot cope any more")
    await ava.sees(*LINES, "We did not keep what you typed.")
    ava.sees_nothing_of("cannot cope")
    assert "cannot cope" not in town.said()


@pytest.mark.parametrize("word", ["help", "aide"])
async def test_help_is_a_word_it_knows(town: Town, word: str) -> None:
    ava = town.person("ava")
    await ava.types(f"/peersupport {word}")
    await ava.sees(*LINES)
    ava.sees_nothing_of("We did not keep what you typed.")


@pytest.mark.req("G30")
async def test_a_francophone_is_spoken_to_in_french_throughout(town: Town) -> None:
    chloe, farah = town.person("chloe"), town.person("farah")
    await chloe.types("/peersupport")
    await chloe.sees("Personne ne surveille cette appli", "9-8-8")
    await chloe.presses(action_id="ask")
    await chloe.sees("Qui verra ceci")
    await fill_form(chloe, role="Médecin en exercice à Vancouver", modality=["Par téléphone"])
    await chloe.submits()
    reference = reference_on(chloe.screen("modal"))
    await chloe.sees("heure de Vancouver, UTC\u221207:00 (", "là où vous êtes)")
    await chloe.closes(everything=True)
    await chloe.opens_home()
    await chloe.sees("Reçue", "Retirer ma demande", where="home")
    await farah.sees(f"Request {reference}", where=CHANNEL)


@pytest.mark.req("G30")
async def test_a_chosen_language_is_remembered(town: Town) -> None:
    ava = town.person("ava")
    await ava.types("/peersupport")
    await ava.chooses("language", "Français")
    await ava.sees("Demander du soutien")
    await ava.closes(everything=True)
    await ava.opens_home()
    await ava.sees("Personne ne surveille cette appli", where="home")


@pytest.mark.req("V1", "U26", "G31")
async def test_a_resident_is_led_on_warmly_and_nothing_is_kept(town: Town) -> None:
    quinn = town.person("quinn")
    await quinn.types("/peersupport")
    await quinn.presses(action_id="ask")
    await quinn.chooses("role", "Resident")
    await quinn.sees("resident.wellness@ubc.ca", "1-800-663-6729", "We kept nothing about you.")
    await quinn.closes(everything=True)
    for table in ("requests", "offers", "receipts", "audit"):
        assert await rows(town, table) == 0, table
    async with town.house.store.work() as work:
        counts = await work.tallies.read(PROGRAMME)
    assert sum(n for (_, what), n in counts.items() if what.startswith("redirected")) == 1


@pytest.mark.req("G31")
async def test_a_closed_form_leaves_no_row(town: Town) -> None:
    ava = town.person("ava")
    await ava.types("/peersupport")
    await ava.presses(action_id="ask")
    await fill_form(ava)
    await ava.closes(everything=True)
    assert await rows(town, "requests") == 0


@pytest.mark.req("V3", "G37")
async def test_the_contact_asked_for_follows_the_way_to_talk(town: Town) -> None:
    ava = town.person("ava")
    await ava.types("/peersupport")
    await ava.presses(action_id="ask")
    await ava.chooses("role", "Physician in active practice in Vancouver")
    await ava.fills("reach", "not a number")
    await ava.chooses("modalities", ["By phone"])
    await ava.sees("Your phone number", "not a number")
    await ava.submits()
    await ava.sees("The way to talk that you chose needs a phone number here.", "not a number")
    assert await rows(town, "requests") == 0
    await ava.chooses("modalities", ["By Zoom"])
    await ava.sees("Your e-mail address", "not a number")
    await ava.fills("reach", "ava@clinic.example")
    await ava.submits()
    await ava.sees("Your request is with the programme administrators.")


@pytest.mark.req("U49")
async def test_a_second_request_shows_the_open_one(town: Town) -> None:
    ava = town.person("ava")
    reference = await town.asks("ava")
    await ava.closes(everything=True)
    await ava.types("/peersupport")
    await ava.presses(action_id="ask")
    await ava.sees(reference, "You have an open request already")
    assert await rows(town, "requests") == 1


@pytest.mark.req("U51")
async def test_a_guest_gets_help_lines_and_public_information_only(town: Town) -> None:
    otto = town.person("otto")
    await otto.types("/peersupport")
    await otto.sees(*LINES, "Requests can be made by full members of this workspace.")
    otto.sees_nothing_of("Ask for support")
    await otto.presses(action_id="questions")
    await otto.closes(everything=True)
    await otto.opens_home()
    await otto.sees(*LINES, where="home")
    otto.sees_nothing_of("Ask for support")


@pytest.mark.req("V27", "V28", "V31", "G18")
async def test_who_sees_this_and_the_questions_are_answered_before_anything_is_sent(town: Town) -> None:
    ava = town.person("ava")
    await ava.types("/peersupport")
    await ava.presses(action_id="who_sees")
    await ava.sees("Nobody writes down what you say", "There are limits", "2026-11")
    await ava.closes()
    await ava.presses(action_id="ask")
    screen = ava.screen("modal")
    assert "Nobody writes down what you say" in screen
    assert screen.index("Nobody writes down what you say") < screen.index("Send my request")
    ava.sees_nothing_of("always", "completely", "anonymous", where="modal")


@pytest.mark.req("G5", "G6")
async def test_nobody_can_write_to_the_app(town: Town) -> None:
    ava = town.person("ava")
    await ava.opens_messages()
    dm = town.sim.workspace.dm(ava.id)
    assert dm is not None
    with pytest.raises(ClientRefusalError):
        await town.sim.client.say(ava.id, dm.id, "hello?")


@pytest.mark.req("G27", "U19")
async def test_an_administrator_who_asks_is_kept_out_of_their_own_request(town: Town) -> None:
    farah, gwen, hugo = town.person("farah"), town.person("gwen"), town.person("hugo")
    reference = await town.asks("farah")
    await farah.closes(everything=True)
    await gwen.sees("There is something for you in the app.", where="messages")
    assert reference not in gwen.screen(CHANNEL)
    assert not town.sim.calls("chat.postMessage")[0].request["channel"].startswith("C")
    farah.sees_nothing_of("There is something for you")
    hugo.sees_nothing_of(reference)
    await press_newest(gwen)
    await gwen.presses(action_id="claim")
    await opens_identity(gwen)
    await gwen.sees("Farah Meadowrue", PHONE)
    await farah.opens_home()
    await farah.sees(reference, "Confirmed", where="home")
    assert "Open details" not in farah.screen("home")


@pytest.mark.req("U22")
async def test_urgent_is_said_by_the_person_and_shown_on_the_card(town: Town) -> None:
    farah = town.person("farah")
    reference = await town.asks("ava", choices=["This is urgent; tell the administrators at once"])
    await farah.sees(f"Urgent request {reference}", where=CHANNEL)


@pytest.mark.req("G7")
async def test_a_locked_phone_shows_one_constant_sentence(town: Town) -> None:
    ava, farah, iris = town.person("ava"), town.person("farah"), town.person("iris")
    await town.matched(choices=["Tell me by a short Slack message that there is news, without details"])
    await ava.sees("There is something for you in the app.", where="messages")
    assert set(ava.notifications) == {"There is something for you in the app."}
    assert set(iris.notifications) == {"There is something for you in the app."}
    farah.sees_nothing_of("Ava")
