"""After the talks: other help if the person wants it, and ratings of which only totals are kept."""

from typing import Any

import pytest

from peersupport import conversations, feedback, own
from peersupport.feedback import Finished, Rating, Thanked
from peersupport.notifications import Kind
from peersupport.outcomes import Already, Done, Over, Refused
from peersupport.requests import SupportRequest
from tests.rules.world import ADA, ROBIN, STRANGER, VANCOUVER, World, address

SUNE, TOVE = address("U0SUNE"), address("U0TOVE")


async def talked(world: World) -> SupportRequest:
    request = await world.accepted()
    await world.do(conversations.talked, SUNE, request.id, 1)
    return world.request(request.id)


async def finished(world: World, who: Any = ROBIN) -> tuple[Finished, ...]:
    return await world.read(lambda work: feedback.finished(work, {VANCOUVER.id: VANCOUVER}, who))


@pytest.mark.req("V18")
async def test_the_list_of_other_help_waits_in_home_and_nothing_is_sent() -> None:
    world = World()
    request = await talked(world)
    assert await world.do(feedback.offer_resources, SUNE, request.id) == Done(request)
    assert await world.do(feedback.offer_resources, SUNE, request.id) == Already(request)
    told = [each.kind for each in world.memory.tables.outbox.values() if each.dedupe.endswith(":resources")]
    assert told == [Kind.HOME_REQUESTER]
    assert await finished(world) == ()
    await world.do(conversations.finish, SUNE, request.id)
    assert await finished(world) == (Finished(world.request(request.id), resources_offered=True),)
    assert await finished(world, STRANGER) == ()
    assert await world.do(feedback.offer_resources, SUNE, request.id) == Over()
    assert await world.do(feedback.offer_resources, TOVE, request.id) == Refused()


@pytest.mark.req("V18")
async def test_each_side_rates_once_and_only_a_total_is_kept() -> None:
    world = World()
    request = await talked(world)
    assert await world.do(feedback.rate, ROBIN, request.id, Rating.HELPED) == Refused()
    await world.do(conversations.finish, SUNE, request.id)
    assert await finished(world) == (Finished(world.request(request.id), resources_offered=False),)
    lines = len(world.memory.tables.audit)
    assert await world.do(feedback.rate, ROBIN, request.id, Rating.HELPED) == Thanked()
    assert await finished(world) == (Finished(world.request(request.id), resources_offered=False, rated=True),)
    assert await world.do(feedback.rate, ROBIN, request.id, Rating.NOT_REALLY) == Already(world.request(request.id))
    assert await world.do(feedback.rate, SUNE, request.id, Rating.A_LITTLE) == Thanked()
    rated = {key[2]: count for key, count in world.memory.tables.tallies.items() if key[2].startswith("rated")}
    assert rated == {"rated_by_requester.helped": 1, "rated_by_supporter.a_little": 1}
    assert len(world.memory.tables.audit) == lines
    for who in (ADA, STRANGER, TOVE):
        assert await world.do(feedback.rate, who, request.id, Rating.HELPED) == Refused()


@pytest.mark.req("V18")
async def test_what_was_withdrawn_or_erased_is_not_rated() -> None:
    world = World()
    request = await talked(world)
    await world.do(own.withdraw, ROBIN, request.id)
    assert await finished(world) == ()
    for who in (ROBIN, SUNE):
        assert await world.do(feedback.rate, who, request.id, Rating.HELPED) == Refused()
