"""Administrators: one claims, identities are opened on record, offers go out as the programme has it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from peersupport import answers, asking, conversations, own, triage
from peersupport.audit import ActorKind, Event
from peersupport.notifications import Kind
from peersupport.offers import OfferState
from peersupport.outcomes import Already, Done, Refused, Stale
from peersupport.programme import Programme
from peersupport.requests import Outcome, State
from peersupport.reveals import Reason
from peersupport.triage import CannotAsk, NobodyWaits, Offered
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, STRANGER, VANCOUVER, World, address, ask, vancouver

SUNE, TOVE, UMA = address("U0SUNE"), address("U0TOVE"), address("U0UMA")


def together() -> Programme:
    return vancouver(matching=VANCOUVER.match.model_dump() | {"offer_mode": "together"})


def states(world: World, request: UUID) -> list[str]:
    return [each.state.value for each in world.offers(request)]


@pytest.mark.req("V8", "G26")
async def test_the_first_to_claim_confirms_and_the_second_learns_who_was_first() -> None:
    world = World()
    request = await world.opens()
    assert await world.do(triage.claim, ADA, request.id) == Done(world.request(request.id))
    claimed = world.request(request.id)
    assert (claimed.state, claimed.claimed_by, claimed.claimed_at) == (State.CONFIRMED, world.member(ADA), world.now)
    assert len(world.memory.told(Kind.TELL_REQUESTER)) == 2
    world.later(minutes=3)
    before = world.memory.tables.copied()
    assert await world.do(triage.claim, BEN, request.id) == Already(claimed)
    assert await world.do(triage.claim, ADA, request.id) == Already(claimed)
    assert world.memory.tables == before


@pytest.mark.req("V8")
async def test_another_takes_over_and_the_first_is_told() -> None:
    world = World()
    request = await world.confirmed()
    assert await world.do(triage.take_over, ADA, request.id) == Already(request)
    await world.do(triage.take_over, CLEO, request.id)
    assert world.request(request.id).claimed_by == world.member(CLEO)
    assert [each.audience for each in world.memory.told(Kind.TELL_MEMBER)] == [world.member(ADA)]
    assert world.memory.deeds(request.id)[-1] is Event.REQUEST_REASSIGNED


async def test_taking_over_what_nobody_claimed_confirms_it() -> None:
    world = World()
    request = await world.opens()
    await world.do(triage.take_over, BEN, request.id)
    assert (world.request(request.id).state, world.request(request.id).claimed_by) == (
        State.CONFIRMED,
        world.member(BEN),
    )


@pytest.mark.req("G27", "V5")
async def test_a_request_is_handed_only_to_somebody_who_may_look_after_it() -> None:
    world = World()
    request = await world.confirmed(asked=ask(avoid_members=(BEN,)))
    for unfit in (world.member(BEN), world.member(LENA), UUID(int=0)):
        assert await world.do(triage.hand_over, ADA, request.id, unfit) == Refused()
    assert world.request(request.id).claimed_by == world.member(ADA)
    await world.do(triage.hand_over, ADA, request.id, world.member(CLEO))
    assert [each.audience for each in world.memory.told(Kind.TELL_MEMBER)][-1] == world.member(CLEO)
    assert await world.do(triage.hand_over, CLEO, request.id, world.member(CLEO)) == Already(world.request(request.id))


@pytest.mark.req("G11", "V5", "G8")
async def test_an_opened_identity_is_on_record_and_never_shows_whom_to_keep_out() -> None:
    world = World()
    wishes: dict[str, Any] = {"department": "psychiatry", "not_my_department": True}
    request = await world.confirmed(asked=ask(avoid_members=(BEN,), avoid_names=("Ole Bulrush",), **wishes))
    opened = await world.do(triage.open_identity, ADA, request.id, Reason.FIND_SUPPORTER)
    assert isinstance(opened, triage.Identity)
    assert (opened.needs.name, opened.contact and opened.contact.reach) == ("Robin", "604-555-0142")
    assert (opened.needs.avoid_members, opened.needs.avoid_names, opened.kept_out, opened.apart) == ((), (), 2, True)
    assert "Robin" not in repr(opened)
    (line,) = [each for each in world.memory.tables.audit if each.event is Event.IDENTITY_OPENED]
    assert (line.kind, line.actor, line.at) == (ActorKind.ADMIN, world.member(ADA), world.now)
    assert line.reason == Reason.FIND_SUPPORTER
    assert [each.subject for each in world.memory.told(Kind.HOME_REQUESTER)][-1] == request.id


@pytest.mark.req("G9", "V5")
async def test_a_sheet_holds_no_identity_and_stays_after_closing() -> None:
    world = World()
    sune = world.supporter("U0SUNE", "Sune Aas")
    request = await world.offered(sune)
    sheet = await world.do(triage.sheet, ADA, request.id)
    assert isinstance(sheet, triage.Sheet)
    assert (sheet.mine, [(each.supporter, each.offer.state) for each in sheet.asked]) == (
        True,
        [("Sune Aas", OfferState.OPEN)],
    )
    assert {each.address for each in sheet.colleagues} == {BEN, CLEO}
    assert not any("Robin" in str(part) or "555" in str(part) for part in (sheet.request, sheet.asked))
    await world.do(own.withdraw, ROBIN, request.id)
    assert isinstance(await world.do(triage.sheet, BEN, request.id), triage.Sheet)


DEEDS: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
    (triage.sheet, (), {}),
    (triage.open_identity, (Reason.FIND_SUPPORTER,), {}),
    (triage.claim, (), {}),
    (triage.take_over, (), {}),
    (triage.hand_over, (UUID(int=1),), {}),
    (triage.suggest, (), {}),
    (triage.offer, ([],), {"ids": World().ids}),
    (triage.send_next, (), {}),
    (triage.reassign, (), {}),
    (triage.close_request, (Outcome.UNREACHABLE,), {}),
    (triage.agree_fourth, (), {}),
]


@pytest.mark.req("G1", "G27")
@pytest.mark.threat("T15", "T16", "T18")
@pytest.mark.parametrize(("deed", "args", "more"), DEEDS, ids=lambda each: getattr(each, "__name__", ""))
async def test_only_those_who_may_look_after_it_act_and_every_attempt_is_written_down(
    deed: Any, args: tuple[Any, ...], more: dict[str, Any]
) -> None:
    world = World()
    request = await world.accepted(asked=ask(avoid_members=(BEN,)))
    foreign = replace(request, id=world.ids.new(), programme="elsewhere", reference="Q9-0001")
    world.memory.tables.requests[foreign.id] = foreign
    before = (dict(world.memory.tables.requests), dict(world.memory.tables.outbox))
    callers = [(who, request.id) for who in (BEN, LENA, ROBIN, SUNE, STRANGER)]
    callers += [(ADA, foreign.id), (ADA, UUID(int=0))]
    for number, (who, id) in enumerate(callers, start=1):
        assert await world.do(deed, who, id, *args, **more) == Refused()
        assert sum(each.event is Event.REFUSED for each in world.memory.tables.audit) == number
    assert (world.memory.tables.requests, world.memory.tables.outbox) == before


@pytest.mark.req("U48")
@pytest.mark.parametrize(("deed", "args", "more"), DEEDS[1:], ids=lambda each: getattr(each, "__name__", ""))
async def test_on_a_closed_request_an_old_button_answers_kindly_and_changes_nothing(
    deed: Any, args: tuple[Any, ...], more: dict[str, Any]
) -> None:
    world = World()
    request = await world.confirmed()
    await world.do(triage.close_request, ADA, request.id, Outcome.HANDED_OVER)
    before = world.memory.tables.copied()
    assert await world.do(deed, ADA, request.id, *args, **more) == Stale(State.CLOSED)
    assert world.memory.tables == before


@pytest.mark.req("V11")
async def test_an_ordered_list_is_asked_one_after_the_other() -> None:
    world = World()
    sune, tove, uma = world.supporter("U0SUNE"), world.supporter("U0TOVE"), world.supporter("U0UMA")
    request = await world.offered(tove, sune, uma)
    assert states(world, request.id) == ["open", "queued", "queued"]
    assert [each.audience for each in world.memory.told(Kind.TELL_SUPPORTER_OFFER)] == [tove]
    await world.do(answers.decline, TOVE, world.offer(request.id).id)
    assert states(world, request.id) == ["declined", "open", "queued"]
    assert [each.audience for each in world.memory.told(Kind.TELL_SUPPORTER_OFFER)] == [tove, sune]
    assert world.request(request.id).state is State.OFFERED
    await world.do(answers.not_me, SUNE, world.offer(request.id).id)
    await world.do(answers.accept, UMA, world.offer(request.id).id)
    assert states(world, request.id) == ["declined", "not_me", "accepted"]
    assert world.request(request.id).supporter == uma


@pytest.mark.req("V11")
async def test_where_the_programme_asks_together_all_are_asked_at_once() -> None:
    world = World(programme=together())
    request = await world.offered(world.supporter("U0SUNE"), world.supporter("U0TOVE"))
    assert states(world, request.id) == ["open", "open"]
    await world.do(answers.decline, SUNE, world.offers(request.id)[0].id)
    assert (world.request(request.id).state, states(world, request.id)) == (State.OFFERED, ["declined", "open"])
    await world.do(answers.decline, TOVE, world.offers(request.id)[1].id)
    assert world.request(request.id).state is State.MATCHING


@pytest.mark.req("V11", "U7")
async def test_an_empty_list_goes_back_and_says_whether_anybody_is_left() -> None:
    world = World()
    request = await world.offered(world.supporter("U0SUNE"))
    tove = world.supporter("U0TOVE")
    await world.do(answers.decline, SUNE, world.offer(request.id).id)
    back = world.request(request.id)
    assert (back.state, back.none_left) == (State.MATCHING, False)
    assert [each.audience for each in world.memory.told(Kind.TELL_MEMBER)] == [world.member(ADA)]
    await world.do(triage.offer, ADA, request.id, [tove], ids=world.ids)
    await world.do(answers.decline, TOVE, world.offer(request.id).id)
    assert (world.request(request.id).state, world.request(request.id).none_left) == (State.MATCHING, True)


@pytest.mark.req("G28", "V5", "U20")
@pytest.mark.threat("T21", "T16")
async def test_nobody_is_asked_who_is_not_a_candidate() -> None:
    world = World()
    sune = world.supporter("U0SUNE")
    unfit = [
        world.supporter("U0UNTRAINED", trained_on=None),
        world.supporter("U0PAUSED", paused_until=world.now + timedelta(days=1)),
        world.supporter("U0KEPTOUT"),
        world.supporter("U0ROBIN"),
        UUID(int=0),
    ]
    request = await world.confirmed(asked=ask(avoid_members=(address("U0KEPTOUT"),)))
    for id in unfit:
        assert await world.do(triage.offer, ADA, request.id, [sune, id], ids=world.ids) == CannotAsk()
    assert await world.do(triage.offer, ADA, request.id, [], ids=world.ids) == CannotAsk()
    assert (world.offers(request.id), world.request(request.id)) == ([], request)


async def test_the_same_supporter_named_twice_is_asked_once() -> None:
    world = World()
    sune = world.supporter("U0SUNE")
    request = await world.confirmed()
    outcome = await world.do(triage.offer, ADA, request.id, [sune, sune], ids=world.ids)
    assert isinstance(outcome, Offered)
    assert (len(outcome.sent), outcome.waiting) == (1, 0)


@pytest.mark.req("U48")
async def test_offers_wait_for_a_claim_and_end_with_a_match() -> None:
    world = World()
    sune = world.supporter("U0SUNE")
    request = await world.opens()
    assert await world.do(triage.offer, ADA, request.id, [sune], ids=world.ids) == Stale(State.RECEIVED)
    await world.do(triage.claim, ADA, request.id)
    await world.do(triage.offer, ADA, request.id, [sune], ids=world.ids)
    assert await world.do(triage.offer, ADA, request.id, [sune], ids=world.ids) == Stale(State.OFFERED)


@pytest.mark.req("V11")
async def test_an_offer_is_taken_back_and_the_next_sent_by_hand() -> None:
    world = World()
    request = await world.offered(world.supporter("U0SUNE"), world.supporter("U0TOVE"))
    first = world.offer(request.id)
    await world.do(triage.withdraw_offer, ADA, first.id)
    assert (states(world, request.id), world.request(request.id).state) == (["withdrawn", "queued"], State.MATCHING)
    assert [each.subject for each in world.memory.told(Kind.CLOSE_MESSAGES)] == [first.id]
    assert await world.do(triage.withdraw_offer, ADA, first.id) == Already(world.request(request.id))
    outcome = await world.do(triage.send_next, ADA, request.id)
    assert isinstance(outcome, Offered)
    assert (outcome.waiting, states(world, request.id), world.request(request.id).state) == (
        0,
        ["withdrawn", "open"],
        State.OFFERED,
    )
    assert await world.do(triage.send_next, ADA, request.id) == NobodyWaits()


@pytest.mark.req("V11")
async def test_one_who_has_become_unavailable_is_passed_over() -> None:
    world = World()
    sune, tove, uma = world.supporter("U0SUNE"), world.supporter("U0TOVE"), world.supporter("U0UMA")
    request = await world.offered(sune, tove, uma)
    entry, profile = world.memory.tables.supporters[tove]
    world.memory.tables.supporters[tove] = (replace(entry, active=False), profile)
    await world.do(answers.decline, SUNE, world.offer(request.id).id)
    assert states(world, request.id) == ["declined", "withdrawn", "open"]
    assert world.offer(request.id).supporter_id == uma


async def test_a_new_list_replaces_the_one_that_waited() -> None:
    world = World()
    sune, tove, uma = world.supporter("U0SUNE"), world.supporter("U0TOVE"), world.supporter("U0UMA")
    request = await world.offered(sune, tove)
    await world.do(triage.withdraw_offer, ADA, world.offer(request.id).id)
    await world.do(triage.offer, ADA, request.id, [uma], ids=world.ids)
    assert states(world, request.id) == ["withdrawn", "withdrawn", "open"]
    assert [each.position for each in world.offers(request.id)] == [1, 2, 3]


@pytest.mark.req("V11")
async def test_a_foreign_or_unknown_offer_is_refused() -> None:
    world = World()
    request = await world.offered(world.supporter("U0SUNE"))
    offer = world.offer(request.id)
    for who, id in ((BEN, UUID(int=0)), (ROBIN, offer.id), (STRANGER, offer.id)):
        assert await world.do(triage.withdraw_offer, who, id) == Refused()
    world.memory.tables.requests[request.id] = replace(request, programme="elsewhere")
    assert await world.do(triage.withdraw_offer, ADA, offer.id) == Refused()
    assert world.offer(request.id) == offer


@pytest.mark.req("V11")
@pytest.mark.parametrize(
    ("sent", "zone", "ends"),
    [
        (datetime(2026, 7, 20, 22, 0, tzinfo=UTC), "America/Vancouver", datetime(2026, 7, 21, 17, 0, tzinfo=UTC)),
        (datetime(2026, 7, 20, 17, 0, tzinfo=UTC), "America/Vancouver", datetime(2026, 7, 21, 5, 0, tzinfo=UTC)),
        (datetime(2026, 7, 20, 22, 0, tzinfo=UTC), "America/Halifax", datetime(2026, 7, 21, 13, 0, tzinfo=UTC)),
    ],
)
def test_an_offer_ends_after_its_time_but_not_before_the_morning(sent: datetime, zone: str, ends: datetime) -> None:
    assert asking.lapses_at(VANCOUVER, zone, sent) == ends


@pytest.mark.req("V12", "V9")
async def test_reassigning_ends_access_and_looks_for_somebody_else() -> None:
    world = World()
    world.supporter("U0TOVE", profile_has={"languages": ("fr",)})
    request = await world.accepted()
    sune = request.supporter
    await world.do(triage.reassign, BEN, request.id)
    assert (world.request(request.id).state, world.request(request.id).supporter) == (State.MATCHING, None)
    assert [each.audience for each in world.memory.told(Kind.TELL_SUPPORTER)] == [sune]
    suggested = await world.do(triage.suggest, ADA, request.id)
    assert isinstance(suggested, triage.Suggestions)
    assert [each.profile.name for each in suggested.ranking.candidates] == ["U0TOVE"]
    assert suggested.ranking.excluded == 1
    assert await world.do(triage.reassign, BEN, request.id) == Stale(State.MATCHING)


async def test_those_on_the_list_are_not_suggested_again() -> None:
    world = World(programme=together())
    request = await world.offered(world.supporter("U0SUNE"))
    world.supporter("U0TOVE")
    suggested = await world.do(triage.suggest, ADA, request.id)
    assert isinstance(suggested, triage.Suggestions)
    assert [each.profile.name for each in suggested.ranking.candidates] == ["U0TOVE"]


@pytest.mark.req("G12", "U27")
@pytest.mark.parametrize("outcome", Outcome)
async def test_an_administrator_closes_in_three_ways_only(outcome: Outcome) -> None:
    world = World()
    request = await world.confirmed()
    answer = await world.do(triage.close_request, ADA, request.id, outcome)
    if outcome not in triage.CLOSINGS:
        assert (answer, world.request(request.id)) == (Refused(), request)
        return
    assert world.request(request.id).outcome is outcome
    at_once = outcome is Outcome.UNREACHABLE
    (erasure,) = world.memory.told(Kind.ERASE, request.id)
    assert erasure.run_at == world.now + timedelta(days=0 if at_once else 30)
    contact = [each.run_at for each in world.memory.told(Kind.ERASE_CONTACT, request.id)]
    assert contact == ([] if at_once else [world.now])
    assert world.memory.tables.tallies[VANCOUVER.id, "2026-11", "closed"] == 1


@pytest.mark.req("V16", "U60")
async def test_a_fourth_talk_is_agreed_once_and_only_between_talks() -> None:
    world = World()
    request = await world.accepted()
    assert await world.do(triage.agree_fourth, ADA, request.id) == Stale(State.ACCEPTED)
    await world.do(conversations.talked, SUNE, request.id, 1)
    assert await world.do(triage.agree_fourth, ADA, request.id) == Done(world.request(request.id))
    assert await world.do(triage.agree_fourth, BEN, request.id) == Already(world.request(request.id))
    assert world.memory.deeds(request.id).count(Event.FOURTH_AGREED) == 1
