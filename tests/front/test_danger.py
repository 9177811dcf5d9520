"""Words of danger in the request form: numbers first, saved as meant, nobody alerted without a yes."""

from __future__ import annotations

import json

import pytest

from handlers import ids
from peersupport.audit import Event
from peersupport.notifications import Kind
from tests.front.stage import Person, Stage
from tests.rules.world import ROBIN

WORDS = {"en": "I want to die, 604-555-0142", "fr": "je veux en finir, 604-555-0142"}


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def filled(stage: Stage, reach: str, **names: str) -> Person:
    robin = stage.person("U0ROBIN", locale=names.pop("locale", "en-US"), profile={"real_name": "Robin Roy"})
    await robin.opens_home()
    await robin.presses(ids.ASK, on_home=True)
    await robin.chooses(ids.IN_ROLE, "physician")
    await robin.chooses(ids.IN_MODALITIES, "phone")
    robin.fills(ids.IN_REACH, reach)
    for block, text in names.items():
        robin.fills(block, text)
    return robin


def first_block(person: Person) -> str:
    return json.dumps(person.top.view["blocks"][:2], ensure_ascii=False)


@pytest.mark.req("U23")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_numbers_come_first_and_nobody_is_alerted(stage: Stage, language: str) -> None:
    robin = await filled(stage, WORDS[language], locale=f"{language}-CA")
    await robin.submits()
    t = stage.front.texts.in_language(language)
    assert t("crisis.first") in first_block(robin)
    assert "9-8-8" in first_block(robin)
    assert t("requests.thanks_title") == robin.top.view["title"]["text"]
    (request,) = stage.world.memory.tables.requests.values()
    assert stage.world.memory.tables.contacts[request.id].reach == WORDS[language]
    assert not request.urgent
    assert not stage.world.memory.told(Kind.TELL_MEMBER)
    assert "die" not in json.dumps(robin.top.view["private_metadata"])
    assert stage.world.memory.deeds(request.id) == [Event.REQUEST_OPENED]
    assert not stage.world.memory.tables.tallies
    assert stage.notes == []


@pytest.mark.req("U23")
async def test_pressing_the_button_marks_it_urgent(stage: Stage) -> None:
    robin = await filled(stage, WORDS["en"])
    await robin.submits()
    await robin.presses(ids.HEAR_TODAY)
    assert "The administrator is told" in robin.sees
    (request,) = stage.world.memory.tables.requests.values()
    assert request.urgent
    assert stage.world.memory.told(Kind.TELL_MEMBER, request.id)
    assert stage.front.texts.in_language("en")("own.urgent") in robin.sees


@pytest.mark.req("U23")
async def test_what_else_is_typed_counts_too(stage: Stage) -> None:
    robin = await filled(stage, "604-555-0142", name="kill myself")
    await robin.submits()
    assert ids.HEAR_TODAY in str(robin.top.view)


@pytest.mark.req("U23")
async def test_ordinary_answers_get_the_ordinary_page(stage: Stage) -> None:
    robin = await filled(stage, "604-555-0142", name="Dr. Killian Dyer")
    await robin.submits()
    assert ids.HEAR_TODAY not in str(robin.top.view)
    assert "danger" not in str(robin.top.view["blocks"][0])


@pytest.mark.req("U23")
async def test_a_form_that_cannot_be_sent_names_the_number_at_the_field(stage: Stage) -> None:
    robin = await filled(stage, "I want to die")
    await robin.submits()
    assert "If you or someone else may be in danger" in next(iter(robin.errors.values()))
    assert not stage.world.memory.tables.requests


@pytest.mark.req("U23")
async def test_who_is_served_elsewhere_gets_the_numbers_first_and_no_button(stage: Stage) -> None:
    robin = await filled(stage, WORDS["en"])
    other = next(each.id for each in stage.world.programme.eligibility.roles if not each.eligible)
    block = next(each for each in robin.top.view["blocks"] if each["block_id"] == ids.IN_ROLE)
    option = next(each for each in block["element"]["options"] if each["value"] == other)
    robin.top.state[ids.IN_ROLE] = {ids.FORM_ROLE: {"type": "radio_buttons", "selected_option": option}}
    await robin.submits()
    assert "they were not kept" in first_block(robin)
    assert ids.HEAR_TODAY not in str(robin.top.view)


@pytest.mark.req("U23")
async def test_a_changed_form_is_read_too(stage: Stage) -> None:
    request = await stage.world.opens()
    robin = stage.person("U0ROBIN")
    await robin.opens_home()
    await robin.presses(ids.CHANGE, on_home=True)
    robin.fills(ids.IN_REACH, WORDS["fr"])
    await robin.submits()
    assert "What you sent is saved as you meant it" in first_block(robin)
    await robin.presses(ids.HEAR_TODAY)
    assert stage.world.request(request.id).urgent
    await robin.presses(ids.CHANGE)
    await robin.submits()
    assert ids.HEAR_TODAY not in str(robin.top.view)
    assert "Your request is marked urgent, as you asked" in robin.sees


@pytest.mark.threat("T16")
async def test_the_button_of_another_alerts_nobody(stage: Stage) -> None:
    robin = await filled(stage, WORDS["en"])
    await robin.submits()
    token = next(
        each["value"]
        for block in robin.top.view["blocks"]
        if block["block_id"] == "danger_today"
        for each in block["elements"]
    )
    alex = stage.person("U0ALEX")
    await alex.types()
    alex.top.view["blocks"].append(
        {
            "type": "actions",
            "block_id": "b",
            "elements": [{"type": "button", "action_id": ids.HEAR_TODAY, "value": token}],
        }
    )
    await alex.presses(ids.HEAR_TODAY)
    assert not stage.world.memory.told(Kind.TELL_MEMBER)
    assert ROBIN in stage.world.memory.tables.requesters.values()
