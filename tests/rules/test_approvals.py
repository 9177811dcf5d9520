"""T20: what needs two is not done by one, nor by the same one twice, nor by somebody it is about, nor too late."""

from __future__ import annotations

import itertools
from datetime import timedelta
from uuid import UUID

import pytest

from peersupport import approvals
from peersupport.addresses import Address
from peersupport.approvals import (
    Act,
    Agreed,
    Declined,
    Lapsed,
    Unchanged,
    Why,
)
from peersupport.audit import ActorKind, Event
from peersupport.notifications import Kind
from peersupport.outcomes import Refused
from peersupport.people import Role
from peersupport.ports import Member
from peersupport.programme import Programme
from tests.rules.desk import ABOUT, CODE, OPERATORS, PRIYA, Desk, put
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, STRANGER, VANCOUVER, address, vancouver


@pytest.mark.threat("T20")
@pytest.mark.parametrize("act", Act)
async def test_one_person_is_never_enough(act: Act) -> None:
    desk = Desk()
    approval = await put(desk, act)
    if act in OPERATORS:
        assert await desk.ready(approval) is None
        assert isinstance(await desk.agrees(ADA, approval), Agreed)
    assert await desk.ready(approval) is None
    for _ in range(3):
        again = await desk.agrees(ADA, approval)
        assert isinstance(again, Unchanged)
    assert await desk.ready(approval) is None
    assert not await desk.uses(desk.kept(approval), ADA if act in ABOUT else None)
    assert desk.kept(approval).used_at is None


@pytest.mark.threat("T20")
@pytest.mark.parametrize(("act", "second"), list(itertools.product(Act, [BEN, CLEO])))
async def test_two_different_people_make_it_ready_once(act: Act, second: Address) -> None:
    desk = Desk()
    approval = await put(desk, act)
    if act in OPERATORS:
        await desk.agrees(ADA, approval)
    outcome = await desk.agrees(second, approval)
    assert isinstance(outcome, Agreed)
    assert outcome.approval.complete
    ready = await desk.ready(approval)
    assert ready is not None
    by = ADA if act in ABOUT else None
    assert await desk.uses(ready, by)
    assert not await desk.uses(ready, by)
    assert await desk.ready(approval) is None
    given = desk.ledger(Event.APPROVAL_ASKED, Event.APPROVAL_GIVEN, Event.APPROVAL_USED)
    ada, other = desk.member(ADA), desk.member(second)
    expected: list[tuple[Event, ActorKind, UUID | None]]
    used: tuple[Event, ActorKind, UUID | None]
    if act in ABOUT:
        expected = [(Event.APPROVAL_ASKED, ActorKind.ADMIN, ada)]
        used = (Event.APPROVAL_USED, ActorKind.ADMIN, ada)
    else:
        expected = [(Event.APPROVAL_ASKED, ActorKind.SYSTEM, None), (Event.APPROVAL_GIVEN, ActorKind.ADMIN, ada)]
        used = (Event.APPROVAL_USED, ActorKind.SYSTEM, None)
    assert given == [*expected, (Event.APPROVAL_GIVEN, ActorKind.ADMIN, other), used]


@pytest.mark.threat("T20")
@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("who", [LENA, ROBIN, STRANGER, PRIYA])
async def test_nobody_else_says_yes_or_sees_it(act: Act, who: Address) -> None:
    desk = Desk()
    desk.supporter("U0SUNE")
    approval = await put(desk, act)
    for person in (who, address("U0SUNE")):
        assert await desk.agrees(person, approval) == Refused()
        assert await desk.do(approvals.decline, person, approval.id) == Refused()
        assert await desk.do(approvals.look, person, approval.id) == Refused()
        assert await desk.do(approvals.pending, person) == []
    assert desk.kept(approval) == approval
    assert len(desk.ledger(Event.REFUSED)) == 6


@pytest.mark.threat("T20")
@pytest.mark.parametrize("act", ABOUT)
@pytest.mark.parametrize("requester", [True, False])
async def test_one_whom_the_request_is_about_is_kept_out(act: Act, *, requester: bool) -> None:
    """The requester and whoever they keep out neither ask, agree, decline, see nor use."""
    desk = Desk()
    request = await (desk.closed(BEN) if requester else desk.closed(avoid_members=(BEN,)))
    assert await desk.do(approvals.ask, BEN, act, request.id, Why.LAW, ids=desk.ids) == Refused()
    approval = await desk.asks(ADA, request.id, act)
    assert await desk.agrees(BEN, approval) == Refused()
    assert await desk.do(approvals.decline, BEN, approval.id) == Refused()
    assert await desk.do(approvals.look, BEN, approval.id) == Refused()
    assert await desk.do(approvals.pending, BEN) == []
    told = {each.audience for each in desk.memory.told(Kind.TELL_APPROVAL)}
    homes = {each.subject for each in desk.memory.told(Kind.HOME_MEMBER) if str(approval.id) in each.dedupe}
    assert told == {desk.member(CLEO)}
    assert homes == {desk.member(ADA), desk.member(CLEO)}
    await desk.agrees(CLEO, approval)
    ready = await desk.ready(approval)
    assert ready is not None
    assert not await desk.uses(ready, BEN)
    assert await desk.uses(ready, CLEO)


@pytest.mark.threat("T20")
@pytest.mark.parametrize("act", OPERATORS)
async def test_the_one_it_is_about_does_not_agree(act: Act) -> None:
    desk = Desk()
    approval = await desk.operator(act, subject=desk.member(BEN))
    assert await desk.agrees(BEN, approval) == Refused()
    assert await desk.do(approvals.decline, BEN, approval.id) == Refused()


@pytest.mark.threat("T20")
@pytest.mark.parametrize("act", Act)
async def test_a_stale_one_is_refused(act: Act) -> None:
    desk = Desk()
    approval = await put(desk, act)
    desk.later(hours=24)
    for answer in (approvals.agree, approvals.decline):
        assert isinstance(await desk.do(answer, BEN, approval.id), Lapsed)
    assert await desk.do(approvals.pending, BEN) == []
    assert desk.kept(approval) == approval


@pytest.mark.threat("T20")
@pytest.mark.parametrize(("act", "hours"), [*((act, 1) for act in ABOUT), *((act, 24) for act in OPERATORS)])
async def test_what_was_agreed_on_waits_only_so_long(act: Act, hours: int) -> None:
    desk = Desk()
    approval = await put(desk, act)
    desk.later(hours=23)
    await desk.agrees(CLEO, approval)
    await desk.agrees(BEN, approval)
    desk.now += timedelta(hours=hours) - timedelta(seconds=1)
    ready = await desk.ready(approval)
    assert ready is not None
    desk.later(seconds=1)
    assert await desk.ready(approval) is None
    assert not await desk.uses(ready, ADA if act in ABOUT else None)


@pytest.mark.threat("T20")
@pytest.mark.parametrize("act", Act)
async def test_a_used_or_declined_one_is_over(act: Act) -> None:
    for end in ("used", "declined"):
        desk = Desk()
        approval = await put(desk, act)
        await desk.agrees(BEN, approval)
        await desk.agrees(CLEO, approval)
        ready = await desk.ready(approval)
        assert ready is not None
        if end == "used":
            assert await desk.uses(ready, ADA if act in ABOUT else None)
        else:
            assert isinstance(await desk.do(approvals.decline, CLEO, approval.id), Declined)
            assert desk.ledger(Event.APPROVAL_DECLINED) == [
                (Event.APPROVAL_DECLINED, ActorKind.ADMIN, desk.member(CLEO))
            ]
        assert await desk.ready(approval) is None
        assert not await desk.uses(ready, ADA if act in ABOUT else None)
        for answer in (approvals.agree, approvals.decline):
            assert isinstance(await desk.do(answer, BEN, approval.id), Lapsed)


@pytest.mark.threat("T20")
@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("gone", [ADA, BEN])
async def test_the_yes_of_one_who_has_lost_the_role_counts_no_more(act: Act, gone: Address) -> None:
    desk = Desk()
    approval = await put(desk, act)
    if act in OPERATORS:
        await desk.agrees(ADA, approval)
    await desk.agrees(BEN, approval)
    ready = await desk.ready(approval)
    assert ready is not None
    stays = BEN if gone is ADA else ADA
    desk.goes(gone)
    assert await desk.agrees(gone, approval) == Refused()
    assert await desk.ready(approval) is None
    assert not await desk.uses(ready, stays if act in ABOUT else None)
    outcome = await desk.agrees(CLEO, approval)
    assert isinstance(outcome, Agreed), "another yes takes its place"
    assert outcome.approval.complete
    assert await desk.ready(approval) is not None


@pytest.mark.threat("T20")
async def test_another_programme_can_neither_agree_nor_use() -> None:
    desk = Desk()
    north = Programme.model_validate(vancouver().model_dump(by_alias=True) | {"id": "north"})
    dora = Member(desk.ids.new(), "north", frozenset({Role.ADMIN}), address("U0DORA"))
    desk.memory.tables.members[dora.id] = dora
    for act in Act:
        approval = await put(desk, act)
        for programme in (north, VANCOUVER):
            async with desk.memory() as work:
                for answer in (approvals.agree, approvals.decline, approvals.look):
                    assert await answer(work, programme, dora.address, approval.id, now=desk.now) == Refused()
        await desk.agrees(BEN, approval)
        await desk.agrees(CLEO, approval)
        async with desk.memory() as work:
            found = await approvals.agreed(
                work, "north", act, subject=approval.subject, code=approval.code, now=desk.now
            )
            assert found is None
            ready = await approvals.agreed(
                work, VANCOUVER.id, act, subject=approval.subject, code=approval.code, now=desk.now
            )
            assert ready is not None
            assert not await approvals.use(work, ready, dora.id, desk.now)


@pytest.mark.threat("T20")
@pytest.mark.parametrize("act", ABOUT)
async def test_only_one_of_the_two_carries_it_out(act: Act) -> None:
    desk = Desk()
    approval = await desk.asks(ADA, (await desk.closed()).id, act)
    await desk.agrees(CLEO, approval)
    ready = await desk.ready(approval)
    assert ready is not None
    assert not await desk.uses(ready, BEN)
    assert not await desk.uses(ready, None)
    assert await desk.uses(ready, CLEO)


@pytest.mark.threat("T20")
async def test_an_agreement_is_for_one_deed_and_one_request() -> None:
    desk = Desk()
    request, other = await desk.closed(), await desk.closed(address("U0SAM"))
    approval = await desk.asks(ADA, request.id)
    await desk.agrees(BEN, approval)
    async with desk.memory() as work:
        for act, subject in ((Act.EXTEND_RETENTION, request.id), (Act.REOPEN_IDENTITY, other.id)):
            assert await approvals.agreed(work, VANCOUVER.id, act, subject=subject, now=desk.now) is None
        found = await approvals.agreed(work, VANCOUVER.id, Act.REOPEN_IDENTITY, subject=request.id, now=desk.now)
    assert found is not None


@pytest.mark.threat("T20")
async def test_an_agreement_on_one_code_is_none_on_another() -> None:
    desk = Desk()
    approval = await desk.operator(Act.NAME_ADMINISTRATOR)
    await desk.agrees(ADA, approval)
    await desk.agrees(BEN, approval)
    async with desk.memory() as work:
        for act, code in ((Act.NAME_ADMINISTRATOR, "0000-0000"), (Act.KEY_OPERATION, CODE)):
            assert await approvals.agreed(work, VANCOUVER.id, act, code=code, now=desk.now) is None
