"""The register of supporters: kept by administrators, each entry also by its own supporter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from peersupport import messages
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.endings import give_back_offers, give_back_requests
from peersupport.outcomes import Refused
from peersupport.people import Duty, Role, may_in_programme
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.supporters import Profile, Supporter

UNTIL_FURTHER_NOTICE = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a pause without an end."""


@dataclass(frozen=True, slots=True, repr=False)
class Listing:
    """One supporter as an administrator or the supporter themselves sees them."""

    supporter: Supporter
    profile: Profile

    def __repr__(self) -> str:
        return "Listing(...)"


@dataclass(frozen=True, slots=True)
class Standing:
    """The plain part of an entry, as an administrator keeps it."""

    trained_on: date | None
    agreement_on: date | None
    limit: int
    active: bool = True


@dataclass(frozen=True, slots=True)
class Saved:
    """The entry stands as given."""

    supporter: Supporter


@dataclass(frozen=True, slots=True)
class AlreadyListed:
    """This person has an entry in the programme's register already."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody else changed the entry meanwhile; nothing was saved."""


async def listing(
    work: UnitOfWork, programme: Programme, who: Address, *, now: datetime
) -> tuple[Listing, ...] | Refused:
    """Return the whole register, for an administrator, by name."""
    if await entitled(work, programme, who, Duty.KEEP_REGISTER) is None:
        return await refuse(work, now)
    entries = await work.supporters.all(programme.id)
    return tuple(
        Listing(*entry) for entry in sorted(entries, key=lambda entry: (entry[1].name.casefold(), entry[0].id))
    )


async def entry(
    work: UnitOfWork, programme: Programme, who: Address, supporter: UUID, *, now: datetime
) -> Listing | Refused:
    """Return one entry, for an administrator."""
    found = await work.supporters.get(supporter)
    if (
        await entitled(work, programme, who, Duty.KEEP_REGISTER) is None
        or found is None
        or found[0].programme != programme.id
    ):
        return await refuse(work, now, supporter)
    return Listing(*found)


async def add(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    standing: Standing,
    profile: Profile,
    *,
    key: str,
    now: datetime,
    ids: Ids,
) -> Saved | AlreadyListed | Refused:
    """Add a supporter; the same submission twice adds one."""
    member = await entitled(work, programme, who, Duty.KEEP_REGISTER)
    if member is None:
        return await refuse(work, now)
    used, result = await work.receipts.find(key)
    if used:
        found = await work.supporters.get(result) if result else None
        return Saved(found[0]) if found else await refuse(work, now)
    supporter = _new(programme, standing, ids)
    if not await work.receipts.keep(key, supporter.id) or not await work.supporters.add(supporter, profile):
        await work.rollback()
        return AlreadyListed()
    await work.audit.write(Entry(Event.SUPPORTER_SAVED, now, ActorKind.ADMIN, member, supporter.id))
    await work.outbox.put(messages.home_of(supporter))
    return Saved(supporter)


def _new(programme: Programme, standing: Standing, ids: Ids) -> Supporter:
    return Supporter(
        id=ids.new(),
        programme=programme.id,
        version=1,
        trained_on=standing.trained_on,
        agreement_on=standing.agreement_on,
        limit=standing.limit,
        active=standing.active,
    )


async def change(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    supporter: UUID,
    version: int,
    standing: Standing,
    profile: Profile | None = None,
    *,
    now: datetime,
) -> Saved | Changed | Refused:
    """Change an entry as an administrator; where it ends, offers and requests leave this supporter at once."""
    member = await entitled(work, programme, who, Duty.KEEP_REGISTER)
    found = await work.supporters.get(supporter)
    if member is None or found is None or found[0].programme != programme.id:
        return await refuse(work, now, supporter)
    changed = replace(
        found[0],
        version=version,
        trained_on=standing.trained_on,
        agreement_on=standing.agreement_on,
        limit=standing.limit,
        active=standing.active,
        erase_asked_at=None if standing.active else found[0].erase_asked_at,
    )
    if not standing.active:
        await give_back_offers(work, programme, found[0].id, now)
        await give_back_requests(work, programme, found[0].id, now)
    kept = replace(profile, address=found[1].address) if profile else None
    return await _save(work, changed, kept, Entry(Event.SUPPORTER_SAVED, now, ActorKind.ADMIN, member, supporter))


async def own(work: UnitOfWork, programme: Programme, who: Address) -> Listing | None:
    """Return a supporter's own entry; None where there is none or it has ended."""
    found = await work.supporters.find(programme.id, who)
    roles = {Role.SUPPORTER} if found and found[0].active else set[Role]()
    return Listing(*found) if found and may_in_programme(Duty.KEEP_OWN_ENTRY, roles) else None


async def see_own(work: UnitOfWork, programme: Programme, who: Address, *, now: datetime) -> Listing | Refused:
    """Return a supporter's own entry, to show or to change it."""
    return await own(work, programme, who) or await refuse(work, now)


async def keep_profile(
    work: UnitOfWork, programme: Programme, who: Address, version: int, profile: Profile, limit: int, *, now: datetime
) -> Saved | Changed | Refused:
    """Change one's own profile, availability and limit; never the training or the agreement."""
    found = await own(work, programme, who)
    if found is None:
        return await refuse(work, now)
    changed = replace(found.supporter, version=version, limit=limit)
    line = Entry(Event.SUPPORTER_SAVED, now, ActorKind.SUPPORTER, found.supporter.id, found.supporter.id)
    return await _save(work, changed, replace(profile, address=found.profile.address), line)


async def pause(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    until: datetime | None = None,
    *,
    offers_too: bool = False,
    now: datetime,
) -> Saved | Changed | Refused:
    """Pause oneself, until an instant or until further notice; `offers_too` gives back what waits for an answer."""
    found = await own(work, programme, who)
    if found is None:
        return await refuse(work, now)
    if offers_too:
        await give_back_offers(work, programme, found.supporter.id, now)
    paused = replace(found.supporter, paused_until=until or UNTIL_FURTHER_NOTICE)
    line = Entry(Event.SUPPORTER_PAUSED, now, ActorKind.SUPPORTER, found.supporter.id, found.supporter.id)
    return await _save(work, paused, None, line)


async def resume(work: UnitOfWork, programme: Programme, who: Address, *, now: datetime) -> Saved | Changed | Refused:
    """End one's own pause."""
    found = await own(work, programme, who)
    if found is None:
        return await refuse(work, now)
    line = Entry(Event.SUPPORTER_SAVED, now, ActorKind.SUPPORTER, found.supporter.id, found.supporter.id)
    return await _save(work, replace(found.supporter, paused_until=None), None, line)


async def _save(work: UnitOfWork, supporter: Supporter, profile: Profile | None, line: Entry) -> Saved | Changed:
    if not await work.supporters.save(supporter, profile):
        await work.rollback()
        return Changed()
    saved = replace(supporter, version=supporter.version + 1)
    await work.audit.write(line)
    await work.outbox.put(messages.home_of(saved))
    return Saved(saved)
