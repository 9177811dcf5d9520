"""What is held about a person because of sessions they registered for: shown to them, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from peersupport import places
from peersupport.addresses import Address
from peersupport.held import Codes, Line, Section, Topic, Words
from peersupport.place import SAID
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.series import Registrant, Registration, Series


async def sections(work: UnitOfWork, who: Address) -> list[Section]:
    """Return one's own registrations by programme; nothing where there are none."""
    lines: dict[str, list[Line]] = {}
    for each in await work.registrations.of(who):
        series = await work.series.get(each.series_id)
        known = await work.registrations.registrant(each.id)
        lines.setdefault(each.programme, []).extend(_registration(each, series, known))
    return [Section(Topic.SESSIONS, programme, lines=tuple(found)) for programme, found in lines.items()]


def _registration(held: Registration, series: Series | None, known: Registrant | None) -> Iterator[Line]:
    titles = dict.fromkeys((series.title_en, series.title_fr)) if series else {}
    yield Line("session", Words(" · ".join(title for title in titles if title)))
    yield Line("session_place", Codes("place", (held.state.value,)))
    if held.made_at is not None:
        yield Line("session_since", held.made_at)
    if known is not None and known.alias:
        yield Line("session_alias", Words(known.alias))


async def forget(
    work: UnitOfWork, programmes: Mapping[str, Programme], who: Address, now: datetime, *, everywhere: bool = False
) -> int:
    """Give back every place of somebody in these programmes and forget that they had it; returns how many.

    `everywhere` erases it also where a programme is not run here any more: nobody is offered what comes free there.
    """
    mine = [each for each in await work.registrations.of(who) if everywhere or each.programme in programmes]
    for each in sorted(mine, key=lambda held: held.series_id.hex):
        programme = programmes.get(each.programme)
        if programme is not None:
            # Whoever is next in line is offered what comes free.
            await places.leave(work, programme, each.id, who, now=now)
        await work.outbox.forget(each.id, SAID)
        await work.registrations.erase(each.id)
    return len(mine)
