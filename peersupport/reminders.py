"""Timers that a request carries from its opening on; each is judged again by the record when it fires."""

from __future__ import annotations

from datetime import datetime

from peersupport import messages
from peersupport.actors import administrators, first_asked
from peersupport.notifications import Due, Kind, Message
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, State, SupportRequest

KINDS = frozenset({Kind.REMIND_ADMINS, Kind.REMIND_BACKUPS, Kind.ASK_REQUESTER})
"""The outbox kinds that this file carries out; what they say to people goes into rows of its own."""


def of_new(programme: Programme, request: SupportRequest) -> tuple[Message, ...]:
    """Return the timers that start with a request."""
    timers, since = programme.timing, request.created_at
    return (
        messages.reminder(Kind.REMIND_ADMINS, request, since + timers.admin_reminder),
        messages.reminder(Kind.REMIND_BACKUPS, request, since + timers.backup_admin_at),
        messages.ask_requester(request),
    )


async def carry_out(work: UnitOfWork, due: Due, now: datetime) -> None:
    """Put what the timer is for into the outbox, where the request still needs it. Safe to repeat."""
    request = await work.requests.get(due.subject, lock=True)
    if request is None:
        return
    if due.kind is Kind.ASK_REQUESTER:
        if _may_be_asked(request, now):
            await work.outbox.put(*messages.asked(request))
        return
    if request.state is State.RECEIVED:
        await _remind(work, due.kind, request)


def _may_be_asked(request: SupportRequest, now: datetime) -> bool:
    """Say whether the promised time has come with no contact known; who has said "not yet" is not asked again."""
    waits = request.state in OPEN_STATES and request.contacted_at is None and request.not_yet_at is None
    return waits and request.due_at <= now


async def _remind(work: UnitOfWork, kind: Kind, request: SupportRequest) -> None:
    concerned = await administrators(work, request)
    told = concerned if kind is Kind.REMIND_BACKUPS else first_asked(concerned)
    await work.outbox.put(*(messages.tell_member(request, member.id, f":{kind}") for member in told))
