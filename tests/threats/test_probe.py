"""T29, T30: whatever is true of a colleague, every door answers alike; who withdrew looks as if they never asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from handlers import ids
from peersupport import intake, own, retention
from peersupport.addresses import Address
from tests.faults.ground import Ground as Databases
from tests.rules.world import ask
from tests.threats import presses
from tests.threats.matrix import person
from tests.threats.presses import Press
from tests.threats.probe import DOORS, Door, Probed, Target, blurred, kept_from, overheard, probe, targets
from tests.threats.scenes import PHONE, SECRET, Ground, open_ground


@pytest_asyncio.fixture(scope="session")
async def streets(
    sqlite_ground: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Ground, dict[str, Target]]]:
    """Give a town with a person for everything that can be true of one."""
    places = await sqlite_ground.places(tmp_path_factory.mktemp("probe"))
    async with open_ground(places) as opened:
        found = await targets(opened)
        opened.keep()
        yield opened, found


@pytest.mark.req("G8")
@pytest.mark.threat("T29")
@pytest.mark.parametrize("door", DOORS, ids=[door.name for door in DOORS])
async def test_every_door_answers_alike(streets: tuple[Ground, dict[str, Target]], door: Door) -> None:
    ground, found = streets
    tried = kept_from(ground) if door.kept_out else found
    seen: dict[str, Probed] = {}
    for name, target in tried.items():
        if door.tries(target):
            seen[name] = await probe(ground, door, target)
            ground.put_back()
    assert len(seen) > 5
    first = next(iter(seen.values()))
    assert first.views or first.answer != "null"
    assert {
        name: told for name, told in seen.items() if replace(told, statements=()) != replace(first, statements=())
    } == {}
    for apart in {each.apart for each in tried.values()}:
        alike = {name: told.statements for name, told in seen.items() if tried[name].apart == apart}
        assert len(set(alike.values())) <= 1, alike


SIGHTS: dict[str, Callable[[Press], Any]] = {
    "the menu": lambda at: presses.typing(at, ids.COMMAND),
    "one's own state": lambda at: presses.typing(at, ids.COMMAND) | {"text": "status"},
    "the menu by shortcut": lambda at: presses.by_shortcut(at, ids.SHORTCUT),
    "Home": lambda at: presses.opening_home(at, ids.HOME_OPENED),
    "the form": lambda at: presses.plainly(at, ids.ASK),
}
"""What everybody can look at."""
HELD: dict[str, Callable[[Press], Any]] = {"what is held": lambda at: presses.at_home("")(at, ids.MY_DATA)}


async def looks(ground: Ground, who: Address, *, held: bool = False) -> dict[str, Probed]:
    """Let somebody look at everything that they can."""
    found = {}
    for name, makes in (SIGHTS | (HELD if held else {})).items():
        payload = makes(Press(ground, ground.scenes["new"], who, who))
        with overheard() as said:
            told = await ground.told(payload)
        found[name] = blurred(told, Target(who), said)
        ground.put_back()
    return found


@pytest.mark.req("G16", "U52")
@pytest.mark.threat("T30")
async def test_who_withdrew_sees_what_somebody_sees_who_never_asked(
    streets: tuple[Ground, dict[str, Target]],
) -> None:
    ground, found = streets
    assert await looks(ground, found["asked, gone"].who, held=True) == await looks(
        ground, found["never asked"].who, held=True
    )
    withdrawn = await looks(ground, found["withdrawn, the worker not there yet"].who)
    assert withdrawn == await looks(ground, found["never asked"].who)
    still_open = await looks(ground, found["asked, new"].who)
    assert still_open["Home"] != withdrawn["Home"]
    assert still_open["the menu"] != withdrawn["the menu"]


@pytest.mark.req("G16")
@pytest.mark.threat("T29", "T30")
@pytest.mark.parametrize("colleague", ["member", "other", "free", "with", "lead", "operator"])
async def test_nobody_sees_a_colleague_ask_or_withdraw(
    streets: tuple[Ground, dict[str, Target]], colleague: str
) -> None:
    ground, found = streets
    who = person(colleague, ground.scenes["with"])
    asks = found["never asked"].who
    seen = [await looks(ground, who, held=True)]
    with ground.aside():
        form = ask(requester=asks, name=SECRET, reach=PHONE)
        opened = await ground.do(intake.open_request, asks, form, key="t30", ids=ground.ids)
        ground.keep()
        seen.append(await looks(ground, who, held=True))
        await ground.do(own.withdraw, asks, opened.request.id)
        ground.keep()
        seen.append(await looks(ground, who, held=True))
        async with ground.store.work() as work:
            closed = await work.requests.get(opened.request.id, lock=True)
            assert closed is not None
            await retention.erase(work, closed, ground.clock.now())
        ground.keep()
        seen.append(await looks(ground, who, held=True))
    assert all(each == seen[0] for each in seen)
