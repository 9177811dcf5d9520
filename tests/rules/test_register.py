"""The register: kept by administrators, each entry by its supporter; who leaves or pauses leaves nothing waiting."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from peersupport import answers, register, triage
from peersupport.audit import Event
from peersupport.notifications import Kind
from peersupport.offers import OfferState
from peersupport.outcomes import Over, Refused
from peersupport.register import UNTIL_FURTHER_NOTICE, AlreadyListed, Changed, Listing, Saved, Standing
from peersupport.requests import State
from peersupport.supporters import can_be_offered
from tests.rules.world import ADA, CLEO, LENA, ROBIN, STRANGER, TRAINED, World, address, ask, profile

SUNE, TOVE = address("U0SUNE"), address("U0TOVE")
STANDING = Standing(TRAINED, TRAINED, 2)


@pytest.mark.req("G28", "G26", "V31")
async def test_an_administrator_adds_a_supporter_once() -> None:
    world = World()
    who = profile("U0SUNE", "Sune Aas")
    saved = await world.do(register.add, ADA, STANDING, who, key="view-1", ids=world.ids)
    assert isinstance(saved, Saved)
    assert can_be_offered(saved.supporter, world.now)
    again = await world.do(register.add, ADA, STANDING, who, key="view-1", ids=world.ids)
    assert again == saved
    assert await world.do(register.add, CLEO, STANDING, who, key="view-2", ids=world.ids) == AlreadyListed()
    assert [each.name for _, each in world.memory.tables.supporters.values()] == ["Sune Aas"]
    assert world.memory.deeds(saved.supporter.id) == [Event.SUPPORTER_SAVED]
    assert [each.audience for each in world.memory.told(Kind.HOME_SUPPORTER)] == [saved.supporter.id]


@pytest.mark.req("G28", "G1")
@pytest.mark.threat("T15")
@pytest.mark.parametrize("who", [LENA, ROBIN, SUNE, STRANGER])
async def test_only_administrators_keep_the_register(who: Any) -> None:
    world = World()
    sune = world.supporter("U0SUNE")
    before = dict(world.memory.tables.supporters)
    assert await world.do(register.listing, who) == Refused()
    assert await world.do(register.entry, who, sune) == Refused()
    assert await world.do(register.change, who, sune, 1, STANDING) == Refused()
    other = profile("U0OTHER", "Other")
    assert await world.do(register.add, who, STANDING, other, key="k", ids=world.ids) == Refused()
    assert world.memory.tables.supporters == before
    assert [each.event for each in world.memory.tables.audit] == [Event.REFUSED] * 4


@pytest.mark.req("G1")
async def test_an_entry_of_another_programme_is_refused() -> None:
    world = World()
    foreign = world.supporter("U0SUNE")
    entry, kept = world.memory.tables.supporters[foreign]
    world.memory.tables.supporters[foreign] = (replace(entry, programme="elsewhere"), kept)
    for id in (foreign, UUID(int=0)):
        assert await world.do(register.entry, ADA, id) == Refused()
        assert await world.do(register.change, ADA, id, 1, STANDING) == Refused()
    assert await world.do(register.listing, ADA) == ()


@pytest.mark.req("G28")
async def test_the_register_is_listed_by_name() -> None:
    world = World()
    for name in ("Tove", "sune", "Uma"):
        world.supporter(f"U0{name.upper()}", name)
    listed = await world.do(register.listing, ADA)
    assert isinstance(listed, tuple)
    assert [each.profile.name for each in listed] == ["sune", "Tove", "Uma"]
    assert "Tove" not in repr(listed)
    one = await world.do(register.entry, ADA, listed[0].supporter.id)
    assert one == listed[0]


@pytest.mark.req("G28")
@pytest.mark.threat("T38")
async def test_two_who_change_the_same_entry_do_not_overwrite_each_other() -> None:
    world = World()
    sune = world.supporter("U0SUNE", trained_on=None)
    changed = await world.do(register.change, ADA, sune, 1, Standing(date(2026, 5, 4), TRAINED, 3))
    assert isinstance(changed, Saved)
    assert (changed.supporter.trained_on, changed.supporter.limit, changed.supporter.version) == (
        date(2026, 5, 4),
        3,
        2,
    )
    before = world.memory.tables.copied()
    assert await world.do(register.change, CLEO, sune, 1, STANDING) == Changed()
    assert world.memory.tables == before


@pytest.mark.req("G28")
async def test_an_administrator_can_change_a_profile_but_not_whose_it_is() -> None:
    world = World()
    sune = world.supporter("U0SUNE", "Sune")
    await world.do(register.change, ADA, sune, 1, STANDING, profile("U0STRANGER", "Sune Aas"))
    kept = world.memory.tables.supporters[sune][1]
    assert (kept.name, kept.address) == ("Sune Aas", SUNE)


@pytest.mark.req("V12", "G28")
async def test_one_whose_entry_ends_loses_offers_and_requests_at_once() -> None:
    world = World()
    tove = world.supporter("U0TOVE")
    held = await world.accepted()
    sune = held.supporter
    assert sune is not None
    waiting = await world.confirmed(address("U0OTHER"), ask(requester=address("U0OTHER")))
    await world.do(triage.offer, ADA, waiting.id, [sune, tove], ids=world.ids)
    await world.do(register.change, ADA, sune, 1, replace(STANDING, active=False))
    assert (world.request(held.id).state, world.request(held.id).supporter) == (State.MATCHING, None)
    assert [each.state for each in world.offers(waiting.id)] == [OfferState.WITHDRAWN, OfferState.OPEN]
    assert world.offer(waiting.id).supporter_id == tove
    assert await world.read(lambda work: register.own(work, world.programme, SUNE)) is None
    assert await world.do(register.resume, SUNE) == Refused()


@pytest.mark.req("G28")
async def test_each_keeps_their_own_profile_and_limit_but_not_their_training() -> None:
    world = World()
    sune = world.supporter("U0SUNE", "Sune", trained_on=None)
    mine = profile("U0STRANGER", "Sune Aas", languages=("fr",))
    saved = await world.do(register.keep_profile, SUNE, 1, mine, 1)
    assert isinstance(saved, Saved)
    own = await world.read(lambda work: register.own(work, world.programme, SUNE))
    assert isinstance(own, Listing)
    assert (own.supporter.limit, own.supporter.trained_on, own.supporter.id) == (1, None, sune)
    assert own.profile == replace(mine, address=SUNE)
    assert await world.do(register.keep_profile, SUNE, 1, mine, 2) == Changed()
    assert await world.do(register.keep_profile, STRANGER, 1, mine, 2) == Refused()


@pytest.mark.req("G28", "U20")
async def test_a_pause_holds_offers_off_until_it_ends() -> None:
    world = World()
    sune = world.supporter("U0SUNE")
    paused = await world.do(register.pause, SUNE)
    assert isinstance(paused, Saved)
    assert paused.supporter.paused_until == UNTIL_FURTHER_NOTICE
    assert not can_be_offered(paused.supporter, world.now + timedelta(days=9999))
    assert world.memory.deeds(sune) == [Event.SUPPORTER_PAUSED]
    resumed = await world.do(register.resume, SUNE)
    assert isinstance(resumed, Saved)
    assert can_be_offered(resumed.supporter, world.now)
    until = world.now + timedelta(days=3)
    limited = await world.do(register.pause, SUNE, until)
    assert isinstance(limited, Saved)
    assert limited.supporter.paused_until == until
    assert await world.do(register.pause, STRANGER) == Refused()


@pytest.mark.req("U20")
@pytest.mark.parametrize("offers_too", [True, False])
async def test_open_offers_are_given_back_with_a_pause_only_on_request(offers_too: bool) -> None:
    world = World()
    sune, tove = world.supporter("U0SUNE"), world.supporter("U0TOVE")
    request = await world.offered(sune, tove)
    first = world.offer(request.id)
    await world.do(register.pause, SUNE, offers_too=offers_too)
    if not offers_too:
        assert isinstance(await world.do(answers.accept, SUNE, first.id), answers.Accepted)
        return
    assert [each.state for each in world.offers(request.id)] == [OfferState.WITHDRAWN, OfferState.OPEN]
    assert await world.do(answers.accept, SUNE, first.id) == Over()
    assert world.offer(request.id).supporter_id == tove
    await world.do(register.pause, TOVE, offers_too=True)
    assert world.request(request.id).state is State.MATCHING
    assert [each.audience for each in world.memory.told(Kind.TELL_MEMBER)] == [world.member(ADA)]


@pytest.mark.req("U20")
async def test_a_supporter_who_asks_is_never_a_candidate_for_their_own_request() -> None:
    world = World()
    sune = world.supporter("U0SUNE")
    request = await world.confirmed(SUNE, ask(requester=SUNE))
    suggested = await world.do(triage.suggest, ADA, request.id)
    assert isinstance(suggested, triage.Suggestions)
    assert suggested.ranking.candidates == ()
    assert await world.do(triage.offer, ADA, request.id, [sune], ids=world.ids) == triage.CannotAsk()
