"""What the store keeps of sessions: wall times as they are on the wall, people sealed, one place a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from peersupport import schedule
from peersupport.people import Address
from peersupport.series import DateState, MeetingDate, Registrant, Registration, RegistrationState, Series, SeriesState
from store.database import Database
from store.store import Store
from tests.store.conftest import Places
from tests.store.records import PROGRAMME, START

WREN, ROWAN = (Address("T0NORTH", user) for user in ("U0WREN", "U0ROWAN"))
wall = datetime.fromisoformat
EVENINGS = Series(
    uuid4(), PROGRAMME, "evenings", "drop_in_series", SeriesState.OPEN, "Evenings", "Soirées", "Talk.", "Parler.",
    wall("2026-10-12T19:15:00"), "America/Vancouver", "FREQ=MONTHLY;BYDAY=2MO", also_on=(wall("2026-12-01T19:15:00"),),
    formats=("small_groups", "large_group"), roles=("rural_physician",), capacity=12,
)  # fmt: skip


async def plain_rows(database: Places, table: str) -> list[dict[str, Any]]:
    opened = Database(database.url)
    async with opened.begin() as connection:
        rows = (await connection.exec_driver_sql(f"SELECT * FROM {table}")).mappings().all()
    await opened.close()
    return [dict(row) for row in rows]


@pytest.mark.req("G21", "T6")
async def test_a_series_is_read_back_whole_and_its_link_is_sealed(store: Store, database: Places) -> None:
    async with store.work() as work:
        assert await work.series.add(EVENINGS)
        assert not await work.series.add(replace(EVENINGS, id=uuid4())), "one under a slug"
        await work.series.set_link(EVENINGS.id, "https://meet.example/CANARY-1")
    async with store.work() as work:
        assert await work.series.of_programme(PROGRAMME) == [EVENINGS]
        assert await work.series.get(EVENINGS.id, lock=True) == EVENINGS
        assert await work.series.link(EVENINGS.id) == "https://meet.example/CANARY-1"
        assert await work.series.save(replace(EVENINGS, capacity=None, decided="run"))
        assert not await work.series.save(EVENINGS), "somebody was faster"
        await work.series.set_link(EVENINGS.id, "https://meet.example/CANARY-2")
    (row,) = await plain_rows(database, "series")
    assert b"CANARY" not in row["link"]
    async with store.work() as work:
        assert await work.series.link(EVENINGS.id) == "https://meet.example/CANARY-2"
        await work.series.set_link(EVENINGS.id, "")
        assert await work.series.link(EVENINGS.id) == ""
        found = await work.series.get(EVENINGS.id)
        assert found == replace(EVENINGS, capacity=None, decided="run", version=2)


@pytest.mark.req("T8", "T9")
async def test_a_date_keeps_its_words_and_seals_who_presents(store: Store, database: Places) -> None:
    on = wall("2026-11-09T19:15:00")
    date = MeetingDate(
        schedule.date_id(EVENINGS.id, on), EVENINGS.id, PROGRAMME, on, topic_en="Grief", topic_fr="Deuil"
    )
    presented = replace(date, presenter="CANARY-Rowan Alder", moved_to=wall("2026-11-10T19:15:00"), reminded="0")
    async with store.work() as work:
        assert await work.meeting_dates.add(date)
        assert not await work.meeting_dates.add(date)
        assert await work.meeting_dates.save(presented)
        assert not await work.meeting_dates.save(date)
    (row,) = await plain_rows(database, "meeting_dates")
    assert b"CANARY" not in row["presenter"]
    assert "CANARY" not in repr(presented)
    async with store.work() as work:
        (found,) = await work.meeting_dates.of_series(EVENINGS.id)
        assert found == replace(presented, version=2)
        assert await work.meeting_dates.save(replace(found, presenter="", state=DateState.HELD, attended=9))
        assert await work.meeting_dates.get(date.id) == replace(
            presented, version=3, presenter="", state=DateState.HELD, attended=9
        )
        assert len(await work.meeting_dates.of_programme(PROGRAMME)) == 1


@pytest.mark.req("T2", "T7", "T10")
async def test_who_registers_is_sealed_and_has_one_place(store: Store, database: Places) -> None:
    first = Registration(uuid4(), EVENINGS.id, PROGRAMME, number=1, made_at=START)
    one_date = replace(first, id=uuid4(), date_id=uuid4(), number=1)
    async with store.work() as work:
        assert await work.registrations.add(first, Registrant(WREN, "CANARY-alias"))
        assert not await work.registrations.add(replace(first, id=uuid4()), Registrant(WREN))
        assert await work.registrations.add(one_date, Registrant(WREN))
        second = replace(first, id=uuid4(), number=2, state=RegistrationState.WAITING)
        assert await work.registrations.add(second, Registrant(ROWAN))
    rows = await plain_rows(database, "registrations")
    assert len(rows) == 3
    assert all(b"CANARY" not in row["person"] and b"U0WREN" not in row["person"] for row in rows)
    async with store.work() as work:
        held = work.registrations
        assert {each.id for each in await held.of(WREN)} == {first.id, one_date.id}
        assert [each.number for each in await held.of_series(EVENINGS.id)] == [1, 1, 2]
        assert await held.of_series(EVENINGS.id, one_date.date_id) == [one_date]
        assert [who.alias for each, who in await held.roster(EVENINGS.id) if each == first] == ["CANARY-alias"]
        assert (await held.counts(EVENINGS.id), await held.counts(EVENINGS.id, one_date.date_id)) == (
            (1, 0, 1),
            (1, 0, 0),
        )
        assert (await held.last_number(EVENINGS.id), await held.last_number(uuid4())) == (2, 0)
        assert await held.save(replace(first, state=RegistrationState.LEFT))
        assert not await held.save(first)
        await held.reseal(first.id, Registrant(WREN, "Another"))
        assert await held.registrant(first.id) == Registrant(WREN, "Another")
        await held.erase(first.id)
        assert (await held.get(first.id), await held.registrant(first.id)) == (None, None)
        assert len(await held.of_programme(PROGRAMME)) == 2
