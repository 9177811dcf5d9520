"""Colleagues among themselves, attacked: a no looks like silence, and nobody learns who is listed, or who asked."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from handlers import ids
from peersupport import check_ins, held_informal, introductions, listings, reminders
from peersupport.addresses import Address
from peersupport.notifications import Due, Kind
from peersupport.ports import UnitOfWork
from tests.front.screen import every_element
from tests.rules.world import VANCOUVER
from tests.threats.matrix_informal import ASKING, ROLE
from tests.threats.presses import home_tab, modal, press, submit
from tests.threats.scene_informal import CHECKING, LISTING, TALK
from tests.threats.scenes import ADMIN, FREE, LEAD, MEMBER, OTHER, Ground, Told

HANDLE = re.compile(r"[A-Za-z0-9_-]{60,}")


@pytest.fixture
def hamlet(prepared: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """Give the town, where one has asked another for ten minutes, and put its clock back."""
    before = prepared.clock.at
    # Keys minted after a day would be gone once the town is put back.
    monkeypatch.setattr(prepared.store._keyring, "_stale_at", before + timedelta(days=365))
    yield prepared
    prepared.clock.at = before


def door(ground: Ground, who: Address) -> Any:
    """Press the menu's button."""
    return press(ground, who, ids.INFORMAL, VANCOUVER.id)


def goes_in(ground: Ground, who: Address, role: str = ROLE) -> Any:
    """Say which role fits."""
    return submit(
        ground, who, modal(ground, ids.VIEW_INFORMAL_ROLE, values={ids.IN_INFORMAL_ROLE: role}, p=VANCOUVER.id)
    )


def asks(ground: Ground, who: Address) -> Any:
    """Send the question."""
    handle = ground.handle(ids.ASK_PEER, LISTING, who)
    return submit(ground, who, modal(ground, ids.VIEW_ASK_PEER, values=ASKING, p=VANCOUVER.id, h=handle))


def every_screen(ground: Ground, who: Address, *, again: bool = False) -> list[Any]:
    """What somebody can press to find out what became of a question; asked again too, where that is to be seen."""
    talk = ground.handle(ids.INTRODUCTION, TALK, who)
    inside = modal(ground, ids.VIEW_INFORMAL, p=VANCOUVER.id)
    return [
        door(ground, who),
        goes_in(ground, who),
        press(ground, who, ids.OPEN_INTRODUCTION, talk, inside),
        press(ground, who, ids.OPEN_MESSAGE, talk),
        *([asks(ground, who)] if again else ()),
        press(ground, who, ids.MY_DATA, "", home_tab(ground)),
        press(ground, who, ids.TAKE_BACK, "", modal(ground, ids.VIEW_PAGE, p=VANCOUVER.id, h=talk)),
    ]


def plainly(told: Told) -> tuple[Any, ...]:
    """What somebody got, to be compared: handles differ each time, and view ids."""
    answer = HANDLE.sub("handle", json.dumps(told.answer, sort_keys=True))
    return answer, [HANDLE.sub("handle", view) for view in told.views], told.calls


async def silent(_: UnitOfWork, __: Ground) -> None:
    """Do nothing."""


async def says_no(work: UnitOfWork, ground: Ground) -> None:
    """Say "not now"."""
    assert await introductions.decline(work, VANCOUVER.id, TALK, FREE, ground.clock.now())


async def pauses(work: UnitOfWork, ground: Ground) -> None:
    """Pause the listing after saying "not now"."""
    await says_no(work, ground)
    assert await listings.pause(work, VANCOUVER.id, FREE, paused=True)


async def is_erased(work: UnitOfWork, _: Ground) -> None:
    """Be forgotten, listing and all, as when an account ends."""
    assert await held_informal.forget(work, FREE) == 2


Does = Callable[[UnitOfWork, Ground], Awaitable[None]]


async def found_by_asker(ground: Ground, does: Does, *, hours: float, again: bool) -> list[tuple[Any, ...]]:
    """Return all that whoever asked can see so long after the other did this."""
    async with ground.store.work() as work:
        await does(work, ground)
    ground.clock.at += timedelta(hours=hours)
    if hours >= 24:
        async with ground.store.work() as work:
            row = Due(uuid4(), Kind.END_INTRODUCTION, TALK, VANCOUVER.id)
            await reminders.carry_out(work, VANCOUVER, row, ground.clock.now(), ground.ids)
    await ground.front.directory.facts(OTHER)
    return [plainly(await ground.told(each)) for each in every_screen(ground, OTHER, again=again)]


@pytest.mark.req("N4", "N5")
@pytest.mark.threat("T29")
@pytest.mark.parametrize("hours", [1, 25])
@pytest.mark.parametrize("does", [says_no, pauses, is_erased])
async def test_whoever_asked_sees_the_same_to_the_byte_after_a_no_as_in_silence(
    hamlet: Ground, does: Does, hours: float
) -> None:
    start = hamlet.clock.at
    # That somebody is not listed any more, everybody may see; who asks them anew is told that they are not there.
    again = does is says_no
    silence = await found_by_asker(hamlet, silent, hours=hours, again=again)
    hamlet.put_back()
    hamlet.clock.at = start
    assert await found_by_asker(hamlet, does, hours=hours, again=again) == silence
    assert ("Listed" in repr(silence)) == (hours < 24)


def carried(view: dict[str, Any], action: str) -> str:
    """Return what the first such button of a view carries."""
    return next(str(each["value"]) for each in every_element(view) if each["action_id"] == action)


@pytest.mark.req("N1", "N5", "G8")
@pytest.mark.threat("T15")
async def test_who_is_listed_is_shown_to_those_whom_it_is_for_and_for_a_day(hamlet: Ground) -> None:
    for role in VANCOUVER.eligibility.roles:
        told = await hamlet.told(goes_in(hamlet, MEMBER, role.id))
        assert f'"{ids.PEERS}"' in repr(told.answer).replace("'", '"') or not role.eligible
        assert "Listed" not in repr(told)
        hamlet.put_back()
    inside = modal(hamlet, ids.VIEW_INFORMAL, p=VANCOUVER.id)
    shown = (await hamlet.told(goes_in(hamlet, MEMBER))).answer
    assert shown is not None
    browsing = press(hamlet, MEMBER, ids.PEERS, carried(shown["view"], ids.PEERS), inside)
    [peers] = (await hamlet.told(browsing)).views
    assert "Listed" in peers
    asking = carried(json.loads(peers), ids.ASK_PEER)
    question = press(hamlet, MEMBER, ids.ASK_PEER, asking, modal(hamlet, ids.VIEW_PEERS, p=VANCOUVER.id))
    assert "Listed" in repr((await hamlet.told(question)).views)
    hamlet.clock.at += timedelta(days=1, minutes=1)
    for late in (question, browsing):
        assert (await hamlet.told(late)).seen <= hamlet.refused


@pytest.mark.req("N5", "G8")
@pytest.mark.threat("T15")
async def test_who_looks_after_the_programme_is_shown_neither_the_two_nor_that_anybody_asked(hamlet: Ground) -> None:
    for who in (ADMIN, LEAD, MEMBER):
        for each in every_screen(hamlet, who)[:4]:
            assert "Asker" not in repr(await hamlet.told(each))
        hamlet.put_back()
    assert hamlet.events("introduction") == hamlet.events("ask") == 0


@pytest.mark.req("N6")
async def test_a_reminder_sent_again_is_kept_once_and_says_so(hamlet: Ground) -> None:
    form = submit(
        hamlet, FREE, modal(hamlet, ids.VIEW_CHECK_IN, values={ids.IN_REMIND_IN: "7"}, p=VANCOUVER.id)
    )  # fmt: skip
    first, again = await hamlet.told(form), await hamlet.told(form)
    assert "You will be reminded" in repr(first.answer)
    assert "You have ten reminders" not in repr(again.answer)
    assert "A reminder:" in repr(again.answer)
    async with hamlet.store.work() as work:
        assert len(await work.check_ins.of(FREE)) == 1
        assert (await work.check_ins.get(CHECKING), check_ins.MOST) != (None, 1)
