"""Terms of reference: what everybody says yes to, once for each version, before they join a meeting."""

from __future__ import annotations

from peersupport.addresses import Address
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme


async def accepted(work: UnitOfWork, programme: Programme, who: Address) -> bool:
    """Say whether somebody said yes to the terms as they stand; true where the programme has none."""
    if programme.terms is None:
        return True
    version = programme.terms.version
    said = await work.terms_accepted.of(who)
    return any(each.programme == programme.id and each.version == version for each in said)


async def accept(work: UnitOfWork, programme: Programme, who: Address, version: str, *, ids: Ids) -> bool:
    """Keep a yes to the version that was shown; False where the terms are others by now, and nothing was kept."""
    if programme.terms is None or programme.terms.version != version:
        return False
    for each in await work.terms_accepted.of(who):
        if each.programme == programme.id and each.version == version:
            return True
        if each.programme == programme.id:
            await work.terms_accepted.erase(each.id)
    await work.terms_accepted.add(ids.new(), programme.id, version, who)
    return True
