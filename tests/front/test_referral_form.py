"""The form of a referral: refused without the statement, whatever was sent, and what was typed survives an error."""

from __future__ import annotations

import pytest

from handlers import ids
from peersupport.addresses import Address
from peersupport.referral import LIMIT
from tests.front.screen import TEAM
from tests.front.stage import Person, Stage
from tests.rules.world import VANCOUVER

ROBIN = Address(TEAM, "U0ROBIN")
REACH = "604-555-0142"


def passed(stage: Stage) -> int:
    """Count what was kept."""
    return len(stage.world.memory.tables.referrals)


async def form(stage: Stage, *, ticked: bool = True) -> Person:
    """Somebody in front of the form."""
    robin = stage.person(ROBIN.user)
    await robin.types()
    await robin.presses(ids.REFER, value=VANCOUVER.id)
    if ticked:
        await robin.chooses(ids.IN_ATTEST, "attested")
    return robin


def shown(robin: Person) -> set[str]:
    return {block["block_id"] for block in robin.top.view["blocks"]}


async def fills(robin: Person, name: str = "Vesper Thorn", reach: str = REACH) -> None:
    robin.fills(ids.IN_COLLEAGUE_NAME, name)
    robin.fills(ids.IN_COLLEAGUE_REACH, reach)
    await robin.chooses(ids.IN_TELLS, "tell_not")


@pytest.mark.req("V19", "V20")
async def test_the_name_field_comes_and_goes_with_the_tick() -> None:
    robin = await form(Stage(), ticked=False)
    assert ids.IN_COLLEAGUE_NAME not in shown(robin)
    await robin.chooses(ids.IN_ATTEST, "attested")
    assert {ids.IN_COLLEAGUE, ids.IN_COLLEAGUE_NAME, ids.IN_COLLEAGUE_REACH, ids.IN_TELLS} <= shown(robin)
    await robin.chooses(ids.IN_ATTEST)
    assert ids.IN_COLLEAGUE_NAME not in shown(robin)


@pytest.mark.req("V19", "V21")
async def test_without_the_statement_nothing_is_kept_whatever_else_is_sent() -> None:
    stage = Stage()
    robin = await form(stage)
    await fills(robin)
    robin.top.state[ids.IN_ATTEST] = {ids.ATTEST: {"type": "checkboxes", "selected_options": []}}
    await robin.submits()
    assert "Not asked yet?" in robin.sees
    assert passed(stage) == 0


@pytest.mark.req("V20", "V24")
@pytest.mark.parametrize(
    ("name", "reach", "field"),
    [
        ("", "", ids.IN_COLLEAGUE),
        ("Vesper Thorn", "", ids.IN_COLLEAGUE_REACH),
        ("", REACH, ids.IN_COLLEAGUE_NAME),
        ("Vesper Thorn", "at work", ids.IN_COLLEAGUE_REACH),
        ("Vesper \u202eThorn", REACH, ids.IN_COLLEAGUE_NAME),
    ],
)
async def test_what_is_missing_is_said_at_its_field(name: str, reach: str, field: str) -> None:
    stage = Stage()
    robin = await form(stage)
    await fills(robin, name, reach)
    await robin.submits()
    assert set(robin.errors) == {field}
    assert passed(stage) == 0
    await fills(robin)
    await robin.submits()
    assert "Passed on." in robin.sees
    assert passed(stage) == 1


@pytest.mark.req("V23", "U48")
async def test_a_repeat_counts_once_and_gets_the_same_answer() -> None:
    stage = Stage()
    robin = await form(stage)
    await fills(robin)
    modal = robin.top
    view, state = dict(modal.view), dict(modal.state)
    await robin.submits()
    after = robin.top.view
    modal.view, modal.state = view, state
    answer = await robin.again(modal)
    assert answer == {"response_action": "update", "view": after}
    assert passed(stage) == 1


@pytest.mark.req("V25")
async def test_one_person_passes_on_three_in_thirty_days() -> None:
    stage = Stage()
    robin = stage.person(ROBIN.user)
    for number in range(LIMIT + 1):
        robin = await form(stage)
        await fills(robin, reach=f"604-555-01{number}0")
        await robin.submits()
        if number < LIMIT:
            assert "Passed on." in robin.sees
    assert "three colleagues within 30 days" in robin.sees
    assert passed(stage) == LIMIT
