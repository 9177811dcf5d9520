"""A department's monthly hour: a list, terms, a guarded theme, a line without an author, and nothing left after."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest
import pytest_asyncio

from peersupport import places as places_of
from peersupport import session_timers, themes
from peersupport.series import Registrant, Registration, RegistrationState, Series, SeriesState
from peersupport.theme import Theme, ThemeWords
from simulator.people import Actor
from store.tables import metadata
from tests import postgres
from tests.stories.town import PROGRAMME, Places, Town, open_town, press_newest
from tests.threats.canaries import found_in

CAFE = "clinical-cafe"
REFUSED = "CANARY-Rowan, PHN 9698 658 215"
SOUGHT = {"name": "CANARY-Rowan", "number": "9698 658 215", "bare number": "9698658215"}
"""What of a refused line would tell; looked for in every spelling."""
THEME = "Feeling helpless after a long night"


@pytest_asyncio.fixture
async def cafe(places: Places) -> AsyncIterator[Town]:
    """Give a town with the cafe, whose next hour is in ten days at noon."""
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{CAFE}") as town:
        noon = town.clock.now().astimezone(ZoneInfo("America/Glace_Bay")) + timedelta(days=10)
        series = Series(
            town.house.ids.new(), CAFE, "story", "small_group", SeriesState.OPEN, "Clinical hour", "Heure clinique",
            "An hour.", "Une heure.", noon.replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=None),
            "America/Glace_Bay", capacity=10, minimum=2,
        )  # fmt: skip
        async with town.house.store.work() as work:
            for other in await work.series.of_programme(CAFE):
                await work.series.save(replace(other, state=SeriesState.CANCELLED))
            assert await work.series.add(series)
        yield town


async def lets_in(town: Town, *names: str) -> None:
    """Let an administrator put members on the list."""
    gwen = town.person("gwen")
    await gwen.opens_home()
    await gwen.presses(action_id="keep_members", where="home")
    await gwen.chooses("Members", list(names))
    await gwen.submits()
    await gwen.sees("on the list", where="modal")
    await gwen.closes(everything=True)


async def written(town: Town) -> bytes:
    """Return all that the databases hold: the files of SQLite, or every row of every table of PostgreSQL."""
    if town.places.url.startswith("sqlite"):
        files = [file.read_bytes() for file in town.places.folder.glob("*.db*")]
        assert len(files) > 1
        return b"".join(files)
    connection = await asyncpg.connect(**postgres._asyncpg_arguments(town.places.url))
    try:
        rows = [
            str(row[0]) for name in metadata.tables for row in await connection.fetch(f'SELECT t::text FROM "{name}" t')
        ]
    finally:
        await connection.close()
    assert len(rows) > 10
    return "\n".join(rows).encode()


def answered(town: Town) -> bytes:
    """Return all that the app said to Slack: its answers, and its own calls."""
    log = town.sim.workspace.log
    said = [entry.response if entry.way == "to app" else [entry.request, entry.response] for entry in log]
    return json.dumps(said, ensure_ascii=False, default=str).encode()


@pytest.mark.req("C1", "C5", "C6", "C7", "C8", "C10", "C11", "C14", "U39", "U40")
@pytest.mark.threat("T54")
async def test_a_theme_is_guarded_kept_for_the_hour_and_gone_with_it(
    cafe: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    ava, gwen = cafe.person("ava"), cafe.person("gwen")
    await ava.types("/peersupport")
    await ava.presses(action_id="cafe")
    await ava.sees("on the list that the department keeps", where="modal")
    await ava.sees_no_more("Clinical hour", where="modal")
    await ava.closes(everything=True)
    await lets_in(cafe, "ava")
    await ava.types("/peersupport")
    await ava.presses(action_id="cafe")
    await ava.sees("Nobody records", where="modal")
    await ava.submits()
    await ava.sees("Clinical hour", "What stirred or troubled me?", "not asked for and not kept", where="modal")
    await ava.presses(action_id="theme")
    await ava.fills("Theme, in one line", REFUSED)
    await ava.submits()
    await ava.sees("This seems to hold a health number. Nothing was kept. Please name the feeling", where="modal")
    async with cafe.house.store.work() as work:
        assert (await work.themes.of(cafe.address("ava")), await work.themes.dates(CAFE)) == ([], [])
    # The same at the line for the department, which is guarded alike.
    await ava.closes()
    await ava.presses(action_id="department_line")
    await ava.fills("In one line", REFUSED)
    await ava.submits()
    await ava.sees("This seems to hold a health number. Nothing was kept.", where="modal")
    await ava.closes()
    async with cafe.house.store.work() as work:
        assert await work.department_lines.all(CAFE) == []
    await ava.presses(action_id="theme")
    await ava.fills("Theme, in one line", THEME)
    await ava.submits()
    await ava.sees("Your theme is kept.", where="modal")
    await ava.closes(everything=True)
    await ava.types("/peersupport")
    await ava.presses(action_id="cafe")
    await ava.sees(THEME, "Take it back", where="modal")
    await ava.presses(action_id="department_line")
    await ava.fills("In one line", "Nobody covers the ward at noon")
    await ava.submits()
    await ava.sees("without a name", where="modal")
    await ava.closes(everything=True)
    await gwen.opens_home()
    await gwen.presses(action_id="department_lines", where="home")
    await gwen.sees("Nobody covers the ward at noon", where="modal")
    gwen.sees_nothing_of(THEME)
    await gwen.presses(action_id="line_taken_up")
    await gwen.sees("Nothing waits.", where="modal")
    await cafe.at_rest()
    async with cafe.house.store.work() as work:
        (theme,) = await work.themes.of(cafe.address("ava"))
        assert [(line.text, line.author_name) for line in await themes.of_date(work, theme.date_id)] == [(THEME, None)]
    kept, logged = await written(cafe), "".join(capfd.readouterr()).encode()
    for place in (kept, logged, answered(cafe)):
        assert found_in(place, **SOUGHT) == []
    # What was kept is sealed, and shown to nobody but its author in a view.
    assert found_in(kept + logged + cafe.said().encode(), theme=THEME) == []
    assert found_in(answered(cafe), theme=THEME)
    await cafe.passes(days=11)
    async with cafe.house.store.work() as work:
        await themes.sweep(work, cafe.house._files.programmes[CAFE], cafe.clock.now())
        assert await work.themes.of(cafe.address("ava")) == []


@pytest.mark.req("C1", "C5", "G30")
async def test_whoever_leaves_the_list_loses_access_at_once(cafe: Town) -> None:
    luc, gwen = cafe.person("luc"), cafe.person("gwen")
    await lets_in(cafe, "luc")
    await luc.types("/peersupport")
    await luc.presses(action_id="sessions", near="Café clinique")
    await luc.presses(action_id="register")
    await luc.sees("Personne n'enregistre", where="modal")
    # A yes to the terms leads on to the place that was wanted, not elsewhere.
    await luc.submits()
    await luc.presses("Me garder une place")
    await luc.sees("Votre place est gardée.", where="modal")
    await luc.closes(everything=True)
    await luc.types("/peersupport")
    await luc.presses(action_id="cafe")
    await luc.presses(action_id="theme")
    await luc.fills("in_theme", "La colère contre un système sans lits")
    await luc.submits()
    await luc.closes(everything=True)
    await gwen.opens_home()
    await gwen.presses(action_id="keep_members", where="home")
    await gwen.clears("Members")
    await gwen.submits()
    await gwen.closes(everything=True)
    await luc.types("/peersupport")
    await luc.presses(action_id="cafe")
    await luc.sees_no_more("Clinical hour", where="modal")
    async with cafe.house.store.work() as work:
        assert await work.themes.of(cafe.address("luc")) == []
        assert await work.terms_accepted.of(cafe.address("luc")) == []


@pytest.mark.req("C4", "C10", "T3")
async def test_each_date_is_taken_by_itself_and_the_last_one_is_spoken_of_too(cafe: Town) -> None:
    ava, gwen = cafe.person("ava"), cafe.person("gwen")
    async with cafe.house.store.work() as work:
        (series,) = [each for each in await work.series.of_programme(CAFE) if each.state is SeriesState.OPEN]
        assert series.starts is not None
        await work.series.save(replace(series, repeats="FREQ=WEEKLY;COUNT=2"))
    first, last = series.starts, series.starts + timedelta(days=7)
    await lets_in(cafe, "ava")
    await ava.types("/peersupport")
    await ava.presses(action_id="cafe")
    await ava.submits()
    await ava.closes(everything=True)
    for day in (first, last):
        await ava.types("/peersupport")
        await ava.presses("See what is on, Clinical cafe")
        await ava.presses("Take a place", near="Clinical hour", where="modal")
        await ava.sees(f"{day:%A} {day.day} ", where="modal")
        await ava.submits()
        await ava.sees("Your place is kept.", f"Next date: {day:%A} {day.day} ", where="modal")
        await ava.closes(everything=True)
    await ava.types("/peersupport")
    await ava.presses("See what is on, Clinical cafe")
    await ava.sees("My place", where="modal")
    await ava.sees_no_more("Take a place", where="modal")
    await ava.closes(everything=True)
    # One date is called off: what is held of it is no place any more, and the other one stays.
    await gwen.opens_home()
    await gwen.presses(action_id="organise", near="Clinical cafe", where="home")
    await gwen.presses(action_id="organise_series", near="Clinical hour", where="modal")
    await gwen.presses(action_id="organise_day", near=f"{first:%A} {first.day} ", where="modal")
    await gwen.presses(action_id="organise_cancel", where="modal")
    await gwen.submits()
    await gwen.sees("The date is called off.", where="modal")
    await ava.types("/peersupport")
    await ava.presses("See what is on, Clinical cafe")
    await ava.presses("My place", where="modal")
    await ava.sees(f"Next date: {last:%A} {last.day} ", where="modal")
    await ava.closes(everything=True)
    ends = last.replace(tzinfo=ZoneInfo("America/Glace_Bay")) + timedelta(hours=1, minutes=1)
    await cafe.passes(seconds=(ends - cafe.clock.now()).total_seconds())
    await cafe.at_rest()
    async with cafe.house.store.work() as work:
        ended = await work.series.get(series.id)
        assert ended is not None
        assert ended.state is SeriesState.ENDED
    await ava.types("/peersupport")
    await ava.presses(action_id="cafe")
    await ava.presses("A line for my records", where="modal")
    await ava.sees("The department, Clinical hour,", f"{last:%A} {last.day} ", "60 minutes.", where="modal")


async def put_down(town: Town, series: Series, **people: RegistrationState) -> UUID:
    """Put people down for the next hour, each as they stand, with a theme; returns the date."""
    async with town.house.store.work() as work:
        assert await work.series.save(replace(series, capacity=1))
        (date,) = await work.meeting_dates.of_series(series.id)
        for number, (key, state) in enumerate(people.items(), start=1):
            place = Registration(town.house.ids.new(), series.id, CAFE, date.id, state=state, number=number)
            assert await work.registrations.add(place, Registrant(town.address(key), ""))
            sent = ThemeWords(town.address(key), f"{THEME} {number}", "CANARY-Linden" if number == 2 else "")
            await work.themes.add(Theme(town.house.ids.new(), CAFE, date.id), sent)
    return date.id


async def opens_hour(who: Actor) -> None:
    """Open the next hour among the series of the cafe, from Home."""
    await who.opens_home()
    await who.presses(action_id="organise", near="Clinical cafe", where="home")
    await who.presses(action_id="organise_series", near="Clinical hour", where="modal")
    await who.presses(action_id="organise_day", near="12:00", where="modal")


@pytest.mark.req("C9", "C10", "T8", "T14")
async def test_whoever_leads_reads_the_themes_and_a_cancelled_hour_keeps_none(cafe: Town) -> None:
    tess, ava, bruno = (cafe.person(key) for key in ("tess", "ava", "bruno"))
    async with cafe.house.store.work() as work:
        (series,) = [each for each in await work.series.of_programme(CAFE) if each.slug == "story"]
        await session_timers.plan_series(work, cafe.house._files.programmes[CAFE], series, cafe.clock.now())
    date = await put_down(cafe, series, ava=RegistrationState.IN, bruno=RegistrationState.WAITING)
    await opens_hour(tess)
    await tess.presses("Run-sheet", where="modal")
    await tess.sees(f"1. {THEME} 1\n2. {THEME} 2 (CANARY-Linden)", "12:00\u201312:05  Welcome", where="modal")
    await tess.sees(
        "12:15\u201312:45  Conversation around the themes", "12:55\u201313:00", "All together.", where="modal"
    )
    tess.sees_nothing_of("Ava", "Bruno", cafe.address("ava").user, where="modal")
    await tess.closes()
    await tess.presses(action_id="organise_describe", where="modal")
    await tess.chooses("Format", "Small groups")
    await tess.submits()
    await tess.closes()
    await tess.presses("Run-sheet", where="modal")
    await tess.sees("12:10\u201312:40  In groups of three or four", "Small groups in the middle.", where="modal")
    await tess.closes()
    # Called off, nothing that was sent for it is kept; whoever leaves meanwhile leaves a place for later.
    await tess.presses(action_id="organise_cancel", where="modal")
    await tess.sees("2 registered people", where="modal")
    await tess.submits()
    await tess.sees("2 people are told", where="modal")
    async with cafe.house.store.work() as work:
        assert await work.themes.of_date(date) == []
    await tess.closes()
    await cafe.at_rest()
    async with cafe.house.store.work() as work:
        (mine,) = await work.registrations.of(cafe.address("ava"))
        programme = cafe.house._files.programmes[CAFE]
        assert await places_of.leave(work, programme, mine.id, cafe.address("ava"), now=cafe.clock.now())
    assert await state_of(cafe, "bruno") is RegistrationState.WAITING, "there is nothing to offer"
    await tess.presses(action_id="organise_restore", where="modal")
    await tess.submits()
    await tess.sees("The date takes place", where="modal")
    await cafe.at_rest()
    assert await state_of(cafe, "bruno") is RegistrationState.OFFERED
    await press_newest(bruno)
    await bruno.sees("A place has opened and is kept for you until", "takes place after all", where="modal")
    await bruno.presses("Yes, I take it", where="modal")
    await bruno.sees("Your place is kept.", where="modal")
    assert [len(each.messages()) for each in (ava, bruno)] == [1, 3]
    assert not [word for word in ("CANARY", THEME) if word in cafe.said()]


async def state_of(town: Town, key: str) -> RegistrationState:
    """Return how somebody's one place stands."""
    async with town.house.store.work() as work:
        (found,) = await work.registrations.of(town.address(key))
    return found.state
