"""Referrals and refusals on a real database: sealed apart, found by hash, gone with the answer; refusals stay."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from peersupport import intake, referral_desk, referrals
from peersupport.addresses import Address, own_reach
from peersupport.notifications import Kind
from peersupport.people import Role
from peersupport.ports import Member, Post
from peersupport.programme_parts import Retention
from peersupport.referral import (
    WINDOW,
    Answer,
    Answered,
    Colleague,
    PassedOn,
    PassOn,
    Referral,
    ReferralState,
    Scope,
    TooMany,
)
from peersupport.reveals import Reason
from store import change_over
from store.change_over import Stage
from store.database import Database
from store.keyring_tables import LASTING
from store.self_audit import Findings
from store.store import Store
from store.tables import referrals as table
from store.tables import silences
from tests.rules.world import ADA, BEN, ROBIN, VANCOUVER, address, ask
from tests.store.conftest import Places
from tests.store.machines import Machines
from tests.store.records import MovableClock, a_referral
from tests.store.test_workflow_races import IDS

OAKLEY, SUNE = address("U0OAKLEY"), address("U0SUNE")
BY_PHONE = PassOn(attested=True, name="Robin Moss", reach="604 555 0142")
IN_SLACK = PassOn(attested=True, colleague_member=ROBIN, tells_who=True)
KEPT = {VANCOUVER.id: Retention(contact_days_after_close=0, identity_days_after_close=30)}


async def passes_on(store: Store, clock: MovableClock, form: PassOn = IN_SLACK, who: Address = OAKLEY) -> Any:
    async with store.work() as work:
        return await referrals.pass_on(work, IDS, VANCOUVER, who, form, clock.now(), key=uuid4().hex)


async def newest(store: Store) -> Referral:
    async with store.work() as work:
        return (await work.referrals.in_programme(VANCOUVER.id, open_only=False))[-1]


async def answers(store: Store, clock: MovableClock, id: UUID, said: Answer, who: Address = ROBIN) -> Any:
    async with store.work() as work:
        return await referrals.answer(work, VANCOUVER, id, who, said, clock.now())


async def row_of(places: Places, id: UUID) -> Any:
    opened = Database(places.url)
    async with opened.begin() as connection:
        found = (await connection.execute(table.select().where(table.c.id == id))).one()
    await opened.close()
    return found


async def tamper(places: Places, statement: Any) -> None:
    opened = Database(places.url)
    async with opened.begin() as connection:
        await connection.execute(statement)
    await opened.close()


@pytest.fixture
async def seated(store: Store) -> Store:
    """A programme with two administrators."""
    members = [Member(uuid4(), VANCOUVER.id, frozenset({Role.ADMIN}), who) for who in (ADA, BEN)]
    async with store.work() as work:
        await work.members.seed(VANCOUVER.id, members)
    return store


@pytest.mark.req("G27", "V23")
async def test_whom_an_open_one_concerns_is_known_by_hash_also_once_its_referrer_is_forgotten(
    store: Store, clock: MovableClock
) -> None:
    made = a_referral(programme=VANCOUVER.id, created_at=clock.now())
    async with store.work() as work:
        assert await work.referrals.add(made, Colleague(ROBIN), OAKLEY)
    async with store.work() as work:
        await work.referrals.forget_referrer(made.id)
    async with store.work() as work:
        for who in (ROBIN, OAKLEY):
            assert await work.referrals.concerning(VANCOUVER.id, who) == {made.id}
            assert not await work.referrals.concerning("elsewhere", who)
        assert not await work.referrals.concerning(VANCOUVER.id, SUNE)
        held = await work.referrals.get(made.id)
        assert held is not None
        await work.referrals.save(replace(held, state=ReferralState.CLOSED))
        assert not await work.referrals.concerning(VANCOUVER.id, OAKLEY)


@pytest.mark.req("V20", "G12")
async def test_what_was_passed_on_is_read_back_and_nobody_stands_in_the_clear(
    store: Store, clock: MovableClock, database: Places
) -> None:
    made = a_referral(programme=VANCOUVER.id, created_at=clock.now())
    colleague = Colleague(ROBIN, "Robin Moss", "604 555 0142")
    async with store.work() as work:
        assert await work.referrals.add(made, colleague, OAKLEY)
        assert not await work.referrals.add(a_referral(programme=VANCOUVER.id, reference=made.reference), None, OAKLEY)
        assert not await work.referrals.add(
            a_referral(programme=VANCOUVER.id, created_at=clock.now()), colleague, SUNE
        ), "one question at a time"
        assert await work.referrals.add(a_referral(programme="elsewhere"), colleague, SUNE)
        assert await work.referrals.add(a_referral(programme=VANCOUVER.id, created_at=clock.now()), None, SUNE)
    async with store.work() as work:
        assert await work.referrals.get(made.id) == made
        found = await work.referrals.colleague(made.id)
        assert found == colleague
        assert await work.referrals.referrer(made.id) == OAKLEY
        assert await work.referrals.is_colleague(made.id, ROBIN)
        assert not await work.referrals.is_colleague(made.id, OAKLEY)
        assert await work.referrals.is_referrer(made.id, OAKLEY)
        assert made in await work.referrals.open_of(ROBIN)
        assert [each.id for each in await work.referrals.passed_on(OAKLEY)] == [made.id]
        assert await work.referrals.count_since(SUNE, clock.now()) == 2
        assert await work.referrals.count_since(SUNE, clock.now() + timedelta(seconds=1)) == 0
        assert await work.referrals.save(replace(made, later_at=clock.now()))
        assert not await work.referrals.save(replace(made, later_at=None)), "an older version"
    row = await row_of(database, made.id)
    stored = b"".join(value for value in row if isinstance(value, bytes)) + repr(tuple(row)).encode()
    for word in (b"ROBIN", b"Moss", b"0142", b"OAKLEY"):
        assert word not in stored


@pytest.mark.req("V22")
async def test_pages_of_a_programme_go_from_the_oldest_on(store: Store, clock: MovableClock) -> None:
    made = []
    for number in range(5):
        clock.move(minutes=number % 2)
        made.append(a_referral(programme=VANCOUVER.id, created_at=clock.now()))
        async with store.work() as work:
            assert await work.referrals.add(made[-1], None, OAKLEY)
    made.sort(key=lambda each: (each.created_at, each.id.hex))
    async with store.work() as work:
        await work.referrals.save(replace(made[1], state=ReferralState.CLOSED, closed_at=clock.now()))
        first = await work.referrals.in_programme(VANCOUVER.id, limit=2)
        rest = await work.referrals.in_programme(VANCOUVER.id, limit=9, after=first[-1].id)
        whole = await work.referrals.in_programme(VANCOUVER.id, open_only=False)
    assert [each.id for each in (*first, *rest)] == [each.id for each in made if each is not made[1]]
    assert [each.id for each in whole] == [each.id for each in made]


@pytest.mark.req("U1", "G12", "G19")
@pytest.mark.parametrize("said", [Answer.NO, Answer.NEVER, Answer.NEVER_FROM, Answer.MISTAKE])
async def test_an_answer_destroys_the_key_and_leaves_the_count(
    seated: Store, clock: MovableClock, database: Places, said: Answer
) -> None:
    assert await passes_on(seated, clock) == PassedOn()
    made = await newest(seated)
    key = (await row_of(database, made.id)).colleague_key
    assert await answers(seated, clock, made.id, said) == Answered()
    row = await row_of(database, made.id)
    assert (row.colleague, row.colleague_key, row.colleague_hash) == (None, None, None)
    assert row.referrer is not None
    async with seated.work() as work:
        assert await work.referrals.colleague(made.id) is None
        assert await work.referrals.open_of(ROBIN) == []
        assert len(await work.referrals.passed_on(OAKLEY)) == 1
    assert key not in await seated._keyring.get_many([key])
    clock.move(days=3)
    assert await seated.self_audit(KEPT) == Findings()


@pytest.mark.req("V25", "G26")
async def test_two_referrals_of_one_colleague_at_once_ask_once(
    seated: Store, second_store: Store, clock: MovableClock
) -> None:
    said = await asyncio.gather(
        passes_on(seated, clock, IN_SLACK, OAKLEY), passes_on(second_store, clock, IN_SLACK, SUNE)
    )
    assert set(said) == {PassedOn()}
    async with seated.work() as work:
        assert len(await work.referrals.open_of(ROBIN)) == 1
        assert len(await work.referrals.in_programme(VANCOUVER.id)) == 2


@pytest.mark.req("V22", "U21")
async def test_a_yes_is_a_request_and_ends_the_referral(seated: Store, clock: MovableClock) -> None:
    await passes_on(seated, clock)
    made = await newest(seated)
    async with seated.work() as work:
        opened = await referrals.accept(work, IDS, VANCOUVER, made.id, ROBIN, ask(), clock.now())
    assert isinstance(opened, intake.Opened)
    async with seated.work() as work:
        again = await referrals.accept(work, IDS, VANCOUVER, made.id, ROBIN, ask(), clock.now())
    assert again == intake.Repeated(opened.request), "sent twice"
    async with seated.work() as work:
        needs = await work.requests.needs(opened.request.id)
        assert needs is not None
        assert (needs.opened_by, needs.hidden_from) == (OAKLEY, OAKLEY)
        assert await work.referrals.open_of(ROBIN) == []


@pytest.mark.req("U3", "G11")
async def test_a_phone_task_from_call_to_request(seated: Store, clock: MovableClock) -> None:
    await passes_on(seated, clock, BY_PHONE)
    made = await newest(seated)
    async with seated.work() as work:
        sheet = await referral_desk.open_call_sheet(
            work, VANCOUVER, ADA, made.id, Reason.ARRANGE_CONTACT, now=clock.now()
        )
        assert isinstance(sheet, referral_desk.CallSheet)
        said = ask(name=sheet.colleague.name)
        opened = await referral_desk.record_answer(work, IDS, VANCOUVER, ADA, made.id, said, now=clock.now())
    assert isinstance(opened, intake.Opened)
    who = own_reach(BY_PHONE.reach)
    assert who is not None
    async with seated.work() as work:
        assert [each.id for each in await work.requests.of(who)] == [opened.request.id]


@pytest.mark.req("V25", "G17")
async def test_who_wants_theirs_forgotten_is_counted_until_the_window_ends(
    seated: Store, clock: MovableClock, database: Places
) -> None:
    for who in (ROBIN, SUNE, address("U0QUILL")):
        await passes_on(seated, clock, replace(IN_SLACK, colleague_member=who))
    async with seated.work() as work:
        for each in await work.referrals.passed_on(OAKLEY):
            await work.referrals.forget_referrer(each.id)
        assert await work.referrals.passed_on(OAKLEY) == []
    made = await newest(seated)
    assert (await row_of(database, made.id)).referrer is None
    assert await passes_on(seated, clock, replace(IN_SLACK, colleague_member=address("U0REED"))) == TooMany()
    assert await seated.referral_leftovers.counts(clock.now() - WINDOW) == []
    clock.move(days=31)
    for id in await seated.referral_leftovers.counts(clock.now() - WINDOW):
        async with seated.work() as work:
            await work.referrals.drop_count(id)
    assert (await row_of(database, made.id)).referrer_hash is None


class TestRefusals:
    """They outlive their person, the keys that people are looked up by, and backups of the keyring."""

    async def refused(self, store: Store, clock: MovableClock) -> None:
        async with store.work() as work:
            for _ in range(2):
                await work.silences.keep(VANCOUVER.id, Scope.REFERRALS, ROBIN, now=clock.now())
                await work.silences.keep(VANCOUVER.id, Scope.REFERRALS_FROM, SUNE, from_who=OAKLEY, now=clock.now())
                await work.silences.keep(VANCOUVER.id, Scope.DISTRUST, OAKLEY, now=clock.now())

    async def known(self, store: Store) -> None:
        async with store.work() as work:
            has, of = work.silences.has, VANCOUVER.id
            assert await has(of, Scope.REFERRALS, ROBIN)
            assert not await has(of, Scope.REFERRALS, SUNE)
            assert not await has("elsewhere", Scope.REFERRALS, ROBIN)
            assert await has(of, Scope.REFERRALS_FROM, SUNE, from_who=OAKLEY)
            assert not await has(of, Scope.REFERRALS_FROM, SUNE, from_who=ROBIN)
            assert await has(of, Scope.DISTRUST, OAKLEY)
            assert len(await work.silences.of(ROBIN)) == 1
            assert await work.silences.of(OAKLEY) == []

    @pytest.mark.req("U5", "V25", "G19")
    async def test_they_are_kept_once_and_lifted(self, store: Store, clock: MovableClock, database: Places) -> None:
        await self.refused(store, clock)
        await self.known(store)
        opened = Database(database.url)
        async with opened.begin() as connection:
            rows = (await connection.execute(silences.select())).all()
        await opened.close()
        assert len(rows) == 3
        async with store.work() as work:
            await work.silences.lift(VANCOUVER.id, Scope.REFERRALS, ROBIN)
            assert not await work.silences.has(VANCOUVER.id, Scope.REFERRALS, ROBIN)

    @pytest.mark.req("U5", "V25")
    async def test_they_are_known_when_the_look_up_key_has_changed(
        self, seated: Store, clock: MovableClock, database: Places
    ) -> None:
        await self.refused(seated, clock)
        await passes_on(seated, clock, replace(IN_SLACK, colleague_member=address("U0QUILL")))
        made = await newest(seated)
        before = await row_of(database, made.id)
        clock.move(days=change_over.LIFE.days)
        assert await seated.renew_index() is Stage.ANNOUNCED
        clock.move(days=1)
        async with seated.work() as work:
            assert await work.referrals.is_colleague(made.id, address("U0QUILL"))
        assert await seated.renew_index() is Stage.DONE
        await self.known(seated)
        after = await row_of(database, made.id)
        assert {after.colleague_hash, after.referrer_hash}.isdisjoint({before.colleague_hash, before.referrer_hash})
        async with seated.work() as work:
            assert await work.referrals.is_colleague(made.id, address("U0QUILL"))
            assert len(await work.referrals.passed_on(OAKLEY)) == 1

    @pytest.mark.req("G36")
    async def test_a_refusal_under_a_key_that_is_gone_is_a_finding(
        self, store: Store, clock: MovableClock, database: Places
    ) -> None:
        await self.refused(store, clock)
        assert await store.self_audit(KEPT) == Findings()
        await tamper(database, update(silences).values(under=uuid4()))
        assert await store.self_audit(KEPT) == Findings(refusals=3)

    @pytest.mark.req("U5", "G36")
    async def test_an_older_keyring_gets_the_key_when_it_is_opened(
        self, store: Store, second_store: Store, database: Places, clock: MovableClock
    ) -> None:
        opened = Database(database.keyring_url)
        async with opened.begin() as connection:
            await connection.exec_driver_sql(f"DELETE FROM named_keys WHERE name = '{LASTING}'")
        await opened.close()
        ready = await asyncio.gather(store._keyring.ready(), second_store._keyring.ready())
        assert ready[0].lasting == ready[1].lasting


class TestLeftovers:
    @pytest.mark.req("G19", "G36", "U2")
    async def test_what_was_not_carried_out_is_found_and_ended(self, seated: Store, clock: MovableClock) -> None:
        await passes_on(seated, clock)
        made = await newest(seated)
        clock.move(days=7, hours=2)
        assert (await seated.self_audit(KEPT)).overdue == 1
        assert await seated.referral_leftovers.ended(clock.now()) == [made.id]
        async with seated.work() as work:
            await referrals.end(work, made.id, clock.now())
            await work.posts.add(Post(uuid4(), made.id, Kind.TELL_COLLEAGUE, "D0MOSS", "1.1"))
        assert await seated.referral_leftovers.ended(clock.now()) == []
        await seated.sweep()  # The spare keys of a week ago.
        assert await seated.self_audit(KEPT) == Findings()
        clock.move(days=3)
        assert (await seated.self_audit(KEPT)).posts == 1
        assert await seated.referral_leftovers.posts(clock.now() - timedelta(days=1)) == [(made.id, VANCOUVER.id)]

    @pytest.mark.req("G36")
    async def test_something_left_of_a_closed_referral_is_a_finding(
        self, seated: Store, clock: MovableClock, database: Places
    ) -> None:
        await passes_on(seated, clock)
        made = await newest(seated)
        await tamper(database, update(table).values(state="closed", closed_at=clock.now()))
        assert await seated.self_audit(KEPT) == Findings(sealed=1, hashes=1, keys=1)
        assert await seated.referral_leftovers.ended(clock.now()) == [made.id]
        async with seated.work() as work:
            await referrals.end(work, made.id, clock.now())
        assert await seated.self_audit(KEPT) == Findings()


@pytest.mark.req("G12", "U1")
async def test_a_backup_brings_nobody_back_who_has_answered(machines: Machines, clock: MovableClock) -> None:
    store = machines.here
    await passes_on(store, clock)
    made = await newest(store)
    await machines.back_up()
    await answers(store, clock, made.id, Answer.NEVER)
    restored = await machines.restored()
    async with restored.work() as work:
        found = await work.referrals.get(made.id)
        assert found is not None
        assert not found.is_open
        assert await work.referrals.open_of(ROBIN) == []
        assert len(await work.referrals.passed_on(OAKLEY)) == 1
    await restored.close()
