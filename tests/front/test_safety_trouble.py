"""A safety concern while the app itself fails: whom to phone stands there, and nobody is told it was sent."""

from __future__ import annotations

import pytest

from handlers import ids
from peersupport.concerns import Told
from tests.front.screen import words
from tests.front.stage import Person, Stage
from tests.rules.world import LENA, VANCOUVER

LEAD = f"Safety lead: {VANCOUVER.people.safety_leads[0].phone}"

pytestmark = [pytest.mark.req("V30", "G32", "U47"), pytest.mark.threat("T51")]


async def supporter(stage: Stage, locale: str = "en-CA") -> Person:
    await stage.world.accepted()
    sune = stage.person("U0SUNE", locale=locale)
    await sune.opens_home()
    return sune


async def test_without_a_database_the_button_in_home_gives_the_lead_s_number() -> None:
    stage = Stage()
    sune = await supporter(stage)
    stage.store.down = True
    await sune.presses(ids.SAFETY_CONCERN, on_home=True)
    assert "nobody was alerted. Please phone" in sune.sees
    assert sune.sees.index("9-1-1") < sune.sees.index(LEAD) < sune.sees.index("nobody was alerted")
    assert "9-8-8" in sune.sees


async def test_it_is_there_in_french_and_for_each_programme() -> None:
    other = VANCOUVER.model_copy(update={"id": "elsewhere"})
    stage = Stage(programmes={VANCOUVER.id: VANCOUVER, other.id: other})
    sune = await supporter(stage, "fr-CA")
    stage.store.down = True
    await sune.presses(ids.SAFETY_CONCERN, on_home=True)
    assert sune.sees.count(VANCOUVER.people.safety_leads[0].phone) == 2
    assert "personne n'a été alerté" in sune.sees


async def test_a_form_that_is_not_sent_stays_with_its_numbers_and_its_choices() -> None:
    stage = Stage()
    sune = await supporter(stage)
    await sune.presses(ids.SAFETY_CONCERN, on_home=True)
    await sune.chooses(ids.IN_TOLD, Told.NO_TIME)
    await sune.chooses(ids.IN_PLAN, "no")
    await sune.chooses(ids.IN_ROUTE, "lead")
    stage.store.down = True
    await sune.submits()
    assert list(sune.errors) == [ids.IN_TOLD]
    assert "nobody was alerted. Please phone one of the numbers above now" in sune.errors[ids.IN_TOLD]
    assert "Danger right now: 9-1-1" in sune.sees
    stage.store.down = False
    await sune.submits()
    assert "Sent. The safety lead is being alerted now" in sune.sees


async def test_nobody_else_is_shown_a_lead_s_number() -> None:
    stage = Stage()
    sune = await supporter(stage)
    robin = stage.person("U0ROBIN", locale="en-CA")
    stage.store.down = True
    robin.home = sune.home
    await robin.presses(ids.SAFETY_CONCERN, on_home=True)
    assert LEAD not in robin.sees
    assert "9-8-8" in robin.sees


async def test_a_lead_who_is_worried_is_not_sent_to_themselves() -> None:
    stage = Stage()
    await stage.world.accepted(LENA.user)
    lena = stage.person(LENA.user, locale="en-CA")
    await lena.opens_home()
    assert ids.SAFETY_CONCERN in str(lena.home)
    stage.store.down = True
    await lena.presses(ids.SAFETY_CONCERN, on_home=True)
    assert LEAD not in lena.sees
    assert f"The programme's office: {VANCOUVER.people.office.phone}" in words(lena.top.view)
