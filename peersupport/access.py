"""What stands between somebody and a place at a programme's sessions: its list of members, and its terms."""

from __future__ import annotations

from peersupport import list_members, terms
from peersupport.addresses import Address
from peersupport.place import Not
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme


async def barrier(work: UnitOfWork, programme: Programme, who: Address) -> Not | None:
    """Return what comes first, or None where nothing does."""
    if not await list_members.may_enter(work, programme, who):
        return Not.NOT_LISTED
    return None if await terms.accepted(work, programme, who) else Not.NEEDS_TERMS
