"""What people share with others is counted once it outlived its time, and erased at night; whose it was is not read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update

from peersupport import outlived
from peersupport.introductions import Asked
from peersupport.proposal import Presenter, Proposal, ProposalState
from peersupport.series import MeetingDate, Series, SeriesState
from store.columns import metadata
from store.database import Database
from store.self_audit import Findings
from store.store import Store
from store.tables import outbox
from store.tables_informal import introductions
from tests.store.conftest import Places
from tests.store.gathering_town import THRIVING, Hall, a_course, a_series, somebody, wall
from tests.store.informal_town import INFORMAL, ROWAN, WREN, Hamlet
from tests.store.lookup_town import add_shared
from tests.store.records import PROGRAMME, START, MovableClock
from tests.store.test_self_audit import KEPT as ALONE
from tests.store.test_self_audit import tamper

KEPT = ALONE | {programme.id: programme.retention for programme in (THRIVING, INFORMAL)}
STAY = frozenset({"readers", "list_members", "terms_accepted"})
"""These stay until somebody leaves them, or asks to be erased."""


async def rows(database: Places) -> dict[str, int]:
    """How many rows with a sealed part stand in each table."""
    opened, found = Database(database.url), {}
    async with opened.begin() as connection:
        for table in metadata.sorted_tables:
            if "key_id" in table.c:
                counted = select(func.count()).select_from(table).where(table.c.key_id.is_not(None))
                if count := int((await connection.execute(counted)).scalar_one()):
                    found[table.name] = count
    await opened.close()
    return found


async def a_night(store: Store, clock: MovableClock) -> int:
    """Erase what the night's job finds."""
    found = await store.shared_leftovers.over(KEPT, clock.now())
    async with store.work() as work:
        return await outlived.erase(work, found)


@pytest.mark.req("G17", "G19")
async def test_of_everything_that_people_share_nothing_is_left_after_its_time(
    store: Store, clock: MovableClock, database: Places
) -> None:
    before = await store.self_audit(KEPT)
    async with store.work() as work:
        await add_shared(work, WREN)
        await work.department_lines.add(uuid4(), PROGRAMME, "More rest", clock.now() + timedelta(days=90))
    full = await rows(database)
    assert len(full) >= 10
    clock.move(days=100)
    await store.renew_index()
    gone = {name: count for name, count in full.items() if name not in STAY}
    assert (await store.self_audit(KEPT)).shared == sum(gone.values())
    assert await a_night(store, clock) == sum(gone.values())
    assert await rows(database) == {name: count for name, count in full.items() if name in STAY}
    assert await a_night(store, clock) == 0
    await store.sweep()
    assert replace(await store.self_audit(KEPT), lookup_key=0) == before == Findings()


@pytest.mark.req("G17", "G19")
async def test_who_registered_and_who_presented_is_forgotten_though_the_programme_is_not_run_any_more(
    store: Store, clock: MovableClock, database: Places
) -> None:
    hall, first, second = Hall(store, clock), wall("2026-11-09T19:15:00"), wall("2026-11-16T19:15:00")
    weekly, course = (
        await hall.has(a_series(kind="small_group")),
        await hall.has(a_course(repeats="FREQ=WEEKLY;BYDAY=MO;COUNT=2")),
    )
    await hall.joins(weekly, 1, first)
    await hall.joins(course, 2)
    async with store.work() as work:
        await _presented(work, weekly, first)
        await _presented(work, course, second)
        assert await work.series.save(replace(course, state=SeriesState.ENDED))
    assert await rows(database) == {"registrations": 2, "meeting_dates": 2, "proposals": 2}
    clock.move(days=7 + THRIVING.retention.registration_days_after_event)
    assert await _over(store, clock) == {"proposals": 2}
    clock.move(days=2)
    assert await _over(store, clock) == {"proposals": 2, "registrations": 1, "meeting_dates": 1}
    assert (await store.self_audit(ALONE)).shared == 2, "so late the night's job may be"
    clock.move(days=9)
    assert (await store.self_audit(ALONE)).shared == 6
    assert await a_night(store, clock) == 6
    assert await rows(database) == {}
    assert (await store.self_audit(ALONE)).shared == 0


async def _presented(work: Any, series: Series, on: datetime) -> None:
    """Let somebody present a date, with their name beside it."""
    (row,) = [each for each in await work.meeting_dates.of_series(series.id) if each.on == on] or [None]
    if row is None:
        row = MeetingDate(uuid4(), series.id, series.programme, on)
        assert await work.meeting_dates.add(row)
    await work.meeting_dates.save(replace(row, presenter="Sorrel", presenter_ok=True))
    offer = Proposal(uuid4(), series.programme, series.id, START, ProposalState.AGREED, on)
    assert await work.proposals.add(offer, Presenter(somebody(3), "Sorrel", "On rest"))


async def _over(store: Store, clock: MovableClock) -> dict[str, int]:
    found = await store.shared_leftovers.over(ALONE, clock.now())
    return {name: len(ids) for name, ids in found.items() if ids}


@pytest.mark.req("N5", "G19")
@pytest.mark.parametrize("says", ["yes", "not now", "nothing"])
async def test_a_row_that_links_two_who_talked_is_reported_an_hour_after_its_day_and_erased_at_night(
    store: Store, clock: MovableClock, database: Places, says: str
) -> None:
    hamlet = Hamlet(store, clock)
    listing = await hamlet.lists(WREN)
    assert await hamlet.asks(ROWAN, listing) == Asked()
    (asked,) = await hamlet.sees(WREN)
    if says != "nothing":
        await hamlet.says(WREN, asked.introduction.id, yes=says == "yes")
    await tamper(database, delete(outbox).where(outbox.c.kind == "end_introduction"))
    clock.move(hours=24, minutes=59)
    assert await store.self_audit(KEPT) == Findings()
    clock.move(minutes=2)
    assert await store.self_audit(KEPT) == Findings(shared=1)
    assert await a_night(store, clock) == 1
    assert await store.self_audit(KEPT) == Findings()
    assert "introductions" not in await rows(database)


@pytest.mark.req("N5", "G19")
async def test_somebody_who_said_not_now_and_stands_in_the_row_still_is_reported(
    store: Store, clock: MovableClock, database: Places
) -> None:
    hamlet = Hamlet(store, clock)
    await hamlet.asks(ROWAN, await hamlet.lists(WREN))
    await tamper(database, update(introductions).values(state="declined"))
    assert await store.self_audit(KEPT) == Findings(shared=1)


@pytest.mark.req("N2", "G19")
async def test_a_listing_that_nothing_will_end_is_reported_and_erased(
    store: Store, clock: MovableClock, database: Places
) -> None:
    hamlet = Hamlet(store, clock)
    await hamlet.lists(WREN)
    await tamper(database, delete(outbox).where(outbox.c.kind == "review_listing"))
    await hamlet.lists(ROWAN)
    clock.move(days=100)
    await store.renew_index()
    found = await store.shared_leftovers.over(KEPT, clock.now())
    assert {name: len(ids) for name, ids in found.items() if ids} == {"listings": 1}
    await a_night(store, clock)
    async with store.work() as work:
        assert [listed.address for _, listed in await work.listings.all(INFORMAL.id)] == [ROWAN]
