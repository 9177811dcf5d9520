"""U46, T45: a place is taken by one process at a time, and what Slack asked for outlives whoever heard it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from slack_sdk.errors import SlackApiError
from sqlalchemy import text

from handlers.gateway import Gateway
from handlers.pace import TooEarly
from handlers.slack_faults import POST
from peersupport.notifications import Kind, place_of
from store.database import Database
from store.store import Store
from tests.front.test_slack_faults import refusal
from tests.store.conftest import Places
from tests.threats.post_office import PostOffice
from tests.threats.test_gateway import letter, opened

pytestmark = [pytest.mark.threat("T45"), pytest.mark.req("U46")]

PLACE, OTHER, WHOLE = "channel:invented", "channel:other", "method:chat.postMessage"
LONG = 3600.0
ON_POSTGRESQL = pytest.mark.parametrize("server", ["postgresql"], indirect=True)


@ON_POSTGRESQL
async def test_of_many_at_once_one_has_it(store: Store, second_store: Store) -> None:
    waits = await asyncio.gather(*(each.paces.take(PLACE, WHOLE, LONG) for each in (store, second_store) * 4))
    assert min(waits) == 0.0
    assert all(LONG / 2 < wait <= LONG for wait in sorted(waits)[1:])
    assert await second_store.paces.take(OTHER, WHOLE, LONG) == 0.0


@ON_POSTGRESQL
async def test_it_is_free_when_it_was_given_back_or_the_time_is_over(store: Store, second_store: Store) -> None:
    assert await store.paces.take(PLACE, WHOLE, LONG) == 0.0
    await store.paces.free(PLACE, 0.0)
    assert await second_store.paces.take(PLACE, WHOLE, 0.0) == 0.0
    assert await store.paces.take(PLACE, WHOLE, LONG) == 0.0
    await store.paces.free(PLACE, LONG / 2)
    assert 0 < await second_store.paces.take(PLACE, WHOLE, LONG) <= LONG / 2


async def test_what_slack_asked_for_holds_for_all_and_after_a_restart(store: Store, second_store: Store) -> None:
    await store.paces.hold(PLACE, LONG)
    await store.paces.hold(PLACE, 1.0)
    assert LONG / 2 < await second_store.paces.take(PLACE, WHOLE, LONG) <= LONG
    assert await second_store.paces.take(OTHER, WHOLE, 0.0) == 0.0
    await store.paces.hold(WHOLE, LONG)
    assert LONG / 2 < await second_store.paces.take(OTHER, WHOLE, LONG) <= LONG
    assert LONG / 2 < await second_store.paces.wait(WHOLE) <= LONG


async def test_nothing_of_it_is_kept_for_long(store: Store, database: Places) -> None:
    subject = uuid4()
    await store.paces.hold(PLACE, LONG)
    await store.paces.hold(OTHER, -LONG)
    await store.paces.hold(place_of(subject), LONG)
    await store.paces.purge()
    async with store.work() as work:
        await work.outbox.forget(subject, frozenset({Kind.CARD}))
    opened = Database(database.url)
    async with opened.begin() as connection:
        assert list((await connection.execute(text("SELECT place FROM paces"))).scalars()) == [PLACE]
    await opened.close()


def _gateway(office: PostOffice, store: Store) -> Gateway:
    """Return a process's own gateway: its pace is in its memory, and it shares the database."""
    return Gateway(replace(office.front, paces=store.paces))


@ON_POSTGRESQL
async def test_of_two_processes_that_post_at_once_one_waits(store: Store, second_store: Store) -> None:
    office, request = await opened()
    sent = letter(request, office.world.programme)
    posts = [_gateway(office, each).post(office.channel.id, sent) for each in (store, second_store)]
    found = await asyncio.gather(*posts, return_exceptions=True)
    [early] = [each for each in found if isinstance(each, TooEarly)]
    assert early.seconds > 0
    assert len(office.slack.messages) == 1


async def test_what_slack_told_one_process_the_next_one_keeps(store: Store, second_store: Store) -> None:
    office, request = await opened()
    sent = letter(request, office.world.programme)
    told = refusal(POST, "ratelimited", 429)
    told.response.headers["Retry-After"] = "600"
    calls = 0

    async def refuses(**_: object) -> object:
        nonlocal calls
        calls += 1
        raise told

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(office.slack, "chat_postMessage", refuses, raising=False)
        with pytest.raises(SlackApiError):
            await _gateway(office, store).post(office.channel.id, sent)
        with pytest.raises(TooEarly) as early:
            await _gateway(office, second_store).post(office.channel.id, sent)
    assert 300 < early.value.seconds <= 600
    assert calls == 1
