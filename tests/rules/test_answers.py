"""A supporter answers: one winner, nothing about the person before, no reason asked."""

from dataclasses import fields, replace
from typing import Any
from uuid import UUID

import pytest

from peersupport import answers, own, triage
from peersupport.answers import Accepted, AtLimit, Declined, Glance
from peersupport.audit import ActorKind, Event
from peersupport.notifications import Kind
from peersupport.offers import Offer, OfferState
from peersupport.outcomes import Already, Over, Refused
from peersupport.requests import State
from tests.rules.world import ADA, ROBIN, STRANGER, VANCOUVER, World, address, ask, vancouver

SUNE, TOVE = address("U0SUNE"), address("U0TOVE")


@pytest.mark.req("V10")
async def test_an_offer_shows_how_and_when_and_nothing_about_the_person() -> None:
    world = World()
    time = VANCOUVER.form.times[0].id
    asked = ask(reasons=(VANCOUVER.form.reasons[0].id,), times=(time,))
    request = await world.offered(world.supporter("U0SUNE"), asked=asked)
    glance = await world.do(answers.look, SUNE, world.offer(request.id).id)
    assert isinstance(glance, Glance)
    assert (glance.modalities, glance.times, glance.language) == (("phone",), (time,), "en")
    assert {field.name for field in fields(Glance)} == {"offer", "request", "modalities", "times", "language"}


@pytest.mark.req("V12", "G28")
async def test_a_yes_takes_the_request_and_ends_every_other_offer() -> None:
    world = World(programme=vancouver(matching=VANCOUVER.match.model_dump() | {"offer_mode": "together"}))
    sune, tove = world.supporter("U0SUNE"), world.supporter("U0TOVE")
    request = await world.offered(sune, tove)
    mine, other = world.offers(request.id)
    outcome = await world.do(answers.accept, SUNE, mine.id)
    taken = world.request(request.id)
    assert outcome == Accepted(taken, world.now)
    assert (taken.state, taken.supporter, taken.accepted_at) == (State.ACCEPTED, sune, world.now)
    assert [each.state for each in world.offers(request.id)] == [OfferState.ACCEPTED, OfferState.WITHDRAWN]
    assert [each.subject for each in world.memory.told(Kind.CLOSE_MESSAGES)] == [other.id]
    (line,) = [each for each in world.memory.tables.audit if each.event is Event.OFFER_ACCEPTED]
    assert (line.kind, line.actor, line.subject) == (ActorKind.SUPPORTER, sune, mine.id)


@pytest.mark.req("G26", "U48")
@pytest.mark.threat("T34")
async def test_one_wins_and_all_others_hear_the_same() -> None:
    world = World(programme=vancouver(matching=VANCOUVER.match.model_dump() | {"offer_mode": "together"}))
    users = [f"U0SUP{number:02}" for number in range(50)]
    request = await world.offered(*(world.supporter(user) for user in users))
    pairs = [(address(user), offer.id) for user, offer in zip(users, world.offers(request.id), strict=True)]
    outcomes = [await world.do(answers.accept, who, offer) for who, offer in pairs]
    assert isinstance(outcomes[0], Accepted)
    assert outcomes[1:] == [Over()] * 49
    before = world.memory.tables.copied()
    assert await world.do(answers.accept, *pairs[0]) == Already(world.request(request.id))
    assert world.memory.tables == before


@pytest.mark.threat("T34")
async def test_one_who_lost_the_race_between_reading_and_writing_changes_nothing() -> None:
    world = World()
    request = await world.offered(world.supporter("U0SUNE"))
    offer = world.offer(request.id)
    before = world.memory.tables.copied()
    async with world.memory() as work:
        work.offers.save = _lost  # type: ignore[method-assign]
        assert await answers.accept(work, world.programme, SUNE, offer.id, now=world.now) == Over()
    assert world.memory.tables == before
    async with world.memory() as work:
        work.requests.save = _lost  # type: ignore[method-assign]
        assert await answers.accept(work, world.programme, SUNE, offer.id, now=world.now) == Over()
    assert world.memory.tables == before


async def _lost(*_: object, **__: object) -> bool:
    return False


@pytest.mark.req("V10", "U17")
@pytest.mark.parametrize(
    ("answer", "state"), [(answers.decline, OfferState.DECLINED), (answers.not_me, OfferState.NOT_ME)]
)
async def test_a_no_needs_no_reason_and_is_kept_once(answer: Any, state: OfferState) -> None:
    world = World()
    request = await world.offered(world.supporter("U0SUNE"))
    offer = world.offer(request.id)
    assert await world.do(answer, SUNE, offer.id) == Declined()
    assert world.offer(request.id, state).decided_at == world.now
    before = world.memory.tables.copied()
    assert await world.do(answer, SUNE, offer.id) == Declined()
    assert await world.do(answers.accept, SUNE, offer.id) == Over()
    assert world.memory.tables == before
    assert {field.name for field in fields(Offer)}.isdisjoint({"reason", "note", "why"})


@pytest.mark.threat("T15", "T16")
@pytest.mark.parametrize("deed", [answers.look, answers.accept, answers.decline, answers.not_me])
async def test_only_the_supporter_who_is_asked_answers(deed: Any) -> None:
    world = World()
    sune = world.supporter("U0SUNE")
    world.supporter("U0TOVE")
    request = await world.offered(sune)
    offer = world.offer(request.id)
    before = (dict(world.memory.tables.requests), dict(world.memory.tables.offers), dict(world.memory.tables.outbox))
    for number, (who, id) in enumerate(
        [(TOVE, offer.id), (ADA, offer.id), (ROBIN, offer.id), (STRANGER, offer.id), (SUNE, UUID(int=0))], start=1
    ):
        assert await world.do(deed, who, id) == Refused()
        assert sum(each.event is Event.REFUSED for each in world.memory.tables.audit) == number
    after = (dict(world.memory.tables.requests), dict(world.memory.tables.offers), dict(world.memory.tables.outbox))
    assert after == before


@pytest.mark.req("V11", "U48")
@pytest.mark.parametrize("deed", [answers.look, answers.accept, answers.decline, answers.not_me])
async def test_the_buttons_of_an_ended_or_waiting_offer_are_dead(deed: Any) -> None:
    world = World()
    request = await world.offered(world.supporter("U0SUNE"), world.supporter("U0TOVE"))
    first, second = world.offers(request.id)
    assert await world.do(deed, TOVE, second.id) == Over()
    await world.do(triage.withdraw_offer, ADA, first.id)
    assert await world.do(deed, SUNE, first.id) == Over()
    await world.do(own.withdraw, ROBIN, request.id)
    assert await world.do(deed, TOVE, second.id) == Over()


@pytest.mark.req("G28")
async def test_one_at_the_limit_keeps_the_offer_and_learns_the_limit() -> None:
    world = World()
    sune = world.supporter("U0SUNE", limit=1)
    requests = []
    for user in ("U0ROBIN", "U0OTHER"):
        request = await world.confirmed(address(user), ask(requester=address(user)))
        await world.do(triage.offer, ADA, request.id, [sune], ids=world.ids)
        requests.append(request.id)
    assert isinstance(await world.do(answers.accept, SUNE, world.offer(requests[0]).id), Accepted)
    assert await world.do(answers.accept, SUNE, world.offer(requests[1]).id) == AtLimit(1)
    assert world.offer(requests[1]).state is OfferState.OPEN


@pytest.mark.req("G28")
async def test_one_whose_entry_has_ended_cannot_accept() -> None:
    world = World()
    sune = world.supporter("U0SUNE")
    request = await world.offered(sune)
    entry, profile = world.memory.tables.supporters[sune]
    world.memory.tables.supporters[sune] = (replace(entry, active=False), profile)
    assert await world.do(answers.accept, SUNE, world.offer(request.id).id) == Refused()


async def test_looking_at_what_one_accepted_leads_to_the_match() -> None:
    world = World()
    request = await world.accepted()
    offer = world.offer(request.id, OfferState.ACCEPTED)
    assert await world.do(answers.look, SUNE, offer.id) == Already(request)
