"""T31: an export shows the same of everybody who gets the monthly note: when it was posted, and that it stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from peersupport import cover, own, retention
from peersupport.addresses import Address
from peersupport.notifications import Due, Kind, Message
from tests.rules.world import ROBIN, World, address, ask, vancouver
from tests.threats.post_office import PostOffice

COVERING = vancouver(privacy={"cover_traffic": True})
RUNNING = {COVERING.id: COVERING}
SUNE, KAI, MIRA, NOOR, PIA = (address(f"U0{name}") for name in ("SUNE", "KAI", "MIRA", "NOOR", "PIA"))
TUESDAY = datetime(2026, 12, 8, 16, 30, tzinfo=UTC)
MONTHS = [timedelta(days=days) for days in (0, 35, 63)]
"""From the first second Tuesday to each."""
NOTE = ("chat.postMessage", "There is something for you in the app.")


class Export:
    """What an export shows of each person's conversation with the app: what was done, and at which time."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office
        self._read = 0
        self._seen: dict[str, list[tuple[timedelta, str, str]]] = {}

    async def carry(self) -> None:
        """Carry everything out, erasures too, and read what that did."""
        world = self._office.world
        await self._office.carry()
        for row in [each for each in world.memory.tables.outbox.values() if each.kind is Kind.ERASE]:
            await self._erase(row)
        sent = self._office.slack.messages
        for method, args in sent[self._read :]:
            self._seen.setdefault(self._whose(args["channel"]), []).append((world.now - TUESDAY, method, args["text"]))
        self._read = len(sent)

    async def _erase(self, row: Message) -> None:
        due = Due(UUID(int=1), row.kind, row.subject, row.programme)
        await self._office.notifier.take_leave(due)
        async with self._office.world.memory() as work:
            request = await work.requests.get(row.subject, lock=True)
            assert request is not None
            await retention.erase(work, request, self._office.world.now)

    def _whose(self, channel: str) -> str:
        found = self._office.slack.workspace.channels.get(channel)
        people = [each for each in found.members if each in self._office.slack.workspace.people] if found else [channel]
        return people[0] if found is not None and found.kind == "dm" else channel

    def of(self, who: Address) -> list[tuple[timedelta, str, str]]:
        """Return all that was done in somebody's conversation, in order."""
        return self._seen.get(who.user, [])


async def choose(world: World, who: Address, *, wanted: bool) -> None:
    async with world.memory() as work:
        await cover.choose(work, RUNNING, who, wanted=wanted)


async def month(world: World, export: Export) -> None:
    async with world.memory() as work:
        assert await cover.plan(work, RUNNING, world.now)
    await export.carry()


@pytest.mark.req("G8", "G17")
@pytest.mark.threat("T31")
async def test_an_export_tells_nobody_who_gets_the_note_from_another() -> None:
    world = World(COVERING, now=TUESDAY)
    world.supporter(SUNE.user)
    leaver = world.supporter(PIA.user)
    await world.opens(ROBIN, ask(requester=ROBIN, notify=True))
    withdrawn = await world.opens(KAI, ask(requester=KAI, notify=True))
    for who in (MIRA, NOOR):
        await choose(world, who, wanted=True)
    # The messages about their requests, which come outside the monthly time, are not what is compared here.
    world.memory.tables.outbox.clear()
    export = Export(PostOffice(world, *(who.user for who in (ROBIN, SUNE, KAI, MIRA, NOOR, PIA))))
    await month(world, export)
    world.now += timedelta(days=3)
    # Three who stop on the same day: a requester, who is erased; a supporter; somebody who had switched it on.
    await world.do(own.withdraw, KAI, withdrawn.id)
    await choose(world, NOOR, wanted=False)
    async with world.memory() as work:
        await work.supporters.erase(leaver)
    await export.carry()
    assert withdrawn.id not in world.memory.tables.needs
    for since in MONTHS[1:]:
        world.now = TUESDAY + since
        await month(world, export)

    assert export.of(ROBIN) == [(since, *NOTE) for since in MONTHS]
    assert export.of(SUNE) == export.of(MIRA) == export.of(ROBIN)
    assert export.of(KAI) == [(timedelta(0), *NOTE)]
    assert export.of(NOOR) == export.of(PIA) == export.of(KAI)
    assert not [each for each in world.memory.tables.posts.values() if each.kind == Kind.TELL_COVER]
