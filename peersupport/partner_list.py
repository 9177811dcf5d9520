"""Who may notify for a partner through Slack: a list that an administrator keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.notice import PartnerIdentity, PartnerPerson, PartnerRoute
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_partner import Channel


@dataclass(frozen=True, slots=True, repr=False)
class Listed:
    """The members of the workspace who may notify, by partner."""

    people: Mapping[str, tuple[Address, ...]]

    def __repr__(self) -> str:
        return "Listed(...)"


async def listed(work: UnitOfWork, programme: Programme, who: Address, *, now: datetime) -> Listed | Refused:
    """Return the list, for an administrator."""
    if await entitled(work, programme, who, Duty.KEEP_PARTNERS) is None:
        return await refuse(work, now)
    return Listed(await _people(work, programme))


async def keep(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    wanted: Mapping[str, Mapping[Address, str]],
    *,
    now: datetime,
    ids: Ids,
) -> Listed | Refused:
    """Make the list equal to these members, each with the name they have now; who is not among them is erased.

    Nobody is of two partners, and nobody who looks after the programme is of one: the first place counts.
    """
    member = await entitled(work, programme, who, Duty.KEEP_PARTNERS)
    if member is None or programme.partner_notification is None:
        return await refuse(work, now)
    partners = {each.id for each in programme.partner_notification.by(Channel.SLACK)}
    seen: dict[Address, tuple[str, str]] = {}
    for partner, people in wanted.items():
        for address, name in people.items() if partner in partners else ():
            seen.setdefault(address, (partner, name))
    entries: list[Entry] = []
    for person, identity in await work.partner_people.all(programme.id):
        if person.route is not PartnerRoute.SLACK:
            continue
        if seen.get(identity.address, ("", ""))[0] == person.partner:
            del seen[identity.address]
            continue
        await work.partner_people.erase(person.id)
        entries.append(Entry(Event.PARTNER_ENDED, now, ActorKind.ADMIN, member, person.id))
    own = set(await _own_people(work, programme))
    for address, (partner, name) in seen.items():
        added = PartnerPerson(ids.new(), programme.id, partner, PartnerRoute.SLACK)
        if address not in own and await work.partner_people.add(added, PartnerIdentity(address, name)):
            entries.append(Entry(Event.PARTNER_ADDED, now, ActorKind.ADMIN, member, added.id))
    await work.audit.write(*entries)
    return Listed(await _people(work, programme))


async def _people(work: UnitOfWork, programme: Programme) -> dict[str, tuple[Address, ...]]:
    found: dict[str, list[Address]] = {}
    for person, identity in await work.partner_people.all(programme.id):
        if person.route is PartnerRoute.SLACK:
            found.setdefault(person.partner, []).append(identity.address)
    return {partner: tuple(people) for partner, people in found.items()}


async def _own_people(work: UnitOfWork, programme: Programme) -> list[Address]:
    return [member.address for member in await work.members.all(programme.id)]
