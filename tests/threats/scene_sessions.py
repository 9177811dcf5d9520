"""A series of sessions on the matrix's ground: somebody comes to it, has offered to present it, and one leads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from peersupport.addresses import Address
from peersupport.people import Role
from peersupport.ports import UnitOfWork
from peersupport.presenting import Presenter
from peersupport.proposal import Proposal
from peersupport.schedule import date_id
from peersupport.series import MeetingDate, Registrant, Registration, Series, SeriesState
from store.store import Store
from tests.rules.world import START, VANCOUVER

SERIES, OFFERABLE, COMES, PROPOSAL = (UUID(int=number) for number in range(701, 705))
ON = (START.replace(tzinfo=None)).replace(year=START.year + 1, hour=19, minute=15, second=0, microsecond=0)


async def open_sessions(store: Store, leads: Address, comes: Address) -> None:
    """Open two series: `leads` leads both, `comes` comes to both and has offered to present one."""
    async with store.work() as work:
        for id in (SERIES, OFFERABLE):
            await _add(work, id, comes)
        offered = Proposal(PROPOSAL, VANCOUVER.id, SERIES, datetime(2026, 11, 3, tzinfo=UTC))
        assert await work.proposals.add(offered, Presenter(comes, "Fern", "On rest"))
        members = await work.members.all(VANCOUVER.id)
        also = frozenset({Role.FACILITATOR})
        given = [replace(each, roles=each.roles | also) if each.address == leads else each for each in members]
        await work.members.keep(VANCOUVER.id, given)


async def _add(work: UnitOfWork, id: UUID, comes: Address) -> None:
    series = Series(
        id, VANCOUVER.id, None, "drop_in_series", SeriesState.OPEN, "Evenings", "Soirées", "", "", ON,
        VANCOUVER.clock.tz, presenters=True,
    )  # fmt: skip
    assert await work.series.add(series)
    assert await work.meeting_dates.add(MeetingDate(date_id(id, ON), id, VANCOUVER.id, ON))
    registration = Registration(UUID(int=id.int + 100), id, VANCOUVER.id, number=1)
    assert await work.registrations.add(registration, Registrant(comes, "Fern"))
