"""T34-T36 and T55: three processes of the app on one PostgreSQL, over signed HTTP."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from itertools import permutations
from pathlib import Path
from uuid import UUID

import pytest

from handlers import ids
from handlers.views.triage import BLOCK_OUTCOME
from peersupport import own
from peersupport.audit import Event
from peersupport.offers import OfferState
from peersupport.outcomes import Done
from peersupport.requests import Outcome, State, SupportRequest
from simulator.dispatch import Answer
from simulator.people import Actor
from simulator.workspace import View
from tests.faults.crowd import Crowd, crowd
from tests.faults.ground import Ground
from tests.stories.town import CHANNEL, PROGRAMME, fill_form, reference_on

pytestmark = pytest.mark.faults

SUPPORTERS = 50
ACCEPTED = "It is with you now."
TROUBLE = "We had some trouble connecting"
TAKEN = "Thank you. This has been answered or is no longer needed; nothing was changed."
# A round is like another: FULL=1 runs a hundred.
ROUNDS = 100 if os.environ.get("FULL") else 10


@pytest.mark.threat("T34")
@pytest.mark.req("G26")
@pytest.mark.timeout(1500)
async def test_of_fifty_who_accept_at_once_one_wins(postgres_ground: Ground, tmp_path: Path) -> None:
    async with crowd(postgres_ground, tmp_path) as here:
        keys = here.newcomers(SUPPORTERS)
        await here.town.register(*keys)
        for number in range(ROUNDS):
            await _race(here, keys, number)
        assert await here.town.house.store.verify_audit() is None


async def _race(here: Crowd, keys: list[str], number: int) -> None:
    """Let everybody accept the same request at once; exactly one of them has it afterwards."""
    request, offers = await here.offered("ava", keys, number)
    await _quiet(here)
    before, _ = await here.states(request)
    views = {key: here.before(key, ids.VIEW_OFFER, ids.OFFER, offer.id) for key, offer in offers.items()}
    await _all_press(here, views)
    after, found = await here.states(request)
    assert after.state is State.ACCEPTED
    assert after.version == before.version + 1  # one change, and so one change of the card
    assert sorted(offer.state for offer in found) == [OfferState.ACCEPTED] + [OfferState.WITHDRAWN] * (SUPPORTERS - 1)
    [winner] = [offer for offer in found if offer.state is OfferState.ACCEPTED]
    assert after.supporter == winner.supporter_id
    losers = {here.shown(key) for key in keys if offers[key].id != winner.id}
    assert len(losers) == 1
    assert TAKEN in losers.pop()
    await _card(here, after.reference, "A supporter has said yes")
    async with here.town.house.store.work() as work:
        entries = [await work.audit.of(offer.id, Event.OFFER_ACCEPTED) for offer in found]
        assert sum(map(len, entries)) == 1
        assert isinstance(
            await own.withdraw(work, here.programme, here.town.address("ava"), request, now=here.town.clock.now()), Done
        )


async def _quiet(here: Crowd) -> None:
    """Wait until the workers have told everybody, so that the race is among people alone."""
    for _ in range(800):
        backlog = await here.town.house.store.queue.backlog()
        if backlog.oldest is None or backlog.oldest > here.town.clock.now():
            assert backlog.parked == 0
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the workers do not come to an end")


async def _card(here: Crowd, reference: str, words: str) -> None:
    """Wait until there is one card of this request and it says this."""
    farah = here.town.person("farah")
    async with asyncio.timeout(40):
        while True:
            version = here.town.sim.workspace.version
            written = [json.dumps(message.blocks) for message in farah.messages(CHANNEL)]
            cards = [each for each in written if reference in each]
            if cards and words in cards[0]:
                assert len(cards) == 1
                return
            await here.town.sim.workspace.wait_for_change(version, 0.5)


async def _all_press(here: Crowd, views: dict[str, View]) -> None:
    """Let all accept at once; on a busy machine an answer may come late, and whoever sees none presses again."""
    answers = await asyncio.gather(*(here.presses(key, view, ids.ACCEPT) for key, view in views.items()))
    assert [(answer.ok, answer.body) for answer in answers] == [(True, None)] * len(views)
    for key, view in views.items():
        for _ in range(10):
            if await _soon(here, key):
                break
            del here.town.person(key).desk.modals[1:]
            if _told(here.shown(key)):  # It came late, and the answer to a press on it stood in front.
                break
            assert (await here.presses(key, view, ids.ACCEPT)).ok
        assert _told(here.shown(key)), here.shown(key)


async def _soon(here: Crowd, key: str) -> bool:
    """Say whether somebody is told how it went, within a little while."""
    for _ in range(10):
        if _told(here.shown(key)):
            return True
        await here.town.sim.workspace.wait_for_change(here.town.sim.workspace.version, 0.2)
    return False


def _told(shown: str) -> bool:
    return TAKEN in shown or ACCEPTED in shown


@pytest.mark.threat("T35")
@pytest.mark.req("G26")
async def test_five_submissions_at_once_make_one_request(postgres_ground: Ground, tmp_path: Path) -> None:
    async with crowd(postgres_ground, tmp_path) as here:
        ava = here.town.person("ava")
        await _open_form(ava)
        form = ava.modal
        assert form is not None
        answers = await asyncio.gather(*(here.submits("ava", form, form.values) for _ in range(5)))
        references = {reference_on(json.dumps(answer.body)) for answer in answers}
        assert [answer.ok for answer in answers] == [True] * 5
        assert len(references) == 1
        await _one_request(here, references.pop())

        # Somebody else's answers are lost: the app works, and its person sees that it failed and sends again.
        dara = here.town.person("dara")
        await _open_form(dara)
        form = dara.modal
        assert form is not None
        here.town.sim.dispatcher.deadline = 0.0
        for _ in range(3):
            await dara.submits()
            assert TROUBLE in dara.screen("modal")
        here.town.sim.dispatcher.deadline = 10
        await dara.submits()
        await _one_request(here, reference_on(dara.screen("modal")), "dara")


async def _open_form(who: Actor) -> None:
    await who.types("/peersupport")
    await who.presses(action_id="ask")
    await fill_form(who)


async def _one_request(here: Crowd, reference: str, key: str = "ava") -> None:
    """See that somebody has this one request, opened once, with one card."""
    await _card(here, reference, "Received, waiting to be claimed")
    async with here.town.house.store.work() as work:
        [request] = await work.requests.of(here.town.address(key), open_only=False)
        assert request.reference == reference
        assert len(await work.audit.of(request.id, Event.REQUEST_OPENED)) == 1


DEEDS = ("accept", "withdraw", "reassign", "close")
ORDERS = list(permutations(DEEDS))


@pytest.mark.threat("T36")
@pytest.mark.req("G26")
@pytest.mark.parametrize("orders", [ORDERS[::6], pytest.param(ORDERS, marks=pytest.mark.faults)], ids=["few", "all"])
async def test_everybody_at_once_ends_in_a_legal_state(
    postgres_ground: Ground, tmp_path: Path, orders: list[tuple[str, ...]]
) -> None:
    async with crowd(postgres_ground, tmp_path) as here:
        await here.town.register("iris", "jonas")
        for number, order in enumerate(orders):
            await _at_once(here, order, number)
            await _one_by_one(here, order, number)
        await _quiet(here)
        assert await here.town.house.store.verify_audit() is None
        async with here.town.house.store.work() as work:
            assert {entry.load for entry, _ in await work.supporters.all(PROGRAMME)} == {0}


async def _at_once(here: Crowd, order: tuple[str, ...], number: int) -> None:
    request, deeds = await _prepared(here, number * 2)
    answers = await asyncio.gather(*(deeds[deed]() for deed in order))
    assert [answer.ok for answer in answers] == [True] * 4
    await _legal_end(here, request)


async def _one_by_one(here: Crowd, order: tuple[str, ...], number: int) -> None:
    request, deeds = await _prepared(here, number * 2 + 1)
    for deed in order:
        assert (await deeds[deed]()).ok
    after = await _legal_end(here, request)
    # Whoever closes first says why; nothing that comes after changes it.
    first = min(order.index("withdraw"), order.index("close"))
    assert after.outcome is (Outcome.WITHDRAWN if order[first] == "withdraw" else Outcome.NONE_AVAILABLE)


async def _prepared(here: Crowd, number: int) -> tuple[UUID, dict[str, Callable[[], Awaitable[Answer]]]]:
    """Offer a request to two supporters, and put everybody's modal before them."""
    request, offers = await here.offered("ava", ["iris", "jonas"], number)
    offer = here.before("iris", ids.VIEW_OFFER, ids.OFFER, offers["iris"].id)
    mine = here.before("ava", ids.VIEW_MINE, ids.OWN, request)
    sheet = here.before("farah", ids.VIEW_SHEET, ids.SHEET, request)
    form = here.before("gwen", ids.VIEW_CLOSE, ids.SHEET, request)
    own_handle = here.handle("ava", ids.OWN, request)
    option = {"type": "radio_buttons", "selected_option": {"value": Outcome.NONE_AVAILABLE.value}}
    return request, {
        "accept": lambda: here.presses("iris", offer, ids.ACCEPT),
        "withdraw": lambda: here.presses("ava", mine, ids.WITHDRAW, own_handle),
        "reassign": lambda: here.presses("farah", sheet, ids.REASSIGN),
        "close": lambda: here.submits("gwen", form, {BLOCK_OUTCOME: {BLOCK_OUTCOME: option}}),
    }


async def _legal_end(here: Crowd, request: UUID) -> SupportRequest:
    """See that the request is closed, once, with no offer left standing."""
    after, offers = await here.states(request)
    assert after.state is State.CLOSED
    assert after.closed_at is not None
    assert not {offer.state for offer in offers} & {OfferState.QUEUED, OfferState.OPEN, OfferState.ACCEPTED}
    async with here.town.house.store.work() as work:
        ends = [await work.audit.of(request, event) for event in (Event.REQUEST_CLOSED, Event.REQUEST_WITHDRAWN)]
        assert sum(map(len, ends)) == 1
        accepted = sum([len(await work.audit.of(offer.id, Event.OFFER_ACCEPTED)) for offer in offers])
        assert accepted <= 1
        assert len(await work.audit.of(request, Event.MATCH_RELEASED)) <= accepted
    return after
