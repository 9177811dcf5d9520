"""Who is on the list of a programme that is for its members only: a list that its organisers keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.theme import Listed


@dataclass(frozen=True, slots=True, repr=False)
class Members:
    """The people on the list."""

    people: tuple[Address, ...]

    def __repr__(self) -> str:
        return "Members(...)"


async def may_enter(work: UnitOfWork, programme: Programme, who: Address) -> bool:
    """Say whether somebody may see a programme's meetings: everybody, or those on its list and those who lead it."""
    if not programme.members_only or await work.list_members.has(programme.id, who):
        return True
    return await entitled(work, programme, who, Duty.FACILITATE) is not None


async def listed(work: UnitOfWork, programme: Programme, who: Address, *, now: datetime) -> Members | Refused:
    """Return the list, for those who organise the meetings."""
    if await entitled(work, programme, who, Duty.ORGANISE) is None:
        return await refuse(work, now)
    return await _members(work, programme)


async def keep(
    work: UnitOfWork, programme: Programme, who: Address, wanted: Mapping[Address, str], *, now: datetime, ids: Ids
) -> Members | Refused:
    """Make the list equal to these people, each with the name they have now; who is not among them is erased from it.

    Leaving the list ends access at once: themes of coming dates and the yes to the terms go with it.
    """
    member = await entitled(work, programme, who, Duty.ORGANISE)
    if member is None:
        return await refuse(work, now)
    left = dict(wanted)
    entries: list[Entry] = []
    for id, person in await work.list_members.all(programme.id):
        if left.pop(person.address, None) is not None:
            continue
        await forget(work, person.address, programme.id)
        entries.append(Entry(Event.LIST_LEFT, now, ActorKind.ADMIN, member, id))
    for address, name in left.items():
        id = ids.new()
        if await work.list_members.add(id, programme.id, Listed(address, name)):
            entries.append(Entry(Event.LIST_JOINED, now, ActorKind.ADMIN, member, id))
    await work.audit.write(*entries)
    return await _members(work, programme)


async def forget(work: UnitOfWork, who: Address, programme: str | None = None) -> int:
    """Erase what is kept of a person beside registrations: place on the list, terms, themes. Safe to repeat."""
    gone = 0
    for id, of in await work.list_members.of(who):
        if programme in (None, of):
            await work.list_members.erase(id)
            gone += 1
    for accepted in await work.terms_accepted.of(who):
        if programme in (None, accepted.programme):
            await work.terms_accepted.erase(accepted.id)
            gone += 1
    for theme in await work.themes.of(who):
        if programme in (None, theme.programme):
            await work.themes.erase(theme.id)
            gone += 1
    return gone


async def _members(work: UnitOfWork, programme: Programme) -> Members:
    return Members(tuple(listed.address for _, listed in await work.list_members.all(programme.id)))
