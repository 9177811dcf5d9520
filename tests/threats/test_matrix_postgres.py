"""T15, T29: a sample of the matrix and of the probe on the other kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from handlers import ids
from handlers.hear import Kind
from peersupport.addresses import Address
from store.tables import audit
from tests.faults.ground import Ground as Databases
from tests.threats.matrix import LISTENERS, columns, person, rows
from tests.threats.presses import Press
from tests.threats.probe import DOORS, Target, probe, targets
from tests.threats.scenes import TEAM, Ground, open_ground

SAMPLE = [each for each in LISTENERS if each[1] not in ("public", "door")][::4]
READS = {
    (Kind.ACTION, action) for action in (ids.MINE, ids.OPEN_OFFER, ids.OPEN_MATCH, ids.OPEN_SHEET, ids.FIND, ids.LEDGER)
}


@pytest_asyncio.fixture(scope="session")
async def streets(
    postgres_ground: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Ground, dict[str, Target]]]:
    """Give a town on PostgreSQL; nothing is put back in it."""
    places = await postgres_ground.places(tmp_path_factory.mktemp("matrix_postgres"))
    async with open_ground(places) as opened:
        yield opened, await targets(opened)


async def refusals(ground: Ground) -> int:
    """Count the refusals that the ledger holds."""
    async with ground.store._connections.begin() as transaction:
        row = await transaction.row(select(func.count().label("all")).where(audit.c.event == "refused"))
    return int(row.all) if row else 0


@pytest.mark.threat("T15", "T16")
async def test_a_sample_of_the_refusals(streets: tuple[Ground, dict[str, Target]]) -> None:
    ground, _ = streets
    for key, what, way in SAMPLE:
        scene, marks = next(iter(rows()[what].items()))
        here = ground.scenes["asked" if scene == "any" else scene]
        who = person("member", here)
        nothing = await ground.told(way(Press(ground, here, who, who, unknown=True), key[1]))
        before, refused = await refusals(ground), [column for column in columns() if marks[column] == "-"]
        for column in refused:
            who = person(column, ground.twins[here.name] if column == "kept" else here)
            at = Press(ground, ground.twins[here.name] if column == "kept" else here, who, who)
            assert await ground.told(way(at, key[1])) == nothing, (key, column)
        assert await refusals(ground) == before + len(refused), key


@pytest.mark.threat("T15")
async def test_whoever_may_look_is_shown_something(streets: tuple[Ground, dict[str, Target]]) -> None:
    ground, _ = streets
    for key, what, way in LISTENERS:
        if key not in READS:
            continue
        for scene, marks in rows()[what].items():
            here = ground.scenes["asked" if scene == "any" else scene]
            for column in [each for each in columns() if marks[each] == "Y" and each != "kept"]:
                who = person(column, here)
                before = await refusals(ground)
                told = await ground.told(way(Press(ground, here, who, who), key[1]))
                assert told.seen, (key, scene, column)
                assert await refusals(ground) == before, (key, scene, column)


@pytest.mark.threat("T29")
async def test_doors_answer_alike(streets: tuple[Ground, dict[str, Target]]) -> None:
    ground, found = streets
    doors = {door.name: door for door in DOORS}
    for name in ("keep X out, in a new request", "look X's reference up, as a colleague", "X's card, to claim"):
        door = doors[name]
        seen = []
        for number, target in enumerate(each for each in found.values() if door.tries(each) and not each.apart):
            who = Address(TEAM, f"U0P{DOORS.index(door)}X{number}")
            await ground.front.directory.facts(who)
            ground.front.directory.settle(who, "en")
            seen.append(await probe(ground, replace(door, who=who), target))
        assert len(seen) > 5
        assert len(set(seen)) == 1, name
