"""What Home tells a requester honestly while their request is open: one note at a time, by the record and the clock."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from peersupport.clocks import BEFORE_CONTACT, idle_at
from peersupport.programme import Programme
from peersupport.requests import State, SupportRequest


class Note(StrEnum):
    """What is said."""

    ASKED = "asked"
    """The promised time has come; a supporter has said yes, and whether they have made contact is not known."""
    MISSED = "missed"
    """The promised time has come, and nobody has made contact."""
    NONE_AVAILABLE = "none_available"
    """Nobody is there who could be asked, and the promised time is near."""
    UNREACHED = "unreached"
    """The supporter tried in vain; the request closes by itself unless they are asked to try again."""
    IDLE = "idle"
    """It has been quiet for long: do the talks go on?"""


ABOUT_THE_PROMISE = frozenset({Note.ASKED, Note.MISSED, Note.NONE_AVAILABLE})
"""The notes that come with a choice: wait, another service, or stop."""
_SOUGHT = frozenset({State.RECEIVED, State.CONFIRMED, State.MATCHING})


def note_of(request: SupportRequest, programme: Programme, now: datetime) -> Note | None:
    """Return the note that stands for the requester now, if any."""
    idle = idle_at(programme, request, supporter=False)
    if idle is not None and now >= idle:
        return Note.IDLE
    if request.state not in BEFORE_CONTACT or request.contacted_at is not None:
        return None
    if request.unreached_at is not None:
        return Note.UNREACHED
    if now >= request.due_at:
        unsaid = request.state is State.ACCEPTED and request.not_yet_at is None
        return Note.ASKED if unsaid else Note.MISSED
    nobody = request.none_left and request.none_told_at is not None and request.state in _SOUGHT
    return Note.NONE_AVAILABLE if nobody else None


def since(note: Note, request: SupportRequest) -> datetime | None:
    """Return what a note is bound to, so that it is written of once: a promise, a try in vain, a silence."""
    match note:
        case Note.UNREACHED:
            return request.unreached_at
        case Note.IDLE:
            return max((at for at in (request.going_on_at, request.quiet_since) if at), default=None)
        case Note.NONE_AVAILABLE:
            return request.none_told_at
        case _:
            return request.due_at


def is_answered(note: Note, request: SupportRequest) -> bool:
    """Say whether the requester has made their choice; the choices stay open to them."""
    return note in ABOUT_THE_PROMISE and request.waits_at is not None


def supporter_is_asked(request: SupportRequest, programme: Programme, now: datetime) -> bool:
    """Say whether the supporter is asked now whether the talks go on."""
    idle = idle_at(programme, request, supporter=True)
    return idle is not None and now >= idle
