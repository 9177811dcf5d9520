"""What people share with others is erased at night where it outlived its time and its own timer was lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from peersupport import check_ins, introductions, listings
from peersupport.ports import UnitOfWork


async def erase(work: UnitOfWork, found: Mapping[str, Sequence[UUID]]) -> int:
    """Erase what was found, by the name of its table, and return how many; of a date its presenter. Safe to repeat."""
    way: Mapping[str, Callable[[UUID], Awaitable[object]]] = {
        "introductions": lambda id: introductions.drop(work, id),
        "check_ins": lambda id: check_ins.drop(work, id),
        "listings": lambda id: listings.drop(work, id),
        "registrations": work.registrations.erase,
        "themes": work.themes.erase,
        "department_lines": work.department_lines.erase,
        "pitches": work.pitches.erase,
        "proposals": work.proposals.erase,
        "meeting_dates": lambda id: _unname(work, id),
    }
    for table, ids in found.items():
        for id in ids:
            await way[table](id)
    return sum(map(len, found.values()))


async def _unname(work: UnitOfWork, id: UUID) -> None:
    held = await work.meeting_dates.get(id, lock=True)
    if held is not None and held.presenter:
        await work.meeting_dates.save(replace(held, presenter="", presenter_ok=False))
