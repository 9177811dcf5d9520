"""Deeds for two on a real database: kept and read back, and of several at the same moment one wins."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from peersupport import approvals, intake, triage
from peersupport.addresses import Address
from peersupport.approvals import Act, Agreed, Approval, Asked, Declined, Lapsed, Unchanged, Waits, Why
from peersupport.audit import Event
from peersupport.membership import AwaitsTwo, set_people
from peersupport.people import Role
from peersupport.ports import Kept, Member
from peersupport.requests import Outcome
from store.store import Store
from tests.rules.world import ADA, BEN, CLEO, ROBIN, START, VANCOUVER, address, ask
from tests.store.test_workflow_races import IDS

CODE = "7Q2M-4K1D"
LATER = START + timedelta(hours=1)
MEMBERS = {ADA: Role.ADMIN, BEN: Role.ADMIN, CLEO: Role.BACKUP_ADMIN}


@pytest.fixture(autouse=True)
async def administrators(store: Store) -> dict[Address, UUID]:
    members = [Member(uuid4(), VANCOUVER.id, frozenset({role}), who) for who, role in MEMBERS.items()]
    async with store.work() as work:
        await work.members.seed(VANCOUVER.id, members)
    return {member.address: member.id for member in members}


async def do(store: Store, workflow: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **more: Any) -> Any:
    async with store.work() as work:
        return await workflow(work, VANCOUVER, *args, now=more.pop("now", LATER), **more)


async def closed(store: Store) -> UUID:
    opened = await do(store, intake.open_request, ROBIN, ask(), key=uuid4().hex, ids=IDS, now=START)
    await do(store, triage.claim, ADA, opened.request.id, now=START)
    await do(store, triage.close_request, ADA, opened.request.id, Outcome.NONE_AVAILABLE, now=START)
    request: UUID = opened.request.id
    return request


async def asked_by_operator(store: Store) -> Approval:
    async with store.work() as work:
        return await approvals.ask_as_operator(work, VANCOUVER.id, Act.KEY_OPERATION, code=CODE, now=LATER, ids=IDS)


async def use(store: Store, approval: Approval, by: UUID | None) -> bool:
    async with store.work() as work:
        return await approvals.use(work, approval, by, LATER)


async def kept(store: Store, approval: Approval) -> Approval:
    async with store.work() as work:
        found = await work.approvals.get(approval.id)
    assert found is not None
    return found


async def events(store: Store, subject: UUID) -> list[Event]:
    async with store.work() as work:
        return [each.event for each in await work.audit.of(subject) if each.event.value.startswith("approval")]


async def test_it_is_kept_and_read_back(store: Store, administrators: dict[Address, UUID]) -> None:
    request = await closed(store)
    outcome = await do(store, approvals.ask, ADA, Act.REOPEN_IDENTITY, request, Why.COMPLAINT, ids=IDS)
    assert isinstance(outcome, Asked)
    found = await kept(store, outcome.approval)
    assert found == outcome.approval
    agreed = await do(store, approvals.agree, CLEO, outcome.approval.id)
    assert isinstance(agreed, Agreed)
    found = await kept(store, outcome.approval)
    assert found == agreed.approval
    assert (found.first_by, found.second_by) == (administrators[ADA], administrators[CLEO])
    assert await use(store, agreed.approval, administrators[CLEO])
    assert await events(store, request) == [Event.APPROVAL_ASKED, Event.APPROVAL_GIVEN, Event.APPROVAL_USED]


@pytest.mark.threat("T20")
async def test_one_person_pressing_twice_at_once_is_one_yes(store: Store) -> None:
    approval = await asked_by_operator(store)
    answers = await asyncio.gather(*(do(store, approvals.agree, ADA, approval.id) for _ in range(4)))
    assert sorted(type(each).__name__ for each in answers) == ["Agreed", "Unchanged", "Unchanged", "Unchanged"]
    found = await kept(store, approval)
    assert not found.complete
    assert await events(store, approval.id) == [Event.APPROVAL_ASKED, Event.APPROVAL_GIVEN]


async def test_two_who_agree_at_once_are_two(store: Store) -> None:
    approval = await asked_by_operator(store)
    answers = await asyncio.gather(*(do(store, approvals.agree, who, approval.id) for who in (ADA, BEN)))
    assert all(isinstance(each, Agreed) for each in answers)
    assert sorted(each.approval.complete for each in answers) == [False, True]
    found = await kept(store, approval)
    assert found.complete


async def test_of_three_who_agree_at_once_two_count(store: Store) -> None:
    approval = await asked_by_operator(store)
    answers = await asyncio.gather(*(do(store, approvals.agree, who, approval.id) for who in MEMBERS))
    assert sorted(type(each).__name__ for each in answers) == ["Agreed", "Agreed", "Unchanged"]
    [unchanged] = [each for each in answers if isinstance(each, Unchanged)]
    assert unchanged.approval.complete


async def test_two_who_ask_at_once_ask_once(store: Store) -> None:
    request = await closed(store)
    answers = await asyncio.gather(
        *(do(store, approvals.ask, who, Act.EXTEND_RETENTION, request, Why.LAW, ids=IDS) for who in (ADA, BEN))
    )
    assert {type(each) for each in answers} == {Asked, Waits}
    assert answers[0].approval == answers[1].approval
    assert await events(store, request) == [Event.APPROVAL_ASKED]


async def test_a_yes_and_a_no_at_once_end_in_a_no(store: Store) -> None:
    approval = await asked_by_operator(store)
    yes, no = await asyncio.gather(
        do(store, approvals.agree, ADA, approval.id), do(store, approvals.decline, BEN, approval.id)
    )
    assert isinstance(no, Declined)
    assert isinstance(yes, Agreed | Lapsed)
    found = await kept(store, approval)
    assert found.ended_at == LATER
    async with store.work() as work:
        assert await work.approvals.live(VANCOUVER.id, LATER) == []


@pytest.mark.threat("T20")
async def test_it_is_used_once(store: Store, administrators: dict[Address, UUID]) -> None:
    request = await closed(store)
    outcome = await do(store, approvals.ask, ADA, Act.REOPEN_IDENTITY, request, Why.SAFETY, ids=IDS)
    await do(store, approvals.agree, BEN, outcome.approval.id)
    async with store.work() as work:
        ready = await approvals.agreed(work, VANCOUVER.id, Act.REOPEN_IDENTITY, subject=request, now=LATER)
    assert ready is not None
    uses = await asyncio.gather(*(use(store, ready, administrators[who]) for who in (ADA, BEN, ADA, BEN)))
    assert sorted(uses) == [False, False, False, True]
    assert (await events(store, request)).count(Event.APPROVAL_USED) == 1


@pytest.mark.req("U19")
@pytest.mark.threat("T21")
async def test_naming_somebody_takes_back_the_cards_that_concern_them(store: Store) -> None:
    dora = address("U0DORA")
    opened = await do(store, intake.open_request, ROBIN, ask(avoid_members=(dora,)), key="one", ids=IDS, now=START)
    wanted = [*MEMBERS.items(), (dora, Role.ADMIN)]

    async def follow() -> object:
        members = [Member(uuid4(), VANCOUVER.id, frozenset({role}), who) for who, role in wanted]
        async with store.work() as work:
            return await set_people(work, VANCOUVER.id, members, LATER, IDS)

    asked = await follow()
    assert isinstance(asked, AwaitsTwo)
    for who in (ADA, CLEO):
        await do(store, approvals.agree, who, asked.approval.id)
    assert not (await _request(store, opened.request.id)).private_card
    done = await follow()
    assert isinstance(done, Kept)
    assert len(done.added) == 1
    assert (await _request(store, opened.request.id)).private_card


async def _request(store: Store, id: UUID) -> Any:
    async with store.work() as work:
        return await work.requests.get(id)
