"""Organisers make a series, change its dates with a look at what people get, and never learn who comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from holidays import country_holidays

from peersupport import erasure, session_timers
from peersupport.schedule import date_id
from peersupport.series import MeetingDate, Registrant, Registration, Series, SeriesState
from simulator.people import Actor
from tests.stories.town import FACILITATOR, PROGRAMME, ZONE, Places, Town, open_town, press_newest

THRIVING = "thriving"
ALIAS = "CANARY-Marigold"


@pytest_asyncio.fixture
async def thriving(places: Places) -> AsyncIterator[Town]:
    """Give a town with a programme of sessions, whose facilitator is the town's."""
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{THRIVING}") as town:
        yield town


async def open_series(who: Actor, title: str) -> None:
    """Open a series from Home."""
    await who.opens_home()
    await who.presses(action_id="organise", near="Thriving", where="home")
    await who.presses(action_id="organise_series", near=title, where="modal")


def next_weekday(town: Town, weekday: int, hour: int = 19, *, weeks: int = 1) -> datetime:
    """Return a wall time some weeks ahead."""
    local = town.clock.now().astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    day = local + timedelta(days=(weekday - local.weekday()) % 7 + 7 * weeks)
    return day.replace(hour=hour, minute=15, second=0, microsecond=0)


async def named(town: Town, title: str) -> Series:
    async with town.house.store.work() as work:
        return next(each for each in await work.series.of_programme(THRIVING) if each.title_en == title)


async def registered(town: Town, series: Series, *people: tuple[str, str], on: datetime | None = None) -> list[UUID]:
    """Put people down for a series or one date of it, each under the name they chose."""
    found = []
    async with town.house.store.work() as work:
        for number, (key, alias) in enumerate(people, start=1):
            date = date_id(series.id, on) if on else None
            made = Registration(town.house.ids.new(), series.id, series.programme, date, number=number)
            assert await work.registrations.add(made, Registrant(town.address(key), alias))
            found.append(made.id)
    return found


async def made(town: Town, title: str, first: datetime, **fields: Any) -> Series:
    """Put a series down that meets then."""
    usual: dict[str, Any] = {"kind": "drop_in_series", "state": SeriesState.OPEN, "title_fr": title, "zone": ZONE}
    usual |= {"about_en": "", "about_fr": "", "slug": None, "programme": THRIVING, "title_en": title, "starts": first}
    series = Series(id=town.house.ids.new(), **(usual | fields))
    async with town.house.store.work() as work:
        assert await work.series.add(series)
        await session_timers.plan_series(work, town.house._files.programmes[THRIVING], series, town.clock.now())
    return series


@pytest.mark.req("T3", "T7", "T8", "T11", "U30", "U32", "C9", "C13")
async def test_a_series_is_made_moved_and_counted_and_nobody_sees_who_comes(thriving: Town) -> None:
    farah, tess, ava = thriving.person("farah"), thriving.person(FACILITATOR), thriving.person("ava")
    first = next_weekday(thriving, 3)
    await farah.opens_home()
    await farah.presses(action_id="organise", near="Thriving", where="home")
    await farah.presses(action_id="organise_new", where="modal")
    await farah.fills("Title in English", "Evenings by the fire")
    await farah.fills("First date", first.date().isoformat())
    await farah.fills("series_first_at", f"{first:%H:%M}")
    await farah.chooses("It repeats", "Every week")
    await farah.fills("Places", "0")
    await farah.submits()
    await farah.sees("This number does not fit.", where="modal")
    await farah.fills("Places", "10")
    await farah.submits()
    await farah.sees(
        "Nothing has been kept yet", "the first is Thursday", "Vancouver time", str(first.year), where="modal"
    )
    await farah.submits()
    await farah.sees("is there now", where="modal")
    await farah.closes(everything=True)
    series = await named(thriving, "Evenings by the fire")
    assert (series.starts, series.zone, series.capacity) == (first, ZONE, 10)
    await registered(thriving, series, ("ava", ALIAS), ("bruno", ""))
    # Two look at the same date; the second to change it is told instead of undoing the first.
    for who in (farah, tess):
        await open_series(who, "Evenings by the fire")
        await who.sees("2 of 10 places taken", where="modal")
        await who.presses(action_id="organise_day", near=f"{first:%A} {first.day} ", where="modal")
        await who.presses(action_id="organise_move", where="modal")
    await farah.fills("Day", (first + timedelta(days=1)).date().isoformat())
    await farah.submits()
    await farah.sees("2 registered people", "There is something for you in the app.", where="modal")
    await farah.submits()
    await farah.sees("The date is moved.", "2 people are told", where="modal")
    await tess.fills("Day", (first + timedelta(days=2)).date().isoformat())
    await tess.submits()
    await tess.sees("Somebody else has changed this", where="modal")
    await tess.closes(everything=True)
    await thriving.at_rest()
    await ava.sees("There is something for you in the app.", where="messages")
    assert len(ava.messages()) == 1
    # The run-sheet is the facilitator's: an administrator has no button for it.
    await farah.closes()
    await farah.sees("Moved; it was", where="modal")
    await farah.sees_no_more("Run-sheet", where="modal")
    farah.sees_nothing_of(ALIAS, "Ava", "Bruno", where="modal")
    await open_series(tess, "Evenings by the fire")
    await tess.presses(action_id="organise_day", near="Moved; it was", where="modal")
    await tess.presses("Run-sheet", where="modal")
    await tess.sees(
        ALIAS, "2 people have a place.", "1 more gave no name.", "19:15", "If more than 10 come", where="modal"
    )
    tess.sees_nothing_of("Ava", "Bruno", "U0AVALARK1", where="modal")
    await tess.closes(everything=True)
    assert ALIAS not in thriving.said()
    # After it has begun, a number is written down, once.
    begun = first.replace(tzinfo=ZoneInfo(ZONE)) + timedelta(days=1, hours=2)
    await thriving.passes(seconds=(begun - thriving.clock.now()).total_seconds())
    await thriving.at_rest()
    await open_series(tess, "Evenings by the fire")
    await tess.presses(action_id="organise_day", near="How many came has not", where="modal")
    await tess.presses("How many came?", where="modal")
    await tess.fills("People who came", "7")
    await tess.submits()
    await tess.sees("cannot be changed later", where="modal")
    await tess.submits()
    await tess.sees("Thank you. 7 is written down.", where="modal")
    async with thriving.house.store.work() as work:
        counted = await work.tallies.read(THRIVING)
    assert sum(count for (_, what), count in counted.items() if what == "attendances") == 7


@pytest.mark.req("C4", "T15", "U31", "C9")
async def test_too_few_for_a_date_is_decided_by_whoever_leads_it(thriving: Town) -> None:
    tess, ava = thriving.person(FACILITATOR), thriving.person("ava")
    first = next_weekday(thriving, 3)
    series = await made(thriving, "Small circle", first, kind="small_group", capacity=10, minimum=2)
    date = date_id(series.id, first)
    async with thriving.house.store.work() as work:
        alone = Registration(thriving.house.ids.new(), series.id, THRIVING, date, number=1)
        assert await work.registrations.add(alone, Registrant(thriving.address("ava"), ALIAS))
    begins = first.replace(tzinfo=ZoneInfo(ZONE))
    await thriving.passes(seconds=(begins - timedelta(hours=23) - thriving.clock.now()).total_seconds())
    await thriving.at_rest()
    await press_newest(tess)
    await tess.sees("1 of 10 places taken. The minimum is 2.", where="modal")
    await tess.chooses("Your choice", "Call it off")
    await tess.submits()
    await tess.sees("1 registered person gets this", "This date is called off", where="modal")
    await tess.submits()
    await tess.sees("1 person is told", where="modal")
    await tess.closes(everything=True)
    await thriving.at_rest()
    ava.sees_nothing_of("Small circle", "minimum", "called off", where="messages")
    # Decided is decided: the same message shows the date as it stands.
    await press_newest(tess)
    await tess.sees("Called off.", "Let it take place", where="modal")
    await tess.sees_no_more("Your choice", where="modal")


@pytest.mark.req("T3", "T6", "T8", "U30", "G25")
async def test_une_serie_se_copie_se_modifie_et_s_annule_en_francais(thriving: Town) -> None:
    hugo, chloe = thriving.person("hugo"), thriving.person("chloe")
    first = next_weekday(thriving, 1)
    series = await made(thriving, "Evenings", first, title_fr="Soirées", repeats="FREQ=WEEKLY;BYDAY=TU;COUNT=3")
    await registered(thriving, series, ("chloe", ""))
    await open_series(hugo, "Soirées")
    await hugo.sees("Chaque mardi; première date", "(3 dates en tout)", "1 inscription", where="modal")
    await hugo.presses(action_id="organise_link", where="modal")
    await hugo.fills("Adresse web", "http://video.example/1")
    await hugo.submits()
    await hugo.sees("qui commence par https://", where="modal")
    await hugo.fills("Adresse web", "https://video.example/CANARY-link")
    await hugo.submits()
    await hugo.sees("Le lien est enregistré.", where="modal")
    await hugo.closes()
    await hugo.sees("Indiqué.", where="modal")
    await hugo.presses(action_id="organise_edit", where="modal")
    await hugo.fills("Titre en français", "Soirées douces")
    await hugo.fills("Minimum", "4")
    await hugo.fills("series_capacity", "2")
    await hugo.submits()
    await hugo.sees("Le minimum dépasse le nombre de places.", where="modal")
    await hugo.fills("series_capacity", "12")
    await hugo.submits()
    await hugo.sees("Soirées douces", "Personne ne reçoit de message", where="modal")
    await hugo.submits()
    await hugo.sees("est modifiée", where="modal")
    await hugo.closes()
    await hugo.presses(action_id="organise_day", near=f"mardi {first.day} ", where="modal")
    await hugo.presses(action_id="organise_describe", where="modal")
    await hugo.fills("Thème en français", "Dormir après une garde")
    await hugo.fills("presenter", "CANARY-Larkspur")
    await hugo.submits()
    await hugo.sees("C'est enregistré.", where="modal")
    await hugo.closes()
    await hugo.sees("Dormir après une garde", "Présentation prévue par CANARY-Larkspur", where="modal")
    await hugo.presses(action_id="organise_skip", where="modal")
    await hugo.sees("Cette date est sautée", "1 ", where="modal")
    await hugo.submits()
    await hugo.sees("1 personne est prévenue", where="modal")
    await hugo.closes()
    await hugo.presses(action_id="organise_restore", where="modal")
    await hugo.submits()
    await hugo.sees("La date a lieu.", where="modal")
    await hugo.closes(everything=True)
    await open_series(hugo, "Soirées douces")
    await hugo.presses(action_id="organise_copy", where="modal")
    await hugo.fills("Titre en français", "Soirées d'hiver")
    await hugo.submits()
    await hugo.sees("Veuillez remplir ce champ.", where="modal")
    await hugo.fills("Première date", (first + timedelta(days=28)).date().isoformat())
    await hugo.fills("series_first_at", "18:30")
    await hugo.submits()
    await hugo.sees("Soirées d'hiver", "18 h 30 heure de Vancouver", where="modal")
    await hugo.submits()
    await hugo.sees("est créée", where="modal")
    await hugo.closes(everything=True)
    await open_series(hugo, "Soirées douces")
    await hugo.presses(action_id="organise_cancel_all", where="modal")
    await hugo.submits()
    await hugo.sees("Elle est annulée.", "1 personne est prévenue", where="modal")
    await thriving.at_rest()
    async with thriving.house.store.work() as work:
        states = {each.title_fr: each.state for each in await work.series.of_programme(THRIVING)}
        assert await work.series.link(series.id) == "https://video.example/CANARY-link"
    assert (states["Soirées douces"], states["Soirées d'hiver"]) == ("cancelled", "open")
    # Three changes, three constant messages; none says what about.
    assert len(chloe.messages()) == 3
    assert not [word for word in ("CANARY", "Soirées", "Dormir") if word in thriving.said()]


@pytest.mark.req("G25")
async def test_une_date_un_jour_ferie_est_demandee_puis_gardee(thriving: Town) -> None:
    hugo, ava = thriving.person("hugo"), thriving.person("ava")
    today = thriving.clock.now().date()
    off = country_holidays("CA", subdiv="BC", years=(today.year, today.year + 1), language="fr")
    day, name = min((each, said) for each, said in off.items() if each > today + timedelta(days=7))
    first = datetime.combine(day, time(19, 15))
    series = await made(thriving, "Evening", first, title_fr="Soirée", holidays="BC")
    await registered(thriving, series, ("ava", ""))
    await open_series(hugo, "Soirée")
    await hugo.sees(f"C'est un jour férié ({name})", where="modal")
    await hugo.presses(action_id="organise_day", near="jour férié", where="modal")
    await hugo.presses("Garder", where="modal")
    await hugo.sees("Elle a lieu le jour férié.", where="modal")
    await hugo.submits()
    await hugo.sees("La date reste.", "Personne ne reçoit de message.", where="modal")
    await hugo.closes()
    await hugo.sees("Sauter", where="modal")
    await hugo.sees_no_more("jour férié", where="modal")
    await thriving.at_rest()
    async with thriving.house.store.work() as work:
        held = await work.series.get(series.id)
    assert held is not None
    assert held.kept_on == (first,)
    assert ava.messages() == []


@pytest.mark.req("T9", "G34")
async def test_a_presenters_name_is_shown_after_their_yes_for_that_date_alone(thriving: Town) -> None:
    ava, farah = thriving.person("ava"), thriving.person("farah")
    first = next_weekday(thriving, 3)
    series = await made(thriving, "Evenings", first, presenters=True, repeats="FREQ=WEEKLY;BYDAY=TH;COUNT=4")
    await registered(thriving, series, ("ava", ""))
    await ava.opens_home()
    await ava.presses("I could present", where="home")
    await ava.fills("Topic", "CANARY-topic of sleep")
    await ava.fills("presenter_name", "CANARY-Dr Larkspur")
    await ava.fills("When you could", "after 9698 658 215 is seen")
    await ava.submits()
    await ava.sees("This may point to a patient. Nothing was kept.", where="modal")
    await ava.fills("When you could", "Thursdays")
    await ava.submits()
    await ava.sees("Your offer is with those who organise", where="modal")
    await ava.closes(everything=True)
    await open_series(farah, "Evenings")
    await farah.sees("CANARY-topic of sleep", "Nobody has answered yet.", where="modal")
    await farah.presses(action_id="open_proposal", where="modal")
    await farah.chooses("Ask for this date", f"{first:%A} {first.day} {first:%B}, 19:15 Vancouver time, UTC\u221207:00")
    await farah.submits()
    await farah.sees("They are asked.", where="modal")
    await farah.closes(everything=True)
    await thriving.at_rest()
    assert not (await kept(thriving, series, first)).presenter
    await press_newest(ava)
    await ava.sees("Would you present this date?", "is shown to everybody", where="modal")
    await ava.presses("Yes, I present it", where="modal")
    await ava.sees("Your name is shown with this date now.", where="modal")
    await ava.closes(everything=True)
    row = await kept(thriving, series, first)
    assert (row.presenter, row.presenter_ok, row.topic_en) == ("CANARY-Dr Larkspur", True, "CANARY-topic of sleep")
    # Moved, it is another date: the yes was not for that.
    await open_series(farah, "Evenings")
    await farah.presses(action_id="organise_day", near="CANARY-topic", where="modal")
    await farah.presses(action_id="organise_move", where="modal")
    await farah.fills("Day", (first + timedelta(days=1)).date().isoformat())
    await farah.submits()
    await farah.submits()
    await farah.sees("The date is moved.", where="modal")
    assert not (await kept(thriving, series, first)).presenter_ok
    await thriving.at_rest()
    # Two messages have come, that the date moved and that she is asked again: Home tells them apart.
    await ava.opens_home()
    await ava.presses(action_id="open_my_proposal", where="home")
    await ava.sees("Would you present this date?", where="modal")
    await ava.presses("No, thank you", where="modal")
    await ava.sees("Your offer is erased", where="modal")
    await ava.closes(everything=True)
    # What is held of an offer is shown to its owner, and goes with everything else.
    await ava.opens_home()
    await ava.presses("I could present", where="home")
    await ava.fills("Topic", "CANARY-again")
    await ava.fills("presenter_name", "CANARY-Dr Larkspur")
    await ava.submits()
    await ava.closes(everything=True)
    await ava.presses("My data", where="home")
    await ava.sees("Your offer to present", "CANARY-again", where="modal")
    async with thriving.house.store.work() as work:
        programmes = thriving.house._files.programmes
        await erasure.erase_person(work, programmes, thriving.address("ava"), thriving.clock.now())
    async with thriving.house.store.work() as work:
        assert await work.proposals.of(thriving.address("ava")) == []
    assert "CANARY" not in thriving.said()


async def kept(town: Town, series: Series, on: datetime) -> MeetingDate:
    """Return what is kept of a date."""
    async with town.house.store.work() as work:
        found = await work.meeting_dates.get(date_id(series.id, on))
    assert found is not None
    return found
