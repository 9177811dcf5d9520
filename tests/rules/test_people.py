"""Who may do what: every kind of person against every deed and every state."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from peersupport.actors import actor, administrators, entitled
from peersupport.people import Actor, Address, Deed, Duty, Role, may, may_in_programme
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, Door, Outcome, State, SupportRequest
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, START, STRANGER, VANCOUVER, World, address, ask

ANY_STATE = {Deed.FIND, Deed.SEE_SHEET, Deed.KEEP_LONGER, Deed.SEE_HELD, Deed.ERASE, Deed.AGREE}
ADMIN_DEEDS = ANY_STATE | {
    Deed.CLAIM, Deed.PUT_OFF, Deed.OPEN_IDENTITY, Deed.OFFER, Deed.REASSIGN, Deed.CLOSE, Deed.REOPEN_IDENTITY,
    Deed.SPEAK_FOR,
}  # fmt: skip
SUPPORTER_DEEDS = {Deed.SEE_MATCHED, Deed.OPEN_MATCHED_IDENTITY, Deed.REPORT_CONTACT, Deed.HAND_BACK}
OWN_DEEDS = {Deed.SEE_OWN, Deed.CHANGE, Deed.WITHDRAW, Deed.ASK_FOR_SOMEONE_ELSE, Deed.SEE_RESOURCES, Deed.RATE} | {
    Deed.DELETE_OWN
}
MATCHED_MAY = SUPPORTER_DEEDS | {Deed.RATE, Deed.RAISE_CONCERN}
HEARS, ANSWERS = {Deed.HEAR_CONCERN}, {Deed.HEAR_CONCERN, Deed.ANSWER_CONCERN, Deed.OPEN_CONCERNED}
MATCHED_STATES = {State.ACCEPTED, State.INVITED, State.CONTACTED, State.TALKING}
MATCHED, OTHER = UUID(int=901), UUID(int=902)
REQUEST = SupportRequest(UUID(int=904), "K7-4Q2M", VANCOUVER.id, Door.SELF, State.RECEIVED, 1, START, START, "1")

_ADMIN = Actor(member=UUID(int=903), roles=frozenset({Role.ADMIN}))
PEOPLE = {
    "nobody": (Actor(), set[Deed]()),
    "an administrator": (_ADMIN, ADMIN_DEEDS),
    "a backup": (replace(_ADMIN, roles=frozenset({Role.BACKUP_ADMIN})), ADMIN_DEEDS),
    "a safety lead": (replace(_ADMIN, roles=frozenset({Role.SAFETY_LEAD})), set()),
    "an alerted lead": (replace(_ADMIN, roles=frozenset({Role.SAFETY_LEAD}), alerted=True), ANSWERS),
    "an alerted lead kept out": (
        replace(_ADMIN, roles=frozenset({Role.SAFETY_LEAD}), alerted=True, excluded=True),
        set(),
    ),
    "an alerted lead who asks": (
        replace(_ADMIN, roles=frozenset({Role.SAFETY_LEAD}), alerted=True, requester=True),
        OWN_DEEDS,
    ),
    "an alerted administrator": (replace(_ADMIN, alerted=True), ADMIN_DEEDS | HEARS),
    "an administrator who has the concern": (replace(_ADMIN, alerted=True, seized=True), ADMIN_DEEDS | ANSWERS),
    "a former lead who has the concern": (replace(_ADMIN, roles=frozenset(), alerted=True, seized=True), set()),
    "an administrator kept out": (replace(_ADMIN, excluded=True), set()),
    "a former administrator": (replace(_ADMIN, roles=frozenset()), set()),
    "an administrator who asks": (replace(_ADMIN, requester=True), OWN_DEEDS),
    "another supporter": (Actor(supporter=OTHER), set()),
    "a supporter who is asked": (Actor(supporter=OTHER, asked=True), {Deed.ANSWER_OFFER}),
    "the supporter it was with": (Actor(supporter=OTHER, former=True), {Deed.HEAR_IT_IS_OVER}),
    "the matched supporter": (Actor(supporter=MATCHED), MATCHED_MAY),
    "a supporter who asks": (Actor(supporter=OTHER, requester=True), OWN_DEEDS),
    "an administrator who is matched": (replace(_ADMIN, supporter=MATCHED), ADMIN_DEEDS | MATCHED_MAY),
    "the requester": (Actor(requester=True), OWN_DEEDS),
}


def allowed_in(deed: Deed, state: State) -> bool:
    if deed in SUPPORTER_DEEDS:
        return state in MATCHED_STATES
    if deed is Deed.RAISE_CONCERN:
        return state in {*MATCHED_STATES, State.CLOSED}
    if deed in {Deed.REOPEN_IDENTITY, Deed.RATE}:
        return state is State.CLOSED
    always = (
        ANY_STATE
        | (ANSWERS - {Deed.OPEN_CONCERNED})
        | {Deed.SEE_RESOURCES, Deed.DELETE_OWN, Deed.ANSWER_OFFER, Deed.HEAR_IT_IS_OVER}
    )
    return deed in always or state in OPEN_STATES


@pytest.mark.req("G1", "G27", "V12")
@pytest.mark.threat("T15")
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("by_phone", [False, True])
async def test_each_person_may_do_their_own_deeds_and_no_other(person: str, state: State, *, by_phone: bool) -> None:
    world = World()
    request = replace(await world.opens(), state=state, supporter=MATCHED)
    request = replace(request, outcome=Outcome.DONE if state is State.CLOSED else None)
    request = replace(request, off_slack_at=world.now if by_phone else None)
    who, deeds = PEOPLE[person]
    expected = {deed for deed in deeds if allowed_in(deed, state) and (by_phone or deed is not Deed.SPEAK_FOR)}
    assert {deed for deed in Deed if may(deed, who, request)} == expected


def test_every_deed_belongs_to_one_kind_of_person() -> None:
    others = (Deed.ANSWER_OFFER, Deed.HEAR_IT_IS_OVER, Deed.RAISE_CONCERN, *ANSWERS)
    assert sorted([*ADMIN_DEEDS, *SUPPORTER_DEEDS, *OWN_DEEDS, *others]) == sorted(Deed)


@pytest.mark.req("G11", "G16")
@pytest.mark.threat("T20")
def test_a_closed_request_opens_to_one_person_only_while_a_concern_holds_its_erasure() -> None:
    lead = replace(_ADMIN, roles=frozenset({Role.SAFETY_LEAD}), alerted=True)
    closed = replace(REQUEST, state=State.CLOSED, outcome=Outcome.DONE)
    for who in (lead, replace(_ADMIN, alerted=True, seized=True)):
        assert not may(Deed.OPEN_CONCERNED, who, closed)
        assert may(Deed.ANSWER_CONCERN, who, closed)
        assert may(Deed.OPEN_CONCERNED, replace(who, holding=True), closed)
    for other in (replace(lead, excluded=True), replace(lead, alerted=False), replace(_ADMIN, alerted=True)):
        assert not may(Deed.OPEN_CONCERNED, replace(other, holding=True), closed)


@pytest.mark.req("G16", "U24")
def test_nobody_raises_a_concern_about_what_its_person_wants_erased() -> None:
    supporter, finished = Actor(supporter=MATCHED), replace(REQUEST, state=State.CLOSED, outcome=Outcome.DONE)
    finished = replace(finished, supporter=MATCHED)
    assert may(Deed.RAISE_CONCERN, supporter, finished)
    assert not may(Deed.RAISE_CONCERN, supporter, replace(finished, erase_asked_at=START))


@pytest.mark.req("G1")
def test_only_a_finished_request_is_rated_and_only_a_kept_one_reopened() -> None:
    closed = replace(REQUEST, state=State.CLOSED, outcome=Outcome.WITHDRAWN)
    assert not may(Deed.RATE, Actor(requester=True), closed)
    assert may(Deed.REOPEN_IDENTITY, _ADMIN, closed)
    erased = replace(closed, erased_at=START)
    assert not may(Deed.REOPEN_IDENTITY, _ADMIN, erased)
    assert not may(Deed.SEE_SHEET, _ADMIN, erased)
    assert may(Deed.FIND, _ADMIN, erased)


_OF_OTHERS = {Duty.KEEP_OWN_ENTRY, Duty.HEAR_OF_SAFETY, Duty.NOTIFY, Duty.FACILITATE, Duty.READ_OFFERS}
_OF_ADMINISTRATORS = set(Duty) - _OF_OTHERS
DUTIES = {
    Role.ADMIN: _OF_ADMINISTRATORS,
    Role.BACKUP_ADMIN: _OF_ADMINISTRATORS,
    Role.SAFETY_LEAD: {Duty.ASK, Duty.SEE_OWN_DATA, Duty.HEAR_OF_SAFETY},
    Role.SUPPORTER: {Duty.ASK, Duty.SEE_OWN_DATA, Duty.KEEP_OWN_ENTRY},
    Role.FACILITATOR: {Duty.ASK, Duty.SEE_OWN_DATA, Duty.ORGANISE, Duty.FACILITATE},
    Role.EDITOR: {Duty.ASK, Duty.SEE_OWN_DATA, Duty.READ_OFFERS},
    Role.PARTNER: {Duty.ASK, Duty.SEE_OWN_DATA, Duty.NOTIFY},
}


@pytest.mark.req("G1", "G41")
@pytest.mark.threat("T15")
@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_duties_in_a_programme_and_no_other(role: Role) -> None:
    assert {duty for duty in Duty if may_in_programme(duty, {role})} == DUTIES[role]
    assert {duty for duty in Duty if may_in_programme(duty, ())} == {Duty.ASK, Duty.SEE_OWN_DATA}


@pytest.mark.req("G1")
async def test_what_somebody_may_in_a_programme_is_read_from_the_record() -> None:
    world = World()
    sune = world.supporter("U0SUNE")
    world.supporter("U0GONE", active=False)
    asked = {who: await world.do(_may, who, Duty.KEEP_REGISTER) for who in (ADA, CLEO, LENA, STRANGER)}
    assert asked == {ADA: world.member(ADA), CLEO: world.member(CLEO), LENA: None, STRANGER: None}
    people = {"U0SUNE": sune, "U0GONE": None, ADA.user: None}
    assert {user: await world.do(_may, address(user), Duty.KEEP_OWN_ENTRY) for user in people} == people


async def _may(work: UnitOfWork, programme: Programme, who: Address, duty: Duty, *, now: datetime) -> UUID | None:
    return await entitled(work, programme, who, duty)


@pytest.mark.req("G1", "V5", "G27")
async def test_the_facts_come_from_the_record() -> None:
    world = World()
    matched = world.supporter("U0SUNE")
    request = await world.opens(asked=ask(avoid_members=(BEN,)))
    async with world.memory() as work:
        facts = {who: await actor(work, who, request) for who in (ADA, BEN, LENA, ROBIN)}
    assert facts[ADA] == Actor(member=world.member(ADA), roles=frozenset({Role.ADMIN}))
    assert facts[BEN].excluded
    assert facts[LENA].roles == {Role.SAFETY_LEAD}
    assert facts[ROBIN] == Actor(requester=True)
    assert (await world.read(lambda work: actor(work, address("U0SUNE"), request))).supporter == matched
    assert await world.read(lambda work: actor(work, STRANGER, request)) == Actor()


@pytest.mark.req("G1")
async def test_a_role_in_another_programme_is_none_here() -> None:
    world = World()
    request = replace(await world.opens(), programme="elsewhere")
    assert await world.read(lambda work: actor(work, ADA, request)) == Actor()


@pytest.mark.req("V5")
async def test_once_the_wishes_are_erased_a_request_that_concerned_a_member_is_shown_to_none() -> None:
    world = World()
    private, plain = await world.opens(asked=ask(avoid_members=(BEN,))), await world.opens(address("U0OTHER"))
    for request in (private, plain):
        async with world.memory() as work:
            await work.requests.erase(request.id)
    assert (await world.read(lambda work: actor(work, ADA, private))).excluded
    assert not (await world.read(lambda work: actor(work, ADA, plain))).excluded


@pytest.mark.req("G27", "U19")
async def test_those_who_look_after_a_request_are_neither_its_requester_nor_kept_out() -> None:
    world = World()
    request = await world.opens(ADA, ask(requester=ADA, avoid_members=(BEN,)))
    found = await world.read(lambda work: administrators(work, request))
    assert [each.address for each in found] == [CLEO]
