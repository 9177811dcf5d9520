"""T29: whoever passes a colleague on learns nothing about them, whatever state the colleague is in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from handlers import ids
from peersupport import referrals
from peersupport.addresses import Address
from peersupport.referral import Answer, PassOn
from tests.rules.world import VANCOUVER
from tests.threats.presses import modal, submit
from tests.threats.scenes import ADMIN, FREE, LEAD, MEMBER, OTHER, TEAM, Ground, Told

NOBODY = Address(TEAM, "U0NEVERSEEN")


def passing(ground: Ground, target: Address, by: Address = MEMBER) -> Any:
    """The form about somebody, as Slack sends it."""
    values = {ids.IN_ATTEST: ["attested"], ids.IN_COLLEAGUE: target.user, ids.IN_TELLS: "tell_not"}
    view = modal(ground, ids.VIEW_REFERRAL, values=values, p=VANCOUVER.id)
    return submit(ground, by, view | {"blocks": [{"type": "input", "block_id": ids.IN_COLLEAGUE}]})


async def refer(ground: Ground, target: Address, by: Address) -> Any:
    """Have somebody else pass them on first; return what came of it."""
    form = PassOn(True, target, "", "", False)
    async with ground.store.work() as work:
        return await referrals.pass_on(work, ground.ids, VANCOUVER, by, form, ground.clock.now())


def after(answer: Answer | None) -> Callable[[Ground], Awaitable[Address]]:
    """Somebody who was referred before and gave this answer, or none."""

    async def prepare(ground: Ground) -> Address:
        await refer(ground, NOBODY, OTHER)
        async with ground.store.work() as work:
            [asked] = await work.referrals.open_of(NOBODY)
            if answer is not None:
                await referrals.answer(work, VANCOUVER, asked.id, NOBODY, answer, ground.clock.now())
        return NOBODY

    return prepare


def simply(who: Callable[[Ground], Address]) -> Callable[[Ground], Awaitable[Address]]:
    async def prepare(ground: Ground) -> Address:
        return who(ground)

    return prepare


STATES: dict[str, Callable[[Ground], Awaitable[Address]]] = {
    "unknown": simply(lambda _: NOBODY),
    "has asked": simply(lambda ground: ground.scenes["new"].own),
    "talks": simply(lambda ground: ground.scenes["talks"].own),
    "finished": simply(lambda ground: ground.scenes["done"].own),
    "withdrew": simply(lambda ground: ground.scenes["gone"].own),
    "asked by somebody else": simply(lambda _: FREE),
    "administrator": simply(lambda _: ADMIN),
    "lead": simply(lambda _: LEAD),
    "asked already": after(None),
    "said no": after(Answer.NO),
    "said later": after(Answer.LATER),
    "said never": after(Answer.NEVER),
    "said not from them": after(Answer.NEVER_FROM),
    "said mistake": after(Answer.MISTAKE),
}


def plainly(told: Told, target: Address) -> tuple[Any, ...]:
    """What the referrer got, to be compared."""
    assert target.user not in repr(told.views) + repr(told.answer)
    return told.answer, told.views, told.calls


@pytest.mark.req("V23", "V24", "V25")
@pytest.mark.threat("T29")
async def test_the_answer_and_the_calls_are_the_same_for_every_state(prepared: Ground) -> None:
    expected: tuple[Any, ...] | None = None
    for name, prepare in STATES.items():
        target = await prepare(prepared)
        prepared.front.directory.forget(target)
        found = plainly(await prepared.told(passing(prepared, target)), target)
        again = plainly(await prepared.told(passing(prepared, target)), target)
        expected = expected or found
        assert found[0] is not None, name
        assert found[0]["view"]["title"]["text"] == "Passed on", name
        assert found == expected, name
        assert again[0] == found[0], name
        assert again[2] == found[2], name
        prepared.put_back()
