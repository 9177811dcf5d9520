"""A submission goes by the members that were read last, and only while they are as they were."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from peersupport import intake
from peersupport.intake import Opened
from peersupport.outcomes import NoOtherAdministrator
from peersupport.people import Address, Role
from peersupport.ports import Member, Presumed
from store.links import PostgresLink
from store.store import Store
from tests.rules.world import ADA, BEN, ROBIN, START, VANCOUVER, address, ask
from tests.store.test_workflow_races import IDS

SOMEBODY, SOMEBODY_ELSE = address("U0ASKER1"), address("U0ASKER2")


async def seated(store: Store, *people: Address, role: Role = Role.ADMIN) -> None:
    async with store.work() as work:
        known = {each.address: each.id for each in await work.members.all(VANCOUVER.id)}
        members = [Member(known.get(who, uuid4()), VANCOUVER.id, frozenset({role}), who) for who in people]
        await work.members.keep(VANCOUVER.id, members)


async def submit(store: Store, who: Address, *, presume: bool = True) -> Any:
    async with store.work() as work:
        return await intake.open_request(
            work, VANCOUVER, who, ask(), key=f"view:{uuid4().hex}", now=START, ids=IDS, presume=presume
        )


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that went to PostgreSQL, but for the keyring's: keys are made ahead, whenever some were used."""
    sent: list[str] = []
    before = PostgresLink.fetch

    async def fetch(link: PostgresLink, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        if "_keys" not in sql:
            sent.append(sql)
        return await before(link, sql, values)

    monkeypatch.setattr(PostgresLink, "fetch", fetch)
    return sent


async def test_a_submission_is_one_statement(store: Store, trips: list[str]) -> None:
    await seated(store, ADA, BEN)
    assert isinstance(await submit(store, ROBIN), Opened)
    on_postgres = bool(trips)
    trips.clear()
    assert isinstance(await submit(store, SOMEBODY), Opened)
    assert len(trips) == (1 if on_postgres else 0)
    assert await store.verify_audit() is None


async def test_a_change_of_members_counts_at_once_also_elsewhere(
    store: Store, second_store: Store, trips: list[str]
) -> None:
    await seated(store, ADA, BEN)
    opened = await submit(store, ROBIN)
    assert isinstance(opened, Opened)
    assert not opened.request.private_card
    is_presumed = bool(trips)
    await seated(second_store, ADA, BEN, SOMEBODY)
    if is_presumed:
        before = (await store.queue.backlog()).due
        with pytest.raises(Presumed):
            await submit(store, SOMEBODY)
        assert (await store.queue.backlog()).due == before
        async with store.work() as work:
            assert await work.requests.of(SOMEBODY, open_only=False) == []
        opened = await submit(store, SOMEBODY, presume=False)
    else:
        opened = await submit(store, SOMEBODY)
    assert opened.request.private_card, "who asks is a member now"
    assert isinstance(await submit(store, SOMEBODY_ELSE), Opened), "and that is what is presumed from now on"
    assert await store.verify_audit() is None


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SAFETY_LEAD])
async def test_nobody_is_presumed_to_be_left(store: Store, second_store: Store, trips: list[str], role: Role) -> None:
    await seated(store, ADA)
    assert isinstance(await submit(store, ROBIN), Opened)
    is_presumed = bool(trips)
    # None at all, or nobody who looks after requests.
    await seated(second_store, *([BEN] if role is Role.SAFETY_LEAD else []), role=role)
    if is_presumed:
        with pytest.raises(Presumed):
            await submit(store, SOMEBODY)
    assert isinstance(await submit(store, SOMEBODY, presume=False), NoOtherAdministrator)
    with pytest.raises(Presumed):
        await submit(store, SOMEBODY)


async def test_what_is_compared_is_what_the_table_holds(store: Store, trips: list[str]) -> None:
    await seated(store, *(address(f"U0MANY{number}") for number in range(7)))
    for number in range(3):
        assert isinstance(await submit(store, address(f"U0ASKER{number}")), Opened)
    assert json.dumps(trips).count("string_agg") == (2 if trips else 0), "the first reads, the others compare"
