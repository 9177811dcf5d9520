"""What a partner told goes with the request it stands beside, in both databases; what was left is found and erased."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from peersupport import retention
from peersupport.actors import by_itself
from peersupport.audit import Event
from peersupport.notice import Notice, Noticed, Notifier, Told
from peersupport.programme_partner import Channel
from peersupport.referral import Scope
from peersupport.requests import Door, Outcome, State, SupportRequest
from store.self_audit import UNLOOKED, Findings
from store.store import Store
from store.tables import notices
from tests.rules.world import VANCOUVER
from tests.store.conftest import Places
from tests.store.records import AVERY, PROGRAMME, START, MovableClock, open_request
from tests.store.test_self_audit import KEPT, tamper

TOLD = Told(Noticed("Avery Quill", "physician", criteria=("hard_transfer",)), Notifier("birch", Channel.VOICEMAIL))


async def told(store: Store, **changes: Any) -> tuple[SupportRequest, Notice]:
    """An invitation with the notice beside it."""
    request = await open_request(store, door=Door.PARTNER, **changes)
    notice = Notice(uuid4(), PROGRAMME, "birch", Channel.VOICEMAIL, 1, START, START, request.id)
    async with store.work() as work:
        await work.notices.add(notice, TOLD)
    return request, notice


@pytest.mark.req("I7", "I9", "U33")
@pytest.mark.parametrize("state", [State.ACCEPTED, State.INVITED])
async def test_closing_an_invitation_erases_it_in_the_same_unit(
    store: Store, clock: MovableClock, state: State
) -> None:
    request, notice = await told(store, state=state, contacted_at=START, attempts=1)
    async with store.work() as work:
        found = await work.requests.get(request.id, lock=True)
        assert found is not None
        assert found.unasked
        held = by_itself(work, VANCOUVER, found, clock.now())
        await retention.end_now(held, Outcome.ANSWERED, Event.REQUEST_CLOSED)
    async with store.work() as work:
        closed = await work.requests.get(request.id)
        assert closed is not None
        assert (closed.state, closed.outcome, closed.erased_at) == (State.CLOSED, Outcome.ANSWERED, clock.now())
        assert await work.requests.needs(request.id) is None
        assert await work.requests.contact(request.id) is None
        assert await work.notices.told(notice.id) is None
        assert await work.requests.of(AVERY, open_only=False) == []
    assert await store.self_audit(KEPT) == Findings()


@pytest.mark.req("G19", "I7")
async def test_what_is_left_of_a_notice_is_counted_and_found(
    store: Store, clock: MovableClock, database: Places
) -> None:
    request, notice = await told(store, state=State.INVITED, contacted_at=START)
    other = Notice(uuid4(), PROGRAMME, "birch", Channel.VOICEMAIL, 1, START, START)
    async with store.work() as work:
        await work.notices.add(other, TOLD)
        found = await work.requests.get(request.id, lock=True)
        assert found is not None
        await retention.end_now(by_itself(work, VANCOUVER, found, clock.now()), Outcome.ANSWERED, Event.REQUEST_CLOSED)
    assert await store.leftovers.notices(clock.now()) == []
    await tamper(database, update(notices).where(notices.c.id == notice.id).values(notice=b"left"))
    clock.move(seconds=(UNLOOKED + timedelta(hours=1)).total_seconds())
    await store.sweep()
    left = await store.self_audit(KEPT)
    assert (left.sealed, left.overdue) == (1, 1)
    assert await store.leftovers.notices(clock.now()) == [other.id]


@pytest.mark.req("I8", "U34")
async def test_never_again_outlives_the_person(store: Store, clock: MovableClock) -> None:
    request, _ = await told(store, state=State.INVITED, contacted_at=START)
    async with store.work() as work:
        found = await work.requests.get(request.id, lock=True)
        assert found is not None
        await work.silences.keep(PROGRAMME, Scope.NOTICES, AVERY, now=clock.now())
        await retention.end_now(by_itself(work, VANCOUVER, found, clock.now()), Outcome.ANSWERED, Event.REQUEST_CLOSED)
    async with store.work() as work:
        assert await work.silences.has(PROGRAMME, Scope.NOTICES, AVERY)
        assert not await work.silences.has(PROGRAMME, Scope.REFERRALS, AVERY)
