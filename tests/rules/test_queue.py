"""What needs somebody now, what waits, what is in contact, what is over; and what was put off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peersupport import queue, triage
from peersupport.addresses import Address
from peersupport.outcomes import Done, Refused, Stale
from peersupport.queue import Filter, Listing, Section, Until, choices, section_of
from peersupport.requests import Outcome, State
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, STRANGER, World, address, ask

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.req("V8")


async def seen(world: World, who: Address = ADA, section: Section = Section.NEEDS, **more: Any) -> Listing:
    found = await world.read(lambda work: queue.listed(work, world.programme, who, section, now=world.now, **more))
    assert isinstance(found, Listing)
    return found


def counted(found: Listing) -> tuple[int, ...]:
    return tuple(found.counts[each] for each in Section)


async def test_a_request_goes_through_every_part_of_the_queue() -> None:
    world = World()
    request = await world.accepted()
    now = world.now
    parts = {
        State.RECEIVED: Section.NEEDS,
        State.CONFIRMED: Section.NEEDS,
        State.MATCHING: Section.NEEDS,
        State.OFFERED: Section.WAITING,
        State.ACCEPTED: Section.WAITING,
        State.INVITED: Section.WAITING,
        State.CONTACTED: Section.IN_CONTACT,
        State.TALKING: Section.IN_CONTACT,
        State.CLOSED: Section.FINISHED,
    }
    assert {state: section_of(replace(request, state=state), now) for state in State} == parts


async def test_what_is_overdue_or_said_not_to_have_come_needs_somebody_whatever_its_state() -> None:
    request = await World().accepted()
    assert section_of(request, request.due_at - timedelta(microseconds=1)) is Section.WAITING
    assert section_of(request, request.due_at) is Section.NEEDS
    assert section_of(request, request.due_at, put_off=request.due_at + HOUR) is Section.NEEDS
    spoken = replace(request, state=State.TALKING, contacted_at=request.due_at)
    assert section_of(spoken, request.due_at + HOUR) is Section.IN_CONTACT
    assert section_of(replace(request, not_yet_at=request.due_at - HOUR), request.due_at - HOUR) is Section.NEEDS


@pytest.mark.req("G1", "G27", "V5", "G41")
async def test_it_shows_references_the_earliest_due_first_and_only_to_those_who_may() -> None:
    world = World()
    first = await world.opens()
    world.later(hours=1)
    second = await world.opens(address("U0OTHER"), ask(requester=address("U0OTHER"), avoid_members=(BEN,)))
    world.later(hours=1)
    third = await world.opens(ADA, ask(requester=ADA))
    shown = {who: (await seen(world, who)).requests for who in (ADA, BEN, CLEO)}
    assert shown == {ADA: (first, second), BEN: (first, third), CLEO: (first, second, third)}
    assert counted(await seen(world, BEN)) == (2, 0, 0, 0), "and no count tells of what is kept from one"
    for who in (LENA, ROBIN, STRANGER):
        refused = await world.read(lambda work, who=who: queue.listed(work, world.programme, who, now=world.now))  # type: ignore[misc]
        assert refused == Refused()


async def test_pages_hold_what_they_hold_and_one_that_is_not_there_is_the_last() -> None:
    world = World()
    requests = [await world.opens(address(f"U0P{n}"), ask(requester=address(f"U0P{n}"))) for n in range(5)]
    pages = [await seen(world, page=page, size=2) for page in (0, 1, 2, 3, 99)]
    assert [[each.id for each in found.requests] for found in pages] == [
        [requests[0].id, requests[1].id],
        [requests[2].id, requests[3].id],
        *[[requests[4].id]] * 3,
    ]
    assert [(found.page, found.pages) for found in pages] == [(0, 3), (1, 3), (2, 3), (2, 3), (2, 3)]
    assert counted(pages[0]) == (5, 0, 0, 0)


async def test_what_closed_stays_for_a_week() -> None:
    world = World()
    request = await world.confirmed()
    await world.do(triage.close_request, ADA, request.id, Outcome.NONE_AVAILABLE)
    assert [each.id for each in (await seen(world, section=Section.FINISHED)).requests] == [request.id]
    world.later(days=7)
    assert counted(await seen(world)) == (0, 0, 0, 1)
    world.later(seconds=1)
    assert counted(await seen(world)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("local", "morning"),
    [("2026-11-20T08:29", "2026-11-20T08:30"), ("2026-11-20T08:30", "2026-11-21T08:30")],
)
async def test_it_can_be_put_off_for_hours_or_until_the_next_morning_of_the_programmes_clock(
    local: str, morning: str
) -> None:
    world = World()
    zone = world.programme.clock.zone
    world.now = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    request = await world.opens()
    found = choices(request, world.programme, world.now)
    assert found == {
        Until.HOURS: world.now + 4 * HOUR,
        Until.MORNING: datetime.fromisoformat(morning).replace(tzinfo=zone).astimezone(UTC),
    }


async def test_never_past_its_due_and_only_while_it_waits_for_administrators() -> None:
    world = World()
    request = await world.opens()
    late = request.due_at - 4 * HOUR
    assert Until.HOURS in choices(request, world.programme, late - timedelta(seconds=1))
    assert Until.HOURS not in choices(request, world.programme, late)
    assert choices(request, world.programme, request.due_at) == {}
    for state in State:
        waits = state in {State.RECEIVED, State.CONFIRMED, State.MATCHING}
        assert bool(choices(replace(request, state=state), world.programme, world.now)) == waits


async def test_what_is_put_off_waits_and_comes_back_by_itself_or_by_hand() -> None:
    world = World()
    request = await world.confirmed()
    before = world.memory.tables.outbox.copy()
    assert isinstance(await world.do(queue.put_off, BEN, request.id, Until.HOURS), Done)
    assert world.request(request.id) == request, "every clock goes on"
    assert world.memory.tables.outbox == before
    found = await seen(world, section=Section.WAITING)
    assert (found.requests, found.put_off) == ((request,), {request.id: world.now + 4 * HOUR})
    assert counted(await seen(world)) == (0, 1, 0, 0)
    assert isinstance(await world.do(queue.put_off, ADA, request.id, Until.NOW), Done)
    assert counted(await seen(world)) == (1, 0, 0, 0)
    await world.do(queue.put_off, ADA, request.id, Until.HOURS)
    world.later(hours=4)
    assert counted(await seen(world)) == (1, 0, 0, 0)


async def test_whatever_happens_to_it_brings_it_back() -> None:
    world = World()
    request = await world.opens()
    await world.do(queue.put_off, ADA, request.id, Until.HOURS)
    assert counted(await seen(world)) == (0, 1, 0, 0)
    await world.do(triage.claim, BEN, request.id)
    assert counted(await seen(world)) == (1, 0, 0, 0)
    assert await world.read(lambda work: queue.until_when(work, world.request(request.id))) is None


async def test_nobody_else_puts_it_off() -> None:
    world = World()
    request = await world.opens(asked=ask(avoid_members=(BEN,)))
    for who in (BEN, LENA, ROBIN, STRANGER):
        assert await world.do(queue.put_off, who, request.id, Until.HOURS) == Refused()
    assert await world.do(queue.put_off, ADA, request.id, Until.NOW) == Stale(State.RECEIVED)
    assert world.memory.tables.put_off == {}


async def test_a_filter_shows_what_it_says_and_counts_nothing_else() -> None:
    world = World()
    accepted = await world.accepted()
    mine = await world.opens(address("U0MINE"), ask(requester=address("U0MINE")))
    await world.do(triage.claim, ADA, mine.id)
    other = await world.opens(address("U0OTHER"), ask(requester=address("U0OTHER"), urgent=True))
    chosen = {
        Filter.ALL: {accepted.id, mine.id, other.id},
        Filter.MINE: {each.id for each in (world.request(accepted.id), world.request(mine.id)) if each.claimed_by},
        Filter.UNCLAIMED: {other.id},
        Filter.SOON: {other.id},
        Filter.SUPPORTER: {mine.id, other.id},
        Filter.ANSWER: set(),
        Filter.CONTACT: {accepted.id},
    }
    for each_filter, ids in chosen.items():
        pages = [await seen(world, section=section, chosen=each_filter) for section in Section]
        assert {each.id for page in pages for each in page.requests} == ids, each_filter
        assert sum(pages[0].counts.values()) == len(ids), each_filter
    bens = await seen(world, BEN, Section.NEEDS, chosen=Filter.MINE)
    assert bens.requests == ()
