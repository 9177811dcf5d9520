"""The people of a programme are made equal to a list: who gains waits for two, who is not on it loses everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from peersupport import approvals, ledger, lookup, queue, reveals, triage
from peersupport.addresses import Address
from peersupport.approvals import Act, Agreed, Approval
from peersupport.audit import ActorKind, Event
from peersupport.membership import AwaitsTwo, OneAtATime, TooFew, code_of, mark_again, set_people
from peersupport.notifications import Kind
from peersupport.people import Role
from peersupport.ports import Kept, Member
from peersupport.queue import Listing, Section
from peersupport.requests import Outcome
from peersupport.reveals import Reason
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, VANCOUVER, World, address, ask

DORA, EVA = address("U0DORA"), address("U0EVA")
PRIVACY = address("U0PRIYA")


@dataclass
class Office(World):
    """The programme with its four people, and what the operator does to them."""

    lists: dict[Address, set[Role]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.lists = {each.address: set(each.roles) for each in self.memory.tables.members.values()}

    def wanted(self) -> list[Member]:
        return [
            Member(self.ids.new(), self.programme.id, frozenset(roles), who)
            for who, roles in self.lists.items()
            if roles
        ]

    async def follows(self) -> Kept | TooFew | OneAtATime | AwaitsTwo:
        async with self.memory() as work:
            return await set_people(work, self.programme.id, self.wanted(), self.now, self.ids)

    async def awaits(self) -> Approval:
        outcome = await self.follows()
        assert isinstance(outcome, AwaitsTwo), outcome
        return outcome.approval

    async def agree(self, approval: Approval, *people: Address) -> None:
        for who in people:
            assert isinstance(await self.do(approvals.agree, who, approval.id), Agreed)

    def roles(self, who: Address) -> frozenset[Role]:
        found = [each.roles for each in self.memory.tables.members.values() if each.address == who]
        return found[0] if found else frozenset()


async def test_what_only_takes_away_is_done_at_once_and_written_down() -> None:
    office = Office()
    office.lists[EVA] = {Role.ADMIN}
    eva = Member(office.ids.new(), VANCOUVER.id, frozenset({Role.ADMIN}), EVA)
    office.memory.tables.members[eva.id] = eva
    ben, cleo = office.member(BEN), office.member(CLEO)
    office.lists[BEN] = set()
    office.lists[EVA] = {Role.ADMIN}
    office.lists[CLEO] = set()
    kept = await office.follows()
    assert isinstance(kept, Kept)
    assert (kept.added, kept.changed, set(kept.removed)) == ((), (), {ben, cleo})
    assert office.memory.deeds(ben) == office.memory.deeds(cleo) == [Event.MEMBER_REMOVED]
    assert {each.subject for each in office.memory.told(Kind.HOME_MEMBER)} == {ben, cleo}
    async with office.memory() as work:
        assert not (await work.members.standing(BEN)).members
        assert (await work.members.get(ben)) is not None
    assert not office.memory.tables.approvals


async def test_the_first_people_need_nobody() -> None:
    office = Office()
    office.memory.tables.members.clear()
    kept = await office.follows()
    assert isinstance(kept, Kept)
    assert len(kept.added) == 4
    assert not office.memory.tables.approvals


async def test_fewer_than_two_administrators_are_refused() -> None:
    office = Office()
    few: Sequence[dict[Address, set[Role]]] = (
        {},
        {ADA: {Role.ADMIN}},
        {ADA: {Role.ADMIN}, BEN: {Role.BACKUP_ADMIN}},
        {ADA: {Role.ADMIN}, BEN: {Role.SAFETY_LEAD}},
    )
    for office.lists in few:
        assert await office.follows() == TooFew()
    twice = [replace(each, id=office.ids.new()) for each in office.wanted() * 2]
    async with office.memory() as work:
        assert await set_people(work, VANCOUVER.id, twice, office.now, office.ids) == TooFew()
    assert office.memory.tables.audit == []


@pytest.mark.threat("T20")
async def test_nobody_gains_a_role_before_two_have_agreed() -> None:
    office = Office()
    office.lists[DORA] = {Role.ADMIN}
    approval = await office.awaits()
    assert approval.act is Act.NAME_ADMINISTRATOR
    assert await office.awaits() == approval, "asking again is the same question"
    assert office.roles(DORA) == frozenset()
    await office.agree(approval, ADA)
    assert (await office.awaits()).id == approval.id
    assert office.roles(DORA) == frozenset()
    await office.agree(approval, CLEO)
    kept = await office.follows()
    assert isinstance(kept, Kept)
    assert kept.added == (office.member(DORA),)
    assert office.roles(DORA) == {Role.ADMIN}
    assert office.memory.tables.approvals[approval.id].used_at == office.now
    used = [each for each in office.memory.tables.audit if each.event is Event.APPROVAL_USED]
    assert [(each.kind, each.actor) for each in used] == [(ActorKind.SYSTEM, None)]
    assert await office.follows() == Kept()


@pytest.mark.threat("T20")
async def test_another_list_is_another_question() -> None:
    office = Office()
    office.lists[DORA] = {Role.ADMIN}
    first = await office.awaits()
    await office.agree(first, ADA, BEN)
    office.lists = {each: roles for each, roles in office.lists.items() if each != DORA} | {EVA: {Role.ADMIN}}
    second = await office.awaits()
    assert second.id != first.id
    assert second.code != first.code
    assert office.roles(EVA) == frozenset()


@pytest.mark.threat("T20")
async def test_a_yes_that_is_too_old_does_not_count() -> None:
    office = Office()
    office.lists[DORA] = {Role.ADMIN}
    first = await office.awaits()
    await office.agree(first, ADA, BEN)
    office.later(hours=24)
    second = await office.awaits()
    assert second.id != first.id
    assert office.roles(DORA) == frozenset()


@pytest.mark.threat("T20")
async def test_who_gains_the_role_does_not_say_yes_to_it() -> None:
    office = Office()
    office.lists[CLEO] = {Role.ADMIN}
    approval = await office.awaits()
    assert approval.subject == office.member(CLEO)
    assert not isinstance(await office.do(approvals.agree, CLEO, approval.id), Agreed)
    await office.agree(approval, ADA, BEN)
    assert isinstance(await office.follows(), Kept)
    assert office.roles(CLEO) == {Role.ADMIN}


async def test_two_members_do_not_gain_at_once() -> None:
    office = Office()
    office.lists[CLEO] = {Role.ADMIN}
    office.lists[LENA] = {Role.SAFETY_LEAD, Role.BACKUP_ADMIN}
    assert await office.follows() == OneAtATime()
    assert office.memory.tables.audit == []


async def test_an_administrator_who_becomes_a_backup_gains_nothing() -> None:
    office = Office()
    office.lists[DORA] = {Role.ADMIN}
    await office.agree(await office.awaits(), ADA, BEN)
    await office.follows()
    office.lists[BEN] = {Role.BACKUP_ADMIN}
    assert await office.follows() == Kept((), (office.member(BEN),), ())


async def test_what_is_taken_away_does_not_wait_for_what_is_given() -> None:
    office = Office()
    lena = office.member(LENA)
    office.lists[LENA] = set()
    office.lists[DORA] = {Role.ADMIN}
    outcome = await office.follows()
    assert isinstance(outcome, AwaitsTwo)
    assert outcome.kept == Kept((), (), (lena,))
    assert office.memory.deeds(lena) == [Event.MEMBER_REMOVED]
    assert office.roles(DORA) == frozenset()


async def test_one_who_leaves_for_another_stays_until_two_have_agreed() -> None:
    """Otherwise one administrator would be left, and whoever runs the command could put new people in their place."""
    office = Office()
    del office.lists[ADA], office.lists[BEN]
    office.lists |= {DORA: {Role.ADMIN}, EVA: {Role.ADMIN}}
    outcome = await office.follows()
    assert isinstance(outcome, AwaitsTwo)
    assert outcome.kept == Kept()
    assert office.roles(ADA) == office.roles(BEN) == {Role.ADMIN}
    await office.agree(outcome.approval, ADA, BEN)
    assert isinstance(await office.follows(), Kept)
    assert (office.roles(ADA), office.roles(BEN)) == (frozenset(), frozenset())


async def test_where_one_is_left_the_privacy_contact_is_the_other() -> None:
    office = Office()
    for who in (BEN, CLEO):
        del office.memory.tables.members[office.member(who)]
        del office.lists[who]
    office.lists[DORA] = {Role.ADMIN}
    approval = await office.awaits()
    told = {each.audience for each in office.memory.told(Kind.TELL_APPROVAL, approval.id)}
    assert told == {office.member(ADA), None}
    await office.agree(approval, PRIVACY, ADA)
    assert isinstance(await office.follows(), Kept)
    assert office.roles(DORA) == {Role.ADMIN}


def test_the_code_is_short_and_says_nothing_twice() -> None:
    roles = frozenset({Role.ADMIN})
    code = code_of("north", {DORA: roles, EVA: roles})
    assert code == code_of("north", {EVA: roles, DORA: roles})
    assert [len(part) for part in code.split("-")] == [4, 4]
    others = {
        code_of("south", {DORA: roles, EVA: roles}),
        code_of("north", {DORA: roles}),
        code_of("north", {DORA: roles, EVA: frozenset({Role.BACKUP_ADMIN})}),
    }
    assert len(others | {code}) == 4


@pytest.mark.req("U19")
@pytest.mark.threat("T21")
@pytest.mark.parametrize("kept_out", [True, False])
async def test_a_card_leaves_the_channel_when_its_requester_or_one_kept_out_is_named(*, kept_out: bool) -> None:
    office = Office()
    asked = ask(requester=ROBIN, avoid_members=(DORA,)) if kept_out else ask(requester=DORA)
    request = await office.opens(asked.needs.requester, asked)
    other = await office.opens(address("U0SAM"))
    await office.do(triage.claim, ADA, request.id)
    before = office.request(request.id)
    assert not before.private_card
    told = len(office.memory.told(Kind.TELL_MEMBER))
    office.lists[DORA] = {Role.ADMIN}
    await office.agree(await office.awaits(), ADA, BEN)
    assert isinstance(await office.follows(), Kept)
    after = office.request(request.id)
    assert (after.private_card, after.version) == (True, before.version + 1)
    assert not office.request(other.id).private_card
    assert office.memory.told(Kind.CARD, request.id)[-1].dedupe.endswith(f":{after.version}")
    assert [each.audience for each in office.memory.told(Kind.TELL_MEMBER)[told:]] == [office.member(ADA)]
    seen = await office.read(lambda work: queue.listed(work, VANCOUVER, DORA, now=office.now))
    assert isinstance(seen, Listing)
    assert [each.id for each in seen.requests] == [other.id]


@pytest.mark.req("G41", "U19", "V5")
@pytest.mark.threat("T21", "T29")
@pytest.mark.parametrize("kept_out", [True, False])
async def test_no_list_tells_who_is_named_later_of_a_request_that_is_over_and_closed_to_them(*, kept_out: bool) -> None:
    office = Office()
    asked = ask(requester=ROBIN, avoid_members=(DORA,)) if kept_out else ask(requester=DORA)
    request, other = await office.opens(asked.needs.requester, asked), await office.opens(address("U0SAM"))
    for each in (request, other):
        await office.do(triage.claim, ADA, each.id)
        await office.do(reveals.open_identity, ADA, each.id, Reason.FIND_SUPPORTER)
        await office.do(triage.close_request, ADA, each.id, Outcome.NONE_AVAILABLE)
    told = len(office.memory.told(Kind.TELL_MEMBER))
    office.lists[DORA] = {Role.ADMIN}
    await office.agree(await office.awaits(), ADA, BEN)
    assert isinstance(await office.follows(), Kept)
    assert (office.request(request.id).private_card, office.request(other.id).private_card) == (True, False)
    assert office.memory.told(Kind.CARD, request.id)[-1].dedupe.endswith(f":{office.request(request.id).version}")
    assert len(office.memory.told(Kind.TELL_MEMBER)) == told, "and nobody is told anything of it"
    shown = {who: await sights(office, who, request.reference) for who in (DORA, BEN)}
    assert shown[DORA] == ([other.id], (1, 0), [other.reference], lookup.NoneSuch())
    both = sorted([request.reference, other.reference])
    assert (shown[BEN][1], sorted(shown[BEN][2])) == ((2, 0), both)


@pytest.mark.req("U19", "V5")
@pytest.mark.threat("T21")
async def test_what_came_in_while_somebody_was_named_is_marked_the_night_after() -> None:
    office = Office()
    request, other = await office.opens(ROBIN, ask(avoid_members=(BEN,))), await office.opens(address("U0SAM"))
    over = await office.opens(address("U0OVER"), ask(requester=address("U0OVER"), avoid_members=(BEN,)))
    await office.do(triage.close_request, ADA, over.id, Outcome.NONE_AVAILABLE)
    requests = office.memory.tables.requests
    for each in (request, over):
        requests[each.id] = replace(office.request(each.id), private_card=False)
    told = len(office.memory.told(Kind.TELL_MEMBER))
    for _ in range(2):
        async with office.memory() as work:
            await mark_again(work, VANCOUVER.id, office.now)
    assert [office.request(each.id).private_card for each in (request, over, other)] == [True, True, False]
    assert office.memory.told(Kind.CARD, request.id)[-1].dedupe.endswith(f":{office.request(request.id).version}")
    assert [each.audience for each in office.memory.told(Kind.TELL_MEMBER)[told:]] == [office.member(ADA)]


@pytest.mark.req("G11", "G41")
@pytest.mark.threat("T29")
async def test_the_openings_are_judged_by_who_is_kept_out_whatever_the_mark_says() -> None:
    office = Office()
    request = await office.confirmed(asked=ask(avoid_members=(BEN,)))
    await office.do(reveals.open_identity, ADA, request.id, Reason.SAFETY)
    await office.do(triage.close_request, ADA, request.id, Outcome.NONE_AVAILABLE)
    stored = office.request(request.id)
    office.memory.tables.requests[request.id] = replace(stored, private_card=False)
    assert (await sights(office, BEN, request.reference))[2] == []
    assert (await sights(office, ADA, request.reference))[2] == [request.reference]


async def sights(office: Office, who: Address, reference: str) -> tuple[object, object, list[str], object]:
    """Return what somebody sees of what is over: the queue and its counts, the openings, the reference looked up."""
    finished = await office.read(lambda work: queue.listed(work, VANCOUVER, who, Section.FINISHED, now=office.now))
    log = await office.do(ledger.openings, who, ledger.Month.of(office.now, VANCOUVER.clock.zone))
    assert isinstance(finished, Listing)
    assert isinstance(log, ledger.Log)
    counts = finished.counts[Section.FINISHED], finished.counts[Section.NEEDS]
    found = await office.do(lookup.find, who, reference)
    return [each.id for each in finished.requests], counts, [each.reference for each in log.openings], found
