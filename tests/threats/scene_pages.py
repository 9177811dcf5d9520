"""The column, something that is only thought of, an offer to write and a service, in two programmes of the matrix."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from peersupport.addresses import Address
from peersupport.ports_pages import Announcement, Idea, Pitch, ServiceEntry
from peersupport.programme import Programme
from peersupport.programme_informal import Column
from peersupport.series import Series, SeriesState
from store.store import Store
from tests.rules.partner_world import IMPACT
from tests.rules.world import VANCOUVER

WRITER = Address("T0CLINIC", "U0WRITER")
PITCH, SERVICE = UUID(int=0x917C), UUID(int=0x5E41)
THOUGHT_OF = {VANCOUVER.id: UUID(int=0x7401), IMPACT.id: UUID(int=0x7402)}
_WORDS = {"en": "A column", "fr": "Une chronique"}


def with_column(programmes: Mapping[str, Programme]) -> dict[str, Programme]:
    """Return the programmes, two of them with a column that takes offers."""
    column = Column.model_validate({"title": _WORDS, "about": _WORDS, "read_at": "php_bc", "pitches": True})
    return {
        id: programme.model_copy(update={"column": column}) if id in THOUGHT_OF else programme
        for id, programme in programmes.items()
    }


async def open_pages(store: Store) -> None:
    """Put down what the pages are about."""
    made = datetime(2026, 11, 2, tzinfo=UTC)
    async with store.work() as work:
        for programme, id in THOUGHT_OF.items():
            words = ("Writing", "Écriture", "About it", "À ce sujet")
            await work.series.add(Series(id, programme, None, "course", SeriesState.PLANNED, *words, None, "UTC"))
        await work.pitches.add(Pitch(PITCH, VANCOUVER.id, made), Idea(WRITER, "Wren", "by Slack", "On rest"))
        entry = ServiceEntry(
            SERVICE, VANCOUVER.id, 0, label_en="A line", label_fr="Une ligne", contact_en="1", contact_fr="1"
        )
        await work.service_entries.add(entry)
        await work.announcements.add(Announcement(UUID(int=0xA77), VANCOUVER.id, "front_door", "C0TOWN"))
