"""What stands beside an erased request is seen too: its concerns and approvals, what was put off, who wanted to go."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from peersupport.concerns import Concern, Route, Told
from peersupport.exceptional import Act, Approval
from peersupport.notifications import Kind, Message
from peersupport.ports import Post
from peersupport.ports_beside import PutOff
from store.self_audit import Findings
from store.store import Store
from store.tables import safety_concerns
from tests.store.conftest import Places
from tests.store.records import AVERY, PROGRAMME, MovableClock, open_request, register_supporter
from tests.store.test_self_audit import KEPT, closed, erase, tamper


def a_concern(request: UUID, supporter: UUID, clock: MovableClock) -> Concern:
    """One that is open."""
    hold = clock.now() + timedelta(hours=1)
    told = {"told": Told.FIRST, "joint_plan": True, "route": Route.LEAD}
    return Concern(uuid4(), PROGRAMME, request, supporter, clock.now(), hold, **told)  # type: ignore[arg-type]


@pytest.mark.req("G19", "G36")
async def test_messages_about_concerns_and_approvals_of_erased_requests_are_counted_too(
    store: Store, clock: MovableClock
) -> None:
    supporter = await register_supporter(store)
    request, other = await closed(store, clock), await closed(store, clock)
    ends = clock.now() + timedelta(days=1)
    found = {each.id: a_concern(each.id, supporter.id, clock) for each in (request, other)}
    asked = {
        each.id: Approval(uuid4(), PROGRAMME, Act.REOPEN_IDENTITY, clock.now(), ends, each.id)
        for each in (request, other)
    }
    async with store.work() as work:
        for each in (request, other):
            concern, approval = found[each.id], asked[each.id]
            await work.concerns.add(concern)
            await work.approvals.add(approval)
            await work.posts.add(Post(uuid4(), concern.id, Kind.TELL_SAFETY, "D0MOSS", "1.1", supporter.id))
            await work.posts.add(Post(uuid4(), approval.id, Kind.TELL_APPROVAL, "D0MOSS", "1.2", supporter.id))
            later = clock.now() + timedelta(days=300)
            await work.outbox.put(
                Message(Kind.PAGE_SAFETY, concern.id, f"page:{concern.id}", PROGRAMME, run_at=later),
                Message(Kind.TELL_APPROVAL, approval.id, f"tell:{approval.id}", PROGRAMME, run_at=later),
            )
    clock.move(hours=2)
    await erase(store, clock, request.id)
    assert await store.self_audit(KEPT) == Findings()
    clock.move(days=3)
    # What closes the pages of a concern that lapsed was not carried out here.
    assert await store.self_audit(KEPT) == Findings(posts=2, rows=3)
    left = await store.leftovers.posts(clock.now())
    assert {(each.subject, each.request) for each in left} == {
        (found[request.id].id, request.id),
        (asked[request.id].id, request.id),
    }


@pytest.mark.req("G19")
async def test_a_concern_that_is_open_about_an_erased_request_is_counted(
    store: Store, clock: MovableClock, database: Places
) -> None:
    supporter = await register_supporter(store)
    request, other = await closed(store, clock), await closed(store, clock)
    concern = a_concern(request.id, supporter.id, clock)
    async with store.work() as work:
        await work.concerns.add(concern)
        await work.concerns.add(a_concern(other.id, supporter.id, clock))
    clock.move(hours=2)
    await erase(store, clock, request.id)
    assert await store.leftovers.open_concerns() == []
    again = update(safety_concerns).where(safety_concerns.c.id == concern.id).values(closed_at=None)
    await tamper(database, again)
    assert await store.self_audit(KEPT) == Findings(concerns=1)
    assert await store.leftovers.open_concerns() == [request.id]


@pytest.mark.req("G19")
async def test_what_is_put_off_of_an_erased_request_is_counted_and_dropped(store: Store, clock: MovableClock) -> None:
    gone, over, standing = await closed(store, clock), await open_request(store), await closed(store, clock)
    await erase(store, clock, gone.id)
    later, soon = clock.now() + timedelta(days=2), clock.now() + timedelta(hours=1)
    async with store.work() as work:
        for each, until in ((gone, later), (over, soon)):
            await work.put_off.keep(PutOff(each.id, PROGRAMME, each.version, until), clock.now())
    assert await store.self_audit(KEPT) == Findings(rows=1)
    assert await store.leftovers.purge(clock.now()) == 1
    assert await store.self_audit(KEPT) == Findings()
    clock.move(hours=1)
    async with store.work() as work:
        await work.put_off.keep(PutOff(standing.id, PROGRAMME, 1, later), clock.now() - timedelta(hours=1))
        await work.put_off.forget(standing.id)
        assert [each.request for each in await work.put_off.of(PROGRAMME)] == [over.id]
    assert await store.leftovers.purge(clock.now()) == 1


@pytest.mark.req("G19", "U19")
async def test_an_entry_that_somebody_wanted_erased_is_found_though_nothing_else_says_so(
    store: Store, clock: MovableClock
) -> None:
    wanted = await register_supporter(store, active=False, erase_asked_at=clock.now())
    await register_supporter(store, AVERY, active=False)
    assert await store.leftovers.who_wanted(clock.now() - timedelta(seconds=1)) == []
    clock.move(minutes=59)
    assert await store.self_audit(KEPT) == Findings()
    clock.move(minutes=2)
    assert await store.self_audit(KEPT) == Findings(overdue=1)
    assert await store.leftovers.who_wanted(clock.now()) == [wanted.id]
    async with store.work() as work:
        await work.supporters.erase(wanted.id)
    assert await store.leftovers.who_wanted(clock.now()) == []
    assert await store.self_audit(KEPT) == Findings()
