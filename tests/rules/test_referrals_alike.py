"""Whoever refers a colleague learns nothing of how they stand: not from the answer, nor from what is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from peersupport import own, referrals
from peersupport.addresses import own_reach
from peersupport.ports import UnitOfWork
from peersupport.referral import Answer, PassedOn, Scope
from tests.rules.colleagues import BY_PHONE, OAKLEY, ROBIN, SUNE, form, passes_on
from tests.rules.world import World


def written(world: World) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Count the rows of every kind, the lines of the ledger and what the tallies hold."""
    tables = world.memory.tables
    return (
        Counter(row.kind.value for row in tables.outbox.values()),
        Counter(line.event.value for line in tables.audit),
        Counter({what: count for (_, _, what), count in tables.tallies.items()}),
    )


class Calls:
    """Counts what is asked of the parts of a unit of work, by name."""

    def __init__(self, part: Any, name: str, seen: list[str]) -> None:
        self._part, self._name, self._seen = part, name, seen

    def __getattr__(self, name: str) -> Any:
        self._seen.append(f"{self._name}.{name}")
        return getattr(self._part, name)


def counting(work: UnitOfWork, seen: list[str]) -> UnitOfWork:
    for name in ("requests", "referrals", "silences", "members", "outbox", "audit", "tallies", "receipts"):
        setattr(work, name, Calls(getattr(work, name), name, seen))
    return work


async def unknown(world: World, phone: bool) -> None:
    """Nothing is known of the colleague."""


def whom(phone: bool) -> Any:
    who = own_reach(BY_PHONE.reach)
    assert who is not None
    return who if phone else ROBIN


async def with_a_request(world: World, phone: bool) -> None:
    await world.opens(whom(phone))


async def who_withdrew(world: World, phone: bool) -> None:
    request = await world.opens(whom(phone))
    await world.do(own.withdraw, whom(phone), request.id)


async def asked_already(world: World, phone: bool) -> None:
    await passes_on(world, SUNE, BY_PHONE if phone else form())


async def who_said(world: World, phone: bool, answer: Answer) -> None:
    await asked_already(world, phone)
    (referral,) = [each for each in world.memory.tables.referrals.values() if each.is_open]
    async with world.memory() as work:
        await referrals.take(work, referral, [whom(phone)], answer, world.now)


async def who_said_no(world: World, phone: bool) -> None:
    await who_said(world, phone, Answer.NO)


async def who_wants_none(world: World, phone: bool) -> None:
    await who_said(world, phone, Answer.NEVER)


async def who_blocked(world: World, phone: bool) -> None:
    async with world.memory() as work:
        of = world.programme.id
        await work.silences.keep(of, Scope.REFERRALS_FROM, whom(phone), from_who=OAKLEY, now=world.now)


STANDING = (
    unknown,
    with_a_request,
    who_withdrew,
    asked_already,
    who_said_no,
    who_wants_none,
    who_blocked,
)
SILENT = {with_a_request, asked_already, who_wants_none, who_blocked}


@pytest.mark.req("V23", "V24", "V25", "U5")
@pytest.mark.threat("T29", "T30")
@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("standing", STANDING)
async def test_nothing_tells_how_the_colleague_stands(standing: Any, phone: bool) -> None:
    """The answer, what is asked of the store, the rows and the card are the same; only whom they ask differs."""
    plain, world = World(), World()
    await standing(world, phone)
    what = BY_PHONE if phone else form()
    before = written(world)
    seen: list[list[str]] = [[], []]
    answers = []
    for where, calls in ((plain, seen[0]), (world, seen[1])):
        async with where.memory() as work:
            counted = counting(work, calls)
            said = await referrals.pass_on(counted, where.ids, where.programme, OAKLEY, what, where.now, key="a view")
            answers.append(said)
    assert repr(answers[0]) == repr(answers[1]) == repr(PassedOn())
    assert seen[0] == seen[1]
    assert [now - then for now, then in zip(written(world), before, strict=True)] == list(written(plain))
    (new,) = [each for id, each in world.memory.tables.referrals.items() if world.memory.tables.counted[id] == OAKLEY]
    (same,) = plain.memory.tables.referrals.values()
    assert replace(new, id=same.id, reference=same.reference) == same
    assert (new.id in world.memory.tables.colleagues) is (standing not in SILENT)
