"""Public announcements and the front door; the column, its note, offers to write, and the list of services."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from peersupport import column
from peersupport.addresses import Address
from peersupport.outcomes import Refused
from peersupport.ports_pages import Idea
from peersupport.series import SeriesState
from simulator.people import Actor
from tests.stories.francophone import WAITS, newest, on_postgresql, on_sqlite
from tests.stories.town import PROGRAMME, ROOT, Places, Town, open_town

THRIVING = "thriving"
WORDS = "On resting between two nights, with CANARY-Sorrel in it"


@pytest_asyncio.fixture
async def both(places: Places) -> AsyncIterator[Town]:
    """Give a town with both programmes; the app is in two of its public channels."""
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{THRIVING}") as town:
        yield town


def joins(town: Town, name: str) -> None:
    """Let somebody invite the app into a public channel."""
    place = town.sim.workspace
    channel = next(each for each in place.channels.values() if each.name == name)
    channel.members.append(place.app.bot_user_id)
    place.touch()


async def desk(who: Actor) -> None:
    """Open the desk of the second programme's pages."""
    await who.opens_home()
    await who.presses("Announcements and pages, Thriving Project", where="home")


@on_sqlite
@pytest.mark.req("G34")
async def test_the_front_door_stands_in_channels_until_it_is_taken_down(both: Town) -> None:
    farah, iris = both.person("farah"), both.person("iris")
    await desk(farah)
    await farah.presses(action_id="announce_door", where="modal")
    await farah.sees("Wellness conversations", "Conversations sur le mieux-être", where="modal")
    await farah.chooses("Channels", ["general"])
    await farah.submits()
    await farah.sees("On its way to 1 channel.", where="modal")
    await farah.closes(everything=True)
    await both.at_rest()
    await desk(farah)
    await farah.sees("the app cannot write there", where="modal")
    joins(both, "general")
    await farah.presses(action_id="announce_door", where="modal")
    await farah.chooses("Channels", ["general"])
    await farah.submits()
    await farah.closes(everything=True)
    await both.at_rest()
    await iris.sees("Wellness conversations", "Conversations sur le mieux-être", where="#general")
    await iris.presses("Open privately", where="#general")
    await iris.sees("You don't need a crisis", where="modal")
    await iris.closes(everything=True)
    await desk(farah)
    await farah.sees("stands there", where="modal")
    await farah.presses("Update everywhere", where="modal")
    await both.at_rest()
    await farah.presses("Remove everywhere", where="modal", confirm="accept")
    await both.at_rest()
    await iris.sees("This announcement was taken down.", where="#general")
    await iris.sees_no_more("Wellness conversations", where="#general")
    async with both.house.store.work() as work:
        assert await work.announcements.all(THRIVING) == []


@on_postgresql
@pytest.mark.req("T17", "T18", "T19")
async def test_the_column_is_read_by_note_and_written_by_offer_and_nobody_can_list_who(both: Town) -> None:
    luc, iris, farah = both.person("luc"), both.person("iris"), both.person("farah")
    await luc.types("/peersupport")
    await luc.presses("La chronique", where="modal")
    await luc.sees("Personne ne voit qui le reçoit.", "Atelier d'écriture réflexive en ligne", where="modal")
    await luc.presses("Recevoir le mot", where="modal")
    await luc.sees("Ne plus le recevoir", where="modal")
    await luc.presses("Je viendrais", where="modal")
    await luc.sees("Vous avez dit que vous viendriez.", where="modal")
    await luc.presses("Proposer un texte", where="modal")
    await luc.fills("De quoi parleriez-vous?", "Le patient 9698 658 215 m'a marquée")
    await luc.fills("Comment vous joindre", "par Slack")
    await luc.submits()
    await luc.sees("Rien n'a été gardé.", where="modal")
    await luc.fills("De quoi parleriez-vous?", WORDS)
    await luc.submits()
    await luc.sees("Merci, votre proposition est envoyée.", where="modal")
    await luc.closes(everything=True)
    await farah.sees("There is something for you in the app.", where="messages")
    await farah.presses("Open", where="messages")
    await farah.presses("Open", where="modal")
    await farah.sees(WORDS, "par Slack", where="modal")
    await farah.presses("It is answered: erase it", where="modal", confirm="accept")
    await farah.sees("This offer was erased.", where="modal")
    await farah.closes(everything=True)
    await desk(farah)
    await farah.sees("fewer than 5 people", where="modal")
    farah.sees_nothing_of("Luc", where="modal")
    await both.at_rest()
    async with both.house.store.work() as work:
        assert await work.pitches.all(THRIVING) == []
        day = both.clock.now()
        while day.day > 7 or day.weekday() != 1:
            day += timedelta(days=1)
        programme = both.house._files.programmes[THRIVING]
        assert await column.plan(work, programme, day) == 1
        assert await column.plan(work, programme, day + timedelta(days=1)) == 0
    await luc.sees(WAITS, where="messages")
    await newest(luc)
    await luc.presses("Ne plus le recevoir", where="modal")
    await luc.sees("Recevoir le mot", where="modal")
    await luc.closes(everything=True)
    async with both.house.store.work() as work:
        assert await work.readers.all(THRIVING, column.COLUMN) == []
    iris.sees_nothing_of("CANARY-Sorrel")
    assert "CANARY-Sorrel" not in both.said()


@on_sqlite
@pytest.mark.req("T19")
@pytest.mark.threat("T15")
async def test_with_an_editor_what_is_offered_is_read_by_the_editor_alone(places: Places) -> None:
    folder = places.folder / "programmes"
    shutil.copytree(ROOT / "programmes", folder)
    file, told = folder / "thriving.yml", '# editor: "EDITOR-1"'
    words = file.read_text("utf-8")
    assert told in words
    file.write_text(words.replace(told, 'editor: "U0IRISWIN1"'), "utf-8")
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{THRIVING}", PROGRAMMES_DIR=str(folder)) as town:
        luc, iris, farah = town.person("luc"), town.person("iris"), town.person("farah")
        async with town.house.store.work() as work:
            programme = town.house._files.programmes[THRIVING]
            idea = Idea(town.address("luc"), "CANARY-Sorrel", "par Slack", WORDS)
            kept = await column.pitch(work, programme, idea, key="a", now=town.clock.now(), ids=town.house.ids)
            assert kept is column.Pitching.KEPT
        await town.at_rest()
        await iris.sees("There is something for you in the app.", where="messages")
        assert farah.messages() == []
        await iris.opens_home()
        iris.sees_nothing_of("Announcements and pages", "Organise", where="home")
        await desk(farah)
        farah.sees_nothing_of("Offers to write", WORDS, where="modal")
        async with town.house.store.work() as work:
            (pitch,) = await work.pitches.all(THRIVING)
            refused = await column.read(work, {THRIVING: programme}, farah_of(town), pitch.id, now=town.clock.now())
            assert isinstance(refused, Refused)
            assert isinstance(await column.waiting(work, programme, farah_of(town), now=town.clock.now()), Refused)
            assert isinstance(
                await column.answered(work, {THRIVING: programme}, farah_of(town), pitch.id, now=town.clock.now()),
                Refused,
            )
        await iris.presses("Offers to write", where="home")
        await iris.presses("Open", where="modal")
        await iris.sees(WORDS, "par Slack", where="modal")
        await iris.presses("It is answered: erase it", where="modal", confirm="accept")
        await iris.sees("This offer was erased.", where="modal")
        luc.sees_nothing_of(WORDS)


def farah_of(town: Town) -> Address:
    """Return the administrator's address."""
    return town.address("farah")


@on_sqlite
@pytest.mark.req("T20")
async def test_the_list_of_services_changes_without_a_restart_in_both_languages(both: Town) -> None:
    farah, iris, luc = both.person("farah"), both.person("iris"), both.person("luc")
    await desk(farah)
    await farah.presses("List of other services", where="modal")
    await farah.presses("Add a service", where="modal")
    await farah.fills("Name, in English", "Harbour walking group")
    await farah.fills("Name, in French", "Groupe de marche du port")
    await farah.submits()
    await farah.sees("Please give a way to reach it", where="modal")
    await farah.fills("How to reach it, in English", "at the door")
    await farah.fills("How to reach it, in French", "à la porte")
    await farah.submits()
    await farah.sees("Harbour walking group: at the door", "Groupe de marche du port", where="modal")
    await farah.closes(everything=True)
    await iris.types("/peersupport")
    await iris.presses("Other services", where="modal")
    await iris.sees("Harbour walking group: at the door", where="modal")
    await luc.types("/peersupport")
    await luc.presses("Autres services", where="modal")
    await luc.sees("Groupe de marche du port\u00a0: à la porte", where="modal")


@on_postgresql
@pytest.mark.req("T17")
@pytest.mark.threat("T54")
async def test_who_would_come_shows_from_five_and_nobody_counts_twice(both: Town) -> None:
    luc, farah = both.person("luc"), both.person("farah")
    async with both.house.store.work() as work:
        (planned,) = [each for each in await work.series.of_programme(THRIVING) if each.state is SeriesState.PLANNED]
        for key in ("ava", "bruno", "chloe"):
            assert await column.interest(work, THRIVING, planned.id, both.address(key)) is True
    await luc.types("/peersupport")
    await luc.presses("La chronique", where="modal")
    # Pressed three times it is said, taken back, and said: one person, however often.
    for words in ("Me raviser", "Je viendrais", "Me raviser"):
        await luc.presses(action_id="interest", where="modal")
        await luc.sees(words, where="modal")
    await luc.closes(everything=True)
    await desk(farah)
    await farah.sees("fewer than 5 people", where="modal")
    farah.sees_nothing_of("4 people", "3 people", where="modal")
    await farah.closes(everything=True)

    async def says_so(key: str) -> object:
        async with both.house.store.work() as work:
            return await column.interest(work, THRIVING, planned.id, both.address(key))

    # What two presses at once come to is one person or none: never two.
    await asyncio.gather(says_so("luc"), says_so("luc"), return_exceptions=True)
    async with both.house.store.work() as work:
        assert (await work.interests.counts(THRIVING))[planned.id] in (3, 4)
        if not await work.interests.has(planned.id, both.address("luc")):
            await work.interests.add(THRIVING, planned.id, both.address("luc"))
        await work.interests.add(THRIVING, planned.id, both.address("luc"))
        assert (await work.interests.counts(THRIVING))[planned.id] == 4
    assert await says_so("dara") is True
    await desk(farah)
    await farah.sees("5 people have said that they would come", where="modal")
    farah.sees_nothing_of("Ava", "Luc", "Dara", where="modal")
    await farah.closes(everything=True)
    assert await says_so("dara") is False
    await desk(farah)
    await farah.sees("fewer than 5 people", where="modal")
