"""Putting every key under a new master key needs two administrators, for that very key, and is written down."""

from __future__ import annotations

import pytest

from peersupport import keys
from peersupport.approvals import Act
from peersupport.audit import Event
from peersupport.keys import AwaitsTwo, MayRotate, Step, code_of
from tests.rules.desk import Desk
from tests.rules.world import ADA, BEN

NEW, ANOTHER = "0f1e2d3c4b5a6978", "ffffffffffffffff"


async def begins(desk: Desk, master: str = NEW) -> MayRotate | AwaitsTwo:
    async with desk.memory() as work:
        return await keys.begin(work, desk.programme.id, master, now=desk.now, ids=desk.ids)


async def finishes(desk: Desk, *, moved: bool = True) -> None:
    async with desk.memory() as work:
        await keys.finish(work, desk.programme.id, NEW, moved=moved, now=desk.now)


def steps(desk: Desk) -> list[str | None]:
    return [each.reason for each in desk.memory.tables.audit if each.event is Event.KEYS_ROTATED]


@pytest.mark.threat("T20")
async def test_it_waits_for_two_and_asks_once() -> None:
    desk = Desk()
    first = await begins(desk)
    assert isinstance(first, AwaitsTwo)
    assert (first.approval.act, first.approval.code) == (Act.KEY_OPERATION, code_of(desk.programme.id, NEW))
    assert await begins(desk) == first
    await desk.agrees(ADA, first.approval)
    assert isinstance(await begins(desk), AwaitsTwo), "one is not enough"
    await desk.agrees(BEN, first.approval)
    assert await begins(desk) == MayRotate()
    assert steps(desk) == [Step.BEGUN]


@pytest.mark.threat("T20")
async def test_what_was_agreed_on_is_for_that_master_key_alone() -> None:
    desk = Desk()
    asked = await begins(desk)
    assert isinstance(asked, AwaitsTwo)
    for who in (ADA, BEN):
        await desk.agrees(who, asked.approval)
    other = await begins(desk, ANOTHER)
    assert isinstance(other, AwaitsTwo)
    assert other.approval.code != asked.approval.code


async def test_interrupted_it_begins_again_and_is_used_up_at_its_end() -> None:
    desk = Desk()
    asked = await begins(desk)
    assert isinstance(asked, AwaitsTwo)
    for who in (ADA, BEN):
        await desk.agrees(who, asked.approval)
    assert await begins(desk) == MayRotate()
    assert await begins(desk) == MayRotate(), "it ended before anything went over"
    await finishes(desk)
    assert desk.kept(asked.approval).used_at == desk.now
    assert steps(desk) == [Step.BEGUN, Step.BEGUN, Step.DONE]
    await finishes(desk, moved=False)
    assert steps(desk)[-2:] == [Step.BEGUN, Step.DONE], "a run that finds nothing to do writes nothing"
    assert isinstance(await begins(desk), AwaitsTwo), "it was for once"


async def test_an_end_after_its_time_is_written_down_all_the_same() -> None:
    desk = Desk()
    await finishes(desk)
    assert steps(desk) == [Step.DONE]


def test_a_code_is_easy_to_say_and_tells_keys_apart() -> None:
    codes = {code_of("vancouver", f"{number:016x}") for number in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 9 and code[4] == "-" and not set(code) & set("IO01") for code in codes)
