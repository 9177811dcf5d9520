"""Who may do what: every kind of person against every deed and every state."""

from dataclasses import replace
from uuid import UUID

import pytest

from peersupport.actors import actor, administrators
from peersupport.people import Actor, Deed, Role, may
from peersupport.requests import OPEN_STATES, State
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, STRANGER, World, address, ask

ADMIN_DEEDS = {Deed.SEE_SHEET, Deed.CLAIM, Deed.OPEN_IDENTITY, Deed.OFFER, Deed.REASSIGN, Deed.CLOSE}
SUPPORTER_DEEDS = {Deed.SEE_MATCHED, Deed.OPEN_MATCHED_IDENTITY, Deed.REPORT_CONTACT, Deed.HAND_BACK}
OWN_DEEDS = {Deed.SEE_OWN, Deed.CHANGE, Deed.WITHDRAW, Deed.ASK_FOR_SOMEONE_ELSE}
MATCHED_STATES = {State.ACCEPTED, State.CONTACTED, State.TALKING}
MATCHED, OTHER = UUID(int=901), UUID(int=902)

_ADMIN = Actor(member=UUID(int=903), roles=frozenset({Role.ADMIN}))
PEOPLE = {
    "nobody": (Actor(), set[Deed]()),
    "an administrator": (_ADMIN, ADMIN_DEEDS),
    "a backup": (replace(_ADMIN, roles=frozenset({Role.BACKUP_ADMIN})), ADMIN_DEEDS),
    "a safety lead": (replace(_ADMIN, roles=frozenset({Role.SAFETY_LEAD})), set()),
    "an administrator kept out": (replace(_ADMIN, excluded=True), set()),
    "a former administrator": (replace(_ADMIN, roles=frozenset()), set()),
    "an administrator who asks": (replace(_ADMIN, requester=True), OWN_DEEDS),
    "another supporter": (Actor(supporter=OTHER), set()),
    "the matched supporter": (Actor(supporter=MATCHED), SUPPORTER_DEEDS),
    "a supporter who asks": (Actor(supporter=OTHER, requester=True), OWN_DEEDS),
    "an administrator who is matched": (replace(_ADMIN, supporter=MATCHED), ADMIN_DEEDS | SUPPORTER_DEEDS),
    "the requester": (Actor(requester=True), OWN_DEEDS),
}


def allowed_in(deed: Deed, state: State) -> bool:
    if deed in SUPPORTER_DEEDS:
        return state in MATCHED_STATES
    return deed is Deed.SEE_SHEET or state in OPEN_STATES


@pytest.mark.req("G1", "G27", "V12")
@pytest.mark.threat("T15")
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("state", State)
async def test_each_person_may_do_their_own_deeds_and_no_other(person: str, state: State) -> None:
    world = World()
    request = replace(await world.opens(), state=state, supporter=MATCHED)
    who, deeds = PEOPLE[person]
    expected = {deed for deed in deeds if allowed_in(deed, state)}
    assert {deed for deed in Deed if may(deed, who, request)} == expected


def test_every_deed_belongs_to_one_kind_of_person() -> None:
    assert sorted([*ADMIN_DEEDS, *SUPPORTER_DEEDS, *OWN_DEEDS]) == sorted(Deed)


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
