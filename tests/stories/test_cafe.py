"""A department's monthly hour: a list, terms, a guarded theme, a line without an author, and nothing left after."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from peersupport import themes
from peersupport.series import Series, SeriesState
from tests.stories.town import PROGRAMME, Places, Town, open_town

CAFE = "clinical-cafe"
REFUSED = "CANARY-Rowan, PHN 9698 658 215"
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


@pytest.mark.req("C1", "C5", "C6", "C7", "C8", "C10", "C11", "C14", "U40")
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
    await ava.sees("This seems to hold a health number. Nothing was kept.", where="modal")
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
    kept = b"".join(file.read_bytes() for file in cafe.places.folder.glob("*.db*"))
    told = cafe.said() + "".join(capfd.readouterr()) + kept.decode("latin-1")
    assert not [word for word in ("CANARY-Rowan", "9698 658", THEME) if word in told]
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
    await luc.sees("Vous avez une place.", where="modal")
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
