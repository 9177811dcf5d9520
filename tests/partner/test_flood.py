"""T66: a partner's system that floods slows itself, in bounded memory, and the administrators read one line of it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from uuid import UUID, uuid4

import pytest

from peersupport import floods
from peersupport.notifications import Delivered, Kind, Later
from peersupport.partner_keys import QUOTA, PartnerKey
from tests.partner.desk import PROGRAMME, SECRET, Desk, filled, notice
from tests.rules.world import World
from tests.threats.post_office import PostOffice

pytestmark = pytest.mark.threat("T66")
AT_ONCE, TIMES = 50, 10


async def test_only_whoever_floods_is_slowed(desk: Desk) -> None:
    other = PartnerKey(uuid4(), PROGRAMME.id, "dispatch", desk.clock.now())
    async with desk.store.work() as work:
        await work.partner_keys.add(other, b"the-other-secret")
    before, flood = await desk.rows(), Counter[int]()

    async def floods_once() -> None:
        body = json.dumps(notice(provider_name=f"Fern Dell {flood.total()}")).encode()
        headers = desk.signed(body)
        for _ in range(TIMES):
            # Signed anew or the same again, it is the flood of one key.
            flood[(await desk.posts(body, headers)).status] += 1

    for wave in range(2):
        await asyncio.gather(*(floods_once() for _ in range(AT_ONCE)))
        assert (await desk.sends(key=other.id, secret="the-other-secret")).status == 202, "the other partner"
        assert (await desk.submits(filled(p1=f"Ada Aspen {wave}"))).status == 200, "a person of the same partner"
        assert (await desk.site.get("/partner/" + PROGRAMME.id)).status == 200
        desk.clock.move(minutes=2)
    assert flood.total() == 2 * AT_ONCE * TIMES
    assert 0 < flood[202] <= QUOTA
    assert flood[429] >= flood.total() - 2 * QUOTA
    assert set(flood) <= {202, 401, 429}
    stored = await desk.rows() - before
    assert stored["notices"] == flood[202] + 4
    assert len(desk.site.front.pace) < 10, "what is remembered goes by the key, not by the request"


async def test_where_the_hour_is_full_the_administrators_channel_gets_one_line(desk: Desk) -> None:
    refused = 0
    for _ in range(QUOTA + 20):
        desk.clock.move(seconds=4)
        refused += (await desk.sends()).status == 429
    assert refused == 20
    claims = [each for each in await desk.store.queue.claim(500) if each.due.kind is Kind.PARTNER_FLOOD]
    assert [claim.due.subject for claim in claims] == [desk.key.id]
    assert SECRET not in repr(claims)


async def test_the_line_is_a_constant_and_stands_where_the_administrators_alone_read_it() -> None:
    world = World()
    office, key = PostOffice(world), UUID(int=77)
    line = floods.line(world.programme, key, world.now)
    async with world.memory() as work:
        await work.outbox.put(line, floods.line(world.programme, key, world.now))
    assert [result for _, result in await office.carry()] == [Delivered()]
    ((method, message),) = office.slack.messages
    assert (method, message["channel"]) == ("chat.postMessage", world.programme.people.admin_channel)
    assert message["text"].startswith("A partner is sending more notices than it may")
    assert str(key) not in json.dumps(message)
    office.channel.kind = "public"
    async with world.memory() as work:
        await work.outbox.put(floods.line(world.programme, UUID(int=78), world.now))
    ((_, later),) = await office.carry()
    assert isinstance(later, Later)
    assert len(office.slack.messages) == 1
