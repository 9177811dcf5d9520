"""An hour of the cafe from both sides of it, in French too: one tap counted without a name, a line that is not kept."""

import json
from uuid import UUID

import pytest

from peersupport import session_timers, terms, themes
from peersupport.outcomes import Refused
from peersupport.schedule import date_id
from peersupport.series import Registrant, Registration, SeriesState
from peersupport.theme import Listed
from tests.stories.francophone import english_words, on_postgresql
from tests.stories.test_cafe import CAFE, answered, cafe, written
from tests.stories.town import FACILITATOR, Town
from tests.threats.canaries import found_in

__all__ = ["cafe"]


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
    await ava.presses("A line for my records", where="modal")
    await ava.sees("The department, Clinical hour,", "60 minutes.", "it is not kept", where="modal")
    await ava.closes()
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
    assert found_in(await written(cafe), user=cafe.address("ava").user, line="The department, Clinical hour") == []


REFUSE = "CANARY-Sorbier, Amélie Tremblay, née le 3 mars 1931"
THEME_FR = "La colère contre un système sans lits"


@on_postgresql
@pytest.mark.req("C1", "C5", "C6", "C7", "C8", "C11", "C12", "C14", "C15", "U39")
async def test_une_heure_entiere_en_francais(cafe: Town) -> None:
    for person in cafe.sim.workspace.people.values():
        person.locale = "fr-CA"
    luc, gwen = cafe.person("luc"), cafe.person("gwen")
    await luc.opens_home()
    await luc.sees("Bonjour", where="home")
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
        assert found_in(place, name="CANARY-Sorbier", patient="Amélie Tremblay") == []
