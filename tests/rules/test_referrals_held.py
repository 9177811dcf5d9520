"""My data tells of referrals, of a person and by them, and deleting it ends them; what was refused for good stays."""

from __future__ import annotations

import pytest

from peersupport import erasure, mydata
from peersupport.addresses import Address
from peersupport.held import Codes, Line, Named, Section, Topic
from peersupport.referral import LIMIT, Answer
from tests.rules.colleagues import OAKLEY, ROBIN, SUNE, answers, form, passes_on, stored
from tests.rules.world import World

pytestmark = pytest.mark.req("G17")


async def held(world: World, who: Address, topic: Topic) -> list[Section]:
    async with world.memory() as work:
        sections = await mydata.of_person(work, {world.programme.id: world.programme}, who, now=world.now)
    return [each for each in sections if each.topic is topic]


async def deletes(world: World, who: Address) -> erasure.PersonErased:
    async with world.memory() as work:
        return await erasure.erase_person(work, {world.programme.id: world.programme}, who, world.now)


@pytest.mark.req("V22")
@pytest.mark.parametrize("tells_who", [True, False])
async def test_who_is_referred_sees_it_and_by_whom_only_where_that_was_agreed(tells_who: bool) -> None:
    world = World()
    assert await held(world, ROBIN, Topic.REFERRED) == [Section(Topic.REFERRED)]
    referral = await passes_on(world, what=form(tells_who=tells_who))
    (section,) = await held(world, ROBIN, Topic.REFERRED)
    assert (section.programme, section.reference) == (world.programme.id, referral.reference)
    by = [Line("referred_by", Named((OAKLEY,)))] if tells_who else []
    expected = [Line("referred_at", world.now), *by, Line("referral_goes", referral.expires_at)]
    assert list(section.lines) == expected


@pytest.mark.req("V23")
async def test_who_referred_sees_that_and_when_and_nothing_of_the_colleague() -> None:
    world = World()
    for said in (Answer.NO, Answer.LATER):
        await answers(world, (await passes_on(world)).id, said)
    (section,) = await held(world, OAKLEY, Topic.PASSED_ON)
    assert section.lines == (Line("passed_on", world.now),) * 2
    assert section.reference == ""
    assert await held(world, ROBIN, Topic.PASSED_ON) == []


@pytest.mark.req("G19", "V25")
async def test_deleting_ones_data_ends_what_is_open_and_keeps_the_refusal() -> None:
    world = World()
    await answers(world, (await passes_on(world, SUNE)).id, Answer.NEVER_FROM)
    referral = await passes_on(world)
    assert (await deletes(world, ROBIN)).referrals == 1
    assert not stored(world, referral.id).is_open
    assert referral.id not in world.memory.tables.colleagues
    (section,) = await held(world, ROBIN, Topic.REFUSED)
    assert section.lines[0] == Line("refused", Codes("refused", ("referrals_from",)))
    again = await passes_on(world, SUNE)
    assert again.id not in world.memory.tables.colleagues, "it keeps its word"
    assert (await deletes(world, ROBIN)).referrals == 0


@pytest.mark.req("V25")
@pytest.mark.threat("T66")
async def test_deleting_ones_data_gives_no_more_referrals() -> None:
    world = World()
    referral = await passes_on(world)
    for _ in range(LIMIT - 1):
        await passes_on(world)
    assert (await deletes(world, OAKLEY)).referrals == LIMIT
    assert await held(world, OAKLEY, Topic.PASSED_ON) == []
    async with world.memory() as work:
        assert await work.referrals.count_since(OAKLEY, world.now) == LIMIT
        assert await work.referrals.referrer(referral.id) is None
    assert stored(world, referral.id).is_open, "the colleague still decides"
    assert (await answers(world, referral.id, Answer.MISTAKE)) is not None
