"""Sessions: what there is, a place in two taps, the line, the way out, and a group that is elsewhere."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select

from handlers import ids
from peersupport import schedule
from peersupport.series import Series
from simulator.people import Actor
from store.tables import metadata
from tests.stories.test_organising import made, next_weekday, open_series, registered
from tests.stories.town import PROGRAMME, Places, Town, open_town

THRIVING = "thriving"


@pytest_asyncio.fixture
async def both(places: Places) -> AsyncIterator[Town]:
    """Give a town with a second programme, of conversations and courses."""
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{THRIVING}") as town:
        yield town


async def series_of(town: Town, slug: str) -> Series:
    """Return a series as it is kept."""
    async with town.house.store.work() as work:
        return next(each for each in await work.series.of_programme(THRIVING) if each.slug == slug)


@pytest.mark.req("T1", "T2", "T3", "T4", "T6", "G23", "G24")
async def test_a_place_takes_two_taps_and_giving_it_up_takes_one(both: Town) -> None:
    quinn = both.person("quinn")
    await quinn.types("/peersupport")
    await quinn.presses(action_id="sessions", near="and courses", where="modal")
    await quinn.sees("Providers Thriving Together", "90 minutes", "Free", "Vancouver time", where="modal")
    await quinn.presses("Take a place", near="Providers Thriving Together", where="modal")
    await quinn.fills("The name to call you by", "Cedar")
    await quinn.submits()
    await quinn.sees("Your place is kept.", "Next date", "Outlook calendar", where="modal")
    quinn.sees_nothing_of("Calendar file", where="modal")  # There are no pages here that could give one.
    await quinn.sees_no_more("Join now", where="modal")
    await quinn.closes(everything=True)
    await both.at_rest()
    await quinn.opens_home()
    await quinn.sees("Your sessions", "Providers Thriving Together", where="home")
    series = await series_of(both, "providers-thriving-together")
    async with both.house.store.work() as work:
        await work.series.set_link(series.id, "https://video.example/harbour")
        (mine,) = await work.registrations.of(both.address("quinn"))
        rows = await work.meeting_dates.of_series(series.id)
    assert mine.reminders == "01"
    (first,) = schedule.coming(series, rows, both.clock.now())
    starts = schedule.instant(series, first)
    both.clock.move(seconds=(starts - both.clock.now()).total_seconds() - 3600 * 2)
    await quinn.opens_home()
    await quinn.presses(action_id="own_place", where="home")
    await quinn.sees("Join now", where="modal")
    await quinn.presses("I can't make it", where="modal")
    await quinn.sees("You have given up your place.", where="modal")
    await quinn.presses("Undo", where="modal")
    await quinn.sees("Your place is kept.", where="modal")
    await quinn.presses("I can't make it", where="modal")
    await quinn.sees("You have given up your place.", where="modal")
    await both.at_rest()
    assert "Cedar" not in both.said()
    both.clock.move(minutes=11)
    await quinn.presses("Undo", where="modal")
    await quinn.sees("not possible any more", where="modal")
    assert timedelta(0) < starts - both.clock.now()


@pytest.mark.req("V26")
async def test_a_group_elsewhere_is_a_link_and_leaves_no_trace(both: Town) -> None:
    quinn = both.person("quinn")
    await quinn.types("/peersupport")
    await quinn.presses(action_id="sessions", near="without speaking", where="modal")
    await both.at_rest()
    before, called = await everything_kept(both), len(both.sim.workspace.log)
    await quinn.presses("More about it", near="BIPOC", where="modal")
    await quinn.sees("Physician Health Program runs it", "Nobody asks for proof", "19:15", where="modal")
    await quinn.sees_no_more("Take a place", where="modal")
    await quinn.presses(action_id=ids.LINK, where="modal")
    await both.at_rest()
    assert await everything_kept(both) == before, "no view and no click is kept anywhere"
    assert {each.title for each in both.sim.workspace.log[called:] if each.kind == "api"} == {"views.push"}
    assert before["series"]


async def everything_kept(town: Town) -> dict[str, list[str]]:
    """Return every row of every table."""
    found = {}
    async with town.house.store._connections.begin() as transaction:
        for table in metadata.sorted_tables:
            found[table.name] = sorted(repr(tuple(row)) for row in await transaction.rows(select(table)))
    return found


@pytest.mark.req("T1", "G2", "G3")
async def test_le_mot_apres_la_commande_ouvre_la_liste_des_rencontres(both: Town) -> None:
    quinn, chloe = both.person("quinn"), both.person("chloe")
    await quinn.types("/peersupport sessions")
    await quinn.sees("Providers Thriving Together", "Thriving Project", "BIPOC", where="modal")
    await quinn.presses("Take a place", near="Providers Thriving Together", where="modal")
    await quinn.sees("Keep me a place", where="modal")
    await quinn.closes(everything=True)
    await chloe.types("/peersupport Rencontres")
    await chloe.sees("Providers Thriving Together", "Projet Thriving", "Gratuit", where="modal")
    await chloe.presses("En savoir plus", near="PANDC", where="modal")
    await chloe.sees("Ce groupe prend les inscriptions en dehors de cette application.", where="modal")


@pytest.mark.req("T9", "T8", "T10")
async def test_whoever_comes_offers_to_present_from_the_details_and_others_read_a_name_after_the_yes(
    both: Town,
) -> None:
    quinn, ava, farah = (both.person(key) for key in ("quinn", "ava", "farah"))
    first = next_weekday(both, 3)
    series = await made(both, "Evenings", first, presenters=True, repeats="FREQ=WEEKLY;BYDAY=TH;COUNT=4")
    await registered(both, series, ("quinn", "CANARY-Cedar"))
    await looks_at(ava, "Evenings")
    await ava.sees_no_more("I could present", where="modal")
    await ava.closes(everything=True)
    await looks_at(quinn, "Evenings")
    await quinn.presses("I could present", where="modal")
    await quinn.fills("Topic", "Sleep after nights")
    await quinn.fills("presenter_name", "CANARY-Dr Larch")
    await quinn.submits()
    await quinn.sees("Your offer is with those who organise", where="modal")
    await quinn.closes(everything=True)
    await open_series(farah, "Evenings")
    await farah.presses(action_id="open_proposal", where="modal")
    await farah.chooses("Ask for this date", f"{first:%A} {first.day} {first:%B}, 19:15 Vancouver time, UTC\u221207:00")
    await farah.submits()
    await farah.sees("They are asked.", where="modal")
    await both.at_rest()
    await looks_at(ava, "Evenings")
    await ava.sees_no_more("CANARY-Dr Larch", where="modal")
    await ava.closes(everything=True)
    # The same button leads to one's own offer, which asks for a yes now.
    await looks_at(quinn, "Evenings")
    await quinn.presses("I could present", where="modal")
    await quinn.presses("Yes, I present it", where="modal")
    await quinn.sees("Your name is shown with this date now.", where="modal")
    await looks_at(ava, "Evenings")
    await ava.sees("With CANARY-Dr Larch", "Sleep after nights", where="modal")
    ava.sees_nothing_of("CANARY-Cedar", where="modal")
    assert ava.screen("modal").count("CANARY") == 1, "the yes was for one date of four"
    assert "CANARY" not in both.said()


async def looks_at(who: Actor, title: str) -> None:
    """Open one series from the word after the command."""
    await who.types("/peersupport sessions")
    await who.presses("More about it", near=title, where="modal")
    await who.sees("There is no recording.", where="modal")


@pytest.mark.req("T13", "U28")
async def test_a_form_that_comes_while_others_hold_the_places_keeps_what_was_typed_and_can_be_sent_again(
    both: Town,
) -> None:
    quinn = both.person("quinn")
    await quinn.types("/peersupport sessions")
    await quinn.presses("Take a place", near="Providers Thriving Together", where="modal")
    await quinn.fills("The name to call you by", "Cedar")
    series = await series_of(both, "providers-thriving-together")
    async with both.house.store.work() as work:
        held = await work.series.get(series.id, lock=True)
        assert held is not None
        await work.series.save(held)
        await quinn.submits()
        await quinn.sees("Your form was not sent; what you wrote is still here.", "Cedar", where="modal")
    await quinn.submits()
    await quinn.sees("Your place is kept.", where="modal")
    async with both.house.store.work() as work:
        [mine] = await work.registrations.of(both.address("quinn"))
        known = await work.registrations.registrant(mine.id)
    assert known is not None
    assert known.alias == "Cedar"
