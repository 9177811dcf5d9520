"""Home: help lines on top, what concerns this person, the door; static where the database is away."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from handlers import home, ids
from handlers.views.home import first_name
from peersupport.people import Address
from tests.front.screen import TEAM, every_element, words
from tests.front.stage import Stage, texts
from tests.rules.world import ADA, VANCOUVER, ask, vancouver


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.mark.req("G4")
async def test_an_empty_home_greets_and_keeps_the_door_open(stage: Stage) -> None:
    robin = stage.person("U0ROBIN", profile={"real_name": "Dr. Robin Roy"})
    await robin.opens_home()
    assert robin.home["blocks"][0]["block_id"] == "crisis"
    assert "9-8-8" in json.dumps(robin.home["blocks"][0])
    assert "Welcome, Robin" in words(robin.home)
    assert "Nothing open. The door stays here." in words(robin.home)
    await robin.presses(ids.ASK, on_home=True)
    assert robin.top.view["callback_id"] == ids.VIEW_REQUEST
    assert len(robin.modals) == 1


async def test_the_messages_tab_publishes_nothing(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.opens_home("messages")
    assert "views.publish" not in stage.client.calls


@pytest.mark.req("U46")
@pytest.mark.threat("T43")
async def test_an_administrator_sees_in_home_that_messages_do_not_go_out(stage: Stage) -> None:
    ailing = replace(stage.front, ailing=lambda: True)
    line = texts().in_language("en")("delivery.trouble")
    for front, who, shown in (
        (ailing, ADA, True),
        (ailing, Address(TEAM, "U0ROBIN"), False),
        (stage.front, ADA, False),
    ):
        stage.person(who.user)
        assert (line in words(await home.build(front, who, "en"))) is shown


async def test_home_is_one_unit_of_work(stage: Stage) -> None:
    await stage.world.opens()
    who = Address(TEAM, "U0ROBIN")
    await home.build(stage.front, who, "en")
    assert stage.store.opened == 1


@pytest.mark.req("G32")
async def test_without_a_database_home_is_help_lines(stage: Stage) -> None:
    await stage.world.opens()
    stage.store.down = True
    robin = stage.person("U0ROBIN")
    await robin.opens_home()
    assert "1-800-663-6729" in words(robin.home)
    assert "cannot reach its records" in words(robin.home)


@pytest.mark.req("U51")
async def test_a_guests_home_holds_public_information(stage: Stage) -> None:
    guest = stage.person("U0GUEST", is_ultra_restricted=True)
    await guest.opens_home()
    actions = {each["action_id"] for each in every_element(guest.home)}
    assert actions == {ids.HELP_NOW, ids.WHO_SEES, ids.QUESTIONS, ids.ELSEWHERE, ids.LANGUAGE}


async def test_where_slack_does_not_say_who_this_is_home_is_public(stage: Stage) -> None:
    stage.client.refuses["users.info"] = "internal_error"
    await stage.world.opens()
    robin = stage.person("U0ROBIN")
    await robin.opens_home()
    assert ids.WITHDRAW not in {each["action_id"] for each in every_element(robin.home)}


@pytest.mark.req("G30")
async def test_the_language_can_be_chosen_in_home(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.opens_home()
    await robin.chooses("links.en", "fr", on_home=True)
    assert "Rien d'ouvert. La porte reste ici." in words(robin.home)
    await robin.opens_home()
    assert "La porte reste ici." in words(robin.home)


@pytest.mark.req("G8")
async def test_home_shows_nobody_elses_request(stage: Stage) -> None:
    request = await stage.world.opens(asked=ask(name="Robin Roy"))
    for user in ("U0ALEX", ADA.user):
        person = stage.person(user)
        await person.opens_home()
        assert "Robin Roy" not in words(person.home)
        assert ids.WITHDRAW not in {each["action_id"] for each in every_element(person.home)}
    robin = stage.person("U0ROBIN")
    await robin.opens_home()
    assert request.reference in words(robin.home)


async def test_a_home_with_many_programmes_stays_within_bounds() -> None:
    many = {f"p{number}": vancouver(id=f"p{number}") for number in range(30)}
    stage = Stage(programmes={VANCOUVER.id: VANCOUVER, **many})
    await stage.world.opens()
    robin = stage.person("U0ROBIN")
    await robin.opens_home()
    assert len(robin.home["blocks"]) <= 100
    await robin.types()
    assert len(robin.top.view["blocks"]) <= 100


@pytest.mark.parametrize(
    ("name", "first"), [("Dr. Robin Roy", "Robin"), ("", ""), ("Mme.", ""), ("x" * 300, "x" * 60), ("  ann ", "ann")]
)
def test_first_names(name: str, first: str) -> None:
    assert first_name(name) == first
