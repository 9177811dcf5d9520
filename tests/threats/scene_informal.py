"""Colleagues among themselves, in two programmes of the matrix: somebody listed, and two who may talk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from peersupport.addresses import Address
from peersupport.ports_informal import CheckIn, Introduction, Listed, Listing, Meeting, Pair, Side
from peersupport.programme import Programme
from store.store import Store
from tests.rules.partner_world import IMPACT
from tests.rules.world import VANCOUVER
from tests.store.informal_town import INFORMAL

LISTING, TALK, CHECKING = UUID(int=0x115), UUID(int=0x7A1C), UUID(int=0xC4EC)
OPEN = frozenset({VANCOUVER.id, IMPACT.id})


def with_colleagues(programmes: Mapping[str, Programme]) -> dict[str, Programme]:
    """Return the programmes, two of them with a door to colleagues among themselves."""
    return {id: _opened(programme) if id in OPEN else programme for id, programme in programmes.items()}


def _opened(programme: Programme) -> Programme:
    doors = programme.doors.model_copy(update={"informal_connect": True})
    return programme.model_copy(update={"doors": doors, "informal_connect": INFORMAL.informal_connect})


async def among_themselves(store: Store, asker: Address, listed: Address, now: datetime) -> None:
    """List somebody, let somebody else ask them, and let that one have a reminder."""
    async with store.work() as work:
        held = Listing(LISTING, VANCOUVER.id, 3, now + timedelta(days=90))
        assert await work.listings.add(held, Listed(listed, "Listed", "by Slack"))
        talk = Introduction(TALK, VANCOUVER.id, Meeting.ASKED, now, now + timedelta(days=1))
        await work.introductions.add(talk, Pair(Side(asker, "Asker"), Side(listed, "Listed"), "Listed", LISTING))
        await work.check_ins.add(CheckIn(CHECKING, VANCOUVER.id, now + timedelta(days=7)), asker)
