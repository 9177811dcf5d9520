"""All five programmes side by side: every door stands in the menu, and every page says which programme it is about."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from bot import doctor
from bot.settings import load_settings
from peersupport.notifications import Kind
from simulator.people import Actor
from tests.stories.francophone import on_postgresql, on_sqlite
from tests.stories.test_clocks import rows
from tests.stories.test_mornings import next_morning
from tests.stories.town import Places, Town, open_town

ALL = "vancouver-peer-support,impact,thriving,clinical-cafe,informal-rural"
ASKED = ("IMPACT", "Physician Peer Support Initiative")
"""What people can ask for support."""
SHARED = ("Clinical cafe", "Colleague to colleague", "Thriving Project")
IN_FRENCH = (
    *("IMPACT", "Initiative de soutien par les pairs pour les médecins"),
    *("Café clinique", "Entre collègues", "Projet Thriving"),
)
MOST_BLOCKS = 100


@pytest_asyncio.fixture
async def city(places: Places) -> AsyncIterator[Town]:
    """Give a town with all five."""
    async with open_town(places, PROGRAMMES=ALL, mornings=True) as town:
        yield town


def in_order(screen: str, *words: str) -> bool:
    """Say whether these stand on a screen, one below the other."""
    places = [screen.find(f"# {each}") for each in words]
    return min(places) >= 0 and places == sorted(places)


async def goes_through(who: Actor, *buttons: str) -> dict[str, str]:
    """Open each page behind the menu, and return what stands on it."""
    found = {}
    for button in buttons:
        await who.types("/peersupport")
        await who.presses(button, where="modal")
        found[button] = who.screen("modal")
        await who.closes(everything=True)
    return found


@on_sqlite
@pytest.mark.req("G7", "G30")
async def test_the_menu_has_every_door_below_its_programme_in_both_languages(city: Town) -> None:
    ava = city.person("ava")
    await ava.types("/peersupport")
    await ava.sees("Find a colleague", "Open themes", "The column", "Ask for support", where="modal")
    assert in_order(ava.screen("modal"), *ASKED, *SHARED)
    await ava.closes(everything=True)
    pages = await goes_through(ava, "Who will see this?", "Other services", "I need help now")
    assert in_order(pages["Who will see this?"], *ASKED, *SHARED)
    assert all(name in page for page in pages.values() for name in (*ASKED, *SHARED))
    await ava.types("/peersupport")
    await ava.presses("Questions and answers", where="modal")
    for name, question in (
        ("Clinical cafe", "Is it privileged?"),
        ("Colleague to colleague", "What is informal support?"),
        ("Thriving Project", "Thriving"),
    ):
        await ava.chooses("question", name)
        await ava.sees(f"[{name}]", question, where="modal")
    await ava.closes(everything=True)
    await ava.types("/peersupport sessions")
    await ava.sees(*SHARED[::2], where="modal")
    await ava.closes(everything=True)
    city.sim.workspace.person("ava").locale = "fr-CA"
    await ava.types("/peersupport")
    await ava.chooses("language", "Français")
    await ava.sees("Trouver une ou un collègue", where="modal")
    assert in_order(ava.screen("modal"), *IN_FRENCH)
    await ava.closes(everything=True)
    await ava.opens_home()
    await ava.sees("Trouver une ou un collègue", where="home")
    assert in_order(ava.screen("home"), *IN_FRENCH)
    assert ava.home is not None
    assert len(ava.home.blocks) < MOST_BLOCKS // 2


@on_postgresql
@pytest.mark.req("G1", "G29", "G7", "U11")
async def test_who_looks_after_all_five_finds_a_queue_and_a_register_only_where_there_are_requests(city: Town) -> None:
    farah = city.person("farah")
    await farah.opens_home()
    await farah.sees("Supporters", where="home")
    home = farah.screen("home")
    for words in ("# Administration: {}", "Any request of {}, open or closed, by its reference"):
        assert [name for name in (*ASKED, *SHARED) if words.format(name) in home] == list(ASKED)
    assert all(f"{words}{name}]" in home for words in ("[Report: ", "[Announcements and pages, ") for name in SHARED)
    assert farah.home is not None
    assert len(farah.home.blocks) < MOST_BLOCKS
    for button, near in (
        ("All requests", f"Administration: {ASKED[0]}"),
        ("Supporters", f"Administration: {ASKED[0]}"),
        ("Who opened details", f"Administration: {ASKED[0]}"),
        ("Look up by reference", ASKED[0]),
        ("Record a request by phone", ASKED[0]),
    ):
        await farah.opens_home()
        await farah.presses(button, near=near, where="home")
        await farah.sees(ASKED[0], where="modal", within=5)
        await farah.closes(everything=True)
    for name in SHARED:
        await farah.opens_home()
        await farah.presses(f"Report: {name}", where="home")
        await farah.sees(name, where="modal")
        await farah.closes(everything=True)
    await next_morning(city, weekday=True)
    await city.at_rest()
    assert await rows(city, Kind.TELL_DIGEST) == 0, "nothing to say"
    port = city.settings["PORT"]
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/readyz") as page:
        assert page.status == 200
    found = [each async for each in doctor.examine(load_settings(city.settings, city.places.folder))]
    told = "\n".join(each.sentence for each in found)
    assert [each.sentence for each in found if each.verdict is doctor.Verdict.MEND] == []
    assert all(programme in told for programme in ALL.split(","))
