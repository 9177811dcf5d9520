"""Openings at the same moment, through two replicas: none more than the programme allows, and each on the ledger."""

import asyncio
import itertools
from typing import Any
from uuid import uuid4

import pytest

from peersupport import intake, ledger, reveals, triage
from peersupport.audit import Event
from peersupport.ledger import Log, Month
from peersupport.people import Role
from peersupport.ports import Member
from peersupport.reveals import Identity, Limited, Reason
from store.store import Store
from tests.rules.world import ADA, BEN, START, address, ask, vancouver
from tests.store.test_workflow_races import IDS

FEW = vancouver(privacy={"openings_per_hour": 3, "openings_per_day": 5})
NOVEMBER = Month(2026, 11)


@pytest.fixture(autouse=True)
async def administrators(store: Store) -> None:
    async with store.work() as work:
        members = [Member(uuid4(), FEW.id, frozenset({Role.ADMIN}), who) for who in (ADA, BEN)]
        await work.members.seed(FEW.id, members)


async def do(store: Store, workflow: Any, *args: Any, **more: Any) -> Any:
    async with store.work() as work:
        return await workflow(work, FEW, *args, now=START, **more)


@pytest.mark.req("G11")
async def test_openings_at_once_never_pass_the_limit(store: Store, second_store: Store) -> None:
    requests = []
    for number in range(8):
        who = address(f"U0ASKS{number}")
        asked = ask(requester=who)
        opened = await do(store, intake.open_request, who, asked, key=uuid4().hex, ids=IDS)
        requests.append(opened.request.id)
    stores = itertools.cycle((store, second_store))
    found = await asyncio.gather(
        *(do(next(stores), reveals.open_identity, ADA, each, Reason.FIND_SUPPORTER) for each in requests)
    )
    assert sum(isinstance(each, Identity) for each in found) == 3
    assert sum(isinstance(each, Limited) for each in found) == 5
    async with store.work() as work:
        lines = [line for each in requests for line in await work.audit.of(each)]
    assert sum(line.event is Event.IDENTITY_OPENED for line in lines) == 3
    assert sum(line.event is Event.OPENING_LIMITED for line in lines) == 5
    seen = await do(store, ledger.openings, BEN, NOVEMBER)
    assert isinstance(seen, Log)
    assert (len(seen.openings), seen.by_others) == (3, 3)
    assert await store.verify_audit() is None


async def test_a_limit_undoes_what_came_before_it_in_the_same_transaction(store: Store) -> None:
    opened = await do(store, intake.open_request, address("U0ASKS"), ask(requester=address("U0ASKS")), key="k", ids=IDS)
    for _ in range(3):
        assert isinstance(await do(store, reveals.open_identity, ADA, opened.request.id, Reason.SAFETY), Identity)
    async with store.work() as work:
        await work.tallies.add(FEW.id, "undone", START)
        found = await reveals.open_identity(work, FEW, ADA, opened.request.id, Reason.SAFETY, now=START)
    assert isinstance(found, Limited)
    async with store.work() as work:
        assert await work.tallies.read(FEW.id) == {}
    assert isinstance(await do(store, triage.sheet, ADA, opened.request.id), triage.Sheet)
