"""An answer that presumes nobody else answers: two trips to PostgreSQL, and void where somebody did."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from peersupport import answers, asking, conversations
from peersupport.actors import by_itself
from peersupport.audit import Event
from peersupport.offers import Offer, OfferState
from peersupport.outcomes import Already, Done, Over, Refused
from peersupport.people import Address
from peersupport.ports import Presumed
from peersupport.requests import State
from store.links import PostgresLink, SqliteLink
from store.store import Store
from tests.rules.world import START, VANCOUVER
from tests.store.conftest import Places
from tests.store.records import AVERY, an_offer, is_minting, open_request, register_supporter

SUNE, UMA = Address("T1", "U-SUNE"), Address("T1", "U-UMA")


@dataclass
class Scene:
    """A supporter with room for one, whom two requests are put to; the first is put to somebody else as well."""

    mine: Offer
    theirs: Offer
    other: Offer

    async def take(self, store: Store, offer: Offer, who: Address = SUNE, *, presume: bool = False) -> Any:
        """Accept an offer."""
        async with store.work() as work:
            return await answers.accept(work, VANCOUVER, who, offer.id, now=START, presume=presume)


@pytest.fixture
async def scene(store: Store) -> Scene:
    here = VANCOUVER.id
    first = await open_request(store, state=State.OFFERED, programme=here)
    second = await open_request(store, Address("T1", "U-ROWAN"), state=State.OFFERED, programme=here)
    sune = await register_supporter(store, SUNE, limit=1, programme=here)
    uma = await register_supporter(store, UMA, programme=here)
    made = Scene(an_offer(first.id, sune.id), an_offer(first.id, uma.id, position=2), an_offer(second.id, sune.id))
    async with store.work() as work:
        await work.offers.add([made.mine, made.theirs, made.other])
    return made


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the database, as it goes."""
    seen: list[str] = []

    def watched(name: str, way: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def run(link: Any, sql: str = name, values: Sequence[Any] | None = None) -> Any:
            if not is_minting():
                seen.append(sql)
            return await (way(link) if values is None else way(link, sql, values))

        return run

    for kind in (PostgresLink, SqliteLink):
        for name in ("begin", "commit", "fetch", "run", "run_many"):
            monkeypatch.setattr(kind, name, watched(name, getattr(kind, name)))
    return seen


@pytest.mark.req("G26", "G28")
async def test_an_answer_takes_two_trips_to_postgresql(
    store: Store, database: Places, scene: Scene, trips: list[str]
) -> None:
    trips.clear()
    assert isinstance(await scene.take(store, scene.mine, presume=True), answers.Accepted)
    assert len(trips) == (16 if database.is_sqlite else 2), trips
    async with store.work() as work:
        found = await work.offers.of_request(scene.mine.request_id)
        request = await work.requests.get(scene.mine.request_id)
        assert request is not None
        assert (request.state, request.supporter) == (State.ACCEPTED, scene.mine.supporter_id)
        assert [each.state for each in found] == [OfferState.ACCEPTED, OfferState.WITHDRAWN]
        assert len(await work.audit.of(scene.mine.id, Event.OFFER_ACCEPTED)) == 1
    assert await store.verify_audit() is None
    assert (await scene.take(store, scene.mine, presume=True)) == Already(request)
    assert await scene.take(store, scene.theirs, UMA, presume=True) == Over()
    assert await scene.take(store, scene.other, presume=True) == answers.AtLimit(1)
    assert await scene.take(store, scene.other, UMA, presume=True) == Refused()
    assert await scene.take(store, scene.other, AVERY, presume=True) == Refused()


async def _other_taken(store: Store, scene: Scene) -> None:
    """The same supporter takes the other request, which fills their only place."""
    assert isinstance(await scene.take(store, scene.other), answers.Accepted)


async def _other_taken_boldly(store: Store, scene: Scene) -> None:
    assert isinstance(await scene.take(store, scene.other, presume=True), answers.Accepted)


async def _taken_by_another(store: Store, scene: Scene) -> None:
    assert isinstance(await scene.take(store, scene.theirs, UMA, presume=True), answers.Accepted)


async def _another_said_no(store: Store, scene: Scene) -> None:
    async with store.work() as work:
        assert await answers.decline(work, VANCOUVER, UMA, scene.theirs.id, now=START) == answers.Declined()


async def _lapsed(store: Store, scene: Scene) -> None:
    async with store.work() as work:
        found = await work.offers.with_request(scene.mine.id, lock=True)
        assert found is not None
        held = by_itself(work, VANCOUVER, found[1], START)
        assert await asking.end(held, found[0], OfferState.LAPSED)


async def _left(store: Store, scene: Scene) -> None:
    """The supporter leaves the register."""
    async with store.work() as work:
        entry = await work.supporters.get(scene.mine.supporter_id)
        assert entry is not None
        assert await work.supporters.save(replace(entry[0], active=False))


async def _changed(store: Store, scene: Scene) -> None:
    """An administrator changes the request."""
    async with store.work() as work:
        found = await work.requests.get(scene.mine.request_id, lock=True)
        assert found is not None
        assert await work.requests.save(replace(found, urgent=True))


@pytest.mark.req("G26", "G28")
@pytest.mark.threat("T34")
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "deed", [_other_taken, _other_taken_boldly, _taken_by_another, _another_said_no, _lapsed, _left, _changed]
)
async def test_whatever_happens_in_between_makes_it_void(
    store: Store, second_store: Store, scene: Scene, deed: Callable[[Store, Scene], Awaitable[None]]
) -> None:
    before: list[Any] = []

    async def overtaken() -> None:
        async with store.work() as work:
            taken = await answers.accept(work, VANCOUVER, SUNE, scene.mine.id, now=START, presume=True)
            assert isinstance(taken, answers.Accepted)
            await deed(second_store, scene)
            before.extend(await _stands(second_store, scene))

    with pytest.raises(Presumed):
        await overtaken()
    assert await _stands(store, scene) == before
    assert await store.verify_audit() is None


async def _stands(store: Store, scene: Scene) -> list[Any]:
    async with store.work() as work:
        return [
            await work.requests.get(scene.mine.request_id),
            await work.offers.of_request(scene.mine.request_id),
            await work.audit.of(scene.mine.id),
            (await store.queue.backlog()).due,
        ]


@pytest.mark.req("G28")
async def test_a_supporter_whose_place_is_free_again_can_take_another(store: Store, scene: Scene) -> None:
    assert isinstance(await scene.take(store, scene.other, presume=True), answers.Accepted)
    async with store.work() as work:
        handed = await conversations.hand_back(work, VANCOUVER, SUNE, scene.other.request_id, now=START)
        assert isinstance(handed, Done)
    assert isinstance(await scene.take(store, scene.mine, presume=True), answers.Accepted)
