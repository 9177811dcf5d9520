"""Three processes on one PostgreSQL in which more people ask than there are places, a hundred times."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from peersupport.place import Left
from store.store import Store
from tests.postgres import Server
from tests.store.conftest import Places
from tests.store.gathering_town import Hall, a_course
from tests.store.records import MovableClock

ROOT = Path(__file__).parents[2]
ROUNDS = 100
PROCESSES = 3


@asynccontextmanager
async def _process(database: Places) -> AsyncIterator[Process]:
    where = (database.url, database.keyring_url, str(database.master))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.store.places_child", *where, cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    try:
        assert await _line(child) == b"ready\n"
        yield child
    finally:
        if child.stdin is not None:
            child.stdin.close()
        assert await child.wait() == 0


async def _line(child: Process) -> bytes:
    assert child.stdout is not None
    async with asyncio.timeout(60):
        return await child.stdout.readline()


async def _round(children: Sequence[Process], series: str, people: list[int]) -> dict[int, str]:
    """Let each process bring its share of the people at the same moment; returns what each person was told."""
    for number, child in enumerate(children):
        assert child.stdin is not None
        child.stdin.write(json.dumps({"series": series, "people": people[number::PROCESSES]}).encode() + b"\n")
    told: list[list[Any]] = []
    for child in children:
        told += json.loads(await _line(child))
    return dict(told)


@pytest.mark.req("T13", "U28")
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
@pytest.mark.timeout(300)
async def test_three_processes_give_exactly_as_many_places_a_hundred_times(
    server: Server, store: Store, database: Places, clock: MovableClock
) -> None:
    hall, random = Hall(store, clock), Random(8)
    async with AsyncExitStack() as stack:
        children = [await stack.enter_async_context(_process(database)) for _ in range(PROCESSES)]
        for turn in range(ROUNDS):
            room, number = ((12, 13), (1, 30))[turn % 2]
            course = await hall.has(a_course(capacity=room))
            people = random.sample(range(1, number + 1), number)
            told = await _round(children, str(course.id), people)
            assert sorted(told) == sorted(people)
            assert sorted(told.values()) == ["Joined"] * room + ["Waiting"] * (number - room)
            await _stands(hall, course.id, room, told)


async def _stands(hall: Hall, course: Any, room: int, told: dict[int, str]) -> None:
    """See that all stand in one order, as they were told, and that the first who waits is the first to be offered."""
    async with hall.store.work() as work:
        line = await work.registrations.of_series(course)
        named = {}
        for each in line[:room]:
            known = await work.registrations.registrant(each.id)
            assert known is not None
            named[each.id] = int(known.address.user.removeprefix("U0PERSON"))
    assert [each.number for each in line] == list(range(1, len(told) + 1))
    assert [each.state.value for each in line] == ["in"] * room + ["waiting"] * (len(told) - room)
    assert set(named.values()) == {who for who, what in told.items() if what == "Joined"}
    assert isinstance(await hall.leaves(line[0], named[line[0].id]), Left)
    async with hall.store.work() as work:
        line = await work.registrations.of_series(course)
    assert [each.state.value for each in line] == [
        "left",
        *["in"] * (room - 1),
        "offered",
        *["waiting"] * (len(told) - room - 1),
    ]
