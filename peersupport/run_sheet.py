"""The facilitator's run-sheet: how the time goes, who is expected under which names, and the themes that were sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from peersupport import schedule, themes
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.organising import Day, day_of
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.series import RegistrationState
from peersupport.series_form import SMALL_GROUP
from peersupport.theme import Line

SMALL_GROUPS, LARGE_GROUP = "small_groups", "large_group"
_PARTS: dict[str, tuple[tuple[str, int], ...]] = {
    LARGE_GROUP: (("welcome", 5), ("arriving", 10), ("themes", 30), ("take_away", 10), ("close", 5)),
    SMALL_GROUPS: (("welcome", 5), ("arriving", 5), ("groups", 30), ("together", 15), ("close", 5)),
}
"""The parts of an hour with their minutes: all together, or in groups of three or four in the middle."""
_SHORT = (("welcome", 5), ("themes", 0), ("close", 5))
_ROOM = 45
"""So many minutes are needed for all the parts."""
MIDDLE = frozenset({"themes", "groups"})
"""The part that takes what a longer or shorter meeting has more or less."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One part of a meeting, from one wall time to another."""

    part: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """What whoever leads a date has before them. `names` are those that people gave themselves, never Slack's."""

    day: Day
    timings: tuple[Timing, ...]
    expected: int
    names: tuple[str, ...]
    """In the order of arrival; who gave none is only counted."""
    themes: Sequence[Line]
    """What people sent ahead; a name only where its owner said that it may stand there."""

    def __repr__(self) -> str:
        return "Sheet(...)"


def timings(begins: datetime, minutes: int, form: str) -> tuple[Timing, ...]:
    """Return the parts of a meeting of this form, `begins` being its wall time; they fill it without a gap."""
    parts = _PARTS.get(form, _PARTS[LARGE_GROUP]) if minutes >= _ROOM else _SHORT
    around = sum(length for part, length in parts if part not in MIDDLE)
    made: list[Timing] = []
    for part, length in parts:
        at = made[-1].ends if made else begins
        made.append(Timing(part, at, at + timedelta(minutes=minutes - around if part in MIDDLE else length)))
    return tuple(made)


async def sheet(
    work: UnitOfWork, programme: Programme, who: Address, series: UUID, on: datetime, *, now: datetime
) -> Sheet | Refused:
    """Return the run-sheet of a date, for whoever leads sessions here."""
    if await entitled(work, programme, who, Duty.FACILITATE) is None:
        return await refuse(work, now)
    day = await day_of(work, programme, series, on)
    if day is None:
        return await refuse(work, now)
    alone = day.row.id if day.series.kind == SMALL_GROUP else None
    held = await work.registrations.roster(day.series.id, alone)
    coming = [(each, registrant) for each, registrant in held if each.state is RegistrationState.IN]
    names = tuple(registrant.alias for _, registrant in coming if registrant.alias)
    begins = schedule.wall(day.row)
    form = day.row.format or (day.series.formats[0] if len(day.series.formats) == 1 else LARGE_GROUP)
    return Sheet(
        day=day,
        timings=timings(begins, day.series.minutes, form),
        expected=day.counts.places,
        names=names,
        themes=await themes.of_date(work, day.row.id),
    )
