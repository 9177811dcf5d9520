"""Counts for a support bundle: by closed words, and without the keyring."""

from datetime import timedelta
from uuid import uuid4

from peersupport.notifications import Kind, Later, Message, Parked, Result
from peersupport.promises import Open
from peersupport.requests import Outcome, State
from store import figures
from store.figures import Waiting
from store.store import Store
from store.tables import REVISIONS
from tests.store.conftest import Places
from tests.store.records import AVERY, PROGRAMME, ROBIN, MovableClock, open_request, register_supporter


async def test_what_there_is_is_counted_by_closed_words(store: Store, clock: MovableClock, database: Places) -> None:
    await open_request(store)
    await open_request(store, state=State.CLOSED, outcome=Outcome.DONE, closed_at=clock.now())
    await register_supporter(store)
    async with store.work() as work:
        await work.cover_choices.choose(AVERY, wanted=True)
        await work.cover_choices.choose(ROBIN, wanted=False)
        for kind in (Kind.CARD, Kind.TELL_REQUESTER, Kind.RETAIN):
            await work.outbox.put(Message(kind, uuid4(), f"{kind}:1", PROGRAMME))
    results: dict[Kind, Result] = {
        Kind.CARD: Parked("message_refused"),
        Kind.TELL_REQUESTER: Later(60, "ratelimited", counts=False),
    }
    for claim in await store.queue.claim(10):
        if claim.due.kind in results:
            assert await store.queue.settle(claim, results[claim.due.kind])
    found = await figures.look(database.url)
    assert found.revision == REVISIONS[-1]
    assert found.requests == ((State.CLOSED, 1), (State.RECEIVED, 1))
    assert (found.supporters, found.members, found.cover_choices, found.posts) == (1, 0, 2, ())
    assert set(found.waiting) == {
        Waiting("card", "parked", "message_refused", 1, clock.now()),
        Waiting("tell_requester", "due", "ratelimited", 1, clock.now() + timedelta(seconds=60)),
        Waiting("retain", "due", None, 1, clock.now()),
    }


async def test_an_empty_database_has_no_figures(empty_url: str) -> None:
    assert await figures.look(empty_url) == figures.Figures(None)


async def test_how_promises_stand_is_read_of_open_requests_alone(store: Store, clock: MovableClock) -> None:
    opened = await open_request(store)
    await open_request(store, state=State.CLOSED, outcome=Outcome.DONE, closed_at=clock.now())
    [found] = await store.promises.open()
    assert found == Open(
        opened.programme,
        opened.created_at,
        opened.promised_at,
        opened.due_at,
        opened.contacted_at,
        opened.missed_at,
        opened.unreached_at,
    )
