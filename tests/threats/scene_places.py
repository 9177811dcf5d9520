"""Sessions in the prepared town: one in each of two programmes, and somebody's own place."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from peersupport.addresses import Address
from peersupport.series import Registrant, Registration, Series, SeriesState
from store.store import Store
from tests.rules.partner_world import IMPACT
from tests.rules.world import VANCOUVER

PLACE = UUID("00000000-0000-0000-0000-0000000b1ace")


def series_id(programme: str) -> UUID:
    """Return the id of a programme's session."""
    return UUID(bytes=programme.encode().ljust(16, b".")[:16])


async def settle(store: Store, who: Address, now: datetime) -> None:
    """Let two programmes have a session each, and somebody a place in that of the first."""
    begins = (now - timedelta(days=9)).replace(hour=19, minute=15, second=0, microsecond=0, tzinfo=None)
    async with store.work() as work:
        for programme in (VANCOUVER.id, IMPACT.id):
            series = Series(
                id=series_id(programme),
                programme=programme,
                slug="evening",
                kind="drop_in_series",
                state=SeriesState.OPEN,
                title_en="Evening talk",
                title_fr="Rencontre du soir",
                about_en="A talk in the evening.",
                about_fr="Une rencontre le soir.",
                starts=begins,
                zone="America/Vancouver",
                repeats="FREQ=WEEKLY",
            )
            await work.series.add(series)
        place = Registration(PLACE, series_id(VANCOUVER.id), VANCOUVER.id, number=1, made_at=now)
        await work.registrations.add(place, Registrant(who, "Cedar"))
