"""What is forgotten, and when: carries out the erasures that closing a request put into the outbox."""

from datetime import datetime

from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Due, Kind
from peersupport.ports import UnitOfWork
from peersupport.requests import State

ERASURES = frozenset({Kind.ERASE, Kind.ERASE_CONTACT})
"""The outbox kinds that this file carries out; none of them says anything to anybody."""


async def carry_out(work: UnitOfWork, due: Due, now: datetime) -> None:
    """Destroy what the row names, if the request is closed as it must be. Safe to repeat."""
    request = await work.requests.get(due.subject, lock=True)
    if request is None or request.state is not State.CLOSED:
        return
    if due.kind is Kind.ERASE_CONTACT:
        await work.requests.erase_contact(request.id)
        return
    await work.requests.erase(request.id)
    await work.audit.write(Entry(Event.REQUEST_ERASED, now, ActorKind.SYSTEM, None, request.id))
