"""Partners' notices and people, in both databases: what is sealed, what erasing leaves, and how people are found."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from peersupport import notice_taking
from peersupport.addresses import own_reach
from peersupport.notice import (
    Notice,
    Noticed,
    Notifier,
    PartnerIdentity,
    PartnerPerson,
    PartnerRoute,
    Told,
)
from peersupport.notifications import Due, Kind
from peersupport.people import Address
from peersupport.programme_partner import Channel
from store.database import Database
from store.store import Store
from tests.rules.partner_world import IMPACT
from tests.store.conftest import Places
from tests.store.records import PROGRAMME, START, MovableClock, a_contact, a_request, some_needs
from tests.store.test_workflow_races import IDS

KIM = Address("T0CLINIC", "U0KIM")
PERSON = uuid4()
FORM = Noticed(
    name="CANARY-Rowan Alder",
    profession="rural_physician",
    community="CANARY-Terrace",
    reach="250-555-0142",
    reach_is_own=True,
    criteria=("child_involved",),
    member=Address("T0CLINIC", "U0ROWAN"),
    tells_who=True,
)
TOLD = Told(FORM, Notifier("ptc", Channel.SLACK, PERSON, KIM))


def a_notice() -> Notice:
    return Notice(uuid4(), PROGRAMME, "ptc", Channel.SLACK, 1, START, START)


@pytest.mark.req("I2", "G12")
async def test_what_was_told_is_sealed_and_read_back_whole(store: Store, database: Places) -> None:
    notice = a_notice()
    async with store.work() as work:
        await work.notices.add(notice, TOLD)
    async with store.work() as work:
        assert await work.notices.get(notice.id, lock=True) == notice
        assert await work.notices.told(notice.id) == TOLD
        assert await work.notices.get(uuid4()) is None
        assert await work.notices.told(uuid4()) is None
    plain = Database(database.url)
    async with plain.begin() as connection:
        found = await connection.exec_driver_sql("SELECT key_id, notice FROM notices")
        row = found.mappings().one()
    await plain.close()
    assert row["key_id"]
    assert b"CANARY-" not in row["notice"]


@pytest.mark.req("I6")
async def test_a_notice_stands_beside_its_request_and_counts(store: Store) -> None:
    notice, beside = a_notice(), a_request()
    async with store.work() as work:
        assert await work.requests.add(beside, some_needs(), a_contact())
        await work.notices.add(notice, TOLD)
        assert await work.notices.of_request(beside.id) is None
        assert await work.notices.save(replace(notice, request_id=beside.id))
    async with store.work() as work:
        found = await work.notices.of_request(beside.id, lock=True)
        assert found is not None
        assert (found.id, found.version, found.times) == (notice.id, 2, 1)
        assert not await work.notices.save(replace(notice, times=2)), "somebody else was first"
        assert await work.notices.save(replace(found, times=2))
    async with store.work() as work:
        counted = await work.notices.of_request(beside.id)
        assert counted is not None
        assert counted.times == 2


@pytest.mark.req("U34", "U35", "G12")
async def test_erased_and_dropped_notices_hold_nothing(store: Store) -> None:
    first, second = a_notice(), a_notice()
    async with store.work() as work:
        for each in (first, second):
            await work.notices.add(each, TOLD)
    for _ in range(2):
        async with store.work() as work:
            await work.notices.erase(first.id)
            await work.notices.drop(second.id)
    async with store.work() as work:
        assert await work.notices.get(first.id) == first
        assert await work.notices.told(first.id) is None
        assert await work.notices.get(second.id) is None
        assert await work.notices.told(second.id) is None


@pytest.mark.req("U35")
async def test_the_contacts_of_open_requests_are_read_for_a_line_that_is_known(store: Store) -> None:
    stands = a_request()
    async with store.work() as work:
        assert await work.requests.add(stands, some_needs(), a_contact())
        assert await work.notices.reaches(PROGRAMME) == [(stands.id, a_contact())]
        assert await work.notices.reaches("elsewhere") == []
        await work.requests.erase_contact(stands.id)
        assert await work.notices.reaches(PROGRAMME) == []


@pytest.mark.req("I1", "I11", "G12")
async def test_people_of_a_partner_are_found_by_who_they_are_and_leave_nothing(store: Store) -> None:
    person = PartnerPerson(uuid4(), PROGRAMME, "ptc", PartnerRoute.SLACK)
    identity = PartnerIdentity(KIM, "Kim Cedar", secret="seed")
    async with store.work() as work:
        assert await work.partner_people.add(person, identity)
        assert not await work.partner_people.add(replace(person, id=uuid4()), identity)
        assert await work.partner_people.add(replace(person, id=uuid4(), programme="elsewhere"), identity)
    async with store.work() as work:
        assert await work.partner_people.find(PROGRAMME, KIM) == person
        assert {each.programme for each in await work.partner_people.of(KIM)} == {PROGRAMME, "elsewhere"}
        line = own_reach("250-555-0142")
        assert line is not None
        assert await work.partner_people.of(line) == []
        assert await work.partner_people.all(PROGRAMME) == [(person, identity)]
        held = await work.partner_people.get(person.id, lock=True)
        assert held == person
        changed = replace(person, sent=3, day_began=START, day_sent=3, locked_until=START + timedelta(hours=1))
        await work.partner_people.save(changed)
        await work.partner_people.reseal(person.id, replace(identity, name="Kim C."))
    async with store.work() as work:
        assert await work.partner_people.get(person.id) == changed
        assert await work.partner_people.identity(person.id) == replace(identity, name="Kim C.")
        await work.partner_people.save(replace(changed, active=False))
        assert await work.partner_people.all(PROGRAMME) == []
        assert [each.programme for each in await work.partner_people.of(KIM)] == ["elsewhere"]
    for _ in range(2):
        async with store.work() as work:
            await work.partner_people.erase(person.id)
    async with store.work() as work:
        assert await work.partner_people.get(person.id) is None
        assert await work.partner_people.identity(person.id) is None
        assert await work.partner_people.find(PROGRAMME, KIM) is None


@pytest.mark.req("I6")
async def test_two_notices_that_are_looked_at_in_the_same_moment_are_one_request(
    store: Store, second_store: Store, clock: MovableClock
) -> None:
    for round_ in range(5):
        # One knows their account as well, so that no rule of the database on one address keeps the two apart.
        forms = [
            replace(FORM, reach=f"250-555-01{round_}7", member=who)
            for who in (None, Address("T0CLINIC", f"U0ROWAN{round_}"))
        ]
        both = [replace(a_notice(), programme=IMPACT.id) for _ in forms]
        async with store.work() as work:
            for each, form in zip(both, forms, strict=True):
                await work.notices.add(each, replace(TOLD, form=form))

        async def looks(there: Store, notice: Notice) -> None:
            due = Due(uuid4(), Kind.TAKE_NOTICE, notice.id, IMPACT.id)
            async with there.work() as work:
                await notice_taking.take(work, IMPACT, due, clock.now(), IDS)

        await asyncio.gather(looks(store, both[0]), looks(second_store, both[1]))
        async with store.work() as work:
            stand = {found.request_id for each in both if (found := await work.notices.get(each.id)) is not None}
        assert len(stand - {None}) == 1
