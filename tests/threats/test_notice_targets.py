"""T29, T30: a notice about somebody tells nothing of them, in whatever state they are; T66: who sends too many.

The answer, the views, the calls of Slack and the statements are the same, and so is what an administrator gets for a
voicemail about a member whom they choose.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from handlers import ids
from peersupport import intake, notice_taking, notices, retention
from peersupport.addresses import Address, own_reach
from peersupport.notice import Noticed, Notifier, PartnerIdentity, PartnerPerson, PartnerRoute
from peersupport.notifications import Kind
from peersupport.programme_partner import Channel
from peersupport.referral import LIMIT, Scope
from peersupport.requests import Outcome, State
from store.store import Store
from tests.rules.partner_world import IMPACT
from tests.rules.world import ask
from tests.threats.presses import modal, submit
from tests.threats.presses_partner import VOICEMAIL
from tests.threats.probe import Target, blurred, overheard
from tests.threats.scenes import ADMIN, KEPT_OUT, LEAD, MEMBER, OTHER, PARTNER, TEAM, Ground
from tests.threats.test_referral_targets import passing

X = Address(TEAM, "U0NEVERSEEN")
LINE, NAME = "250-555-0177", "Sage Willow"
SECOND = Address(TEAM, "U0POPPY")
"""Somebody else who notifies for the partner."""


def about(who: Address, **changes: Any) -> Noticed:
    """A notice of somebody and their own line."""
    usual = Noticed(NAME, "rural_physician", "", LINE, reach_is_own=True, criteria=("child_involved",), member=who)
    return replace(usual, **changes)


def sending(ground: Ground, by: Address, **changes: Any) -> Any:
    """The form of a partner's person, as Slack sends it."""
    values = {**VOICEMAIL, ids.IN_PROVIDER_OWN: ["own"], **changes}
    return submit(ground, by, modal(ground, ids.VIEW_NOTICE, values=values, p=IMPACT.id))


def recording(ground: Ground, who: Address) -> Any:
    """The form of an administrator who listened to the voicemail and knows whom it is about."""
    left = ground.clock.now() - timedelta(hours=3)
    when = {ids.IN_LEFT_ON: left.date().isoformat(), ids.IN_LEFT_AT: "00:30", ids.IN_PROVIDER_MEMBER: who.user}
    values = {**VOICEMAIL, ids.IN_PROVIDER_OWN: ["own"], **when}
    return submit(ground, ADMIN, modal(ground, ids.VIEW_VOICEMAIL, values=values, p=IMPACT.id))


async def told_of(ground: Ground, who: Address, **earlier: float) -> None:
    """Have a notice about them taken in, and looked at."""
    now = ground.clock.now() - timedelta(**earlier)
    async with ground.store.work() as work:
        notifier = Notifier("ptc", Channel.ENDPOINT, ground.ids.new())
        key, form = ground.ids.new().hex, about(who)
        assert (
            await notices.notify(work, IMPACT, notifier, form, key=key, now=now, ids=ground.ids) == notices.Received()
        )
    for claim in await ground.store.queue.claim(500):
        if claim.due.kind is Kind.TAKE_NOTICE:
            async with ground.store.work() as work:
                await notice_taking.take(work, IMPACT, claim.due, now, ground.ids)


async def asks(ground: Ground, who: Address) -> None:
    """Have them ask for themselves."""
    async with ground.store.work() as work:
        form = ask(requester=who, name=NAME, role="rural_physician", reach=LINE)
        key = ground.ids.new().hex
        opened = await intake.open_request(work, IMPACT, who, form, key=key, now=ground.clock.now(), ids=ground.ids)
    assert isinstance(opened, intake.Opened)


async def closes(ground: Ground, who: Address, *, erases: bool = False) -> None:
    """Have what they have closed, and erased where that is so."""
    async with ground.store.work() as work:
        for each in await work.requests.of(who, open_only=False):
            held = await work.requests.get(each.id, lock=True)
            assert held is not None
            now = ground.clock.now()
            over = replace(held, state=State.CLOSED, outcome=Outcome.DONE, closed_at=now, supporter=None)
            assert await work.requests.save(over)
            if erases:
                held = await work.requests.get(each.id, lock=True)
                assert held is not None
                await retention.erase(work, held, now)


async def silenced(ground: Ground, who: Address) -> None:
    """Have them want no notice ever again, by themselves or by their line."""
    line = own_reach(LINE)
    assert line is not None
    async with ground.store.work() as work:
        for each in (who, line):
            await work.silences.keep(IMPACT.id, Scope.NOTICES, each, now=ground.clock.now())


Prepare = Callable[[Ground, Address], Awaitable[None]]


async def unknown(ground: Ground, who: Address) -> None:
    """Never had to do with the programme."""


async def closed_before(ground: Ground, who: Address, *, days: float, erases: bool) -> None:
    """Was told of so many days ago, and that is over."""
    await told_of(ground, who, days=days)
    await closes(ground, who, erases=erases)


async def withdrew(ground: Ground, who: Address) -> None:
    """Asked, and that was erased."""
    await asks(ground, who)
    await closes(ground, who, erases=True)


async def told_and_asked(ground: Ground, who: Address) -> None:
    """Was told of, and asked for themselves then."""
    await told_of(ground, who, hours=5)
    await asks(ground, who)


STATES: dict[str, tuple[Prepare, Address]] = {
    "unknown": (unknown, X),
    "asked for themselves": (asks, X),
    "withdrew": (withdrew, X),
    "told of today": (partial(told_of, hours=2), X),
    "told of within seven days, open": (partial(told_of, days=6), X),
    "told of within seven days, over": (partial(closed_before, days=6, erases=False), X),
    "told of within seven days, erased": (partial(closed_before, days=6, erases=True), X),
    "told of before that, over": (partial(closed_before, days=9, erases=True), X),
    "told of, then asked": (told_and_asked, X),
    "wants no notices": (silenced, X),
    "an administrator": (unknown, KEPT_OUT),
    "the lead for safety": (unknown, LEAD),
    "a member of the partner": (unknown, PARTNER),
    "the safety lead, who asked": (asks, LEAD),
}


@pytest.mark.req("I6", "I11", "U34", "U35")
@pytest.mark.threat("T29", "T30")
async def test_answer_calls_and_statements_of_a_notice_are_the_same_in_every_state(prepared: Ground) -> None:
    seen: dict[str, tuple[object, ...]] = {}
    grew: dict[str, object] = {}
    for who in {who for _, who in STATES.values()} | {PARTNER, ADMIN}:
        await prepared.front.directory.facts(who)
        prepared.front.directory.settle(who, "en")
    for name, (prepare, who) in STATES.items():
        await prepare(prepared, who)
        told = []
        before = await state(prepared.store)
        for payload in (sending(prepared, PARTNER), recording(prepared, who)):
            with overheard() as said:
                answered = await prepared.told(payload)
            assert answered.answer is not None, name
            assert answered.answer["response_action"] == "update", (name, answered.answer)
            # What mints keys ahead of their use goes on beside it.
            said[:] = [each for each in said if "_keys" not in each]
            told.append(blurred(answered, Target(who), said))
            assert NAME not in repr(told), name
            assert LINE not in repr(told), name
        seen[name], grew[name] = tuple(told), (await state(prepared.store)) - before
        prepared.put_back()
    first = seen["unknown"]
    assert {name: each for name, each in seen.items() if each != first} == {}
    assert set(grew.values()) == {2}, "each is a row that waits to be looked at, and nothing else yet"


async def state(store: Store) -> int:
    """Count the notices that wait to be looked at."""
    return sum(claim.due.kind is Kind.TAKE_NOTICE for claim in await store.queue.claim(500))


@pytest.mark.req("I11", "V25")
@pytest.mark.threat("T29", "T30")
@pytest.mark.parametrize("kind", ["a guest", "an account that ended"])
async def test_of_guests_and_ended_accounts_only_what_slack_shows_everybody_is_told(
    prepared: Ground, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, ended = kind == "a guest", kind == "an account that ended"
    monkeypatch.setattr(prepared.client, "guests", frozenset({X.user} if now else ()))
    monkeypatch.setattr(prepared.client, "gone", {X.user} if ended else set())
    seen: dict[str, set[str]] = {}
    for prepare in (unknown, asks, withdrew, silenced):
        await prepare(prepared, X)
        for name, payload in (("referral", passing(prepared, X)), ("voicemail", recording(prepared, X))):
            prepared.front.directory.forget(X)
            with overheard() as said:
                told = await prepared.told(payload)
            assert told.answer is not None
            assert told.answer["response_action"] == "errors"
            seen.setdefault(name, set()).add(repr(blurred(told, Target(X), said)))
        prepared.put_back()
    prepared.front.directory.forget(X)
    assert {name: len(each) for name, each in seen.items()} == {"referral": 1, "voicemail": 1}


@pytest.mark.req("V23", "V25")
@pytest.mark.threat("T66")
async def test_a_member_who_passes_a_thousand_on_slows_only_themselves(prepared: Ground) -> None:
    titles: list[str] = []
    for number in range(30):
        told = await prepared.told(passing(prepared, Address(TEAM, f"U0FLOOD{number}")))
        assert told.answer is not None
        titles.append(told.answer["view"]["title"]["text"])
    assert titles[:LIMIT] == ["Passed on"] * LIMIT
    assert len(set(titles[LIMIT:])) == 1
    assert titles[LIMIT] != titles[0]
    async with prepared.store.work() as work:
        assert len(await work.referrals.passed_on(MEMBER)) == LIMIT
    cards = [each for each in await prepared.store.queue.claim(500) if each.due.kind is Kind.REFERRAL_CARD]
    assert len(cards) <= LIMIT + 5, "the channel gets no line of what was refused"
    other = passing(prepared, Address(TEAM, "U0FLOOD0"), by=OTHER)
    told = await prepared.told(other)
    assert told.answer is not None
    assert told.answer["view"]["title"]["text"] == "Passed on"


@pytest.mark.req("I11")
@pytest.mark.threat("T66")
async def test_a_person_of_a_partner_who_floods_slows_only_themselves(prepared: Ground) -> None:
    async with prepared.store.work() as work:
        person = PartnerPerson(prepared.ids.new(), IMPACT.id, "ptc", PartnerRoute.SLACK)
        await work.partner_people.add(person, PartnerIdentity(SECOND, "Poppy"))
    may, actions = IMPACT.outreach.notices_per_day, []
    for number in range(may + 10):
        told = await prepared.told(sending(prepared, PARTNER, **{ids.IN_PROVIDER: f"Sage Willow {number}"}))
        assert told.answer is not None
        actions.append(told.answer["response_action"])
        assert told.calls == ()
    assert actions == ["update"] * may + ["push"] * 10
    assert await state(prepared.store) == may
    told = await prepared.told(sending(prepared, SECOND))
    assert told.answer is not None
    assert told.answer["response_action"] == "update"
