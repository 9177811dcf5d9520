"""Courses: as many places as there are and a line for them, in French; and what becomes of one with too few people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from peersupport import places, schedule
from peersupport.notifications import Kind
from peersupport.series import RegistrationState
from simulator.people import Actor
from tests.stories.francophone import WAITS, newest
from tests.stories.test_clocks import rows
from tests.stories.test_organising import made, next_weekday, open_series, registered
from tests.stories.town import FACILITATOR, PROGRAMME, ZONE, Places, Town, open_town, press_newest

THRIVING = "thriving"
EIGHT = "FREQ=WEEKLY;BYDAY=TH;COUNT=8"
NAMES = ("CANARY-Aubépine", "CANARY-Sureau")


@pytest_asyncio.fixture
async def thriving(places: Places) -> AsyncIterator[Town]:
    """Give a town with a programme of sessions, whose facilitator is the town's."""
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{THRIVING}") as town:
        yield town


async def asks_for_a_place(who: Actor, title: str, alias: str) -> None:
    """Ask for a place in French, and come to every class."""
    await who.types("/peersupport")
    await who.presses(action_id="sessions", near="et des formations", where="modal")
    await who.presses("Prendre une place", near=title, where="modal")
    await who.fills("Le nom par lequel vous appeler", alias)
    await who.submits()
    await who.sees("Please complete this required field.", where="modal")
    await who.chooses("Cette formation compte sur les mêmes personnes", ["Je peux venir aux 8 dates"])
    await who.submits()


@pytest.mark.req("T2", "T12", "T13", "T14", "T16", "U28", "U29")
async def test_une_place_se_prend_se_laisse_s_offre_et_une_place_de_plus_va_a_qui_attend(thriving: Town) -> None:
    chloe, luc, hugo = (thriving.person(key) for key in ("chloe", "luc", "hugo"))
    series = await made(
        thriving, "Letters", next_weekday(thriving, 3, weeks=2), kind="course", title_fr="Lettres", repeats=EIGHT,
        capacity=1, all_dates=True, alias=True,
    )  # fmt: skip
    await asks_for_a_place(chloe, "Lettres", NAMES[0])
    await chloe.sees("Votre place est gardée.", "Prochaine date", "heure de Vancouver", where="modal")
    await asks_for_a_place(luc, "Lettres", NAMES[1])
    await luc.sees("Vous êtes au rang 1 de la liste d'attente.", "Personne d'autre ne voit ceci.", where="modal")
    luc.sees_nothing_of(*NAMES, "Chloé", where="modal")
    await luc.closes(everything=True)
    # Left and taken back: who waited was offered the place meanwhile, and keeps it.
    await chloe.presses("Je ne peux pas venir", where="modal")
    await chloe.sees("Personne ne demande pourquoi.", where="modal")
    await thriving.at_rest()
    await chloe.presses("Annuler", where="modal")
    await chloe.sees("Vous êtes au rang 1 de la liste d'attente.", where="modal")
    await chloe.closes(everything=True)
    await luc.sees(WAITS, where="messages")
    await newest(luc)
    await luc.sees("Une place s'est libérée et vous est réservée jusqu'au", where="modal")
    await luc.presses("Non, merci", where="modal")
    await luc.sees("Vous avez laissé votre place.", where="modal")
    await luc.closes(everything=True)
    await thriving.at_rest()
    await newest(chloe)
    await chloe.presses("Oui, je la prends", where="modal")
    await chloe.sees("Votre place est gardée.", where="modal")
    await chloe.closes(everything=True)
    await asks_for_a_place(luc, "Lettres", NAMES[1])
    await luc.sees("Vous êtes au rang 1 de la liste d'attente.", where="modal")
    await luc.closes(everything=True)
    # One place more goes to whoever waits, at once.
    await open_series(hugo, "Lettres")
    await hugo.sees("1 places prises sur 1", where="modal")
    await hugo.presses(action_id="organise_edit", where="modal")
    await hugo.fills("series_capacity", "2")
    await hugo.submits()
    await hugo.sees("une place qui s'ajoute est offerte à qui attend", where="modal")
    await hugo.submits()
    await hugo.sees("est modifiée", where="modal")
    await thriving.at_rest()
    await newest(luc)
    await luc.sees("Une place s'est libérée et vous est réservée jusqu'au", where="modal")
    await luc.presses("Oui, je la prends", where="modal")
    await luc.sees("Votre place est gardée.", where="modal")
    async with thriving.house.store.work() as work:
        found = await work.registrations.of_series(series.id)
    assert [each.state for each in found] == [RegistrationState.IN] * 2
    assert [len(each.messages()) for each in (chloe, luc)] == [1, 2]
    assert not [word for word in ("CANARY", "Lettres", "rang") if word in thriving.said()]


async def reads(who: Actor, *words: str) -> None:
    """Open the newest message, read what it is about, and close it."""
    await press_newest(who) if who.profile.locale.startswith("en") else await newest(who)
    await who.sees(*words, where="modal")
    await who.closes(everything=True)


async def until(town: Town, wall: datetime) -> None:
    """Let time pass until a minute after a wall time."""
    await town.passes(seconds=(schedule.instant_of(wall, ZONE) - town.clock.now()).total_seconds() + 60)
    await town.at_rest()


@pytest.mark.req("T12", "T15", "T11")
async def test_a_course_with_too_few_people_is_extended_then_runs_or_is_called_off(thriving: Town) -> None:
    tess, ava, chloe = (thriving.person(key) for key in (FACILITATOR, "ava", "chloe"))
    first = next_weekday(thriving, 3, weeks=3)
    closes = first - timedelta(days=7)
    usual = {"kind": "course", "repeats": EIGHT, "capacity": 12, "minimum": 10, "all_dates": True}
    runs = await made(thriving, "Harbour course", first, title_fr="Cours du port", enrol_closes=closes, **usual)
    await registered(thriving, runs, ("ava", "CANARY-Yarrow"), ("bruno", ""), ("chloe", ""))
    await until(thriving, closes)
    assert await rows(thriving, Kind.TELL_CHANGED) == 0, "nobody is told that there are too few"
    await press_newest(tess)
    await tess.sees("3 of 12 places taken. The minimum is 10.", "The course begins", where="modal")
    await tess.chooses("Your choice", "Let people enrol for longer")
    await tess.submits()
    await tess.fills("Day", (first + timedelta(days=1)).date().isoformat())
    await tess.submits()
    await tess.sees("Enrolment has to end before the first class.", where="modal")
    await tess.fills("Day", (closes + timedelta(days=3)).date().isoformat())
    await tess.submits()
    await tess.sees("3 registered people", "Enrolment stays open until", "L'inscription reste ouverte", where="modal")
    await tess.submits()
    await tess.sees("One can enrol for longer.", "3 people are told", where="modal")
    await tess.closes(everything=True)
    await thriving.at_rest()
    await reads(ava, "Enrolment stays open until")
    await reads(chloe, "L'inscription reste ouverte jusqu'au moment suivant")
    # It closes again, with as few: this time it takes place.
    await until(thriving, closes + timedelta(days=3))
    await press_newest(tess)
    await tess.chooses("Your choice", "The course takes place all the same")
    await tess.submits()
    await tess.sees("3 registered people", "It takes place as planned.", where="modal")
    await tess.submits()
    await tess.sees("The course takes place.", "3 people are told", where="modal")
    await tess.closes(everything=True)
    await thriving.at_rest()
    await reads(ava, "It takes place as planned.", "You have a place.")
    await reads(chloe, "Cela a lieu comme prévu.")
    assert [len(thriving.person(key).messages()) for key in ("ava", "bruno", "chloe")] == [2, 2, 2]
    # Decided is decided; asked once for each closing.
    await press_newest(tess)
    await tess.sees_no_more("Your choice", where="modal")
    await tess.closes(everything=True)
    assert len(tess.messages()) == 2
    await open_series(tess, "Harbour course")
    await tess.presses(action_id="organise_cancel_all", where="modal")
    await tess.submits()
    await tess.sees("It is called off.", "3 people are told", where="modal")
    await tess.closes(everything=True)
    await thriving.at_rest()
    await reads(chloe, "Tout est annulé, avec toutes les dates.")
    assert not [word for word in ("CANARY", "Harbour course", "Cours du port", "too few") if word in thriving.said()]


@pytest.mark.req("C3", "C4", "U31", "T11")
async def test_a_meeting_for_a_few_has_a_ceiling_and_the_day_before_somebody_decides(thriving: Town) -> None:
    tess, ava, chloe = (thriving.person(key) for key in (FACILITATOR, "ava", "chloe"))
    first = next_weekday(thriving, 3, weeks=1)
    last = first + timedelta(days=7)
    series = await made(
        thriving, "Small circle", first, kind="small_group", title_fr="Petit cercle", capacity=2, minimum=2,
        repeats="FREQ=WEEKLY;BYDAY=TH;COUNT=2",
    )  # fmt: skip
    _, theirs = await registered(thriving, series, ("ava", ""), ("bruno", ""), on=first)
    await registered(thriving, series, ("ava", ""), on=last)
    await open_series(tess, "Small circle")
    await tess.presses(action_id="organise_edit", where="modal")
    await tess.fills("series_minimum", "1")
    await tess.fills("series_capacity", "1")
    await tess.submits()
    await tess.sees("More people have a place already.", where="modal")
    await tess.closes(everything=True)
    await chloe.types("/peersupport rencontres")
    await chloe.presses("Prendre une place", near="Petit cercle", where="modal")
    await chloe.submits()
    await chloe.sees("Vous êtes au rang 1 de la liste d'attente.", where="modal")
    await chloe.closes(everything=True)
    async with thriving.house.store.work() as work:
        programme, now = thriving.house._files.programmes[THRIVING], thriving.clock.now()
        await places.leave(work, programme, theirs, thriving.address("bruno"), now=now)
    thriving.house.store.queue.stir()
    await thriving.at_rest()
    await newest(chloe)
    await chloe.presses("Non, merci", where="modal")
    await chloe.closes(everything=True)
    # Fewer than two the day before: it takes place, and nobody hears of the question.
    await until(thriving, first - timedelta(days=1))
    await press_newest(tess)
    await tess.sees("1 of 2 places taken. The minimum is 2.", where="modal")
    await tess.chooses("Your choice", "It takes place all the same")
    await tess.submits()
    await tess.submits()
    await tess.sees("It takes place.", "Nobody is written to.", where="modal")
    await tess.closes(everything=True)
    await until(thriving, first + timedelta(hours=3))
    await until(thriving, last - timedelta(days=1))
    before = len(ava.messages())
    # The other date is moved instead: the old and the new time are told, and the day before that it is asked anew.
    await press_newest(tess)
    await tess.chooses("Your choice", "Move it to another time")
    await tess.submits()
    await tess.fills("Day", (last + timedelta(days=2)).date().isoformat())
    await tess.submits()
    await tess.sees("1 registered person gets this", "The time has changed.", where="modal")
    await tess.submits()
    await tess.sees("The date is moved.", "1 person is told", where="modal")
    await tess.closes(everything=True)
    await thriving.at_rest()
    assert len(ava.messages()) == before + 1
    await reads(ava, f"Before: {last:%A} {last.day} ", f"Now: {last + timedelta(days=2):%A}")
    asked = len(tess.messages())
    await until(thriving, last + timedelta(days=1))
    assert len(tess.messages()) == asked + 1
    await press_newest(tess)
    await tess.sees("1 of 2 places taken. The minimum is 2.", where="modal")
    assert not [word for word in ("circle", "cercle", "minimum", "places") if word in thriving.said()]
