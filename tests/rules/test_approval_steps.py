"""How deeds for two go when all goes well: who is told, what is seen, and the privacy contact as the second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from peersupport import approvals
from peersupport.approvals import (
    Act,
    Agreed,
    NobodyElse,
    Pending,
    Unchanged,
    Waits,
    Why,
)
from peersupport.audit import ActorKind, Event
from peersupport.notifications import Kind
from peersupport.outcomes import Refused, Stale
from tests.rules.desk import ABOUT, OPERATORS, PRIYA, Desk
from tests.rules.world import ADA, BEN, CLEO, vancouver


async def test_an_open_or_erased_request_cannot_be_asked_about() -> None:
    desk = Desk()
    request = await desk.confirmed()
    for act in ABOUT:
        assert isinstance(await desk.do(approvals.ask, ADA, act, request.id, Why.LAW, ids=desk.ids), Stale)
    for act in OPERATORS:
        assert await desk.do(approvals.ask, ADA, act, request.id, Why.LAW, ids=desk.ids) == Refused()
    assert desk.memory.tables.approvals == {}


async def test_asking_again_finds_what_was_asked() -> None:
    desk = Desk()
    request = await desk.closed()
    approval = await desk.asks(ADA, request.id)
    for who in (ADA, BEN):
        again = await desk.do(approvals.ask, who, Act.REOPEN_IDENTITY, request.id, Why.LAW, ids=desk.ids)
        assert again == Waits(approval)
    assert await desk.operator() == await desk.operator()
    assert len(desk.ledger(Event.APPROVAL_ASKED)) == 2


@pytest.mark.threat("T20")
async def test_with_one_administrator_the_privacy_contact_is_the_second() -> None:
    desk = Desk()
    request = await desk.closed()
    desk.goes(BEN)
    desk.goes(CLEO)
    approval = await desk.asks(ADA, request.id)
    assert {each.audience for each in desk.memory.told(Kind.TELL_APPROVAL)} == {None}
    [seen] = await desk.do(approvals.pending, PRIYA)
    assert (seen.mine, seen.request) == (False, desk.request(request.id))
    assert isinstance(await desk.agrees(PRIYA, approval), Agreed)
    assert isinstance(await desk.agrees(PRIYA, approval), Unchanged)
    ready = await desk.ready(approval)
    assert ready is not None
    assert await desk.uses(ready, ADA)
    given = desk.ledger(Event.APPROVAL_GIVEN)
    assert given == [(Event.APPROVAL_GIVEN, ActorKind.ADMIN, None)]


@pytest.mark.threat("T20")
@pytest.mark.parametrize("requester", [True, False])
async def test_a_privacy_contact_whom_it_is_about_is_no_second(*, requester: bool) -> None:
    desk = Desk()
    request = await (desk.closed(PRIYA) if requester else desk.closed(avoid_members=(PRIYA,)))
    desk.goes(BEN)
    desk.goes(CLEO)
    outcome = await desk.do(approvals.ask, ADA, Act.REOPEN_IDENTITY, request.id, Why.LAW, ids=desk.ids)
    assert outcome == NobodyElse()
    assert desk.memory.tables.approvals == {}


@pytest.mark.threat("T20")
async def test_an_administrator_who_is_the_privacy_contact_is_not_two_people() -> None:
    desk = Desk(vancouver(people={**vancouver().people.model_dump(), "privacy_contact": "U0ADA"}))
    request = await desk.closed()
    desk.goes(BEN)
    desk.goes(CLEO)
    outcome = await desk.do(approvals.ask, ADA, Act.REOPEN_IDENTITY, request.id, Why.LAW, ids=desk.ids)
    assert outcome == NobodyElse()


async def test_who_is_told_and_whose_home_is_published() -> None:
    desk = Desk()
    approval = await desk.asks(ADA, (await desk.closed()).id)
    ada, ben, cleo = (desk.member(each) for each in (ADA, BEN, CLEO))
    assert [each.audience for each in desk.memory.told(Kind.TELL_APPROVAL)] == [ben]
    homes = [each for each in desk.memory.told(Kind.HOME_MEMBER) if str(approval.id) in each.dedupe]
    assert {(each.subject, each.run_at) for each in homes} == {
        (who, at) for who in (ada, ben, cleo) for at in (None, approval.expires_at)
    }
    await desk.agrees(CLEO, approval)
    assert [each.audience for each in desk.memory.told(Kind.TELL_APPROVAL)] == [ben, ada]
    closed = [(each.audience, each.run_at) for each in desk.memory.told(Kind.CLOSE_MESSAGES, approval.id)]
    assert closed == [
        (None, approval.expires_at),
        (ben, None),
        (cleo, None),
        (None, desk.now + timedelta(hours=1)),
    ]


async def test_two_are_told_of_what_the_operator_asks() -> None:
    desk = Desk()
    await desk.operator()
    told = {each.audience for each in desk.memory.told(Kind.TELL_APPROVAL)}
    assert told == {desk.member(ADA), desk.member(BEN)}


async def test_what_one_sees_of_it() -> None:
    desk = Desk()
    request = await desk.closed()
    approval = await desk.asks(CLEO, request.id)
    seen = await desk.do(approvals.look, ADA, approval.id)
    assert seen == Pending(approval, desk.request(request.id), lives=True, mine=False, asked_by_backup=True)
    own = await desk.do(approvals.look, CLEO, approval.id)
    assert isinstance(own, Pending)
    assert own.mine
    asked = await desk.operator()
    seen = await desk.do(approvals.look, ADA, asked.id)
    assert seen == Pending(asked, None, lives=True, mine=False, asked_by_backup=None)
