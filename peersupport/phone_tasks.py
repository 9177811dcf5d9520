"""What people who are not on Slack are owed by phone: a task of an administrator, by the record and the clock."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport.actors import administrators, first_asked
from peersupport.conversations import name_shown_from
from peersupport.notes import is_answered, note_of, since
from peersupport.notifications import Kind, Message
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, State, SupportRequest


class Owed(StrEnum):
    """What an administrator is to tell somebody by phone."""

    ASKED = "asked"
    MISSED = "missed"
    NONE_AVAILABLE = "none_available"
    UNREACHED = "unreached"
    IDLE = "idle"
    NAME = "name"
    """A supporter has said yes, and the person wanted to be asked before they see the name."""


def owed(request: SupportRequest, programme: Programme, now: datetime) -> Owed | None:
    """Return what the requester is to be told by phone now; None where they are on Slack, or know."""
    if request.off_slack_at is None or request.state not in OPEN_STATES:
        return None
    found, from_when = _owed(request, programme, now)
    done = request.phoned_at is not None and from_when is not None and request.phoned_at >= from_when
    return None if done else found


def _owed(request: SupportRequest, programme: Programme, now: datetime) -> tuple[Owed | None, datetime | None]:
    if waits_for_name(request, programme, now):
        return Owed.NAME, request.accepted_at
    note = note_of(request, programme, now)
    if note is None or is_answered(note, request):
        return None, None
    return Owed(note.value), since(note, request)


def waits_for_name(request: SupportRequest, programme: Programme, now: datetime) -> bool:
    """Say whether the supporter does not see the name yet, because the person wanted to be asked first."""
    shown = name_shown_from(programme, request)
    return request.state is State.ACCEPTED and request.ask_first and shown is not None and shown > now


async def ask_to_phone(work: UnitOfWork, request: SupportRequest, about: str) -> None:
    """Have the administrator who has it, or those who may take it, told that the requester is to be phoned."""
    able = await administrators(work, request)
    mine = [member for member in able if member.id == request.claimed_by]
    await work.outbox.put(*(_to_phone(request, member.id, about) for member in mine or first_asked(able)))


def _to_phone(request: SupportRequest, member: UUID, about: str) -> Message:
    key = f"{Kind.TELL_MEMBER}:{request.id}:phone:{about}:{member}"
    return Message(Kind.TELL_MEMBER, request.id, key, request.programme, audience=member)
