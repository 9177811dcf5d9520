"""The outbox rows of timers, each bound to the promise, offer or acceptance that it is about, and of what they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from peersupport import clocks, messages
from peersupport.notifications import Due, Kind, Message
from peersupport.offers import Offer
from peersupport.programme import Programme
from peersupport.requests import SupportRequest


def of_new(programme: Programme, request: SupportRequest) -> tuple[Message, ...]:
    """Return the timers that start with a request."""
    rows = [messages.reminder(kind, request, at) for kind, at in clocks.ladder(programme, request)[:2]]
    unasked = clocks.unasked_at(programme, request)
    if unasked is not None:
        rows.append(messages.reminder(Kind.OFFER_UNASKED, request, unasked))
    if request.unasked:
        rows.append(invitation_ends(programme, request))
    return (*rows, *of_promise(programme, request))


def of_promise(programme: Programme, request: SupportRequest) -> tuple[Message, ...]:
    """Return the timers of a promise, the first or a new one."""
    at = clocks.rung_at(Kind.ALERT_RISK, programme, request)
    return _row(Kind.ALERT_RISK, request, request.due_at, at), messages.ask_requester(request)


def lapse(request: SupportRequest, offer: Offer) -> Message:
    """End an offer when it runs out."""
    key = f"{Kind.LAPSE_OFFER}:{offer.id}"
    return Message(Kind.LAPSE_OFFER, offer.id, key, request.programme, run_at=offer.expires_at)


def nudge(programme: Programme, request: SupportRequest) -> Message:
    """Remind the supporter of what they accepted, once for each acceptance and promise."""
    key = f"{_key(Kind.NUDGE_SUPPORTER, request, request.accepted_at)}:{_stamp(request.due_at)}"
    at = clocks.nudge_at(programme, request)
    return Message(Kind.NUDGE_SUPPORTER, request.id, key, request.programme, audience=request.supporter, run_at=at)


def going_on(
    programme: Programme, request: SupportRequest, *, requester: bool = True, supporter: bool = True
) -> tuple[Message, ...]:
    """Ask each of these sides, when it has been quiet for long, whether the talks go on."""
    sides = ([None] if requester else []) + ([request.supporter] if supporter and request.supporter else [])
    return tuple(
        _row(Kind.ASK_GOING_ON, request, at, at, audience)
        for audience in sides
        if (at := clocks.idle_at(programme, request, supporter=audience is not None)) is not None
    )


def second_try(programme: Programme, request: SupportRequest) -> Message:
    """Remind whoever the request is with by then of the second attempt."""
    at = clocks.second_try_at(programme, request)
    return _row(Kind.REMIND_OUTREACH, request, request.contacted_at, at)


def invitation_ends(programme: Programme, request: SupportRequest) -> Message:
    """Close and erase what a partner told, once for each attempt."""
    at = clocks.invitation_ends_at(programme, request)
    return _row(Kind.END_OUTREACH, request, request.unreached_at or request.contacted_at, at)


def give_up(programme: Programme, request: SupportRequest) -> Message:
    """Close a request whose requester could not be reached, once its days are over."""
    return _row(Kind.CLOSE_UNREACHED, request, request.unreached_at, clocks.given_up_at(programme, request))


def none_left(programme: Programme, request: SupportRequest, now: datetime) -> Message:
    """Tell the requester that nobody is left, once the promise is at risk."""
    at = max(now, clocks.rung_at(Kind.ALERT_RISK, programme, request))
    return _row(Kind.NONE_LEFT, request, now, at)


def note(request: SupportRequest, about: str, since: datetime | None) -> Message:
    """Write to the requester, after their quiet hours, of a note that Home shows; once for each `since`."""
    key = f"{_key(Kind.NOTE_REQUESTER, request, since)}:{about}"
    return Message(Kind.NOTE_REQUESTER, request.id, key, request.programme)


def home_requester(request: SupportRequest, about: str, since: datetime) -> Message:
    """Show the requester in Home what now stands there, where nothing else has changed."""
    return messages.home_requester(request, f":{about}:{_stamp(since)}")


def write_of_note(request: SupportRequest, about: str, since: datetime | None) -> Message:
    """Write to the requester that a note is there; delivered only to those who ticked it."""
    key = f"{Kind.TELL_REQUESTER}:{request.id}:{about}:{_stamp(since)}"
    return Message(Kind.TELL_REQUESTER, request.id, key, request.programme)


def tell_member(request: SupportRequest, member: UUID, rung: Kind) -> Message:
    """Tell an administrator that a request waits, once for each rung of a promise."""
    key = f"{Kind.TELL_MEMBER}:{request.id}:{rung}:{_stamp(request.due_at)}:{member}"
    return Message(Kind.TELL_MEMBER, request.id, key, request.programme, audience=member)


def tell_supporter(request: SupportRequest, supporter: UUID, about: Kind, since: datetime | None) -> Message:
    """Tell a supporter of a request that is with them, once for each `since`."""
    key = f"{Kind.TELL_SUPPORTER}:{request.id}:{about}:{_stamp(since)}:{supporter}"
    return Message(Kind.TELL_SUPPORTER, request.id, key, request.programme, audience=supporter)


def again(due: Due, at: datetime) -> Message:
    """Put a timer off until an instant; it is judged by the record anew when it fires."""
    return Message(due.kind, due.subject, f"{due.kind}:off:{due.id}", due.programme, due.audience, at)


def _row(
    kind: Kind, request: SupportRequest, bound: datetime | None, at: datetime | None, audience: UUID | None = None
) -> Message:
    bare = messages.reminder(kind, request, at or request.due_at)
    return replace(bare, dedupe=f"{_key(kind, request, bound)}:{audience or 'requester'}", audience=audience)


def _key(kind: Kind, request: SupportRequest, bound: datetime | None) -> str:
    return f"{kind}:{request.id}:{_stamp(bound)}"


def _stamp(instant: datetime | None) -> int:
    """Return whole milliseconds, the same before and after a database has kept the instant."""
    return 0 if instant is None else round(instant.timestamp() * 1000)
