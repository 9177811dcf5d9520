"""T29, T30: whatever is true of a colleague, every door answers alike; who withdrew looks as if they never asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from handlers import ids
from peersupport import intake, own, retention, reveals, triage
from peersupport.addresses import Address
from peersupport.queue import Section
from peersupport.requests import Outcome
from tests.faults.ground import Ground as Databases
from tests.rules.world import VANCOUVER, ask
from tests.threats import presses
from tests.threats.matrix import LISTENERS, person, rows
from tests.threats.presses import Press
from tests.threats.probe import (
    DOORS,
    HANDLE,
    REFERENCE,
    Door,
    Probed,
    Target,
    blurred,
    kept_from,
    kept_from_lead,
    overheard,
    probe,
    targets,
)
from tests.threats.scenes import ADMIN, BACKUP, KEPT_OUT, PHONE, SECRET, Ground, open_ground

pytestmark = pytest.mark.long

Street = tuple[Ground, dict[str, Target]]


@pytest_asyncio.fixture(scope="session")
async def streets(sqlite_ground: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """Give a town with a person for everything that can be true of one."""
    places = await sqlite_ground.places(tmp_path_factory.mktemp("probe"))
    async with open_ground(places) as opened:
        found = await targets(opened)
        opened.keep()
        yield opened, found


@pytest_asyncio.fixture(scope="session")
async def alarmed(streets: Street) -> dict[str, Target]:
    """Give the concerns that the safety lead is kept out of, which stay in the town from here on."""
    ground, _ = streets
    found = await kept_from_lead(ground)
    ground.keep()
    return found


@pytest.mark.req("G8")
@pytest.mark.threat("T29")
@pytest.mark.parametrize("door", DOORS, ids=[door.name for door in DOORS])
async def test_every_door_answers_alike(streets: Street, alarmed: dict[str, Target], door: Door) -> None:
    ground, found = streets
    tried = kept_from(ground) if door.kept_out else alarmed if door.lead_kept_out else found
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


CLOSED_TO = {
    f"{key[0]} {key[1]} {way.__qualname__.partition('.')[0]}": (way, key[1])
    for key, what, way in LISTENERS
    if any(marks["kept"] == "-" and marks["admin"] in "Yo" for marks in rows()[what].values())
}
"""Every listener that is open to administrators and closed to one whom a request keeps out."""


@pytest.mark.req("V5", "G8")
@pytest.mark.threat("T29")
@pytest.mark.parametrize("name", CLOSED_TO)
async def test_every_listener_answers_whoever_is_kept_out_alike(streets: Street, name: str) -> None:
    ground, _ = streets
    way, id = CLOSED_TO[name]
    seen: dict[str, dict[str, Probed]] = {}
    for state, scene in ground.twins.items():
        at = Press(ground, scene, KEPT_OUT, KEPT_OUT)
        payload = way(at, id)
        with overheard() as said:
            told = await ground.told(payload)
        # Where nothing is left to unseal, less is asked of the keyring; and of what never was no handle is ever made.
        there = {ids.CONCERN: scene.concern, ids.ASKED: scene.offer, ids.APPROVAL: scene.approval}
        never = any(purpose in there and there[purpose] is None for purpose in at.taken)
        apart = "never" if never else "erased" if state == "gone" else ""
        seen.setdefault(apart, {})[state] = blurred(told, Target(scene.own, scene.request), said)
        ground.put_back()
    everything = [each for part in seen.values() for each in part.values()]
    assert len(everything) > 5
    assert len({replace(each, statements=()) for each in everything}) == 1, seen
    for part in seen.values():
        assert len({each.statements for each in part.values()}) == 1, part


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
    streets: Street,
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
async def test_nobody_sees_a_colleague_ask_or_withdraw(streets: Street, colleague: str) -> None:
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


def _desk() -> Iterator[tuple[str, Callable[[Press], Any]]]:
    yield "the queue", lambda at: presses.in_programme(at, ids.QUEUE)
    yield "the day's numbers", lambda at: presses.message(ids.TODAY)(at, ids.OPEN_MESSAGE)
    yield "the openings", lambda at: presses.in_programme(at, ids.LEDGER)
    for section in Section:
        for page in range(3):
            yield f"the queue, {section}, {page}", partial(_turns, ids.QUEUE_PART, ids.VIEW_QUEUE, f"{section}.{page}")
    for page in range(3):
        yield f"the openings as text, {page}", partial(_turns, ids.LEDGER_OLDER, ids.VIEW_LEDGER, f"t{page}")


def _turns(action: str, callback: str, value: str, at: Press) -> Any:
    return at.press(action, value, presses.modal(at.ground, callback, p=VANCOUVER.id))


DESK = dict(_desk())
"""What those who look after requests can look at without a request at hand."""


async def at_desk(ground: Ground, who: Address) -> dict[str, tuple[Any, tuple[str, ...]]]:
    """Let somebody look at everything there, as it stands: what they are answered, and the views."""
    found = {}
    for name, makes in DESK.items():
        told = await ground.told(makes(Press(ground, ground.scenes["new"], who, who)))
        found[name] = json.dumps(told.answer), tuple(HANDLE.sub("handle", view) for view in told.views)
        ground.put_back()
    return found


@pytest.mark.req("G16", "G41", "V5", "V8")
@pytest.mark.threat("T29")
async def test_no_list_changes_for_whoever_is_kept_out(streets: Street, alarmed: dict[str, Target]) -> None:
    ground, found = streets
    assert alarmed
    who = found["never asked"].who
    before, others = await at_desk(ground, KEPT_OUT), [await at_desk(ground, BACKUP)]
    seen = []

    async def looks_again() -> None:
        ground.keep()
        seen.append(await at_desk(ground, KEPT_OUT))
        others.append(await at_desk(ground, BACKUP))

    with ground.aside():
        form = ask(requester=who, name=SECRET, reach=PHONE, avoid_members=(KEPT_OUT,))
        request = (await ground.do(intake.open_request, who, form, key="t29", ids=ground.ids)).request.id
        await looks_again()
        await ground.do(triage.claim, ADMIN, request)
        await ground.do(reveals.open_identity, ADMIN, request, reveals.Reason.SAFETY)
        await looks_again()
        await ground.do(triage.close_request, ADMIN, request, Outcome.NONE_AVAILABLE)
        await looks_again()
    assert all(each == before for each in seen)
    asked, opened, closed = ({name for name in DESK if last[name] != this[name]} for last, this in pairwise(others))
    assert {"the day's numbers", "the queue, needs, 0"} <= asked
    assert {"the openings", "the openings as text, 0"} <= opened
    assert {"the day's numbers", "the queue, finished, 0"} <= closed


@pytest.mark.req("G1", "G41", "V5", "V8", "G11")
@pytest.mark.threat("T29")
async def test_every_list_shows_each_person_what_is_theirs_to_see(streets: Street, alarmed: dict[str, Target]) -> None:
    ground, found = streets
    assert alarmed
    kept = {each.reference for each in ground.twins.values()} | {
        found["asked, and keeps an administrator out"].reference
    }
    shown = {}
    for column in ("admin", "backup", "kept"):
        texts = await at_desk(ground, person(column, ground.scenes["with"]))
        for part in ("queue", "openings"):
            views = "".join(view for name, (_, each) in texts.items() if part in name for view in each)
            shown[column, part] = set(REFERENCE.findall(views))
    everybodys = {scene.reference for name, scene in ground.scenes.items() if name != "new"}
    own = found["an administrator who asked"].reference
    for part in ("queue", "openings"):
        assert everybodys <= shown["kept", part], part
        assert not kept & shown["kept", part], part
        assert own not in shown["kept", part]
        assert shown["admin", part] == shown["backup", part] > shown["kept", part]
        assert shown["admin", part] - shown["kept", part] <= kept | {own}
    assert own in shown["admin", "queue"]
    nobodys = await at_desk(ground, person("operator", ground.scenes["with"]))
    assert all(not any(view not in ground.refused for view in views) for _, views in nobodys.values())
    for column in ("member", "own", "free", "with", "former", "ex", "lead"):
        assert await at_desk(ground, person(column, ground.scenes["with"])) == nobodys, column
