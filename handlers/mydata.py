"""What is held about oneself: seen as pages, corrected where it stands, deleted after one clear question."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from handlers import errors, home, ids, mine
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.views import mydata as views
from peersupport import erasure, intake, mydata
from peersupport.addresses import Address
from peersupport.audit import Event
from peersupport.held import Named, Section
from peersupport.ports import UnitOfWork

DAYS = 1
"""How long the buttons of a page work."""
PATIENCE = 0.8
"""Seconds for the names of the people somebody named; whoever has none by then stands by their id."""


@dataclass(frozen=True, slots=True)
class _Held:
    sections: tuple[Section, ...]
    corrections: views.Corrections


async def open_pages(hear: Hear) -> Answer:
    """Open the first page; that somebody looked is written down, not who."""
    async with hear.front.work() as work:
        held = await _held(work, hear)
        await mydata.written_down(work, Event.OWN_DATA_SEEN, hear.now)
    await hear.open(await _page(hear, held, 0))
    return None


async def turn(hear: Hear) -> Answer:
    """Turn to the page that the button names, gathered anew."""
    number = hear.record(ids.MY_DATA)
    if number is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        held = await _held(work, hear)
    await hear.update(await _page(hear, held, number.int))
    return None


async def _held(work: UnitOfWork, hear: Hear) -> _Held:
    """Read everything held about the one who presses, and what of it they can correct themselves."""
    sections = await mydata.of_person(work, hear.front.programmes, hear.who, now=hear.now)
    listed = (await work.members.standing(hear.who)).supporters
    own = [each for each in await intake.known(work, hear.who) if each.programme in hear.front.programmes]
    requests = [(each.reference, mine.handle(hear.front, hear.who, each.id, hear.now)) for each in own]
    entries = [programme for id, programme in hear.front.programmes.items() if id in listed]
    return _Held(sections, views.Corrections(tuple(requests), tuple(entries)))


async def _page(hear: Hear, held: _Held, number: int) -> dict[str, Any]:
    shown = views.paged(hear.t, hear.front.programmes, held.sections, await _names(hear, held.sections))
    number = min(number, len(shown) - 1)
    turns = views.Turns(
        delete=hear.handle(ids.DELETE_MY_DATA, UUID(int=0), DAYS),
        previous=_turn(hear, number - 1) if number else None,
        next=_turn(hear, number + 1) if number + 1 < len(shown) else None,
    )
    return views.page(hear.front, hear.language, shown, number, turns, held.corrections)


def _turn(hear: Hear, number: int) -> str:
    return hear.handle(ids.MY_DATA, UUID(int=number), DAYS)


async def _names(hear: Hear, sections: tuple[Section, ...]) -> Mapping[Address, str]:
    """Return what Slack calls the people whom the person named themselves, as far as it says so in time."""
    people = {
        who: None
        for section in sections
        for line in section.lines
        if isinstance(line.value, Named)
        for who in line.value.people
    }
    found: dict[Address, str] = {}

    async def look(who: Address) -> None:
        facts = await hear.front.directory.facts(who)
        if facts is not None and facts.name:
            found[who] = facts.name

    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*map(look, people))
    except TimeoutError:
        hear.front.note("own_data.names_late", None)
    return found


async def ask_delete(hear: Hear) -> Answer:
    """Say what deleting takes away and what remains, before anything happens."""
    if hear.record(ids.DELETE_MY_DATA) is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        role = bool((await work.members.standing(hear.who)).members)
    handle = hear.handle(ids.DELETE_MY_DATA, UUID(int=1), DAYS)
    await hear.push(views.deletion(hear.front, hear.language, handle, role=role))
    return None


async def delete(hear: Hear) -> Answer:
    """Delete everything that is the person's own; their Home and messages follow by the outbox."""
    if hear.record(ids.DELETE_MY_DATA) != UUID(int=1):
        return await errors.refused(hear)
    async with hear.front.work() as work:
        gone = await erasure.erase_person(work, hear.front.programmes, hear.who, hear.now)
        await mydata.written_down(work, Event.OWN_DATA_DELETED, hear.now)
    await hear.update(views.deleted(hear.front, hear.language, gone))
    hear.front.spawn(home.publish(hear.front, hear.who, hear.language))
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.MY_DATA): open_pages,
    (Kind.ACTION, ids.MY_DATA_ON): turn,
    (Kind.ACTION, ids.MY_DATA_BACK): turn,
    (Kind.ACTION, ids.DELETE_MY_DATA): ask_delete,
    (Kind.ACTION, ids.DELETE_NOW): delete,
}
