"""The same with people of whom a partner told: no contact but through the invitation, and after a yes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from peersupport import conversations, intake, outreach
from peersupport.audit import Event
from peersupport.outreach import Ended, Reply, Tried
from peersupport.people import Address
from peersupport.requests import OPEN_STATES, OUTREACH, Door, Outcome, State, SupportRequest
from tests.rules.test_machine import EDGES, REQUESTERS, Everybody, avoided, numbers, people, run
from tests.rules.told import WITH_PARTNER, Told
from tests.rules.world import World, ask

STEPS = EDGES | {(start, end) for starts, end in OUTREACH.values() for start in starts}


class Invited(Everybody):
    """A partner tells of some who did not ask; some of them ask after all."""

    def town(self) -> World:
        return Told()

    def programme(self) -> Any:
        return WITH_PARTNER

    @rule(who=st.sampled_from(REQUESTERS), avoid=avoided, ask_first=st.booleans(), key=numbers)
    def open(self, who: Address, avoid: list[Address], ask_first: bool, key: int) -> None:
        self.before = self.world.memory.tables.copied()
        assert isinstance(self.world, Told)
        if key != 1:
            run(self.world.notifies(member=who))
            self.everything_fits()
        else:
            keyed = f"{who.user}{key}{len(self.world.memory.tables.requests)}"
            asked = ask(requester=who, avoid_members=tuple(avoid), ask_first=ask_first)
            self.act(intake.open_request, who, asked, key=keyed, ids=self.world.ids)

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(who=st.none() | people, number=numbers, count=st.integers(1, 3), waits=st.booleans())
    def try_in_vain(self, who: Address | None, number: int, count: int, waits: bool) -> None:
        request = self.pick(number)
        if waits:
            self.world.later(days=3)
        outcome = self.act(outreach.no_answer, who or self.supporter_of(request), request.id, count)
        assert not isinstance(outcome, Tried) or request.unasked

    @precondition(lambda self: self.world.memory.tables.requests)
    @rule(who=st.none() | people, number=numbers, reply=st.sampled_from(list(Reply)), theirs=st.booleans())
    def reply(self, who: Address | None, number: int, reply: Reply, theirs: bool) -> None:
        request = self.pick(number)
        deed = outreach.answered
        outcome = self.act(deed, who or self.supporter_of(request), request.id, reply, theirs=theirs)
        if isinstance(outcome, Ended):
            assert request.unasked
            assert self.world.request(request.id).erased_at is not None

    def take_the_next_step(self, number: int, chosen: list[Address]) -> None:
        request = self.pick(number)
        if request.unasked and request.state is State.ACCEPTED:
            self.try_in_vain(None, number, request.attempts + 1, waits=True)
        elif request.unasked and request.state is State.INVITED:
            self.reply(None, number, Reply.YES, theirs=False)
        else:
            super().take_the_next_step(number, chosen)

    def only_allowed_moves_happened(self) -> None:
        tables = self.world.memory.tables
        for id, now in tables.requests.items():
            self.reached.add(now.state)
            was = self.before.requests.get(id)
            self.consent_came_first(now)
            if was is not None and was.state is not now.state:
                step = (was.state, now.state)
                assert step in STEPS or step == (State.ACCEPTED, State.TALKING), step
                assert now.version > was.version

    def consent_came_first(self, request: SupportRequest) -> None:
        """Whoever asked is never invited; whoever did not is in contact only once they were, twice at most."""
        ledger = [each.event for each in self.world.memory.tables.audit if each.subject == request.id]
        if request.door is not Door.PARTNER:
            assert Event.INVITED not in ledger
            assert request.state is not State.INVITED
        else:
            assert ledger.count(Event.INVITED) <= 2
            spoke = [each for each in (Event.CONTACT_MADE, Event.TALKED) if each in ledger]
            assert not spoke or ledger.index(Event.INVITED) < min(ledger.index(each) for each in spoke)
            assert Event.CONTACT_FAILED not in ledger or Event.CONTACT_MADE in ledger
        if request.outcome is Outcome.ANSWERED:
            assert request.erased_at is not None
            assert request.state not in OPEN_STATES


@pytest.mark.req("I7", "I9", "G26")
@pytest.mark.threat("T12")
def test_whatever_everybody_presses_consent_comes_first() -> None:
    Invited.reached = set()
    assert conversations.ATTEMPTS == 2
    for _ in range(6):
        run_state_machine_as_test(
            Invited, settings=settings(max_examples=25, stateful_step_count=25, deadline=None, database=None)
        )
        if Invited.reached == set(State):  # Chance may pass one by.
            break
    assert Invited.reached == set(State)
