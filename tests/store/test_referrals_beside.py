"""The nightly job ends what no timer of a referral ended, and every referral asks as much of the database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from bot import upkeep_erasure
from peersupport import referrals
from peersupport.notifications import Kind
from peersupport.ports import Post
from peersupport.referral import LIMIT, WINDOW, Answer, PassedOn, PassOn, Scope, TooMany
from store.self_audit import Findings
from store.store import Store
from store.transaction import Transaction
from tests.rules.world import ROBIN, VANCOUVER, address
from tests.store.records import MovableClock
from tests.store.test_referrals import KEPT, OAKLEY, SUNE, answers, newest, passes_on
from tests.store.test_workflow_races import IDS


async def tonight(store: Store, clock: MovableClock) -> None:
    rooms: Any = SimpleNamespace(store=store)
    await upkeep_erasure._end_referrals(rooms, clock.now())


@pytest.mark.req("G19", "U2", "V22")
async def test_the_night_ends_what_no_timer_ended(store: Store, clock: MovableClock) -> None:
    await passes_on(store, clock)
    made = await newest(store)
    await tonight(store, clock)
    async with store.work() as work:
        assert await work.referrals.open_of(ROBIN) != []
        await work.posts.add(Post(uuid4(), made.id, Kind.TELL_COLLEAGUE, "D0MOSS", "1.1"))
        for each in await work.referrals.passed_on(OAKLEY):
            await work.referrals.forget_referrer(each.id)
    clock.move(days=7)
    await tonight(store, clock)
    async with store.work() as work:
        assert await work.referrals.open_of(ROBIN) == []
        assert await work.referrals.colleague(made.id) is None
        assert Kind.CLOSE_MESSAGES in await work.outbox.waiting(made.id)
    clock.move(days=WINDOW.days)
    await store.sweep()
    assert await store.self_audit(KEPT) == Findings(posts=1, hashes=1, lookup_key=1)
    await tonight(store, clock)
    async with store.work() as work:
        assert await work.referrals.count_since(OAKLEY, clock.now() - timedelta(days=365)) == 0
        await work.posts.forget(made.id)
    assert await store.self_audit(KEPT) == Findings(lookup_key=1), "no trace of either, but in numbers"


@pytest.mark.req("V23", "V25")
@pytest.mark.threat("T29")
async def test_as_many_statements_however_the_colleague_stands(
    store: Store, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    ready = Transaction._ready

    async def counted(self: Transaction, statement: Any) -> Any:
        said.append(statement)
        return await ready(self, statement)

    monkeypatch.setattr(Transaction, "_ready", counted)
    statements = {}
    people = {name: address(f"U0PERSON{number}") for number, name in enumerate(("new", "asked", "never", "blocked"))}
    await passes_on(store, clock, PassOn(attested=True, colleague_member=people["asked"]), SUNE)
    clock.move(minutes=1)
    await passes_on(store, clock, PassOn(attested=True, colleague_member=people["never"]), SUNE)
    await answers(store, clock, (await newest(store)).id, Answer.NEVER, people["never"])
    async with store.work() as work:
        of, who = VANCOUVER.id, people["blocked"]
        await work.silences.keep(of, Scope.REFERRALS_FROM, who, from_who=OAKLEY, now=clock.now())
    for name, who in people.items():
        async with store.work() as work:
            said.clear()
            form = PassOn(attested=True, colleague_member=who)
            outcome = await referrals.pass_on(work, IDS, VANCOUVER, OAKLEY, form, clock.now(), key=uuid4().hex)
            assert outcome == PassedOn()
        # What mints keys ahead of their use goes on beside it.
        statements[name] = [each for each in map(str, said) if "_keys" not in each]
        async with store.work() as work:
            for each in await work.referrals.passed_on(OAKLEY):
                await work.referrals.forget_referrer(each.id)
                await work.referrals.drop_count(each.id)
    assert statements["new"]
    assert statements == dict.fromkeys(people, statements["new"])
    async with store.work() as work:
        asked = {name: len(await work.referrals.open_of(who)) for name, who in people.items()}
    assert asked == {"new": 1, "asked": 1, "never": 0, "blocked": 0}


@pytest.mark.req("V25")
@pytest.mark.threat("T66")
async def test_forms_sent_at_the_same_moment_do_not_get_past_the_limit(
    store: Store, second_store: Store, clock: MovableClock
) -> None:
    for round_ in range(5):
        who = address(f"U0HASTE{round_}")
        forms = [PassOn(attested=True, colleague_member=address(f"U0HASTE{round_}X{each}")) for each in range(8)]
        ways = [passes_on((store, second_store)[each % 2], clock, form, who) for each, form in enumerate(forms)]
        outcomes = await asyncio.gather(*ways)
        assert outcomes.count(PassedOn()) == LIMIT
        assert outcomes.count(TooMany()) == len(forms) - LIMIT
        async with store.work() as work:
            assert await work.referrals.count_since(who, clock.now() - WINDOW) == LIMIT
