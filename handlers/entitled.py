"""Checks that several journeys make: still a full member, done before, looking after a programme."""

from __future__ import annotations

from uuid import UUID

from handlers.hear import Hear
from peersupport import upkeep
from peersupport.actors import entitled, refuse
from peersupport.people import Duty
from peersupport.ports import StoreUnavailable, UnitOfWork
from peersupport.programme import Programme


async def still_full_member(hear: Hear) -> bool:
    """Ask Slack now, before an identity is opened; no answer means no, and raises StoreUnavailable.

    Ask before anything else is judged: a press that is refused makes the same calls whatever it was that it named.
    """
    facts = await hear.front.directory.facts(hear.who, fresh=True)
    if facts is None:
        raise StoreUnavailable("Slack did not say whether this is still a member.")
    return facts.full


async def looked_after(hear: Hear, notice: UUID) -> Programme | None:
    """Return the programme that a notice to its administrators is about; None, written down, for anybody else."""
    found = (each for each in hear.front.programmes.values() if upkeep.subject_of(each.id) == notice)
    programme = next(found, None)
    if programme is None:
        return None
    async with hear.front.work() as work:
        if await entitled(work, programme, hear.who, Duty.LOOK_AFTER) is not None:
            return programme
        await refuse(work, hear.now)
    return None


async def opened_before(work: UnitOfWork, hear: Hear) -> bool:
    """Say whether these very bytes opened an identity before; what this opening changed is undone then."""
    if await work.receipts.keep(hear.key):
        return False
    await work.rollback()
    return True


async def once(work: UnitOfWork, hear: Hear, *, done: bool) -> bool:
    """Keep that a form was carried out; where it was not done now, say whether the same form was done before."""
    if done:
        await work.receipts.keep(hear.key)
        return False
    return (await work.receipts.find(hear.key))[0]
