"""The real workflows pressed at the same moment through two replicas (T34-T36), on both kinds of database."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from peersupport import answers, conversations, intake, own, triage
from peersupport.audit import Event
from peersupport.intake import AlreadyOpen, Opened, Repeated
from peersupport.offers import OfferState
from peersupport.outcomes import Already, Done, Over, Stale
from peersupport.people import Address, Role
from peersupport.ports import Member, Presumed
from peersupport.requests import OPEN_STATES, State, SupportRequest
from store.store import Store
from tests.rules.world import ADA, BEN, ROBIN, START, VANCOUVER, address, ask, profile, supporter, vancouver

pytestmark = pytest.mark.long

TOGETHER = vancouver(matching=VANCOUVER.match.model_dump() | {"offer_mode": "together"})
SUNE = address("U0SUP0")
Workflow = Callable[..., Coroutine[Any, Any, Any]]


class Ids:
    """New ids, and references that do not meet."""

    def new(self) -> UUID:
        return uuid4()

    def reference(self) -> str:
        return f"K7-{uuid4().hex[:8].upper()}"


IDS = Ids()


@pytest.fixture(autouse=True)
async def administrators(store: Store) -> None:
    async with store.work() as work:
        members = [Member(uuid4(), TOGETHER.id, frozenset({Role.ADMIN}), who) for who in (ADA, BEN)]
        await work.members.seed(TOGETHER.id, members)


async def do(store: Store, workflow: Workflow, who: Address, *args: Any, **more: Any) -> Any:
    async with store.work() as work:
        return await workflow(work, TOGETHER, who, *args, now=START, **more)


async def submit(store: Store, key: str) -> Any:
    """Send the form, as the listener does."""
    try:
        return await do(store, intake.open_request, ROBIN, ask(), key=key, ids=IDS, presume=True)
    except Presumed:
        return await do(store, intake.open_request, ROBIN, ask(), key=key, ids=IDS)


async def accept(store: Store, who: Address, offer: UUID, *, presume: bool = True) -> Any:
    """Press Accept, as the listener does."""
    try:
        return await do(store, answers.accept, who, offer, presume=presume)
    except Presumed:
        return await do(store, answers.accept, who, offer)


async def listed(store: Store, count: int) -> list[UUID]:
    """Put that many supporters into the register."""
    entries = [(supporter(uuid4()), profile(f"U0SUP{number}", f"Supporter {number}")) for number in range(count)]
    async with store.work() as work:
        for entry, kept in entries:
            assert await work.supporters.add(entry, kept)
    return [entry.id for entry, _ in entries]


async def offered(store: Store, count: int) -> tuple[SupportRequest, dict[Address, UUID]]:
    """A request that so many supporters are asked about at once, with the offer of each."""
    supporters = await listed(store, count)
    request = (await submit(store, uuid4().hex)).request
    await do(store, triage.claim, ADA, request.id)
    sent = (await do(store, triage.offer, ADA, request.id, supporters, ids=IDS)).sent
    assert len(sent) == count
    return request, {address(f"U0SUP{number}"): offer.id for number, offer in enumerate(sent)}


@pytest.mark.req("G26")
@pytest.mark.threat("T35")
async def test_five_presses_of_send_open_one_request(store: Store, second_store: Store) -> None:
    stores = itertools.cycle((store, second_store))
    outcomes = await asyncio.gather(*(submit(next(stores), "the-same-view") for _ in range(5)))
    kinds = sorted(type(each).__name__ for each in outcomes)
    assert kinds == ["Opened", *["Repeated"] * 4]
    assert len({each.request.reference for each in outcomes}) == 1
    async with store.work() as work:
        assert len(await work.requests.of(ROBIN)) == 1
        assert len(await work.audit.of(outcomes[0].request.id, Event.REQUEST_OPENED)) == 1


@pytest.mark.parametrize("key", ["the-same-view", "another-view"])
async def test_what_was_presumed_in_vain_leaves_nothing(store: Store, key: str) -> None:
    first = await submit(store, "the-same-view")
    before = (await store.queue.backlog()).due
    with pytest.raises(Presumed):
        await do(store, intake.open_request, ROBIN, ask(), key=key, ids=IDS, presume=True)
    assert (await store.queue.backlog()).due == before
    async with store.work() as work:
        assert [each.id for each in await work.requests.of(ROBIN, open_only=False)] == [first.request.id]
        assert await work.receipts.find("another-view") == (False, None)
    assert await store.verify_audit() is None
    again = await submit(store, key)
    assert (type(again), again.request.id) == (Repeated if key == "the-same-view" else AlreadyOpen, first.request.id)


async def test_what_is_presumed_is_there_for_whoever_looks(store: Store) -> None:
    async with store.work() as work:
        work.presume()
        assert await work.receipts.keep("a-view", uuid4())
        assert (await work.receipts.find("a-view"))[0], "what waits is written before anything is read"


@pytest.mark.req("U49")
@pytest.mark.threat("T35")
async def test_two_forms_sent_at_once_open_one_request(store: Store, second_store: Store) -> None:
    outcomes = await asyncio.gather(submit(store, "one-view"), submit(second_store, "another-view"))
    assert {type(each) for each in outcomes} == {Opened, AlreadyOpen}
    assert outcomes[0].request.id == outcomes[1].request.id
    again = await submit(store, "one-view"), await submit(store, "another-view")
    assert {type(each) for each in again} == {Repeated, AlreadyOpen}


@pytest.mark.req("G26")
@pytest.mark.threat("T34")
@pytest.mark.parametrize("presume", [[False], [True], [True, True, False, False]])
async def test_of_all_who_accept_at_once_one_wins_and_the_rest_hear_the_same(
    store: Store, second_store: Store, presume: list[bool]
) -> None:
    request, offers = await offered(store, 12)
    ways = zip(itertools.cycle((store, second_store)), itertools.cycle(presume), offers.items(), strict=False)
    outcomes = await asyncio.gather(*(accept(at, *each, presume=boldly) for at, boldly, each in ways))
    assert sum(isinstance(each, answers.Accepted) for each in outcomes) == 1
    assert outcomes.count(Over()) == 11
    async with store.work() as work:
        states = [each.state for each in await work.offers.of_request(request.id)]
        assert (states.count(OfferState.ACCEPTED), states.count(OfferState.WITHDRAWN)) == (1, 11)
        now = await work.requests.get(request.id)
        lines = [each for offer in offers.values() for each in await work.audit.of(offer, Event.OFFER_ACCEPTED)]
    assert now is not None
    assert (now.state, len(lines)) == (State.ACCEPTED, 1)


@pytest.mark.req("V8", "G26")
async def test_two_who_claim_at_once_are_one_claim(store: Store, second_store: Store) -> None:
    request = (await submit(store, "view")).request
    outcomes = await asyncio.gather(
        do(store, triage.claim, ADA, request.id), do(second_store, triage.claim, BEN, request.id)
    )
    assert {type(each) for each in outcomes} == {Done, Already}
    assert len({each.request.claimed_by for each in outcomes}) == 1


@pytest.mark.req("U14", "G26")
@pytest.mark.threat("T36")
@pytest.mark.parametrize("turn", range(6))
async def test_accept_withdraw_close_and_take_back_at_once_end_legally(
    store: Store, second_store: Store, turn: int
) -> None:
    request, offers = await offered(store, 2)
    presses: list[tuple[Workflow, Address, Any]] = [
        (answers.accept, SUNE, offers[SUNE]),
        (own.withdraw, ROBIN, request.id),
        (triage.withdraw_offer, ADA, offers[SUNE]),
        (triage.reassign, BEN, request.id),
        (conversations.hand_back, SUNE, request.id),
    ]
    turned = presses[turn % 5 :] + presses[: turn % 5]
    stores = itertools.cycle((store, second_store) if turn % 2 else (second_store, store))
    await asyncio.gather(
        *(
            accept(next(stores), who, id, presume=turn < 3)
            if deed is answers.accept
            else do(next(stores), deed, who, id)
            for deed, who, id in turned
        )
    )
    async with store.work() as work:
        now = await work.requests.get(request.id)
        states = [each.state for each in await work.offers.of_request(request.id)]
    assert now is not None
    assert now.state is State.CLOSED
    assert not {OfferState.OPEN, OfferState.QUEUED, OfferState.ACCEPTED} & set(states)
    assert await do(store, own.withdraw, ROBIN, request.id) == Stale(State.CLOSED)


@pytest.mark.req("U48")
@pytest.mark.threat("T36")
async def test_pressed_twice_at_once_a_talk_counts_once(store: Store, second_store: Store) -> None:
    request, offers = await offered(store, 1)
    await do(store, answers.accept, SUNE, offers[SUNE])
    outcomes = await asyncio.gather(
        *(do(each, conversations.talked, SUNE, request.id, 1) for each in (store, second_store))
    )
    assert {type(each) for each in outcomes} == {conversations.Talked, Already}
    async with store.work() as work:
        now = await work.requests.get(request.id)
        assert now is not None
        assert (now.talks, now.state in OPEN_STATES) == (1, True)
        assert len(await work.audit.of(request.id, Event.TALKED)) == 1


@pytest.mark.req("G28")
@pytest.mark.parametrize("presume", [[False], [True], [True, True, False, False], [False, True, True]])
async def test_a_supporter_who_accepts_two_at_once_stays_within_their_limit(
    store: Store, second_store: Store, presume: list[bool]
) -> None:
    sune = (await listed(store, 1))[0]
    async with store.work() as work:
        entry = await work.supporters.get(sune)
        assert entry is not None
        assert await work.supporters.save(replace(entry[0], limit=1))
    offers = []
    for number in range(4):
        who = address(f"U0ASKER{number}")
        opened = await do(store, intake.open_request, who, ask(requester=who), key=uuid4().hex, ids=IDS)
        await do(store, triage.claim, ADA, opened.request.id)
        offers.append((await do(store, triage.offer, ADA, opened.request.id, [sune], ids=IDS)).sent[0].id)
    ways = zip(itertools.cycle((store, second_store)), itertools.cycle(presume), offers, strict=False)
    outcomes = await asyncio.gather(*(accept(at, SUNE, offer, presume=boldly) for at, boldly, offer in ways))
    assert sorted(type(each).__name__ for each in outcomes) == ["Accepted", "AtLimit", "AtLimit", "AtLimit"]
