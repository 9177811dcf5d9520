"""Two checks that several journeys make: is the caller still a full member, and was this form carried out before."""

from __future__ import annotations

from handlers.hear import Hear
from peersupport.ports import StoreUnavailable, UnitOfWork


async def still_full_member(hear: Hear) -> bool:
    """Ask Slack now, before an identity is opened; no answer means no, and raises StoreUnavailable.

    Ask before anything else is judged: a press that is refused makes the same calls whatever it was that it named.
    """
    facts = await hear.front.directory.facts(hear.who, fresh=True)
    if facts is None:
        raise StoreUnavailable("Slack did not say whether this is still a member.")
    return facts.full


async def once(work: UnitOfWork, hear: Hear, *, done: bool) -> bool:
    """Keep that a form was carried out; where it was not done now, say whether the same form was done before."""
    if done:
        await work.receipts.keep(hear.key)
        return False
    return (await work.receipts.find(hear.key))[0]
