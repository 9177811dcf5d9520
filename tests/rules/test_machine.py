"""Everybody presses everything in any order: only the allowed moves happen, and a request is never with two people."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from peersupport import answers, conversations, intake, own, register, triage
from peersupport.asking import PENDING
from peersupport.audit import Event
from peersupport.intake import Opened
from peersupport.notifications import Kind
from peersupport.offers import OfferState
from peersupport.outcomes import Already, Over, Refused, Stale
from peersupport.people import Address
from peersupport.requests import MATCHED, MOVES, OPEN_STATES, OUTREACH, Move, Outcome, State, SupportRequest, after
from peersupport.reveals import Reason
from tests.rules.world import ADA, BEN, CLEO, ROBIN, STRANGER, VANCOUVER, World, address, ask, vancouver

T = TypeVar("T")

WILLOW = address("U0WILLOW")
SUPPORTERS = [address(f"U0SUP{number}") for number in range(4)]
REQUESTERS = [ROBIN, WILLOW, SUPPORTERS[3], BEN]
PEOPLE = [ADA, BEN, CLEO, ROBIN, WILLOW, STRANGER, *SUPPORTERS]
EDGES = {(start, end) for starts, end in MOVES.values() for start in starts}
INVITING = {(start, end) for starts, end in OUTREACH.values() for start in starts}
ASKED = frozenset(State) - {State.INVITED}

people = st.sampled_from(PEOPLE)
avoided = st.lists(st.sampled_from([ADA, BEN, *SUPPORTERS]), max_size=2, unique=True)
asked = st.lists(st.sampled_from(SUPPORTERS[:3]), min_size=1, max_size=3)
numbers = st.integers(0, 5)
odd = st.sampled_from([False, False, False, True])


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end what never waits for anything outside."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("the rules waited for something")


class Everybody(RuleBasedStateMachine):
    """All roles act on a few requests, also on other people's."""

    reached: ClassVar[set[State]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.world = self.town()
        for who in SUPPORTERS:
            self.world.supporter(who.user, who.user, limit=1 if who is SUPPORTERS[0] else 2)
        self.before = self.world.memory.tables.copied()

    def town(self) -> World:
        return World(programme=self.programme())

    def programme(self) -> Any:
        return VANCOUVER

    def act(self, deed: Any, who: Address, *args: Any, **more: Any) -> object:
        """Carry out a deed; what is refused or stale must leave requests, offers and outbox as they are."""
        self.before = self.world.memory.tables.copied()
        self.world.later(minutes=7)
        wrong_hands = self.is_foreign(deed, who, args)
        outcome: object = run(self.world.do(deed, who, *args, **more))
        if isinstance(outcome, Refused | Stale | Over | Already):
            now = self.world.memory.tables
            assert (now.requests, now.offers, now.outbox) == (
                self.before.requests,
                self.before.offers,
                self.before.outbox,
            )
        if wrong_hands:
            assert isinstance(outcome, Refused | Over), (deed, outcome)
        if isinstance(outcome, Refused):
            assert self.world.memory.tables.audit[-1].event is Event.REFUSED
        self.everything_fits()
        return outcome

    def is_foreign(self, deed: Any, who: Address, args: tuple[Any, ...]) -> bool:
        """Say, without the policy's help, whether this person has nothing to do with what they press."""
        tables = self.world.memory.tables
        request = tables.requests.get(args[0]) if args and isinstance(args[0], UUID) else None
        if request is None or deed is conversations.contact_deleted:
            return False
        room = deed.__module__.rpartition(".")[2]
        if room in {"triage", "reveals"}:
            needs = tables.needs.get(request.id)
            return who not in {ADA, BEN, CLEO} - ({needs.requester, *needs.avoid_members} if needs else set())
        return who != (tables.requesters.get(request.id, STRANGER) if room == "own" else self.supporter_of(request))

    def pick(self, number: int) -> SupportRequest:
        """One of the requests, the open ones first, so that they are tried more often."""
        held = list(self.world.memory.tables.requests.values())
        held.sort(key=lambda each: each.state is not State.CLOSED)
        return held[::-1][number % len(held)]

    @rule(who=st.sampled_from(REQUESTERS), avoid=avoided, ask_first=st.booleans(), key=numbers)
    def open(self, who: Address, avoid: list[Address], ask_first: bool, key: int) -> None:
        asked = ask(requester=who, avoid_members=tuple(avoid), ask_first=ask_first)
        keyed = f"{who.user}{key}{len(self.world.memory.tables.requests)}"
        outcome = self.act(intake.open_request, who, asked, key=keyed, ids=self.world.ids)
        if isinstance(outcome, Opened):
            assert outcome.request.state is State.RECEIVED

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(who=people, number=numbers, deed=st.sampled_from([triage.claim, triage.take_over]))
    def claim(self, who: Address, number: int, deed: Any) -> None:
        self.act(deed, who, self.pick(number).id)

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(who=people, number=numbers, chosen=st.lists(st.sampled_from(SUPPORTERS), min_size=1, max_size=4))
    def offer(self, who: Address, number: int, chosen: list[Address]) -> None:
        held = self.world.memory.tables.supporters
        listed = [id for each in chosen for id, (_, profile) in held.items() if profile.address == each]
        self.act(triage.offer, who, self.pick(number).id, listed, ids=self.world.ids)

    @initialize(turns=st.lists(st.lists(odd, max_size=8), min_size=2, max_size=2), chosen=asked)
    def begin(self, turns: list[list[bool]], chosen: list[Address]) -> None:
        for who, steps in zip(REQUESTERS, turns, strict=False):
            self.open(who, [], ask_first=False, key=0)
            self.advance(len(self.world.memory.tables.requests) - 1, chosen, steps)

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(number=numbers, chosen=asked, steps=st.lists(odd, min_size=1, max_size=6))
    def advance(self, number: int, chosen: list[Address], steps: list[bool]) -> None:
        """The right people do what comes next, or at an odd step turn it down, so that all states are reached often."""
        for turns_down in steps:
            if turns_down:
                self.turn_down(number)
            else:
                self.take_the_next_step(number, chosen)

    def take_the_next_step(self, number: int, chosen: list[Address]) -> None:
        request = self.pick(number)
        match request.state:
            case State.RECEIVED:
                self.claim(CLEO, number, triage.claim)
            case State.CONFIRMED | State.MATCHING:
                self.offer(CLEO, number, chosen)
            case State.OFFERED:
                self.answer_one(request, answers.accept)
            case State.ACCEPTED:
                self.support(None, number, conversations.contact_made)
            case State.CONTACTED | State.TALKING:
                self.count(None, number, request.talks + 1, conversations.talked)

    def turn_down(self, number: int) -> None:
        request = self.pick(number)
        if request.state is State.OFFERED:
            self.answer_one(request, answers.decline)
        elif request.state in MATCHED:
            self.keep_out(request, [self.supporter_of(request)])

    def answer_one(self, request: SupportRequest, deed: Any) -> None:
        offer = next(each for each in self.world.offers(request.id) if each.state is OfferState.OPEN)
        self.act(deed, self.world.memory.tables.supporters[offer.supporter_id][1].address, offer.id)

    def keep_out(
        self, request: SupportRequest, people: list[Address], *, ask_first: bool = False, urgent: bool = False
    ) -> None:
        who = self.world.memory.tables.requesters.get(request.id, STRANGER)
        changed = ask(avoid_members=tuple(people), ask_first=ask_first, urgent=urgent)
        self.act(own.change, who, request.id, changed)

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(
        who=people,
        number=numbers,
        deed=st.sampled_from([triage.send_next, triage.reassign, triage.agree_fourth, triage.open_identity]),
    )
    def look_after(self, who: Address, number: int, deed: Any) -> None:
        why = [Reason.SAFETY] if deed is triage.open_identity else []
        self.act(deed, who, self.pick(number).id, *why)

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(who=people, number=numbers, outcome=st.sampled_from(list(Outcome)))
    def close(self, who: Address, number: int, outcome: Outcome) -> None:
        self.act(triage.close_request, who, self.pick(number).id, outcome)

    @precondition(lambda self: self.world.memory.tables.offers)
    @rule(
        who=people,
        number=st.integers(0, 30),
        deed=st.sampled_from([answers.accept, answers.decline, answers.not_me, triage.withdraw_offer]),
    )
    def answer(self, who: Address, number: int, deed: Any) -> None:
        held = list(self.world.memory.tables.offers)
        self.act(deed, who, held[number % len(held)])

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(
        who=st.none() | people,
        number=numbers,
        deed=st.sampled_from(
            [
                conversations.contact_made,
                conversations.hand_back,
                conversations.not_me,
                conversations.finish,
                conversations.open_person,
                conversations.contact_deleted,
            ]
        ),
    )
    def support(self, who: Address | None, number: int, deed: Any) -> None:
        request = self.pick(number)
        self.act(deed, who or self.supporter_of(request), request.id)

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(
        who=st.none() | people,
        number=numbers,
        count=st.integers(1, 5),
        deed=st.sampled_from([conversations.talked, conversations.talked, conversations.could_not_reach]),
    )
    def count(self, who: Address | None, number: int, count: int, deed: Any) -> None:
        request = self.pick(number)
        self.act(deed, who or self.supporter_of(request), request.id, count)

    def supporter_of(self, request: SupportRequest) -> Address:
        held = self.world.memory.tables.supporters
        return held[request.supporter][1].address if request.supporter else STRANGER

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(who=people, number=numbers, deed=st.sampled_from([own.withdraw, own.someone_else, own.nobody_yet]))
    def stay_in_charge(self, who: Address, number: int, deed: Any) -> None:
        self.act(deed, who, self.pick(number).id)

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(who=people, number=numbers, yes=st.booleans())
    def say(self, who: Address, number: int, yes: bool) -> None:
        self.act(own.answer_name, who, self.pick(number).id, yes=yes)

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(number=numbers, avoid=avoided, ask_first=st.booleans(), urgent=st.booleans())
    def change(self, number: int, avoid: list[Address], ask_first: bool, urgent: bool) -> None:
        self.keep_out(self.pick(number), avoid, ask_first=ask_first, urgent=urgent)

    @rule(who=st.sampled_from(SUPPORTERS), offers_too=st.booleans(), back=st.booleans())
    def pause(self, who: Address, offers_too: bool, back: bool) -> None:
        self.act(register.pause, who, offers_too=offers_too)
        if back:
            self.act(register.resume, who)

    @invariant()
    def everything_fits(self) -> None:
        self.only_allowed_moves_happened()
        self.a_request_is_with_at_most_one_person()
        self.asking_and_states_agree()
        self.a_closed_request_is_on_its_way_out()
        self.nobody_kept_out_is_asked_matched_or_in_charge()
        self.counts_and_limits_hold()
        self.every_change_reaches_the_card()

    def only_allowed_moves_happened(self) -> None:
        for id, now in self.world.memory.tables.requests.items():
            self.reached.add(now.state)
            was = self.before.requests.get(id)
            if was is None:
                assert now.state is State.RECEIVED
            elif was.state is not now.state:
                step = (was.state, now.state)
                assert step in EDGES or step == (State.ACCEPTED, State.TALKING), step
                assert now.version > was.version

    def a_request_is_with_at_most_one_person(self) -> None:
        for request in self.world.memory.tables.requests.values():
            accepted = [each for each in self.world.offers(request.id) if each.state is OfferState.ACCEPTED]
            if request.state in MATCHED:
                assert [each.supporter_id for each in accepted] == [request.supporter]
            else:
                assert accepted == []
                assert request.supporter is None or request.state is State.CLOSED

    def asking_and_states_agree(self) -> None:
        for request in self.world.memory.tables.requests.values():
            offers = self.world.offers(request.id)
            asked = any(each.state is OfferState.OPEN for each in offers)
            assert asked == (request.state is State.OFFERED), (request.state, offers)
            if request.state is State.CLOSED or request.state in MATCHED:
                assert not any(each.state in PENDING for each in offers)

    def a_closed_request_is_on_its_way_out(self) -> None:
        for request in self.world.memory.tables.requests.values():
            closed = request.state is State.CLOSED
            assert closed == (request.outcome is not None) == (request.closed_at is not None)
            assert closed == bool(self.world.memory.told(Kind.ERASE, request.id))

    def nobody_kept_out_is_asked_matched_or_in_charge(self) -> None:
        tables = self.world.memory.tables
        for request in tables.requests.values():
            needs = tables.needs.get(request.id)
            if needs is None:
                assert request.erased_at is not None
                continue
            kept_out = {needs.requester, *needs.avoid_members}
            for offer in self.world.offers(request.id):
                if offer.state in {OfferState.OPEN, OfferState.ACCEPTED}:
                    assert tables.supporters[offer.supporter_id][1].address not in kept_out
            if request.claimed_by is not None and request.state in OPEN_STATES:
                assert tables.members[request.claimed_by].address not in kept_out

    def counts_and_limits_hold(self) -> None:
        for request in self.world.memory.tables.requests.values():
            assert 0 <= request.talks <= 3 + request.fourth_agreed
        for supporter, _ in run(self.world.read(lambda work: work.supporters.all(VANCOUVER.id))):
            assert supporter.load <= supporter.limit

    def every_change_reaches_the_card(self) -> None:
        for request in self.world.memory.tables.requests.values():
            last = "erased" if request.erased_at else request.version
            assert f"card:{request.id}:{last}" in self.world.memory.tables.outbox

    def teardown(self) -> None:
        """Wherever a request stands, its requester can still withdraw it."""
        for request in list(self.world.memory.tables.requests.values()):
            if request.state in OPEN_STATES:
                who = self.world.memory.tables.requesters[request.id]
                run(self.world.do(own.withdraw, who, request.id))
                assert self.world.request(request.id).outcome is Outcome.WITHDRAWN


class Together(Everybody):
    """The same where the programme asks several at once."""

    def programme(self) -> Any:
        return vancouver(matching=VANCOUVER.match.model_dump() | {"offer_mode": "together"})


@pytest.mark.req("G26", "V16", "U14", "U48")
@pytest.mark.threat("T12", "T36")
@pytest.mark.parametrize("machine", [Everybody, Together])
def test_whatever_everybody_presses_only_allowed_moves_happen(machine: type[Everybody]) -> None:
    machine.reached.clear()
    for _ in range(6):
        run_state_machine_as_test(
            machine, settings=settings(max_examples=25, stateful_step_count=25, deadline=None, database=None)
        )
        if machine.reached == ASKED:  # Chance may pass one by.
            break
    assert machine.reached == ASKED


@pytest.mark.threat("T12")
def test_every_state_can_be_reached_and_left() -> None:
    reached, grown = {State.RECEIVED}, True
    while grown:
        more = {end for start, end in EDGES | INVITING if start in reached} | reached
        grown, reached = more != reached, more
    assert reached == set(State)
    for state in OPEN_STATES:
        assert after(state, Move.CLOSE) is State.CLOSED
    assert not [end for start, end in EDGES if start is State.CLOSED]
