"""A request is found by its reference alone, by those who may know of it; nobody learns more by trying."""

from __future__ import annotations

import pytest

from peersupport import lookup, triage
from peersupport.addresses import Address
from peersupport.audit import Event
from peersupport.lookup import Malformed, NoneSuch, read_reference
from peersupport.outcomes import Refused
from peersupport.programme import Programme
from peersupport.requests import Outcome, State
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, STRANGER, World, address, ask, vancouver


@pytest.mark.parametrize(
    "typed",
    ["K7-4Q2M", " k7-4q2m ", "K74Q2M", "K7 4Q2M", "K7\u20134Q2M", "K7\u20114Q2M", "K7\u22124Q2M", "K7\u00a04Q2M"],
)
def test_a_reference_is_understood_as_people_write_it(typed: str) -> None:
    assert read_reference(typed) == "K7-4Q2M"


@pytest.mark.parametrize(
    "typed", ["", "K7", "K7-4Q2", "K7-4Q2MX", "77-4Q2M", "Robin", "K7--4Q2M", "K7-4Q2É", "\uff2b7-4Q2M", "K7-4Q2M\nK7"]
)
def test_anything_else_is_none(typed: str) -> None:
    assert read_reference(typed) is None


@pytest.mark.parametrize("who", [ADA, BEN, CLEO])
async def test_an_administrator_finds_open_and_closed_requests(who: Address) -> None:
    world = World()
    request = await world.confirmed()
    assert await world.do(lookup.find, who, request.reference.lower()) == request
    await world.do(triage.close_request, ADA, request.id, Outcome.NONE_AVAILABLE)
    found = await world.do(lookup.find, who, request.reference)
    assert found == world.request(request.id)
    assert found.state is State.CLOSED
    assert await world.do(lookup.again, who, request.id) == found


@pytest.mark.threat("T18")
@pytest.mark.parametrize("who", [ROBIN, LENA, STRANGER, address("U0SUNE"), address("U0PRIYA")])
async def test_nobody_else_finds_anything(who: Address) -> None:
    world = World()
    request = await world.accepted()
    for typed in (request.reference, "K7-0000", "nothing"):
        assert await world.do(lookup.find, who, typed) == Refused()
    assert await world.do(lookup.again, who, request.id) == Refused()


@pytest.mark.req("G27")
@pytest.mark.threat("T21")
@pytest.mark.parametrize("requester", [True, False])
async def test_one_who_is_kept_out_cannot_tell_it_from_an_unknown(*, requester: bool) -> None:
    world = World()
    who = BEN if requester else ROBIN
    request = await world.opens(who, ask(requester=who, avoid_members=() if requester else (BEN,)))
    written = []
    for typed in (request.reference, "K7-9Z9Z"):
        before = len(world.memory.tables.audit)
        assert await world.do(lookup.find, BEN, typed) == NoneSuch()
        written.append([each.event for each in world.memory.tables.audit[before:]])
    assert written == [[Event.REFUSED], [Event.REFUSED]]
    assert await world.do(lookup.again, BEN, request.id) == Refused()
    assert await world.do(lookup.find, ADA, request.reference) == request


async def test_another_programmes_request_is_unknown() -> None:
    world = World()
    request = await world.opens()
    north = Programme.model_validate(vancouver().model_dump(by_alias=True) | {"id": "north"})
    async with world.memory() as work:
        assert await lookup.find(work, north, ADA, request.reference, now=world.now) == Refused()
    assert await world.do(lookup.find, ADA, "Robin") == Malformed()
