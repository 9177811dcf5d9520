"""When each timer of a request is due, by its record and its programme, exact to the minute; and when people rest."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from peersupport.notifications import Kind
from peersupport.programme import Programme
from peersupport.programme_parts import QuietHours
from peersupport.requests import State, SupportRequest

BEFORE_CONTACT = frozenset({State.RECEIVED, State.CONFIRMED, State.MATCHING, State.OFFERED, State.ACCEPTED})
"""Where the promise of a first contact is not kept yet."""
IN_CONTACT = frozenset({State.CONTACTED, State.TALKING})


def starts_at(request: SupportRequest) -> datetime:
    """Return when the promise's clock started: with the request, or when a new promise was made."""
    return request.promised_at or request.created_at


def ladder(programme: Programme, request: SupportRequest) -> tuple[tuple[Kind, datetime], ...]:
    """Return the rungs on which administrators hear that a request waits, each with its instant, in order.

    The last one is the promised time itself. A rung says nothing once the time of the next has come.
    """
    timers, start = programme.timing, starts_at(request)
    return (
        (Kind.REMIND_ADMINS, programme.later(request.created_at, timers.admin_reminder)),
        (Kind.REMIND_BACKUPS, programme.later(request.created_at, timers.backup_admin_at)),
        (Kind.ALERT_RISK, programme.later(start, timers.contact_alert_admin)),
        (Kind.ASK_REQUESTER, request.due_at),
    )


def rung_at(kind: Kind, programme: Programme, request: SupportRequest) -> datetime:
    """Return the instant of one rung."""
    return dict(ladder(programme, request))[kind]


def is_superseded(kind: Kind, programme: Programme, request: SupportRequest, now: datetime) -> bool:
    """Say whether a later rung's time has come, so that this one has nothing left to say."""
    return any(rung is kind and now >= after for (rung, _), (_, after) in pairwise(ladder(programme, request)))


def unasked_at(programme: Programme, request: SupportRequest) -> datetime | None:
    """Return when a supporter is asked without an administrator; None where the programme does not want it."""
    wait = programme.timing.offer_unasked
    return None if wait is None else programme.later(request.created_at, wait)


def nudge_at(programme: Programme, request: SupportRequest) -> datetime | None:
    """Return when the supporter is reminded to make contact; None where nobody has accepted.

    So long after accepting or so long before the promise is due, whichever is first. Who accepts later than that is
    reminded halfway to the promised time, and who accepts after it only so long after accepting.
    """
    accepted = request.accepted_at
    if accepted is None:
        return None
    after = programme.later(accepted, programme.timing.contact_nudge)
    before = programme.earlier(request.due_at, programme.timing.contact_nudge_before_due)
    if before <= accepted:
        halfway = (request.due_at - accepted) // timedelta(minutes=2) * timedelta(minutes=1)
        before = accepted + halfway if accepted < request.due_at else after
    return min(after, before)


def idle_at(programme: Programme, request: SupportRequest, *, supporter: bool) -> datetime | None:
    """Return from when one side is asked whether the talks go on; None where the two are not in contact."""
    if request.state not in IN_CONTACT or request.quiet_since is None:
        return None
    said = request.supporter_going_on_at if supporter else request.going_on_at
    return max(request.quiet_since, said or request.quiet_since) + programme.timing.idle_close_prompt


def second_try_at(programme: Programme, request: SupportRequest) -> datetime | None:
    """Return from when somebody who did not answer the first attempt is tried again; None where nobody is to be."""
    if not request.unasked or request.contacted_at is None or request.unreached_at is not None:
        return None
    return request.contacted_at + programme.timing.outreach_gap


def invitation_ends_at(programme: Programme, request: SupportRequest) -> datetime | None:
    """Return when what a partner told is erased, if no answer comes; None where the person asked, or said yes.

    So long after the last attempt. Where the second, or any, is not made, it ends when it could have had its time.
    """
    if not request.unasked or request.state is State.CLOSED:
        return None
    gap = programme.timing.outreach_gap
    if request.unreached_at is not None:
        return request.unreached_at + gap
    return (request.contacted_at or request.due_at) + 2 * gap


def given_up_at(programme: Programme, request: SupportRequest) -> datetime | None:
    """Return when a request closes whose requester could not be reached; None where they can be, or were."""
    if request.state is not State.ACCEPTED or request.unreached_at is None:
        return None
    return request.unreached_at + programme.timing.unreachable_close


def quiet_until(quiet: QuietHours, zone: str, now: datetime) -> datetime | None:
    """Return when the quiet hours end in which somebody of this zone is now; None where it is none of them."""
    local = now.astimezone(ZoneInfo(zone))
    at, begins, ends = local.time(), quiet.begins, quiet.ends
    inside = begins <= at < ends if begins <= ends else at >= begins or at < ends
    if not inside:
        return None
    day = local.date() if at < ends else local.date() + timedelta(days=1)
    morning = datetime.combine(day, ends, local.tzinfo)
    # Where clocks go back, the hour comes twice; the later one is after any instant before it.
    return max(morning.replace(fold=fold).astimezone(now.tzinfo) for fold in (0, 1))
