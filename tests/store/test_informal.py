"""Colleagues among themselves in both databases: listed by oneself, two yeses, and nothing left that links the two."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Table, select

from peersupport import check_ins, held_informal, introductions, listings
from peersupport.held import Codes
from peersupport.introductions import Asked, Enough, Missing, Unavailable, Where
from peersupport.listings import Lack, Lacking
from peersupport.notifications import Kind
from peersupport.ports_informal import Listed, Side
from store.database import Database
from store.store import Store
from store.tables import metadata
from tests.store.conftest import Places
from tests.store.informal_town import INFORMAL, ROWAN, SAGE, WREN, Hamlet, Ids
from tests.store.records import MovableClock


@pytest.fixture
def hamlet(store: Store, clock: MovableClock) -> Hamlet:
    return Hamlet(store, clock)


async def everything(database: Places) -> dict[str, list[Any]]:
    """Every row of every table, by table."""
    opened = Database(database.url)
    async with opened.begin() as connection:
        found = {table.name: await _rows(connection, table) for table in metadata.sorted_tables}
    await opened.close()
    return found


async def _rows(connection: Any, table: Table) -> list[Any]:
    return [tuple(row) for row in await connection.execute(select(table))]


@pytest.mark.req("N1", "N2")
async def test_somebody_lists_themselves_pauses_changes_and_goes(hamlet: Hamlet) -> None:
    id = await hamlet.lists(WREN)
    async with hamlet.store.work() as work:
        bare = Listed(WREN, " ", "")
        assert await listings.keep(work, INFORMAL, bare, weekly_limit=1, now=hamlet.clock.now(), ids=Ids()) == Lacking(
            (Lack.NAME, Lack.REACH)
        )
    assert await hamlet.lists(WREN, "Wren", limit=9) == id
    async with hamlet.store.work() as work:
        ((listing, listed),) = await work.listings.all(INFORMAL.id)
        assert (listed.name, listing.weekly_limit, repr(listed)) == ("Wren", 3, "Listed(...)")
        assert (await work.listings.count(INFORMAL.id), listings.available(listing, hamlet.clock.now())) == (1, True)
        paused = await listings.pause(work, INFORMAL.id, WREN, paused=True)
        assert paused is not None
        assert not listings.available(paused, hamlet.clock.now())
        assert await listings.remove(work, INFORMAL.id, WREN)
    async with hamlet.store.work() as work:
        assert await work.listings.all(INFORMAL.id) == []
        assert not await listings.remove(work, INFORMAL.id, WREN)
        assert await work.outbox.waiting(id) == frozenset()


@pytest.mark.req("N2")
async def test_after_ninety_days_it_is_asked_once_and_silence_ends_it(hamlet: Hamlet) -> None:
    await hamlet.lists(WREN)
    await hamlet.lists(ROWAN, "Rowan")
    assert await hamlet.passes(days=89) == []
    assert await hamlet.passes(days=1) == [Kind.TELL_LISTED, Kind.TELL_LISTED]
    async with hamlet.store.work() as work:
        assert await listings.stay(work, INFORMAL, ROWAN, hamlet.clock.now()) is not None
    assert await hamlet.passes(days=14) == []
    async with hamlet.store.work() as work:
        assert [listed.address for _, listed in await work.listings.all(INFORMAL.id)] == [ROWAN]
    assert await hamlet.passes(days=76) == [Kind.TELL_LISTED]


@pytest.mark.req("N13", "U58")
async def test_beyond_the_weekly_limit_somebody_is_unavailable(hamlet: Hamlet) -> None:
    id = await hamlet.lists(WREN, limit=1)
    assert await hamlet.asks(ROWAN, id) == Asked()
    assert await hamlet.asks(ROWAN, id) == Asked(), "the same question twice is one"
    assert await hamlet.asks(SAGE, id) == Unavailable()
    await hamlet.passes(days=7)
    assert await hamlet.asks(SAGE, id) == Asked()


async def test_nobody_asks_themselves_or_without_a_way_back_or_everybody_at_once(hamlet: Hamlet) -> None:
    own = await hamlet.lists(WREN)
    assert await hamlet.asks(WREN, own) == Unavailable()
    assert await hamlet.asks(WREN, uuid4()) == Unavailable()
    async with hamlet.store.work() as work:
        found = await introductions.ask(
            work, INFORMAL, Side(ROWAN, "", " "), own, key="k", now=hamlet.clock.now(), ids=Ids()
        )
    assert isinstance(found, Missing)
    listed = [await hamlet.lists(ROWAN.__class__(ROWAN.team, f"U0P{n}"), f"P{n}") for n in range(6)]
    assert [type(await hamlet.asks(WREN, each)) for each in listed] == [Asked] * 5 + [Enough]


@pytest.mark.req("N3", "N5")
async def test_both_say_yes_and_a_day_later_nothing_links_the_two(hamlet: Hamlet, database: Places) -> None:
    listing = await hamlet.lists(WREN)
    before = await everything(database)
    await hamlet.asks(ROWAN, listing)
    (asked,) = await hamlet.sees(WREN)
    (waiting,) = await hamlet.sees(ROWAN)
    assert (asked.where, asked.name, asked.reach) == (Where.ASKED, "U0ROWAN asks", "")
    assert (waiting.where, waiting.name, waiting.reach) == (Where.WAITING, "Wren", "")
    assert await hamlet.says(SAGE, asked.introduction.id, yes=True) is None
    assert await hamlet.says(ROWAN, asked.introduction.id, yes=True) is None, "who asks cannot say yes for the other"
    assert await hamlet.passes() == [Kind.TELL_ASKED]
    await hamlet.says(WREN, asked.introduction.id, yes=True)
    assert await hamlet.passes(hours=1) == [Kind.TELL_ASKER]
    assert [each.reach for who in (WREN, ROWAN) for each in await hamlet.sees(who)] == ["604-555-0177", "250-555-0142"]
    assert await hamlet.passes(hours=22, minutes=59) == []
    assert len(await hamlet.sees(WREN)) == 1
    assert await hamlet.passes(hours=1) == []
    assert [await hamlet.sees(who) for who in (WREN, ROWAN)] == [[], []]
    await _nothing_left(asked.introduction.id, before, await everything(database))


async def _nothing_left(id: UUID, before: dict[str, list[Any]], after: dict[str, list[Any]]) -> None:
    """See that no row names the introduction but timers that are done, and that no table tells anything of it."""
    kept = {table: [row for row in rows if id in row or id.hex in repr(row)] for table, rows in after.items() if rows}
    assert {table for table, rows in kept.items() if rows} <= {"outbox"}
    assert {row[2] for row in kept["outbox"]} <= {"end_introduction", "tell_asker"}
    assert {row[8] for row in kept["outbox"]} == {"done"}
    for table in ("audit", "posts", "introductions", "requests", "tallies", "members"):
        assert after[table] == before[table], table


@pytest.mark.req("N4", "U56")
@pytest.mark.parametrize("answers", [True, False], ids=["not now", "silence"])
async def test_not_now_and_silence_are_the_same_to_whoever_asked(
    hamlet: Hamlet, database: Places, *, answers: bool
) -> None:
    listing = await hamlet.lists(WREN)
    before = await everything(database)
    await hamlet.asks(ROWAN, listing)
    (asked,) = await hamlet.sees(WREN)
    assert await hamlet.passes() == [Kind.TELL_ASKED]
    if answers:
        assert await hamlet.says(WREN, asked.introduction.id, yes=False)
        assert await hamlet.sees(WREN) == []
        async with hamlet.store.work() as work:
            assert await work.introductions.of(WREN) == [], "who said no is in it no more"
    for _ in range(23):
        assert await hamlet.passes(hours=1) == []
        ((where, name, reach),) = [(each.where, each.name, each.reach) for each in await hamlet.sees(ROWAN)]
        assert (where, name, reach) == (Where.WAITING, "Wren", "")
        assert await hamlet.asks(ROWAN, listing) == Asked(), "asking again tells nothing either"
    assert await hamlet.passes(hours=1) == [Kind.TELL_ASKER]
    assert await hamlet.sees(ROWAN) == []
    await _nothing_left(asked.introduction.id, before, await everything(database))


async def test_a_listing_that_goes_says_not_now_and_a_question_can_be_taken_back(hamlet: Hamlet) -> None:
    listing = await hamlet.lists(WREN)
    await hamlet.asks(ROWAN, listing)
    (asked,) = await hamlet.sees(WREN)
    async with hamlet.store.work() as work:
        assert await listings.remove(work, INFORMAL.id, WREN)
    assert await hamlet.sees(WREN) == []
    assert [each.where for each in await hamlet.sees(ROWAN)] == [Where.WAITING]
    async with hamlet.store.work() as work:
        assert not await introductions.take_back(work, asked.introduction.id, WREN)
        assert await introductions.take_back(work, asked.introduction.id, ROWAN)
    assert await hamlet.sees(ROWAN) == []
    assert await hamlet.passes(hours=25) == []


@pytest.mark.req("N6")
async def test_a_reminder_comes_twice_and_leaves_nothing(hamlet: Hamlet, database: Places) -> None:
    async with hamlet.store.work() as work:
        made = await check_ins.remind_me(work, INFORMAL, WREN, 3, again=True, now=hamlet.clock.now(), ids=Ids())
        assert made is not None
        assert made.again_at == made.due_at + timedelta(days=21)
        once = await check_ins.remind_me(work, INFORMAL, WREN, 1, again=False, now=hamlet.clock.now(), ids=Ids())
        assert once is not None
        assert not await check_ins.stop(work, once.id, ROWAN)
        assert await check_ins.stop(work, once.id, WREN)
    assert await hamlet.passes(days=2) == []
    assert await hamlet.passes(days=2) == [Kind.TELL_CHECK_IN]
    assert await hamlet.passes(days=19) == []
    assert await hamlet.passes(days=2) == [Kind.TELL_CHECK_IN]
    assert (await everything(database))["check_ins"] == []


@pytest.mark.req("N5", "G17")
async def test_ones_own_part_is_shown_and_forgotten_and_the_other_cannot_tell_it_from_silence(hamlet: Hamlet) -> None:
    listing = await hamlet.lists(WREN)
    assert isinstance(await hamlet.asks(ROWAN, listing), Asked)
    async with hamlet.store.work() as work:
        (mine,) = await held_informal.sections(work, WREN)
        assert [line.what for line in mine.lines] == ["listed_name", "listed_reach", "listed_community", "talk"]
        (theirs,) = await held_informal.sections(work, ROWAN)
        assert [line.value for line in theirs.lines] == [Codes("talk", ("waiting",))]
        assert mine.lines[-1].value == Codes("talk", ("asked",))
        assert await held_informal.forget(work, WREN) == 2
        assert await held_informal.sections(work, WREN) == []
        (view,) = await introductions.of(work, INFORMAL.id, ROWAN, hamlet.clock.now())
        assert view.where is Where.WAITING
