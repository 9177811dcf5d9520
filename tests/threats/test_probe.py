"""T29, T30: whatever is true of a colleague, every door answers alike; who withdrew looks as if they never asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from tests.faults.ground import Ground as Databases
from tests.threats.probe import DOORS, Door, Probed, Target, kept_from, probe, targets
from tests.threats.scenes import Ground, open_ground


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
