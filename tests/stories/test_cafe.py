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

from peersupport import session_timers, terms, themes
from peersupport.outcomes import Refused
from peersupport.schedule import date_id
from peersupport.series import Registrant, Registration, Series, SeriesState
from peersupport.theme import Listed
from store.tables import metadata
from tests import postgres
from tests.stories.francophone import english_words, on_postgresql
from tests.stories.town import FACILITATOR, PROGRAMME, Places, Town, open_town
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
    await luc.presses(action_id="cafe")
    await luc.submits()
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


async def came(town: Town, *names: str) -> UUID:
    """Put people on the list who accepted the terms and have a place at the next hour; return the id of that hour."""
    programme = town.house._files.programmes[CAFE]
    assert programme.terms is not None
    async with town.house.store.work() as work:
        series = next(each for each in await work.series.of_programme(CAFE) if each.state is SeriesState.OPEN)
        assert series.starts is not None
        for number, name in enumerate(names, 1):
            who = town.address(name)
            await work.list_members.add(town.house.ids.new(), CAFE, Listed(who, name))
            assert await terms.accept(work, programme, who, programme.terms.version, ids=town.house.ids)
            made = Registration(town.house.ids.new(), series.id, CAFE, date_id(series.id, series.starts), number=number)
            assert await work.registrations.add(made, Registrant(who, ""))
        await session_timers.plan_series(work, programme, series, town.clock.now())
    return date_id(series.id, series.starts)


async def says(town: Town, name: str, date: UUID, answer: str) -> object:
    """Press one of the three buttons about the last meeting, as its listener does."""
    async with town.house.store.work() as work:
        programme = town.house._files.programmes[CAFE]
        return await themes.say_how(work, programme, town.address(name), date, answer, now=town.clock.now())


@pytest.mark.req("C12", "C13", "C15")
@pytest.mark.threat("T54")
async def test_one_tap_is_counted_without_a_name_and_a_line_for_ones_records_is_not_kept(cafe: Town) -> None:
    ava, tess, gwen = cafe.person("ava"), cafe.person(FACILITATOR), cafe.person("gwen")
    five = ("ava", "bruno", "chloe", "dara", "emil")
    date = await came(cafe, *five)
    assert await says(cafe, "ava", date, "yes") is None  # not before it is over
    await cafe.passes(days=10, hours=12)
    await cafe.at_rest()
    await ava.types("/peersupport")
    await ava.presses(action_id="cafe")
    await ava.sees("The last meeting", "Was the hour worth it?", where="modal")
    before = await written(cafe)
    await ava.presses("A line for my records", where="modal")
    await ava.sees("Clinical hour", "60 minutes.", "it is not kept", where="modal")
    await ava.closes()
    assert len(await written(cafe)) == len(before) or cafe.places.url.startswith("sqlite")
    await ava.presses("Yes", where="modal")
    await ava.sees("Counted. Nothing says that it was you.", where="modal")
    await ava.closes()
    await ava.presses("No", where="modal")
    await ava.sees("You said so before; it was counted then.", where="modal")
    await ava.closes(everything=True)
    # Whoever had no place is not counted, and who is not on the list is refused alike.
    assert await says(cafe, FACILITATOR, date, "yes") is None
    assert isinstance(await says(cafe, "iris", date, "yes"), Refused)
    assert isinstance(await says(cafe, "bruno", date, "a comment"), Refused)
    for name in five[1:4]:
        assert await says(cafe, name, date, "yes") is True
    # Four are not shown; with the fifth there are five, and ten would be the next number shown.
    await tess.opens_home()
    await tess.presses(action_id="department_lines", where="home")
    await tess.sees("Yes: fewer than 5", "No: fewer than 5", where="modal")
    await tess.closes(everything=True)
    assert await says(cafe, five[4], date, "yes") is True
    await tess.presses(action_id="department_lines", where="home")
    await tess.sees("Yes: at least 5", "Partly: fewer than 5", where="modal")
    tess.sees_nothing_of("Ava", "Bruno", "Chlo", where="modal")
    # An administrator who does not lead it is told nothing of it.
    await gwen.opens_home()
    await gwen.presses(action_id="department_lines", where="home")
    await gwen.sees("Nothing waits.", where="modal")
    gwen.sees_nothing_of("Was the hour worth it?", "at least 5", where="modal")
    async with cafe.house.store.work() as work:
        counted = await work.tallies.read(CAFE)
    assert sum(n for (_, what), n in counted.items() if what.startswith("pulse_")) == 5
    assert found_in(await written(cafe), user=cafe.address("ava").user) == []


REFUSE = "CANARY-Sorbier, Mme Anne Tremblay, née le 3 mars 1931"
THEME_FR = "La colère contre un système sans lits"


@on_postgresql
@pytest.mark.req("C1", "C5", "C6", "C7", "C8", "C11", "C12", "C14", "C15", "U39")
async def test_une_heure_entiere_en_francais(cafe: Town) -> None:
    for person in cafe.sim.workspace.people.values():
        person.locale = "fr-CA"
    luc, gwen = cafe.person("luc"), cafe.person("gwen")
    await luc.opens_home()
    await luc.sees("Bonjour Luc", where="home")
    begun = len(cafe.sim.workspace.log)
    await luc.types("/peersupport")
    await luc.presses(action_id="cafe")
    await luc.sees_no_more("Heure clinique", where="modal")
    await luc.closes(everything=True)
    await gwen.opens_home()
    await gwen.presses(action_id="keep_members", where="home")
    await gwen.chooses("in_members", ["luc"])
    await gwen.submits()
    await gwen.closes(everything=True)
    date = await came(cafe, "luc")
    await luc.types("/peersupport")
    await luc.presses(action_id="cafe")
    await luc.sees("Heure clinique", "heure de Glace Bay", where="modal")
    await luc.presses(action_id="theme")
    await luc.fills("in_theme", REFUSE)
    await luc.submits()
    await luc.sees("Rien n'a été gardé. Nommez le sentiment ou la difficulté, pas la personne soignée.", where="modal")
    await luc.fills("in_theme", THEME_FR)
    await luc.submits()
    await luc.closes(everything=True)
    await luc.types("/peersupport")
    await luc.presses(action_id="cafe")
    await luc.sees(f"Votre thème\u00a0: {THEME_FR}", where="modal")
    await luc.presses(action_id="theme_back")
    await luc.sees_no_more(THEME_FR, where="modal")
    await luc.presses(action_id="department_line")
    await luc.fills("in_department_line", "Personne ne couvre l'étage à midi")
    await luc.submits()
    await luc.closes(everything=True)
    await gwen.presses(action_id="department_lines", where="home")
    await gwen.sees("Personne ne couvre l'étage à midi", where="modal")
    await gwen.presses(action_id="line_taken_up")
    await gwen.closes(everything=True)
    await cafe.passes(days=10, hours=12)
    await cafe.at_rest()
    await luc.types("/peersupport")
    await luc.presses(action_id="cafe")
    await luc.presses(action_id="own_line")
    await luc.sees("Heure clinique", "60 minutes", where="modal")
    await luc.closes()
    await luc.presses(action_id="how_partly")
    await luc.closes(everything=True)
    assert await says(cafe, "luc", date, "yes") is False
    log = cafe.sim.workspace.log[begun:]
    sent = json.dumps([[entry.request, entry.response] for entry in log], ensure_ascii=False, default=str)
    assert len(log) > 20
    assert [words for words in english_words() if words in sent] == []
    for place in (await written(cafe), answered(cafe)):
        assert found_in(place, name="CANARY-Sorbier", patient="Anne Tremblay") == []
