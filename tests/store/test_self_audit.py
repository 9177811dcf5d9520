"""Nothing is left of what was erased; where something is, it is counted."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from peersupport import retention
from peersupport.audit import ActorKind, Entry, Event
from peersupport.exceptional import Act, Approval
from peersupport.notifications import Due, Kind, Message
from peersupport.ports import Post
from peersupport.programme_parts import Retention
from peersupport.requests import Outcome, State, SupportRequest
from store.database import Database
from store.keyring import Keyring
from store.master import FileMasterKey
from store.self_audit import Findings
from store.store import Store
from store.tables import audit, requests
from tests.store.conftest import Places
from tests.store.records import PROGRAMME, MovableClock, an_offer, open_request, register_supporter

KEPT = {PROGRAMME: Retention(contact_days_after_close=0, identity_days_after_close=30)}


async def closed(store: Store, clock: MovableClock, **changes: Any) -> SupportRequest:
    """A closed request."""
    return await open_request(store, state=State.CLOSED, outcome=Outcome.DONE, closed_at=clock.now(), **changes)


async def erase(store: Store, clock: MovableClock, id: UUID) -> None:
    async with store.work() as work:
        await retention.carry_out(work, Due(uuid4(), Kind.ERASE, id, PROGRAMME), clock.now())


async def tamper(database: Places, statement: Any) -> None:
    """Change the main database behind the app's back."""
    opened = Database(database.url)
    async with opened.begin() as connection:
        await connection.execute(statement)
    await opened.close()


@pytest.mark.req("G19")
async def test_after_an_erasure_everything_is_zero(store: Store, clock: MovableClock) -> None:
    request = await closed(store, clock)
    await erase(store, clock, request.id)
    clock.move(days=40)
    await store.sweep()
    assert (await store.self_audit(KEPT)).lookup_key == 1
    await store.renew_index()
    assert await store.self_audit(KEPT) == Findings()
    async with store.work() as work:
        erased = await work.requests.get(request.id)
    assert erased is not None
    assert erased.erased_at is not None


@pytest.mark.req("G19")
async def test_what_outlived_its_time_is_counted_an_hour_later(store: Store, clock: MovableClock) -> None:
    await closed(store, clock)
    await open_request(store)
    clock.move(days=30)
    assert (await store.self_audit(KEPT)).overdue == 0
    clock.move(hours=1, seconds=1)
    await store.sweep()
    assert await store.self_audit(KEPT) == Findings(overdue=1)
    longer = Retention(contact_days_after_close=0, identity_days_after_close=90)
    assert await store.self_audit({"elsewhere": longer}) == Findings()


@pytest.mark.req("G19")
async def test_withdrawn_and_kept_longer_have_times_of_their_own(store: Store, clock: MovableClock) -> None:
    await open_request(store, state=State.CLOSED, outcome=Outcome.WITHDRAWN, closed_at=clock.now())
    clock.move(hours=2)
    assert (await store.self_audit(KEPT)).overdue == 1


@pytest.mark.req("G19")
async def test_kept_longer_is_not_overdue(store: Store, clock: MovableClock) -> None:
    await closed(store, clock, keep_until=clock.now() + timedelta(days=60))
    clock.move(days=59)
    assert (await store.self_audit(KEPT)).overdue == 0
    clock.move(days=2)
    assert (await store.self_audit(KEPT)).overdue == 1


@pytest.mark.req("G19", "U19")
async def test_a_request_that_somebody_wanted_erased_is_overdue_at_once(store: Store, clock: MovableClock) -> None:
    request = await closed(store, clock)
    clock.move(days=3)
    async with store.work() as work:
        await work.requests.save(replace(request, erase_asked_at=clock.now()))
        stored = await work.requests.get(request.id)
    assert stored is not None
    assert stored.erase_asked_at == clock.now()
    clock.move(hours=1)
    assert await store.self_audit(KEPT) == Findings()
    clock.move(seconds=1)
    assert await store.self_audit(KEPT) == Findings(overdue=1)


@pytest.mark.req("G19")
@pytest.mark.parametrize(
    ("left", "found"),
    [
        ({"needs": b"left"}, Findings(sealed=1)),
        ({"contact": b"left"}, Findings(sealed=1)),
        ({"requester_hash": b"left"}, Findings(hashes=1)),
        ({"identity_key": uuid4()}, Findings(keys=1)),
        ({"contact_key": uuid4()}, Findings(keys=1)),
    ],
)
async def test_each_thing_left_of_an_erased_request_is_counted(
    store: Store, clock: MovableClock, database: Places, left: dict[str, Any], found: Findings
) -> None:
    request = await closed(store, clock)
    await erase(store, clock, request.id)
    await tamper(database, update(requests).where(requests.c.id == request.id).values(**left))
    assert await store.self_audit(KEPT) == found


@pytest.mark.req("G19", "G36")
async def test_messages_and_rows_about_erased_requests_are_counted_after_a_while(
    store: Store, clock: MovableClock
) -> None:
    supporter = await register_supporter(store)
    request = await closed(store, clock)
    offer = an_offer(request.id, supporter.id)
    async with store.work() as work:
        await work.offers.add([offer])
        await work.posts.add(Post(uuid4(), request.id, Kind.CARD, "C0ADMINS", "1.1"))
        await work.posts.add(Post(uuid4(), request.id, Kind.TELL_SUPPORTER, "D0MOSS", "1.2", supporter.id))
        await work.posts.add(Post(uuid4(), offer.id, Kind.TELL_SUPPORTER_OFFER, "D0MOSS", "1.3", supporter.id))
        await work.outbox.put(
            Message(Kind.CLOSE_MESSAGES, offer.id, "one", PROGRAMME),
            Message(Kind.CARD, request.id, "two", PROGRAMME),
            Message(Kind.REMIND_ADMINS, request.id, "three", PROGRAMME, run_at=clock.now() + timedelta(days=9)),
        )
    await erase(store, clock, request.id)
    assert await store.self_audit(KEPT) == Findings()
    clock.move(days=3)
    assert await store.self_audit(KEPT) == Findings(posts=2, rows=3), "with the card's last row"
    left = await store.leftovers.posts(clock.now() - timedelta(days=2))
    assert {(each.kind, each.request) for each in left} == {
        (Kind.CARD, request.id),
        (Kind.TELL_SUPPORTER, request.id),
        (Kind.TELL_SUPPORTER_OFFER, request.id),
    }
    async with store.work() as work:
        for each in left:
            await work.posts.drop(each.id)
    assert (await store.self_audit(KEPT)).posts == 0


@pytest.mark.req("G17")
async def test_a_changed_line_of_the_ledger_is_found(store: Store, clock: MovableClock, database: Places) -> None:
    request = await closed(store, clock)
    await erase(store, clock, request.id)
    opened = Database(database.url)
    async with opened.begin() as connection:
        if database.is_sqlite:
            found = await connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in found.fetchall():
                await connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            await connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER USER")
        await connection.execute(update(audit).values(event="request.closed"))
        if not database.is_sqlite:
            await connection.exec_driver_sql("ALTER TABLE audit ENABLE TRIGGER USER")
    await opened.close()
    assert await store.self_audit(KEPT) == Findings(ledger=1)


@pytest.mark.req("G12")
async def test_keys_that_a_crash_left_are_swept_and_no_others(
    store: Store, database: Places, clock: MovableClock
) -> None:
    crashed = Keyring(database.keyring_url, FileMasterKey(database.master), clock, spares=6)
    await crashed.ready()
    lost = [(await crashed.take())[0] for _ in range(2)]
    request = await open_request(store)
    supporter = await register_supporter(store)
    clock.move(days=2)
    assert await store.sweep() == 0
    clock.move(days=1)
    # A process that has been running all the while, and one that has just begun.
    running = Keyring(database.keyring_url, FileMasterKey(database.master), clock, spares=6)
    await running.ready()
    assert (await store.self_audit(KEPT)).keys == 0
    clock.move(days=1)
    assert (await store.self_audit(KEPT)).keys > 0
    assert await store.sweep() >= 6
    assert await store.sweep() == 0
    assert await store.self_audit(KEPT) == Findings()
    assert await crashed.get_many(lost) == {}
    async with store.work() as work:
        assert await work.requests.needs(request.id) is not None
        assert await work.requests.contact(request.id) is not None
        assert await work.supporters.get(supporter.id) is not None
    fresh_id, fresh = await crashed.take()
    assert await running.get(fresh_id) == fresh
    await crashed.close()
    await running.close()


@pytest.mark.req("G12")
async def test_a_process_that_ran_for_days_never_uses_a_key_that_was_swept(
    store: Store, second_store: Store, clock: MovableClock
) -> None:
    await open_request(second_store)
    for _ in range(8):
        clock.move(hours=20)
        await store.sweep()
        request = await open_request(second_store, state=State.CLOSED)
        await store.sweep()
        async with store.work() as work:
            assert await work.requests.needs(request.id) is not None


@pytest.mark.req("G19")
async def test_the_profile_of_a_supporter_who_left_is_found_by_its_last_line(store: Store, clock: MovableClock) -> None:
    stays = await register_supporter(store)
    assert await store.leftovers.former_supporters(PROGRAMME, clock.now()) == []
    async with store.work() as work:
        assert await work.supporters.save(replace(stays, active=False))
        await work.audit.write(Entry(Event.SUPPORTER_SAVED, clock.now(), ActorKind.ADMIN, uuid4(), stays.id))
    clock.move(days=365)
    before = clock.now() - timedelta(days=365)
    assert await store.leftovers.former_supporters(PROGRAMME, before) == []
    assert await store.leftovers.former_supporters("elsewhere", clock.now()) == []
    assert await store.leftovers.former_supporters(PROGRAMME, before + timedelta(seconds=1)) == [stays.id]
    async with store.work() as work:
        await work.supporters.erase(stays.id)
    assert await store.leftovers.former_supporters(PROGRAMME, clock.now()) == []


@pytest.mark.req("G19")
async def test_contact_that_outlived_its_time_is_found(store: Store, clock: MovableClock) -> None:
    await open_request(store)
    request = await closed(store, clock)
    assert [each.id for each in await store.leftovers.contacts()] == [request.id]
    async with store.work() as work:
        await work.requests.erase_contact(request.id)
    assert await store.leftovers.contacts() == []


@pytest.mark.req("G19")
async def test_approvals_that_ran_out_are_dropped(store: Store, clock: MovableClock) -> None:
    ends = clock.now() + timedelta(days=1)
    approval = Approval(uuid4(), PROGRAMME, Act.EXTEND_RETENTION, clock.now(), ends)
    async with store.work() as work:
        await work.approvals.add(approval)
    assert await store.leftovers.purge(ends) == 0
    assert await store.leftovers.purge(ends + timedelta(seconds=1)) == 1


@pytest.mark.req("G16")
async def test_the_write_ahead_log_is_empty_after_an_erasure(
    store: Store, second_store: Store, database: Places, clock: MovableClock
) -> None:
    if not database.is_sqlite:
        assert await store.tidy()
        return
    requests_ = [await closed(store, clock) for _ in range(3)]
    log = database.folder / "main.db-wal"
    assert log.stat().st_size > 0
    async with second_store.work() as work:
        assert await work.requests.get(requests_[0].id)
    await asyncio.gather(*(erase(store, clock, each.id) for each in requests_))
    assert log.stat().st_size == 0
    assert await store.tidy()


@pytest.mark.req("G12", "G16")
async def test_an_erasure_that_was_cut_off_half_way_is_finished_by_its_repeat(
    store: Store, clock: MovableClock
) -> None:
    request = await closed(store, clock)

    async def cut_off() -> None:
        async with store.work() as work:
            await retention.carry_out(work, Due(uuid4(), Kind.ERASE, request.id, PROGRAMME), clock.now())
            raise KeyError

    with pytest.raises(KeyError):
        await cut_off()
    async with store.work() as work:
        assert await work.requests.needs(request.id) is None, "its keys went first"
        assert await work.requests.contact(request.id) is None
        half = await work.requests.get(request.id)
        assert half is not None
        assert half.erased_at is None
    clock.move(minutes=1)
    await erase(store, clock, request.id)
    await erase(store, clock, request.id)
    assert await store.self_audit(KEPT) == Findings()
    async with store.work() as work:
        lines = await work.audit.of(request.id, Event.REQUEST_ERASED)
        assert [line.at for line in lines] == [clock.now()]
